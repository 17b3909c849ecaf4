//! One line of text that stands in pages: short, and with nothing in it that cannot be seen.

use crate::{fields, finding::Report, yaml::Node};
use dualwatch_core::measure::text::{is_hidden, visible};

/// Reads it. `what` names the value, `most` counts characters.
pub(super) fn read(node: &Node, what: &str, most: usize, report: &mut Report) -> Option<String> {
    let text = fields::text(node, what, report)?.trim();
    if text.is_empty() {
        report.error(node.at, "empty_text", format!("{what} is empty"), "write some text, or remove it");
        return None;
    }
    // A line break is hidden as well, and the commoner mistake.
    if text.contains(['\n', '\r']) || text.chars().count() > most {
        let message = format!("{what} must be one line of at most {most} characters");
        report.error(node.at, "out_of_range", message, "shorten it");
        return None;
    }
    if let Some(hidden) = text.chars().find(|c| is_hidden(*c)) {
        let message = format!("{what} has the invisible character {}", visible(hidden.encode_utf8(&mut [0; 4])));
        report.error(node.at, "invisible_character", message, "write it without");
        return None;
    }
    Some(text.to_owned())
}
