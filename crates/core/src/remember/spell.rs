//! What a target was when: its time per family, and for a dual-stack client, cut into spells of one state each.

use crate::{
    judge::{
        diagnosis::{Conclusion, conclude},
        schedule::Reach,
    },
    measure::{
        family::{Family, PerFamily},
        round::{DualStack, Round},
        sample::{Phases, Sample},
        time::Timestamp,
    },
};
use serde::{Deserialize, Serialize};

pub mod timeline;

use timeline::Told;

/// Whose time is told: the three facts that are kept of every target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Track {
    Ipv4,
    Ipv6,
    DualStack,
}

impl Track {
    pub const ALL: [Self; 3] = [Self::Ipv4, Self::Ipv6, Self::DualStack];

    /// Returns the stable code: `ipv4`, `ipv6` or `dual_stack`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
            Self::DualStack => "dual_stack",
        }
    }
}

impl From<Family> for Track {
    fn from(family: Family) -> Self {
        match family {
            Family::Ipv4 => Self::Ipv4,
            Family::Ipv6 => Self::Ipv6,
        }
    }
}

/// One value per track.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PerTrack<T> {
    pub ipv4: T,
    pub ipv6: T,
    pub dual_stack: T,
}

impl<T> PerTrack<T> {
    pub fn from_fn(mut make: impl FnMut(Track) -> T) -> Self {
        Self { ipv4: make(Track::Ipv4), ipv6: make(Track::Ipv6), dual_stack: make(Track::DualStack) }
    }

    pub const fn get(&self, track: Track) -> &T {
        match track {
            Track::Ipv4 => &self.ipv4,
            Track::Ipv6 => &self.ipv6,
            Track::DualStack => &self.dual_stack,
        }
    }

    pub const fn get_mut(&mut self, track: Track) -> &mut T {
        match track {
            Track::Ipv4 => &mut self.ipv4,
            Track::Ipv6 => &mut self.ipv6,
            Track::DualStack => &mut self.dual_stack,
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (Track, &T)> {
        Track::ALL.into_iter().map(|track| (track, self.get(track)))
    }
}

/// What a target is at one moment, as far as anybody has measured it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// No round speaks of this time, the vantage was blind, or the target does not offer this family.
    #[default]
    Unobserved,
    Up,
    /// Reached, and confirmed not to be as it should be: this is up as well.
    Degraded,
    /// Not reached, confirmed or not: what was measured.
    Down,
    /// Planned, and taken out of every reckoning.
    Maintenance,
}

impl State {
    pub const ALL: [Self; 5] = [Self::Unobserved, Self::Up, Self::Degraded, Self::Down, Self::Maintenance];

    /// Returns the stable code, such as `up`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unobserved => "unobserved",
            Self::Up => "up",
            Self::Degraded => "degraded",
            Self::Down => "down",
            Self::Maintenance => "maintenance",
        }
    }

    /// Returns the stable number under which the state is stored.
    pub const fn tag(self) -> u8 {
        match self {
            Self::Unobserved => 0,
            Self::Up => 1,
            Self::Degraded => 2,
            Self::Down => 3,
            Self::Maintenance => 4,
        }
    }

    pub fn from_tag(tag: u8) -> Option<Self> {
        Self::ALL.get(usize::from(tag)).copied()
    }

    /// Returns the state that one family's conclusion stands for.
    pub const fn of(conclusion: Conclusion) -> Self {
        match conclusion {
            Conclusion::Good { degraded: false } => Self::Up,
            Conclusion::Good { degraded: true } => Self::Degraded,
            Conclusion::Bad(_) => Self::Down,
            Conclusion::Blind(_) | Conclusion::Unpublished(_) => Self::Unobserved,
        }
    }

    /// Returns the state for a dual-stack client, which is as well off as the family that it ends up on.
    ///
    /// | it ends up on | IPv4, IPv6 | state |
    /// |---|---|---|
    /// | a family | that one is degraded | degraded |
    /// | a family | else | up |
    /// | none | one of them is blind | unobserved: it might have answered |
    /// | none | none is published | unobserved |
    /// | none | else | down |
    pub const fn of_dual_stack(view: &DualStack, conclusions: &PerFamily<Conclusion>) -> Self {
        match (view.family, conclusions.ipv4, conclusions.ipv6) {
            (Some(family), ..) => match conclusions.get(family) {
                Conclusion::Good { degraded: true } => Self::Degraded,
                _ => Self::Up,
            },
            (None, Conclusion::Blind(_), _) | (None, _, Conclusion::Blind(_)) => Self::Unobserved,
            (None, Conclusion::Unpublished(_), Conclusion::Unpublished(_)) => Self::Unobserved,
            (None, ..) => Self::Down,
        }
    }
}

/// What a maintenance window takes out of the reckoning while it is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cover {
    /// There is no window.
    #[default]
    Nothing,
    /// The target is expected to be degraded: that is maintenance; an outage still counts.
    Degraded,
    /// The target is expected to be down: all of the window is maintenance, whatever is measured or not.
    All,
}

impl Cover {
    /// Returns what a measured state counts as under this cover.
    pub const fn over(self, measured: State) -> State {
        match (self, measured) {
            (Self::All, _) | (Self::Degraded, State::Degraded) => State::Maintenance,
            (Self::Nothing | Self::Degraded, state) => state,
        }
    }
}

/// A piece of one track's time in one state: `[from, to)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spell {
    pub state: State,
    pub from: Timestamp,
    pub to: Timestamp,
}

