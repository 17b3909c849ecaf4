//! A change point: how many rounds in a row, more or less, were different in the same direction, and since when.
//!
//! A two-sided cumulative sum (Page 1954) in which a round counts for at most one: a single wild value weighs no more
//! than a clear one, and what comes and goes comes to nothing.

use crate::measure::{
    bracket::Bracket,
    bytes::{Reader, Unreadable, Writer},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// One round that is fully different.
pub const WHOLE: i32 = 16;
/// So many of the last values tell the new level, by their median.
const N_RECENT: usize = 7;

/// Rounds that differ in one direction. It begins with the first one, and is dropped when as many went back, unless it
/// is kept for its values: then it has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    pub is_up: bool,
    /// In sixteenths of a round.
    sum: i32,
    /// The last normal round and the first different one.
    pub since: Bracket,
    recent: [i32; N_RECENT],
    n_seen: u16,
}

impl Run {
    /// The values are written as distances from the first of them.
    pub(crate) fn write(self, writer: &mut Writer, base: Timestamp) {
        let Self { is_up, sum, since, recent, n_seen } = self;
        writer.number(is_up);
        writer.signed(sum);
        writer.bracket(since, base);
        writer.signed(recent[0]);
        for x in &recent[1..] {
            writer.signed(x.wrapping_sub(recent[0]));
        }
        writer.number(n_seen);
    }

    pub(crate) fn read(reader: &mut Reader<'_>, base: Timestamp) -> Result<Self, Unreadable> {
        let (is_up, sum, since) = (reader.flag()?, reader.signed()?, reader.bracket(base)?);
        let first: i32 = reader.signed()?;
        let mut recent = [first; N_RECENT];
        for x in &mut recent[1..] {
            *x = first.wrapping_add(reader.signed()?);
        }
        Ok(Self { is_up, sum, since, recent, n_seen: reader.fitting()? })
    }

    /// Whether `rounds` more were different than not.
    pub fn has(&self, rounds: u16) -> bool {
        self.sum >= i32::from(rounds) * WHOLE
    }

    /// Returns the level of the last rounds.
    pub fn level(&self) -> i32 {
        let n = usize::from(self.n_seen).clamp(1, N_RECENT);
        let mut sorted = self.recent;
        sorted[..n].sort_unstable();
        sorted[n / 2]
    }
}

/// How far from the expected value a number begins to count, and from where on it counts fully, in each direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    pub above: i32,
    pub below: i32,
}

/// Returns the run after a number `x` where `expected` was expected; `last` is the round before. One that `is_kept`
/// goes on without rounds that differ.
pub fn step(
    run: Option<Run>,
    x: i32,
    expected: i32,
    allowance: Allowance,
    is_kept: bool,
    last: Option<Timestamp>,
    at: Timestamp,
) -> Option<Run> {
    let deviation = x.saturating_sub(expected);
    let up = weight(deviation, allowance.above);
    let down = weight(deviation.saturating_neg(), allowance.below);
    let begin = |recent, n_seen| {
        let is_up = up > 0;
        let run = Run { is_up, sum: up.max(down).max(0), since: Bracket::new(last, at), recent, n_seen };
        (run.sum > 0 || is_kept).then_some(run)
    };
    let Some(mut run) = run else { return begin([x; N_RECENT], 1) };
    run.recent[usize::from(run.n_seen) % N_RECENT] = x;
    // Wraps to a multiple of the ring, so that the oldest is always the one replaced.
    run.n_seen = if run.n_seen >= 1_000 * N_RECENT as u16 { N_RECENT as u16 } else { run.n_seen + 1 };
    if run.sum == 0 {
        return begin(run.recent, run.n_seen);
    }
    run.sum = run.sum.saturating_add(if run.is_up { up } else { down }).max(0);
    (run.sum > 0 || is_kept).then_some(run)
}

/// From -1 (as expected) over 0 (at the allowance) to 1 (twice the allowance and more), in sixteenths.
fn weight(deviation: i32, allowance: i32) -> i32 {
    let allowance = i64::from(allowance.max(1));
    let whole = i64::from(WHOLE);
    let weight = (i64::from(deviation) - allowance) * whole / allowance;
    weight.clamp(-whole, whole) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALLOWANCE: Allowance = Allowance { above: 50, below: 50 };

    /// Feeds deviations, one a second; expects the run's whole rounds, direction and beginning.
    fn check(deviations: &[i32], expected: Option<(u16, bool, i64)>) {
        let mut run = None;
        let mut last = None;
        for (i, deviation) in deviations.iter().enumerate() {
            let at = Timestamp::from_unix_ms(i64::try_from(i).unwrap());
            run = step(run, 1_000 + deviation, 1_000, ALLOWANCE, false, last, at);
            last = Some(at);
        }
        let told = run.map(|run| (u16::try_from(run.sum / WHOLE).unwrap(), run.is_up, run.since.by.unix_ms()));
        assert_eq!(told, expected, "{deviations:?}");
    }

    #[test]
    fn only_what_stays_adds_up() {
        check(&[0, 0, 0], None);
        check(&[0, 100, 100, 100], Some((3, true, 1)));
        check(&[0, 9_000, 0], None); // one outlier, however wild
        check(&[0, 100, 100, 0, 0], None);
        check(&[0, 100, 0, 100, 100], Some((2, true, 3)));
        check(&[-100, -100], Some((2, false, 0)));
        check(&[0, 100, -100, -100], Some((1, false, 3)));
        check(&[50, 50, 50, 50], None); // at the allowance
        check(&[75, 75, 75, 75], Some((2, true, 0)));
    }

    #[test]
    fn one_that_is_kept_has_its_values_and_begins_when_a_round_differs() {
        let mut run = None;
        for (ms, x) in (0..).zip([1_000, 1_001, 1_100, 1_100]) {
            let at = Timestamp::from_unix_ms(ms);
            run = step(run, x, 1_000, ALLOWANCE, true, None, at);
            let told = run.unwrap();
            assert_eq!((told.has(1), told.n_seen), (ms >= 2, 1 + ms as u16));
        }
        assert_eq!(run.unwrap().since.by.unix_ms(), 2);
        for ms in 4..8 {
            run = step(run, 1_000, 1_000, ALLOWANCE, true, None, Timestamp::from_unix_ms(ms));
        }
        assert!(!run.unwrap().has(1) && run.unwrap().level() == 1_000);
        assert_eq!(step(run, 1_000, 1_000, ALLOWANCE, false, None, Timestamp::from_unix_ms(8)), None);
    }

    #[test]
    fn the_level_is_the_median_of_the_last_rounds() {
        let mut run = None;
        for (i, x) in [5_000, 200, 201, 202, 203, 204, 205, 206, 9_000].into_iter().enumerate() {
            let at = Timestamp::from_unix_ms(i64::try_from(i).unwrap());
            run = step(run, x, 100, ALLOWANCE, false, None, at);
        }
        assert_eq!(run.unwrap().level(), 204);
    }
}
