//! Where the pages stand: below a path of somebody's site, and under the address that the operator has said.
//!
//! A page is made as if it stood at the root of a site. This writes the path into the links of a finished page; and, where
//! its address is known, the address into those that are read elsewhere, previews of the page among them.
//!
//! ```
//! use dualwatch_app::root::Root;
//! let root = Root { base: "/status", public: None };
//! assert_eq!(root.placed(r#"<a href="/about">/about</a>"#), r#"<a href="/status/about">/about</a>"#);
//! ```

use std::fmt::Write as _;

/// Where the root of the site is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Root<'a> {
    /// What stands before each path; without a slash at its end.
    pub base: &'a str,
    /// Scheme, host, port and path under which others find the page; without a slash at its end.
    pub public: Option<&'a str>,
}

/// The attributes that hold addresses of ours.
const LINKS: [&str; 6] = ["href", "src", "action", "data-js", "data-wasm", "data-stream"];

/// What of these holds text in which nothing is an element.
const RAW: [&str; 2] = ["script", "style"];

impl Root<'_> {
    /// Returns a page as it is at its place. What was placed already stays.
    pub fn placed(&self, html: &str) -> String {
        if self.base.is_empty() && self.public.is_none() {
            return html.to_owned();
        }
        let mut out = String::with_capacity(html.len() + html.len() / 16);
        let mut address = String::new();
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            if rest.starts_with("</head>") {
                self.preview(&address, &mut out);
            }
            if !rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
                out.push('<');
                rest = &rest[1..];
                continue;
            }
            let name = &rest[1..][..rest[1..].find([' ', '\n', '>', '/']).unwrap_or_default()];
            rest = self.tag(name, rest, &mut out, &mut address);
            if RAW.contains(&name) {
                let end = rest.find(&format!("</{name}")).unwrap_or(rest.len());
                out.push_str(&rest[..end]);
                rest = &rest[end..];
            }
        }
        out + rest
    }

    /// Writes a tag, with its links at their place; returns what stands behind it.
    fn tag<'h>(&self, name: &str, text: &'h str, out: &mut String, address: &mut String) -> &'h str {
        let mut rest = text;
        let (mut is_read_elsewhere, mut is_canonical) = (false, false);
        // Up to each value in quotes.
        while let Some(at) = rest.find(['"', '>']) {
            let (before, behind) = rest.split_at(at);
            out.push_str(before);
            if let Some(after) = behind.strip_prefix('>') {
                out.push('>');
                return after;
            }
            let Some((value, after)) = behind[1..].split_once('"') else {
                out.push_str(behind);
                return "";
            };
            let attribute = before.trim_end_matches('=').rsplit([' ', '\n']).next().unwrap_or_default();
            is_canonical |= name == "link" && (attribute, value) == ("rel", "canonical");
            is_read_elsewhere |= is_canonical || name == "link" && (attribute, value) == ("rel", "alternate");
            let root = self.public.filter(|_| is_read_elsewhere).unwrap_or(self.base);
            let value = if LINKS.contains(&attribute) { self.link(root, value) } else { value.to_owned() };
            _ = write!(out, "\"{value}\"");
            if is_canonical && attribute == "href" {
                *address = value;
            }
            rest = after;
        }
        out.push_str(rest);
        ""
    }

    /// Returns an address below a root. What is no path from the root of a site, or is below the base already, stays.
    fn link(&self, root: &str, value: &str) -> String {
        let is_placed = |behind: &str| behind.is_empty() || behind.starts_with('/');
        let is_below = !self.base.is_empty() && value.strip_prefix(self.base).is_some_and(is_placed);
        let is_path = value.starts_with('/') && !value.starts_with("//");
        if is_path && !is_below { [root, value].concat() } else { value.to_owned() }
    }

    /// Writes where a page is that somebody links to, beside what else a preview shows of it (ogp.me): nothing where its address
    /// is not known.
    fn preview(&self, address: &str, out: &mut String) {
        if self.public.is_some() && !address.is_empty() {
            _ = writeln!(out, "<meta property=\"og:url\" content=\"{address}\">");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<!doctype html>
<html lang="en">
<head>
<title>All "work" · Dualwatch</title>
<script id="early" data-js="/assets/a.js" data-wasm="/assets/a.wasm" data-ipv4="//127.0.0.1:8787">a = "<a href=\"/x\">" < b</script>
<meta name="description" content="Over &quot;IPv4&quot;">
<link rel="canonical" href="/incidents?page=2">
<link rel="alternate" hreflang="de" href="/incidents?lang=de">
<link rel="stylesheet" href="/assets/s.css">
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'">
</head>
<body><a class="x" href="/">1 < 2 href="/a"</a><a href="https://shop.example/">/</a><form action="/" method="get"><input value="/a">
<img src="/badge.svg"/><a title="> href=" href="/about">a</a><a href="//h/a"></a><a href="\#a"></a><!-- <b> --></body>
</html>
"#;

    #[test]
    fn links_stand_below_the_base_and_nothing_else_is_changed() {
        let placed = Root { base: "/status", public: None }.placed(PAGE);
        let links = [
            (r#"href="/""#, 1),
            (r#"href="/about""#, 1),
            (r#"action="/""#, 1),
            (r#"src="/badge.svg""#, 1),
            (r#"data-js="/assets/a.js""#, 1),
            (r#"data-wasm="/assets/a.wasm""#, 1),
            (r#"href="/assets/s.css""#, 1),
            (r#"href="/incidents?page=2""#, 1),
            (r#"href="/incidents?lang=de""#, 1),
        ];
        let mut expected = PAGE.to_owned();
        for (link, n) in links {
            assert_eq!(PAGE.matches(link).count(), n, "{link}");
            expected = expected.replace(link, &link.replacen("=\"/", "=\"/status/", 1));
        }
        assert_eq!(placed, expected);
        assert_eq!(Root { base: "/status", public: None }.placed(&placed), placed, "once is enough");
        assert_eq!(Root::default().placed(PAGE), PAGE);
    }

    #[test]
    fn what_is_read_elsewhere_has_the_whole_address() {
        let root = Root { base: "/status", public: Some("https://a.example/status") };
        let placed = root.placed(PAGE);
        for part in [
            r#"<link rel="canonical" href="https://a.example/status/incidents?page=2">"#,
            r#"<link rel="alternate" hreflang="de" href="https://a.example/status/incidents?lang=de">"#,
            r#"<meta property="og:url" content="https://a.example/status/incidents?page=2">"#,
            r#"href="/status/assets/s.css""#,
        ] {
            assert!(placed.contains(part), "{part}: {placed}");
        }
        assert_eq!(placed.matches("https://a.example").count(), 3);
        assert_eq!(Root { public: None, ..root }.placed(&placed), placed);
    }

    #[test]
    fn what_is_cut_is_left_as_it_is() {
        for text in ["", "<", "<a", "<a href=\"/x", "<a href=\"/x\"", "a<b", "<script>", "<>", "</"] {
            let placed = Root { base: "/s", public: None }.placed(text);
            assert_eq!(placed.replace("/s/", "/"), text);
        }
    }
}
