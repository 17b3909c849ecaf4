//! The addresses of the files that an Upptime repository has, at the root or below `OWNER/REPO/master`, and those of the code
//! host that its pages ask for incidents.

use super::address::Query;
use crate::upptime::numbers::Span;
use dualwatch_core::measure::slug::Slug;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upptime {
    /// `history/summary.json`
    Summary,
    /// `history/{slug}.yml`
    History(Slug),
    /// `api/{slug}/uptime-day.json`
    Uptime(Slug, Span),
    /// `api/{slug}/response-time-day.json`
    ResponseTime(Slug, Span),
    /// `graphs/{slug}/response-time-day.png`
    Graph(Slug, Span),
    /// `repos/OWNER/REPO/issues`
    Issues(Issues),
    /// `repos/OWNER/REPO/issues/{number}`
    Issue(u64),
    /// `repos/OWNER/REPO/issues/{number}/comments`
    Comments(u64),
    /// `repos/OWNER/REPO/commits`
    Commits,
}

/// Which issues are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issues {
    /// `None`: both.
    pub is_open: Option<bool>,
    /// Of one target.
    pub slug: Option<Slug>,
    /// Other labels than `status` are asked for: maintenance, or what nobody here has.
    pub is_none: bool,
}

impl Upptime {
    /// Reads the parts of a path; `None`: it is none of these.
    pub(super) fn read(parts: &[&str], query: &Query<'_>) -> Option<Self> {
        match parts {
            ["repos", owner, repo, rest @ ..] if is_name(owner) && is_name(repo) => match rest {
                ["issues"] => Some(Self::Issues(Issues::read(query))),
                ["issues", number] => Some(Self::Issue(number.parse().ok()?)),
                ["issues", number, "comments"] => Some(Self::Comments(number.parse().ok()?)),
                ["commits"] => Some(Self::Commits),
                _ => None,
            },
            [owner, repo, "master" | "main" | "HEAD", file @ ..] if is_name(owner) && is_name(repo) => Self::file(file),
            file => Self::file(file),
        }
    }

    fn file(parts: &[&str]) -> Option<Self> {
        match parts {
            ["history", "summary.json"] => Some(Self::Summary),
            ["history", file] => Slug::parse(file.strip_suffix(".yml")?).map(Self::History),
            ["api", slug, file] => {
                let (slug, file) = (Slug::parse(slug)?, file.strip_suffix(".json")?);
                match (span("uptime", file), span("response-time", file)) {
                    (Some(span), _) => Some(Self::Uptime(slug, span)),
                    (None, Some(span)) => Some(Self::ResponseTime(slug, span)),
                    (None, None) => None,
                }
            }
            ["graphs", slug, file] => {
                let span = span("response-time", file.strip_suffix(".png")?)?;
                Some(Self::Graph(Slug::parse(slug)?, span))
            }
            _ => None,
        }
    }

    /// Returns its canonical path and query.
    pub fn name(&self) -> String {
        match self {
            Self::Summary => "/history/summary.json".to_owned(),
            Self::History(slug) => format!("/history/{slug}.yml"),
            Self::Uptime(slug, span) => format!("/api/{slug}/uptime{}.json", span.ending()),
            Self::ResponseTime(slug, span) => format!("/api/{slug}/response-time{}.json", span.ending()),
            Self::Graph(slug, span) => format!("/graphs/{slug}/response-time{}.png", span.ending()),
            Self::Issues(Issues { is_open, slug, is_none }) => {
                let state = match is_open {
                    None => "all",
                    Some(true) => "open",
                    Some(false) => "closed",
                };
                let of = slug.as_ref().map_or_else(String::new, |slug| format!(",{slug}"));
                let labels = if *is_none { "none" } else { "status" };
                format!("/repos/-/-/issues?state={state}&labels={labels}{of}")
            }
            Self::Issue(number) => format!("/repos/-/-/issues/{number}"),
            Self::Comments(number) => format!("/repos/-/-/issues/{number}/comments"),
            Self::Commits => "/repos/-/-/commits".to_owned(),
        }
    }
}

impl Issues {
    /// `state` is `open` where nothing is said, as the code host has it.
    fn read(query: &Query<'_>) -> Self {
        let is_open = match query.value("state").as_deref() {
            None | Some("open") => Some(true),
            Some("closed") => Some(false),
            Some(_) => None,
        };
        let (mut slug, mut is_none) = (None, false);
        let labels = query.value("labels").unwrap_or_default();
        for label in labels.split(',').filter(|label| !label.is_empty() && *label != "status") {
            match Slug::parse(label) {
                // Of two labels a target has one at most.
                Some(named) if slug.is_none() && label != "maintenance" => slug = Some(named),
                _ => is_none = true,
            }
        }
        Self { is_open, slug: slug.filter(|_| !is_none), is_none }
    }
}

fn span(kind: &str, file: &str) -> Option<Span> {
    let ending = file.strip_prefix(kind)?;
    Span::ALL.into_iter().find(|span| span.ending() == ending)
}

/// Whether a text may be the name of an owner or of a repository. It is looked at, and goes no further.
fn is_name(text: &str) -> bool {
    (1..=100).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use crate::door::{Refusal, Route, parse};
    use dualwatch_core::measure::time::Timestamp;

    fn ask(path: &str) -> Option<String> {
        match parse("GET", &format!("https://status.example{path}"), Timestamp::from_unix_ms(0)) {
            Ok(Route::Upptime(file)) => Some(file.name()),
            Err(Refusal::NotFound(_)) => None,
            other => panic!("{path}: {other:?}"),
        }
    }

    #[test]
    fn with_and_without_a_repository_before_it() {
        for path in [
            "/history/summary.json",
            "/history/shop.yml",
            "/api/shop/uptime.json",
            "/api/shop/uptime-year.json",
            "/api/shop/response-time-day.json",
            "/graphs/shop/response-time-week.png",
            "/graphs/shop/response-time.png",
        ] {
            for before in ["", "/example/status/master", "/example/status/HEAD", "/a.b/c_d/main"] {
                assert_eq!(ask(&format!("{before}{path}")).as_deref(), Some(path), "{before}{path}");
            }
            for before in ["/example/status", "/example/status/dev", "/a/b/c/master", "/%2e/x/master"] {
                assert_eq!(ask(&format!("{before}{path}")), None, "{before}{path}");
            }
        }
        for (path, name) in [
            ("/repos/o/r/issues", "/repos/-/-/issues?state=open&labels=status"),
            ("/repos/o/r/issues?state=closed&filter=all&labels=status", "/repos/-/-/issues?state=closed&labels=status"),
            ("/repos/o/r/issues?state=all&labels=status,shop", "/repos/-/-/issues?state=all&labels=status,shop"),
            ("/repos/o/r/issues?state=open&labels=maintenance", "/repos/-/-/issues?state=open&labels=none"),
            ("/repos/o/r/issues?labels=status,a,b", "/repos/-/-/issues?state=open&labels=none"),
            ("/repos/o/r/issues/12", "/repos/-/-/issues/12"),
            ("/repos/o/r/issues/12/comments", "/repos/-/-/issues/12/comments"),
            ("/repos/o/r/commits?path=history/shop.yml&per_page=28", "/repos/-/-/commits"),
        ] {
            assert_eq!(ask(path).as_deref(), Some(name), "{path}");
        }
        for path in [
            "/history/..yml",
            "/history/Shop.yml",
            "/api/shop/uptime-hour.json",
            "/graphs/shop/uptime.png",
            "/repos/o/r/issues/x",
        ] {
            assert_eq!(ask(path), None, "{path}");
        }
    }
}
