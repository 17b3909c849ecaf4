//! YAML as js-yaml 4.3 reads it, which is what Upptime reads its configuration with: which scalars are what, and what it
//! refuses though it is YAML.
//!
//! Called for texts that were read without an error before, so what aliases may blow it up to is bounded.

use super::{Entry, Node, Value, number};
use crate::finding::Place;
use granit_parser::{Event, Parser, ScalarStyle, Span, StrInput, Tag};
use std::collections::HashMap;

/// Where js-yaml gives up, and why in its own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub at: Place,
    pub why: String,
}

/// Returns the document, and everything at which js-yaml would have given up; `None` where there is none.
pub(crate) fn compose(text: &str) -> Option<(Node, Vec<Refused>)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut composer = Composer { parser: Parser::new_from_str(text), anchors: HashMap::new(), refused: Vec::new() };
    loop {
        match composer.pull()? {
            (Event::StreamStart | Event::DocumentStart(..), _) => {}
            (event, span) => return composer.node(event, span).map(|node| (node, composer.refused)),
        }
    }
}

struct Composer<'t> {
    parser: Parser<'t, StrInput<'t>>,
    anchors: HashMap<usize, Node>,
    refused: Vec<Refused>,
}

/// The keys that came by `<<` are there until the mapping says them itself.
struct Pair {
    entry: Entry,
    is_merged: bool,
}

impl<'t> Composer<'t> {
    fn pull(&mut self) -> Option<(Event<'t>, Span)> {
        self.parser.next_event()?.ok()
    }

    fn refuse(&mut self, at: Place, why: impl Into<String>) {
        self.refused.push(Refused { at, why: why.into() });
    }

    fn node(&mut self, event: Event<'t>, span: Span) -> Option<Node> {
        let at = Place { line: span.start.line() as u64, column: span.start.col() as u64 + 1 };
        let (node, anchor) = match event {
            Event::Alias(id) => (Node { at, ..self.anchors.get(&id)?.clone() }, 0),
            Event::Scalar(text, style, anchor, tag) => {
                let is_plain = style == ScalarStyle::Plain;
                (Node { at, value: self.scalar(&text, is_plain, tag.as_deref(), at) }, anchor)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.check_tag(tag.as_deref(), &["seq", "omap", "pairs"], at);
                (Node { at, value: Value::List(self.list()?) }, anchor)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.check_tag(tag.as_deref(), &["map", "set"], at);
                (Node { at, value: Value::Map(self.map()?) }, anchor)
            }
            _ => return None,
        };
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Some(node)
    }

    fn list(&mut self) -> Option<Vec<Node>> {
        let mut items = Vec::new();
        loop {
            match self.pull()? {
                (Event::SequenceEnd, _) => return Some(items),
                (event, span) => items.push(self.node(event, span)?),
            }
        }
    }

    fn map(&mut self) -> Option<Vec<Entry>> {
        let mut pairs: Vec<Pair> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        loop {
            let (event, span) = match self.pull()? {
                (Event::MappingEnd, _) => return Some(pairs.into_iter().map(|pair| pair.entry).collect()),
                key => key,
            };
            let is_merge = matches!(&event, Event::Scalar(text, ScalarStyle::Plain, _, None) if text == "<<");
            let key = self.node(event, span)?;
            let (event, span) = self.pull()?;
            let value = self.node(event, span)?;
            if is_merge {
                self.merge(value, &mut pairs, &mut places);
                continue;
            }
            let entry = Entry { key: key_text(&key.value), at: key.at, value };
            match places.get(&entry.key).copied() {
                Some(index) if pairs[index].is_merged => pairs[index] = Pair { entry, is_merged: false },
                first => {
                    // Kept all the same: what is said of the second one is said with both places.
                    if first.is_none() {
                        places.insert(entry.key.clone(), pairs.len());
                    }
                    pairs.push(Pair { entry, is_merged: false });
                }
            }
        }
    }

