//! One target of `dualwatch.yml`.

use super::{Inherited, declared::Name, every, expect, goals, group, notify, public, request, stack};
use crate::{
    browser, duration,
    endpoint::parse_url,
    fields::{self, Fields},
    finding::{Place, Report, quoted},
    look_alike, reach, slug,
    yaml::Node,
};
use dualwatch_core::measure::{
    family::Family,
    target::{
        BrowserEndpoints, DEFAULT_INTERVAL_S, DEFAULT_TIMEOUT_MS, Endpoint, Expect, Expected, Host, INTERVAL_S, Method,
        Request, Target,
    },
    text::{is_hidden, visible},
};
use std::net::{IpAddr, Ipv6Addr};

const KEYS: &[&str] = &[
    "name",
    "slug",
    "url",
    "method",
    "headers",
    "body",
    "send",
    "interval",
    "timeout",
    "expect",
    "addresses",
    "browser",
    "slo",
    "confirm",
    "unstable",
    "notify",
    "group",
    "clients",
    "public",
];
pub(super) const BROWSER_KEYS: &[&str] = &["ipv4", "ipv6", "dual_stack"];
/// A round that takes longer tells nothing about a service for people.
pub(super) const MAX_TIMEOUT_MS: u32 = 60_000;
const MIN_TIMEOUT_MS: u32 = 10;
const MAX_NAME: usize = 200;
const MAX_ADDRESSES: usize = 32;

/// A target as it is declared; what is wrong with it has been reported.
pub(super) struct Found {
    pub slug: Name,
    /// Where its slug comes from.
    pub slug_at: Place,
    /// Whether all of its `addresses` could be read.
    pub are_addresses_whole: bool,
    /// `None`: it has no URL that could be read.
    pub target: Option<Target>,
}

/// Reads a target. What is wrong is reported and then replaced by a default, so that the rest is checked as well.
/// `None`: it is no mapping.
pub(super) fn read(node: &Node, inherited: &Inherited, report: &mut Report) -> Option<Found> {
    let fields = Fields::read(node, "a target", KEYS, report)?;
    let allow_private = inherited.allow_private;
    let url = read_url(&fields, allow_private, report);
    let scheme = url.as_ref().map(|(endpoint, _)| endpoint.scheme);
    let expect = fields.get("expect").map(|node| expect::read(node, scheme, report)).unwrap_or_default();
    let request = request::read(&fields, scheme, report);
    check_body(&request, &expect, &fields, report);
    let (interval_s, timeout_ms) = read_times(&fields, report);
    let (which, pinned) = fields.get("addresses").map(every::split).unwrap_or_default();
    let (addresses, are_addresses_whole) = read_addresses(&pinned, allow_private, report);
    let every_address = which.map_or(inherited.every_address, |(is_every, at)| {
        every::check(is_every, at, url.as_ref().map(|(endpoint, _)| endpoint), &addresses, &expect, report);
        is_every
    });
    let browser = fields.get("browser").map(|node| read_browser(node, report));
    let slo = fields.get("slo").map_or(inherited.slo, |node| goals::slo(node, report));
    let confirm =
        fields.get("confirm").map_or(inherited.confirm, |node| goals::confirm(node, inherited.confirm, report));
    let confirm = fields.get("unstable").map_or(confirm, |node| goals::unstable(node, confirm, report));
    let notify = fields.get("notify").map(|node| notify::names(node, &inherited.channel_names, report));
    let group = fields.get("group").and_then(|node| group::read(node, report));
    let clients = fields.get("clients").map(|node| stack::read(node, report)).unwrap_or_default();
    let public = fields.get("public").map_or(inherited.public, |node| public::read(node, inherited.public, report));
    let name = read_name(&fields, report);
    let endpoint = url.as_ref().map(|(endpoint, _)| endpoint);
    let (slug_at, slug) = declared_slug(&fields, name.as_deref(), endpoint, report);
    let Some((endpoint, authorization)) = url else {
        return Some(Found { slug, slug_at, are_addresses_whole, target: None });
    };

    let name = name.unwrap_or_else(|| endpoint.authority());
    // Where the target must fail, a visitor who reaches it would see the opposite of what is meant; what follows from a URL
    // that is hidden is hidden as well.
    let is_derived = expect.fails_with.is_none() && public.url;
    let of_endpoint = || if is_derived { browser::of_endpoint(&endpoint) } else { BrowserEndpoints::default() };
    let browser = browser.unwrap_or_else(of_endpoint);
    let target = Target {
        slug: if let Name::Certain(slug) = &slug { slug.clone() } else { String::new() },
        name,
        endpoint,
        authorization,
        request,
        interval_s,
        timeout_ms,
        expect,
        addresses,
        browser,
        slo,
        confirm,
        notify,
        group,
        clients,
        public,
        every_address,
    };
    public::check(&target, &fields, report);
    if are_addresses_whole {
        check_families(&target, &fields, report);
    }
    Some(Found { slug, slug_at, are_addresses_whole, target: Some(target) })
}

