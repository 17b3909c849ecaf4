//! Where the page was asked for: our own endpoints, as they are called from there, and what the page may connect to.
//!
//! Who asks decides that, so it is no part of what is drawn: a mark stands for it, and the visit is written in its place.
//! Otherwise whoever makes up names of hosts would make us draw the page for each.

use crate::arrival;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use dualwatch_app::found::near;
use dualwatch_core::{
    measure::{
        target::BrowserEndpoints,
        vicinity::{self, Vicinity},
    },
    self_test::place::Place,
};
use dualwatch_wire::v1::PageData;
use sha2::{Digest as _, Sha256};
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
        let at = |host: &str| format!("//{host}{port}{}", arrival::base());
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

    /// Returns the endpoints of the self-test as this visit has them.
    pub fn origins(&self, configured: BrowserEndpoints) -> BrowserEndpoints {
        let [ipv4, ipv6, dual_stack] = [&self.endpoints[0], &self.endpoints[1], &self.endpoints[2]]
            .map(|endpoint| Some(endpoint.clone()).filter(|endpoint| !endpoint.is_empty()));
        BrowserEndpoints {
            ipv4: configured.ipv4.or(ipv4),
            ipv6: configured.ipv6.or(ipv6),
            dual_stack: configured.dual_stack.or(dual_stack),
        }
    }

    /// Writes the visit in the place of the marks.
    pub fn place(&self, text: &str, headers: &[(&'static str, String)]) -> (String, Vec<(&'static str, String)>) {
        let mut text = text.to_owned();
        for (mark, endpoint) in MARKS.iter().zip(&self.endpoints) {
            if text.contains(mark) {
                text = text.replace(mark, endpoint);
            }
        }
        let own: Vec<String> = self.endpoints.iter().flat_map(|endpoint| own_sources(endpoint)).collect();
        let headers = headers.iter().map(|(name, value)| (*name, value.replace(POLICY_MARK, &own.join(" ")))).collect();
        (text, headers)
    }
}

/// Nothing runs or loads but our own files and the script that stands in the document; connections go to our probes, and to
/// targets that may be measured from where the page was asked for. Anybody may embed what is made for it.
/// `has_form`: services can be looked for.
pub fn policy(data: &PageData, is_marked: bool, is_embedded: bool, has_form: bool) -> String {
    thread_local! {
        static EARLY: String = BASE64_STANDARD.encode(Sha256::digest(dualwatch_app::pages::early_script()));
    }
    let further = [Place::LiteralIpv4, Place::LiteralIpv6, Place::ResolverIpv6, Place::NeutralIpv4, Place::NeutralIpv6];
    let further = further.into_iter().filter_map(|place| near::place(data, place, data.self_test.vicinity));
    let connect = connect(near::measurable(data).into_iter().chain(further), is_marked);
    let ancestors = if is_embedded { "*" } else { "'none'" };
    let form = if has_form { "'self'" } else { "'none'" };
    EARLY.with(|early| {
        format!(
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-{early}'; style-src 'self'; \
             img-src 'self' data:; connect-src 'self' {connect}; base-uri 'none'; form-action {form}; \
             frame-ancestors {ancestors}"
        )
    })
}

/// Returns the sources that these URLs need.
fn connect<'a>(urls: impl IntoIterator<Item = &'a str>, is_marked: bool) -> String {
    let named = urls.into_iter().filter(|url| !MARKS.contains(url));
    let mut sources: BTreeSet<String> = named.flat_map(sources).collect();
    if is_marked {
        sources.insert(POLICY_MARK.to_owned());
    }
    sources.into_iter().collect::<Vec<_>>().join(" ")
}

/// Returns the sources that a URL needs: each probe may have a label of its own below `localhost`.
fn sources(url: &str) -> impl Iterator<Item = String> {
    let below = url.strip_prefix("http://localhost").or_else(|| url.strip_prefix("https://localhost"));
    let scheme = url.split("//").next().unwrap_or_default();
    let labels = below.map(|rest| format!("{scheme}//*.localhost{rest}"));
    source(url).into_iter().chain(labels)
}

/// Returns an endpoint of a visit as sources of a policy: without a scheme they are that of the page, or a safer one (CSP
/// level 3, section 6.7.2.8). Each probe may have a label of its own below `localhost`.
fn own_sources(endpoint: &str) -> Vec<String> {
    match endpoint.strip_prefix("//").and_then(|host| host.split('/').next()) {
        None => Vec::new(),
        // There is no form for an IPv6 literal; this scheme is for `https` as well (section 6.7.2.9).
        Some(literal) if literal.starts_with('[') => vec!["http:".to_owned()],
        Some(host) if host.starts_with("localhost") => vec![host.to_owned(), format!("*.{host}")],
        Some(host) => vec![host.to_owned()],
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
