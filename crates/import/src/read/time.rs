//! The timestamps that are found in history files, most of them in RFC 3339.

use dualwatch_core::measure::time::Timestamp;
use jiff::{civil::DateTime, tz::TimeZone};

/// A point in time, and how it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instant {
    pub at: Timestamp,
    /// Whether it had no zone and was taken as UTC.
    pub is_zoneless: bool,
}

/// Reads a timestamp: RFC 3339 with any offset; the same without a zone, which is taken as UTC; or what JavaScript's
/// `Date.toString` prints, as old versions of Upptime wrote it. Quotation marks around it are ignored.
pub fn instant(text: &str) -> Option<Instant> {
    let text = unquoted(text.trim());
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some(Instant { at: Timestamp::from_unix_ms(time.as_millisecond()), is_zoneless: false });
    }
    if let Some(time) = javascript(text) {
        return Some(Instant { at: Timestamp::from_unix_ms(time.as_millisecond()), is_zoneless: false });
    }
    let civil: DateTime = text.parse().ok()?;
    let time = TimeZone::UTC.to_timestamp(civil).ok()?;
    Some(Instant { at: Timestamp::from_unix_ms(time.as_millisecond()), is_zoneless: true })
}

/// `Mon Aug 10 2020 07:54:39 GMT+0000 (Coordinated Universal Time)` (ECMA-262, Date.prototype.toString).
fn javascript(text: &str) -> Option<jiff::Timestamp> {
    let (time, _) = text.split_once(" (")?;
    jiff::Zoned::strptime("%a %b %d %Y %H:%M:%S GMT%z", time).ok().map(|zoned| zoned.timestamp())
}

/// Returns the text without one pair of quotation marks.
pub(super) fn unquoted(text: &str) -> &str {
    ['\'', '"'].iter().find_map(|mark| text.strip_prefix(*mark)?.strip_suffix(*mark)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_in_history_files() {
        let check = |text: &str, expected: Option<(&str, bool)>| {
            let seen = instant(text).map(|i| (dualwatch_wire::time::format(i.at), i.is_zoneless));
            assert_eq!(seen.as_ref().map(|(t, zoneless)| (t.as_str(), *zoneless)), expected, "{text}");
        };
        check("2024-01-15T10:13:30.802Z", Some(("2024-01-15T10:13:30.802Z", false)));
        check("'2024-01-15T10:13:30.802Z'", Some(("2024-01-15T10:13:30.802Z", false)));
        check("2022-03-30T12:35:59.000+08:00", Some(("2022-03-30T04:35:59.000Z", false)));
        check("'2025-06-14T01:53:39.421285'", Some(("2025-06-14T01:53:39.421Z", true)));
        check("2025-06-14 01:53:39", Some(("2025-06-14T01:53:39.000Z", true)));
        check(
            "Mon Aug 10 2020 07:54:39 GMT+0000 (Coordinated Universal Time)",
            Some(("2020-08-10T07:54:39.000Z", false)),
        );
        check("null", None);
        check("", None);
        check("2025-02-30T00:00:00Z", None);
    }
}
