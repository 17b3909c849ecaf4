//! One Upptime site as a target, measured as Upptime would, but over both families.

mod endpoint;
mod request;

use super::keys::{Tally, review_site};
use crate::{
    browser,
    dualwatch::derive_slug,
    fields::nearest,
    finding::{Place, Report, quoted},
    look_alike, slug,
    yaml::{Node, Value},
};
use dualwatch_core::measure::{
    family::{Family, PerFamily},
    target::{Confirmation, Endpoint, Expect, Expected, Host, Method, StatusRange, Target},
    text::{is_hidden, visible},
};
use std::collections::HashMap;

/// Upptime's default schedule is `*/5 * * * *`, the shortest that GitHub offers. A target does not follow `workflowSchedule`:
/// a cron line says when a workflow may start, and measured gaps are far longer.
pub(super) const INTERVAL_S: u32 = 300;
/// `requestTimeout`, in seconds: default and longest.
const TIMEOUT_S: u32 = 60;
/// `maxResponseTime`, in milliseconds: slower is "degraded".
const MAX_RESPONSE_MS: u32 = 60_000;
const MAX_REDIRECTS: u8 = 3;
/// What Upptime accepts unless told otherwise: 200 to 208, 226, 300 to 308.
const STATUS: [StatusRange; 3] = [
    StatusRange { first: 200, last: 208 },
    StatusRange { first: 226, last: 226 },
    StatusRange { first: 300, last: 308 },
];
/// Any answer at all.
const ANY_STATUS: StatusRange = StatusRange { first: 100, last: 599 };
const MAX_NAME: usize = 200;
const MAX_TEXT: usize = 4_096;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Check {
    Http,
    TcpPing,
    Ws,
    Ssl,
}

/// Returns the target and where its slug comes from, or reports why the site is skipped.
pub(super) fn read(node: &Node, tally: &mut Tally, report: &mut Report) -> Option<(Target, Place)> {
    if !matches!(node.value, Value::Map(_)) {
        let message = format!("a site must be a mapping, this is {}; it is skipped", node.kind());
        report.warning(node.at, "malformed_site", message, "write `- name: ...` and `url: ...` below it");
        return None;
    }
    let keys = review_site(node, tally, report);
    let Some((url_node, url)) = keys.get("url").and_then(|n| scalar(n).map(|text| (*n, text.trim()))) else {
        report.warning(node.at, "malformed_site", "a site without `url`; it is skipped", "add `url: https://...`");
        return None;
    };
    let is_globalping = node.entry("type").and_then(|entry| scalar(&entry.value)) == Some("globalping");
    let mut site = Site { keys: &keys, url_node, url, check: Check::Http, is_globalping, tally, report };
    site.check = site.read_check();
    let (endpoint, authorization) = site.endpoint()?;
    let name = site.name();
    let (slug, slug_at) = site.slug(&name, &endpoint);
    site.warn_about_families(&name, &endpoint);
    let request = site.request();
    let expect = site.expect(&endpoint, request.method);
    let target = Target {
        slug,
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
    };
    Some((target, slug_at))
}

pub(super) fn scalar(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Text(text) | Value::Number(text) => Some(text),
        _ => None,
    }
}

/// Whether a flag is set, also as text.
pub(super) fn is_true(node: &Node) -> bool {
    match &node.value {
        Value::Bool(value) => *value,
        Value::Text(text) => text == "true",
        _ => false,
    }
}

