//! `addresses: every`: whether each address of a name is measured, or only as many as it takes until one answers.

use crate::{
    fields,
    finding::{Place, Report, quoted},
    yaml::{Node, Value},
};
use dualwatch_core::measure::target::{Endpoint, Expect, Host};
use std::net::IpAddr;

const EVERY: &str = "every";
const FIRST: &str = "first";

/// Returns which addresses are measured, where that is said and at which place, and the items that name addresses.
pub(super) fn split(node: &Node) -> (Option<(bool, Place)>, Vec<&Node>) {
    let mut which = None;
    let mut rest = Vec::new();
    for item in fields::one_or_more(node) {
        match &item.value {
            Value::Text(text) if text == EVERY => which = Some((true, item.at)),
            Value::Text(text) if text == FIRST => which = Some((false, item.at)),
            _ => rest.push(item),
        }
    }
    (which, rest)
}

/// Reads the key of the document: what holds for targets that do not say otherwise.
pub(super) fn of_all(node: &Node, report: &mut Report) -> bool {
    let Some(text) = fields::text(node, "`addresses`", report) else { return false };
    if text != EVERY && text != FIRST {
        let message = format!("`addresses` of all targets is {}", quoted(text));
        let hint = hint(text).unwrap_or("write `every` or `first`; addresses themselves belong to one target");
        report.error(node.at, "unknown_value", message, hint);
    }
    text == EVERY
}

/// Returns what was probably meant by a word that is no address.
pub(super) fn hint(text: &str) -> Option<&'static str> {
    let word = text.trim().to_lowercase();
    let is_meant =
        matches!(&*word, "all" | "each" | "any" | "both" | "evry" | "ever" | "every" | "every one" | "everyone");
    is_meant.then_some("did you mean `every`? it measures each address of the name")
}

/// Reports where each address is asked for and there can only be one, or none may answer.
pub(super) fn check(
    is_every: bool,
    at: Place,
    endpoint: Option<&Endpoint>,
    pinned: &[IpAddr],
    expect: &Expect,
    report: &mut Report,
) {
    if !is_every {
        return;
    }
    if endpoint.is_some_and(|endpoint| matches!(endpoint.host, Host::Address(_))) {
        let message = "the URL is an address: there is only this one";
        report.error(at, "unused_addresses", message, "write a name into the URL, or remove `every`");
    } else if expect.fails_with.is_some() {
        let message = "a target that must fail is measured as a whole";
        report.error(at, "unused_addresses", message, "remove `every`, or `fails_with`");
    } else if pinned.len() == 1 {
        let message = "of one address `every` is no more than `first`";
        report.warning(at, "unused_addresses", message, "name the others, too, or leave `addresses` to the DNS");
    }
}