/// Returns the slug that a target has, and where it comes from: the key, the name, or the host.
fn declared_slug(
    fields: &Fields<'_>,
    name: Option<&str>,
    endpoint: Option<&Endpoint>,
    report: &mut Report,
) -> (Place, Name) {
    if let Some(node) = fields.get("slug") {
        return (node.at, read_slug(node, report));
    }
    let named = fields.get("name");
    let at = named.map_or(fields.at, |node| node.at);
    let slug = match (name, named, endpoint) {
        (Some(name), _, Some(endpoint)) => derive_slug(name, endpoint),
        (Some(name), _, None) => match slug::slugify(name) {
            // The URL would say.
            slug if slug.is_empty() => return (at, Name::Unreadable),
            slug => slug,
        },
        (None, None, Some(endpoint)) => derive_slug(&endpoint.authority(), endpoint),
        (None, _, _) => return (at, Name::Unreadable),
    };
    if slug.is_empty() {
        let shown = name.map(str::to_owned).or_else(|| endpoint.map(Endpoint::authority)).unwrap_or_default();
        let message = format!("no slug can be made of {}", quoted(&shown));
        report.error(at, "bad_slug", message, "add `slug:` with lower-case letters, digits and hyphens");
        return (at, Name::Unreadable);
    }
    (at, Name::Certain(slug))
}

fn read_url(fields: &Fields<'_>, allow_private: bool, report: &mut Report) -> Option<(Endpoint, Option<String>)> {
    let Some(node) = fields.get("url") else {
        let hint = "add `url: https://...`, or `url: tcp://host:port`";
        report.error(fields.at, "missing_key", "a target without `url`", hint);
        return None;
    };
    let text = fields::text(node, "`url`", report)?;
    look_alike::check(text, "`url`", node.at, report);
    let (endpoint, authorization) = match parse_url(text) {
        Ok(url) => url,
        Err(error) => {
            report.error(node.at, "bad_url", error.message, error.hint);
            return None;
        }
    };
    if let Some((message, hint)) = reach::refuse_host(&endpoint.host, allow_private) {
        report.error(node.at, "private_address", message, hint);
    } else if let Host::Address(address) = endpoint.host {
        reach::warn_of_translation(address, node.at, report);
    }
    if authorization.is_some() && !endpoint.scheme.is_tls() {
        let message = format!("user name and password travel unencrypted over `{}`", endpoint.scheme.code());
        report.warning(node.at, "clear_credentials", message, format!("use `{}s`", endpoint.scheme.code()));
    }
    Some((endpoint, authorization))
}

fn read_name(fields: &Fields<'_>, report: &mut Report) -> Option<String> {
    let node = fields.get("name")?;
    let name = fields::text(node, "`name`", report)?.trim();
    if name.is_empty() {
        report.error(node.at, "empty_text", "`name` is empty", "write a name, or leave the key out for the host");
        return None;
    }
    if name.chars().count() > MAX_NAME || name.contains(char::is_control) {
        let message = format!("`name` must be one line of at most {MAX_NAME} characters");
        report.error(node.at, "out_of_range", message, "shorten it");
        return None;
    }
    if let Some(hidden) = name.chars().find(|c| is_hidden(*c)) {
        let message = format!("`name` has the invisible character {}", visible(hidden.encode_utf8(&mut [0; 4])));
        report.error(node.at, "invisible_character", message, "write it without");
        return None;
    }
    look_alike::check(name, "`name`", node.at, report);
    Some(name.to_owned())
}

fn read_slug(node: &Node, report: &mut Report) -> Name {
    let Some(text) = fields::text(node, "`slug`", report) else { return Name::Unreadable };
    if slug::is_slug(text) {
        return Name::Certain(text.to_owned());
    }
    let better = slug::slugify(text);
    let (hint, name) = if better.is_empty() {
        ("lower-case letters and digits, with single hyphens between".to_owned(), Name::Unreadable)
    } else {
        let hint = format!("for example `{better}`: lower-case letters, digits, single hyphens between");
        (hint, Name::Likely(better))
    };
    let message = format!("{} is no slug (at most {} characters)", quoted(text), slug::MAX_SLUG);
    report.error(node.at, "bad_slug", message, hint);
    name
}

