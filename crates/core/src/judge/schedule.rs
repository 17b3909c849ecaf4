//! When the next round of a target is due: a grid in time that no slow round can shift.

use crate::measure::time::{SECOND, Timestamp};

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

/// Returns the time before a round at `at` of which no round speaks, `[from, to)`: from the moment at which the target
/// was late. `None` where the round before, which began at `last_round_at`, speaks until then.
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
