//! What readers of other formats are told of an incident: its moments, one after the other, each with a name for ever.
//!
//! In scope: which moments an incident has, what is so from each on, and how each is named. Feeds and the Statuspage API are
//! made of these alone, so that they say the same. Out of scope: words ([`Phrases`](crate::phrases::Phrases)), and forms.
//!
//! A moment is named by its incident, what it is and the second in which it was: `shop-20261123T140200Z--began-20261123T140200Z`.
//! Nothing that is learnt later changes what a moment was, so the name stays; slugs have no two hyphens in a row.

use crate::v1::{Incident, incident, incident::Segment, page};
use dualwatch_core::{
    measure::{
        cause::Cause,
        family::{Family, PerFamily},
        time::Timestamp,
    },
    respond::incident::IncidentId,
};

/// So many moments of an incident are told: the first, and the newest.
pub const MAX_MOMENTS: usize = 40;

/// What a moment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    Began,
    /// Other families are down, or unstable, from then on.
    Changed,
    /// Another cause, of the same trouble.
    Cause,
    /// All answers again, and the incident is not over: it came and went before.
    Quiet,
    Over,
}

impl What {
    pub const ALL: [Self; 5] = [Self::Began, Self::Changed, Self::Cause, Self::Quiet, Self::Over];

    /// Returns its stable code, as in names.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Began => "began",
            Self::Changed => "changed",
            Self::Cause => "cause",
            Self::Quiet => "quiet",
            Self::Over => "over",
        }
    }
}

/// One moment of an incident, and what is so from then on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    pub what: What,
    /// The first time that it was seen so.
    pub at: Timestamp,
    /// When that was sure, and told.
    pub told_at: Timestamp,
    pub down: PerFamily<bool>,
    pub unstable: PerFamily<bool>,
    /// What is known of why, each told once.
    pub causes: Vec<(Family, Cause)>,
}

impl Moment {
    /// Returns its name, for ever, within everything that we publish.
    pub fn name(&self, incident: &str) -> String {
        // The name of an incident has the second in the same form.
        format!("{incident}--{}", incident::id(self.what.code(), IncidentId(self.at)))
    }

    /// Whether a family is down or unstable from then on.
    pub fn troubles(&self) -> PerFamily<bool> {
        PerFamily { ipv4: self.down.ipv4 || self.unstable.ipv4, ipv6: self.down.ipv6 || self.unstable.ipv6 }
    }
}

/// Returns the moments of an incident in the order of time, at most [`MAX_MOMENTS`]; never none.
pub fn moments(incident: &Incident) -> Vec<Moment> {
    let mut told: Vec<(Family, Cause)> = Vec::new();
    let mut moments = Vec::new();
    for (i, segment) in incident.segments.iter().enumerate() {
        let (down, unstable) = families(segment);
        let at = segment.began.by;
        let (what, told_at) = if i == 0 { (What::Began, incident.confirmed_at.max(at)) } else { (What::Changed, at) };
        let causes = causes_by(incident, at, |family| *down.get(family) || *unstable.get(family));
        told.extend(&causes);
        moments.push(Moment { what, at, told_at, down, unstable, causes });
        let next = incident.segments.get(i + 1).map(|next| next.began.by);
        if let Some(ended) = segment.ended.filter(|ended| next.map_or(incident.open, |next| next > ended.by)) {
            moments.push(Moment::well(What::Quiet, ended.by, ended.by));
        }
    }
    if moments.is_empty() {
        let at = incident.summary.began.by;
        let down = PerFamily::from_fn(|family| incident.summary.families.contains(&family));
        let told_at = incident.confirmed_at.max(at);
        moments.push(Moment {
            what: What::Began,
            at,
            told_at,
            down,
            unstable: PerFamily::default(),
            causes: Vec::new(),
        });
    }
    for span in &incident.summary.causes {
        let pair = (span.family, span.cause);
        if told.contains(&pair) || !page::told(incident).contains(&pair) {
            continue;
        }
        told.push(pair);
        // What is so at that time is what the last moment before it said.
        let before = moments.iter().rev().find(|moment| moment.at <= span.from && moment.what != What::Cause);
        let Some((down, unstable)) = before.or(moments.first()).map(|m| (m.down, m.unstable)) else { continue };
        let at = span.from.max(moments[0].at);
        moments.push(Moment {
            what: What::Cause,
            at,
            told_at: at.max(moments[0].told_at),
            down,
            unstable,
            causes: vec![pair],
        });
    }
    if let Some(ended) = incident.summary.ended.filter(|_| !incident.open) {
        let told_at = incident.resolved_at.unwrap_or(ended.by).max(ended.by);
        moments.push(Moment::well(What::Over, ended.by, told_at));
    }
    moments.sort_by_key(|moment| (moment.at, moment.what));
    // Two of a kind in a second have one name, so they are one.
    moments.dedup_by(|next, earlier| {
        let second = |moment: &Moment| moment.at.unix_ms().div_euclid(1_000);
        let is_same = next.what == earlier.what && second(next) == second(earlier);
        if is_same {
            earlier.causes.append(&mut next.causes);
        }
        is_same
    });
    if moments.len() > MAX_MOMENTS {
        moments.drain(1..=moments.len() - MAX_MOMENTS);
    }
    moments
}

impl Moment {
    /// One from which on nothing is wrong.
    fn well(what: What, at: Timestamp, told_at: Timestamp) -> Self {
        let none = PerFamily::default();
        Self { what, at, told_at, down: none, unstable: none, causes: Vec::new() }
    }
}

fn families(segment: &Segment) -> (PerFamily<bool>, PerFamily<bool>) {
    let unstable = PerFamily::from_fn(|family| segment.unstable.contains(&family));
    let down = PerFamily::from_fn(|family| segment.families.contains(&family) && !segment.unstable.contains(&family));
    (down, unstable)
}

