//! Times, spans and shares as the sentences of findings have them.

use dualwatch_core::measure::time::{DAY, HOUR, MINUTE, SECOND, Timestamp};

/// Returns a span in Upptime's own words (`getHumanReadableTimeDifference`): days, hours and minutes, rounded down;
/// below a minute nothing at all.
///
/// ```
/// assert_eq!(dualwatch_import::upptime_duration(648_900_000), "7 days, 12 hours, 15 minutes");
/// assert_eq!(dualwatch_import::upptime_duration(59_999), "");
/// ```
pub fn upptime_duration(ms: i64) -> String {
    parts(ms, &[(DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")]).join(", ")
}

/// Returns a span down to its seconds, which are always there: to the nearest.
///
/// ```
/// assert_eq!(dualwatch_import::span(648_900_000), "7 days 12 hours 15 minutes 0 seconds");
/// ```
pub fn span(ms: i64) -> String {
    let ms = (ms.max(0) + SECOND / 2) / SECOND * SECOND;
    let mut text = parts(ms, &[(DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")]);
    text.push(plural(ms % MINUTE / SECOND, "second"));
    text.join(" ")
}

fn parts(ms: i64, units: &[(i64, &str)]) -> Vec<String> {
    let mut rest = ms.max(0);
    let mut parts = Vec::new();
    for (size, unit) in units {
        if rest / size > 0 {
            parts.push(plural(rest / size, unit));
        }
        rest %= size;
    }
    parts
}

/// Returns `1 day`, `2 days`.
pub(crate) fn plural(n: impl std::fmt::Display, noun: &str) -> String {
    let n = n.to_string();
    if n == "1" { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

/// Returns a number with commas between thousands.
pub(crate) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Returns RFC 3339 with milliseconds, as the records have it.
pub(crate) fn time(t: Timestamp) -> String {
    dualwatch_wire::time::format(t)
}

/// Returns a list with commas, shortened where it is long.
pub(crate) fn list(items: &[&str]) -> String {
    const SHOWN: usize = 40;
    let shown = items.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    if items.len() > SHOWN { format!("{shown} and {} more", items.len() - SHOWN) } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        for (seconds, ours, theirs) in [
            (648_900, "7 days 12 hours 15 minutes 0 seconds", "7 days, 12 hours, 15 minutes"),
            (205, "3 minutes 25 seconds", "3 minutes"),
            (430, "7 minutes 10 seconds", "7 minutes"),
            (3_661, "1 hour 1 minute 1 second", "1 hour, 1 minute"),
            (86_401, "1 day 1 second", "1 day"),
            (59, "59 seconds", ""),
            (0, "0 seconds", ""),
        ] {
            assert_eq!(span(seconds * SECOND), ours);
            assert_eq!(upptime_duration(seconds * SECOND), theirs);
        }
    }

    #[test]
    fn a_span_is_rounded_and_not_cut() {
        assert_eq!(span(205_499), "3 minutes 25 seconds");
        assert_eq!(span(205_500), "3 minutes 26 seconds");
        assert_eq!(span(59_999), "1 minute 0 seconds");
    }

    #[test]
    fn grouped_numbers() {
        for (n, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (48_257, "48,257"), (2_628_288, "2,628,288")] {
            assert_eq!(grouped(n), text);
        }
    }
}
