//! `self_test:`: the origins that the page tests the visitor's families with.
//!
//! `https://*.ipv6.status.example` says that every name below is the endpoint: then each request has a name of its own, and
//! no browser remembers what became of an earlier one.

use super::target::read_browser_url;
use crate::{
    fields::{self, Fields},
    finding::{Report, quoted},
    yaml::Node,
};
use dualwatch_core::{
    measure::{
        family::Family,
        target::{BrowserEndpoints, Endpoint, Host},
        url,
    },
    self_test::place::Beside,
};

const KEYS: &[&str] =
    &["ipv4", "ipv6", "dual_stack", "literal_ipv4", "literal_ipv6", "resolver_ipv6", "neutral_ipv4", "neutral_ipv6"];
/// What a whole test needs.
const NEEDED: [&str; 3] = ["ipv4", "ipv6", "dual_stack"];
/// What lists of names and paths block: a name with one of these in it is no control for that.
const BLOCKED: [&str; 8] = ["ipv4", "ipv6", "ip4", "ip6", "test", "track", "metric", "probe"];
/// What stands before the name where there is room for a label.
const ANY_LABEL: &str = "*.";

pub(super) fn read(node: &Node, report: &mut Report) -> (BrowserEndpoints, Beside) {
    let Some(fields) = Fields::read(node, "`self_test`", KEYS, report) else {
        return (BrowserEndpoints::default(), Beside::default());
    };
    let name = |key, family, report: &mut Report| origin(fields.get(key)?, key, family, report);
    let origins = BrowserEndpoints {
        ipv4: name("ipv4", Some(Family::Ipv4), report),
        ipv6: name("ipv6", Some(Family::Ipv6), report),
        dual_stack: name("dual_stack", None, report),
    };
    let literal = |key, family, report: &mut Report| literal(fields.get(key)?, key, family, report);
    let beside = Beside {
        literal_ipv4: literal("literal_ipv4", Family::Ipv4, report),
        literal_ipv6: literal("literal_ipv6", Family::Ipv6, report),
        resolver_ipv6: name("resolver_ipv6", None, report),
        neutral_ipv4: name("neutral_ipv4", Some(Family::Ipv4), report),
        neutral_ipv6: name("neutral_ipv6", Some(Family::Ipv6), report),
    };
    for (key, neutral, own) in
        [("neutral_ipv4", &beside.neutral_ipv4, &origins.ipv4), ("neutral_ipv6", &beside.neutral_ipv6, &origins.ipv6)]
    {
        if let (Some(node), Some(neutral)) = (fields.get(key), neutral) {
            warn_of_no_control(node, key, neutral, own.as_deref(), report);
        }
    }
    let missing: Vec<String> =
        NEEDED.into_iter().filter(|key| fields.get(key).is_none()).map(|key| format!("`{key}`")).collect();
    // A key that is misspelt is not missing.
    if !missing.is_empty() && !report.has_error() {
        report.warning(
            node.at,
            "self_test_incomplete",
            format!("`self_test` has no {}: what needs it is not asked, and not known", missing.join(", no ")),
            "`dualwatch echo --zone NAME` prints all of it, with the DNS records",
        );
    }
    (origins, beside)
}

/// Reads an origin whose host is a name, or an address of the family where the family is one.
fn origin(node: &Node, key: &str, family: Option<Family>, report: &mut Report) -> Option<String> {
    let text = fields::text(node, &format!("`{key}`"), report)?;
    let bare = text.replacen(&["//", ANY_LABEL].concat(), "//", 1);
    let is_wild = bare != text;
    if bare.contains('*') {
        let message = format!("a `*` in {} that is not the whole first label", quoted(text));
        report.error(
            node.at,
            "bad_url",
            message,
            "one label is new with each request: `https://*.ipv6.status.example`",
        );
        return None;
    }
    let endpoint = read_browser_url(node, &bare, family, report)?;
    let origin = without_path(&endpoint, is_wild, node, report);
    match &endpoint.host {
        Host::Address(address) if is_wild => {
            let message = format!("{address} is an address: nothing can stand before it");
            report.error(node.at, "bad_url", message, "leave `*.` out, or write a name");
            None
        }
        Host::Name(name) if !is_wild && !crate::reach::is_localhost(name) && !report.has_error() => {
            report.warning(
                node.at,
                "no_fresh_labels",
                format!("every request to `{key}` has the same name, and browsers remember what became of it: Firefox stays on IPv4 for minutes after one failure"),
                format!(
                    "create `*.{name}` as well (`dualwatch echo --zone NAME` prints the records), and write `{}://{ANY_LABEL}{}`",
                    endpoint.scheme.code(),
                    endpoint.authority()
                ),
            );
            Some(origin)
        }
        _ => Some(origin),
    }
}

/// Warns where a neutral name is blocked with what it is the control of.
fn warn_of_no_control(node: &Node, key: &str, neutral: &str, own: Option<&str>, report: &mut Report) {
    let host = url::host(neutral);
    let why = match BLOCKED.into_iter().find(|word| host.contains(word)) {
        Some(word) => format!("`{key}` has \"{word}\" in it, which lists of names block"),
        None if own.is_some_and(|own| url::host(own) == host) => format!("`{key}` is the endpoint's own name"),
        None => return,
    };
    let hint = "choose a name of the same server that says nothing, such as `https://*.oak.status.example`, with a CNAME record to the endpoint's";
    report.warning(node.at, "not_neutral", format!("{why}: it is blocked with that, and shows nothing"), hint);
}

/// Reads an origin whose host is an address.
fn literal(node: &Node, key: &str, family: Family, report: &mut Report) -> Option<String> {
    let text = fields::text(node, &format!("`{key}`"), report)?;
    let endpoint = read_browser_url(node, text, Some(family), report)?;
    if let Host::Name(name) = &endpoint.host {
        let message = format!("{} is a name, and `{key}` is a test without names", quoted(name));
        report.error(node.at, "bad_url", message, format!("write the {family} address of that machine"));
        return None;
    }
    Some(without_path(&endpoint, false, node, report))
}

fn without_path(endpoint: &Endpoint, is_wild: bool, node: &Node, report: &mut Report) -> String {
    let label = if is_wild { ANY_LABEL } else { "" };
    let origin = format!("{}://{label}{}", endpoint.scheme.code(), endpoint.authority());
    if endpoint.path != "/" {
        report.error(node.at, "bad_url", "a self-test endpoint has no path", format!("write `{origin}`"));
    }
    origin
}
