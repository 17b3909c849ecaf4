//! Spans of time as people write them.

use jiff::SignedDuration;

/// Longer ones are out of every range; this only keeps the arithmetic small.
const MAX_MS: i128 = 1_000_000_000_000;

pub(crate) const HINT: &str = "write `30s`, `5m`, `1h`, `500ms`, or a bare number of seconds";

/// Returns the milliseconds of `30s`, `5m`, `1h 30m`, `500ms`, or of a bare number of seconds.
/// The error is a fragment that says what is wrong.
pub(crate) fn parse(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let duration = if let Ok(seconds) = text.parse::<f64>() {
        SignedDuration::try_from_secs_f64(seconds).map_err(|_| format!("{text} seconds is out of range"))?
    } else {
        text.parse::<SignedDuration>().map_err(|_| format!("{} is no span of time", crate::finding::quoted(text)))?
    };
    if duration.is_negative() {
        return Err("a span of time cannot be negative".to_owned());
    }
    Ok(duration.as_millis().min(MAX_MS) as u64)
}

/// Returns a span of time in its shortest exact form.
pub(crate) fn show(ms: u64) -> String {
    match ms {
        0 => "0s".to_owned(),
        _ if ms.is_multiple_of(3_600_000) => format!("{}h", ms / 3_600_000),
        _ if ms.is_multiple_of(60_000) => format!("{}m", ms / 60_000),
        _ if ms.is_multiple_of(1_000) => format!("{}s", ms / 1_000),
        _ => format!("{ms}ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_time() {
        for (text, expected) in [
            ("30s", Some(30_000)),
            ("5m", Some(300_000)),
            ("1h", Some(3_600_000)),
            ("1h 30m", Some(5_400_000)),
            ("1m30s", Some(90_000)),
            ("500ms", Some(500)),
            ("90", Some(90_000)),
            ("2.5", Some(2_500)),
            ("0", Some(0)),
            ("1e3", Some(1_000_000)),
            ("-5s", None),
            ("-5", None),
            ("", None),
            ("soon", None),
            ("5x", None),
            ("nan", None),
            ("inf", None),
            ("1e300", None),
            ("1d", None),
        ] {
            assert_eq!(parse(text).ok(), expected, "{text}");
        }
    }

    #[test]
    fn shown_as_it_would_be_written() {
        for (ms, expected) in [(0, "0s"), (500, "500ms"), (10_000, "10s"), (90_000, "90s"), (3_600_000, "1h")] {
            assert_eq!(show(ms), expected);
            assert_eq!(parse(expected), Ok(ms));
        }
    }
}
