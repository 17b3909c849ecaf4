//! YAML in, validated targets and policy out; every mistake with file, line, column and a hint.
//!
//! In scope: `dualwatch.yml`, and a `.upptimerc.yml` in its place. Out of scope: reading files (the caller hands
//! in text and a closure), resolving names, measuring. Runs natively and in WebAssembly.
//!
//! ```
//! let text = "targets:\n  - name: Shop\n    url: https://shop.example/\n    intervall: 30s\n";
//! let findings = dualwatch_config::load(text, "dualwatch.yml", &|_| Err("no such file".into())).unwrap_err();
//! assert_eq!(
//!     findings[0].to_string(),
//!     "dualwatch.yml:4:5: error[unknown_key]: unknown key `intervall` in a target\n  hint: did you mean `interval`?",
//! );
//!
//! let text = "targets: [{ name: Shop, url: 'https://shop.example/', interval: 30s }]";
//! let config = dualwatch_config::load(text, "dualwatch.yml", &|_| Err("no such file".into())).unwrap();
//! assert_eq!((config.targets[0].slug.as_str(), config.targets[0].interval_s), ("shop", 30));
//! ```

use base64::prelude::{BASE64_STANDARD, Engine as _};
use dualwatch_core::{
    measure::target::{BrowserEndpoints, Policy, Target},
    respond::{delivery::Channel, maintenance::Rule},
    self_test::place::Beside,
};
use dualwatch_wire::v1::{Branding, Pictures};
use serde::Serialize;

mod browser;
mod dualwatch;
mod duration;
mod endpoint;
mod fields;
mod finding;
mod look_alike;
mod occurrences;
mod reach;
mod resolver;
mod slug;
mod upptime;
mod yaml;
mod zone;

pub use dualwatch::hint_of_client;
pub use endpoint::{UrlError, parse_url};
pub use finding::{Finding, Severity};
pub use occurrences::{UnknownZone, occurrences, windows};
pub use resolver::parse_resolver;
pub use upptime::{SKIPS_A_SITE, UpptimeSite, says_ipv6, upptime_interval_s, upptime_sites};
pub use zone::zone;

use finding::{Place, Report};
use yaml::Value;

/// The most targets of one configuration.
pub const MAX_TARGETS: usize = 10_000;

/// A configuration that can be used.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// In the order of the file; at least one in `dualwatch.yml`, none is possible in `.upptimerc.yml`.
    pub targets: Vec<Target>,
    pub policy: Policy,
    /// Origins (no path, no final slash) that the page uses to test the visitor's own families.
    /// `//*.` in one says that every name below it is the endpoint.
    pub self_test: BrowserEndpoints,
    /// The further ones.
    pub self_test_beside: Beside,
    /// When failures are announced; [`occurrences()`] makes windows of it.
    pub maintenance: Vec<Rule>,
    /// Who hears of incidents. It holds secrets.
    pub channels: Vec<Channel>,
    /// The time zone whose clock stands beside UTC wherever people read times: a name of the IANA database.
    pub timezone: Option<String>,
    /// Where people find the page: an `http` or `https` URL without a slash at its end.
    pub public_url: Option<String>,
    /// What makes the pages the operator's own.
    pub branding: Branding,
    pub pictures: Pictures,
    /// In the order of the file; none of them has [`Severity::Error`].
    pub warnings: Vec<Finding>,
    pub format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// `dualwatch.yml`.
    Dualwatch,
    /// `.upptimerc.yml`.
    Upptime,
}

/// What measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// The program, or nothing yet.
    Native,
    /// The worker: it has no resolver of the system.
    Edge,
}

/// Returns a file that a configuration names as the text that `files` is to give: what is no text is a `data` URL (RFC 2397).
pub fn file_text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| format!("{DATA_URL}{}", BASE64_STANDARD.encode(error.as_bytes())))
}

/// What a file that is no text begins with.
const DATA_URL: &str = "data:application/octet-stream;base64,";

/// Returns the configuration that a text describes, or everything that is wrong with it (warnings included).
///
/// `name` is what findings call the file; one that ends in `upptimerc.yml` is read as Upptime's, as is every file with
/// `sites` and without `targets`. `files` reads a file that the configuration refers to, relative to it.
pub fn load(text: &str, name: &str, files: &dyn Fn(&str) -> Result<String, String>) -> Result<Config, Vec<Finding>> {
    load_for(Runtime::Native, text, name, files)
}

/// The same, for a host that measures: what it cannot do is an error at its place.
pub fn load_for(
    runtime: Runtime,
    text: &str,
    name: &str,
    files: &dyn Fn(&str) -> Result<String, String>,
) -> Result<Config, Vec<Finding>> {
    let mut report = Report::new(name);
    let config = read(text, name, runtime, files, &mut report);
    let is_good = !report.has_error();
    let findings = report.into_findings();
    match config {
        Some(config) if is_good => Ok(Config { warnings: findings, ..config }),
        _ => Err(findings),
    }
}

fn read(
    text: &str,
    name: &str,
    runtime: Runtime,
    files: &dyn Fn(&str) -> Result<String, String>,
    report: &mut Report,
) -> Option<Config> {
    let root = yaml::parse(text, report)?;
    let is_upptime = root.entry("targets").is_none() && (root.entry("sites").is_some() || is_upptime_name(name));
    match &root.value {
        Value::Null => {
            let hint = if is_upptime { upptime::EXAMPLE } else { dualwatch::EXAMPLE };
            report.error(Place::START, "empty_file", "the file is empty", hint);
            None
        }
        Value::Map(_) if is_upptime => upptime::read(text, report),
        _ => dualwatch::read(&root, runtime, files, report),
    }
}

fn is_upptime_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with("upptimerc.yml") || name.ends_with("upptimerc.yaml")
}

/// Returns the slug of a name, by the rules of `sindresorhus/slugify`; empty where nothing of it can be written in ASCII.
pub fn slug(name: &str) -> String {
    slug::slugify(name)
}

/// Returns a commented `dualwatch.yml` that loads without findings.
pub const fn starter() -> &'static str {
    include_str!("../starter.yml")
}
