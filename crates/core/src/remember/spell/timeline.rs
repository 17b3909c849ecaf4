//! Sample and hold: from rounds at moments to a state at every moment.

use super::{Cover, PerTrack, Spell, State, Track};
use crate::measure::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A piece of time in which no track changes: `[from, to)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub states: PerTrack<State>,
    pub from: Timestamp,
    pub to: Timestamp,
}

/// The time that has passed since it was last told, oldest first: what the last round speaks of, and what lies beyond.
pub type Passed = [Option<Stretch>; 2];

/// What the last round of a target said, and how far its time is told.
///
/// A round speaks from its own beginning until the next round, at most until it is late
/// ([`crate::judge::schedule::late_after_ms`]); what lies beyond is unobserved. Nothing is ever told twice, and nothing that
/// was told changes: however often [`Timeline::advance`] is called in between, the pieces join to the same spells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    pub(crate) told_to: Timestamp,
    /// When the newest round began; `None` before the first.
    pub(crate) last_round_at: Option<Timestamp>,
    pub(crate) holds_until: Timestamp,
    pub(crate) measured: PerTrack<State>,
    pub(crate) cover: PerTrack<Cover>,
}

impl Timeline {
    /// Returns the timeline of a target of which nothing is known before `at`.
    pub const fn new(at: Timestamp) -> Self {
        let nothing = PerTrack { ipv4: State::Unobserved, ipv6: State::Unobserved, dual_stack: State::Unobserved };
        let open = PerTrack { ipv4: Cover::Nothing, ipv6: Cover::Nothing, dual_stack: Cover::Nothing };
        Self { told_to: at, last_round_at: None, holds_until: at, measured: nothing, cover: open }
    }

    /// Returns how far the time is told.
    pub const fn told_to(&self) -> Timestamp {
        self.told_to
    }

    pub const fn last_round_at(&self) -> Option<Timestamp> {
        self.last_round_at
    }

    /// Tells the time until `to`; nothing where that is told already.
    pub fn advance(&mut self, to: Timestamp) -> Passed {
        if to <= self.told_to {
            return [None, None];
        }
        let from = self.told_to;
        self.told_to = to;
        let held_to = self.holds_until.clamp(from, to);
        let piece = |from: Timestamp, to: Timestamp, measured: PerTrack<State>| {
            let states = PerTrack::from_fn(|track| self.cover.get(track).over(*measured.get(track)));
            (from < to).then_some(Stretch { states, from, to })
        };
        [piece(from, held_to, self.measured), piece(held_to, to, PerTrack::default())]
    }

    /// Takes a round that began at `at` and speaks for at most `hold_ms`. Returns the time before it, or `None` where
    /// a round that began then or later is known already: such a one changes nothing.
    ///
    /// Where the time is told beyond `at` already, the round speaks from there on.
    pub fn round(&mut self, at: Timestamp, measured: PerTrack<State>, hold_ms: i64) -> Option<Passed> {
        if self.last_round_at.is_some_and(|last| at <= last) {
            return None;
        }
        let passed = self.advance(at);
        self.last_round_at = Some(at);
        self.holds_until = at + hold_ms;
        self.measured = measured;
        Some(passed)
    }

    /// Opens or closes maintenance at `at`. Returns the time before it.
    pub fn cover(&mut self, at: Timestamp, cover: PerTrack<Cover>) -> Passed {
        let passed = self.advance(at);
        self.cover = cover;
        passed
    }
}

/// The spells that still last, one a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lasting {
    /// The state and since when.
    pub(crate) since: PerTrack<(State, Timestamp)>,
}

impl Lasting {
    pub const fn new(at: Timestamp) -> Self {
        let begin = (State::Unobserved, at);
        Self { since: PerTrack { ipv4: begin, ipv6: begin, dual_stack: begin } }
    }

    /// Takes the next stretch of time; hands out every spell that ended with its beginning.
    pub fn pass(&mut self, stretch: &Stretch, mut ended: impl FnMut(Track, Spell)) {
        for track in Track::ALL {
            let now = *stretch.states.get(track);
            let (state, from) = *self.since.get(track);
            if now != state {
                // Empty only before the very first stretch.
                if from < stretch.from {
                    ended(track, Spell { state, from, to: stretch.from });
                }
                *self.since.get_mut(track) = (now, stretch.from);
            }
        }
    }

    /// Returns the spell that lasts, as far as `to`.
    pub const fn spell(&self, track: Track, to: Timestamp) -> Spell {
        let (state, from) = *self.since.get(track);
        Spell { state, from, to }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{judge::schedule::late_after_ms, measure::time::SECOND};
    use proptest::prelude::*;

    fn at(s: i64) -> Timestamp {
        Timestamp::from_unix_ms(s * SECOND)
    }

    fn all(state: State) -> PerTrack<State> {
        PerTrack { ipv4: state, ipv6: state, dual_stack: state }
    }

    fn state(letter: &str) -> State {
        State::ALL.into_iter().find(|s| s.code().starts_with(letter)).unwrap()
    }

    /// Events `second:what` (`up`, `down`, ... a round; `+`, `-` maintenance begins, ends; `.` only time passes); the
    /// spells expected until the last of them, as `state from-to` in seconds.
    fn check(events: &str, expected: &str) {
        let mut timeline = Timeline::new(at(0));
        let mut lasting = Lasting::new(at(0));
        let mut spells = Vec::new();
        let mut end = 0;
        for event in events.split_whitespace() {
            let (second, what) = event.split_once(':').unwrap();
            end = second.parse().unwrap();
            let cover = |cover| PerTrack { ipv4: cover, ipv6: cover, dual_stack: cover };
            let passed = match what {
                "+" => timeline.cover(at(end), cover(Cover::All)),
                "-" => timeline.cover(at(end), cover(Cover::Nothing)),
                "." => timeline.advance(at(end)),
                round => timeline.round(at(end), all(state(round)), late_after_ms(60)).unwrap_or_default(),
            };
            for stretch in passed.iter().flatten() {
                lasting.pass(stretch, |track, spell| {
                    if track == Track::DualStack {
                        spells.push(spell);
                    }
                });
            }
        }
        spells.push(lasting.spell(Track::DualStack, at(end)));
        let told: Vec<String> = spells
            .iter()
            .map(|s| format!("{} {}-{}", s.state.code(), s.from.unix_ms() / SECOND, s.to.unix_ms() / SECOND))
            .collect();
        assert_eq!(told.join(", "), expected, "{events}");
    }

    #[test]
    fn a_round_speaks_until_the_next_and_no_longer_than_it_is_timely() {
        check("0:up 60:up 120:.", "up 0-120");
        check("0:up 60:down 120:up 180:.", "up 0-60, down 60-120, up 120-180");
        // Two periods and a minute (late_after_ms), then nobody knows.
        check("0:up 600:.", "up 0-180, unobserved 180-600");
        check("0:up 600:up 660:.", "up 0-180, unobserved 180-600, up 600-660");
        check("0:up 180:up 240:.", "up 0-240");
        check("0:down 181:down 182:.", "down 0-180, unobserved 180-181, down 181-182");
        check("30:up 60:.", "unobserved 0-30, up 30-60");
    }

    #[test]
    fn what_is_told_stays_told() {
        check("0:up 60:up 60:down 30:down 90:.", "up 0-90");
        check("0:up 50:. 70:. 90:. 100:down 110:.", "up 0-100, down 100-110");
        // The round was on its way when the time was told: it speaks from there.
        check("0:up 70:. 60:down 80:.", "up 0-70, down 70-80");
        check("0:up 400:. 300:down 500:.", "up 0-180, unobserved 180-400, down 400-480, unobserved 480-500");
    }

    #[test]
    fn maintenance_has_exact_borders() {
        check("0:up 45:+ 60:down 120:down 130:- 150:.", "up 0-45, maintenance 45-130, down 130-150");
        // Measured or not.
        check("0:up 45:+ 1000:- 1020:.", "up 0-45, maintenance 45-1000, unobserved 1000-1020");
        check("0:up 45:+ 100:- 120:.", "up 0-45, maintenance 45-100, up 100-120");
    }

    proptest! {
        /// Against the rule said the other way round: for every second, who speaks?
        #[test]
        fn every_moment_has_the_state_of_the_last_timely_round(
            rounds in prop::collection::vec((0i64..400, 0usize..4), 0..40), looks in prop::collection::vec(0i64..400, 0..20),
        ) {
            let mut rounds = rounds;
            rounds.sort_by_key(|(second, _)| *second);
            rounds.dedup_by_key(|(second, _)| *second);
            let mut timeline = Timeline::new(at(0));
            let mut told = [State::Maintenance; 400];
            let mut tell = |passed: Passed| {
                for stretch in passed.iter().flatten() {
                    for second in stretch.from.unix_ms() / SECOND..stretch.to.unix_ms() / SECOND {
                        told[usize::try_from(second).unwrap()] = stretch.states.ipv6;
                    }
                }
            };
            for second in 0..400 {
                if looks.contains(&second) {
                    tell(timeline.advance(at(second)));
                }
                if let Some((_, state)) = rounds.iter().find(|(s, _)| *s == second) {
                    tell(timeline.round(at(second), all(State::ALL[*state]), 30 * SECOND).unwrap());
                }
            }
            tell(timeline.advance(at(400)));
            for (second, told) in (0..).zip(told) {
                let speaks = rounds.iter().rev().find(|(s, _)| *s <= second).filter(|(s, _)| second - s < 30);
                prop_assert_eq!(told, speaks.map_or(State::Unobserved, |(_, state)| State::ALL[*state]));
            }
        }
    }
}
