//! Which of Statuspage's few words stands for what is known: the tables in [`STATUSPAGE.md`](../../STATUSPAGE.md) print these.

use crate::{
    phrases::Headline,
    v1::{FamilyFacts, Incident, TargetStatus, status::State},
};
use dualwatch_core::{
    measure::{
        cause::Cause,
        family::{Family, PerFamily},
    },
    respond::incident::Trouble,
};

/// How a target stands over one family, or as a client with both fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    Up,
    /// There is no address of the family, and nothing expects one.
    Absent,
    Degraded,
    /// Nobody knows: no round is recent enough, or the place that measures cannot tell.
    Unknown,
    Unstable,
    /// Announced, and excused.
    Maintenance,
    Down,
}

impl Standing {
    pub const ALL: [Self; 7] =
        [Self::Up, Self::Absent, Self::Degraded, Self::Unknown, Self::Unstable, Self::Maintenance, Self::Down];

    /// Returns how a family stands. What fails and is not confirmed is as it was: up, or down.
    ///
    /// `is_open`: an open incident is about it. What was announced excuses nothing then.
    pub fn of(facts: &FamilyFacts, is_open: bool) -> Self {
        if facts.maintenance && !is_open {
            return Self::Maintenance;
        }
        match facts.state {
            State::Down | State::Recovering => Self::Down,
            _ if facts.unstable => Self::Unstable,
            State::Up if facts.degraded => Self::Degraded,
            State::Up | State::Suspect => Self::Up,
            State::Unknown if facts.cause == Some(Cause::DnsNodata) => Self::Absent,
            State::Unknown => Self::Unknown,
        }
    }

    /// Returns the status of a component.
    pub const fn status(self) -> Status {
        match self {
            Self::Up | Self::Absent => Status::Operational,
            // The format has no word for it: this one is neither green nor red.
            Self::Degraded | Self::Unknown => Status::DegradedPerformance,
            Self::Unstable => Status::PartialOutage,
            Self::Maintenance => Status::UnderMaintenance,
            Self::Down => Status::MajorOutage,
        }
    }
}

/// How a target stands in all ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stand {
    pub families: PerFamily<Standing>,
    /// RFC 8305: a client with both is served where either serves it.
    pub dual_stack: Standing,
    /// Of the group: both together.
    pub whole: Whole,
}

/// How a target stands as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whole {
    Up,
    Maintenance,
    Degraded,
    Unknown,
    /// Down over one of two families, or unstable.
    Partly,
    Down,
}

impl Whole {
    pub const ALL: [Self; 6] = [Self::Up, Self::Maintenance, Self::Degraded, Self::Unknown, Self::Partly, Self::Down];

    pub const fn status(self) -> Status {
        match self {
            Self::Up => Status::Operational,
            Self::Maintenance => Status::UnderMaintenance,
            Self::Degraded | Self::Unknown => Status::DegradedPerformance,
            Self::Partly => Status::PartialOutage,
            Self::Down => Status::MajorOutage,
        }
    }

    /// Joins what is known over both families. What is not known, or not there, says nothing beside what is.
    pub fn of(families: PerFamily<Standing>) -> Self {
        use Standing as S;
        let says = |standing: &S| !matches!(standing, S::Unknown | S::Absent);
        let known: Vec<S> = [families.ipv4, families.ipv6].into_iter().filter(says).collect();
        let all = |wanted: S| known.iter().all(|standing| *standing == wanted);
        let any = |wanted: S| known.contains(&wanted);
        if known.is_empty() {
            Self::Unknown
        } else if all(S::Down) {
            Self::Down
        } else if any(S::Down) || any(S::Unstable) {
            Self::Partly
        } else if any(S::Degraded) {
            Self::Degraded
        } else if any(S::Maintenance) {
            Self::Maintenance
        } else {
            Self::Up
        }
    }
}

impl Stand {
    /// `open`: about which families incidents of it are open.
    pub fn of(status: &TargetStatus, open: PerFamily<bool>) -> Self {
        let families =
            PerFamily { ipv4: Standing::of(&status.ipv4, open.ipv4), ipv6: Standing::of(&status.ipv6, open.ipv6) };
        Self { families, dual_stack: dual_stack(families), whole: Whole::of(families) }
    }

    pub fn get(&self, family: Option<Family>) -> Standing {
        family.map_or(self.dual_stack, |family| *self.families.get(family))
    }
}

/// Returns how a client with both families fares: as over the better one, of those that are known.
fn dual_stack(families: PerFamily<Standing>) -> Standing {
    let says = |standing: &Standing| !matches!(standing, Standing::Unknown | Standing::Absent);
    [families.ipv4, families.ipv6].into_iter().filter(says).min().unwrap_or(Standing::Unknown)
}

/// The status of a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Operational,
    DegradedPerformance,
    PartialOutage,
    MajorOutage,
    UnderMaintenance,
}

impl Status {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Operational => "operational",
            Self::DegradedPerformance => "degraded_performance",
            Self::PartialOutage => "partial_outage",
            Self::MajorOutage => "major_outage",
            Self::UnderMaintenance => "under_maintenance",
        }
    }
}

/// How the whole page stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overall {
    Up,
    Maintenance,
    Degraded,
    /// Nothing is known to be wrong, and of some target nothing is known.
    Unknown,
    /// Some targets are down over one of two families, or unstable.
    Partly,
    /// Some targets are down over all that they offer.
    Down,
    /// All of them are.
    AllDown,
}

impl Overall {
    pub const ALL: [Self; 7] =
        [Self::Up, Self::Maintenance, Self::Degraded, Self::Unknown, Self::Partly, Self::Down, Self::AllDown];

