//! Timestamps as RFC 3339 text with milliseconds, in UTC: `2026-11-23T10:11:51.000Z`.

use dualwatch_core::time::Timestamp;

/// Prints a timestamp. One that no calendar can hold is printed as the nearest that can.
pub fn format(t: Timestamp) -> String {
    let (min, max) = (jiff::Timestamp::MIN.as_second(), jiff::Timestamp::MAX.as_second());
    let clamped = t.unix_ms().clamp(min * 1_000, max * 1_000);
    jiff::Timestamp::from_millisecond(clamped).map_or_else(|_| String::new(), |t| format!("{t:.3}"))
}

/// Reads RFC 3339 text.
pub fn parse(text: &str) -> Result<Timestamp, jiff::Error> {
    text.parse::<jiff::Timestamp>().map(|t| Timestamp::from_unix_ms(t.as_millisecond()))
}

/// `#[serde(with = "time::rfc3339")]`
pub mod rfc3339 {
    use super::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub fn serialize<S: Serializer>(t: &Timestamp, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&super::format(*t))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Timestamp, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(d)?;
        super::parse(&text).map_err(de::Error::custom)
    }
}

/// `#[serde(with = "time::rfc3339_or_null")]`
pub mod rfc3339_or_null {
    use super::Timestamp;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    #[allow(clippy::ref_option)] // The signature is serde's.
    pub fn serialize<S: Serializer>(t: &Option<Timestamp>, s: S) -> Result<S::Ok, S::Error> {
        t.map(super::format).serialize(s)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Timestamp>, D::Error> {
        let text = Option::<std::borrow::Cow<str>>::deserialize(d)?;
        text.map(|t| super::parse(&t)).transpose().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_are_always_printed() {
        let t = Timestamp::from_unix_ms(1_795_428_711_000);
        assert_eq!(format(t), "2026-11-23T10:11:51.000Z");
        assert_eq!(parse("2026-11-23T11:11:51+01:00").unwrap(), t);
        assert!(parse("2026-11-23 10:11").is_err());
        assert!(format(Timestamp::from_unix_ms(i64::MAX)).starts_with("9999-"));
    }
}
