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
    /// From when another URL was measured under its name, and which one is now: what becomes of this one nobody saw.
    pub replaced: Option<(Timestamp, String)>,
    pub measured: Measured,
    /// In the order in which they began.
    pub incidents: Vec<Incident>,
    pub findings: Vec<Finding>,
}

impl History {
    pub fn was_ever_up(&self) -> bool {
        // An answer that never came is none, also where the configuration counts it as up.
        self.versions.iter().any(|version| version.record.status != Status::Down && version.record.code != Some(0))
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
        let (versions, earlier) = by_url(recorded.remove(&slug).unwrap_or_default());
        let site = sites.iter().find(|site| site.slug == slug).cloned();
        let published = source.summary.iter().find(|item| item.slug == slug).cloned();
        let url = [
            versions.last().map(|v| v.record.url.as_str()),
            site.as_ref().map(|s| s.url.as_str()),
            published.as_ref().map(|p| p.url.as_str()),
        ];
        let url = without_credentials(url.into_iter().flatten().find(|url| !url.is_empty()).unwrap_or_default());
        let name = site.as_ref().map(|s| &s.name).or(published.as_ref().map(|p| &p.name)).unwrap_or(&slug);
        let newest = History {
            name: without_credentials(name),
            measured: measured(site.as_ref(), &slug, &url, all_by_globalping),
            incidents: Vec::new(),
            findings: Vec::new(),
            endpoint: site.as_ref().and_then(|site| Some(site.target.as_ref()?.1.clone())),
            replaced: None,
            versions,
            site,
            published,
            url,
            slug,
        };
        let earlier = earlier.into_iter().map(|versions| newest.before(versions)).collect::<Vec<_>>();
        std::iter::once(newest).chain(earlier)
    };
    slugs.into_iter().flat_map(history).collect()
}

/// Returns the versions of the URL that was recorded last, then those of each other one, newest first.
fn by_url(versions: Vec<Version>) -> (Vec<Version>, Vec<Vec<Version>>) {
    let mut groups: Vec<(String, Vec<Version>)> = Vec::new();
    // From the newest on, so that a record without a URL is one of that after it.
    for version in versions.into_iter().rev() {
        let url = without_credentials(version.record.url.trim_end_matches('/'));
        match groups.iter_mut().find(|(known, _)| *known == url || url.is_empty() || known.is_empty()) {
            Some((known, group)) => {
                if known.is_empty() {
                    *known = url;
                }
                group.push(version);
            }
            None => groups.push((url, vec![version])),
        }
    }
    let mut groups = groups.into_iter().map(|(_, mut group)| {
        group.reverse();
        group
    });
    (groups.next().unwrap_or_default(), groups.collect())
}

impl History {
    /// Returns what was recorded under the same name of another URL, before this one.
    fn before(&self, versions: Vec<Version>) -> Self {
        let url = versions.last().map_or_else(String::new, |version| without_credentials(&version.record.url));
        let last_at = versions.last().map(|version| version.record.at);
        let since = self.versions.iter().map(|version| version.record.at).find(|at| Some(*at) > last_at);
        let site = self.site.clone().map(|site| UpptimeSite { only_down: None, lines: (0, 0), ..site });
        let by_globalping = self.measured.by_globalping;
        Self {
            endpoint: self.endpoint.as_deref().and_then(|endpoint| elsewhere(endpoint, &url)),
            measured: measured(site.as_ref(), &self.slug, &url, by_globalping),
            replaced: since.or(last_at).map(|since| (since, self.url.clone())),
            published: None,
            versions,
            site,
            url,
            ..self.clone()
        }
    }
}

/// Returns where a bare host is measured by a check whose other host is measured there; `None` for a URL, which says it.
fn elsewhere(endpoint: &str, host: &str) -> Option<String> {
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
