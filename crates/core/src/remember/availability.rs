//! How much of a window a target was up: of the time that somebody observed.

use crate::{
    measure::time::{DAY, HOUR, Timestamp},
    remember::spell::{Spell, State},
};
use serde::{Deserialize, Serialize};

pub mod budget;

/// Time from `from` up to, not including, `to`: a calendar month, a bucket, the last 30 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    pub from: Timestamp,
    pub to: Timestamp,
}

impl Window {
    /// Returns the window of `length_ms` that ends at `to`.
    pub fn ending(to: Timestamp, length_ms: i64) -> Self {
        Self { from: to - length_ms, to }
    }

    /// Returns the length in milliseconds; 0 where the window ends before it begins.
    pub const fn length_ms(&self) -> u64 {
        let ms = self.to.ms_since(self.from);
        if ms > 0 { ms as u64 } else { 0 }
    }

    /// Returns what both windows have in common, perhaps nothing (of length 0).
    pub fn cut(&self, other: &Self) -> Self {
        Self { from: self.from.max(other.from), to: self.to.min(other.to) }
    }
}

/// The windows that end now and that every target is told about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Period {
    #[serde(rename = "24h")]
    Day,
    #[serde(rename = "7d")]
    Days7,
    #[serde(rename = "30d")]
    Days30,
    #[serde(rename = "90d")]
    Days90,
    #[serde(rename = "1y")]
    Year,
}

impl Period {
    pub const ALL: [Self; 5] = [Self::Day, Self::Days7, Self::Days30, Self::Days90, Self::Year];

    /// Returns the stable code, such as `30d`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Day => "24h",
            Self::Days7 => "7d",
            Self::Days30 => "30d",
            Self::Days90 => "90d",
            Self::Year => "1y",
        }
    }

    /// Returns the length; a year has 365 days.
    pub const fn length_ms(self) -> i64 {
        match self {
            Self::Day => 24 * HOUR,
            Self::Days7 => 7 * DAY,
            Self::Days30 => 30 * DAY,
            Self::Days90 => 90 * DAY,
            Self::Year => 365 * DAY,
        }
    }

    pub fn ending(self, now: Timestamp) -> Window {
        Window::ending(now, self.length_ms())
    }
}

/// How long a track was in each state, in whole milliseconds. What is left of a window is unobserved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// Reached, degraded or not.
    pub up_ms: u64,
    /// The part of `up_ms` in which it was degraded.
    pub degraded_ms: u64,
    pub down_ms: u64,
    pub maintenance_ms: u64,
}

impl Times {
    pub const fn add(&mut self, state: State, ms: u64) {
        match state {
            State::Unobserved => {}
            State::Up => self.up_ms = self.up_ms.saturating_add(ms),
            State::Degraded => {
                self.up_ms = self.up_ms.saturating_add(ms);
                self.degraded_ms = self.degraded_ms.saturating_add(ms);
            }
            State::Down => self.down_ms = self.down_ms.saturating_add(ms),
            State::Maintenance => self.maintenance_ms = self.maintenance_ms.saturating_add(ms),
        }
    }

    pub const fn merge(&mut self, other: &Self) {
        self.up_ms = self.up_ms.saturating_add(other.up_ms);
        self.degraded_ms = self.degraded_ms.saturating_add(other.degraded_ms);
        self.down_ms = self.down_ms.saturating_add(other.down_ms);
        self.maintenance_ms = self.maintenance_ms.saturating_add(other.maintenance_ms);
    }

    /// Returns the time that the availability is of: up and down, without maintenance.
    pub const fn observed_ms(&self) -> u64 {
        self.up_ms.saturating_add(self.down_ms)
    }

    /// Returns the time of which something is known or planned.
    pub const fn known_ms(&self) -> u64 {
        self.observed_ms().saturating_add(self.maintenance_ms)
    }