/// What the history takes from a round: per family the conclusion and the times, and the view of a dual-stack client.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Facts {
    pub at: Timestamp,
    /// When the newest round began that says this of a family: of several vantages it may be older than `at`.
    pub seen_at: PerFamily<Timestamp>,
    pub conclusions: PerFamily<Conclusion>,
    pub phases: PerFamily<Phases>,
    pub dual_stack: DualStack,
    /// What rounds in a row have confirmed of a family that is reached: whether it is degraded. `None`: what this one says.
    pub confirmed: PerFamily<Option<bool>>,
    /// Of which families this round confirmed it, and the one before had said it too.
    pub turned: PerFamily<bool>,
}

impl Facts {
    /// Takes the facts from a settled round.
    pub fn of(round: &Round) -> Self {
        let samples = PerFamily { ipv4: &round.samples.ipv4, ipv6: &round.samples.ipv6 };
        Self::new(round.started_at, samples, round.dual_stack)
    }

    /// The same, where rounds that began then say so of the families.
    #[must_use]
    pub const fn seen_at(self, seen_at: PerFamily<Timestamp>) -> Self {
        Self { seen_at, ..self }
    }

    /// Takes the facts from settled samples: those of one round, or those on which several vantages agreed.
    pub fn new(at: Timestamp, samples: PerFamily<&Sample>, dual_stack: DualStack) -> Self {
        Self {
            at,
            seen_at: PerFamily { ipv4: at, ipv6: at },
            conclusions: PerFamily { ipv4: conclude(samples.ipv4), ipv6: conclude(samples.ipv6) },
            phases: PerFamily { ipv4: samples.ipv4.phases, ipv6: samples.ipv6.phases },
            dual_stack,
            confirmed: PerFamily { ipv4: None, ipv6: None },
            turned: PerFamily { ipv4: false, ipv6: false },
        }
    }

    /// Returns the state that the round gives to every track. Whether it is degraded is what was confirmed.
    pub fn states(&self) -> PerTrack<State> {
        let conclusions = self.conclusions.map(|family, conclusion| match (conclusion, *self.confirmed.get(family)) {
            (Conclusion::Good { .. }, Some(degraded)) => Conclusion::Good { degraded },
            _ => conclusion,
        });
        PerTrack {
            ipv4: State::of(conclusions.ipv4),
            ipv6: State::of(conclusions.ipv6),
            dual_stack: State::of_dual_stack(&self.dual_stack, &conclusions),
        }
    }

    /// Returns what every track is, and for what time that is said, with rounds that reach so far.
    pub fn told(&self, reach: Reach) -> PerTrack<Told> {
        let PerFamily { ipv4, ipv6 } = self.seen_at;
        let states = self.states();
        PerTrack::from_fn(|track| {
            let seen_at = match track {
                Track::Ipv4 => ipv4,
                Track::Ipv6 => ipv6,
                // It takes both families to say how such a client fares.
                Track::DualStack => ipv4.min(ipv6),
            };
            Told { state: *states.get(track), spoken: reach.spoken(seen_at) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::cause::Cause;

    #[test]
    fn tags_and_states_are_one_to_one() {
        for state in State::ALL {
            assert_eq!(State::from_tag(state.tag()), Some(state), "{}", state.code());
        }
        assert_eq!(State::from_tag(5), None);
    }

    /// `g`ood, degraded `s`low, `b`ad, blind `?`, not published `-`; the family that the client ends up on: `4`, `6`, none.
    fn check(ipv4: char, ipv6: char, ends_up_on: char, expected: State) {
        let conclusion = |c| match c {
            'g' => Conclusion::Good { degraded: false },
            's' => Conclusion::Good { degraded: true },
            'b' => Conclusion::Bad(Cause::TcpRefused),
            '?' => Conclusion::Blind(Cause::VantageNoFamily),
            _ => Conclusion::Unpublished(Some(Cause::DnsNodata)),
        };
        let family = match ends_up_on {
            '4' => Some(Family::Ipv4),
            '6' => Some(Family::Ipv6),
            _ => None,
        };
        let conclusions = PerFamily { ipv4: conclusion(ipv4), ipv6: conclusion(ipv6) };
        let state = State::of_dual_stack(&DualStack { family, cost_ms: None }, &conclusions);
        assert_eq!(state, expected, "{ipv4}{ipv6} on {ends_up_on}");
    }

    #[test]
    fn a_dual_stack_client_is_down_only_where_both_families_were_seen() {
        check('g', 'g', '6', State::Up);
        check('g', 'b', '4', State::Up);
        check('s', 'g', '6', State::Up);
        check('s', 'b', '4', State::Degraded);
        check('b', 'b', '-', State::Down);
        check('b', '-', '-', State::Down);
        check('-', 'b', '-', State::Down);
        check('g', '?', '-', State::Unobserved);
        check('b', '?', '-', State::Unobserved);
        check('?', '?', '-', State::Unobserved);
        check('-', '-', '-', State::Unobserved);
        // It stays on the family whose connection came up first, and that one did not answer.
        check('g', 'b', '-', State::Down);
    }

    #[test]
    fn degraded_never_hides_down() {
        for measured in State::ALL {
            assert_eq!(Cover::Nothing.over(measured), measured);
            assert_eq!(Cover::All.over(measured), State::Maintenance);
        }
        assert_eq!(Cover::Degraded.over(State::Down), State::Down);
        assert_eq!(Cover::Degraded.over(State::Degraded), State::Maintenance);
        assert_eq!(Cover::Degraded.over(State::Unobserved), State::Unobserved);
    }
}
