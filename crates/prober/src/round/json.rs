//! Finds places of a JSON document without keeping the rest of it.

use dualwatch_core::measure::target::{JsonPath, JsonScalar, JsonStep};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::{collections::BTreeMap, fmt};

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

/// Returns what the document holds at each of these paths, in one reading. Of members with the same name the last one
/// counts.
pub fn find(document: &[u8], paths: &[&JsonPath]) -> Result<Vec<Found>, serde_json::Error> {
    let mut root = Node::default();
    paths.iter().enumerate().for_each(|(i, path)| root.lead_to(i, &path.0));
    let mut deserializer = serde_json::Deserializer::from_slice(document);
    let mut found = vec![Raw::Nothing; paths.len()];
    Walk { node: &root, found: &mut found }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(found.into_iter().map(Found::from).collect())
}

/// The reader goes no deeper than 128 (its own limit), so a path that does leads to nothing.
const MAX_STEPS: usize = 128;

/// Where paths go on from a place.
#[derive(Debug, Default)]
struct Node<'p> {
    /// The paths that end here, and all that come by.
    ends: Vec<usize>,
    all: Vec<usize>,
    members: BTreeMap<&'p str, Node<'p>>,
    elements: BTreeMap<u32, Node<'p>>,
}

impl<'p> Node<'p> {
    fn lead_to(&mut self, path: usize, steps: &'p [JsonStep]) {
        if steps.len() > MAX_STEPS {
            return;
        }
        let mut node = self;
        node.all.push(path);
        for step in steps {
            node = match step {
                JsonStep::Name(name) => node.members.entry(name).or_default(),
                JsonStep::Index(index) => node.elements.entry(*index).or_default(),
            };
            node.all.push(path);
        }
        node.ends.push(path);
    }
}

/// What was read, as it was read: of a million members with the same name only the last is worth a text.
#[derive(Clone, Debug)]
enum Raw {
    Nothing,
    Array,
    Object,
    Null,
    Bool(bool),
    Whole(i64),
    Natural(u64),
    Real(f64),
    Text(String),
}

impl From<Raw> for Found {
    fn from(raw: Raw) -> Self {
        Self::Scalar(match raw {
            Raw::Nothing => return Self::Nothing,
            Raw::Array => return Self::Array,
            Raw::Object => return Self::Object,
            Raw::Null => JsonScalar::Null,
            Raw::Bool(value) => JsonScalar::Bool(value),
            Raw::Whole(value) => JsonScalar::Number(value.to_string()),
            Raw::Natural(value) => JsonScalar::Number(value.to_string()),
            Raw::Real(value) => JsonScalar::Number(value.to_string()),
            Raw::Text(value) => JsonScalar::Text(value),
        })
    }
}

struct Walk<'w, 'p> {
    node: &'w Node<'p>,
    found: &'w mut Vec<Raw>,
}

impl Walk<'_, '_> {
    /// What was found here or below before, under the same name, does not count any more.
    fn enter(&mut self, value: &Raw) {
        self.node.all.iter().for_each(|path| self.found[*path] = Raw::Nothing);
        self.node.ends.iter().for_each(|path| self.found[*path] = value.clone());
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(mut self) -> Result<(), E> {
        self.enter(&Raw::Null);
        Ok(())
    }

    fn visit_bool<E>(mut self, value: bool) -> Result<(), E> {
        self.enter(&Raw::Bool(value));
        Ok(())
    }

    fn visit_i64<E>(mut self, value: i64) -> Result<(), E> {
        self.enter(&Raw::Whole(value));
        Ok(())
    }

    fn visit_u64<E>(mut self, value: u64) -> Result<(), E> {
        self.enter(&Raw::Natural(value));
        Ok(())
    }

    fn visit_f64<E>(mut self, value: f64) -> Result<(), E> {
        self.enter(&Raw::Real(value));
        Ok(())
    }

    fn visit_str<E>(mut self, value: &str) -> Result<(), E> {
        let is_wanted = !self.node.ends.is_empty();
        self.enter(&if is_wanted { Raw::Text(value.to_owned()) } else { Raw::Nothing });
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        self.enter(&Raw::Array);
        let mut at = 0_u32;
        loop {
            let is_there = match self.node.elements.get(&at) {
                Some(node) => elements.next_element_seed(Walk { node, found: self.found })?.is_some(),
                None => elements.next_element::<IgnoredAny>()?.is_some(),
            };
            if !is_there {
                return Ok(());
            }
            at = at.saturating_add(1);
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        self.enter(&Raw::Object);
        while let Some(wanted) = members.next_key_seed(Name(&self.node.members))? {
            match wanted {
                Some(node) => members.next_value_seed(Walk { node, found: self.found })?,
                None => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// The name of a member: where paths go on from it, if they do.
struct Name<'w, 'p>(&'w BTreeMap<&'p str, Node<'p>>);

impl<'de, 'w, 'p> DeserializeSeed<'de> for Name<'w, 'p> {
    type Value = Option<&'w Node<'p>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'w, 'p> Visitor<'_> for Name<'w, 'p> {
    type Value = Option<&'w Node<'p>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.get(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = r#"{"status":"ok","n":1.0,"big":12,"parts":[{"up":true},{"up":false}],"none":null,"0":"zero","o":{"o":1},"o":2}"#;

    fn check(path: &str, expected: &str) {
        let path = JsonPath::parse(path).unwrap();
        // Among others, which must not matter.
        let others = ["$", "$.parts[1]", "$.parts[1].up", "$.o.o"].map(|path| JsonPath::parse(path).unwrap());
        let paths: Vec<&JsonPath> = others.iter().chain([&path]).collect();
        let found = find(DOCUMENT.as_bytes(), &paths).unwrap();
        assert_eq!(found[4].to_string(), expected, "{path}");
        assert_eq!(find(DOCUMENT.as_bytes(), &[&path]).unwrap()[0], found[4]);
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
        check("$.o.o", "nothing there");
        for nothing in ["$.parts[2]", "$.parts.up", "$[0]", "$.status.x", "$.missing", "$.none.x"] {
            check(nothing, "nothing there");
        }
        check("$['0']", "\"zero\"");
    }

    #[test]
    fn what_is_no_json_is_an_error() {
        let path = JsonPath::parse("$.a").unwrap();
        for text in ["", "{", "<html>", "{} x", "{\"a\":1,}"] {
            assert!(find(text.as_bytes(), &[&path]).is_err(), "{text}");
        }
        // Deeper than any stack: passed over without recursion, or refused.
        let deep = format!("{{\"a\":1,\"b\":{}{}}}", "[".repeat(200_000), "]".repeat(200_000));
        assert!(find(deep.as_bytes(), &[&path]).is_ok_and(|f| f[0] == Found::Scalar(JsonScalar::Number("1".into()))));
        let steps = vec![JsonStep::Index(0); 200_000];
        let deep = "[".repeat(200_000);
        assert!(find(deep.as_bytes(), &[&JsonPath(steps)]).is_err());
    }
}
