//! Values of the expected type out of a YAML tree, every surprise reported at its place.

use crate::{
    duration,
    finding::{Place, Report, Severity, quoted},
    yaml::{Entry, Node, Value},
};
use std::collections::HashMap;

/// A mapping whose keys are known. A key without a value counts as absent.
pub(crate) struct Fields<'n> {
    pub at: Place,
    entries: HashMap<&'n str, &'n Entry>,
}

impl<'n> Fields<'n> {
    /// Reads a mapping; reports another type, unknown keys and repeated keys. `what` names the mapping.
    pub(crate) fn read(node: &'n Node, what: &str, known: &[&str], report: &mut Report) -> Option<Self> {
        Self::read_but(node, what, known, |_| false, report)
    }

    /// Reads a mapping as `read` does, without a look at the keys that are passed over.
    pub(crate) fn read_but(
        node: &'n Node,
        what: &str,
        known: &[&str],
        is_passed_over: impl Fn(&str) -> bool,
        report: &mut Report,
    ) -> Option<Self> {
        let Value::Map(list) = &node.value else {
            wrong_type(node, what, "a mapping", &format!("its keys are {}", enumerate(known)), report);
            return None;
        };
        let mut entries: HashMap<&str, &Entry> = HashMap::new();
        for entry in list.iter().filter(|e| !is_passed_over(&e.key)) {
            if !known.contains(&entry.key.as_str()) {
                let hint =
                    if report.is_full(Severity::Error) { String::new() } else { unknown_key_hint(&entry.key, known) };
                report.error(entry.at, "unknown_key", format!("unknown key {} in {what}", quoted(&entry.key)), hint);
            } else if let Some(first) = entries.get(entry.key.as_str()) {
                duplicate_key(entry, first.at, report);
            } else {
                entries.insert(&entry.key, entry);
            }
        }
        Some(Self { at: node.at, entries })
    }

    /// Reads a mapping that was read before, and what is wrong with it reported then. `None`: it is none.
    pub(crate) fn read_quietly(node: &'n Node, known: &[&str]) -> Option<Self> {
        let Value::Map(list) = &node.value else { return None };
        let entries = list.iter().filter(|entry| known.contains(&entry.key.as_str()));
        Some(Self { at: node.at, entries: entries.map(|entry| (&*entry.key, entry)).collect() })
    }

    /// Returns the value of a key, unless it is absent or null.
    pub(crate) fn get(&self, key: &str) -> Option<&'n Node> {
        self.entries.get(key).map(|e| &e.value).filter(|node| !matches!(node.value, Value::Null))
    }

    /// Returns where a key stands.
    pub(crate) fn place_of(&self, key: &str) -> Place {
        self.entries.get(key).map_or(self.at, |e| e.at)
    }
}

fn duplicate_key(entry: &Entry, first: Place, report: &mut Report) {
    let message = format!("the key {} is already there", quoted(&entry.key));
    let hint = format!("line {} has it first; keep one of them", first.line);
    report.error(entry.at, "duplicate_key", message, hint);
}

/// Returns the nearest known key as a question, or all of them.
fn unknown_key_hint(key: &str, known: &[&str]) -> String {
    nearest(key, known).map_or_else(|| format!("known keys: {}", enumerate(known)), |k| format!("did you mean `{k}`?"))
}

/// Returns the known word that was probably meant.
pub(crate) fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    // Beyond this a word is no misspelling, and the comparison is quadratic.
    if word.len() > 64 {
        return None;
    }
    let word = word.to_lowercase().replace('-', "_");
    known
        .iter()
        .map(|k| (strsim::jaro_winkler(&word, &k.to_lowercase().replace('-', "_")), *k))
        .filter(|(likeness, _)| *likeness >= 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, k)| k)
}

