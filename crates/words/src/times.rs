//! How long something lasted or took.

use dualwatch_core::{
    measure::time::{DAY, HOUR, MINUTE, SECOND},
    respond::incident::outline::DurationMs,
};

/// Returns a duration in days, hours, minutes and seconds, as fine as its length asks for: to the nearest.
///
/// ```
/// assert_eq!(dualwatch_words::duration(648_900_000), "7 days 12 hours 15 minutes");
/// ```
pub fn duration(ms: i64) -> String {
    counted(told(ms))
}

/// Returns how many days, hours, minutes and seconds are told of a length of time: minutes from an hour on. `None`: it is
/// less than a second.
pub(crate) fn told(ms: i64) -> Option<[i64; 4]> {
    parts(ms, if nearest(ms, SECOND) < HOUR { SECOND } else { MINUTE })
}

/// The same, to the nearest second.
pub(crate) fn exact(ms: i64) -> Option<[i64; 4]> {
    parts(ms, SECOND)
}

/// What is shorter than a second is said to be that, and not rounded.
fn parts(ms: i64, unit: i64) -> Option<[i64; 4]> {
    let ms = if ms < SECOND { return None } else { nearest(ms, unit) };
    Some([ms / DAY, ms % DAY / HOUR, ms % HOUR / MINUTE, ms % MINUTE / SECOND])
}

/// Rounds to the nearest multiple of a unit.
const fn nearest(ms: i64, unit: i64) -> i64 {
    ms.saturating_add(unit / 2) / unit * unit
}

/// Returns a duration in days, hours, minutes and seconds, to the nearest second.
///
/// ```
/// assert_eq!(dualwatch_words::exact_duration(90_061_000), "1 day 1 hour 1 minute 1 second");
/// ```
pub fn exact_duration(ms: i64) -> String {
    counted(exact(ms))
}

/// Returns a duration with its error bar, such as "12 minutes ± 30 seconds"; "at least ..." where it has no upper
/// bound. What is printed covers all that is possible: the error bar is rounded up.
pub fn duration_with_error(duration: DurationMs) -> String {
    match printed(duration) {
        None if duration.min < SECOND => "an unknown time".to_owned(),
        None => format!("at least {}", exact_duration(duration.min)),
        Some((middle, 0)) => exact_duration(middle),
        Some((middle, error)) => format!("{} ± {}", exact_duration(middle), exact_duration(error)),
    }
}

/// Rounds an error bar up to what is printed of it.
pub(crate) const fn whole_seconds(ms: i64) -> i64 {
    (ms + SECOND - 1) / SECOND * SECOND
}

/// Returns the middle and the error bar in whole seconds, so that nothing of them is cut when they are printed; `None`
/// without a longest. What is shorter than a second has no bar.
pub(crate) fn printed(duration: DurationMs) -> Option<(i64, i64)> {
    let (min, max) = (duration.min, duration.max?);
    if max < SECOND {
        return Some((0, 0));
    }
    // The nearest second, of two the lesser; never none at all.
    let (middle, _) = duration.middle_and_error()?;
    let middle = ((middle + SECOND / 2 - 1) / SECOND * SECOND).max(SECOND);
    Some((middle, whole_seconds((middle - min).max(max - middle))))
}

/// Returns so many days, hours, minutes and seconds; what is 0 is left out. `None` is less than a second.
pub(crate) fn counted(parts: Option<[i64; 4]>) -> String {
    let mut text = String::new();
    for (count, unit) in parts.into_iter().flatten().zip(["day", "hour", "minute", "second"]) {
        if count < 1 {
            continue;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&count.to_string());
        text.push(' ');
        text.push_str(unit);
        if count != 1 {
            text.push('s');
        }
    }
    if text.is_empty() { "less than a second".to_owned() } else { text }
}

/// Returns the time that a probe or a phase took, to three digits at most. Nothing measured is ever "0 ms".
pub fn elapsed(ms: f64) -> String {
    let tenths = (ms * 10.0).round() as i64;
    if tenths < 1 {
        "less than 0.1 ms".to_owned()
    } else if tenths < 100 {
        decimal(tenths, "ms")
    } else if ms < 999.5 {
        format!("{} ms", ms.round() as i64)
    } else if ms < 9_950.0 {
        decimal((ms / 100.0).round() as i64, "s")
    } else if ms < 59_500.0 {
        format!("{} s", (ms / 1_000.0).round() as i64)
    } else {
        duration(ms.round() as i64)
    }
}

