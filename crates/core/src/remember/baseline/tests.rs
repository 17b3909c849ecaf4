//! What a series learns, forgets, and does not let itself be told.

use super::*;
use crate::measure::time::MINUTE;

/// Feeds numbers one a minute from midnight on; returns the series and the moment after the last.
fn learned(numbers: impl IntoIterator<Item = f64>) -> (Series, Moment) {
    let mut series: Option<Series> = None;
    let mut learned_at = None;
    let mut at = Timestamp::from_unix_ms(20_000 * DAY);
    for ms in numbers {
        let moment = Moment::new(at, learned_at);
        let x = scale::from_ms(ms);
        match &mut series {
            None => series = Some(Series::of_first(x, &moment)),
            Some(series) => series.learn(x, series.expected(&moment), &moment),
        }
        learned_at = Some(at);
        at = at + MINUTE;
    }
    (series.unwrap(), Moment::new(at, learned_at))
}

/// Expects the median and the tenth and ninetieth percentile within `tolerance_ms`.
fn check(numbers: impl IntoIterator<Item = f64>, expected: [f64; 3], tolerance_ms: f64) {
    let (series, moment) = learned(numbers);
    let (mid, q) = (series.expected(&moment), *series.quantiles());
    let told = [scale::to_ms(mid), scale::to_ms(mid - q.below), scale::to_ms(mid + q.above)];
    for (told_ms, expected_ms) in told.into_iter().zip(expected) {
        assert!((told_ms - expected_ms).abs() <= tolerance_ms, "{told:?}, expected {expected:?}");
    }
}

/// 90 to 110 in steps, in an order that is no order.
fn even(i: i64) -> f64 {
    90.0 + (i * 7_919 % 2_001) as f64 / 100.0
}

#[test]
fn the_three_quantiles_of_an_even_spread() {
    check((0..20_000).map(even), [100.0, 92.0, 108.0], 0.8);
    check((0..2_000).map(even), [100.0, 92.0, 108.0], 2.5);
}

#[test]
fn a_twentieth_of_wild_numbers_moves_nothing() {
    let wild = |i: i64| if i % 20 == 7 { 60_000.0 } else { even(i) };
    check((0..20_000).map(wild), [100.3, 92.0, 109.0], 1.0);
    // Also where the first number of all is one.
    check(std::iter::once(30_000.0).chain((0..3_000).map(even)), [100.0, 92.0, 108.0], 3.0);
}

#[test]
fn nothing_is_said_before_enough_was_seen() {
    let n = i64::from(WARM_UP);
    assert!(!learned((0..n - 1).map(even)).0.is_warm());
    assert!(learned((0..n).map(even)).0.is_warm());
}

#[test]
fn the_time_of_day_counts_after_three_days() {
    let hour = |minute: i64| minute.rem_euclid(24 * 60) / 60;
    let rhythm = |minute: i64| if (6..18).contains(&hour(minute)) { 200.0 } else { 100.0 };
    let (two_days, _) = learned((0..2 * 1_440).map(rhythm));
    assert!(two_days.has_seen_a_day() && !two_days.knows_day());
    let (week, _) = learned((0..10 * 1_440).map(|m| rhythm(m) + even(m) / 50.0));
    assert!(week.knows_day());
    let at = |hour: i64| scale::to_ms(week.expected(&Moment::new(Timestamp::from_unix_ms(hour * HOUR), None)));
    assert!(at(0) < 110.0 && at(21) < 110.0 && at(12) > 190.0, "{} {} {}", at(0), at(12), at(21));
}

#[test]
fn a_new_level_is_followed_over_weeks_and_taken_at_once_when_told() {
    let level = |from: f64, to: f64, days: i64| {
        (0..14 * 1_440).map(move |m| even(m) * from / 100.0).chain((0..days * 1_440).map(move |m| even(m) * to / 100.0))
    };
    let (slowly, moment) = learned(level(100.0, 110.0, 28));
    let ms = scale::to_ms(slowly.expected(&moment));
    assert!((107.0..111.0).contains(&ms), "{ms}");

    let (mut series, moment) = learned(level(100.0, 100.0, 1));
    series.shift(scale::from_ms(180.0) - series.expected(&moment));
    assert!(series.is_warm());
    assert!((scale::to_ms(series.expected(&moment)) - 180.0).abs() < 0.1);
}

#[test]
fn rounds_in_quick_succession_teach_once_a_minute() {
    let at = Timestamp::from_unix_ms(0);
    for (gap_ms, expected) in [(5_000, false), (49_999, false), (50_000, true), (60_000, true), (40 * DAY, true)] {
        assert_eq!(Moment::new(at + gap_ms, Some(at)).is_to_learn(), expected, "{gap_ms}");
    }
}