struct Site<'s, 'n> {
    keys: &'s HashMap<&'n str, &'n Node>,
    url_node: &'n Node,
    url: &'n str,
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
        match scalar(node) {
            Some("http") => Check::Http,
            Some("tcp-ping") => Check::TcpPing,
            Some("ws") => Check::Ws,
            Some("ssl") => Check::Ssl,
            other => {
                let hint = other.and_then(|word| nearest(word, KNOWN)).map_or_else(
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

    fn name(&mut self) -> String {
        let name = self.get("name").and_then(scalar).map(str::trim).filter(|n| !n.is_empty());
        if name.is_none() {
            self.report.warning(self.url_node.at, "missing_name", "a site without `name`", "add `name:`");
        }
        // One line; what a URL may hold of credentials is no name.
        let fallback = self.url.rsplit('@').next().unwrap_or(self.url);
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

    fn slug(&mut self, name: &str, endpoint: &Endpoint) -> (String, Place) {
        let name_at = self.get("name").map_or(self.url_node.at, |node| node.at);
        let explicit =
            self.get("slug").and_then(|node| Some((node.at, scalar(node)?.trim()))).filter(|s| !s.1.is_empty());
        let (at, theirs, ours) = match explicit {
            Some((at, text)) if slug::is_slug(text) => return (text.to_owned(), at),
            Some((at, text)) => (at, text.to_owned(), derive_slug(text, endpoint)),
            None => (name_at, slug::slugify_whole(name), derive_slug(name, endpoint)),
        };
        // A host is never without letters and digits.
        let ours = if ours.is_empty() { "site".to_owned() } else { ours };
        if ours != theirs {
            let message = format!("the slug is {} here", quoted(&ours));
            let hint = "a slug has lower-case letters and digits, single hyphens between, at most 64 characters";
            self.report.warning(at, "slug_changed", message, hint);
        }
        (ours, at)
    }

    fn wants_ipv6(&self) -> bool {
        self.get("ipv6").is_some_and(is_true)
    }

    /// Whether Upptime reads `ipv6:` here: in its own `tcp-ping`, and in what it asks Globalping for.
    fn reads_ipv6(&self) -> bool {
        self.check == Check::TcpPing || self.is_globalping
    }

    fn warn_about_families(&mut self, name: &str, endpoint: &Endpoint) {
        let literal = match endpoint.host {
            Host::Address(address) => Some(Family::of(address)),
            Host::Name(_) => None,
        };
        if !self.wants_ipv6() {
            if says_ipv6(name) && literal != Some(Family::Ipv6) {
                let at = self.get("name").map_or(self.url_node.at, |node| node.at);
                let message =
                    format!("the name {} says IPv6, but Upptime measures it without `ipv6: true`", quoted(name));
                let hint = "what Upptime shows for it is not about IPv6; here both families are measured";
                self.report.warning(at, "named_ipv6_probes_ipv4", message, hint);
            }
            return;
        }
        let at = self.get("ipv6").map_or(self.url_node.at, |node| node.at);
        if !self.reads_ipv6() {
            let message =
                "Upptime follows `ipv6: true` with `check: tcp-ping` or `type: globalping` only, and ignores it here";
            let hint = "what Upptime shows for it is not about IPv6; here both families are measured";
            self.report.warning(at, "ipv6_flag_ignored", message, hint);
        } else if literal == Some(Family::Ipv4) {
            let message = "`ipv6: true` with an IPv4 address; only IPv4 can be measured";
            self.report.warning(at, "ipv6_flag_ignored", message, "write a name or an IPv6 address");
        }
    }

    fn expect(&mut self, endpoint: &Endpoint, method: Method) -> Expect {
        let is_http = self.check == Check::Http;
        let has_body = is_http && self.answer_has_body(method);
        let needs_ipv6 = self.reads_ipv6()
            && self.wants_ipv6()
            && !matches!(endpoint.host, Host::Address(a) if Family::of(a) == Family::Ipv4);
        Expect {
            status: match self.check {
                Check::Http => self.status(),
                Check::Ssl => vec![ANY_STATUS],
                Check::TcpPing | Check::Ws => Vec::new(),
            },
            headers: Vec::new(),
            body_contains: self.body_text("__dangerous__body_down_if_text_missing", has_body),
            body_lacks: self.body_text("__dangerous__body_down", has_body),
            max_response_ms: Some(self.number("maxResponseTime", 1, u32::MAX).unwrap_or(MAX_RESPONSE_MS)),
            max_redirects: if is_http { self.redirects() } else { 0 },
            families: PerFamily {
                ipv4: Expected::Published,
                ipv6: if needs_ipv6 { Expected::Required } else { Expected::Published },
            },
            ..Expect::default()
        }
    }

    fn timeout_ms(&mut self) -> u32 {
        self.number("requestTimeout", 1, TIMEOUT_S).unwrap_or(TIMEOUT_S) * 1_000
    }

    fn redirects(&mut self) -> u8 {
        let limit = u32::from(crate::dualwatch::MAX_REDIRECTS);
        self.number("maxRedirects", 0, limit).map_or(MAX_REDIRECTS, |n| n as u8)
    }

    /// Returns a whole number, the largest allowed one for those above; reports what is none.
    fn number(&mut self, key: &str, smallest: u32, largest: u32) -> Option<u32> {
        let node = self.get(key)?;
        let parsed = scalar(node).and_then(|text| text.trim().parse::<f64>().ok()).filter(|n| n.is_finite());
        match parsed {
            Some(number) if number > f64::from(largest) => {
                let message = format!("`{key}` is larger than {largest}, which is used in its place");
                self.report.warning(node.at, "ignored_value", message, "");
                Some(largest)
            }
            Some(number) if number >= f64::from(smallest) => Some(number as u32),
            _ => {
                let message = format!("`{key}` is no number that can be used; Upptime's default holds");
                self.report.warning(node.at, "ignored_value", message, format!("write a number from {smallest}"));
                None
            }
        }
    }

    fn status(&mut self) -> Vec<StatusRange> {
        let Some(node) = self.get("expectedStatusCodes") else {
            return STATUS.to_vec();
        };
        let mut accepted = Vec::new();
        for item in crate::fields::one_or_more(node) {
            match scalar(item).and_then(|text| text.trim().parse::<u16>().ok()) {
                Some(code) if (ANY_STATUS.first..=ANY_STATUS.last).contains(&code) => {
                    accepted.push(StatusRange { first: code, last: code });
                }
                _ => {
                    let message = "this is no HTTP status; it is left out";
                    self.report.warning(item.at, "ignored_value", message, "write a number from 100 to 599");
                }
            }
        }
        if accepted.is_empty() { STATUS.to_vec() } else { accepted }
    }

    /// RFC 9110 section 9.3.2: the answer to HEAD has none.
    fn answer_has_body(&mut self, method: Method) -> bool {
        let keys = ["__dangerous__body_down", "__dangerous__body_down_if_text_missing"];
        if method == Method::Head
            && let Some(node) = keys.iter().find_map(|key| self.get(key))
        {
            let message = "the answer to HEAD has no body, so no text is looked for";
            self.report.warning(node.at, "ignored_value", message, "write `method: GET`, or leave `method` out");
        }
        method != Method::Head
    }

    fn body_text(&mut self, key: &str, has_body: bool) -> Vec<String> {
        let Some(node) = self.get(key).filter(|_| has_body) else {
            return Vec::new();
        };
        match scalar(node) {
            Some(text) if text.len() <= MAX_TEXT => {
                if text.is_empty() {
                    Vec::new()
                } else {
                    vec![text.to_owned()]
                }
            }
            _ => {
                let message = format!("`{key}` is not used: it must be text of at most {MAX_TEXT} bytes");
                self.report.warning(node.at, "ignored_value", message, "a characteristic part is enough");
                Vec::new()
            }
        }
    }
}

/// Whether a name claims to be about IPv6: `IPv6`, `v6` as a word of its own.
fn says_ipv6(name: &str) -> bool {
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
