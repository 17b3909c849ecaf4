//! What JavaScript makes of values: Upptime asks no type before it uses one.

use crate::{
    slug::is_js_space,
    yaml::{Node, Value, number},
};

/// Whether a value counts as true in a condition: every text but the empty one does, `no` and `false` in quotes included.
pub(super) fn is_truthy(node: &Node) -> bool {
    match &node.value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(text) => {
            let value = number::value(text);
            value != 0.0 && !value.is_nan()
        }
        Value::Text(text) => !text.is_empty(),
        Value::Date(_) | Value::List(_) | Value::Map(_) => true,
    }
}

/// Returns `String(x)`.
pub(super) fn text(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(text) => number::shown(number::value(text)),
        Value::Text(text) | Value::Date(text) => text.clone(),
        Value::List(items) => {
            let one = |item: &Node| if matches!(item.value, Value::Null) { String::new() } else { text(item) };
            items.iter().map(one).collect::<Vec<_>>().join(",")
        }
        Value::Map(_) => "[object Object]".to_owned(),
    }
}

/// Returns `Number(x)`, which may be no number.
pub(super) fn number(node: &Node) -> f64 {
    match &node.value {
        Value::Null => 0.0,
        Value::Bool(value) => f64::from(u8::from(*value)),
        Value::Number(text) => number::value(text),
        Value::List(_) | Value::Text(_) => of_text(&text(node)),
        Value::Date(_) | Value::Map(_) => f64::NAN,
    }
}

fn of_text(text: &str) -> f64 {
    let text = text.trim_matches(is_js_space);
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    match unsigned {
        "" if text.is_empty() => 0.0,
        "Infinity" => {
            if text.starts_with('-') {
                f64::NEG_INFINITY
            } else {
                f64::INFINITY
            }
        }
        _ if is_based(text) => number::value(&text.to_ascii_lowercase()),
        _ if unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') => decimal(text),
        _ => f64::NAN,
    }
}

fn is_based(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["0x", "0o", "0b"].iter().any(|base| lower.starts_with(base)) && number::is_int(&lower)
}

fn decimal(text: &str) -> f64 {
    let is_known = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    if is_known { text.parse().unwrap_or(f64::NAN) } else { f64::NAN }
}

/// Returns the value of a whole number; `None` for everything else, texts included (`Number.isInteger`).
pub(super) fn integer(node: &Node) -> Option<f64> {
    match &node.value {
        Value::Number(text) => Some(number::value(text)).filter(|value| value.is_finite() && value.fract() == 0.0),
        _ => None,
    }
}

/// Returns a text.
pub(super) fn as_text(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// Returns the value as it is written, where it is a single one.
pub(super) fn written(node: &Node) -> Option<String> {
    match &node.value {
        Value::Null => None,
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(text) | Value::Text(text) | Value::Date(text) => Some(text.clone()),
        Value::List(_) | Value::Map(_) => None,
    }
}

/// Whether a value switches on what its author means to switch off.
pub(super) fn says_no(node: &Node) -> bool {
    const NO: [&str; 9] = ["no", "off", "false", "n", "none", "never", "disabled", "0", "null"];
    matches!(&node.value, Value::Text(text) if NO.iter().any(|no| text.trim().eq_ignore_ascii_case(no)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Place;

    fn node(text: &str) -> Node {
        let (node, refused) = crate::yaml::js::compose(text).expect("YAML");
        assert_eq!(refused, [], "{text}");
        Node { at: Place::START, ..node }
    }

    #[test]
    fn values_are_used_as_javascript_uses_them() {
        for (yaml, is_on, as_number) in [
            ("true", true, 1.0),
            ("no", true, f64::NAN),
            ("'false'", true, f64::NAN),
            ("''", false, 0.0),
            ("0", false, 0.0),
            ("1", true, 1.0),
            (".nan", false, f64::NAN),
            ("' 200 '", true, 200.0),
            ("'2xx'", true, f64::NAN),
            ("'0x1F4'", true, 500.0),
            ("[301]", true, 301.0),
            ("[]", true, 0.0),
            ("[1, 2]", true, f64::NAN),
            ("{}", true, f64::NAN),
            ("~", false, 0.0),
            ("'-'", true, f64::NAN),
            ("'1e3'", true, 1000.0),
            ("'Infinity'", true, f64::INFINITY),
            ("'inf'", true, f64::NAN),
        ] {
            let node = node(yaml);
            assert_eq!(is_truthy(&node), is_on, "{yaml}");
            let found = number(&node);
            assert_eq!(found.to_string(), as_number.to_string(), "{yaml}");
        }
        assert_eq!(integer(&node("2.0")), Some(2.0));
        assert_eq!(integer(&node("'2'")), None);
        assert_eq!(text(&node("[0x10, ~, a]")), "16,,a");
    }
}
