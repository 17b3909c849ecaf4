//! One Upptime site as a target, measured as Upptime would, but over both families.

mod endpoint;
mod expect;
mod request;

use super::{
    ends, js,
    keys::review_site,
    never::{self, Runner},
    secrets::Secrets,
    tally::Tally,
};
use crate::{
    browser,
    dualwatch::derive_slug,
    fields::misspelt,
    finding::{Place, Report, quoted},
    look_alike, slug,
    yaml::{Node, Value},
};
use dualwatch_core::measure::{
    family::Family,
    public::Public,
    target::{Confirmation, Endpoint, Host, Target},
    text::{is_hidden, visible},
};
use std::collections::HashMap;

/// Upptime's default schedule is `*/5 * * * *`, the shortest that GitHub offers. A target does not follow `workflowSchedule`:
/// a cron line says when a workflow may start, and measured gaps are far longer.
pub(super) const INTERVAL_S: u32 = 300;
const MAX_NAME: usize = 200;
const MAX_TEXT: usize = 4_096;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Check {
    Http,
    TcpPing,
    Ws,
    Ssl,
}

/// What is known of the file beside a site.
#[derive(Clone, Debug)]
pub(super) struct Around {
    pub secrets: Secrets,
    pub runner: Runner,
}

impl Around {
    pub(super) fn of(root: &Node) -> Self {
        Self { secrets: Secrets::of(root), runner: Runner::of(root) }
    }
}

/// A site that can be measured.
pub(super) struct Read {
    pub target: Target,
    /// The name of its history file at Upptime.
    pub slug: String,
    /// Where its slug comes from.
    pub slug_at: Place,
}

/// Returns the target, or reports why the site is skipped.
pub(super) fn read(node: &Node, around: &Around, tally: &mut Tally, report: &mut Report) -> Option<Read> {
    let end = ends::of_site(node);
    let ends_run = end.is_some();
    let ends = if ends_run { ", and Upptime's whole run ends here" } else { "" };
    if !matches!(node.value, Value::Map(_)) {
        let message = format!("a site must be a mapping, this is {}; it is skipped{}", node.kind(), ends);
        report.warning(node.at, "malformed_site", message, "write `- name: ...` and `url: ...` below it");
        return None;
    }
    let keys = review_site(node, tally, report);
    let Some((url_node, url)) = keys.get("url").and_then(|n| js::written(n).map(|text| (*n, text))) else {
        let message = format!("a site without `url`; it is skipped{ends}");
        report.warning(node.at, "malformed_site", message, "add `url: https://...`");
        return None;
    };
    // Said with what else there is to say of it.
    let is_nameless = !keys.contains_key("name");
    let url = super::secrets::filled(url.trim()).into_owned();
    let is_globalping = keys_type(node) == Some("globalping");
    let mut site = Site { keys: &keys, around, url_node, url, check: Check::Http, is_globalping, tally, report };
    site.check = site.read_check();
    site.note_random();
    let Some((endpoint, authorization)) = site.endpoint() else {
        if let Some(end) = end {
            end.report(report);
        }
        return None;
    };
    let name = site.name(is_nameless);
    let Slug { ours, theirs, at } = site.slug(&name, &endpoint);
    if !site.warn_about_families(&name, &endpoint) {
        site.warn_about_never(node);
    }
    let request = site.request();
    let expect = site.expect(&endpoint, request.method);
    let target = Target {
        slug: ours,
        name,
        authorization,
        request,
        interval_s: INTERVAL_S,
        timeout_ms: site.timeout_ms(),
        expect,
        addresses: Vec::new(),
        browser: browser::of_endpoint(&endpoint),
        endpoint,
        slo: None,
        confirm: Confirmation::default(),
        notify: None,
        group: None,
        clients: Vec::new(),
        public: Public::default(),
        every_address: false,
    };
    // Said with what else there is to say of a name that is missing.
    if let Some(end) = end.filter(|end| !is_nameless || end.at != node.at) {
        end.report(report);
    }
    Some(Read { target, slug: theirs, slug_at: at })
}

fn keys_type(node: &Node) -> Option<&str> {
    node.entry("type").and_then(|entry| js::as_text(&entry.value))
}

struct Slug {
    ours: String,
    theirs: String,
    at: Place,
}