/// Returns the slug of the name, or of the host where the name has nothing that can be written in ASCII.
pub(crate) fn derive_slug(name: &str, endpoint: &Endpoint) -> String {
    let slug = slug::slugify(name);
    if slug.is_empty() { slug::slugify(&endpoint.authority()) } else { slug }
}

fn read_times(fields: &Fields<'_>, report: &mut Report) -> (u32, u32) {
    let interval = match fields.get("interval") {
        Some(node) => read_interval(node, report),
        None => Some(DEFAULT_INTERVAL_S),
    };
    let interval_s = interval.unwrap_or(DEFAULT_INTERVAL_S);
    let default_ms = DEFAULT_TIMEOUT_MS.min(interval_s * 1_000);
    let Some(node) = fields.get("timeout") else {
        return (interval_s, default_ms);
    };
    let Some(ms) = fields::duration_ms(node, "`timeout`", report) else {
        return (interval_s, default_ms);
    };
    let shown = duration::show(ms);
    if !(u64::from(MIN_TIMEOUT_MS)..=u64::from(MAX_TIMEOUT_MS)).contains(&ms) {
        let message = format!("`timeout` is {shown}; it must be from {MIN_TIMEOUT_MS}ms to 60s");
        report.error(node.at, "out_of_range", message, "leave the key out for 10s");
        return (interval_s, default_ms);
    }
    // A wrong interval has been reported; comparing with its replacement would confuse.
    if interval.is_some() && ms > u64::from(interval_s) * 1_000 {
        let message = format!("`timeout` ({shown}) is longer than the interval ({interval_s}s)");
        report.error(
            node.at,
            "out_of_range",
            message,
            format!("write at most `{interval_s}s`, or a longer `interval`"),
        );
        return (interval_s, default_ms);
    }
    (interval_s, ms as u32)
}

fn read_interval(node: &Node, report: &mut Report) -> Option<u32> {
    let ms = fields::duration_ms(node, "`interval`", report)?;
    let (shortest, longest) = (u64::from(*INTERVAL_S.start()), u64::from(*INTERVAL_S.end()));
    if ms == 0 {
        let hint = format!("the shortest interval is `{shortest}s`; leave the key out for `{DEFAULT_INTERVAL_S}s`");
        report.error(node.at, "out_of_range", "`interval` is 0", hint);
        return None;
    }
    if !(shortest * 1_000..=longest * 1_000).contains(&ms) {
        let message = format!("`interval` is {}; it must be from {shortest}s to 1h", duration::show(ms));
        let hint = if ms < shortest * 1_000 {
            format!("write `{shortest}s` or more")
        } else {
            "write `1h` or less".to_owned()
        };
        report.error(node.at, "out_of_range", message, hint);
        return None;
    }
    if !ms.is_multiple_of(1_000) {
        let message = format!("`interval` is {}; it must be whole seconds", duration::show(ms));
        report.error(node.at, "out_of_range", message, format!("write `{}s`", ms.div_ceil(1_000)));
        return None;
    }
    u32::try_from(ms / 1_000).ok()
}

/// Returns the addresses, and whether all could be read.
fn read_addresses(items: &[&Node], allow_private: bool, report: &mut Report) -> (Vec<IpAddr>, bool) {
    if items.len() > MAX_ADDRESSES {
        let message = format!("`addresses` has {} items; {MAX_ADDRESSES} is the limit", items.len());
        report.error(items[MAX_ADDRESSES].at, "out_of_range", message, "keep those that matter");
    }
    let mut addresses = Vec::new();
    let mut are_whole = items.len() <= MAX_ADDRESSES;
    for item in items.iter().take(MAX_ADDRESSES) {
        let Some(text) = fields::text(item, "an address", report) else {
            are_whole = false;
            continue;
        };
        let bare = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
        let Ok(address) = bare.parse::<IpAddr>() else {
            let hint = every::hint(text).unwrap_or_else(|| address_hint(bare));
            report.error(item.at, "bad_address", format!("{} is no address", quoted(text)), hint);
            are_whole = false;
            continue;
        };
        // `::ffff:192.0.2.1` travels over IPv4.
        let address = address.to_canonical();
        if let Some((message, hint)) = reach::refuse_address(address, allow_private) {
            report.error(item.at, "private_address", message, hint);
        } else {
            reach::warn_of_translation(address, item.at, report);
        }
        if addresses.contains(&address) {
            report.error(item.at, "duplicate_address", format!("{address} is there twice"), "keep one of them");
        } else {
            addresses.push(address);
        }
    }
    (addresses, are_whole)
}

