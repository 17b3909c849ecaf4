//! The causes of an incident as one story: what several vantages saw of the same failure is told once.

use crate::{
    judge::agreement::exactness,
    measure::time::Timestamp,
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
    /// How many rounds it saw this in.
    pub samples: u32,
}

impl Chapter<'_> {
    /// How many failed rounds there were, of all vantages.
    pub fn samples(&self) -> u32 {
        self.seen.iter().fold(0, |sum, seen| sum.saturating_add(seen.samples))
    }
}

/// Returns the chapters in order of time. Spans of different vantages belong together where they are of one family, of one
/// outage and of the same time, or next to it.
pub fn story(incident: &Incident) -> Vec<Chapter<'_>> {
    // By family and outage: what was well in between is another turn.
    let outage = |span: &CauseSpan| {
        let began = incident.outages.iter().filter(|o| o.family == span.family && o.began.by <= span.from);
        began.map(|o| o.began.by).max()
    };
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (i, span) in incident.causes.iter().enumerate() {
        let is_of = |group: &[usize]| {
            let other = &incident.causes[group[0]];
            other.family == span.family && outage(other) == outage(span)
        };
        // Nearest in time among those in which this vantage has not spoken otherwise.
        let nearest = groups
            .iter_mut()
            .filter(|group| is_of(group))
            .filter(|group| {
                let mut own =
                    group.iter().map(|at| &incident.causes[*at]).filter(|s| s.exhibit.vantage == span.exhibit.vantage);
                own.all(|own| own.cause == span.cause && group.len() > 1)
            })
            .min_by_key(|group| group.iter().map(|at| apart_ms(&incident.causes[*at], span)).min());
        match nearest {
            Some(group) => group.push(i),
            None => groups.push(vec![i]),
        }
    }
    let mut chapters: Vec<Chapter<'_>> = groups.iter().map(|group| chapter(incident, group)).collect();
    chapters.sort_by_key(|chapter| chapter.from);
    chapters
}

/// Returns how far apart two spans are; 0 where they overlap.
fn apart_ms(a: &CauseSpan, b: &CauseSpan) -> i64 {
    a.from.ms_since(b.to).max(b.from.ms_since(a.to)).max(0)
}

fn chapter<'a>(incident: &'a Incident, group: &[usize]) -> Chapter<'a> {
    let span = |at: usize| &incident.causes[at];
    let mut order = group.to_vec();
    // Stable: of equals the one that was seen first is told.
    order.sort_by_key(|at| Reverse(exactness(Some(span(*at).cause))));
    let mut seen: Vec<Seen<'a>> = Vec::new();
    for span in order.iter().map(|at| span(*at)) {
        let is_same = |s: &&mut Seen<'_>| s.span.cause == span.cause && s.span.exhibit.vantage == span.exhibit.vantage;
        match seen.iter_mut().find(is_same) {
            Some(known) => known.samples = known.samples.saturating_add(span.samples),
            None => seen.push(Seen { span, samples: span.samples }),
        }
    }
    let ends = |pick: fn(&CauseSpan) -> Timestamp| group.iter().map(move |at| pick(span(*at)));
    Chapter {
        told: order[0],
        seen,
        from: ends(|s| s.from).min().unwrap_or(span(order[0]).from),
        to: ends(|s| s.to).max().unwrap_or(span(order[0]).to),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        measure::{
            bracket::Bracket,
            cause::Cause,
            family::{Family, PerFamily},
            sample::Evidence,
            time::SECOND,
            vantage::Standing,
        },
        respond::incident::{Ending, Exhibit, Impact, IncidentId, Outage},
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
            n_effects: 0,
        }
    }

    /// Each chapter as `vantage:cause*rounds` of all that saw it.
    fn told(incident: &Incident) -> Vec<String> {
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
        assert_eq!(told(&incident), vec!["office:tcp.refused*8 edge:tcp.no_connection*8"; 3]);
        let chapters = story(&incident);
        assert_eq!((chapters[0].told, chapters[0].samples()), (1, 16));
        assert_eq!((chapters[0].from, chapters[0].to), (at(100), at(137)));
    }

    #[test]
    fn what_one_vantage_saw_in_turn_is_told_in_turn() {
        let one =
            incident(&[(100, 160)], &[("edge", Cause::TcpRefused, 100, 110), ("edge", Cause::TcpTimeout, 115, 155)]);
        assert_eq!(told(&one), ["edge:tcp.refused*3", "edge:tcp.timeout*9"]);
        let two = incident(
            &[(100, 160)],
            &[
                ("edge", Cause::TcpRefused, 100, 110),
                ("office", Cause::TcpRefused, 101, 111),
                ("edge", Cause::TcpTimeout, 115, 155),
                ("office", Cause::TcpTimeout, 116, 156),
            ],
        );
        assert_eq!(told(&two), ["edge:tcp.refused*3 office:tcp.refused*3", "edge:tcp.timeout*9 office:tcp.timeout*9"]);
        // A single vantage whose cause comes again is not merged with itself.
        let again = incident(
            &[(100, 110), (120, 130)],
            &[("edge", Cause::TcpRefused, 100, 105), ("edge", Cause::TcpRefused, 120, 125)],
        );
        assert_eq!(told(&again), ["edge:tcp.refused*2", "edge:tcp.refused*2"]);
    }
}
