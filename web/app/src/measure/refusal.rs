//! Requests that a browser will not make, known before asking.

use dualwatch_core::measure::{cause::Cause, url::is_mixed};

/// Returns why a page at `page_protocol` (such as `https:`) may not fetch `url`, if that is certain from both alone.
pub fn certain(page_protocol: &str, url: &str) -> Option<Cause> {
    is_mixed(page_protocol, url).then_some(Cause::PolicyBrowserMixedContent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_http_from_a_secure_page_is_mixed() {
        let mixed = Some(Cause::PolicyBrowserMixedContent);
        for (page, url, expected) in [
            ("https:", "http://service.example/", mixed),
            ("https:", "HTTP://service.example:80/", mixed),
            ("https:", "http://192.0.2.1/", mixed),
            ("https:", "http://[2001:db8::1]:8080/x", mixed),
            ("https:", "http://127.0.0.1.service.example/", mixed),
            ("https:", "http://localhost@service.example/", mixed),
            ("https:", "https://service.example/", None),
            ("https:", "http://127.0.0.1:8080/", None),
            ("https:", "http://[::1]:8080/", None),
            ("https:", "http://localhost:8080", None),
            ("https:", "http://demo.localhost/", None),
            ("http:", "http://service.example/", None),
            ("https:", "", None),
        ] {
            assert_eq!(certain(page, url), expected, "{page} {url}");
        }
    }
}