/// Returns the newest cause of each of these families that had been seen by a time.
fn causes_by(incident: &Incident, at: Timestamp, is_meant: impl Fn(Family) -> bool) -> Vec<(Family, Cause)> {
    let newest = |family: Family| {
        let spans = incident.summary.causes.iter().filter(|span| span.family == family && span.from <= at);
        spans.max_by_key(|span| span.from).map(|span| (family, span.cause))
    };
    Family::ALL.into_iter().filter(|family| is_meant(*family)).filter_map(newest).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::v1::incident::{Bound, CauseEvidence, CauseSummary, tests::incident as core_incident};

    pub(crate) const fn at(s: i64) -> Timestamp {
        Timestamp::from_unix_ms(1_795_428_660_000 + s * 1_000)
    }

    fn bound(s: i64) -> Bound {
        Bound { after: Some(at(s - 60)), by: at(s) }
    }

    fn cause(family: Family, cause: Cause, s: i64) -> CauseSummary {
        CauseSummary { cause, family, from: at(s), to: at(s), samples: 1 }
    }

    /// IPv6 went down at second 60, IPv4 too at 180, IPv4 came back at 300; all is well since 600.
    pub(crate) fn amended() -> Incident {
        use Family::{Ipv4, Ipv6};
        let mut incident = Incident::of("shop", "Shop", &core_incident());
        let segment = |families: &[Family], from: i64, to: Option<i64>| Segment {
            families: families.to_vec(),
            unstable: Vec::new(),
            began: bound(from),
            ended: to.map(bound),
        };
        incident.segments = vec![
            segment(&[Ipv6], 60, Some(180)),
            segment(&[Ipv4, Ipv6], 180, Some(300)),
            segment(&[Ipv6], 300, Some(600)),
        ];
        incident.summary.families = vec![Ipv4, Ipv6];
        incident.summary.ended = Some(bound(600));
        incident.summary.causes = vec![
            cause(Ipv6, Cause::TcpRefused, 60),
            cause(Ipv4, Cause::TcpTimeout, 180),
            cause(Ipv6, Cause::NetUnreachable, 420),
        ];
        // What the report tells of causes, it tells of those with evidence.
        incident.evidence = (incident.summary.causes.iter())
            .map(|span| CauseEvidence {
                cause: span.cause,
                family: span.family,
                from: span.from,
                vantage: "edge".to_owned(),
                address: None,
                http_status: None,
                connect_ms: None,
                detail: None,
                certificate: None,
            })
            .collect();
        incident.confirmed_at = at(70);
        incident.resolved_at = Some(at(630));
        incident
    }

    /// The same while it lasts.
    pub(crate) fn ongoing() -> Incident {
        let mut incident = amended();
        incident.segments.truncate(1);
        incident.segments[0].ended = None;
        incident.summary.causes.truncate(1);
        incident.evidence.truncate(1);
        incident.summary.families = vec![Family::Ipv6];
        (incident.summary.ended, incident.resolved_at, incident.open) = (None, None, true);
        incident
    }

    #[test]
    fn the_moments_of_an_incident_are_told_in_order_and_keep_their_names() {
        let moments = moments(&amended());
        let told: Vec<_> = moments.iter().map(|m| (m.what, m.at, m.told_at, m.down.ipv4, m.down.ipv6)).collect();
        assert_eq!(
            told,
            [
                (What::Began, at(60), at(70), false, true),
                (What::Changed, at(180), at(180), true, true),
                (What::Changed, at(300), at(300), false, true),
                (What::Cause, at(420), at(420), false, true),
                (What::Over, at(600), at(630), false, false),
            ]
        );
        assert_eq!(moments[1].causes, [(Family::Ipv4, Cause::TcpTimeout), (Family::Ipv6, Cause::TcpRefused)]);
        assert_eq!(moments[3].causes, [(Family::Ipv6, Cause::NetUnreachable)]);
        let id = &amended().summary.id;
        assert_eq!(moments[0].name(id), "shop-20261123T101200Z--began-20261123T101200Z");
        // What was told while it lasted has the same names, and says the same.
        assert_eq!(super::moments(&ongoing()), moments[..1]);
    }

    #[test]
    fn what_came_and_went_is_quiet_in_between() {
        let mut incident = ongoing();
        incident.segments[0].ended = Some(bound(120));
        let told = moments(&incident);
        assert_eq!(told.iter().map(|m| m.what).collect::<Vec<_>>(), [What::Began, What::Quiet]);
        let mut again = incident.segments[0].clone();
        (again.began, again.ended) = (bound(240), None);
        incident.segments.push(again);
        let told = moments(&incident);
        assert_eq!(told.iter().map(|m| m.what).collect::<Vec<_>>(), [What::Began, What::Quiet, What::Changed]);
    }

    #[test]
    fn of_very_many_the_first_and_the_newest_are_told_and_none_twice() {
        let mut incident = amended();
        let segment = incident.segments[0].clone();
        incident.segments = (0..500)
            .map(|i| Segment { began: bound(60 + i * 10), ended: Some(bound(65 + i * 10)), ..segment.clone() })
            .collect();
        let told = moments(&incident);
        assert_eq!((told.len(), told[0].what, told[0].at), (MAX_MOMENTS, What::Began, at(60)));
        let mut names: Vec<String> = told.iter().map(|m| m.name("x")).collect();
        names.dedup();
        assert_eq!(names.len(), MAX_MOMENTS);
        // A document that holds no segment has a beginning all the same.
        incident.segments.clear();
        assert_eq!(moments(&incident)[0].what, What::Began);
    }
}
