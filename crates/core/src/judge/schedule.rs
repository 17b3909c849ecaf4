//! When the next round of a target is due: a grid in time that no slow round can shift.

use crate::measure::time::{SECOND, Timestamp};
use serde::{Deserialize, Serialize};

/// Returns the first due time strictly after `now` on the grid of a target.
///
/// The grid is `k * interval + offset`; the offset comes from the slug, so that many targets do not start together.
/// It depends on nothing else: after a restart, a long round or a lost alarm the grid is where it was.
///
/// ```
/// use dualwatch_core::{judge::schedule::next_due, measure::time::Timestamp};
/// let due = next_due("example", 60, Timestamp::from_unix_ms(1_700_000_000_000));
/// assert_eq!(next_due("example", 60, due).ms_since(due), 60_000);
/// ```
pub fn next_due(slug: &str, interval_s: u32, now: Timestamp) -> Timestamp {
    let interval = i64::from(interval_s.max(1)) * SECOND;
    let offset = i64::from(fnv1a(slug)) % interval;
    let periods = (now.unix_ms() - offset).div_euclid(interval) + 1;
    Timestamp::from_unix_ms(periods * interval + offset)
}

/// Returns when a new target is measured first: soon, but spread, so that a large configuration does not make all its
/// first rounds at once and measure its own rush.
pub fn first_due(slug: &str, interval_s: u32, now: Timestamp) -> Timestamp {
    next_due(slug, (interval_s / 12).clamp(2, 60), now)
}

/// Returns the due time after the round that begins at `now`. A timer that went off a little early does not make the
/// same round twice.
pub fn due_after_round(slug: &str, interval_s: u32, now: Timestamp) -> Timestamp {
    next_due(slug, interval_s, now + EARLY_MS)
}

/// How early a timer may go off; far below the shortest interval.
const EARLY_MS: i64 = 500;

/// Returns after how many milliseconds without a round a target is late: two periods, plus the minute
/// within which a target must tell the directory that it lives.
pub fn late_after_ms(interval_s: u32) -> i64 {
    2 * i64::from(interval_s) * SECOND + LIVES_EVERY_MS
}

/// How far a round reaches: for how long it speaks for the time after its beginning.
///
/// That is not when the target is late ([`late_after_ms`]), which is about who hears of it: a round says something about
/// the time until the next one is due, and no longer, however patient the directory is.
///
/// ```
/// use dualwatch_core::{judge::schedule::Reach, measure::time::{SECOND, Timestamp}};
/// let (reach, began) = (Reach::of(60, 10_000), Timestamp::from_unix_ms(0));
/// // The next one came while it could: there is no gap.
/// assert_eq!(reach.spoken(began).until(began + 65 * SECOND), began + 65 * SECOND);
/// // It did not: what lies beyond its due time was seen by nobody.
/// assert_eq!(reach.spoken(began).until(began + 90 * SECOND), began + 60 * SECOND);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// After so many milliseconds the next round is due.
    pub due_ms: i64,
    /// By then it has come, if it comes: the interval, and the time that a round may take.
    pub hold_ms: i64,
}

impl Reach {
    /// Returns the reach of a round of a target that is measured every `interval_s`, where one takes `timeout_ms` at most.
    pub const fn of(interval_s: u32, timeout_ms: u32) -> Self {
        let due_ms = interval_s as i64 * SECOND;
        Self { due_ms, hold_ms: due_ms + timeout_ms as i64 + BEGIN_MS }
    }

    /// Returns the reach of rounds that are sent to where they are heard.
    #[must_use]
    pub const fn delivered(self) -> Self {
        Self { hold_ms: self.hold_ms + DELIVERY_MS, ..self }
    }

    /// Returns the reach of a record that stands for so many seconds, at most, for all rounds that say the same as it does:
    /// where the next one says otherwise or the same, nothing has changed in between. Of the last one nobody knows for how
    /// long it stood.
    #[must_use]
    pub const fn unchanged(self, unchanged_s: u32) -> Self {
        let hold_ms = unchanged_s as i64 * SECOND;
        Self { hold_ms: if hold_ms > self.due_ms { hold_ms } else { self.due_ms }, ..self }
    }

