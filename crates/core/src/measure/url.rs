//! What the text of a URL says of where it leads, without asking anybody.

use crate::measure::family::Family;
use std::net::IpAddr;

/// Returns the host of a URL, a literal without its brackets; empty where it has none.
pub fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let authority = authority.rsplit('@').next().unwrap_or_default();
    match authority.strip_prefix('[') {
        Some(literal) => literal.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    }
}

/// Returns a URL, or its end, as everybody may know it: without user part, query and fragment, where secrets stand.
pub fn public(url: &str) -> String {
    let bare = url.split(['?', '#']).next().unwrap_or_default();
    let Some(at) = bare.find("//") else { return bare.to_owned() };
    let (scheme, rest) = bare.split_at(at + 2);
    let (authority, path) = rest.split_at(rest.find(['/', '\\']).unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    [scheme, host, path].concat()
}

/// Returns the only family of a URL whose host is an address: it has no records, and nobody left out the other family.
pub fn literal(url: &str) -> Option<Family> {
    host(url).parse::<IpAddr>().ok().map(Family::of)
}

/// Whether a page at `page_protocol` (such as `https:`) may not ask this URL, known from both alone.
///
/// W3C Mixed Content section 4.4: plain `http` from a secure page is blocked, unless the host is a loopback literal
/// or `localhost`, which are potentially trustworthy (W3C Secure Contexts section 3.1).
pub fn is_mixed(page_protocol: &str, url: &str) -> bool {
    let is_plain = url.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"));
    page_protocol == "https:" && is_plain && !is_loopback(host(url))
}

fn is_loopback(host: &str) -> bool {
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_urls() {
        for (url, expected) in [
            ("https://service.example/a:b@c", "service.example"),
            ("http://u:p@service.example:80", "service.example"),
            ("http://localhost@service.example/", "service.example"),
            ("http://localhost?x", "localhost"),
            ("http://127.0.0.1\\@service.example/", "127.0.0.1"),
            ("http://[::1]:8080/x", "::1"),
            ("/path", ""),
            ("", ""),
        ] {
            assert_eq!(host(url), expected, "{url}");
        }
    }

    #[test]
    fn what_is_public_of_urls() {
        for (url, expected) in [
            ("https://service.example/", "https://service.example/"),
            ("https://u:p@service.example:8443/a@b?token=x&y#z", "https://service.example:8443/a@b"),
            ("http://[2001:db8::1]:80?x", "http://[2001:db8::1]:80"),
            ("tcp://service.example:22", "tcp://service.example:22"),
            ("dns://192.0.2.53/service.example?type=AAAA", "dns://192.0.2.53/service.example"),
            ("https://a@b@service.example#x", "https://service.example"),
            ("/login?next=https://u@x.example", "/login"),
            ("//u@service.example\\x", "//service.example\\x"),
            ("", ""),
        ] {
            assert_eq!(public(url), expected, "{url}");
        }
    }

    #[test]
    fn literals() {
        assert_eq!(literal("https://[2606:4700::1]/"), Some(Family::Ipv6));
        assert_eq!(literal("tcp://192.0.2.1:25"), Some(Family::Ipv4));
        assert_eq!(literal("https://service.example/"), None);
        assert_eq!(literal("http://localhost/"), None);
    }

    #[test]
    fn only_plain_http_from_a_secure_page_is_mixed() {
        for (page, url, expected) in [
            ("https:", "http://service.example/", true),
            ("https:", "HTTP://service.example:80/", true),
            ("https:", "http://192.0.2.1/", true),
            ("https:", "http://127.0.0.1.service.example/", true),
            ("https:", "http://localhost.service.example/", true),
            ("https:", "https://service.example/", false),
            ("https:", "http://127.0.0.1:8080/", false),
            ("https:", "http://[::1]:8080/", false),
            ("https:", "http://r1.localhost:8080", false),
            ("http:", "http://service.example/", false),
            ("https:", "", false),
        ] {
            assert_eq!(is_mixed(page, url), expected, "{page} {url}");
        }
    }
}
