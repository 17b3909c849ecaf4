//! Timestamps as RFC 3339 text with milliseconds, in UTC: `2026-11-23T10:11:51.000Z`.

use dualwatch_core::measure::time::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// Prints a timestamp. One that no calendar can hold is printed as the nearest that can.
pub fn format(t: Timestamp) -> String {
    calendar::format(t.unix_ms().clamp(MIN_MS, MAX_MS))
}

/// Prints a timestamp to the second as HTTP and RSS write it (RFC 9110 section 5.6.7, RFC 822 with four digits of the year):
/// `Mon, 23 Nov 2026 10:11:51 GMT`.
pub fn http_date(t: Timestamp) -> String {
    calendar::http_date(t.unix_ms().clamp(MIN_MS, MAX_MS))
}

/// Reads RFC 3339 text (section 5.6), with capital `T` and `Z`.
pub fn parse(text: &str) -> Result<Timestamp, NotATime> {
    let time = if has_the_shape(text) { calendar::parse(text) } else { None };
    time.map(Timestamp::from_unix_ms).ok_or_else(|| NotATime(text.to_owned()))
}

/// Milliseconds since 1970 at the beginning of year 1: four digits say no earlier time.
pub const MIN_MS: i64 = -62_135_596_800_000;
/// The same near the end of year 9999; the last 26 hours are left to offsets, as in the library.
pub const MAX_MS: i64 = 253_402_207_200_000;

/// The months in English, from January on.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Text that is not an RFC 3339 time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotATime(String);

impl fmt::Display for NotATime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not an RFC 3339 time such as 2026-11-23T10:11:51Z", self.0)
    }
}

impl std::error::Error for NotATime {}

/// Whether the text is `full-date "T" full-time`: calendars read much else, each something different.
fn has_the_shape(text: &str) -> bool {
    let matches = |text: &[u8], shape: &[u8]| {
        text.len() == shape.len()
            && text.iter().zip(shape).all(|(t, s)| if *s == b'0' { t.is_ascii_digit() } else { t == s })
    };
    let Some((seconds, rest)) = text.as_bytes().split_at_checked("0000-00-00T00:00:00".len()) else { return false };
    let n_fraction = match rest {
        [b'.', digits @ ..] => 1 + digits.iter().take_while(|b| b.is_ascii_digit()).count(),
        _ => 0,
    };
    let zone = &rest[n_fraction..];
    matches(seconds, b"0000-00-00T00:00:00")
        && n_fraction != 1
        && (zone == b"Z" || matches(zone, b"+00:00") || matches(zone, b"-00:00"))
}

/// The calendar of the library.
#[cfg(not(all(target_arch = "wasm32", target_os = "unknown")))]
mod calendar {
    pub fn format(unix_ms: i64) -> String {
        jiff::Timestamp::from_millisecond(unix_ms).map_or_else(|_| String::new(), |t| format!("{t:.3}"))
    }

    pub fn http_date(unix_ms: i64) -> String {
        jiff::Timestamp::from_millisecond(unix_ms)
            .map_or_else(|_| String::new(), |t| t.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
    }

    pub fn parse(text: &str) -> Option<i64> {
        text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
    }
}

/// The calendar of the JavaScript host, in the browser and in the worker: the library is 120 kB of WebAssembly.
/// Both forms are those that ECMA-262 requires (Date Time String Format).
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod calendar {
    use js_sys::Date;

    pub fn format(unix_ms: i64) -> String {
        Date::new(&(unix_ms as f64).into()).to_iso_string().into()
    }

    /// ECMA-262 has this form of a date as `toUTCString`.
    pub fn http_date(unix_ms: i64) -> String {
        Date::new(&(unix_ms as f64).into()).to_utc_string().into()
    }

    pub fn parse(text: &str) -> Option<i64> {
        let ms = Date::parse(text);
        // V8 reads 30 February as 2 March.
        let day = text.get(..10)?;
        let midnight = Date::parse(&format!("{day}T00:00:00Z"));
        let is_a_day = midnight.is_finite() && format(midnight as i64).starts_with(day);
        (ms.is_finite() && is_a_day).then_some(ms as i64)
    }
}

/// `#[serde(with = "time::rfc3339")]`: a type, so that what describes documents knows it too; called as serde calls it.
#[allow(non_camel_case_types)] // Named as a module, which it is for serde.
#[derive(Clone, Copy, Debug)]
pub struct rfc3339;

impl rfc3339 {
    pub fn serialize<S: Serializer>(t: &Timestamp, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&format(*t))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Timestamp, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(d)?;
        parse(&text).map_err(de::Error::custom)
    }
}

