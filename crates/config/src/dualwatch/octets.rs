//! Bytes to send or to expect: text, or `{ hex: "16 03 01" }`.

use super::short_text::short_text;
use crate::{
    fields::Fields,
    finding::{Report, quoted},
    yaml::{Node, Value},
};
use dualwatch_core::measure::target::Octets;

/// Reads text or hexadecimal. `what` names the value.
pub(super) fn read(node: &Node, what: &str, report: &mut Report) -> Option<Octets> {
    if !matches!(node.value, Value::Map(_)) {
        return short_text(node, what, report).map(Octets::Text);
    }
    let fields = Fields::read(node, what, &["hex"], report)?;
    let Some(node) = fields.get("hex") else {
        report.error(
            fields.at,
            "missing_key",
            format!("{what} without `hex`"),
            "write `{ hex: \"16 03 01\" }`, or text",
        );
        return None;
    };
    let text = short_text(node, "`hex`", report)?;
    let bytes = parse_hex(&text);
    if bytes.is_none() {
        let message = format!("{} is not hexadecimal", quoted(&text));
        report.error(node.at, "bad_hex", message, "two digits a byte, in quotes, for example `\"16 03 01\"`");
    }
    bytes.map(Octets::Bytes)
}

/// Two digits a byte; spaces only between bytes.
fn parse_hex(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for group in text.split_ascii_whitespace() {
        if group.len() % 2 != 0 || !group.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        for i in (0..group.len()).step_by(2) {
            bytes.push(u8::from_str_radix(&group[i..i + 2], 16).ok()?);
        }
    }
    (!bytes.is_empty()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal() {
        assert_eq!(parse_hex("16 03 01"), Some(vec![0x16, 3, 1]));
        assert_eq!(parse_hex(" 1603 FF "), Some(vec![0x16, 3, 0xff]));
        for bad in ["", " ", "1", "16 3", "xx", "+1", "0x16", "é"] {
            assert_eq!(parse_hex(bad), None, "{bad}");
        }
    }
}
