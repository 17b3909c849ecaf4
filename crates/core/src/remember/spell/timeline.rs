//! Sample and hold: from rounds at moments to a state at every moment.

use super::{Cover, PerTrack, Spell, State, Track};
use crate::{judge::schedule::Spoken, measure::time::Timestamp};
use serde::{Deserialize, Serialize};

/// A piece of time in which no track changes: `[from, to)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub states: PerTrack<State>,
    pub from: Timestamp,
    pub to: Timestamp,
}

/// The time that has passed since it was last told, oldest first: what the last round speaks of, and what lies beyond,
/// which begins at a time of its own for each track.
pub type Passed = [Option<Stretch>; 4];

/// What the last round said of a track, and for what time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub state: State,
    pub spoken: Spoken,
}

/// What the last round of a target said, and how far its time is told.
///
/// A round speaks from its own beginning until the next round, where that comes in time, else until it was due
/// ([`crate::judge::schedule::Reach`]); what lies beyond is unobserved. Nothing is ever told twice, and nothing that was
/// told changes.
///
/// Who looks before the next round looks at a copy: between the time at which a round is due and that by which it has
/// come, what is said is provisional.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    pub(crate) told_to: Timestamp,
    /// When the newest round began; `None` before the first.
    pub(crate) last_round_at: Option<Timestamp>,
    pub(crate) measured: PerTrack<Told>,
    pub(crate) cover: PerTrack<Cover>,
}

impl Timeline {
    /// Returns the timeline of a target of which nothing is known before `at`.
    pub const fn new(at: Timestamp) -> Self {
        let nothing = Told { state: State::Unobserved, spoken: Spoken { due: at, holds_until: at } };
        let measured = PerTrack { ipv4: nothing, ipv6: nothing, dual_stack: nothing };
        let open = PerTrack { ipv4: Cover::Nothing, ipv6: Cover::Nothing, dual_stack: Cover::Nothing };
        Self { told_to: at, last_round_at: None, measured, cover: open }
    }

    /// Returns how far the time is told.
    pub const fn told_to(&self) -> Timestamp {
        self.told_to
    }

    pub const fn last_round_at(&self) -> Option<Timestamp> {
        self.last_round_at
    }

    /// Notes that by `at` no other round has begun: what has held for too long ended where the next was due, as far as
    /// that is not told. Returns of each track until when the last round speaks then, of the time that is not told.
    pub fn lapse(&mut self, at: Timestamp) -> PerTrack<Timestamp> {
        PerTrack::from_fn(|track| {
            let Told { spoken, .. } = self.measured.get_mut(track);
            let until = spoken.until(at);
            if until < at {
                spoken.holds_until = until.max(self.told_to).min(spoken.holds_until);
            }
            spoken.holds_until.max(self.told_to).min(at)
        })
    }

    /// Notes that no other round comes, whatever the last one was waited for: it speaks until the next was due.
    pub fn expect_no_more(&mut self) {
        for track in Track::ALL {
            let Told { spoken, .. } = self.measured.get_mut(track);
            spoken.holds_until = spoken.holds_until.min(spoken.due.max(self.told_to));
        }
    }

    /// Tells the time until `to`; nothing where that is told already.
    pub fn advance(&mut self, to: Timestamp) -> Passed {
        if to <= self.told_to {
            return Passed::default();
        }
        let ends = self.lapse(to);
        let mut from = self.told_to;
        self.told_to = to;
        let mut borders = [ends.ipv4, ends.ipv6, ends.dual_stack, to].map(|end| end.max(from));
        borders.sort_unstable();
        borders.map(|end| {
            let stretch = (from < end).then(|| {
                let states = PerTrack::from_fn(|track| {
                    let is_spoken_of = from < *ends.get(track);
                    let measured = if is_spoken_of { self.measured.get(track).state } else { State::Unobserved };
                    self.cover.get(track).over(measured)
                });
                Stretch { states, from, to: end }
            });
            from = end;
            stretch
        })
    }

    /// Takes what rounds say, the newest of which began at `at`. Returns the time before it, or `None` where a round that
    /// began then or later is known already: such a one changes nothing.
    ///
    /// Where the time is told beyond `at` already, the round speaks from there on.
    pub fn round(&mut self, at: Timestamp, measured: PerTrack<Told>) -> Option<Passed> {
        if self.last_round_at.is_some_and(|last| at <= last) {
            return None;
        }
        let passed = self.advance(at);
        self.last_round_at = Some(at);
        self.measured = measured;
        Some(passed)
    }

    /// Takes what is said otherwise now, of what is not told yet: another vantage was heard that began no later.
    pub const fn correct(&mut self, measured: PerTrack<Told>) {
        self.measured = measured;
    }

