//! Remarks on keys: which mean something here, which nobody reads, and which are not in the shape in which they are read.

use super::{
    ends, js,
    known::{self, DOCUMENT, Keys, MESSAGES, SCHEDULE, SITE, SITE_NO_MEANING, SITE_NOT_FOLLOWED, Shape, WEBSITE},
    tally::{Remark, Tally},
};
use crate::{
    finding::{Report, quoted},
    yaml::{Entry, Node, Value},
};
use std::collections::HashMap;

/// What every right file has, and nobody needs to be told that it is about Upptime alone.
const EXPECTED: [&str; 3] = ["owner", "repo", "status-website"];

/// Maps below the top whose keys are known.
const BELOW: [(&str, &Keys); 3] =
    [("status-website", WEBSITE), ("workflowSchedule", SCHEDULE), ("commitMessages", MESSAGES)];

/// Remarks on the keys at the top, and on those below them.
pub(super) fn review_document(root: &Node, tally: &mut Tally, report: &mut Report) {
    for (key, entry) in unique(root, report) {
        review_shape("", key, &entry.value, DOCUMENT, report);
        match key {
            "sites" => {}
            "userAgent" => {
                if root.entry("user-agent").is_none() {
                    let message =
                        "`userAgent` is read by the status page and the graphs only; the monitor reads another key";
                    report.note(entry.at, "page_only", message, "did you mean `user-agent`?");
                }
            }
            key if known::has(DOCUMENT, key) => {
                if !EXPECTED.contains(&key) {
                    tally.note_document(Remark::NoMeaning, key, entry.at);
                }
            }
            _ => tally.note_document(Remark::UnknownInDocument, key, entry.at),
        }
        if let Some((_, keys)) = BELOW.iter().find(|(name, _)| *name == key) {
            review_below(key, &entry.value, keys, report);
        }
        // Any key may be a text of the page.
        if key == "i18n" {
            unique(&entry.value, report);
        }
    }
}

fn review_below(parent: &str, node: &Node, keys: &Keys, report: &mut Report) {
    for (key, entry) in unique(node, report) {
        if known::has(keys, key) {
            review_shape(&format!("{parent}."), key, &entry.value, keys, report);
            continue;
        }
        let hint = if known::has(DOCUMENT, key) {
            "Upptime reads it at the top only: it is indented once too often".to_owned()
        } else if let Some((other, _)) = BELOW.iter().find(|(_, keys)| known::has(keys, key)) {
            format!("Upptime reads it below `{other}:` only")
        } else {
            known::meant(key, known::names(keys))
        };
        let message = format!("nothing of Upptime reads {} below `{parent}`", quoted(key));
        report.warning(entry.at, "unknown_key", message, hint);
    }
}

/// Reports a value in a shape in which nothing reads it as it is meant.
fn review_shape(prefix: &str, key: &str, node: &Node, keys: &Keys, report: &mut Report) {
    let Some((_, shape)) = keys.iter().find(|(name, _)| *name == key) else { return };
    review_one(&format!("{prefix}{key}"), *shape, node, report);
}

fn review_one(key: &str, shape: Shape, node: &Node, report: &mut Report) {
    let (what, hint) = match (shape, &node.value) {
        (Shape::Any, _) | (_, Value::Null) => return,
        (Shape::Flag, Value::Text(text)) if js::says_no(node) => {
            let message = format!(
                "`{key}: {}` switches it on: Upptime takes every text but the empty one for yes",
                quoted(text).trim_matches('`')
            );
            report.warning(node.at, "switched_on", message, "write `false`, without quotes");
            return;
        }
        (Shape::Text, Value::Text(_))
        | (Shape::Scalar, Value::Text(_) | Value::Number(_) | Value::Date(_))
        | (Shape::Flag, Value::Bool(_) | Value::Text(_) | Value::Number(_))
        | (Shape::List, Value::List(_))
        | (Shape::Map, Value::Map(_)) => return,
        (Shape::Number, _) if !js::number(node).is_nan() => return,
        (Shape::List, Value::Text(_)) => {
            ("a list", "begin every item with `- `; a text is taken apart into its letters")
        }
        (Shape::List, _) => ("a list", "begin every item with `- `"),
        (Shape::Text | Shape::Scalar, _) => ("text", "put it in quotes"),
        (Shape::Number, _) => ("a number", "write digits alone"),
        (Shape::Flag, _) => ("true or false", "write `true` or `false`, without quotes"),
        (Shape::Map, _) => ("a mapping", "write `key: value` below it"),
    };
    let message = format!("`{key}` must be {what} in Upptime, and is {}", node.kind());
    report.warning(node.at, "wrong_shape", message, hint);
}

/// Returns the keys of a site that are read, after remarks on the others. A key without a value counts as absent.
pub(super) fn review_site<'n>(site: &'n Node, tally: &mut Tally, report: &mut Report) -> HashMap<&'n str, &'n Node> {
    let mut used = HashMap::new();
    for (key, entry) in unique(site, report) {
        if known::has(SITE, key) {
            used.insert(key, &entry.value);
        } else if known::has(SITE_NO_MEANING, key) {
            review_shape("", key, &entry.value, SITE_NO_MEANING, report);
            tally.note_site(Remark::NoMeaning, key, entry.at);
        } else if let Some((_, shape, instead)) = SITE_NOT_FOLLOWED.iter().find(|(known, ..)| *known == key) {
            review_one(key, *shape, &entry.value, report);
            // A harmless value of a key must not hide that others are not followed.
            if !is_harmless(key, &entry.value) {
                tally.note_site(Remark::NotFollowed(instead), key, entry.at);
            }
        } else {
            tally.note_site(Remark::UnknownInSite, key, entry.at);
        }
    }
    used
}

/// Whether a key that is not followed says what happens anyway.
fn is_harmless(key: &str, node: &Node) -> bool {
    match key {
        // Every other word is measured by Upptime's own runner.
        "type" => js::as_text(node) != Some("globalping"),
        _ => !js::is_truthy(node) || matches!(&node.value, Value::List(items) if items.is_empty()),
    }
}

/// Returns the entries that have a value, in the order of the file; of repeated keys the first one counts here.
fn unique<'n>(node: &'n Node, report: &mut Report) -> Vec<(&'n str, &'n Entry)> {
    let Value::Map(entries) = &node.value else {
        return Vec::new();
    };
    let mut seen = HashMap::new();
    let mut list = Vec::with_capacity(entries.len());
    for entry in entries {
        if let Some(first) = seen.get(entry.key.as_str()) {
            ends::report_twice(&quoted(&entry.key), entry.at, *first, report);
            continue;
        }
        seen.insert(&*entry.key, entry.at);
        if !matches!(entry.value.value, Value::Null) {
            list.push((entry.key.as_str(), entry));
        }
    }
    list
}
