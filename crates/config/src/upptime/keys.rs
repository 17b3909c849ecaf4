//! The keys that Upptime knows, and which of them mean something here.
//!
//! Source: `interfaces.ts` of uptime-monitor v1.43.15 and the configuration page of upptime.js.org.

use crate::{
    fields::nearest,
    finding::{Place, Report, Severity, count, quoted},
    yaml::{Entry, Node, Value},
};
use std::collections::HashMap;

/// Keys at the top that concern Upptime's own machinery, and `sites`.
const DOCUMENT: &[&str] = &[
    "sites",
    "owner",
    "repo",
    "user-agent",
    "assignees",
    "delay",
    "PAT",
    "runner",
    "notifications",
    "skipDescriptionUpdate",
    "skipTopicsUpdate",
    "skipHomepageUpdate",
    "skipDeleteIssues",
    "skipPoweredByReadme",
    "skipGeneratingWebsite",
    "customStatusWebsitePackage",
    "commitMessages",
    "summaryStartHtmlComment",
    "summaryEndHtmlComment",
    "liveStatusHtmlComment",
    "commitPrefixStatusUp",
    "commitPrefixStatusDown",
    "commitPrefixStatusDegraded",
    "i18n",
    "workflowSchedule",
    "secrets",
    "hasDisabledAutomatedIssues",
    "status-website",
];

/// Keys below `status-website`; people write them at the top, where Upptime ignores them.
const WEBSITE: &[&str] = &[
    "cname",
    "baseUrl",
    "name",
    "logoUrl",
    "introTitle",
    "introMessage",
    "navbar",
    "theme",
    "themeUrl",
    "favicon",
    "faviconSvg",
    "customHeadHtml",
    "customBodyHtml",
    "customFootHtml",
    "scripts",
    "js",
    "links",
    "css",
    "metaTags",
    "robotsText",
    "apiBaseUrl",
    "userContentBaseUrl",
    "publish",
    "singleCommit",
];

/// Keys of a site that are read.
const SITE_USED: &[&str] = &[
    "name",
    "url",
    "slug",
    "check",
    "port",
    "expectedStatusCodes",
    "maxResponseTime",
    "maxRedirects",
    "requestTimeout",
    "ipv6",
    "method",
    "headers",
    "body",
    "__dangerous__body_down",
    "__dangerous__body_down_if_text_missing",
];

/// Keys of a site that change nothing about what is measured, or that Dualwatch decides itself.
const SITE_NO_MEANING: &[&str] = &["icon", "tags", "assignees", "verbose", "maxRetries", "connectTimeout"];

/// Keys of a site that change what Upptime measures and are not followed, with what happens instead.
const SITE_NOT_FOLLOWED: &[(&str, &str)] = &[
    ("type", "the site is measured from here, not through Globalping"),
    ("location", "the site is measured from here"),
    ("__dangerous__insecure", "certificates are always checked; `tls: { roots: [..] }` in a `dualwatch.yml` adds one"),
    (
        "__dangerous__disable_verify_peer",
        "certificates are always checked; `tls: { roots: [..] }` in a `dualwatch.yml` adds one",
    ),
    ("__dangerous__disable_verify_host", "the name in the certificate is always checked"),
    ("__dangerous__body_degraded", "only slowness is \"degraded\" here"),
    ("__dangerous__body_degraded_if_text_missing", "only slowness is \"degraded\" here"),
];

