//! YAML text as a tree of values, each with its place.

mod indentation;
pub(crate) mod js;
pub(crate) mod number;

use crate::finding::{Place, Report};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{DuplicateKeyPolicy, Error, Location, NonFiniteFloatPolicy, Options, Spanned};
use std::fmt;

/// Ten thousand targets with 100 bytes each.
pub(crate) const MAX_BYTES: usize = 1 << 20;
/// What aliases may blow the text up to: values (some 70 MiB of memory; an edge worker has 128), and bytes of text.
const MAX_NODES: usize = 250_000;
const MAX_SCALAR_BYTES: usize = 8 << 20;
/// A target's expected header is five levels down; the call stack of WebAssembly is small.
const MAX_DEPTH: usize = 16;

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub at: Place,
    pub value: Value,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// As written, so that `1.10` stays `1.10` where text is wanted.
    Number(String),
    Text(String),
    /// As written: what js-yaml makes a `Date` of. Only in what is read as Upptime reads it.
    Date(String),
    List(Vec<Node>),
    /// In the order of the file, repeated keys included.
    Map(Vec<Entry>),
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub key: String,
    pub at: Place,
    pub value: Node,
}

impl Node {
    /// Returns what the value is, as a person would say it.
    pub(crate) const fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::Text(_) => "text",
            Value::Date(_) => "a date",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }

    /// Returns the entry of a mapping.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|e| e.key == key),
            _ => None,
        }
    }
}

/// Returns the document, or reports why there is none.
pub(crate) fn parse(text: &str, report: &mut Report) -> Option<Node> {
    if text.len() > MAX_BYTES {
        let message = format!("the file has {} bytes; {MAX_BYTES} (1 MiB) is the limit", text.len());
        report.error(Place::START, "too_large", message, "spread the targets over several installations");
        return None;
    }
    match serde_saphyr::from_str_with_options::<Spanned<Raw>>(text, options()) {
        Ok(raw) => Some(settle(raw, text, report)),
        Err(error) => {
            report_syntax(&error, text, report);
            None
        }
    }
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: 2 * MAX_NODES,
            max_nodes: MAX_NODES,
            max_total_scalar_bytes: MAX_SCALAR_BYTES,
            max_recorded_anchor_bytes: MAX_SCALAR_BYTES,
            max_depth: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
            // One anchor with the common expectations of every target is what anchors are for.
            enforce_alias_anchor_ratio: false,
        },
        // Reported by us, with both places.
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        // `no` and `on` are words (YAML 1.2, 10.3.2).
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        with_snippet: false,
    }
}

/// The document as the parser hands it over.
enum Raw {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<Raw>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Raw, E> {
        Ok(Raw::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Raw::Map(map))
    }
}

fn place(location: Location) -> Place {
    Place { line: location.line(), column: location.column() }
}

fn settle(raw: Spanned<Raw>, text: &str, report: &mut Report) -> Node {
    let at = place(raw.referenced);
    let value = match raw.value {
        Raw::Null => Value::Null,
        Raw::Bool(value) => Value::Bool(value),
        Raw::Number(value) => Value::Number(source(raw.defined, text).map_or(value, str::to_owned)),
        // A number that is too large to be finite (`12e4567`) comes as the parser's own word for it.
        Raw::Text(value) if matches!(&*value, ".inf" | "-.inf" | ".nan") => {
            let written = span(raw.defined, text).map(str::trim).filter(|t| !t.starts_with(['"', '\'']));
            Value::Text(written.map_or(value, str::to_owned))
        }
        Raw::Text(value) => Value::Text(value),
        Raw::List(items) => Value::List(items.into_iter().map(|item| settle(item, text, report)).collect()),
        Raw::Map(entries) => {
            let mut map = Vec::with_capacity(entries.len());
            for (key, value) in entries {
                let value = settle(value, text, report);
                let key = settle(key, text, report);
                match key.value {
                    Value::Text(name) | Value::Number(name) => map.push(Entry { key: name, at: key.at, value }),
                    Value::Bool(name) => map.push(Entry { key: name.to_string(), at: key.at, value }),
                    _ => report.error(
                        key.at,
                        "wrong_type",
                        format!("a key must be text, this is {}", key.kind()),
                        "write `key: value`",
                    ),
                }
            }
            Value::Map(map)
        }
    };
    Node { at, value }
}