    /// Joins the targets of a page: the gravest counts. Without any target nothing is known.
    pub fn of(targets: impl Iterator<Item = Whole>) -> Self {
        let (mut worst, mut n, mut n_down) = (None, 0_usize, 0_usize);
        for whole in targets {
            n += 1;
            n_down += usize::from(whole == Whole::Down);
            worst = worst.max(Some(whole));
        }
        match worst {
            None | Some(Whole::Unknown) => Self::Unknown,
            Some(Whole::Up) => Self::Up,
            Some(Whole::Maintenance) => Self::Maintenance,
            Some(Whole::Degraded) => Self::Degraded,
            Some(Whole::Partly) => Self::Partly,
            Some(Whole::Down) if n_down == n => Self::AllDown,
            Some(Whole::Down) => Self::Down,
        }
    }

    /// Returns the indicator of `status.json`.
    pub const fn indicator(self) -> &'static str {
        match self {
            Self::Up => "none",
            Self::Maintenance => "maintenance",
            Self::Degraded | Self::Unknown | Self::Partly => "minor",
            Self::Down => "major",
            Self::AllDown => "critical",
        }
    }
}

/// Returns the impact of an incident: `major` where both families were down at the same time, else `minor`.
pub fn impact(incident: &Incident) -> &'static str {
    let is_down = |segment: &crate::v1::incident::Segment| {
        segment.families.len() - segment.unstable.len().min(segment.families.len()) > 1
    };
    if incident.segments.iter().any(is_down) { "major" } else { "minor" }
}

/// Returns how an incident stands now.
pub fn headline(incident: &Incident) -> Headline {
    if incident.is_lost() {
        return Headline::Lost;
    }
    let of = |families: &[Family]| PerFamily::from_fn(|family| families.contains(&family));
    if !incident.open {
        let lasted = incident.summary.duration_s.map(|d| (d.min.ms(), d.max.ms()));
        let is_unstable = incident.summary.kind == Trouble::Unstable;
        return Headline::Over { families: of(&incident.summary.families), is_unstable, lasted };
    }
    match incident.segments.last() {
        Some(last) if last.ended.is_some() => Headline::Quiet,
        Some(last) if last.unstable.len() == last.families.len() => Headline::Unstable(of(&last.families)),
        Some(last) => {
            let down = last.families.iter().filter(|family| !last.unstable.contains(family));
            Headline::Down(of(&down.copied().collect::<Vec<_>>()))
        }
        None => Headline::Down(of(&incident.summary.families)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_confirmed_is_as_it_was_and_what_is_not_known_is_neither_green_nor_red() {
        let of = |state, change: fn(&mut FamilyFacts)| {
            let mut facts = FamilyFacts { state, ..FamilyFacts::default() };
            change(&mut facts);
            Standing::of(&facts, false)
        };
        assert_eq!(of(State::Up, |_| ()), Standing::Up);
        assert_eq!(of(State::Suspect, |_| ()), Standing::Up);
        assert_eq!(of(State::Recovering, |_| ()), Standing::Down);
        assert_eq!(of(State::Up, |facts| facts.degraded = true), Standing::Degraded);
        assert_eq!(of(State::Up, |facts| facts.unstable = true), Standing::Unstable);
        assert_eq!(of(State::Down, |facts| facts.maintenance = true), Standing::Maintenance);
        assert_eq!(of(State::Unknown, |facts| facts.cause = Some(Cause::DnsNodata)), Standing::Absent);
        assert_eq!(of(State::Unknown, |facts| facts.cause = Some(Cause::VantageNoFamily)), Standing::Unknown);
        assert_eq!(Standing::Unknown.status(), Status::DegradedPerformance);
        // An announcement of "degraded" excuses no outage: that is an incident.
        let facts = FamilyFacts { state: State::Down, maintenance: true, ..FamilyFacts::default() };
        assert_eq!(Standing::of(&facts, true), Standing::Down);
    }

    #[test]
    fn a_blind_family_says_nothing_beside_one_that_is_known() {
        use Standing as S;
        let whole = |ipv4, ipv6| Whole::of(PerFamily { ipv4, ipv6 });
        assert_eq!(whole(S::Up, S::Unknown), Whole::Up);
        assert_eq!(whole(S::Unknown, S::Absent), Whole::Unknown);
        assert_eq!(whole(S::Down, S::Absent), Whole::Down);
        assert_eq!(whole(S::Up, S::Down), Whole::Partly);
        assert_eq!(whole(S::Up, S::Maintenance), Whole::Maintenance);
        assert_eq!(whole(S::Degraded, S::Maintenance), Whole::Degraded);
        assert_eq!(dual_stack(PerFamily { ipv4: S::Up, ipv6: S::Down }), S::Up);
        assert_eq!(dual_stack(PerFamily { ipv4: S::Unknown, ipv6: S::Down }), S::Down);
    }

    #[test]
    fn a_page_is_as_bad_as_its_worst_target() {
        use Whole as W;
        let of = |all: &[W]| Overall::of(all.iter().copied());
        assert_eq!(of(&[]), Overall::Unknown);
        assert_eq!(of(&[W::Up, W::Unknown]), Overall::Unknown);
        assert_eq!(of(&[W::Up, W::Partly]), Overall::Partly);
        assert_eq!(of(&[W::Up, W::Down]), Overall::Down);
        assert_eq!(of(&[W::Down, W::Down]), Overall::AllDown);
        assert_eq!(of(&[W::Up, W::Maintenance]).indicator(), "maintenance");
    }
}