fn address_hint(text: &str) -> &'static str {
    if text.contains('%') {
        "leave the zone (`%...`) out: it means something on one machine only"
    } else if text.contains('/') {
        "write one address, not a network"
    } else if text.matches(':').count() == 1 || text.parse::<std::net::SocketAddr>().is_ok() {
        "leave the port out: the one of the URL is used"
    } else if text.rsplit_once("]:").is_some_and(|(host, _)| host.parse::<Ipv6Addr>().is_ok()) {
        "leave brackets and port out: the port of the URL is used"
    } else {
        "write it like `192.0.2.1` or `2001:db8::1`"
    }
}

fn read_browser(node: &Node, report: &mut Report) -> BrowserEndpoints {
    let mut endpoints = BrowserEndpoints::default();
    let Some(fields) = Fields::read(node, "`browser`", BROWSER_KEYS, report) else {
        return endpoints;
    };
    let mut read = |key: &str, family: Option<Family>| {
        let node = fields.get(key)?;
        let text = fields::text(node, &format!("`{key}`"), report)?;
        let endpoint = read_browser_url(node, text, family, report)?;
        if endpoint.path.contains('?') {
            let hint = "remove what stands from `?` on: a browser tells whether it gets there without";
            report.error(node.at, "bad_url", "a query in a URL that every visitor sees", hint);
            return None;
        }
        Some(endpoint.to_string())
    };
    endpoints.ipv4 = read("ipv4", Some(Family::Ipv4));
    endpoints.ipv6 = read("ipv6", Some(Family::Ipv6));
    endpoints.dual_stack = read("dual_stack", None);
    endpoints
}

/// Reads what a browser can open, of this family where the host is an address.
pub(super) fn read_browser_url(
    node: &Node,
    text: &str,
    family: Option<Family>,
    report: &mut Report,
) -> Option<Endpoint> {
    let (message, hint) = match parse_url(text) {
        Err(error) => (error.message, error.hint),
        Ok((endpoint, _)) if !endpoint.scheme.is_http() => (
            format!("a browser cannot open `{}`", endpoint.scheme.code()),
            "write an `https://` or `http://` URL".to_owned(),
        ),
        Ok((_, Some(_))) => {
            ("credentials in a URL that every visitor sees".to_owned(), "remove what stands before `@`".to_owned())
        }
        Ok((endpoint, None)) => match (&endpoint.host, family) {
            (Host::Address(address), Some(family)) if Family::of(*address) != family => (
                format!("{address} is an {} address", Family::of(*address)),
                format!("move it to `{}`", family.other().code()),
            ),
            (Host::Address(_), None) => {
                ("an address has one family only".to_owned(), "write a name that has both families".to_owned())
            }
            _ => return Some(endpoint),
        },
    };
    report.error(node.at, "bad_url", message, hint);
    None
}

/// RFC 9110 section 9.3.2: the answer to HEAD has no body.
fn check_body(request: &Request, expect: &Expect, fields: &Fields<'_>, report: &mut Report) {
    if request.method == Method::Head && expect.reads_body() {
        let message = "the answer to HEAD has no body, so nothing can be expected of it";
        report.error(fields.place_of("expect"), "no_body", message, "write `method: GET`, or leave `method` out");
    }
}

/// Reports expectations that no measurement can meet.
fn check_families(target: &Target, fields: &Fields<'_>, report: &mut Report) {
    let at = |key| fields.place_of(key);
    let literal = match target.endpoint.host {
        Host::Address(address) => Some(address),
        Host::Name(_) => None,
    };
    if literal.is_some() && !target.addresses.is_empty() {
        let message = "`addresses` beside a URL that is an address already";
        report.error(at("addresses"), "unused_addresses", message, "write a name into the URL, or remove `addresses`");
        return;
    }
    let pinned: Vec<IpAddr> = literal.into_iter().chain(target.addresses.iter().copied()).collect();
    if pinned.is_empty() {
        return;
    }
    let has = |family| pinned.iter().any(|a| Family::of(*a) == family);
    for (family, expected) in target.expect.families.iter() {
        if *expected == Expected::Required && !has(family) {
            let message = format!("{family} is required, but there is no {family} address");
            report.error(at("expect"), "nothing_to_measure", message, "add one to `addresses`, or name a host");
        }
        if *expected == Expected::Ignored && !has(family.other()) {
            let message = format!("{family} is ignored, but there is no {} address", family.other());
            report.error(at("expect"), "nothing_to_measure", message, "add one to `addresses`, or name a host");
        }
    }
}
