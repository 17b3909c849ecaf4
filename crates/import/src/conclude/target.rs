//! What is known of one site: its versions in order, its configuration, how it was measured, and what was concluded.

use crate::{
    conclude::{
        codes::Finding,
        measured::{Measured, measured},
        nature::Nature,
        url::without_credentials,
    },
    read::{Source, Version},
};
use dualwatch_config::UpptimeSite;
use dualwatch_core::measure::time::Timestamp;
use dualwatch_wire::upptime::{Status, SummaryItem};
use std::collections::{BTreeMap, HashSet};

/// One site of the repository.
#[derive(Clone, Debug)]
pub struct History {
    pub slug: String,
    pub name: String,
    /// As recorded last, without credentials.
    pub url: String,
    /// In the order in which they were measured.
    pub versions: Vec<Version>,
    /// `None`: removed from the configuration since.
    pub site: Option<UpptimeSite>,
    pub published: Option<SummaryItem>,
    /// The URL by which Dualwatch measures it, where the configuration makes a target of it.
    pub endpoint: Option<String>,
    pub measured: Measured,
    /// In the order in which they began.
    pub incidents: Vec<Incident>,
    pub findings: Vec<Finding>,
}

impl History {
    pub fn was_ever_up(&self) -> bool {
        // An answer that never came is none, also where the configuration counts it as up.
        let counts_silence = self.site.as_ref().is_some_and(|site| site.expects_no_answer);
        let is_silent = |version: &Version| counts_silence && version.record.code == Some(0);
        self.versions.iter().any(|version| version.record.status != Status::Down && !is_silent(version))
    }

    /// Returns where a version was measured: by its own URL, where another one than the newest stands in it.
    pub(crate) fn place_of(&self, version: &Version) -> Option<String> {
        let key = |url: &str| without_credentials(url.trim_end_matches('/'));
        let url = key(&version.record.url);
        if url.is_empty() || url == key(&self.url) {
            return None;
        }
        let endpoint = self.endpoint.as_deref().and_then(|endpoint| elsewhere(endpoint, &url));
        let parsed = || dualwatch_config::parse_url(&url).ok().map(|(endpoint, _)| endpoint.to_string());
        Some(endpoint.or_else(parsed).unwrap_or(url.clone()))
    }

    pub fn first_at(&self) -> Option<Timestamp> {
        self.versions.first().map(|version| version.record.at)
    }

    pub fn last_at(&self) -> Option<Timestamp> {
        self.versions.last().map(|version| version.record.at)
    }
}

/// A spell of versions with one status other than "up".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// When the first of them was measured.
    pub began: Timestamp,
    /// When the next version with another status was measured.
    pub ended: Option<Timestamp>,
    pub status: Status,
    /// The code of the first.
    pub code: Option<u16>,
    pub nature: Nature,
    /// The commit of the first.
    pub commit: String,
    pub n_versions: usize,
    /// Whether the history begins with it: when it really began is not known.
    pub opens_history: bool,
}

impl Incident {
    pub fn duration_ms(&self) -> Option<i64> {
        self.ended.map(|ended| ended.ms_since(self.began))
    }
}

/// Returns the sites: those of the configuration in its order, then the others in the order of their first version.
pub(crate) fn histories(source: &mut Source) -> Vec<History> {
    let sites = source.configuration.as_ref().map_or_else(Vec::new, |(_, text)| dualwatch_config::upptime_sites(text));
    let all_by_globalping = !sites.is_empty() && sites.iter().all(|site| site.is_globalping);
    let mut recorded: BTreeMap<String, Vec<Version>> = BTreeMap::new();
    for version in std::mem::take(&mut source.versions) {
        recorded.entry(version.slug.clone()).or_default().push(version);
    }
    for versions in recorded.values_mut() {
        // Stable: of two versions measured at the same time the later one in the source stays later.
        versions.sort_by_key(|version| version.record.at);
    }
    let slugs = slugs(&sites, &recorded, &source.summary);
    let history = |slug: String| {
        let versions = recorded.remove(&slug).unwrap_or_default();
        let site = sites.iter().find(|site| site.slug == slug).cloned();
        let published = source.summary.iter().find(|item| item.slug == slug).cloned();
        let url = [
            versions.last().map(|v| v.record.url.as_str()),
            site.as_ref().map(|s| s.url.as_str()),
            published.as_ref().map(|p| p.url.as_str()),
        ];
        let url = without_credentials(url.into_iter().flatten().find(|url| !url.is_empty()).unwrap_or_default());
        let name = site.as_ref().map(|s| &s.name).or(published.as_ref().map(|p| &p.name)).unwrap_or(&slug);
        History {
            name: without_credentials(name),
            measured: measured(site.as_ref(), &slug, &url, all_by_globalping),
            incidents: Vec::new(),
            findings: Vec::new(),
            endpoint: site.as_ref().and_then(|site| Some(site.target.as_ref()?.1.clone())),
            versions,
            site,
            published,
            url,
            slug,
        }
    };
    slugs.into_iter().map(history).collect()
}

/// Returns where a bare host is measured by a check whose other host is measured there; `None` for a URL, which says it.
pub(crate) fn elsewhere(endpoint: &str, host: &str) -> Option<String> {
    let (scheme, rest) = endpoint.split_once("://").filter(|_| !host.contains("://"))?;
    let rest = rest.strip_prefix('[').map_or(rest, |literal| literal.split_once(']').map_or(rest, |(_, rest)| rest));
    let tail = rest.find([':', '/']).map_or("", |at| &rest[at..]);
    let host = if host.matches(':').count() > 1 { format!("[{host}]") } else { host.to_owned() };
    Some(format!("{scheme}://{host}{tail}"))
}

/// Returns every slug once. The order does not depend on where the versions were read from.
fn slugs(sites: &[UpptimeSite], recorded: &BTreeMap<String, Vec<Version>>, summary: &[SummaryItem]) -> Vec<String> {
    let mut removed: Vec<(Option<Timestamp>, &str)> = recorded
        .iter()
        .map(|(slug, versions)| (versions.first().map(|version| version.record.at), slug.as_str()))
        .collect();
    removed.sort_unstable();
    let all = sites.iter().map(|site| site.slug.as_str());
    let all = all.chain(removed.into_iter().map(|(_, slug)| slug)).chain(summary.iter().map(|item| item.slug.as_str()));
    let mut seen = HashSet::new();
    all.filter(|slug| seen.insert(*slug)).map(str::to_owned).collect()
}
