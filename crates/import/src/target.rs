//! What is known of one site: its versions in order, its configuration, and how it was measured.

use crate::{
    findings::Finding,
    incidents::Incident,
    source::{Source, Version},
};
use dualwatch_config::UpptimeSite;
use dualwatch_core::measure::{family::Family, time::Timestamp};
use dualwatch_wire::upptime::SummaryItem;
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    net::Ipv6Addr,
};

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

/// How Upptime measured a site, as far as the newest configuration and the records tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// A hosted runner has no IPv6 (actions/runner#3138), so without a followed `ipv6: true` or a literal it is IPv4.
    pub family: Family,
    pub by_globalping: bool,
    pub is_certificate_check: bool,
}

impl History {
    pub fn was_ever_up(&self) -> bool {
        use dualwatch_wire::upptime::Status;
        self.versions.iter().any(|version| version.record.status != Status::Down)
    }

    pub fn first_at(&self) -> Option<Timestamp> {
        self.versions.first().map(|version| version.record.at)
    }

    pub fn last_at(&self) -> Option<Timestamp> {
        self.versions.last().map(|version| version.record.at)
    }
}

/// Returns the sites: those of the configuration in its order, then the others in the order of their first version.
pub(crate) fn histories(source: &mut Source) -> Vec<History> {
    let sites = source.configuration.as_ref().map_or_else(Vec::new, |(_, text)| dualwatch_config::upptime_sites(text));
    let endpoints = endpoints(source);
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
            endpoint: endpoints.get(&slug).cloned(),
            versions,
            site,
            published,
            url,
            slug,
        }
    };
    slugs.into_iter().map(history).collect()
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

/// Returns the URLs of the targets that the configuration makes, by slug.
fn endpoints(source: &Source) -> HashMap<String, String> {
    let Some((name, text)) = &source.configuration else { return HashMap::new() };
    let config =
        dualwatch_config::load(text, name, &|_| Err("a configuration of Upptime refers to no files".to_owned()));
    config.map_or_else(
        |_| HashMap::new(),
        |config| config.targets.into_iter().map(|t| (t.slug.clone(), t.url())).collect(),
    )
}

fn measured(site: Option<&UpptimeSite>, slug: &str, url: &str, all_by_globalping: bool) -> Measured {
    let follows = site.map_or_else(|| !url.contains("://") && says_ipv6(slug), UpptimeSite::follows_ipv6);
    let is_ipv6 = follows || host(url).parse::<Ipv6Addr>().is_ok();
    Measured {
        family: if is_ipv6 { Family::Ipv6 } else { Family::Ipv4 },
        by_globalping: site.map_or(all_by_globalping, |site| site.is_globalping),
        is_certificate_check: site.map_or_else(|| slug.split('-').any(|word| word == "ssl"), |s| s.check == "ssl"),
    }
}

/// Whether a slug claims to be about IPv6. "IPv6" becomes `i-pv6`, "IPV6" `ipv-6`, "v6" stays.
fn says_ipv6(slug: &str) -> bool {
    slug.contains("i-pv6") || slug.contains("ipv6") || slug.contains("ipv-6") || slug.split('-').any(|w| w == "v6")
}

/// Returns the host of a URL, or of a bare `host` or `host:port`; an IPv6 literal without its brackets.
pub(crate) fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let rest = rest.rsplit('@').next().unwrap_or(rest);
    if let Some(literal) = rest.strip_prefix('[') {
        return literal.split(']').next().unwrap_or_default();
    }
    if rest.matches(':').count() > 1 { rest } else { rest.split(':').next().unwrap_or_default() }
}

/// Returns the URL without user name and password, also where slashes are one too many.
fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let slashes = rest.len() - rest.trim_start_matches('/').len();
    let (slashes, rest) = rest.split_at(slashes);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let authority = authority.rsplit('@').next().unwrap_or(authority);
    format!("{scheme}://{slashes}{authority}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        for (url, shown, at) in [
            ("https://u:p@shop.example/@me?x=@", "https://shop.example/@me?x=@", "shop.example"),
            ("http:///u:p@shop.example:80/x", "http:///shop.example:80/x", ""),
            ("https://[2001:db8::1]:443/", "https://[2001:db8::1]:443/", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1", "2001:db8::1"),
            ("shop.example:25", "shop.example:25", "shop.example"),
            ("$SECRET", "$SECRET", "$SECRET"),
        ] {
            assert_eq!((without_credentials(url).as_str(), host(url)), (shown, at), "{url}");
        }
    }

    #[test]
    fn families() {
        let site = |check: &str, ipv6, url: &str| {
            let text = format!("sites: [{{ name: A, url: '{url}', check: {check}, ipv6: {ipv6} }}]");
            dualwatch_config::upptime_sites(&text).remove(0)
        };
        let check = |site: Option<UpptimeSite>, slug: &str, url: &str, expected| {
            assert_eq!(measured(site.as_ref(), slug, url, false).family, expected, "{slug} {url}");
        };
        check(Some(site("tcp-ping", true, "a.example")), "a", "a.example", Family::Ipv6);
        check(Some(site("tcp-ping", false, "a.example")), "a-v6", "a.example", Family::Ipv4);
        check(Some(site("http", true, "https://a.example")), "a-v6", "https://a.example", Family::Ipv4);
        check(None, "i-pv6-test", "a.example", Family::Ipv6);
        check(None, "a-v6", "https://a.example", Family::Ipv4);
        check(None, "a", "https://[2001:db8::1]/", Family::Ipv6);
        check(None, "env6", "a.example", Family::Ipv4);
    }
}
