//! What is expected inside of a body: regular expressions, and places in JSON.

use super::{super::short_text::short_text, MAX_ITEMS, bounded};
use crate::{
    fields::wrong_type,
    finding::{Report, quoted},
    yaml::{Node, Value},
};
use dualwatch_core::measure::target::{JsonExpectation, JsonPath, JsonScalar, MAX_PATTERN_COST, MAX_PATTERNS_COST};
use dualwatch_pattern::{Error, Pattern};

const COSTLY_HINT: &str = "every character counts, as often as it may be repeated: `.*` is one, `.{0,200}` is 200; `body_contains` costs nothing";
const JSON_HINT: &str = "write `$.status: ok` below it; a path without value means that it is there";

/// Returns the regular expressions, which can be read and are not too much together for a body of any text.
pub(super) fn matches(node: &Node, report: &mut Report) -> Vec<String> {
    let mut expressions = Vec::new();
    let mut spent = 0;
    for item in bounded(node, "`body_matches`", report) {
        let Some(text) = short_text(item, "`body_matches`", report) else {
            continue;
        };
        match Pattern::parse(&text) {
            Ok(pattern) if pattern.cost() > MAX_PATTERN_COST => {
                let cost = pattern.cost();
                let limit = format!("it costs {cost}; {MAX_PATTERN_COST} is the limit");
                report.error(
                    item.at,
                    "costly_regex",
                    format!("{} is too much to look for: {limit}", quoted(&text)),
                    COSTLY_HINT,
                );
            }
            Ok(pattern) if spent + pattern.cost() > MAX_PATTERNS_COST => {
                let cost = pattern.cost();
                let limit = format!(
                    "it costs {cost}, and those before it {spent}; {MAX_PATTERNS_COST} is the limit of a target"
                );
                report.error(
                    item.at,
                    "costly_regex",
                    format!("{} is too much to look for: {limit}", quoted(&text)),
                    COSTLY_HINT,
                );
            }
            Ok(pattern) => {
                spent += pattern.cost();
                expressions.push(text);
            }
            Err(error @ Error::TooLarge) => {
                let message = format!("{} is too much to look for: {error}", quoted(&text));
                report.error(item.at, "costly_regex", message, COSTLY_HINT);
            }
            Err(error @ Error::Syntax(_)) => {
                let message = format!("{} is no regular expression: {error}", quoted(&text));
                let hint = "the syntax is that of Rust's `regex-lite`: no look-around, no back-references";
                report.error(item.at, "bad_regex", message, hint);
            }
        }
    }
    expressions
}

/// Returns the places of a JSON body with what they must hold.
pub(super) fn json(node: &Node, report: &mut Report) -> Vec<JsonExpectation> {
    let Value::Map(entries) = &node.value else {
        wrong_type(node, "`body_json`", "a mapping", JSON_HINT, report);
        return Vec::new();
    };
    if entries.len() > MAX_ITEMS {
        let message = format!("`body_json` has {} items; {MAX_ITEMS} is the limit", entries.len());
        report.error(entries[MAX_ITEMS].at, "out_of_range", message, "expect less");
    }
    let mut expectations = Vec::new();
    for entry in entries.iter().take(MAX_ITEMS) {
        let path = match JsonPath::parse(&entry.key) {
            Ok(path) => path,
            Err(why) => {
                let message = format!("{} is no path in JSON: {why}", quoted(&entry.key));
                report.error(entry.at, "bad_json_path", message, "write it like `$.parts[0].name`");
                continue;
            }
        };
        let equals = match &entry.value.value {
            Value::Null => None,
            Value::Bool(value) => Some(JsonScalar::Bool(*value)),
            Value::Number(text) => Some(JsonScalar::Number(text.clone())),
            Value::Text(text) | Value::Date(text) => Some(JsonScalar::Text(text.clone())),
            Value::List(_) | Value::Map(_) => {
                let hint = "name the value inside of it, for example `$.parts[0].name`";
                wrong_type(&entry.value, "the value at a path", "text, a number, true or false", hint, report);
                continue;
            }
        };
        expectations.push(JsonExpectation { path, equals });
    }
    expectations
}