    /// Returns the share of the observed time in which the target was up, 0 to 1; `None` where nothing was observed.
    /// It is 1 only where the target was never down, 0 only where it was never up.
    pub fn ratio(&self) -> Option<f64> {
        let observed = self.observed_ms();
        (observed > 0).then(|| self.up_ms as f64 / observed as f64)
    }

    fn each(&self, mut f: impl FnMut(u64) -> u64) -> Self {
        let (up_ms, degraded_ms) = (f(self.up_ms), f(self.degraded_ms));
        Self { up_ms, degraded_ms, down_ms: f(self.down_ms), maintenance_ms: f(self.maintenance_ms) }
    }

    const fn saturating_sub(&self, other: &Self) -> Self {
        Self {
            up_ms: self.up_ms.saturating_sub(other.up_ms),
            degraded_ms: self.degraded_ms.saturating_sub(other.degraded_ms),
            down_ms: self.down_ms.saturating_sub(other.down_ms),
            maintenance_ms: self.maintenance_ms.saturating_sub(other.maintenance_ms),
        }
    }
}

/// One track of one target over one window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Availability {
    pub window: Window,
    pub times: Times,
    /// Time at the edge of the window of which only a sum over more than the window is left (see [`Past`]): the times
    /// are right to within this. 0 is exact.
    pub blurred_ms: u64,
}

impl Availability {
    pub const fn unobserved_ms(&self) -> u64 {
        self.window.length_ms().saturating_sub(self.times.known_ms())
    }

    /// Returns the share of the window that nobody observed, 0 to 1. Maintenance counts as known.
    pub fn unobserved_share(&self) -> f64 {
        let length = self.window.length_ms();
        if length == 0 { 0.0 } else { self.unobserved_ms() as f64 / length as f64 }
    }

    pub fn ratio(&self) -> Option<f64> {
        self.times.ratio()
    }
}

/// The past of one track: its spells, and for what is older than the oldest of them the times of whole buckets.
///
/// Spells make every window exact. Where they are deleted (there is a bound on their number), buckets stand in, and a
/// window is still exact unless one of its edges is in a bucket of more than one state: that bucket counts in
/// proportion, and the window says how much is blurred. A bucket that holds the oldest spell's beginning counts with
/// what its times have beyond the spells in it.
#[derive(Clone, Copy, Debug)]
pub struct Past<'a> {
    /// Buckets that do not overlap, of any size, in any order.
    pub folded: &'a [(Window, Times)],
    /// Spells without a gap between them, oldest first, the one that still lasts included.
    pub spells: &'a [Spell],
}

