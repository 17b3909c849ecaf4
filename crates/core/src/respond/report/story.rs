//! The causes of an incident as one story: what several vantages saw of the same failure is told once.

use crate::{
    judge::{agreement::exactness, schedule::is_same_round},
    measure::{cause::Cause, family::Family, time::Timestamp},
    respond::incident::{CauseSpan, Incident},
};
use std::cmp::Reverse;

/// One cause as it is told: by the vantage that knew most, with who else saw what.
#[derive(Clone, Debug, PartialEq)]
pub struct Chapter<'a> {
    /// The place of what is told in the causes of the incident.
    pub told: usize,
    /// What each vantage saw, the one that is told first. Of one vantage, one cause is there once.
    pub seen: Vec<Seen<'a>>,
    /// From the first failed round of any of them to the last.
    pub from: Timestamp,
    pub to: Timestamp,
}

/// What one vantage saw.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen<'a> {
    pub span: &'a CauseSpan,
    /// How many rounds of the target are told by what it saw. It saw more: a round is told by who knows most of it.
    pub samples: u32,
}

impl Chapter<'_> {
    /// How many rounds of the target failed, whoever told of them.
    pub fn samples(&self) -> u32 {
        self.seen.iter().fold(0, |sum, seen| sum.saturating_add(seen.samples))
    }
}

/// What of a cause decides where in the story it belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    pub cause: Cause,
    pub family: Family,
    pub from: Timestamp,
    pub to: Timestamp,
    pub vantage: &'a str,
}

impl<'a> From<&'a CauseSpan> for Line<'a> {
    fn from(span: &'a CauseSpan) -> Self {
        let CauseSpan { cause, family, from, to, .. } = *span;
        Self { cause, family, from, to, vantage: &span.exhibit.vantage }
    }
}

/// Returns the chapters in order of time. Spans of different vantages belong together where they are of one family, of one
/// outage and of the same time, or next to it.
pub fn story(incident: &Incident) -> Vec<Chapter<'_>> {
    groups_of(incident).iter().map(|group| chapter(incident, group)).collect()
}

/// Returns the causes that the story tells, each once, in the order in which they were first seen: what another vantage
/// made of the same failure is behind them.
pub fn told(lines: &[Line<'_>], began: &[(Family, Timestamp)]) -> Vec<(Family, Cause)> {
    let mut told = Vec::new();
    for line in groups(lines, began).iter().map(|group| &lines[group[0]]) {
        if !told.contains(&(line.family, line.cause)) {
            told.push((line.family, line.cause));
        }
    }
    told
}

/// Returns the causes that the story of an incident tells, as [`told`].
pub fn told_of(incident: &Incident) -> Vec<(Family, Cause)> {
    let (lines, began) = lines_of(incident);
    told(&lines, &began)
}

fn groups_of(incident: &Incident) -> Vec<Vec<usize>> {
    let (lines, began) = lines_of(incident);
    groups(&lines, &began)
}

fn lines_of(incident: &Incident) -> (Vec<Line<'_>>, Vec<(Family, Timestamp)>) {
    (
        incident.causes.iter().map(Into::into).collect(),
        incident.outages.iter().map(|o| (o.family, o.began.by)).collect(),
    )
}

/// Returns which lines belong together, in the order of time, by their places; of each the one that is told comes first.
/// `began` is when the outages did.
fn groups(lines: &[Line<'_>], began: &[(Family, Timestamp)]) -> Vec<Vec<usize>> {
    // By family and outage: what was well in between is another turn.
    let outage = |line: &Line<'_>| {
        // Another vantage may have begun the first round of it a moment before.
        let is_before = |by: Timestamp| by <= line.from || is_same_round(by, line.from);
        began.iter().filter(|(family, by)| *family == line.family && is_before(*by)).map(|(_, by)| *by).max()
    };
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let is_of = |group: &[usize]| {
            let other = &lines[group[0]];
            other.family == line.family && outage(other) == outage(line)
        };
        // Nearest in time among those in which this vantage has not spoken otherwise.
        let nearest = groups
            .iter_mut()
            .filter(|group| is_of(group))
            .filter(|group| {
                let mut own = group.iter().map(|at| &lines[*at]).filter(|other| other.vantage == line.vantage);
                own.all(|own| own.cause == line.cause && group.len() > 1)
            })
            .min_by_key(|group| group.iter().map(|at| apart_ms(&lines[*at], line)).min());
        match nearest {
            Some(group) => group.push(i),
            None => groups.push(vec![i]),
        }
    }
    groups.sort_by_key(|group| group.iter().map(|at| lines[*at].from).min());
    for group in &mut groups {
        // Stable: of equals the one that was seen first is told.
        group.sort_by_key(|at| Reverse(exactness(Some(lines[*at].cause))));
    }
    groups
}

/// Returns how far apart two spans are; 0 where they overlap.
fn apart_ms(a: &Line<'_>, b: &Line<'_>) -> i64 {
    a.from.ms_since(b.to).max(b.from.ms_since(a.to)).max(0)
}

