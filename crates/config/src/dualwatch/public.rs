//! What of a target everybody may know, and whether what is shown of it keeps that.

use super::target::BROWSER_KEYS;
use crate::{
    fields::{self, Fields, wrong_type},
    finding::{Place, Report, quoted},
    slug,
    yaml::{Node, Value},
};
use dualwatch_core::measure::{
    public::Public,
    target::{Host, Target},
    url,
};
use std::net::IpAddr;

const KEYS: &[&str] = &["url", "address"];
const FORM: &str = "write `false` for a target that nobody is told of, or `{ url: false, address: false }`";

/// Reads `public`, of one target or of all; what a mapping does not say is as it is inherited.
pub(super) fn read(node: &Node, inherited: Public, report: &mut Report) -> Public {
    match node.value {
        Value::Bool(true) => Public::default(),
        Value::Bool(false) => Public { target: false, ..inherited },
        Value::Map(_) => {
            let Some(fields) = Fields::read(node, "`public`", KEYS, report) else { return inherited };
            let mut flag = |key: &str, otherwise| {
                fields.get(key).map_or(Some(otherwise), |node| fields::flag(node, &format!("`{key}`"), report))
            };
            let (url, address) = (flag("url", inherited.url), flag("address", inherited.address));
            // What cannot be read has been reported.
            Public { target: true, url: url.unwrap_or(inherited.url), address: address.unwrap_or(inherited.address) }
        }
        _ => {
            wrong_type(node, "`public`", "true, false or a mapping", FORM, report);
            inherited
        }
    }
}

/// Reports where what a target shows tells what it hides.
pub(super) fn check(target: &Target, fields: &Fields<'_>, report: &mut Report) {
    let Public { target: is_told, url, address } = target.public;
    if !is_told || (url && address) {
        return;
    }
    let at = |key: &str| if fields.get(key).is_some() { fields.place_of(key) } else { fields.place_of("public") };
    let is_literal = matches!(target.endpoint.host, Host::Address(_));
    if is_literal && url != address {
        let (hidden, shown) = if url { ("address", "url") } else { ("url", "address") };
        let message = format!("the URL is an address: `{hidden}: false` hides what `{shown}` shows");
        report.error(at("public"), "shown_all_the_same", message, "write `public: { url: false, address: false }`");
        return;
    }
    if !url {
        check_names(target, &at, report);
    }
    check_browser(target, fields, report);
}

fn check_names(target: &Target, at: &dyn Fn(&str) -> Place, report: &mut Report) {
    let host = target.endpoint.host.to_string();
    let (host, bare) = (host.to_lowercase(), slug::slugify(&host));
    // A name of one label may be a word as any other.
    let is_word = !host.contains(['.', ':']);
    let tells = |text: &str| {
        let text = text.to_lowercase();
        if is_word { text == target.endpoint.authority() } else { text.contains(&host) }
    };
    let group = target.group.as_deref().unwrap_or_default();
    for (key, is_telling) in [
        ("name", tells(&target.name)),
        ("slug", !is_word && !bare.is_empty() && target.slug.contains(&bare) && !tells(&target.name)),
        ("group", tells(group)),
    ] {
        if is_telling {
            let message = format!("`url: false` hides {}, and `{key}` shows it", quoted(&host));
            report.error(at(key), "shown_all_the_same", message, format!("give it a `{key}:` without the host"));
        }
    }
}

/// What is written for browsers, every visitor is told; what is derived from a hidden URL is not.
fn check_browser(target: &Target, fields: &Fields<'_>, report: &mut Report) {
    let Some(entries) = fields.get("browser").and_then(|node| Fields::read_quietly(node, BROWSER_KEYS)) else { return };
    let host = target.endpoint.host.to_string();
    let host = host.trim_matches(['[', ']']);
    let told = [&target.browser.ipv4, &target.browser.ipv6, &target.browser.dual_stack];
    for (key, told) in BROWSER_KEYS.iter().zip(told) {
        let Some(told) = told.as_deref().map(url::host) else { continue };
        let is_url = !target.public.url && told.eq_ignore_ascii_case(host);
        let is_address = !target.public.address && told.parse::<IpAddr>().is_ok();
        if is_url || is_address {
            let message = format!("every visitor is told {}, which `public` hides", quoted(told));
            let hint = "name another host for browsers, or leave `browser` out: none asks it then";
            report.error(entries.place_of(key), "shown_all_the_same", message, hint);
        }
    }
}