impl Past<'_> {
    /// Returns the availability over a window.
    pub fn over(&self, window: Window) -> Availability {
        let mut times = self.of_spells(&window);
        let mut blurred_ms = 0;
        let told_from = self.spells.first().map(|spell| spell.from);
        for (bucket, all) in self.folded {
            let (older, all) = match told_from {
                Some(from) if from <= bucket.from => continue,
                Some(from) if from < bucket.to => {
                    let told = self.of_spells(&Window { from, to: bucket.to });
                    (Window { from: bucket.from, to: from }, all.saturating_sub(&told))
                }
                _ => (*bucket, *all),
            };
            let (part, length) = (window.cut(&older).length_ms(), older.length_ms());
            if part == length {
                times.merge(&all);
            } else if part > 0 {
                let proportion = |ms: u64| (u128::from(ms) * u128::from(part) / u128::from(length)) as u64;
                times.merge(&all.each(proportion));
                if ![all.up_ms, all.down_ms, all.maintenance_ms, 0].contains(&length)
                    || (all.degraded_ms > 0 && all.degraded_ms < length)
                {
                    blurred_ms += part;
                }
            }
        }
        Availability { window, times, blurred_ms }
    }

    fn of_spells(&self, window: &Window) -> Times {
        let first = self.spells.partition_point(|spell| spell.to <= window.from);
        let mut times = Times::default();
        for spell in self.spells[first..].iter().take_while(|spell| spell.from < window.to) {
            times.add(spell.state, window.cut(&Window { from: spell.from, to: spell.to }).length_ms());
        }
        times
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::time::{MINUTE, SECOND};
    use proptest::prelude::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_unix_ms(ms)
    }

    fn window(from: i64, to: i64) -> Window {
        Window { from: at(from), to: at(to) }
    }

    fn spells(lengths: &[(State, i64)]) -> Vec<Spell> {
        let mut from = 0;
        let mut spell = |(state, ms): &(State, i64)| {
            let spell = Spell { state: *state, from: at(from), to: at(from + ms) };
            from += ms;
            spell
        };
        lengths.iter().map(&mut spell).collect()
    }

    fn check(lengths: &[(State, i64)], over: Window, expected: [i64; 5], ratio: Option<f64>) {
        let spells = spells(lengths);
        let a = Past { folded: &[], spells: &spells }.over(over);
        let t = a.times;
        let found = [t.up_ms, t.degraded_ms, t.down_ms, t.maintenance_ms, a.unobserved_ms()];
        assert_eq!(found.map(u64::cast_signed), expected, "up, degraded, down, maintenance, unobserved");
        assert_eq!((a.ratio(), a.blurred_ms), (ratio, 0));
    }

    #[test]
    fn every_window_is_exact_to_the_millisecond() {
        let past = &[(State::Up, 100), (State::Down, 50), (State::Unobserved, 30), (State::Degraded, 20)];
        check(past, window(0, 200), [120, 20, 50, 0, 30], Some(120.0 / 170.0));
        check(past, window(99, 101), [1, 0, 1, 0, 0], Some(0.5));
        check(past, window(150, 180), [0, 0, 0, 0, 30], None);
        check(past, window(-100, 300), [120, 20, 50, 0, 230], Some(120.0 / 170.0));
        check(past, window(300, 300), [0; 5], None);
        check(past, window(300, 200), [0; 5], None);
        check(&[], window(0, 10), [0, 0, 0, 0, 10], None);
    }

    #[test]
    fn a_target_that_was_down_for_all_of_thirty_days_has_exactly_nothing() {
        let now = at(400 * DAY);
        let past = &[(State::Up, 370 * DAY - 1), (State::Down, 30 * DAY + 1)];
        check(past, Period::Days30.ending(now), [0, 0, 30 * DAY, 0, 0], Some(0.0));
        check(past, Period::Days90.ending(now), [60 * DAY - 1, 0, 30 * DAY + 1, 0, 0], {
            Some((60 * DAY - 1) as f64 / (90 * DAY) as f64)
        });
    }

    #[test]
    fn maintenance_is_out_of_the_reckoning_and_shown() {
        let past = &[(State::Up, 50), (State::Maintenance, 900), (State::Down, 50)];
        check(past, window(0, 1_000), [50, 0, 50, 900, 0], Some(0.5));
        check(past, window(100, 200), [0, 0, 0, 100, 0], None);
    }

    #[test]
    fn nearly_always_up_is_not_always() {
        let past = &[(State::Down, 1), (State::Up, 365 * DAY - 1)];
        assert!(Past { folded: &[], spells: &spells(past) }.over(window(0, 365 * DAY)).ratio().unwrap() < 1.0);
    }

    /// A day of hours, the spells known from `known_from` on; the window begins at `from`.
    fn check_folded(known_from: i64, from: i64, expected_up: i64, blurred: i64) {
        let past =
            spells(&[(State::Up, 90 * MINUTE), (State::Down, 60 * MINUTE), (State::Up, 21 * HOUR + 30 * MINUTE)]);
        let all = Past { folded: &[], spells: &past };
        let hours: Vec<_> = (0..24).map(|h| window(h * HOUR, (h + 1) * HOUR)).map(|w| (w, all.over(w).times)).collect();
        let left: Vec<Spell> = past.iter().filter(|s| s.from >= at(known_from)).copied().collect();
        let a = Past { folded: &hours, spells: &left }.over(window(from, DAY));
        assert_eq!((a.times.up_ms, a.blurred_ms), (expected_up as u64, blurred as u64), "{known_from} {from}");
    }

    #[test]
    fn buckets_stand_in_for_spells_and_say_where_they_blur() {
        let up = 23 * HOUR;
        for known_from in [0, 90 * MINUTE, 150 * MINUTE, DAY] {
            check_folded(known_from, 0, up, 0);
            check_folded(known_from, 10 * MINUTE, up - 10 * MINUTE, 0);
            check_folded(known_from, 10 * HOUR + 7, 14 * HOUR - 7, 0);
        }
        // From within the hour that was half up: exact with spells, in proportion and said so without.
        check_folded(0, 80 * MINUTE, up - 80 * MINUTE, 0);
        check_folded(DAY, 80 * MINUTE, up - HOUR - 10 * MINUTE, 40 * MINUTE);
        // What was before the oldest spell in its hour is known: the bucket less the spells.
        check_folded(90 * MINUTE, 80 * MINUTE, up - 80 * MINUTE, 0);
        check_folded(90 * MINUTE, 100 * MINUTE, up - 90 * MINUTE, 0);
    }

    proptest! {
        #[test]
        fn the_parts_sum_to_the_window_and_windows_add_up(
            past in prop::collection::vec((0usize..5, 1i64..5_000), 0..60), borders in prop::array::uniform3(-1_000i64..200_000),
        ) {
            let past: Vec<_> = past.into_iter().map(|(state, ms)| (State::ALL[state], ms)).collect();
            let spells = spells(&past);
            let of = |from, to| Past { folded: &[], spells: &spells }.over(window(from, to));
            let mut borders = borders;
            borders.sort_unstable();
            let [a, b, c] = borders;
            let (whole, mut parts) = (of(a, c), of(a, b).times);
            parts.merge(&of(b, c).times);
            prop_assert_eq!(whole.times, parts);
            let t = whole.times;
            prop_assert_eq!(t.up_ms + t.down_ms + t.maintenance_ms + whole.unobserved_ms(), whole.window.length_ms());
            prop_assert!(t.degraded_ms <= t.up_ms && whole.ratio().is_none_or(|r| (0.0..=1.0).contains(&r)));
        }

        /// However many of the oldest spells are deleted, the times are right to within what is said to be blurred.
        #[test]
        fn folding_blurs_no_more_than_it_says(
            past in prop::collection::vec((0usize..5, 1i64..90), 1..60), n_deleted in 0usize..60,
            from in 0i64..3_000, length in 0i64..3_000, bucket_s in 1i64..200,
        ) {
            let past: Vec<_> = past.into_iter().map(|(state, s)| (State::ALL[state], s * SECOND)).collect();
            let spells = spells(&past);
            let all = Past { folded: &[], spells: &spells };
            let end = spells.last().unwrap().to.unix_ms();
            let size = bucket_s * SECOND;
            let folded: Vec<_> = (0..=end / size).map(|i| window(i * size, (i + 1) * size)).map(|w| (w, all.over(w).times)).collect();
            let over = window(from * SECOND, (from + length) * SECOND);
            let left = &spells[n_deleted.min(spells.len())..];
            let (exact, found) = (all.over(over), Past { folded: &folded, spells: left }.over(over));
            let off = |a: u64, b: u64| a.abs_diff(b) <= found.blurred_ms;
            prop_assert!(off(exact.times.up_ms, found.times.up_ms), "{:?} {:?}", exact, found);
            prop_assert!(off(exact.times.down_ms, found.times.down_ms), "{:?} {:?}", exact, found);
            prop_assert!(off(exact.times.maintenance_ms, found.times.maintenance_ms), "{:?} {:?}", exact, found);
        }
    }
}
