//! Moments and spans of time for people, in UTC; a date that two moments share is said once.

use dualwatch_core::measure::time::Timestamp;
use dualwatch_wire::time;

/// Returns a moment for people, such as "2026-11-23 14:02:00 UTC"; milliseconds only where there are some.
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
    if after == by { format!("at {}", moment(by)) } else { format!("between {}", join(after, by, " and ")) }
}

fn join(from: Timestamp, to: Timestamp, word: &str) -> String {
    let ((date, clock), (to_date, to_clock)) = (parts(from), parts(to));
    if date == to_date {
        format!("{date} {clock}{word}{to_clock} UTC")
    } else {
        format!("{date} {clock}{word}{to_date} {to_clock} UTC")
    }
}

fn parts(t: Timestamp) -> (String, String) {
    let text = time::format(t);
    let text = text.trim_end_matches('Z');
    let text = text.strip_suffix(".000").unwrap_or(text);
    let (date, clock) = text.split_once('T').unwrap_or((text, ""));
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
        assert_eq!(moment(t + 5), "2026-11-23 02:00:00.005 UTC");
        assert_eq!(from_to(t, t + MINUTE), "2026-11-23 02:00:00 to 02:01:00 UTC");
        assert_eq!(from_to(t, t + DAY), "2026-11-23 02:00:00 to 2026-11-24 02:00:00 UTC");
        assert_eq!(between(t, t + MINUTE), "between 2026-11-23 02:00:00 and 02:01:00 UTC");
        assert_eq!(between(t, t), "at 2026-11-23 02:00:00 UTC");
    }
}
