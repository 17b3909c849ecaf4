//! The path below which pages stand that are a part of somebody's site, and the address of a request as its visitor knows it.
//!
//! A proxy in front hands that path on, or takes it away: what is below it and what is not are the same address here. So no
//! base may begin as an address of ours does.
//!
//! ```
//! use dualwatch_wire::door::{base::{Arrived, Base}, proxies::Told};
//! let base = Base::parse("/status/").unwrap();
//! let told = Told { is_secure: Some(true), ..Told::default() };
//! let arrived = base.arrived("http://host.example/status/incidents?lang=de", &told);
//! assert_eq!(arrived, Arrived::At("https://host.example/incidents?lang=de".to_owned()));
//! ```

use super::{address, proxies::Told};

/// A path without a slash at its end; empty where pages stand at the root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Base(String);

/// What became of the address of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrived {
    AsItIs,
    /// It was asked for as this.
    At(String),
    /// It is the base without the slash at its end: relative links would lead beside it. This is the path to be asked for.
    Beside(String),
}

/// Longer ones are a mistake.
const MAX_BYTES: usize = 200;

/// What addresses of ours begin with, and what may be added to them: files at the root have an ending.
const OURS: [&str; 18] = [
    "about",
    "api",
    "assets",
    "badge",
    "clients",
    "embed",
    "graphs",
    "healthz",
    "hello",
    "history",
    "host",
    "incidents",
    "logo",
    "metrics",
    "probe",
    "repos",
    "self-test",
    "targets",
];

impl Base {
    /// Reads a path, such as `/status/`.
    ///
    /// # Errors
    /// Why it can be none, and what could.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bad = |why: &str| Err(format!("`{text}` {why}"));
        if text.is_empty() || text == "/" {
            return Ok(Self::default());
        }
        let Some(path) = text.strip_prefix('/') else {
            return bad("is no path: it begins with a slash, as `/status/` does");
        };
        let path = path.strip_suffix('/').unwrap_or(path);
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
        let mut parts = path.split('/');
        if parts.any(|part| part.is_empty() || part.starts_with('.') || !part.bytes().all(is_plain)) {
            return bad(
                "has a part that cannot be one: each is letters of ASCII, digits, `-`, `_`, `.` and `~`, as in `/status/`",
            );
        }
        if path.len() > MAX_BYTES {
            return bad("is too long");
        }
        let first = path.split('/').next().unwrap_or_default();
        // Scripts know by it where they come from.
        if OURS.contains(&first)
            || path.split('/').any(|part| part == "assets")
            || (first.contains('.') && !path.contains('/'))
        {
            return bad("begins as an address of the page's own does; choose another, such as `/status/`");
        }
        // `OWNER/REPO/master/...` is the address of a file as Upptime has it.
        if path.split('/').nth(2).is_some_and(|third| matches!(third, "master" | "main" | "HEAD")) {
            return bad("begins as the address of a file of Upptime's does; choose another, such as `/status/`");
        }
        Ok(Self(format!("/{path}")))
    }

    /// Returns what stands before each path of ours.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns what an address comes to: the scheme and the host that a proxy has told, and the path without this.
    pub fn arrived(&self, url: &str, told: &Told) -> Arrived {
        // Most stand at the root, and are asked by visitors themselves.
        if self.0.is_empty() && told.is_secure.is_none() && told.host.is_none() && told.port.is_none() {
            return Arrived::AsItIs;
        }
        let Some((authority, path)) = address::split(url) else { return Arrived::AsItIs };
        let path = match self.below(path) {
            Some(below) if below.starts_with('/') => below,
            Some(below) => return Arrived::Beside([&self.0, "/", below].concat()),
            None => path,
        };
        let was_secure = url.starts_with("https:");
        let is_secure = told.is_secure.unwrap_or(was_secure);
        let host = told.host.as_deref().unwrap_or(authority);
        let host = match told.port {
            Some(port) => format!("{}:{port}", without_port(host)),
            None => host.to_owned(),
        };
        let scheme = if is_secure { "https" } else { "http" };
        let arrived = format!("{scheme}://{host}{path}");
        if arrived == url { Arrived::AsItIs } else { Arrived::At(arrived) }
    }

    /// Returns what stands behind this in a path: nothing, or what begins with a slash or a question mark.
    fn below<'a>(&self, path: &'a str) -> Option<&'a str> {
        let below = path.strip_prefix(&*self.0).filter(|_| !self.0.is_empty())?;
        (below.is_empty() || below.starts_with(['/', '?', '#'])).then_some(below)
    }
}