fn chapter<'a>(incident: &'a Incident, group: &[usize]) -> Chapter<'a> {
    let span = |at: usize| &incident.causes[at];
    let mut seen: Vec<Seen<'a>> = Vec::new();
    for span in group.iter().map(|at| span(*at)) {
        let is_same = |s: &&mut Seen<'_>| s.span.cause == span.cause && s.span.exhibit.vantage == span.exhibit.vantage;
        match seen.iter_mut().find(is_same) {
            Some(known) => known.samples = known.samples.saturating_add(span.samples),
            None => seen.push(Seen { span, samples: span.samples }),
        }
    }
    let ends = |pick: fn(&CauseSpan) -> Timestamp| group.iter().map(move |at| pick(span(*at)));
    Chapter {
        told: group[0],
        seen,
        from: ends(|s| s.from).min().unwrap_or(span(group[0]).from),
        to: ends(|s| s.to).max().unwrap_or(span(group[0]).to),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        measure::{bracket::Bracket, family::PerFamily, sample::Evidence, time::SECOND, vantage::Standing},
        respond::incident::{Answers, Ending, Exhibit, Impact, IncidentId, Outage},
    };

    fn at(s: i64) -> Timestamp {
        Timestamp::from_unix_ms(s * SECOND)
    }

    /// Turns of an outage over IPv6 (began, ended), and spans (vantage, cause, from, to), in seconds.
    fn incident(turns: &[(i64, i64)], spans: &[(&str, Cause, i64, i64)]) -> Incident {
        let bound = |s: i64| Bracket { after: Some(at(s - 5)), by: at(s) };
        Incident {
            id: IncidentId(at(turns[0].0)),
            outages: (turns.iter())
                .map(|(began, ended)| Outage {
                    family: Family::Ipv6,
                    began: bound(*began),
                    ended: Some((bound(*ended), Ending::Recovered)),
                    unstable: None,
                    answers: Answers::default(),
                })
                .collect(),
            outages_omitted: 0,
            outages_omitted_ms: PerFamily::default(),
            causes: (spans.iter())
                .map(|(vantage, cause, from, to)| CauseSpan {
                    cause: *cause,
                    family: Family::Ipv6,
                    from: at(*from),
                    to: at(*to),
                    samples: u32::try_from((to - from) / 5 + 1).unwrap(),
                    exhibit: Exhibit {
                        vantage: (*vantage).to_owned(),
                        standing: Standing::Proven,
                        address: None,
                        http_status: None,
                        connect_ms: None,
                        evidence: Evidence::default(),
                        certificate: None,
                    },
                })
                .collect(),
            causes_omitted: 0,
            blind: Vec::new(),
            blind_omitted_ms: PerFamily::default(),
            episodes: 1,
            flapping: false,
            confirmed_at: at(turns[0].0 + 5),
            resolved_at: None,
            impact: Impact::default(),
            changes: Vec::new(),
            addresses: Vec::new(),
            n_effects: 0,
        }
    }

    /// Each chapter as `vantage:cause*rounds` of all that saw it.
    fn all_of(incident: &Incident) -> Vec<String> {
        let seen = |s: &Seen<'_>| format!("{}:{}*{}", s.span.exhibit.vantage, s.span.cause, s.samples);
        story(incident).iter().map(|c| c.seen.iter().map(seen).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn two_vantages_tell_one_story() {
        let (vague, refused) = (Cause::TcpNoConnection, Cause::TcpRefused);
        let mut turns = Vec::new();
        let mut spans = Vec::new();
        for turn in 0..3 {
            let began = 100 + turn * 80;
            turns.push((began, began + 40));
            spans.push(("edge", vague, began, began + 35));
            spans.push(("office", refused, began + 2, began + 37));
        }
        let incident = incident(&turns, &spans);
        assert_eq!(all_of(&incident), vec!["office:tcp.refused*8 edge:tcp.no_connection*8"; 3]);
        assert_eq!(told_of(&incident), [(Family::Ipv6, refused)], "once, by who knew most");
        let chapters = story(&incident);
        assert_eq!((chapters[0].told, chapters[0].samples()), (1, 16));
        assert_eq!((chapters[0].from, chapters[0].to), (at(100), at(137)));
    }

    #[test]
    fn what_one_vantage_saw_in_turn_is_told_in_turn() {
        let one =
            incident(&[(100, 160)], &[("edge", Cause::TcpRefused, 100, 110), ("edge", Cause::TcpTimeout, 115, 155)]);
        assert_eq!(all_of(&one), ["edge:tcp.refused*3", "edge:tcp.timeout*9"]);
        let two = incident(
            &[(100, 160)],
            &[
                ("edge", Cause::TcpRefused, 100, 110),
                ("office", Cause::TcpRefused, 101, 111),
                ("edge", Cause::TcpTimeout, 115, 155),
                ("office", Cause::TcpTimeout, 116, 156),
            ],
        );
        assert_eq!(
            all_of(&two),
            ["edge:tcp.refused*3 office:tcp.refused*3", "edge:tcp.timeout*9 office:tcp.timeout*9"]
        );
        // The first round of a turn, that another vantage began before the one by which the turn is known to have begun.
        let mut early = incident(
            &[(100, 140), (180, 220)],
            &[
                ("office", Cause::TcpRefused, 100, 135),
                ("edge", Cause::TcpNoConnection, 180, 180),
                ("office", Cause::TcpRefused, 180, 215),
            ],
        );
        early.causes[1].from = early.causes[1].from - 1;
        assert_eq!(all_of(&early), ["office:tcp.refused*8", "office:tcp.refused*8 edge:tcp.no_connection*1"]);
        // A single vantage whose cause comes again is not merged with itself.
        let again = incident(
            &[(100, 110), (120, 130)],
            &[("edge", Cause::TcpRefused, 100, 105), ("edge", Cause::TcpRefused, 120, 125)],
        );
        assert_eq!(all_of(&again), ["edge:tcp.refused*2", "edge:tcp.refused*2"]);
    }
}
