//! Durations as JSON numbers of seconds: whole where they are whole.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A duration in seconds, to the millisecond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seconds {
    ms: i64,
}

impl Seconds {
    pub const fn from_ms(ms: i64) -> Self {
        Self { ms }
    }

    pub const fn ms(self) -> i64 {
        self.ms
    }
}

impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if self.ms % 1_000 == 0 { s.serialize_i64(self.ms / 1_000) } else { s.serialize_f64(self.ms as f64 / 1_000.0) }
    }
}

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let seconds = f64::deserialize(d)?;
        let ms = (seconds * 1_000.0).round();
        if ms.abs() > 9e15 {
            return Err(de::Error::custom(format!("{seconds} seconds is too long")));
        }
        Ok(Self { ms: ms as i64 })
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Seconds {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Seconds".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number", "description": "Seconds, to the millisecond." })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_seconds_are_whole_numbers() {
        for (ms, text) in [(0, "0"), (648_900_000, "648900"), (1_500, "1.5"), (-250, "-0.25")] {
            assert_eq!(serde_json::to_string(&Seconds::from_ms(ms)).unwrap(), text);
            assert_eq!(serde_json::from_str::<Seconds>(text).unwrap().ms(), ms);
        }
    }
}