fn without_port(host: &str) -> &str {
    let end_of_literal = host.rfind(']').unwrap_or_default();
    host[end_of_literal..].find(':').map_or(host, |at| &host[..end_of_literal + at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_is_a_path_that_is_none_of_ours() {
        for (text, base) in [
            ("", ""),
            ("/", ""),
            ("/status", "/status"),
            ("/status/", "/status"),
            ("/a/b-c_d.e~/", "/a/b-c_d.e~"),
            ("/api-status/", "/api-status"),
            ("/v1.2/status", "/v1.2/status"),
        ] {
            assert_eq!(Base::parse(text).as_ref().map(Base::as_str), Ok(base), "{text}");
        }
        for (text, said) in [
            ("status", "is no path: it begins with a slash"),
            ("https://a.example/status/", "is no path"),
            ("//", "has a part that cannot be one"),
            ("/a//b", "has a part that cannot be one"),
            ("/../a", "has a part that cannot be one"),
            ("/a/./b", "has a part that cannot be one"),
            ("/a b", "has a part that cannot be one"),
            ("/a?b", "has a part that cannot be one"),
            ("/st%61tus", "has a part that cannot be one"),
            ("/a\"b", "has a part that cannot be one"),
            ("/api", "begins as an address of the page's own does; choose another, such as `/status/`"),
            ("/assets/x", "begins as an address of the page's own"),
            ("/x/assets", "begins as an address of the page's own"),
            ("/widget.js/", "begins as an address of the page's own"),
            ("/a/b/main", "begins as the address of a file of Upptime's"),
        ] {
            let why = Base::parse(text).unwrap_err();
            assert!(why.starts_with(&format!("`{text}` {said}")), "{why}");
        }
        assert!(Base::parse(&format!("/{}", "a".repeat(201))).unwrap_err().ends_with("is too long"));
    }

    #[test]
    fn an_address_is_as_its_visitor_knows_it() {
        let told =
            |is_secure, host: Option<&str>, port| Told { who: None, is_secure, host: host.map(str::to_owned), port };
        let nothing = || told(None, None, None);
        let check = |base: &str, url: &str, told: Told, expected: Option<&str>| {
            let arrived = Base::parse(base).unwrap().arrived(url, &told);
            let expected = expected.map_or(Arrived::AsItIs, |url| Arrived::At(url.to_owned()));
            assert_eq!(arrived, expected, "{base} {url} {told:?}");
        };
        let url = "http://[::1]:8787/a?b=/c";
        check("", url, nothing(), None);
        check("/status", url, nothing(), None);
        check("", url, told(Some(false), None, None), None);
        check("", url, told(Some(true), None, None), Some("https://[::1]:8787/a?b=/c"));
        check("", url, told(None, Some("a.example"), None), Some("http://a.example/a?b=/c"));
        check("", url, told(Some(true), Some("a.example:8443"), Some(443)), Some("https://a.example:443/a?b=/c"));
        check("", url, told(None, None, Some(8080)), Some("http://[::1]:8080/a?b=/c"));
        check("", "https://a.example/", told(None, None, None), None);
        check("", "https://a.example/", told(Some(false), None, None), Some("http://a.example/"));
        // With the base or without it.
        check("/status/", "http://h/status/incidents?x=/status/", nothing(), Some("http://h/incidents?x=/status/"));
        check("/status/", "http://h/status/", nothing(), Some("http://h/"));
        check("/status/", "http://h/statuspage", nothing(), None);
        check("/status/", "http://h/STATUS/", nothing(), None);
        check("/status/", "http://h//status/", nothing(), None);
        check("/a/b/", "http://h/a/b/healthz", nothing(), Some("http://h/healthz"));
        check("/status/", "http://h/status//", nothing(), Some("http://h//"));
        let beside = |url: &str| Base::parse("/status/").unwrap().arrived(url, &nothing());
        assert_eq!(beside("http://h/status"), Arrived::Beside("/status/".to_owned()));
        assert_eq!(beside("http://h/status?lang=de"), Arrived::Beside("/status/?lang=de".to_owned()));
    }
}