    fn merge(&mut self, value: Node, pairs: &mut Vec<Pair>, places: &mut HashMap<String, usize>) {
        let at = value.at;
        let sources = match value.value {
            Value::List(items) => items,
            other => vec![Node { at, value: other }],
        };
        for source in sources {
            let Value::Map(entries) = source.value else {
                self.refuse(source.at, "cannot merge mappings; the provided source object is unacceptable");
                continue;
            };
            for entry in entries {
                if !places.contains_key(&entry.key) {
                    places.insert(entry.key.clone(), pairs.len());
                    pairs.push(Pair { entry, is_merged: true });
                }
            }
        }
    }

    fn scalar(&mut self, text: &str, is_plain: bool, tag: Option<&Tag>, at: Place) -> Value {
        let as_text = || Value::Text(text.to_owned());
        let Some(tag) = tag else {
            return if is_plain { plain(text) } else { as_text() };
        };
        let read = match kind(tag) {
            "str" | "!" => return as_text(),
            "null" => is_null(text).then_some(Value::Null),
            "bool" => boolean(text).map(Value::Bool),
            "int" => number::is_int(text).then(|| Value::Number(text.to_owned())),
            "float" => number::is_float(text).then(|| Value::Number(text.to_owned())),
            "timestamp" => is_timestamp(text).then(|| Value::Date(text.to_owned())),
            "binary" | "merge" => return as_text(),
            _ => {
                self.refuse(at, format!("unknown tag !<{}>", full(tag)));
                return as_text();
            }
        };
        read.unwrap_or_else(|| {
            self.refuse(at, format!("cannot resolve a node with !<{}> explicit tag", full(tag)));
            as_text()
        })
    }

    fn check_tag(&mut self, tag: Option<&Tag>, known: &[&str], at: Place) {
        if let Some(tag) = tag
            && kind(tag) != "!"
            && !known.contains(&kind(tag))
        {
            self.refuse(at, format!("unknown tag !<{}>", full(tag)));
        }
    }
}

fn full(tag: &Tag) -> String {
    format!("{}{}", tag.handle(), tag.suffix())
}

/// Returns what a tag says that a node is: the name of a type of YAML, `!` for "not to be guessed", "" for one of its own.
fn kind(tag: &Tag) -> &'static str {
    const KNOWN: [&str; 13] =
        ["str", "null", "bool", "int", "float", "timestamp", "binary", "merge", "seq", "omap", "pairs", "map", "set"];
    let full = full(tag);
    if full == "!" || full.is_empty() {
        return "!";
    }
    let name = full.strip_prefix("tag:yaml.org,2002:").unwrap_or_default();
    KNOWN.into_iter().find(|known| *known == name).unwrap_or("")
}

/// Returns what a scalar without quotes and without a tag is, in the order in which js-yaml asks its types.
pub(super) fn plain(text: &str) -> Value {
    if text.is_empty() || is_null(text) {
        Value::Null
    } else if let Some(value) = boolean(text) {
        Value::Bool(value)
    } else if number::is_int(text) || number::is_float(text) {
        Value::Number(text.to_owned())
    } else if is_timestamp(text) {
        Value::Date(text.to_owned())
    } else {
        Value::Text(text.to_owned())
    }
}

fn is_null(text: &str) -> bool {
    matches!(text, "~" | "null" | "Null" | "NULL")
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// Returns what JavaScript makes of a key: objects have no others than texts.
fn key_text(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(text) => number::shown(number::value(text)),
        Value::Text(text) | Value::Date(text) => text.clone(),
        Value::List(items) => {
            let texts = items
                .iter()
                .map(|item| if matches!(item.value, Value::Null) { String::new() } else { key_text(&item.value) });
            texts.collect::<Vec<_>>().join(",")
        }
        Value::Map(_) => "[object Object]".to_owned(),
    }
}

/// Whether a text is a date (`2026-01-01`) or a moment (`2026-1-1 10:00:00 +01:00`).
fn is_timestamp(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut rest = Digits(bytes);
    let is_date = bytes.len() == 10
        && rest.take(4, 4)
        && rest.sign(b"-")
        && rest.take(2, 2)
        && rest.sign(b"-")
        && rest.take(2, 2);
    is_date || is_moment(Digits(bytes))
}

