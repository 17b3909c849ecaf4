//! The format `.upptimerc.yml`: taken as it is, with a warning wherever it does not do what its author thinks.

mod keys;
mod schedule;
mod site;
mod sites;

pub use schedule::upptime_interval_s;
pub use sites::{UpptimeSite, upptime_sites};

use crate::{
    Config, Format, MAX_TARGETS,
    fields::wrong_type,
    finding::{Place, Report, quoted},
    look_alike, slug,
    yaml::{Node, Value},
};
use dualwatch_core::{
    measure::target::{BrowserEndpoints, Policy},
    self_test::place::Beside,
};
use keys::Tally;

pub(crate) const EXAMPLE: &str = "begin with `sites:`, then on a line of its own `  - url: https://example.com`";

/// The codes of the warnings that say that a site could not become a target. Each such site has exactly one of them.
pub const SKIPS_A_SITE: [&str; 4] = ["secret_needed", "malformed_url", "malformed_site", "private_address"];

/// Returns the sites as targets, with the default policy: the format has no words for it.
pub(crate) fn read(root: &Node, report: &mut Report) -> Option<Config> {
    let mut tally = Tally::default();
    keys::review_document(root, &mut tally, report);
    let sites: &[Node] = match root.entry("sites").map(|entry| &entry.value) {
        None => {
            report.warning(Place::START, "no_sites", "there are no `sites`, so nothing is measured", EXAMPLE);
            &[]
        }
        Some(Node { value: Value::Null, .. }) => &[],
        Some(Node { value: Value::List(items), .. }) => items,
        Some(node) => {
            wrong_type(node, "`sites`", "a list", "begin every site with `- `", report);
            return None;
        }
    };
    if let (Some(entry), []) = (root.entry("sites"), sites) {
        report.warning(entry.at, "no_sites", "`sites` is empty, so nothing is measured", EXAMPLE);
    }
    if sites.len() > MAX_TARGETS {
        let message = format!("{} sites; {MAX_TARGETS} is the limit", sites.len());
        report.error(sites[MAX_TARGETS].at, "too_many_targets", message, "spread them over several installations");
        return None;
    }
    let mut slugs = slug::Taken::default();
    let mut seen = look_alike::Seen::default();
    let mut targets = Vec::with_capacity(sites.len());
    for node in sites {
        let Some((mut target, slug_at)) = site::read(node, &mut tally, report) else {
            continue;
        };
        if let Some(first) = slugs.take(&target.slug, slug_at) {
            let numbered = slugs.take_numbered(&target.slug, slug_at);
            let message = format!("the slug {} is taken; this site is {}", quoted(&target.slug), quoted(&numbered));
            let hint = format!(
                "line {} has it first, and Upptime writes both into one history file; give one of them another name",
                first.line
            );
            report.warning(slug_at, "duplicate_slug", message, hint);
            target.slug = numbered;
        } else {
            seen.note(&target.name, "the name", node.at, report);
        }
        targets.push(target);
    }
    tally.report(report);
    Some(Config {
        timezone: None,
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
