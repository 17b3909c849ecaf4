//! What a badge says, as a value: the words are those of a language.

use super::{
    Tone,
    condition::{Condition, Of, Whole},
    facts::{Several, family},
    grade,
};
use crate::{
    door::badge::{About, PERIODS},
    v1::{TargetAvailability, TargetDetail, TargetStatus},
};
use dualwatch_core::{
    judge::verdict::Edge,
    measure::{family::Family, time::Timestamp},
    remember::{
        availability::Period,
        spell::{PerTrack, Track},
    },
};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Said {
    /// Of a target.
    Whole(Whole),
    /// Of a target over one track.
    One(Condition),
    /// Of all targets.
    All(Of),
    /// A share, 0 to 1; `None` where nothing was observed.
    Share(Option<f64>),
    /// How long an answer took, in milliseconds.
    Took(f64, Tone),
    /// A certificate ends in so many days; below zero: it has.
    Ends(i64),
    NoCertificate,
    NotKnown,
    /// There is no service of this name.
    NoService,
    /// There is no group of this name.
    NoGroup,
    /// There is no such badge.
    NoBadge,
    /// We cannot say anything just now.
    Unavailable,
}

impl Said {
    pub fn tone(self) -> Tone {
        match self {
            Self::Whole(whole) => whole.tone(),
            Self::One(condition) => condition.tone(),
            Self::All(of) => of.tone(),
            Self::Share(share) => grade::of_uptime(share),
            Self::Took(_, tone) => tone,
            Self::Ends(days) => grade::of_certificate(days),
            Self::NoCertificate
            | Self::NotKnown
            | Self::NoService
            | Self::NoGroup
            | Self::NoBadge
            | Self::Unavailable => Tone::Unknown,
        }
    }

    /// Returns what is said of a target as it stands: over one track, or as a whole.
    pub fn status(status: &TargetStatus, edges: PerTrack<Edge>, track: Option<Track>) -> Self {
        let of = |family: Family| Condition::of(*edges.get(family.into()), status.facts(family));
        match track {
            None => Self::Whole(Whole::of(of(Family::Ipv4), of(Family::Ipv6), edges.dual_stack)),
            Some(track) => Self::One(over(status, edges, track)),
        }
    }

    /// Returns how long the newest answer took; where there is none, how the target stands. Without a track it is that of a
    /// client that has both families.
    pub fn latency(status: &TargetStatus, edges: PerTrack<Edge>, track: Option<Track>) -> Self {
        let track = track.unwrap_or(Track::DualStack);
        let condition = over(status, edges, track);
        match (status.latency_over(track), condition.tone()) {
            (Some(ms), tone) if tone != Tone::Unknown => Self::Took(ms, tone),
            _ => Self::One(condition),
        }
    }

    /// Returns in how much of a window a target was up; without a track for a client that has both families.
    pub fn uptime(availability: &TargetAvailability, period: Period, track: Option<Track>) -> Self {
        let window = availability.windows.iter().find(|window| window.window == period.code());
        Self::Share(window.and_then(|window| match track.unwrap_or(Track::DualStack) {
            Track::Ipv4 => window.ipv4.ratio,
            Track::Ipv6 => window.ipv6.ratio,
            Track::DualStack => window.dual_stack.ratio,
        }))
    }

    /// Returns when the certificate ends that was seen in the newest round: the one that ends first, where the families show
    /// several. What is late is not known any more.
    pub fn certificate(detail: &TargetDetail, edges: PerTrack<Edge>, track: Option<Track>, now: Timestamp) -> Self {
        let Some(round) = &detail.last_round else { return Self::NotKnown };
        if edges.dual_stack == Edge::Late {
            return Self::One(Condition::Late);
        }
        let samples = match track {
            None | Some(Track::DualStack) => [Some(&round.ipv4), Some(&round.ipv6)],
            Some(Track::Ipv4) => [Some(&round.ipv4), None],
            Some(Track::Ipv6) => [Some(&round.ipv6), None],
        };
        let samples = samples.into_iter().flatten();
        let seen = samples.map(|sample| {
            Ends::of(sample.certificate.as_ref().map(|seen| seen.not_after), sample.phases_ms.total.is_some())
        });
        Self::ends(seen.max().unwrap_or_default(), now)
    }