/// Returns the number as it is written.
fn source(location: Location, text: &str) -> Option<&str> {
    span(location, text).map(str::trim).filter(|t| t.parse::<f64>().is_ok())
}

fn span(location: Location, text: &str) -> Option<&str> {
    let span = location.span();
    let start = usize::try_from(span.byte_offset()?).ok()?;
    let end = start.checked_add(usize::try_from(span.byte_len()?).ok()?)?;
    text.get(start..end)
}

fn report_syntax(error: &Error, text: &str, report: &mut Report) {
    let at = error.location().map_or(Place::START, place);
    if let Some(tab) = tab_indentation(text, at.line) {
        let hint = "YAML indentation is spaces: replace the tab by spaces";
        report.error(tab, "tab_indentation", "a tab in the indentation", hint);
        return;
    }
    if let Some((at, message, hint)) = indentation::finding(&error.to_string(), text, at) {
        report.error(at, "yaml_syntax", message, hint);
        return;
    }
    let innermost = match error.without_snippet() {
        Error::AliasError { error, .. } => error.without_snippet(),
        other => other,
    };
    let (code, message, hint) = match innermost {
        Error::MultipleDocuments { .. } => {
            ("yaml_syntax", "a second YAML document begins here".to_owned(), "remove the line `---`")
        }
        Error::UnknownAnchor { .. } => (
            "yaml_syntax",
            "this alias has no anchor before it".to_owned(),
            "write `&name` before the value that `*name` repeats; put text that begins with `*` in quotes",
        ),
        Error::RecursiveReferencesRequireWeakTypes { .. } => {
            ("yaml_syntax", "this alias is inside what it repeats".to_owned(), "repeat only what is finished before")
        }
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => (
            "too_complex",
            format!("too much here, aliases replaced: at most {MAX_NODES} values, {MAX_DEPTH} levels"),
            "use fewer aliases, or aliases of smaller values",
        ),
        // granit-parser's own words for brackets within brackets.
        other if other.to_string().contains("recursion limit") => {
            ("too_complex", format!("too deep: at most {MAX_DEPTH} levels"), "close the brackets, or nest less")
        }
        other => {
            let message = without_place(&other.to_string(), at);
            let hint = syntax_hint(&message);
            ("yaml_syntax", message, hint)
        }
    };
    report.error(at, code, message, hint);
}

/// The parser appends the place, which a finding says already.
fn without_place(message: &str, at: Place) -> String {
    let place = format!(" at line {}, column {}", at.line, at.column);
    message.strip_suffix(&place).unwrap_or(message).to_owned()
}

/// Returns the first tab in the indentation of the line of a syntax error, or of the next line:
/// text that runs on is reported where it began.
fn tab_indentation(text: &str, line: u64) -> Option<Place> {
    let first = usize::try_from(line.saturating_sub(1)).ok()?;
    text.lines().enumerate().skip(first).take(2).find_map(|(index, line)| {
        let indentation = line.find(|c: char| c != ' ' && c != '\t').unwrap_or(line.len());
        let tab = line[..indentation].find('\t')?;
        Some(Place { line: index as u64 + 1, column: tab as u64 + 1 })
    })
}

/// What usually lies behind a syntax error of this text (granit-parser 2.2, as serde-saphyr 2.1 passes it on).
fn syntax_hint(message: &str) -> &'static str {
    const HINTS: [(&str, &str); 9] = [
        (
            "mapping values are not allowed",
            "put a value that contains `: ` in quotes, and begin every key on its own line",
        ),
        ("expected ':'", "write `key: value`, with a space after the colon"),
        ("unclosed quote", "close the quotation mark"),
        ("unclosed bracket", "close the bracket"),
        ("misplaced bracket", "remove the bracket, or put the text in quotes"),
        ("unknown escape", "use single quotes, in which a backslash is a backslash"),
        ("unexpected character", "put text that begins with a special character in quotes"),
        ("expected '-' indicator", "begin every item of a list with `- ` in the same column"),
        ("tab", "YAML indentation is spaces"),
    ];
    HINTS
        .iter()
        .find(|(part, _)| message.contains(part))
        .map_or("look at the indentation and the quotes of this line and the one before", |(_, hint)| hint)
}