/// Returns the known word of which a word is a misspelling: a letter or two that are others, too many or too few. A word
/// with other digits (`ipv4`) or with something before it (`nosignoff`) means something else.
pub(crate) fn misspelt<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let plain = |word: &str| word.to_lowercase().replace('-', "_");
    let digits = |word: &str| word.chars().filter(char::is_ascii_digit).collect::<String>();
    if word.len() > 64 {
        return None;
    }
    let meant = plain(word);
    let candidates = known.iter().filter_map(|name| {
        let other = plain(name);
        let most = match meant.chars().count().max(other.chars().count()) {
            0..=3 => 0,
            4..=7 => 1,
            _ => 2,
        };
        let is_prefixed = meant != other && (meant.ends_with(&other) || other.ends_with(&meant));
        let distance = strsim::osa_distance(&meant, &other);
        (distance <= most && !is_prefixed && digits(&meant) == digits(&other)).then_some((distance, *name))
    });
    candidates.min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// Returns the words in code marks, with commas between.
pub(crate) fn enumerate(words: &[&str]) -> String {
    words.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(", ")
}

pub(crate) fn wrong_type(node: &Node, what: &str, expected: &str, hint: &str, report: &mut Report) {
    report.error(node.at, "wrong_type", format!("{what} must be {expected}, this is {}", node.kind()), hint);
}

/// Returns text; a number counts as the text it is written as.
pub(crate) fn text<'n>(node: &'n Node, what: &str, report: &mut Report) -> Option<&'n str> {
    match &node.value {
        Value::Text(text) | Value::Number(text) => Some(text),
        Value::Bool(_) => {
            wrong_type(node, what, "text", "put the word in quotes", report);
            None
        }
        _ => {
            wrong_type(node, what, "text", "write one value on the line of the key", report);
            None
        }
    }
}

pub(crate) fn flag(node: &Node, what: &str, report: &mut Report) -> Option<bool> {
    if let Value::Bool(value) = node.value {
        return Some(value);
    }
    wrong_type(node, what, "true or false", "write `true` or `false`, without quotes", report);
    None
}

pub(crate) fn list<'n>(node: &'n Node, what: &str, report: &mut Report) -> Option<&'n [Node]> {
    if let Value::List(items) = &node.value {
        return Some(items);
    }
    wrong_type(node, what, "a list", "begin every item with `- `, or write `[a, b]`", report);
    None
}

/// Returns the items of a list, or a single value as a list of one.
pub(crate) fn one_or_more(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(items) => items,
        _ => std::slice::from_ref(node),
    }
}

/// Returns a span of time in milliseconds.
pub(crate) fn duration_ms(node: &Node, what: &str, report: &mut Report) -> Option<u64> {
    let parsed = match &node.value {
        Value::Number(text) | Value::Text(text) => duration::parse(text),
        _ => {
            wrong_type(node, what, "a span of time", duration::HINT, report);
            return None;
        }
    };
    parsed.map_err(|why| report.error(node.at, "bad_duration", format!("{what}: {why}"), duration::HINT)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelling_means_the_same() {
        let known =
            ["user-agent", "ipv6", "maxRedirects", "commitPrefixStatusUp", "skipTopicsUpdate", "assignees", "url"];
        let check = |word: &str, expected: Option<&str>| assert_eq!(misspelt(word, &known), expected, "{word}");
        check("userAgent", Some("user-agent"));
        check("User_Agent", Some("user-agent"));
        check("maxRedirect", Some("maxRedirects"));
        check("maxredriects", Some("maxRedirects"));
        check("assignee", Some("assignees"));
        check("ipv4", None);
        check("ipv", None);
        check("commitInterval", None);
        check("commitPrefixStatusDown", None);
        check("skipCommit", None);
        check("autoAssign", None);
        check("unskipTopicsUpdate", None);
        check(&"t".repeat(100_000), None);
    }

    #[test]
    fn nearest_words() {
        let known = ["targets", "interval", "max_response_time", "body_lacks", "__dangerous__insecure"];
        let check = |word: &str, expected: Option<&str>| assert_eq!(nearest(word, &known), expected, "{word}");
        check("target", Some("targets"));
        check("intervall", Some("interval"));
        check("maxResponseTime", Some("max_response_time"));
        check("max-response-time", Some("max_response_time"));
        check("body_lack", Some("body_lacks"));
        check("zzz", None);
        check(&"t".repeat(100_000), None);
    }
}