    /// Says of the time that is not told yet what was confirmed only now: that what was reached was degraded, or was not.
    pub fn restate(&mut self, track: Track, confirmed: State) {
        let is_reached = |state| matches!(state, State::Up | State::Degraded);
        let Told { state, .. } = self.measured.get_mut(track);
        if is_reached(*state) && is_reached(confirmed) {
            *state = confirmed;
        }
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
    use crate::{judge::schedule::Reach, measure::time::SECOND};
    use proptest::prelude::*;

    /// A round a minute, which takes ten seconds at most, and one to begin.
    const MINUTELY: Reach = Reach::of(60, 10_000);

    fn at(s: i64) -> Timestamp {
        Timestamp::from_unix_ms(s * SECOND)
    }

    fn all(state: State, at: Timestamp, reach: Reach) -> PerTrack<Told> {
        PerTrack::from_fn(|_| Told { state, spoken: reach.spoken(at) })
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
                round => timeline.round(at(end), all(state(round), at(end), MINUTELY)).unwrap_or_default(),
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
    fn a_round_speaks_until_the_next_and_no_longer_than_until_that_was_due() {
        check("0:up 60:up 120:.", "up 0-120");
        check("0:up 60:down 120:up 180:.", "up 0-60, down 60-120, up 120-180");
        // It may be on its way: the round takes its time.
        check("0:up 71:.", "up 0-71");
        check("0:up 71:up 80:.", "up 0-80");
        // It did not come: nobody knows of the time since it was due.
        check("0:up 72:.", "up 0-60, unobserved 60-72");
        check("0:up 72:up 80:.", "up 0-60, unobserved 60-72, up 72-80");
        check("0:up 600:up 660:.", "up 0-60, unobserved 60-600, up 600-660");
        check("0:down 180:down 240:.", "down 0-60, unobserved 60-180, down 180-240");
        check("30:up 60:.", "unobserved 0-30, up 30-60");
    }

    #[test]
    fn what_is_told_stays_told() {
        check("0:up 60:up 60:down 30:down 90:.", "up 0-90");
        check("0:up 20:. 40:. 55:. 65:down 70:.", "up 0-65, down 65-70");
        // The round was on its way when the time was told: it speaks from there.
        check("0:up 70:. 60:down 80:.", "up 0-70, down 70-80");
        check("0:up 70:. 300:.", "up 0-70, unobserved 70-300");
        check("0:up 400:. 390:down 500:.", "up 0-60, unobserved 60-400, down 400-450, unobserved 450-500");
    }

    #[test]
    fn maintenance_has_exact_borders() {
        check("0:up 45:+ 60:down 120:down 130:- 150:.", "up 0-45, maintenance 45-130, down 130-150");
        // Measured or not.
        check("0:up 45:+ 1000:- 1020:.", "up 0-45, maintenance 45-1000, unobserved 1000-1020");
        check("0:up 45:+ 50:- 70:.", "up 0-45, maintenance 45-50, up 50-70");
    }

    #[test]
    fn each_family_is_told_as_long_as_somebody_has_seen_it() {
        let mut timeline = Timeline::new(at(0));
        let told = |state, s| Told { state, spoken: MINUTELY.spoken(at(s)) };
        // At 50 another vantage was heard, which knows nothing of IPv6: who did was heard at 0.
        let measured =
            PerTrack { ipv4: told(State::Up, 50), ipv6: told(State::Down, 0), dual_stack: told(State::Up, 0) };
        timeline.round(at(50), measured);
        let passed: Vec<Stretch> = timeline.advance(at(300)).into_iter().flatten().collect();
        let seen: Vec<_> = (passed.iter())
            .map(|s| (s.states.ipv4, s.states.ipv6, s.from.unix_ms() / SECOND, s.to.unix_ms() / SECOND))
            .collect();
        assert_eq!(
            seen,
            [
                (State::Up, State::Down, 50, 60),
                (State::Up, State::Unobserved, 60, 110),
                (State::Unobserved, State::Unobserved, 110, 300),
            ]
        );
    }

    proptest! {
        /// Against the rule said the other way round: for every second, who speaks?
        #[test]
        fn every_moment_has_the_state_of_the_last_timely_round(
            rounds in prop::collection::vec((0i64..400, 0usize..4), 0..40), looks in prop::collection::vec(0i64..400, 0..20),
        ) {
            let reach = Reach { due_ms: 20 * SECOND, hold_ms: 30 * SECOND };
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
                if let Some((_, state)) = rounds.iter().find(|(s, _)| *s == second) {
                    let measured = all(State::ALL[*state], at(second), reach);
                    tell(timeline.round(at(second), measured).unwrap());
                }
                if looks.contains(&second) {
                    // Of a copy.
                    let _ = timeline.clone().advance(at(second));
                }
            }
            tell(timeline.advance(at(400)));
            for (second, told) in (0..).zip(told) {
                let before = rounds.iter().rev().find(|(s, _)| *s <= second);
                let next = rounds.iter().map(|(s, _)| *s).find(|s| *s > second).unwrap_or(400);
                let speaks = before.filter(|(s, _)| next - s <= 30 || second - s < 20);
                prop_assert_eq!(told, speaks.map_or(State::Unobserved, |(_, state)| State::ALL[*state]));
            }
        }
    }
}
