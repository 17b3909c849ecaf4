//! What the published facts come to on a badge: one word for a family, and for both together.

use super::Tone;
use crate::v1::{FamilyFacts, Judged, status::State};
use dualwatch_core::{judge::verdict::Edge, measure::family::Family};

/// How a family stands, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    /// Our own watcher is late: what it said last is not said any more.
    Late,
    Down,
    /// It failed, and that is not confirmed yet.
    Failing,
    Unstable,
    /// It was down, and answers again.
    Recovering,
    Maintenance,
    Unknown,
    Degraded,
    Up,
    /// Not offered, or not measured by choice.
    Absent,
}

impl Condition {
    pub const ALL: [Self; 10] = [
        Self::Late,
        Self::Down,
        Self::Failing,
        Self::Unstable,
        Self::Recovering,
        Self::Maintenance,
        Self::Unknown,
        Self::Degraded,
        Self::Up,
        Self::Absent,
    ];

    /// Returns what is said of a family, by what the edge's side of it is and what is published of it.
    ///
    /// | edge | in maintenance | otherwise |
    /// |---|---|---|
    /// | late | late | late |
    /// | blind, nothing | unknown | unknown |
    /// | unpublished | absent | absent |
    /// | failed | maintenance | down; failing where that is not confirmed |
    /// | ok | maintenance | unstable, recovering, degraded, or up |
    pub const fn of(edge: Edge, facts: &FamilyFacts) -> Self {
        match edge {
            Edge::Late => Self::Late,
            Edge::Blind | Edge::Nothing => Self::Unknown,
            Edge::Unpublished => Self::Absent,
            Edge::Failed | Edge::Ok if facts.maintenance => Self::Maintenance,
            Edge::Failed if matches!(facts.state, State::Suspect) => Self::Failing,
            Edge::Failed => Self::Down,
            Edge::Ok if facts.unstable => Self::Unstable,
            Edge::Ok if matches!(facts.state, State::Recovering) => Self::Recovering,
            Edge::Ok if facts.degraded => Self::Degraded,
            Edge::Ok => Self::Up,
        }
    }

    pub const fn tone(self) -> Tone {
        match self {
            Self::Up => Tone::Good,
            Self::Degraded | Self::Recovering => Tone::Slow,
            Self::Maintenance => Tone::Planned,
            Self::Failing | Self::Unstable => Tone::Partial,
            Self::Down => Tone::Bad,
            Self::Late | Self::Unknown | Self::Absent => Tone::Unknown,
        }
    }
}

/// What is said of a target as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whole {
    /// The same of both families.
    Both(Condition),
    /// Of the only family that it offers.
    Only(Family, Condition),
    /// Of one family, which is worse than the other.
    Part(Family, Condition, Tone),
}

impl Whole {
    /// Returns what both families, and a client that has both, come to. The worse family is named; it is red only where it is
    /// confirmed and nothing says that such a client gets through.
    pub fn of(ipv4: Condition, ipv6: Condition, dual_stack: Edge) -> Self {
        use Condition::{Absent, Degraded, Down, Up};
        match (ipv4, ipv6) {
            _ if ipv4 == ipv6 => Self::Both(ipv4),
            (Condition::Late, _) | (_, Condition::Late) => Self::Both(Condition::Late),
            (only, Absent) => Self::Only(Family::Ipv4, only),
            (Absent, only) => Self::Only(Family::Ipv6, only),
            _ => {
                let (family, worse, other) =
                    if ipv4 < ipv6 { (Family::Ipv4, ipv4, ipv6) } else { (Family::Ipv6, ipv6, ipv4) };
                let gets_through = dual_stack == Edge::Ok && matches!(other, Up | Degraded | Condition::Recovering);
                let tone = if worse == Down && gets_through { Tone::Partial } else { worse.tone() };
                Self::Part(family, worse, tone)
            }
        }
    }

    pub const fn tone(self) -> Tone {
        match self {
            Self::Both(condition) | Self::Only(_, condition) => condition.tone(),
            Self::Part(.., tone) => tone,
        }
    }
}

/// What is said of all targets together, over one family or in any way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Nothing is watched.
    None,
    /// All are up; so many.
    AllUp(u32),
    /// So many of so many have trouble.
    Trouble(u32, u32),
    /// So many of so many cannot be judged; the others are up.
    Unknown(u32, u32),
    /// Of all of them no round has come in time.
    Late,
}

impl Of {
    pub const fn new(all: Judged, family: Option<Family>) -> Self {
        let Judged { targets, troubled, over_ipv4, over_ipv6, unknown, late } = all;
        let troubled = match family {
            None => troubled,
            Some(Family::Ipv4) => over_ipv4,
            Some(Family::Ipv6) => over_ipv6,
        };
        if targets == 0 {
            Self::None
        } else if late >= targets {
            Self::Late
        } else if troubled > 0 {
            Self::Trouble(troubled, targets)
        } else if unknown > 0 {
            Self::Unknown(unknown, targets)
        } else {
            Self::AllUp(targets)
        }
    }

