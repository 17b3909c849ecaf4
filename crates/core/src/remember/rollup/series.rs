//! Rows of several sizes as one series: which to ask for, and how they are put together.

use super::{
    Rollup,
    bucket::{Bucket, Size},
};
use crate::remember::availability::Window;
use std::{cmp::Reverse, ops::Range};

/// Returns the keys of the rows that tell a window day by day, for one query: its days; the hours since the day of
/// `open` began, which has no row yet; the five minutes since the hour of `open` began.
///
/// `open` is the bucket that is not over ([`crate::remember::history::History::open`]); it is not among the rows.
pub fn keys(window: Window, open: Bucket) -> [Range<i64>; 3] {
    let from = |size: Size, larger: Option<Size>| {
        let begin = larger.map_or(window.from, |larger| window.from.max(open.within(larger).start()));
        size.of(begin).key()..(size.of(window.to - 1).key() + 1).max(size.of(begin).key())
    };
    [from(Size::Day, None), from(Size::Hour, Some(Size::Day)), from(Size::FiveMinutes, Some(Size::Hour))]
}

/// Returns the rows in order of time without those that a larger one holds in its sum.
pub fn coarsest<T>(rows: impl IntoIterator<Item = (Bucket, T)>) -> Vec<(Bucket, T)> {
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_by_key(|(bucket, _)| (bucket.start(), Reverse(bucket.size())));
    let mut told_to = None;
    rows.retain(|(bucket, _)| {
        let is_new = told_to.is_none_or(|to| bucket.start() >= to);
        if is_new {
            told_to = Some(bucket.end());
        }
        is_new
    });
    rows
}

/// Returns the sums per bucket of this size, in order of time; of larger rows than that, the rows as they are.
pub fn fold(rows: impl IntoIterator<Item = (Bucket, Rollup)>, size: Size) -> Vec<(Bucket, Rollup)> {
    let mut sums: Vec<(Bucket, Rollup)> = Vec::new();
    for (bucket, rollup) in coarsest(rows) {
        let into = bucket.within(size.max(bucket.size()));
        match sums.last_mut() {
            Some((last, sum)) if *last == into => sum.merge(&rollup),
            _ => sums.push((into, rollup)),
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        measure::time::{DAY, HOUR, MINUTE, Timestamp},
        remember::spell::State,
    };

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_unix_ms(20_000 * DAY + ms)
    }

    #[test]
    fn a_larger_row_stands_for_its_parts() {
        let rows = [
            (Size::FiveMinutes.of(at(25 * HOUR + 5 * MINUTE)), 'e'),
            (Size::Hour.of(at(3 * HOUR)), 'b'),
            (Size::Day.of(at(0)), 'a'),
            (Size::FiveMinutes.of(at(24 * HOUR + 5 * MINUTE)), 'd'),
            (Size::Hour.of(at(24 * HOUR)), 'c'),
        ];
        let letters: String = coarsest(rows).into_iter().map(|(_, letter)| letter).collect();
        assert_eq!(letters, "ace");
    }

    #[test]
    fn an_open_day_is_the_sum_of_its_hours_and_minutes() {
        let mut hour = Rollup::default();
        hour.times.ipv4.add(State::Up, 100);
        let rows = [Size::Day.of(at(0)), Size::Hour.of(at(DAY)), Size::FiveMinutes.of(at(DAY + HOUR))]
            .map(|b| (b, hour.clone()));
        let days = fold(rows, Size::Day);
        let told: Vec<_> = days.iter().map(|(bucket, sum)| (bucket.start(), sum.times.ipv4.up_ms)).collect();
        assert_eq!(told, [(at(0), 100), (at(DAY), 200)]);
    }

    /// A window of whole days until now: which rows of the three sizes are asked for, as (first, number) from the
    /// beginning of the first day.
    fn check(now: Timestamp, open: Timestamp, expected: [(i64, i64); 3]) {
        let keys = keys(Window { from: at(0), to: now }, Size::FiveMinutes.of(open));
        for (size, range, expected) in Size::ALL.iter().rev().zip(keys).zip(expected).map(|((s, k), e)| (s, k, e)) {
            let first = size.of(at(0)).key();
            assert_eq!((range.start - first, range.end - range.start), expected, "{size:?}");
        }
    }

    #[test]
    fn what_is_not_folded_yet_is_asked_for_in_parts() {
        let now = at(2 * DAY + 3 * HOUR + 12 * MINUTE);
        check(now, now, [(0, 3), (48, 4), (51 * 12, 3)]);
        // A target that was silent since yesterday has an open day there.
        check(now, at(DAY + HOUR), [(0, 3), (24, 28), (25 * 12, 26 * 12 + 3)]);
        // A new target: nothing is older than the window.
        check(at(1), at(0), [(0, 1), (0, 1), (0, 1)]);
    }
}