/// `#[serde(with = "time::rfc3339_or_null")]`, a type as [`rfc3339`].
#[allow(non_camel_case_types)] // Named as a module, which it is for serde.
#[derive(Clone, Copy, Debug)]
pub struct rfc3339_or_null;

impl rfc3339_or_null {
    #[allow(clippy::ref_option)] // The signature is serde's.
    pub fn serialize<S: Serializer>(t: &Option<Timestamp>, s: S) -> Result<S::Ok, S::Error> {
        t.map(format).serialize(s)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Timestamp>, D::Error> {
        let text = Option::<std::borrow::Cow<str>>::deserialize(d)?;
        text.map(|t| parse(&t)).transpose().map_err(de::Error::custom)
    }
}

#[cfg(feature = "schema")]
mod schema {
    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
    use std::borrow::Cow;

    impl JsonSchema for super::rfc3339 {
        fn inline_schema() -> bool {
            true
        }

        fn schema_name() -> Cow<'static, str> {
            "Time".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({ "type": "string", "format": "date-time" })
        }
    }

    impl JsonSchema for super::rfc3339_or_null {
        fn inline_schema() -> bool {
            true
        }

        fn schema_name() -> Cow<'static, str> {
            "TimeOrNull".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({ "type": ["string", "null"], "format": "date-time" })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_are_always_printed() {
        let t = Timestamp::from_unix_ms(1_795_428_711_000);
        assert_eq!(format(t), "2026-11-23T10:11:51.000Z");
        assert_eq!(format(t + 42), "2026-11-23T10:11:51.042Z");
        assert_eq!(format(Timestamp::from_unix_ms(i64::MAX)), "9999-12-30T22:00:00.000Z");
        assert_eq!(format(Timestamp::from_unix_ms(i64::MIN)), "0001-01-01T00:00:00.000Z");
    }

    #[test]
    fn a_date_of_http_is_in_gmt() {
        assert_eq!(http_date(Timestamp::from_unix_ms(1_795_428_711_042)), "Mon, 23 Nov 2026 10:11:51 GMT");
        assert_eq!(http_date(Timestamp::from_unix_ms(784_111_777_000)), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn only_rfc_3339_is_read() {
        let t = Timestamp::from_unix_ms(1_795_428_711_000);
        for text in [
            "2026-11-23T10:11:51Z",
            "2026-11-23T11:11:51+01:00",
            "2026-11-23T10:11:51.000Z",
            "2026-11-23T10:11:51.0-00:00",
        ] {
            assert_eq!(parse(text), Ok(t), "{text}");
        }
        for text in [
            "",
            "2026-11-23",
            "2026-11-23 10:11",
            "2026-11-23T10:11Z",
            "2026-11-23T10:11:51",
            "2026-11-23T10:11:51.Z",
            "2026-11-23T10:11:51+01",
            "2026-11-23T10:11:51Z[UTC]",
            "2026-13-23T10:11:51Z",
            "2026-02-30T10:11:51Z",
            "23 Nov 2026 10:11:51Z",
            "+002026-11-23T10:11:51Z",
            "2026-11-23T25:11:51Z",
            "٢٠٢٦-11-23T10:11:51Z",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
