//! The format `dualwatch.yml`: the document as a whole.

mod declared;
mod every;
mod expect;
mod goals;
mod group;
mod maintenance;
mod network;
mod notify;
mod octets;
mod page;
mod public;
mod public_url;
mod request;
mod self_test;
mod short_text;
mod stack;
mod target;

pub(crate) use expect::MAX_REDIRECTS;
pub(crate) use request::{MAX_BODY, MAX_HEADERS, check_header_name, is_header_value};
pub(crate) use target::derive_slug;

pub use stack::hint as hint_of_client;

use crate::{
    Config, Format, MAX_TARGETS, Runtime,
    fields::{self, Fields},
    finding::{Place, Report, quoted},
    look_alike, resolver, slug,
    yaml::Node,
    zone,
};
use declared::{Declared, Name};
use dualwatch_core::measure::{
    public::Public,
    target::{Confirmation, Host, Policy, Resolver, Slo, Target},
};

pub(crate) const EXAMPLE: &str = "begin with `targets:`, then on a line of its own `  - url: https://example.com/`";

const KEYS: &[&str] = &[
    "targets",
    "controls",
    "resolvers",
    "network",
    "tls",
    "self_test",
    "slo",
    "confirm",
    "unstable",
    "addresses",
    "history",
    "notify",
    "public",
    "maintenance",
    "timezone",
    "public_url",
    "page",
];
/// Keys with this beginning are ignored at the top: a place for anchors.
const EXTENSION: &str = "x-";

/// Reads a file that the configuration names.
type Files<'f> = &'f dyn Fn(&str) -> Result<String, String>;

pub(crate) fn read(root: &Node, runtime: Runtime, files: Files<'_>, report: &mut Report) -> Option<Config> {
    if let Some(sites) = root.entry("sites") {
        report.error(sites.at, "mixed_formats", "`sites` is Upptime's word; this file has `targets`", "keep one");
    }
    let is_passed_over = |key: &str| key.starts_with(EXTENSION) || key == "sites";
    let document = Fields::read_but(root, "the configuration", KEYS, is_passed_over, report)?;
    let allow_private = document.get("network").is_some_and(|node| network::allow_private(node, report));
    let (resolvers, are_resolvers_good) = network::resolvers(document.get("resolvers"), allow_private, runtime, report);
    let policy = Policy {
        allow_private,
        controls: network::controls(document.get("controls"), allow_private, report),
        resolvers,
        extra_roots_pem: document.get("tls").map(|node| network::roots(node, files, report)).unwrap_or_default(),
        history: document.get("history").map(|node| goals::history(node, report)).unwrap_or_default(),
    };
    let (self_test, self_test_beside) =
        document.get("self_test").map(|node| self_test::read(node, report)).unwrap_or_default();
    let confirm = Confirmation::default();
    let confirm = document.get("confirm").map_or(confirm, |node| goals::confirm(node, confirm, report));
    let confirm = document.get("unstable").map_or(confirm, |node| goals::unstable(node, confirm, report));
    let (channels, channel_names) = match document.get("notify") {
        Some(node) => notify::channels(node, files, allow_private, report),
        None => (Vec::new(), notify::without(root, KEYS)),
    };
    let all = Public::default();
    let inherited = Inherited {
        allow_private,
        slo: document.get("slo").and_then(|node| goals::slo(node, report)),
        confirm,
        every_address: document.get("addresses").is_some_and(|node| every::of_all(node, report)),
        channel_names,
        public: document.get("public").map_or(all, |node| public::read(node, all, report)),
    };
    let Targets { read: targets, slugs, unresolved } = read_targets(&document, &inherited, report);
    // A resolver that is wrong may be the one that is missing.
    if are_resolvers_good {
        check_resolvers(&policy.resolvers, unresolved.as_deref(), document.place_of("resolvers"), report);
    }
    let maintenance =
        document.get("maintenance").map(|node| maintenance::rules(node, &slugs, report)).unwrap_or_default();
    let timezone =
        document.get("timezone").and_then(|node| zone::read(node, "`timezone`", report)).map(|(name, _)| name);
    let public_url = document.get("public_url").and_then(|node| public_url::read(node, report));
    let (branding, pictures) = document.get("page").map(|node| page::read(node, files, report)).unwrap_or_default();
    Some(Config {
        targets,
        policy,
        self_test,
        self_test_beside,
        maintenance,
        channels,
        timezone,
        public_url,
        branding,
        pictures,
        warnings: Vec::new(),
        format: Format::Dualwatch,
    })
}