    /// Returns for what time a round speaks that began at `at`.
    pub fn spoken(self, at: Timestamp) -> Spoken {
        Spoken { due: at + self.due_ms, holds_until: at + self.hold_ms }
    }
}

/// The time that a round speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoken {
    /// When the next round is due: until then at least.
    pub due: Timestamp,
    /// Until then at most: where no other has begun by then, the time since `due` is nobody's.
    pub holds_until: Timestamp,
}

impl Spoken {
    /// Returns until when it speaks where the next round began at `next`, or where by then there is none.
    pub fn until(self, next: Timestamp) -> Timestamp {
        if next <= self.holds_until { next } else { self.due.min(self.holds_until) }
    }

    /// Returns since when nobody sees anything, where no other round has begun by `now`; `None` while it speaks.
    pub fn unseen_since(self, now: Timestamp) -> Option<Timestamp> {
        Some(self.until(now)).filter(|until| *until < now)
    }
}

/// How late a timer may go off, and what is done before the round begins: far more than both mostly are.
const BEGIN_MS: i64 = SECOND;

/// Returns the time before a round at `at` in which the target was late, `[from, to)`. `None` where the round before, which
/// began at `last_round_at`, was not that long ago. What the health was before says nothing then any more.
///
/// ```
/// use dualwatch_core::{judge::schedule::silence, measure::time::{MINUTE, Timestamp}};
/// let last = Timestamp::from_unix_ms(0);
/// assert_eq!(silence(last, last + 3 * MINUTE, 60), None);
/// assert_eq!(silence(last, last + 60 * MINUTE, 60), Some((last + 3 * MINUTE, last + 60 * MINUTE)));
/// ```
pub fn silence(last_round_at: Timestamp, at: Timestamp, interval_s: u32) -> Option<(Timestamp, Timestamp)> {
    let late_at = last_round_at + late_after_ms(interval_s);
    (late_at < at).then_some((late_at, at))
}

/// Returns for how many milliseconds after its beginning a round of a further vantage speaks of now: two periods, so
/// that one round may be missing, and [`DELIVERY_MS`]. An absent vantage has no say for longer than that. The worker
/// has its own rounds at once; for those there is [`late_after_ms`].
pub fn speaks_for_ms(interval_s: u32) -> i64 {
    2 * i64::from(interval_s) * SECOND + DELIVERY_MS
}

/// What measuring a round, sending it, and sending it once more may take, beside a small difference of clocks.
pub const DELIVERY_MS: i64 = 10 * SECOND;

/// Rounds of several vantages that began less than this apart are one round of the target: each vantage keeps to the same
/// grid. It is below the shortest interval, so that a vantage alone never has two of them.
const SAME_ROUND_MS: i64 = SECOND;

/// Whether two vantages speak of the same round of a target, by when each began it.
///
/// ```
/// use dualwatch_core::{judge::schedule::is_same_round, measure::time::Timestamp};
/// let began = Timestamp::from_unix_ms(5_000);
/// assert!(is_same_round(began, began + 3) && is_same_round(began + 3, began) && !is_same_round(began, began + 1_000));
/// ```
pub const fn is_same_round(a: Timestamp, b: Timestamp) -> bool {
    a.ms_since(b).abs() < SAME_ROUND_MS
}

/// How often a target whose facts do not change says that it lives.
pub const LIVES_EVERY_MS: i64 = 60 * SECOND;

/// FNV-1a (draft-eastlake-fnv): spreads slugs over the interval; not for anything secret.
pub(crate) fn fnv1a(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn due_is_after_now_within_one_interval_and_on_the_grid(
            slug in "[a-z-]{1,20}", interval in 5u32..=3600, now in 0i64..4_000_000_000_000, late in 0i64..100_000,
        ) {
            let now = Timestamp::from_unix_ms(now);
            let due = next_due(&slug, interval, now);
            prop_assert!(due > now && due.ms_since(now) <= i64::from(interval) * SECOND);
            // A timer that is a little early does not repeat the round.
            prop_assert!(due_after_round(&slug, interval, due - 3).ms_since(due) == i64::from(interval) * SECOND);
            // However late the round that follows ends, the grid stays.
            let next = next_due(&slug, interval, due + late);
            prop_assert_eq!(next.ms_since(due) % (i64::from(interval) * SECOND), 0);
        }
    }
}
