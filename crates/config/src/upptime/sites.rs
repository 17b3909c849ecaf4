//! The sites of a `.upptimerc.yml` as Upptime itself sees them, those that cannot be measured here included.

use super::site::{is_true, scalar};
use crate::{
    finding::Report,
    slug,
    yaml::{self, Node, Value},
};

/// One site, for reading what Upptime recorded of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpptimeSite {
    /// The name of its history file, without `.yml`.
    pub slug: String,
    pub name: String,
    /// As written, `$SECRETS` included; credentials too, so never to be shown.
    pub url: String,
    /// `http`, `tcp-ping`, `ws`, `ssl`, or whatever is written there.
    pub check: String,
    /// As written; whether Upptime follows it is another question ([`UpptimeSite::follows_ipv6`]).
    pub ipv6: bool,
    /// Whether Globalping measures it, not Upptime itself.
    pub is_globalping: bool,
    /// Whether words in the body decide whether it is up.
    pub has_body_rules: bool,
    /// `maxResponseTime` in milliseconds, where one is written.
    pub max_response_ms: Option<u32>,
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
    let Some(root) = yaml::parse(text, &mut unread) else { return Vec::new() };
    let Some(Node { value: Value::List(nodes), .. }) = root.entry("sites").map(|entry| &entry.value) else {
        return Vec::new();
    };
    let end = end_of_sites(&root, text);
    let ends = nodes.iter().skip(1).map(|node| node.at.line).chain([end]);
    nodes.iter().zip(ends).filter_map(|(node, end)| site(node, end)).collect()
}

/// Returns the first line after the list: that of the next key, or the one after the last.
fn end_of_sites(root: &Node, text: &str) -> u64 {
    let Value::Map(entries) = &root.value else { return u64::MAX };
    let start = root.entry("sites").map_or(0, |entry| entry.at.line);
    let next = entries.iter().map(|entry| entry.at.line).filter(|line| *line > start).min();
    next.unwrap_or(text.lines().count() as u64 + 1)
}

fn site(node: &Node, end: u64) -> Option<UpptimeSite> {
    let text = |key: &str| node.entry(key).and_then(|entry| scalar(&entry.value)).map(str::trim);
    let url = text("url")?.to_owned();
    let name = text("name").filter(|name| !name.is_empty()).unwrap_or(&url).to_owned();
    let slug = text("slug").filter(|slug| !slug.is_empty()).map_or_else(|| slug_of(&name, &url), str::to_owned);
    let has = |key: &str| node.entry(key).is_some_and(|entry| !matches!(entry.value.value, Value::Null));
    Some(UpptimeSite {
        slug,
        check: text("check").unwrap_or("http").to_owned(),
        ipv6: node.entry("ipv6").is_some_and(|entry| is_true(&entry.value)),
        is_globalping: text("type") == Some("globalping"),
        has_body_rules: has("__dangerous__body_down") || has("__dangerous__body_down_if_text_missing"),
        max_response_ms: text("maxResponseTime").and_then(|ms| ms.parse().ok()),
        lines: (node.at.line, end),
        name,
        url,
    })
}

fn slug_of(name: &str, url: &str) -> String {
    let slug = slug::slugify_whole(name);
    if slug.is_empty() { slug::slugify_whole(url) } else { slug }
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
        assert_eq!(upptime_sites("sites:\n"), []);
        assert_eq!(upptime_sites("- a: ["), []);
    }
}
