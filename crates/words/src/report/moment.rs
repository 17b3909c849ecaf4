//! Moments and spans of time for people, in UTC; a date that two moments share is said once.

use dualwatch_core::measure::time::Timestamp;
use dualwatch_wire::time;

/// Returns a moment for people, such as "2026-11-23 14:02:00 UTC": the second in which it lies, as everywhere people read
/// it. The documents of the API have the milliseconds.
pub fn moment(t: Timestamp) -> String {
    let (date, clock) = parts(t);
    format!("{date} {clock} UTC")
}

/// Returns a span, such as "2026-11-23 14:02:00 to 14:10:00 UTC".
pub fn from_to(from: Timestamp, to: Timestamp) -> String {
    join(from, to, " to ")
}

/// Returns a moment that lies between two others, such as "between 2026-11-23 14:01:00 and 14:02:00 UTC".
pub fn between(after: Timestamp, by: Timestamp) -> String {
    if parts(after) == parts(by) {
        format!("at {}", moment(by))
    } else {
        format!("between {}", join(after, by, " and "))
    }
}

fn join(from: Timestamp, to: Timestamp, word: &str) -> String {
    let ((date, clock), (to_date, to_clock)) = (parts(from), parts(to));
    if date == to_date {
        format!("{date} {clock}{word}{to_clock} UTC")
    } else {
        format!("{date} {clock}{word}{to_date} {to_clock} UTC")
    }
}

/// Returns the day of a moment, such as "2026-11-23".
pub fn date_of(t: Timestamp) -> String {
    parts(t).0
}

/// Returns the time of day of a moment, such as "14:02:00".
pub fn clock_of(t: Timestamp) -> String {
    parts(t).1
}

fn parts(t: Timestamp) -> (String, String) {
    let text = time::format(t);
    let (second, _) = text.split_once('.').unwrap_or((&text, ""));
    let (date, clock) = second.split_once('T').unwrap_or((second, ""));
    (date.to_owned(), clock.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::measure::time::{DAY, MINUTE};

    #[test]
    fn a_shared_date_is_said_once() {
        let t = Timestamp::from_unix_ms(1_795_399_200_000);
        assert_eq!(moment(t), "2026-11-23 02:00:00 UTC");
        assert_eq!(moment(t + 5), "2026-11-23 02:00:00 UTC");
        assert_eq!(moment(t - 5), "2026-11-23 01:59:59 UTC");
        assert_eq!(between(t, t + 5), "at 2026-11-23 02:00:00 UTC");
        assert_eq!(from_to(t, t + MINUTE), "2026-11-23 02:00:00 to 02:01:00 UTC");
        assert_eq!(from_to(t, t + DAY), "2026-11-23 02:00:00 to 2026-11-24 02:00:00 UTC");
        assert_eq!(between(t, t + MINUTE), "between 2026-11-23 02:00:00 and 02:01:00 UTC");
        assert_eq!(between(t, t), "at 2026-11-23 02:00:00 UTC");
    }
}
