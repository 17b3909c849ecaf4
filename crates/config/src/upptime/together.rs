//! What sites tell beside each other, and what is left over from Upptime's template.

use super::js;
use crate::{
    finding::{Report, quoted},
    yaml::Node,
};
use dualwatch_core::measure::target::{Host, Target};
use std::collections::HashSet;

/// URLs of the template's own examples.
const TEMPLATE: [&str; 4] =
    ["https://thissitedoesnotexist.com", "https://thissitedoesnotexist.koj.co", "$SECRET_SITE", "forwardemail.net"];
const TEMPLATE_NAMES: [&str; 5] = ["Broken Site", "Test Broken Site", "Secret Site", "IPv6 test", "Hacker News"];
const TEMPLATE_CNAME: &str = "demo.upptime.js.org";

/// Reports names that are host names, and another one than that of the URL, which a site beside it has.
pub(super) fn review_names(targets: &[(Target, &Node)], report: &mut Report) {
    let lower = |target: &Target| target.name.trim().to_ascii_lowercase();
    let all: HashSet<(String, String)> =
        targets.iter().map(|(target, _)| (target.endpoint.to_string(), lower(target))).collect();
    for (target, node) in targets {
        let Host::Name(host) = &target.endpoint.host else { continue };
        let name = lower(target);
        if is_host_name(&name)
            && name != *host
            && !is_related(&name, host)
            && all.contains(&(target.endpoint.to_string(), host.to_ascii_lowercase()))
        {
            let message =
                format!("{} is measured at {}, as the site of that name is", quoted(&target.name), quoted(host));
            let hint = "what happens to the host of the name is told nowhere, and each outage here is told twice";
            let at = node.entry("url").map_or(node.at, |entry| entry.value.at);
            report.warning(at, "name_of_another_host", message, hint);
        }
    }
}

fn is_host_name(name: &str) -> bool {
    let labels: Vec<&str> = name.split('.').collect();
    let is_label = |label: &&str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    labels.len() > 1
        && labels.iter().all(is_label)
        && labels.last().is_some_and(|l| l.bytes().all(|b| b.is_ascii_alphabetic()))
}

/// A name and the same with `www.` before it are one.
fn is_related(name: &str, host: &str) -> bool {
    let bare = |host: &str| host.strip_prefix("www.").unwrap_or(host).to_owned();
    bare(name) == bare(host)
}

/// Reports examples of the template that were never taken out.
pub(super) fn review_template(root: &Node, sites: &[Node], report: &mut Report) {
    let text = |node: &Node, key: &str| node.entry(key).and_then(|entry| js::as_text(&entry.value)).map(str::to_owned);
    if text(root, "owner").as_deref() == Some("upptime") {
        return;
    }
    let hint = "take it out: it stands in every new repository, and says nothing about yours";
    for site in sites {
        let (name, url) = (text(site, "name").unwrap_or_default(), text(site, "url").unwrap_or_default());
        let is_url = TEMPLATE.contains(&url.trim().trim_end_matches('/'));
        if is_url && TEMPLATE_NAMES.contains(&name.trim()) {
            let message = format!("{} is an example of Upptime's template", quoted(&name));
            report.warning(site.at, "left_over", message, hint);
        }
    }
    let website = root.entry("status-website").map(|entry| &entry.value);
    if let Some(cname) = website.and_then(|node| node.entry("cname")).map(|entry| &entry.value)
        && js::as_text(cname).is_some_and(|name| name.trim() == TEMPLATE_CNAME)
    {
        let hint = "write your own domain, or take the line out";
        let message = format!("{} is the domain of Upptime's own page", quoted(TEMPLATE_CNAME));
        report.warning(cname.at, "left_over", message, hint);
    }
}

/// Reports a token that everybody who reads the repository has.
pub(super) fn review_token(root: &Node, report: &mut Report) {
    if let Some(entry) = root.entry("PAT")
        && js::as_text(&entry.value).is_some_and(|token| !token.trim().is_empty())
    {
        let message = "`PAT` is a token that everybody has who can read this file";
        report.warning(
            entry.value.at,
            "open_secret",
            message,
            "withdraw it at GitHub, and keep another as the secret `GH_PAT`",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names() {
        for (name, is_one) in
            [("de2.vpn.example", true), ("shop", false), ("Shop (a.example)", false), ("v1.2", false), ("a..b", false)]
        {
            assert_eq!(is_host_name(name), is_one, "{name}");
        }
        assert!(is_related("www.shop.example", "shop.example") && !is_related("de1.example", "de2.example"));
    }
}
