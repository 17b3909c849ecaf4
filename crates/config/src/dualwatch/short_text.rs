//! Text that is compared or sent: there is some, and not much.

use crate::{fields, finding::Report, yaml::Node};

/// In bytes.
const MAX_TEXT: usize = 4_096;

/// Reads such a text. `what` names the value.
pub(super) fn short_text(node: &Node, what: &str, report: &mut Report) -> Option<String> {
    let text = fields::text(node, what, report)?;
    if text.is_empty() {
        report.error(
            node.at,
            "empty_text",
            format!("{what} is empty, so it says nothing"),
            "write some text, or remove it",
        );
        return None;
    }
    if text.len() > MAX_TEXT {
        let message = format!("{what} has {} bytes; {MAX_TEXT} is the limit", text.len());
        report.error(node.at, "out_of_range", message, "a characteristic part is enough");
        return None;
    }
    Some(text.to_owned())
}