fn is_moment(mut rest: Digits<'_>) -> bool {
    let has_day = rest.take(4, 4) && rest.sign(b"-") && rest.take(1, 2) && rest.sign(b"-") && rest.take(1, 2);
    if !has_day || !(rest.sign(b"Tt") || rest.blanks() > 0) {
        return false;
    }
    if !(rest.take(1, 2) && rest.sign(b":") && rest.take(2, 2) && rest.sign(b":") && rest.take(2, 2)) {
        return false;
    }
    if rest.sign(b".") {
        rest.take(0, usize::MAX);
    }
    if rest.0.is_empty() {
        return true;
    }
    rest.blanks();
    if rest.sign(b"Z") {
        return rest.0.is_empty();
    }
    rest.sign(b"+-")
        && rest.take(1, 2)
        && (rest.0.is_empty() || (rest.sign(b":") && rest.take(2, 2) && rest.0.is_empty()))
}

/// What is left of a text that is read sign by sign.
struct Digits<'t>(&'t [u8]);

impl Digits<'_> {
    /// Takes as many digits as there are, at most `most`; whether there were enough.
    fn take(&mut self, least: usize, most: usize) -> bool {
        let n = self.0.iter().take(most).take_while(|b| b.is_ascii_digit()).count();
        self.0 = &self.0[n..];
        n >= least
    }

    fn sign(&mut self, any_of: &[u8]) -> bool {
        let is_there = self.0.first().is_some_and(|b| any_of.contains(b));
        self.0 = &self.0[usize::from(is_there)..];
        is_there
    }

    fn blanks(&mut self) -> usize {
        let n = self.0.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        self.0 = &self.0[n..];
        n
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{finding::Report, yaml};

    /// What js-yaml 4.3.1 makes of it; `refused` where it throws.
    const FORMS: &[(&str, &str)] = &[
        ("a: 0o17\nb: 017\nc: 0x1F\nd: 0b11\ne: 1_000", "{\"a\":15,\"b\":17,\"c\":31,\"d\":3,\"e\":\"1_000\"}"),
        (
            "a: 08\nb: +1\nc: -0\nd: 1e3\ne: 1e999\nf: 12e4567",
            "{\"a\":8,\"b\":1,\"c\":0,\"d\":1000,\"e\":\"1e999\",\"f\":\"12e4567\"}",
        ),
        (
            "a: .5\nb: 1.\nc: -.5\nd: .inf\ne: -.INF\nf: .NaN\ng: 190:20:30",
            "{\"a\":0.5,\"b\":1,\"c\":\"-.5\",\"d\":Infinity,\"e\":-Infinity,\"f\":NaN,\"g\":\"190:20:30\"}",
        ),
        (
            "a: yes\nb: no\nc: on\nd: True\ne: TRUE\nf: tRUE",
            "{\"a\":\"yes\",\"b\":\"no\",\"c\":\"on\",\"d\":true,\"e\":true,\"f\":\"tRUE\"}",
        ),
        ("a: ~\nb: null\nc: Null\nd:\ne: nULL", "{\"a\":null,\"b\":null,\"c\":null,\"d\":null,\"e\":\"nULL\"}"),
        (
            "a: 2026-01-01\nb: 2026-1-1\nc: 2026-01-01T10:00:00Z\nd: 2026-01-01 10:00:00 +01:00",
            "{\"a\":date,\"b\":\"2026-1-1\",\"c\":date,\"d\":date}",
        ),
        ("a: '1'\nb: \"2\"\nc: !!str 3\nd: ! 4", "{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\",\"d\":\"4\"}"),
        ("a: &x {b: 1}\nc: *x\nd: {<<: *x, b: 2}", "{\"a\":{\"b\":1},\"c\":{\"b\":1},\"d\":{\"b\":2}}"),
        ("a: &x {b: 1, c: 2}\nd:\n  c: 3\n  <<: *x", "{\"a\":{\"b\":1,\"c\":2},\"d\":{\"c\":3,\"b\":1}}"),
        ("d:\n  <<: [{a: 1}, {a: 2, b: 3}]\n  e: 4", "{\"d\":{\"a\":1,\"b\":3,\"e\":4}}"),
        ("1: a\n0x1: b", "refused"),
        ("1: a\n'2': b\ntrue: c\n~: d", "{\"1\":\"a\",\"2\":\"b\",\"true\":\"c\",\"null\":\"d\"}"),
        ("? [a, b]\n: c", "{\"a,b\":\"c\"}"),
        ("a: 1\na: 2", "refused"),
        ("a: {b: 1, b: 2}", "refused"),
        ("<<: 1", "refused"),
        ("a: !foo b", "refused"),
        ("a: !!int x", "refused"),
        ("a: !!bool yes", "refused"),
        ("a: |\n  12\n", "{\"a\":\"12\\n\"}"),
        ("a: |-\n  12", "{\"a\":\"12\"}"),
        ("a: >-\n  x\n  y\n\n  z", "{\"a\":\"x y\\nz\"}"),
        ("a: x\n  y", "{\"a\":\"x y\"}"),
        ("a: 'it''s'", "{\"a\":\"it's\"}"),
        ("a: \"\\x41\\u00e9\"", "{\"a\":\"Aé\"}"),
        ("a: [b: c, {d: e}]", "{\"a\":[{\"b\":\"c\"},{\"d\":\"e\"}]}"),
        ("a: {x, y: }", "{\"a\":{\"x\":null,\"y\":null}}"),
        ("a: b # c\nd: e#f", "{\"a\":\"b\",\"d\":\"e#f\"}"),
        ("\u{feff}a: 1", "{\"a\":1}"),
        ("a: 1\n...\n", "{\"a\":1}"),
        ("a: 1\n---\nb: 2", "refused"),
        ("a: b: c", "refused"),
        ("a: [1, 2", "refused"),
        ("a: @x", "refused"),
        ("a:\t1", "{\"a\":1}"),
        ("a: *nope", "refused"),
        ("a: &x [1]\nb: [*x, *x]", "{\"a\":[1],\"b\":[[1],[1]]}"),
        ("a: !!float 3\nb: !!null ''", "refused"),
        ("- a\n- - b\n  - c", "[\"a\",[\"b\",\"c\"]]"),
        ("a: <<", "{\"a\":\"<<\"}"),
        ("\"<<\": {a: 1}", "{\"<<\":{\"a\":1}}"),
        ("a: =", "{\"a\":\"=\"}"),
        ("a: 1e+3\nb: 1E-2\nc: 1.5e3", "{\"a\":1000,\"b\":0.01,\"c\":1500}"),
        ("a: 99999999999999999999", "{\"a\":100000000000000000000}"),
    ];

    fn shown(node: &Node) -> String {
        match &node.value {
            Value::Null => "null".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Number(text) => number::shown(number::value(text)),
            Value::Text(text) => serde_json::to_string(text).expect("JSON"),
            Value::Date(_) => "date".to_owned(),
            Value::List(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(",")),
            Value::Map(entries) => {
                let pair = |e: &Entry| format!("{}:{}", serde_json::to_string(&e.key).expect("JSON"), shown(&e.value));
                format!("{{{}}}", entries.iter().map(pair).collect::<Vec<_>>().join(","))
            }
        }
    }

    fn has_a_key_twice(node: &Node) -> bool {
        match &node.value {
            Value::List(items) => items.iter().any(has_a_key_twice),
            Value::Map(entries) => {
                let mut seen = std::collections::HashSet::new();
                entries.iter().any(|entry| !seen.insert(&entry.key) || has_a_key_twice(&entry.value))
            }
            _ => false,
        }
    }

    #[test]
    fn what_js_yaml_reads_is_read() {
        for (text, expected) in FORMS {
            let found = yaml::parse(text, &mut Report::new("")).and_then(|_| compose(text));
            let found = found.filter(|(root, refused)| refused.is_empty() && !has_a_key_twice(root));
            let found = found.map_or_else(|| "refused".to_owned(), |(root, _)| shown(&root));
            assert_eq!(found, *expected, "{text}");
        }
    }
}
