//! The sites of a `.upptimerc.yml` as Upptime itself sees them, those that cannot be measured here included.

use super::{
    ends, js, never,
    site::{self, Around},
    tally::Tally,
};
use crate::{
    finding::Report,
    slug,
    yaml::{self, Node, Value},
};

/// One site, for reading what Upptime recorded of it.
#[allow(clippy::struct_excessive_bools)] // Facts of a file that do not depend on each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpptimeSite {
    /// The name of its history file, without `.yml`.
    pub slug: String,
    pub name: String,
    /// As written, `$SECRETS` included; credentials too, so never to be shown.
    pub url: String,
    /// `http`, `tcp-ping`, `ws`, `ssl`, or whatever is written there.
    pub check: String,
    /// Whether it counts as true, which every text but the empty one does; whether Upptime follows it is another question
    /// ([`UpptimeSite::follows_ipv6`]).
    pub ipv6: bool,
    /// Whether Globalping measures it, not Upptime itself.
    pub is_globalping: bool,
    /// Whether words in the body decide whether it is up.
    pub has_body_rules: bool,
    /// Above how many milliseconds it is degraded; `None` where nothing is too slow.
    pub max_response_ms: Option<u32>,
    /// The statuses that count as up; empty: Upptime's own.
    pub expected: Vec<u16>,
    /// Whether no answer at all counts as up (`0` among the expected codes).
    pub expects_no_answer: bool,
    /// Why it can only be down in Upptime, whatever the server does.
    pub only_down: Option<String>,
    /// Why Upptime's whole run ends at it.
    pub ends_run: Option<String>,
    /// The slug and the URL of the target that is made of it; `None` where it cannot be measured here.
    pub target: Option<(String, String)>,
    /// The lines of the file that are about this site: first, and the first that is not; both count from 1.
    pub lines: (u64, u64),
}

impl UpptimeSite {
    /// Whether Upptime measures this site over IPv6: uptime-monitor v1.43.15 reads the flag in its own `tcp-ping` and
    /// in requests to Globalping, nowhere else.
    pub fn follows_ipv6(&self) -> bool {
        self.ipv6 && (self.check == "tcp-ping" || self.is_globalping)
    }
}

/// Returns the sites in the order of the file; none where the text is no configuration (see [`crate::load`]).
pub fn upptime_sites(text: &str) -> Vec<UpptimeSite> {
    let mut unread = Report::new("");
    let Some(root) = yaml::parse(text, &mut unread).and_then(|_| yaml::js::compose(text)).map(|(root, _)| root) else {
        return Vec::new();
    };
    let Some(Node { value: Value::List(nodes), .. }) = root.entry("sites").map(|entry| &entry.value) else {
        return Vec::new();
    };
    let end = end_of_sites(&root, text);
    let ends = nodes.iter().skip(1).map(|node| node.at.line).chain([end]);
    let around = Around::of(&root);
    nodes.iter().zip(ends).filter_map(|(node, end)| site(node, end, &around)).collect()
}

/// Returns the first line after the list: that of the next key, or the one after the last.
fn end_of_sites(root: &Node, text: &str) -> u64 {
    let Value::Map(entries) = &root.value else { return u64::MAX };
    let start = root.entry("sites").map_or(0, |entry| entry.at.line);
    let next = entries.iter().map(|entry| entry.at.line).filter(|line| *line > start).min();
    next.unwrap_or(text.lines().count() as u64 + 1)
}

fn site(node: &Node, end: u64, around: &Around) -> Option<UpptimeSite> {
    let get = |key: &str| node.entry(key).map(|entry| &entry.value).filter(|node| !matches!(node.value, Value::Null));
    let text = |key: &str| get(key).and_then(js::written);
    let url = text("url")?.trim().to_owned();
    let name = text("name").filter(|name| !name.trim().is_empty());
    let slug = text("slug").map(|slug| slug.trim_matches(slug::is_js_space).to_owned()).filter(|slug| !slug.is_empty());
    let slug = slug.unwrap_or_else(|| slug::of_upptime(name.as_deref().unwrap_or_default(), &url));
    let name = name.unwrap_or_else(|| url.clone()).trim().to_owned();
    let is_on = |key: &str| get(key).is_some_and(js::is_truthy);
    let target = site::read(node, around, &mut Tally::default(), &mut Report::new("")).map(|read| read.target);
    let codes: Vec<f64> = match get("expectedStatusCodes").map(|node| &node.value) {
        Some(Value::List(items)) => items.iter().map(js::number).collect(),
        _ => Vec::new(),
    };
    Some(UpptimeSite {
        slug,
        check: text("check").unwrap_or_else(|| "http".to_owned()),
        ipv6: is_on("ipv6"),
        is_globalping: get("type").and_then(js::as_text) == Some("globalping"),
        has_body_rules: is_on("__dangerous__body_down") || is_on("__dangerous__body_down_if_text_missing"),
        max_response_ms: match get("maxResponseTime").filter(|node| js::is_truthy(node)).map(js::number) {
            None => Some(60_000),
            Some(ms) if ms.is_nan() => None,
            Some(ms) => Some(ms.max(0.0) as u32),
        },
        expected: codes
            .iter()
            .filter(|code| (100.0..=999.0).contains(*code) && code.fract() == 0.0)
            .map(|c| *c as u16)
            .collect(),
        expects_no_answer: codes.contains(&0.0),
        only_down: never::up(node, &around.secrets).map(|(_, why)| why),
        ends_run: ends::of_site(node).map(|end| end.why),
        target: target.map(|target| (target.slug.clone(), target.url())),
        lines: (node.at.line, end),
        name,
        url,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_keep_what_the_history_needs() {
        let text = "owner: a\nsites:\n  - name: IPv6 test\n    url: a.example\n    check: tcp-ping\n    ipv6: true\n  \
                    - name: $X\n    url: $SECRET\n    type: globalping\n    ipv6: 'true'\n  - url: https://b.example\n    \
                    ipv6: true\n    slug: own\nrepo: b\n";
        let sites = upptime_sites(text);
        let shown: Vec<_> = sites.iter().map(|s| (s.slug.as_str(), s.follows_ipv6(), s.lines)).collect();
        assert_eq!(shown, [("i-pv6-test", true, (3, 7)), ("x", true, (7, 11)), ("own", false, (11, 14))]);
        assert!(sites[1].is_globalping);
        assert_eq!(sites[0].target, Some(("i-pv6-test".to_owned(), "tcp://a.example:80".to_owned())));
        assert_eq!(upptime_sites("sites:\n"), []);
        assert_eq!(upptime_sites("- a: ["), []);
    }
}
