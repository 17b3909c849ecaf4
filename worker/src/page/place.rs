//! Where the page was asked for: our own endpoints, as they are called from there, and what the page may connect to.
//!
//! Who asks decides that, so it is no part of what is drawn: a mark stands for it, and the visit is written in its place.
//! Otherwise whoever makes up names of hosts would make us draw the page for each.

use dualwatch_app::found::near;
use dualwatch_core::measure::vicinity::{self, Vicinity};
use dualwatch_wire::v1::PageData;
use std::collections::BTreeSet;
use worker::Url;

/// Stand for the endpoints of a visit, in the order of `BrowserEndpoints`. No host has such a name (RFC 6761 section 6.4).
const MARKS: [&str; 3] = ["http://ipv4.visit.invalid", "http://ipv6.visit.invalid", "http://dual-stack.visit.invalid"];
/// Stands for the sources that a policy needs for those.
const POLICY_MARK: &str = "http://policy.visit.invalid";

/// Where a page was asked for.
pub struct Visit {
    /// Scheme, host and port.
    pub origin: String,
    /// How near a visitor may be who asks there.
    pub vicinity: Vicinity,
    /// Without a scheme: a proxy in front of us may end TLS, and only the page knows what its visitor uses.
    endpoints: [String; 3],
}

impl Visit {
    pub fn of(url: &Url) -> Self {
        let vicinity = vicinity::of_host(url.host_str().unwrap_or_default());
        let origin = url.origin().ascii_serialization();
        let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
        let at = |host: &str| format!("//{host}{port}");
        let endpoints = if vicinity == Vicinity::Machine {
            ["127.0.0.1", "[::1]", "localhost"].map(at)
        } else {
            [String::new(), String::new(), url.host_str().map_or_else(String::new, at)]
        };
        Self { origin, vicinity, endpoints }
    }

    /// Puts marks where the configuration names no endpoint and a visit has one. Returns whether there are any.
    pub fn mark(&self, page: &mut PageData) -> bool {
        page.self_test.vicinity = self.vicinity;
        let origins = &mut page.self_test.origins;
        let mut is_marked = false;
        for (place, (mark, endpoint)) in [&mut origins.ipv4, &mut origins.ipv6, &mut origins.dual_stack]
            .into_iter()
            .zip(MARKS.iter().zip(&self.endpoints))
        {
            if place.is_none() && !endpoint.is_empty() {
                *place = Some((*mark).to_owned());
                is_marked = true;
            }
        }
        is_marked
    }

    /// Writes the visit in the place of the marks.
    pub fn place(&self, text: &str, headers: &[(&'static str, String)]) -> (String, Vec<(&'static str, String)>) {
        let mut text = text.to_owned();
        for (mark, endpoint) in MARKS.iter().zip(&self.endpoints) {
            if text.contains(mark) {
                text = text.replace(mark, endpoint);
            }
        }
        let own: Vec<&str> = self.endpoints.iter().filter_map(|endpoint| own_source(endpoint)).collect();
        let headers = headers.iter().map(|(name, value)| (*name, value.replace(POLICY_MARK, &own.join(" ")))).collect();
        (text, headers)
    }
}

/// Nothing runs or loads but our own files; connections go to our probes, and to targets that may be
/// measured from where the page was asked for.
pub fn content_security_policy(data: &PageData, is_marked: bool) -> String {
    let named = near::measurable(data).into_iter().filter(|url| !MARKS.contains(url));
    let mut sources: BTreeSet<String> = named.filter_map(source).collect();
    if is_marked {
        sources.insert(POLICY_MARK.to_owned());
    }
    let connect = sources.into_iter().collect::<Vec<_>>().join(" ");
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self' {connect}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// Returns an endpoint of a visit as a source of a policy: without a scheme it is that of the page, or a safer one (CSP
/// level 3, section 6.7.2.8).
fn own_source(endpoint: &str) -> Option<&str> {
    match endpoint.strip_prefix("//")? {
        // There is no form for an IPv6 literal; this scheme is for `https` as well (section 6.7.2.9).
        literal if literal.starts_with('[') => Some("http:"),
        host => Some(host),
    }
}

/// Returns a URL as a source of a policy.
fn source(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    Some(match url.host() {
        // CSP level 3 has no form for an IPv6 literal; its scheme is the narrowest source that covers it.
        Some(worker::url::Host::Ipv6(_)) => format!("{}:", url.scheme()),
        _ => url.origin().ascii_serialization(),
    })
}