/// What targets take from the document as a whole.
struct Inherited {
    allow_private: bool,
    slo: Option<Slo>,
    confirm: Confirmation,
    every_address: bool,
    channel_names: Declared,
    public: Public,
}

struct Targets {
    read: Vec<Target>,
    slugs: Declared,
    /// The name of the first target whose host a resolver must find.
    unresolved: Option<String>,
}

impl Targets {
    const fn of(slugs: Declared) -> Self {
        Self { read: Vec::new(), slugs, unresolved: None }
    }
}

fn read_targets(document: &Fields<'_>, inherited: &Inherited, report: &mut Report) -> Targets {
    let Some(node) = document.get("targets") else {
        report.error(document.place_of("targets"), "no_targets", "there are no targets", EXAMPLE);
        return Targets::of(Declared::unreadable());
    };
    let Some(items) = fields::list(node, "`targets`", report) else {
        return Targets::of(Declared::unreadable());
    };
    if items.is_empty() {
        report.error(node.at, "no_targets", "there are no targets", EXAMPLE);
    }
    if items.len() > MAX_TARGETS {
        let message = format!("{} targets; {MAX_TARGETS} is the limit", items.len());
        report.error(items[MAX_TARGETS].at, "too_many_targets", message, "spread them over several installations");
        return Targets::of(Declared::unreadable());
    }
    let mut taken = slug::Taken::default();
    let (mut names_seen, mut slugs_seen) = (look_alike::Seen::default(), look_alike::Seen::default());
    let mut found = Targets::of(Declared::nothing());
    for item in items {
        let Some(target::Found { slug, slug_at, are_addresses_whole, target }) = target::read(item, inherited, report)
        else {
            found.slugs.add(&Name::Unreadable);
            continue;
        };
        found.slugs.add(&slug);
        let first = if let Name::Certain(slug) = &slug { taken.take(slug, slug_at).map(|at| (slug, at)) } else { None };
        if let Some((slug, first)) = first {
            let message = format!("the slug {} is taken", quoted(slug));
            let hint = format!("line {} has it first; give one of them another `slug:`", first.line);
            report.error(slug_at, "duplicate_slug", message, hint);
        }
        let Some(target) = target else { continue };
        // One finding is enough: a slug is mostly made of the name.
        if first.is_none() && !names_seen.note(&target.name, "the name", item.at, report) {
            slugs_seen.note(&target.slug, "the slug", slug_at, report);
        }
        if found.unresolved.is_none() && are_addresses_whole && needs_resolver(&target) {
            found.unresolved = Some(target.name.clone());
        }
        found.read.push(target);
    }
    found
}

fn needs_resolver(target: &Target) -> bool {
    let is_name = matches!(&target.endpoint.host, Host::Name(name) if !crate::reach::is_localhost(name));
    is_name && target.addresses.is_empty()
}

/// Names need a resolver, and a resolver with a name needs another one.
fn check_resolvers(resolvers: &[Resolver], unresolved: Option<&str>, at: Place, report: &mut Report) {
    if let (true, Some(name)) = (resolvers.is_empty(), unresolved) {
        report.error(
            at,
            "no_resolver",
            format!("nobody can resolve the host of {}", quoted(name)),
            "leave `resolvers:` out for the default ones, or pin `addresses:` to the target",
        );
    } else if !resolvers.is_empty() && !resolvers.iter().any(resolver::needs_no_other) {
        report.error(
            at,
            "no_resolver",
            "nobody can resolve the names of these resolvers",
            "add one with an address, for example `tcp://9.9.9.9`",
        );
    }
}

/// Reports each of `keys` that a target has which is not measured by HTTP.
fn refuse_http_keys(fields: &Fields<'_>, keys: &[&str], report: &mut Report) {
    for key in keys.iter().filter(|key| fields.get(key).is_some()) {
        report.error(
            fields.place_of(key),
            "no_http",
            format!("only an HTTP target has `{key}`"),
            "remove it, or measure an `https://` URL",
        );
    }
}
