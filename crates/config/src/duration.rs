//! Spans of time as people write them.

/// Longer ones are out of every range; this only keeps the arithmetic small.
const MAX_MS: f64 = 1e12;

pub(crate) const HINT: &str = "write `30s`, `5m`, `1h`, `500ms`, or a bare number of seconds";

/// Returns the milliseconds of `30s`, `5m`, `1h 30m`, `500ms`, or of a bare number of seconds.
/// The error is a fragment that says what is wrong.
///
/// The library that reads calendars has a parser of its own for this; its many forms are 12 kB of WebAssembly.
pub(crate) fn parse(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let ms = match text.parse::<f64>() {
        Ok(seconds) if seconds.is_finite() && seconds.abs() < 1e18 => seconds * 1e3,
        Ok(_) => return Err(format!("{text} seconds is out of range")),
        Err(_) if text.strip_prefix('-').is_some_and(|text| units(text).is_some()) => -1.0,
        Err(_) => units(text).ok_or_else(|| format!("{} is no span of time", crate::finding::quoted(text)))?,
    };
    if ms < 0.0 {
        return Err("a span of time cannot be negative".to_owned());
    }
    Ok(ms.min(MAX_MS) as u64)
}

/// Returns the milliseconds of numbers with units, the larger unit first, also as ISO 8601 has them (`PT1H30M`).
fn units(text: &str) -> Option<f64> {
    let iso = text.get(..2).filter(|start| start.eq_ignore_ascii_case("PT"));
    let mut rest = iso.map_or(text, |_| &text[2..]);
    let (mut sum, mut smallest) = (0.0, f64::INFINITY);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(end);
        let after = after.trim_start();
        let end = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let unit_ms = match &*unit.to_ascii_lowercase() {
            "h" | "hr" | "hrs" | "hour" | "hours" => 3_600_000.0,
            "m" | "min" | "mins" | "minute" | "minutes" => 60_000.0,
            "s" | "sec" | "secs" | "second" | "seconds" => 1_000.0,
            "ms" | "msec" | "msecs" | "millisecond" | "milliseconds" => 1.0,
            _ => return None,
        };
        if unit_ms >= smallest || !number.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        smallest = unit_ms;
        sum += number.parse::<f64>().ok()? * unit_ms;
        rest = after.trim_start();
        // `1 hour, 30 minutes`
        if let Some(more) = rest.strip_prefix(',') {
            rest = more.trim_start();
            if rest.is_empty() {
                return None;
            }
        }
    }
    // As many seconds as 64 bits hold; more is no span of time for anybody.
    (smallest < f64::INFINITY && sum < 9.2e21).then_some(sum)
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
            ("1.5h", Some(5_400_000)),
            ("PT1H30M", Some(5_400_000)),
            ("5 minutes", Some(300_000)),
            ("1 hour, 30 minutes", Some(5_400_000)),
            ("30m 1h", None),
            ("1h 1h", None),
            ("5m,", None),
            (".5s", None),
            ("s", None),
            ("5", Some(5_000)),
            ("PT", None),
            ("é5s", None),
        ] {
            assert_eq!(parse(text).ok(), expected, "{text}");
            // The library reads the same, where we read anything.
            if expected.is_some() && text.parse::<f64>().is_err() {
                let span = text.parse::<jiff::SignedDuration>().expect("a span of time");
                assert_eq!(u64::try_from(span.as_millis()).ok(), expected, "{text}");
            }
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
