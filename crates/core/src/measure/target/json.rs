//! What a JSON body must hold: a place in it, and the value there.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A value that must be there and, where `equals` is given, be that one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JsonExpectation {
    pub path: JsonPath,
    pub equals: Option<JsonScalar>,
}

/// One place in a JSON document: a singular query of RFC 9535 (section 2.3.5.1), such as `$.parts[0].name`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct JsonPath(pub Vec<JsonStep>);

/// From a value to a value inside of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum JsonStep {
    /// The element of an array, counted from 0.
    Index(u32),
    /// The member of an object.
    Name(String),
}

/// A value without parts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "lowercase")]
pub enum JsonScalar {
    Null,
    Bool(bool),
    /// As it is written.
    Number(String),
    Text(String),
}

impl JsonScalar {
    /// Whether both are the same value; numbers are compared as numbers, so that `1.0` is `1`.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => {
                a == b || a.parse::<f64>().is_ok_and(|a| b.parse::<f64>().is_ok_and(|b| a.total_cmp(&b).is_eq()))
            }
            _ => self == other,
        }
    }
}

impl JsonPath {
    /// Reads a singular query. Fails with what is wrong, as a lower-case fragment.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut rest = text.strip_prefix('$').ok_or("it does not begin with `$`")?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let (step, after) = step(rest)?;
            steps.push(step);
            rest = after;
        }
        Ok(Self(steps))
    }
}

fn step(rest: &str) -> Result<(JsonStep, &str), String> {
    if let Some(name) = rest.strip_prefix('.') {
        let end = name.find(|c: char| !is_name(c)).unwrap_or(name.len());
        if end == 0 || name.starts_with(|c: char| c.is_ascii_digit()) {
            return Err("after `.` comes the name of one member; other names stand in `['...']`".to_owned());
        }
        return Ok((JsonStep::Name(name[..end].to_owned()), &name[end..]));
    }
    let Some(inner) = rest.strip_prefix('[') else {
        return Err(format!("`{}` is neither `.name` nor `[...]`", rest.chars().take(20).collect::<String>()));
    };
    if let Some(quote @ ('\'' | '"')) = inner.chars().next() {
        let (name, after) = quoted(&inner[1..], quote).ok_or("a quotation mark is not closed")?;
        let after = after.strip_prefix(']').ok_or("`]` is missing after a name")?;
        return Ok((JsonStep::Name(name), after));
    }
    let (digits, after) = inner.split_once(']').ok_or("`]` is missing")?;
    let is_index = digits == "0" || (!digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit()));
    match digits.parse() {
        Ok(index) if is_index => Ok((JsonStep::Index(index), after)),
        _ => Err("one element is named by `[0]`, `[1]` and so on; this path may name one place only".to_owned()),
    }
}

/// RFC 9535 section 2.5.1.1, `name-char`.
const fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii()
}

/// Reads up to the closing quotation mark; a backslash takes the next character as it is.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => name.push(chars.next()?.1),
            c if c == quote => return Some((name, &text[at + c.len_utf8()..])),
            c => name.push(c),
        }
    }
    None
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        for step in &self.0 {
            match step {
                JsonStep::Index(index) => write!(f, "[{index}]")?,
                JsonStep::Name(name)
                    if name.chars().all(is_name) && !name.starts_with(|c: char| c.is_ascii_digit()) =>
                {
                    write!(f, ".{name}")?;
                }
                JsonStep::Name(name) => write!(f, "['{}']", name.replace('\\', "\\\\").replace('\'', "\\'"))?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for JsonScalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(number) => f.write_str(number),
            Self::Text(text) => write!(f, "{text:?}"),
        }
    }
}

impl fmt::Display for JsonExpectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.equals {
            None => write!(f, "{} is in the body", self.path),
            Some(value) => write!(f, "{} is {value} in the body", self.path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_one_place() {
        for (text, shown) in [
            ("$", "$"),
            ("$.status", "$.status"),
            ("$.parts[0].name", "$.parts[0].name"),
            ("$['a b'][\"c\"]", "$['a b'].c"),
            ("$['it\\'s']", "$['it\\'s']"),
            ("$.ü_1", "$.ü_1"),
            ("$['1']", "$['1']"),
        ] {
            let path = JsonPath::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(path.to_string(), shown);
            assert_eq!(JsonPath::parse(shown).unwrap(), path);
        }
        for bad in [
            "", "status", "$status", "$.", "$..a", "$.*", "$[*]", "$[-1]", "$[01]", "$[]", "$['a", "$['a'", "$[0",
            "$.1", "$[1:2]",
        ] {
            assert!(JsonPath::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        let number = |text: &str| JsonScalar::Number(text.to_owned());
        assert!(number("1.0").is_same(&number("1")) && number("1e3").is_same(&number("1000")));
        assert!(!number("1").is_same(&number("2")) && !number("1").is_same(&JsonScalar::Text("1".into())));
        // Beyond what a double tells apart, the same digits are the same number.
        assert!(number("12345678901234567890123").is_same(&number("12345678901234567890123")));
    }
}