/// Prints tenths without a needless ".0".
fn decimal(tenths: i64, unit: &str) -> String {
    match (tenths / 10, tenths % 10) {
        (whole, 0) => format!("{whole} {unit}"),
        (whole, tenth) => format!("{whole}.{tenth} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_error_bar_covers_what_is_possible() {
        for (min, max, text) in [
            (45_000, 120_000, "1 minute 22 seconds ± 38 seconds"),
            (120_959, 241_918, "3 minutes 1 second ± 1 minute 1 second"),
            (648_840_000, 648_960_000, "7 days 12 hours 15 minutes ± 1 minute"),
            (720_000, 720_000, "12 minutes"),
            (59_990, 60_010, "1 minute ± 1 second"),
            (0, 1_500, "1 second ± 1 second"),
            (0, 999, "less than a second"),
        ] {
            assert_eq!(duration_with_error(DurationMs { min, max: Some(max) }), text, "{min}..{max}");
        }
        assert_eq!(duration_with_error(DurationMs { min: 3_540_000, max: None }), "at least 59 minutes");
        assert_eq!(duration_with_error(DurationMs { min: 0, max: None }), "an unknown time");
    }

    /// Reads what was printed back, in milliseconds.
    fn read(text: &str) -> i64 {
        let words: Vec<&str> = text.split(' ').collect();
        let unit = |name: &str| match name.trim_end_matches('s') {
            "day" => DAY,
            "hour" => HOUR,
            "minute" => MINUTE,
            _ => SECOND,
        };
        words.chunks(2).map(|pair| pair[0].parse::<i64>().unwrap() * unit(pair[1])).sum()
    }

    proptest! {
        #[test]
        fn what_is_printed_covers_the_range_and_no_second_more(min in 0i64..100 * DAY, more in 0i64..3 * DAY) {
            let max = min + more;
            prop_assume!(max >= SECOND);
            let text = duration_with_error(DurationMs { min, max: Some(max) });
            let (middle, error) = text.split_once(" ± ").unwrap_or((&text, ""));
            let (middle, error) = (read(middle), if error.is_empty() { 0 } else { read(error) });
            prop_assert!(middle - error <= min && max <= middle + error, "{text}");
            let needed = (middle - min).max(max - middle);
            prop_assert!(error - needed < SECOND, "{text}");
            prop_assert!((middle - i64::midpoint(min, max)).abs() <= SECOND, "{text}");
        }
    }

    #[test]
    fn durations() {
        for (ms, text) in [
            (0, "less than a second"),
            (-5, "less than a second"),
            (999, "less than a second"),
            (1_000, "1 second"),
            (61_000, "1 minute 1 second"),
            (120_000, "2 minutes"),
            (1_499, "1 second"),
            (1_500, "2 seconds"),
            (3_599_499, "59 minutes 59 seconds"),
            (3_599_999, "1 hour"),
            (3_689_999, "1 hour 1 minute"),
            (7_190_000, "2 hours"),
            (3_600_000, "1 hour"),
            (3_661_000, "1 hour 1 minute"),
            (86_399_000, "1 day"),
            (86_400_000, "1 day"),
            (86_400_000 + 60_000, "1 day 1 minute"),
            (648_900_000, "7 days 12 hours 15 minutes"),
        ] {
            assert_eq!(duration(ms), text, "{ms}");
        }
    }

    #[test]
    fn elapsed_times() {
        for (ms, text) in [
            (0.0, "less than 0.1 ms"),
            (0.04, "less than 0.1 ms"),
            (0.06, "0.1 ms"),
            (1.0, "1 ms"),
            (2.34, "2.3 ms"),
            (9.96, "10 ms"),
            (12.4, "12 ms"),
            (999.4, "999 ms"),
            (999.6, "1 s"),
            (1_840.0, "1.8 s"),
            (9_949.0, "9.9 s"),
            (9_960.0, "10 s"),
            (59_000.0, "59 s"),
            (61_000.0, "1 minute 1 second"),
        ] {
            assert_eq!(elapsed(ms), text, "{ms}");
        }
    }
}
