//! Where Upptime's whole run ends: nothing after the site at which it throws is measured, and no site is recorded.
//!
//! Read in `update.ts`, `helpers/slug.ts` and `helpers/request.ts` of uptime-monitor 1.43.15, in the order in which it comes
//! to them.

use super::js;
use crate::{
    finding::{Place, Report},
    yaml::{Node, Value, js::Refused},
};

const CODE: &str = "ends_upptime";
/// The texts that are looked for in a body.
const BODY_TEXTS: [&str; 4] = [
    "__dangerous__body_down",
    "__dangerous__body_degraded",
    "__dangerous__body_degraded_if_text_missing",
    "__dangerous__body_down_if_text_missing",
];

/// Where Upptime throws, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub at: Place,
    pub why: String,
    hint: String,
}

impl End {
    fn new(at: Place, why: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { at, why: why.into(), hint: hint.into() }
    }

    pub(super) fn report(self, report: &mut Report) {
        let message = format!("Upptime's whole run ends here, and no site is recorded: {}", self.why);
        if !report.amend(self.at, &message) {
            report.warning(self.at, CODE, message, self.hint);
        }
    }
}

/// Reports what js-yaml refuses, which ends everything of Upptime: monitor, page and graphs.
pub(super) fn report_refused(refused: &[Refused], report: &mut Report) {
    for Refused { at, why } in refused {
        let hint = "js-yaml, with which Upptime reads this file, takes no such value; write it without";
        End::new(*at, format!("{why} (js-yaml)"), hint).report(report);
    }
}

/// Reports a key that is there twice.
pub(super) fn report_twice(key: &str, at: Place, first: Place, report: &mut Report) {
    let message = format!("the key {key} is already there, and Upptime's whole run ends here: duplicated mapping key");
    let hint = format!("line {} has it first, which counts here; keep one of them", first.line);
    report.warning(at, "duplicate_key", message, hint);
}

/// Whether no list of sites can be gone through.
pub(super) const fn of_sites(sites: &Node) -> bool {
    !matches!(sites.value, Value::List(_))
}

/// Returns the first thing about a site that ends Upptime's run.
pub(super) fn of_site(site: &Node) -> Option<End> {
    if !matches!(site.value, Value::Map(_)) {
        return Some(End::new(
            site.at,
            format!("a site that is {}", site.kind()),
            "write `- name: ...` and `url: ...`",
        ));
    }
    let site = Site { node: site };
    site.slug().or_else(|| match (site.is("type", "globalping"), site.check()) {
        (true, check) => site.globalping(check),
        (false, "tcp-ping" | "ssl") => None,
        (false, "ws") => site.text("body", "`body` that is no text, once the WebSocket is open"),
        (false, _) => site.http(),
    })
}

struct Site<'n> {
    node: &'n Node,
}

impl<'n> Site<'n> {
    fn get(&self, key: &str) -> Option<&'n Node> {
        self.node.entry(key).map(|entry| &entry.value).filter(|node| !matches!(node.value, Value::Null))
    }

    fn is(&self, key: &str, word: &str) -> bool {
        self.get(key).and_then(js::as_text) == Some(word)
    }

    fn check(&self) -> &'n str {
        self.get("check").and_then(js::as_text).unwrap_or("http")
    }

    /// `getSiteSlug`: the slug is trimmed, else the name is given to slugify.
    fn slug(&self) -> Option<End> {
        if let Some(slug) = self.get("slug") {
            match js::as_text(slug) {
                Some(text) if !text.trim_matches(crate::slug::is_js_space).is_empty() => return None,
                Some(_) => {}
                None => {
                    let why = format!("`slug` must be text, and is {}", slug.kind());
                    return Some(End::new(slug.at, why, "put it in quotes"));
                }
            }
        }
        let Some(name) = self.get("name") else {
            let hint = "slugify is given nothing, and says \"Expected a string\": add `name:`";
            return Some(End::new(self.node.at, "a site without `name`", hint));
        };
        let Some(text) = js::as_text(name) else {
            let why = format!("`name` must be text, and is {}", name.kind());
            return Some(End::new(name.at, why, "slugify says \"Expected a string\": put it in quotes"));
        };
        // Only then the URL is given to slugify, too.
        let has_none = crate::slug::slugify_whole(text).is_empty() && crate::slug::of_upptime(text, "") == "site";
        if has_none { self.url() } else { None }
    }

    fn url(&self) -> Option<End> {
        let hint = "write `url: https://...`, in quotes";
        match self.get("url") {
            None => Some(End::new(self.node.at, "a site without `url`", hint)),
            Some(url) if js::as_text(url).is_none() => {
                Some(End::new(url.at, format!("`url` must be text, and is {}", url.kind()), hint))
            }
            Some(_) => None,
        }
    }

    /// A value that is used as text wherever it counts as true.
    fn text(&self, key: &str, why: &str) -> Option<End> {
        let node = self.get(key).filter(|node| js::is_truthy(node) && js::as_text(node).is_none())?;
        Some(End::new(node.at, why, "put it in quotes"))
    }

    /// Globalping is handed them without a look at whether they count as true.
    fn headers(&self, is_globalping: bool) -> Option<End> {
        let node = self.get("headers")?;
        let hint = "write `headers: [\"Accept: text/html\"]`, each in quotes";
        match &node.value {
            Value::List(items) => {
                let odd = items.iter().find(|item| js::as_text(item).is_none())?;
                Some(End::new(odd.at, format!("a header must be text, and is {}", odd.kind()), hint))
            }
            _ if is_globalping || js::is_truthy(node) => Some(End::new(node.at, "`headers` is no list", hint)),
            _ => None,
        }
    }

    fn answer(&self) -> Option<End> {
        let codes = self.get("expectedStatusCodes").filter(|node| js::is_truthy(node));
        if let Some(node) = codes.filter(|node| !matches!(node.value, Value::List(_))) {
            return Some(End::new(node.at, "`expectedStatusCodes` is no list", "write `[200]`"));
        }
        BODY_TEXTS.iter().find_map(|key| self.text(key, &format!("`{key}` must be text")))
    }

    fn http(&self) -> Option<End> {
        self.url()
            .or_else(|| self.headers(false))
            .or_else(|| self.text("body", "`body` must be text"))
            .or_else(|| self.text("method", "`method` must be text"))
            .or_else(|| self.answer())
    }

    fn globalping(&self, check: &str) -> Option<End> {
        if let Some(end) = self.url() {
            return Some(end);
        }
        let url = self.get("url").and_then(js::as_text).unwrap_or_default();
        let at = self.get("url").map_or(self.node.at, |node| node.at);
        if !url.contains('$') && !is_url(url) {
            return Some(End::new(at, "invalid URL", "write `https://host/path`"));
        }
        match check {
            "ws" => {
                let hint = "leave `type: globalping` out";
                Some(End::new(self.get("check")?.at, "`check: ws` is not supported with Globalping", hint))
            }
            "tcp-ping" => None,
            "ssl" => self.headers(true),
            _ => self.headers(true).or_else(|| self.answer()),
        }
    }
}

/// Whether the URL of JavaScript takes a text, `https://` put before one without a scheme.
fn is_url(text: &str) -> bool {
    let has_scheme = text.starts_with("http://") || text.starts_with("https://");
    let whole = if has_scheme { text.to_owned() } else { format!("https://{text}") };
    url::Url::parse(&whole).is_ok()
}
