//! The keys that Upptime, its status page and its graphs read, where they read them, and in which shape.
//!
//! Source: `interfaces.ts` and what reads it in uptime-monitor 1.43.15, status-page 1.17.0, graphs, and the configuration
//! page of upptime.js.org.

use crate::fields;

/// In which shape a key is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    /// Text or a number: it is written somewhere as it is.
    Scalar,
    Number,
    /// Every text but the empty one switches it on.
    Flag,
    List,
    Map,
    /// What is wrong with it is said elsewhere.
    Any,
}

use Shape::{Any, Flag, List, Map, Number, Scalar, Text};

pub(super) type Keys = [(&'static str, Shape)];

/// Keys at the top.
pub(super) const DOCUMENT: &Keys = &[
    ("sites", Any),
    ("owner", Scalar),
    ("repo", Scalar),
    ("user-agent", Scalar),
    ("userAgent", Scalar),
    ("graph", Map),
    ("assignees", List),
    ("delay", Number),
    ("PAT", Text),
    ("runner", Text),
    ("notifications", Any),
    ("skipDescriptionUpdate", Flag),
    ("skipTopicsUpdate", Flag),
    ("skipHomepageUpdate", Flag),
    ("skipDeleteIssues", Flag),
    ("skipPoweredByReadme", Flag),
    ("skipGeneratingWebsite", Flag),
    ("customStatusWebsitePackage", Text),
    ("commitMessages", Map),
    ("summaryStartHtmlComment", Text),
    ("summaryEndHtmlComment", Text),
    ("liveStatusHtmlComment", Text),
    ("commitPrefixStatusUp", Text),
    ("commitPrefixStatusDown", Text),
    ("commitPrefixStatusDegraded", Text),
    ("i18n", Map),
    ("workflowSchedule", Map),
    ("secrets", Any),
    ("hasDisabledAutomatedIssues", Flag),
    ("status-website", Map),
];

/// Keys below `status-website`.
pub(super) const WEBSITE: &Keys = &[
    ("cname", Text),
    ("baseUrl", Text),
    ("name", Scalar),
    ("logoUrl", Text),
    ("logoHref", Text),
    ("hideNavLogo", Flag),
    ("hideNavTitle", Flag),
    ("introTitle", Scalar),
    ("introMessage", Scalar),
    ("navbar", List),
    ("navbarGitHub", Flag),
    ("theme", Text),
    ("themeUrl", Text),
    ("favicon", Text),
    ("faviconSvg", Text),
    ("customHeadHtml", Text),
    ("customBodyHtml", Text),
    ("customFootHtml", Text),
    ("scripts", List),
    ("js", Text),
    ("links", List),
    ("css", Text),
    ("metaTags", List),
    ("robotsText", Text),
    ("apiBaseUrl", Text),
    ("userContentBaseUrl", Text),
    ("publish", Flag),
    ("singleCommit", Flag),
    ("localhostCacheTime", Number),
    ("productionCacheTime", Number),
];

/// Keys below `workflowSchedule`: a cron expression for each workflow.
pub(super) const SCHEDULE: &Keys = &[
    ("graphs", Text),
    ("responseTime", Text),
    ("staticSite", Text),
    ("summary", Text),
    ("updateTemplate", Text),
    ("updates", Text),
    ("uptime", Text),
];

/// Keys below `commitMessages`.
pub(super) const MESSAGES: &Keys = &[
    ("readmeContent", Text),
    ("summaryJson", Text),
    ("statusChange", Text),
    ("graphsUpdate", Text),
    ("commitAuthorName", Text),
    ("commitAuthorEmail", Text),
    ("signoff", Any),
];

/// Keys of a site that are read here, too.
pub(super) const SITE: &Keys = &[
    ("name", Any),
    ("url", Any),
    ("slug", Any),
    ("check", Any),
    ("port", Any),
    ("expectedStatusCodes", Any),
    ("maxResponseTime", Any),
    ("maxRedirects", Any),
    ("requestTimeout", Any),
    ("ipv6", Any),
    ("method", Any),
    ("headers", Any),
    ("body", Any),
    ("__dangerous__body_down", Any),
    ("__dangerous__body_down_if_text_missing", Any),
];

/// Keys of a site that change nothing about what is measured, or that Dualwatch decides itself.
pub(super) const SITE_NO_MEANING: &Keys = &[
    ("icon", Text),
    ("tags", List),
    ("assignees", List),
    ("verbose", Flag),
    ("maxRetries", Number),
    ("connectTimeout", Number),
];

/// Keys of a site that change what Upptime measures and are not followed, with what happens instead.
pub(super) const SITE_NOT_FOLLOWED: &[(&str, Shape, &str)] = &[
    ("type", Any, "the site is measured from here, not through Globalping"),
    ("location", Text, "the site is measured from here"),
    ("__dangerous__insecure", Flag, ROOTS),
    ("__dangerous__disable_verify_peer", Flag, ROOTS),
    ("__dangerous__disable_verify_host", Flag, "the name in the certificate is always checked"),
    ("__dangerous__body_degraded", Any, SLOW),
    ("__dangerous__body_degraded_if_text_missing", Any, SLOW),
];
const ROOTS: &str = "certificates are always checked; `tls: { roots: [..] }` in a `dualwatch.yml` adds one";
const SLOW: &str = "only slowness is \"degraded\" here";

/// Returns the names of keys.
pub(super) fn names(keys: &Keys) -> impl Iterator<Item = &'static str> {
    keys.iter().map(|(name, _)| *name)
}

/// Whether a key is among those.
pub(super) fn has(keys: &Keys, name: &str) -> bool {
    names(keys).any(|known| known == name)
}

/// Returns the keys that a site may have.
pub(super) fn of_site() -> impl Iterator<Item = (&'static str, Shape)> {
    let followed = SITE.iter().chain(SITE_NO_MEANING).copied();
    followed.chain(SITE_NOT_FOLLOWED.iter().map(|(name, shape, _)| (*name, *shape)))
}

/// Returns the key that was meant, as a question. A word that turns the meaning round was not.
pub(super) fn meant(key: &str, known: impl Iterator<Item = &'static str>) -> String {
    let known: Vec<&str> = known.collect();
    fields::misspelt(key, &known).map_or_else(
        || "it has no effect, neither in Upptime nor here".to_owned(),
        |known| format!("did you mean `{known}`?"),
    )
}