/// What is said once for the whole file, with the number of sites it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remark {
    NoMeaning,
    NotFollowed(&'static str),
    UnknownInDocument,
    UnknownInSite,
    /// An assumption that Upptime makes, too: code, what it is, hint.
    Assumed(&'static str, &'static str, &'static str),
}

struct Row {
    remark: Remark,
    key: String,
    first: Place,
    /// 0: not about sites.
    n_sites: usize,
}

/// Counts remarks until the end of the file.
#[derive(Default)]
pub(super) struct Tally {
    rows: Vec<Row>,
    index: HashMap<(String, bool), usize>,
}

impl Tally {
    fn note_document(&mut self, remark: Remark, key: &str, at: Place) {
        self.note(remark, key, at, false);
    }

    pub(super) fn note_site(&mut self, remark: Remark, key: &str, at: Place) {
        self.note(remark, key, at, true);
    }

    fn note(&mut self, remark: Remark, key: &str, at: Place, is_site: bool) {
        let index = *self.index.entry((key.to_owned(), is_site)).or_insert_with(|| {
            self.rows.push(Row { remark, key: key.to_owned(), first: at, n_sites: 0 });
            self.rows.len() - 1
        });
        self.rows[index].n_sites += usize::from(is_site);
    }

    pub(super) fn report(self, report: &mut Report) {
        let without: Vec<&Row> = self.rows.iter().filter(|r| r.remark == Remark::NoMeaning).collect();
        if let Some(first) = without.iter().map(|r| r.first).min() {
            let keys: Vec<String> = without.iter().map(|r| r.named()).collect();
            report.warning(first, "no_meaning_here", format!("without meaning here: {}", keys.join(", ")), "");
        }
        for row in &self.rows {
            if report.is_full(Severity::Warning) {
                break;
            }
            match row.remark {
                Remark::NoMeaning => {}
                Remark::NotFollowed(instead) => {
                    report.warning(row.first, "not_followed", format!("not followed: {}", row.named()), instead);
                }
                Remark::UnknownInDocument => {
                    let hint = if WEBSITE.contains(&row.key.as_str()) {
                        "Upptime reads it below `status-website:` only".to_owned()
                    } else {
                        meant(&row.key, DOCUMENT)
                    };
                    report.warning(row.first, "unknown_key", format!("Upptime does not know {}", row.named()), hint);
                }
                Remark::UnknownInSite => {
                    let known: Vec<&str> = site_keys().collect();
                    let sites = count(row.n_sites, "site");
                    let message = format!("Upptime does not know {} in a site ({sites})", quoted(&row.key));
                    report.warning(row.first, "unknown_key", message, meant(&row.key, &known));
                }
                Remark::Assumed(code, what, hint) => {
                    report.warning(row.first, code, format!("{what} ({})", count(row.n_sites, "site")), hint);
                }
            }
        }
    }
}

impl Row {
    fn named(&self) -> String {
        match self.n_sites {
            0 => quoted(&self.key),
            n => format!("{} ({})", quoted(&self.key), count(n, "site")),
        }
    }
}

fn meant(key: &str, known: &[&str]) -> String {
    nearest(key, known).map_or_else(
        || "it has no effect, neither in Upptime nor here".to_owned(),
        |known| format!("did you mean `{known}`?"),
    )
}

fn site_keys() -> impl Iterator<Item = &'static str> {
    SITE_USED.iter().chain(SITE_NO_MEANING).copied().chain(SITE_NOT_FOLLOWED.iter().map(|(key, _)| *key))
}

/// Remarks on the keys at the top.
pub(super) fn review_document(root: &Node, tally: &mut Tally, report: &mut Report) {
    for (key, entry) in unique(root, report) {
        if key == "sites" {
            continue;
        }
        let remark = if DOCUMENT.contains(&key) { Remark::NoMeaning } else { Remark::UnknownInDocument };
        tally.note_document(remark, key, entry.at);
    }
}

/// Returns the keys of a site that are read, after remarks on the others. A key without a value counts as absent.
pub(super) fn review_site<'n>(site: &'n Node, tally: &mut Tally, report: &mut Report) -> HashMap<&'n str, &'n Node> {
    let mut used = HashMap::new();
    for (key, entry) in unique(site, report) {
        if SITE_USED.contains(&key) {
            used.insert(key, &entry.value);
        } else if SITE_NO_MEANING.contains(&key) {
            tally.note_site(Remark::NoMeaning, key, entry.at);
        } else if let Some((_, instead)) = SITE_NOT_FOLLOWED.iter().find(|(known, _)| *known == key) {
            let remark = if is_harmless(key, &entry.value) { Remark::NoMeaning } else { Remark::NotFollowed(instead) };
            // A harmless value of a key must not hide that others are not followed.
            if remark != Remark::NoMeaning {
                tally.note_site(remark, key, entry.at);
            }
        } else {
            tally.note_site(Remark::UnknownInSite, key, entry.at);
        }
    }
    used
}

/// Whether a key that is not followed says what happens anyway.
fn is_harmless(key: &str, node: &Node) -> bool {
    match (&node.value, key) {
        (Value::Text(text), "type") => text == "local",
        (Value::Text(text), _) => text.is_empty(),
        (Value::List(items), _) => items.is_empty(),
        (Value::Bool(value), _) => !value,
        _ => false,
    }
}

/// Returns the entries that have a value, in the order of the file; of repeated keys the first one counts.
fn unique<'n>(node: &'n Node, report: &mut Report) -> Vec<(&'n str, &'n Entry)> {
    let Value::Map(entries) = &node.value else {
        return Vec::new();
    };
    let mut seen: HashMap<&str, Place> = HashMap::new();
    let mut list = Vec::with_capacity(entries.len());
    for entry in entries {
        if let Some(first) = seen.get(entry.key.as_str()) {
            let message = format!("the key {} is already there; the first one counts", quoted(&entry.key));
            report.warning(entry.at, "duplicate_key", message, format!("line {} has it first", first.line));
            continue;
        }
        seen.insert(&entry.key, entry.at);
        if !matches!(entry.value.value, Value::Null) {
            list.push((entry.key.as_str(), entry));
        }
    }
    list
}