    /// Returns what is said of certificates of which that one ends first.
    pub fn ends(ends: Ends, now: Timestamp) -> Self {
        match ends {
            Ends::At(Reverse(at)) => Self::Ends(grade::days_left(at, now)),
            Ends::NoCertificate => Self::NoCertificate,
            Ends::NotKnown => Self::NotKnown,
        }
    }

    /// Returns what is said of several targets, over one track or in any way.
    pub fn of_several(about: About, facts: &Several, track: Option<Track>, now: Timestamp) -> Self {
        let all = Of::new(facts.judged, track.and_then(family));
        let over = track.unwrap_or(Track::DualStack);
        match about {
            About::Status => Self::All(all),
            About::Uptime(period) => {
                let place = PERIODS.iter().position(|one| *one == period);
                Self::Share(place.and_then(|place| *facts.uptime[place].get(over)))
            }
            // What was measured last is not said of a time for which nobody has measured.
            About::Latency | About::Certificate if matches!(all, Of::None | Of::Late) => Self::All(all),
            About::Latency => facts.latency_ms.get(over).map_or(Self::All(all), |ms| Self::Took(ms, all.tone())),
            About::Certificate => Self::ends(*facts.certificates.get(over), now),
        }
    }
}

/// What was seen of a certificate. Of several, the largest is told: which ends first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Ends {
    /// Nothing answered.
    #[default]
    NotKnown,
    /// What answered has none.
    NoCertificate,
    At(Reverse<Timestamp>),
}

impl Ends {
    /// Returns what a probe has seen.
    pub const fn of(not_after: Option<Timestamp>, is_answered: bool) -> Self {
        match not_after {
            Some(at) => Self::At(Reverse(at)),
            None if is_answered => Self::NoCertificate,
            None => Self::NotKnown,
        }
    }
}

/// How a target stands over a track. What a client with both families meets is what it is on the family that it ends up on.
fn over(status: &TargetStatus, edges: PerTrack<Edge>, track: Track) -> Condition {
    match status.family_of(track) {
        Some(family) => Condition::of(*edges.get(track), status.facts(family)),
        None => Condition::of(edges.dual_stack, worse_of(status)),
    }
}