    pub const fn tone(self) -> Tone {
        match self {
            Self::AllUp(_) => Tone::Good,
            Self::Trouble(troubled, targets) if troubled >= targets => Tone::Bad,
            Self::Trouble(..) => Tone::Partial,
            Self::None | Self::Unknown(..) | Self::Late => Tone::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(state: State) -> FamilyFacts {
        FamilyFacts { state, ..FamilyFacts::default() }
    }

    #[test]
    fn one_family() {
        let with = |edge, state, edit: fn(&mut FamilyFacts)| {
            let mut facts = facts(state);
            edit(&mut facts);
            Condition::of(edge, &facts)
        };
        let plain = |edge, state| with(edge, state, |_| {});
        assert_eq!(plain(Edge::Ok, State::Up), Condition::Up);
        assert_eq!(plain(Edge::Ok, State::Recovering), Condition::Recovering);
        assert_eq!(plain(Edge::Failed, State::Suspect), Condition::Failing);
        assert_eq!(plain(Edge::Failed, State::Down), Condition::Down);
        assert_eq!(plain(Edge::Blind, State::Unknown), Condition::Unknown);
        assert_eq!(plain(Edge::Nothing, State::Unknown), Condition::Unknown);
        assert_eq!(plain(Edge::Unpublished, State::Unknown), Condition::Absent);
        assert_eq!(plain(Edge::Late, State::Down), Condition::Late);
        assert_eq!(with(Edge::Ok, State::Up, |f| f.degraded = true), Condition::Degraded);
        assert_eq!(with(Edge::Ok, State::Up, |f| f.unstable = true), Condition::Unstable);
        assert_eq!(with(Edge::Failed, State::Down, |f| f.maintenance = true), Condition::Maintenance);
        assert_eq!(with(Edge::Late, State::Up, |f| f.maintenance = true), Condition::Late);
        assert_eq!(with(Edge::Blind, State::Unknown, |f| f.maintenance = true), Condition::Unknown);
    }

    #[test]
    fn both_families() {
        use Condition::{Absent, Degraded, Down, Late, Maintenance, Unknown, Up};
        for (ipv4, ipv6, edge, expected) in [
            (Up, Up, Edge::Ok, Whole::Both(Up)),
            (Down, Down, Edge::Failed, Whole::Both(Down)),
            (Up, Absent, Edge::Ok, Whole::Only(Family::Ipv4, Up)),
            (Absent, Down, Edge::Failed, Whole::Only(Family::Ipv6, Down)),
            (Absent, Absent, Edge::Unpublished, Whole::Both(Absent)),
            (Up, Down, Edge::Ok, Whole::Part(Family::Ipv6, Down, Tone::Partial)),
            // A client that has both does not get through either.
            (Up, Down, Edge::Failed, Whole::Part(Family::Ipv6, Down, Tone::Bad)),
            (Down, Unknown, Edge::Blind, Whole::Part(Family::Ipv4, Down, Tone::Bad)),
            (Up, Unknown, Edge::Blind, Whole::Part(Family::Ipv6, Unknown, Tone::Unknown)),
            (Up, Degraded, Edge::Ok, Whole::Part(Family::Ipv6, Degraded, Tone::Slow)),
            (Maintenance, Up, Edge::Ok, Whole::Part(Family::Ipv4, Maintenance, Tone::Planned)),
            (Late, Up, Edge::Late, Whole::Both(Late)),
        ] {
            assert_eq!(Whole::of(ipv4, ipv6, edge), expected, "{ipv4:?} {ipv6:?} {edge:?}");
        }
    }

    /// Nothing that is not known is green or red, in whatever way it comes.
    #[test]
    fn what_is_not_known_has_no_color() {
        for tone in [Condition::Late, Condition::Unknown, Condition::Absent].map(Condition::tone) {
            assert_eq!(tone, Tone::Unknown);
        }
        for edge in Edge::ALL {
            for condition in Condition::ALL {
                let tone = Whole::of(condition, Condition::Unknown, edge).tone();
                assert_ne!(tone, Tone::Good, "{condition:?} {edge:?}");
                let tone = Whole::of(condition, Condition::Late, edge).tone();
                assert_eq!(tone, Tone::Unknown, "{condition:?} {edge:?}");
            }
        }
    }

    #[test]
    fn all_targets() {
        let all = |targets, troubled, unknown, late| {
            let judged = Judged { targets, troubled, over_ipv4: 0, over_ipv6: troubled, unknown, late };
            (Of::new(judged, None), Of::new(judged, None).tone(), Of::new(judged, Some(Family::Ipv4)))
        };
        assert_eq!(all(0, 0, 0, 0), (Of::None, Tone::Unknown, Of::None));
        assert_eq!(all(3, 0, 0, 0), (Of::AllUp(3), Tone::Good, Of::AllUp(3)));
        assert_eq!(all(3, 1, 1, 1), (Of::Trouble(1, 3), Tone::Partial, Of::Unknown(1, 3)));
        assert_eq!(all(3, 3, 0, 0), (Of::Trouble(3, 3), Tone::Bad, Of::AllUp(3)));
        assert_eq!(all(3, 0, 1, 0), (Of::Unknown(1, 3), Tone::Unknown, Of::Unknown(1, 3)));
        assert_eq!(all(3, 0, 3, 3), (Of::Late, Tone::Unknown, Of::Late));
    }
}
