//! Under which name a target is shown together with others.

use crate::{
    fields,
    finding::{Report, quoted},
    look_alike,
    yaml::Node,
};
use dualwatch_core::measure::{
    group::Group,
    text::{is_hidden, visible},
};

/// Reads the `group` of a target; what is none has been reported.
pub(super) fn read(node: &Node, report: &mut Report) -> Option<String> {
    let text = fields::text(node, "`group`", report)?.trim();
    let Some(group) = Group::parse(text) else {
        let message =
            format!("{} is no name of a group (one line of at most {} characters)", quoted(text), Group::MAX_CHARS);
        report.error(node.at, "bad_group", message, "write a name such as `Payments`, or leave the key out");
        return None;
    };
    if let Some(hidden) = text.chars().find(|c| is_hidden(*c)) {
        let message = format!("`group` has the invisible character {}", visible(hidden.encode_utf8(&mut [0; 4])));
        report.error(node.at, "invisible_character", message, "write it without");
        return None;
    }
    look_alike::check(text, "`group`", node.at, report);
    Some(group.as_str().to_owned())
}