/// The facts of the family that holds a client up; IPv6 is tried first.
fn worse_of(status: &TargetStatus) -> &crate::v1::FamilyFacts {
    use crate::v1::status::State::{Down, Suspect};
    if matches!(status.ipv4.state, Down | Suspect) && !matches!(status.ipv6.state, Down | Suspect) {
        &status.ipv4
    } else {
        &status.ipv6
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v1::{FamilyFacts, Judged, history::WindowAvailability, status::State};
    use dualwatch_core::measure::{round::DualStack, time::DAY};

    fn facts(state: State, latency_ms: Option<f64>) -> FamilyFacts {
        FamilyFacts { state, latency_ms, ..FamilyFacts::default() }
    }

    fn target(ipv4: FamilyFacts, ipv6: FamilyFacts, family: Option<Family>) -> TargetStatus {
        TargetStatus {
            group: None,
            slug: "shop".into(),
            name: "Shop".into(),
            url: "https://shop.example/".into(),
            last_round_at: Some(Timestamp::from_unix_ms(0)),
            ipv4,
            ipv6,
            dual_stack: DualStack { family, cost_ms: None },
            clients: None,
            client_tally: None,
            differences: Vec::new(),
            alternations: Vec::new(),
        }
    }

    const fn edges(ipv4: Edge, ipv6: Edge, dual_stack: Edge) -> PerTrack<Edge> {
        PerTrack { ipv4, ipv6, dual_stack }
    }

    #[test]
    fn a_failed_probe_has_no_latency() {
        let (up, down) = (facts(State::Up, Some(44.0)), facts(State::Down, None));
        let half = target(up.clone(), down.clone(), Some(Family::Ipv4));
        let of_half = edges(Edge::Ok, Edge::Failed, Edge::Ok);
        assert_eq!(Said::latency(&half, of_half, None), Said::Took(44.0, Tone::Good));
        assert_eq!(Said::latency(&half, of_half, Some(Track::Ipv6)), Said::One(Condition::Down));
        // What was measured last is not said of a time for which nobody has measured.
        let late = edges(Edge::Late, Edge::Late, Edge::Late);
        assert_eq!(Said::latency(&half, late, Some(Track::Ipv4)), Said::One(Condition::Late));
        let stuck = target(up, down, None);
        let of_stuck = edges(Edge::Ok, Edge::Failed, Edge::Failed);
        assert_eq!(Said::latency(&stuck, of_stuck, None), Said::One(Condition::Down));
        assert_eq!(Said::status(&stuck, of_stuck, Some(Track::DualStack)), Said::One(Condition::Down));
        assert_eq!(Said::status(&stuck, of_stuck, Some(Track::Ipv4)), Said::One(Condition::Up));
    }

    #[test]
    fn several_targets() {
        let now = Timestamp::from_unix_ms(0);
        let at = |days: i64| Ends::of(Some(now + days * DAY), true);
        assert_eq!([Ends::NotKnown, at(9), at(3), Ends::NoCertificate].into_iter().max(), Some(at(3)));
        let mut facts = Several {
            name: Some("Payments".into()),
            judged: Judged { targets: 3, troubled: 1, over_ipv4: 0, over_ipv6: 1, ..Judged::default() },
            uptime: [0.9, 0.8, 0.7, 0.6].map(|share| PerTrack { dual_stack: Some(share), ..PerTrack::default() }),
            latency_ms: PerTrack { ipv4: Some(40.0), ..PerTrack::default() },
            certificates: PerTrack { ipv4: at(3), ipv6: Ends::NotKnown, dual_stack: Ends::NoCertificate },
        };
        let said = |facts: &Several, about, track| Said::of_several(about, facts, track, now);
        assert_eq!(said(&facts, About::Status, None), Said::All(Of::Trouble(1, 3)));
        assert_eq!(said(&facts, About::Status, Some(Track::Ipv4)), Said::All(Of::AllUp(3)));
        for (period, share) in PERIODS.into_iter().zip([0.9, 0.8, 0.7, 0.6]) {
            assert_eq!(said(&facts, About::Uptime(period), None), Said::Share(Some(share)));
            assert_eq!(said(&facts, About::Uptime(period), Some(Track::Ipv6)), Said::Share(None));
        }
        assert_eq!(said(&facts, About::Latency, Some(Track::Ipv4)), Said::Took(40.0, Tone::Good));
        assert_eq!(said(&facts, About::Latency, None), Said::All(Of::Trouble(1, 3)));
        assert_eq!(said(&facts, About::Certificate, Some(Track::Ipv4)), Said::Ends(3));
        assert_eq!(said(&facts, About::Certificate, Some(Track::Ipv6)), Said::NotKnown);
        assert_eq!(said(&facts, About::Certificate, None), Said::NoCertificate);
        facts.judged.late = 3;
        for about in [About::Status, About::Latency, About::Certificate] {
            assert_eq!(said(&facts, about, Some(Track::Ipv4)), Said::All(Of::Late), "{about:?}");
        }
    }

    #[test]
    fn what_was_not_observed_is_no_share() {
        let mut availability =
            TargetAvailability { version: 1, slug: "shop".into(), slo: None, since: None, windows: Vec::new() };
        assert_eq!(Said::uptime(&availability, Period::Day, None), Said::Share(None));
        let window = concat!(
            r#"{"window":"24h","from":"2026-11-23T10:11:51Z","to":"2026-11-24T10:11:51Z","#,
            r#""ipv4":TRACK,"ipv6":TRACK,"dual_stack":TRACK}"#
        );
        let track = concat!(
            r#"{"observed_s":10.0,"up_s":5.0,"degraded_s":0.0,"down_s":5.0,"maintenance_s":0.0,"#,
            r#""unobserved_share":0.5,"ratio":0.5,"blurred_s":0.0,"budget":null}"#
        );
        let window: WindowAvailability = serde_json::from_str(&window.replace("TRACK", track)).unwrap();
        availability.windows = vec![window];
        assert_eq!(Said::uptime(&availability, Period::Day, Some(Track::Ipv6)), Said::Share(Some(0.5)));
        assert_eq!(Said::uptime(&availability, Period::Days7, None).tone(), Tone::Unknown);
    }
}
