//! The format `.upptimerc.yml`: taken as it is, with a warning wherever it does not do what its author thinks.

mod ends;
mod js;
mod keys;
mod known;
mod never;
mod schedule;
mod secrets;
mod site;
mod sites;
mod tally;
mod together;

pub use schedule::upptime_interval_s;
pub use site::says_ipv6;
pub use sites::{UpptimeSite, upptime_sites};

use crate::{
    Config, Format, MAX_TARGETS,
    finding::{Place, Report, quoted},
    look_alike, slug,
    yaml::{self, Node, Value},
};
use dualwatch_core::{
    measure::target::{BrowserEndpoints, Policy},
    self_test::place::Beside,
};
use dualwatch_wire::v1::{Branding, Pictures};
use std::collections::HashMap;
use tally::Tally;

pub(crate) const EXAMPLE: &str = "begin with `sites:`, then on a line of its own `  - url: https://example.com`";

/// The codes of the warnings that say that a site could not become a target. Each such site has exactly one of them.
pub const SKIPS_A_SITE: [&str; 6] =
    ["secret_needed", "never_replaced", "malformed_url", "malformed_site", "private_address", "icmp_ping"];

/// Returns the sites as targets, with the default policy: the format has no words for it.
pub(crate) fn read(text: &str, report: &mut Report) -> Option<Config> {
    let Some((root, refused)) = yaml::js::compose(text) else {
        report.error(Place::START, "yaml_syntax", "this cannot be read as js-yaml reads it", EXAMPLE);
        return None;
    };
    let root = &root;
    ends::report_refused(&refused, report);
    let mut tally = Tally::default();
    keys::review_document(root, &mut tally, report);
    let sites: &[Node] = match root.entry("sites").map(|entry| &entry.value) {
        None => {
            let message = "there are no `sites`, so nothing is measured, and Upptime's whole run ends";
            report.warning(Place::START, "no_sites", message, EXAMPLE);
            &[]
        }
        Some(Node { value: Value::Null, .. }) => &[],
        Some(Node { value: Value::List(items), .. }) => items,
        Some(node) => {
            let message = format!("`sites` must be a list, this is {}, and Upptime's whole run ends", node.kind());
            report.error(node.at, "wrong_type", message, "begin every site with `- `");
            return None;
        }
    };
    if let (Some(entry), []) = (root.entry("sites"), sites) {
        let ends = if ends::of_sites(&entry.value) { ", and Upptime's whole run ends" } else { "" };
        report.warning(entry.at, "no_sites", format!("`sites` is empty, so nothing is measured{ends}"), EXAMPLE);
    }
    if sites.len() > MAX_TARGETS {
        let message = format!("{} sites; {MAX_TARGETS} is the limit", sites.len());
        report.error(sites[MAX_TARGETS].at, "too_many_targets", message, "spread them over several installations");
        return None;
    }
    let around = site::Around::of(root);
    secrets::review(root, sites, &around.secrets, report);
    together::review_template(root, sites, report);
    together::review_token(root, report);
    let mut slugs = slug::Taken::default();
    let mut files: HashMap<String, Place> = HashMap::new();
    let mut seen = look_alike::Seen::default();
    let mut targets = Vec::with_capacity(sites.len());
    for node in sites {
        let Some(site::Read { mut target, slug: file, slug_at }) = site::read(node, &around, &mut tally, report) else {
            continue;
        };
        let first_of_file = files.get(&file).copied();
        files.entry(file).or_insert(slug_at);
        if slugs.take(&target.slug, slug_at).is_some() {
            let numbered = slugs.take_numbered(&target.slug, slug_at);
            let message = format!("the slug {} is taken; this site is {}", quoted(&target.slug), quoted(&numbered));
            if let Some(first) = first_of_file {
                let hint = format!(
                    "line {} has it first, and Upptime writes both into one history file; give one of them another name",
                    first.line
                );
                report.warning(slug_at, "duplicate_slug", message, hint);
            } else {
                let hint = "they are the same only as they are written here; Upptime has a history file for each";
                report.note(slug_at, "slug_changed", message, hint);
            }
            target.slug = numbered;
        } else {
            seen.note(&target.name, "the name", node.at, report);
        }
        targets.push((target, node));
    }
    together::review_names(&targets, report);
    let targets = targets.into_iter().map(|(target, _)| target).collect();
    tally.report(report);
    Some(Config {
        timezone: None,
        public_url: None,
        branding: Branding::default(),
        pictures: Pictures::default(),
        targets,
        policy: Policy::default(),
        self_test: BrowserEndpoints::default(),
        self_test_beside: Beside::default(),
        maintenance: Vec::new(),
        channels: Vec::new(),
        warnings: Vec::new(),
        format: Format::Upptime,
    })
}