struct Site<'s, 'n> {
    keys: &'s HashMap<&'n str, &'n Node>,
    around: &'s Around,
    url_node: &'n Node,
    url: String,
    check: Check,
    is_globalping: bool,
    tally: &'s mut Tally,
    report: &'s mut Report,
}

impl<'n> Site<'_, 'n> {
    fn get(&self, key: &str) -> Option<&'n Node> {
        self.keys.get(key).copied()
    }

    fn read_check(&mut self) -> Check {
        const KNOWN: &[&str] = &["http", "tcp-ping", "ws", "ssl"];
        let Some(node) = self.get("check") else {
            return Check::Http;
        };
        match js::as_text(node) {
            Some("http") => Check::Http,
            Some("tcp-ping") => Check::TcpPing,
            Some("ws") => Check::Ws,
            Some("ssl") => Check::Ssl,
            other => {
                let hint = other.and_then(|word| misspelt(word, KNOWN).or(likely(word))).map_or_else(
                    || "known: `http`, `tcp-ping`, `ws`, `ssl`".to_owned(),
                    |word| format!("did you mean `{word}`?"),
                );
                let message =
                    format!("Upptime does not know the check {}; it does `http`", quoted(other.unwrap_or("?")));
                self.report.warning(node.at, "unknown_check", message, hint);
                Check::Http
            }
        }
    }

    fn name(&mut self, is_nameless: bool) -> String {
        let written = self.get("name").and_then(js::written);
        let name = written.as_deref().map(str::trim).filter(|n| !n.is_empty());
        if name.is_none() {
            let ends = if is_nameless && self.get("slug").and_then(js::as_text).is_none_or(|s| s.trim().is_empty()) {
                ", and Upptime's whole run ends here: slugify says \"Expected a string\""
            } else {
                ""
            };
            let message = format!("a site without `name`{ends}");
            self.report.warning(self.url_node.at, "missing_name", message, "add `name:`");
        }
        // One line; what a URL may hold of credentials is no name.
        let fallback = self.url.rsplit('@').next().unwrap_or(&self.url);
        let name = name.unwrap_or(fallback);
        if let Some(hidden) = name.chars().find(|c| is_hidden(*c)) {
            let message = format!("`name` has the invisible character {}", visible(hidden.encode_utf8(&mut [0; 4])));
            self.report.warning(
                self.url_node.at,
                "invisible_character",
                message,
                "write it without; it is left out here",
            );
        }
        look_alike::check(name, "`name`", self.url_node.at, self.report);
        name.chars().filter(|c| !is_hidden(*c)).take(MAX_NAME).collect()
    }

    fn slug(&mut self, name: &str, endpoint: &Endpoint) -> Slug {
        let name_at = self.get("name").map_or(self.url_node.at, |node| node.at);
        let explicit = self.get("slug").and_then(|node| Some((node.at, js::written(node)?)));
        let explicit = explicit.map(|(at, text)| (at, text.trim_matches(slug::is_js_space).to_owned()));
        let (at, theirs, ours) = match explicit.filter(|(_, text)| !text.is_empty()) {
            Some((at, text)) if slug::is_slug(&text) => return Slug { ours: text.clone(), theirs: text, at },
            Some((at, text)) => {
                let ours = derive_slug(&text, endpoint);
                (at, text, ours)
            }
            None => {
                let written = self.get("name").and_then(js::written).unwrap_or_else(|| name.to_owned());
                (name_at, slug::of_upptime(&written, &self.url), derive_slug(name, endpoint))
            }
        };
        // A host is never without letters and digits.
        let ours = if ours.is_empty() { "site".to_owned() } else { ours };
        if theirs.contains('/') {
            let message =
                format!("{} lies in a folder that is not there: Upptime never records this site", quoted(&theirs));
            self.report.warning(at, "only_down", message, "a slug is the name of a file: write it without `/`");
        } else if ours != theirs {
            let message = format!("the slug is {} here, and {} in Upptime", quoted(&ours), quoted(&theirs));
            let hint = "a slug has lower-case letters and digits, single hyphens between, at most 64 characters";
            self.report.note(at, "slug_changed", message, hint);
        }
        Slug { ours, theirs, at }
    }

    fn wants_ipv6(&self) -> bool {
        self.get("ipv6").is_some_and(js::is_truthy)
    }

    /// Whether Upptime reads `ipv6:` here: in its own `tcp-ping`, and in what it asks Globalping for.
    fn reads_ipv6(&self) -> bool {
        self.check == Check::TcpPing || self.is_globalping
    }

    /// Warns of an `ipv6` that is not what it seems; returns whether that is why it can only be down.
    fn warn_about_families(&mut self, name: &str, endpoint: &Endpoint) -> bool {
        let literal = match endpoint.host {
            Host::Address(address) => Some(Family::of(address)),
            Host::Name(_) => None,
        };
        let flag = self.get("ipv6").filter(|node| js::is_truthy(node));
        let says_no = flag.is_some_and(js::says_no);
        let Some(node) = flag.filter(|_| !says_no || self.reads_ipv6()) else {
            if says_ipv6(name) && literal != Some(Family::Ipv6) {
                let at = self.get("name").map_or(self.url_node.at, |node| node.at);
                let message =
                    format!("the name {} says IPv6, but Upptime measures it without `ipv6: true`", quoted(name));
                let hint = "what Upptime shows for it is not about IPv6; here both families are measured";
                self.report.warning(at, "named_ipv6_probes_ipv4", message, hint);
            }
            return false;
        };
        let at = node.at;
        if !self.reads_ipv6() {
            let message =
                "Upptime follows `ipv6: true` with `check: tcp-ping` or `type: globalping` only, and ignores it here";
            let hint = "what Upptime shows for it is not about IPv6; here both families are measured";
            self.report.warning(at, "ipv6_flag_ignored", message, hint);
        } else if literal == Some(Family::Ipv4) {
            let message =
                "`ipv6: true` with an IPv4 address: in Upptime it can only be down; only IPv4 can be measured";
            self.report.warning(at, "ipv6_flag_ignored", message, "write a name or an IPv6 address");
            return true;
        } else if says_no {
            let word = js::text(node);
            let message = format!("`ipv6: {word}` switches IPv6 on in Upptime: every text but the empty one does");
            self.report.warning(at, "switched_on", message, "write `ipv6: false`, without quotes");
        }
        false
    }

    fn warn_about_never(&mut self, node: &Node) {
        if let Some((at, why)) = never::up(node, &self.around.secrets) {
            let message = format!("in Upptime this can only be down: {why}");
            self.report.warning(at, "only_down", message, "here it is measured as it is meant");
        } else if self.check == Check::TcpPing && self.wants_ipv6() && self.around.runner == Runner::Hosted {
            let at = self.get("ipv6").map_or(self.url_node.at, |node| node.at);
            let message = "in Upptime this can only be down: GitHub's own runners have no IPv6 (actions/runner#3138)";
            let hint = "name a runner of your own in `runner:`, or let Globalping measure it";
            self.report.warning(at, "no_ipv6_at_github", message, hint);
        }
    }

    /// What Upptime draws by lot is always the same here.
    fn note_random(&mut self) {
        let keys = ["url", "headers", "body"].into_iter().filter_map(|key| self.get(key));
        let mut texts = keys.flat_map(crate::fields::one_or_more).filter_map(js::as_text);
        if texts.any(|text| super::secrets::filled(text) != text) {
            let remark = super::tally::Remark::Otherwise(
                "fixed_random",
                "what Upptime draws by lot is always the same here",
                "a cache between may answer in place of the server",
            );
            self.tally.note_site(remark, "fixed_random", self.url_node.at);
        }
    }
}

/// Words for a check that Upptime does not have, and the one that is meant.
fn likely(word: &str) -> Option<&'static str> {
    match word.to_ascii_lowercase().as_str() {
        "tcp" | "ping" | "icmp" | "icmp-ping" | "port" | "tcp_ping" => Some("tcp-ping"),
        "https" => Some("http"),
        "websocket" | "wss" => Some("ws"),
        "tls" | "certificate" => Some("ssl"),
        _ => None,
    }
}

/// Whether a name claims to be about IPv6: `IPv6`, `v6` as a word of its own.
pub fn says_ipv6(name: &str) -> bool {
    let lower = name.to_lowercase();
    lower.contains("ipv6") || lower.split(|c: char| !c.is_alphanumeric()).any(|word| word == "v6")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_promise_ipv6() {
        for (name, promises) in [
            ("IPv6 test", true),
            ("smtp (IPV6)", true),
            ("icc-v6-test", true),
            ("V6", true),
            ("API v60", false),
            ("env6", false),
            ("Shop", false),
        ] {
            assert_eq!(says_ipv6(name), promises, "{name}");
        }
    }
}
