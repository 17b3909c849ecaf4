//! Finds one place of a JSON document without keeping the rest of it.

use dualwatch_core::measure::target::{JsonPath, JsonScalar, JsonStep};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// What is at a place.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    Nothing,
    Scalar(JsonScalar),
    Array,
    Object,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing there"),
            Self::Scalar(value) => write!(f, "{value}"),
            Self::Array => f.write_str("an array"),
            Self::Object => f.write_str("an object"),
        }
    }
}

/// Returns what the document holds at `path`. Of members with the same name the last one counts.
pub fn find(document: &[u8], path: &JsonPath) -> Result<Found, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(document);
    let found = Walk(&path.0).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(found)
}

/// The steps that are left.
struct Walk<'p>(&'p [JsonStep]);

impl Walk<'_> {
    fn scalar(&self, value: JsonScalar) -> Found {
        if self.0.is_empty() { Found::Scalar(value) } else { Found::Nothing }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = Found;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Found, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Found, E> {
        Ok(self.scalar(JsonScalar::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Found, E> {
        Ok(self.scalar(JsonScalar::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Found, E> {
        Ok(self.scalar(JsonScalar::Number(value.to_string())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Found, E> {
        Ok(self.scalar(JsonScalar::Number(value.to_string())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Found, E> {
        Ok(self.scalar(JsonScalar::Number(value.to_string())))
    }

    fn visit_str<E>(self, value: &str) -> Result<Found, E> {
        Ok(self.scalar(JsonScalar::Text(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Found, A::Error> {
        let mut found = if self.0.is_empty() { Found::Array } else { Found::Nothing };
        let mut at = 0_u32;
        loop {
            let is_wanted = matches!(self.0, [JsonStep::Index(index), ..] if *index == at);
            if is_wanted {
                match elements.next_element_seed(Walk(&self.0[1..]))? {
                    Some(inner) => found = inner,
                    None => return Ok(found),
                }
            } else if elements.next_element::<IgnoredAny>()?.is_none() {
                return Ok(found);
            }
            at = at.saturating_add(1);
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Found, A::Error> {
        let mut found = if self.0.is_empty() { Found::Object } else { Found::Nothing };
        while let Some(key) = members.next_key::<String>()? {
            match self.0 {
                [JsonStep::Name(name), rest @ ..] if *name == key => found = members.next_value_seed(Walk(rest))?,
                _ => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = r#"{"status":"ok","n":1.0,"big":12,"parts":[{"up":true},{"up":false}],"none":null,"0":"zero","o":{"o":1},"o":2}"#;

    fn check(path: &str, expected: &str) {
        let found = find(DOCUMENT.as_bytes(), &JsonPath::parse(path).unwrap()).unwrap();
        assert_eq!(found.to_string(), expected, "{path}");
    }

    #[test]
    fn places() {
        check("$.status", "\"ok\"");
        check("$.n", "1");
        check("$.big", "12");
        check("$.parts[1].up", "false");
        check("$.parts", "an array");
        check("$", "an object");
        check("$.none", "null");
        check("$.o", "2");
        for nothing in ["$.parts[2]", "$.parts.up", "$[0]", "$.status.x", "$.missing", "$.none.x"] {
            check(nothing, "nothing there");
        }
        check("$['0']", "\"zero\"");
    }

    #[test]
    fn what_is_no_json_is_an_error() {
        let path = JsonPath::parse("$.a").unwrap();
        for text in ["", "{", "<html>", "{} x", "{\"a\":1,}"] {
            assert!(find(text.as_bytes(), &path).is_err(), "{text}");
        }
        // Deeper than any stack: passed over without recursion, or refused.
        let deep = format!("{{\"a\":1,\"b\":{}{}}}", "[".repeat(200_000), "]".repeat(200_000));
        assert!(find(deep.as_bytes(), &path).is_ok_and(|f| f == Found::Scalar(JsonScalar::Number("1".into()))));
        let steps = vec![JsonStep::Index(0); 200_000];
        let deep = "[".repeat(200_000);
        assert!(find(deep.as_bytes(), &JsonPath(steps)).is_err());
    }
}
