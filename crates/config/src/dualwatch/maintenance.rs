//! What is announced: the rules of `maintenance:`.

mod when;

use super::declared::Declared;
use crate::{
    fields::{self, Fields},
    finding::{Report, quoted},
    yaml::Node,
};
use dualwatch_core::{
    measure::{
        family::{Family, PerFamily},
        text::{is_hidden, visible},
    },
    respond::maintenance::{Expected, Rule},
};

const KEYS: &[&str] =
    &["title", "targets", "families", "expected", "from", "to", "every", "at", "for", "zone", "until"];
/// Every round of a target looks at each of its rules.
const MAX_RULES: usize = 200;
const MAX_TITLE: usize = 200;

/// Reads the rules. Those that overlap are no mistake: the one that excuses most holds.
pub(super) fn rules(node: &Node, slugs: &Declared, report: &mut Report) -> Vec<Rule> {
    let Some(items) = fields::list(node, "`maintenance`", report) else { return Vec::new() };
    if items.len() > MAX_RULES {
        let message = format!("`maintenance` has {} items; {MAX_RULES} is the limit", items.len());
        report.error(items[MAX_RULES].at, "out_of_range", message, "remove those that are over");
    }
    items.iter().take(MAX_RULES).filter_map(|item| rule(item, slugs, report)).collect()
}

fn rule(node: &Node, slugs: &Declared, report: &mut Report) -> Option<Rule> {
    let fields = Fields::read(node, "a maintenance", KEYS, report)?;
    let title = title(&fields, report);
    let targets = fields.get("targets").map(|node| named(node, slugs, report));
    let families = fields.get("families").map_or(Some(PerFamily { ipv4: true, ipv6: true }), |n| families(n, report));
    let expected = fields.get("expected").map_or(Some(Expected::Down), |node| expected(node, report));
    let when = when::read(&fields, report);
    Some(Rule { title: title?, targets, families: families?, expected: expected?, when: when? })
}

fn title(fields: &Fields<'_>, report: &mut Report) -> Option<String> {
    let Some(node) = fields.get("title") else {
        let hint = "add `title:`, which everybody will read: `title: New core router`";
        report.error(fields.at, "missing_key", "a maintenance without `title`", hint);
        return None;
    };
    let title = fields::text(node, "`title`", report)?.trim();
    if title.is_empty() {
        report.error(node.at, "empty_text", "`title` is empty", "say what is done");
        return None;
    }
    if title.chars().count() > MAX_TITLE || title.contains(char::is_control) {
        let message = format!("`title` must be one line of at most {MAX_TITLE} characters");
        report.error(node.at, "out_of_range", message, "shorten it");
        return None;
    }
    if let Some(hidden) = title.chars().find(|c| is_hidden(*c)) {
        let message = format!("`title` has the invisible character {}", visible(hidden.encode_utf8(&mut [0; 4])));
        report.error(node.at, "invisible_character", message, "write it without");
        return None;
    }
    Some(title.to_owned())
}

fn named(node: &Node, slugs: &Declared, report: &mut Report) -> Vec<String> {
    let items = fields::one_or_more(node);
    if items.is_empty() {
        let message = "`targets` is empty, so that nothing is announced";
        report.error(node.at, "nothing_announced", message, "name slugs, or leave the key out for all targets");
    }
    let mut named = Vec::new();
    for item in items {
        let Some(slug) = fields::text(item, "`targets`", report) else { continue };
        let otherwise = |_: &[&str]| "write the `slug` of a target, or the one that is made from its name".to_owned();
        slugs.check(item, slug, ("unknown_target", "target with the slug"), otherwise, report);
        named.push(slug.to_owned());
    }
    named
}

fn families(node: &Node, report: &mut Report) -> Option<PerFamily<bool>> {
    let mut families = PerFamily { ipv4: false, ipv6: false };
    for item in fields::one_or_more(node) {
        let word = fields::text(item, "`families`", report)?;
        let Some(family) = Family::ALL.into_iter().find(|f| f.code() == word) else {
            let message = format!("{} is no family", quoted(word));
            report.error(item.at, "unknown_value", message, "write `ipv4`, `ipv6`, or leave the key out for both");
            return None;
        };
        *families.get_mut(family) = true;
    }
    if families.ipv4 || families.ipv6 {
        return Some(families);
    }
    let message = "`families` is empty, so that nothing is announced";
    report.error(node.at, "nothing_announced", message, "leave the key out for both");
    None
}

fn expected(node: &Node, report: &mut Report) -> Option<Expected> {
    match fields::text(node, "`expected`", report)? {
        "down" => Some(Expected::Down),
        "degraded" => Some(Expected::Degraded),
        other => {
            let message = format!("nothing is expected to be {}", quoted(other));
            report.error(node.at, "unknown_value", message, "write `down` or `degraded`");
            None
        }
    }
}
