//! The parts of the URLs that Upptime writes, which need not be URLs.

/// Returns the host of a URL, or of a bare `host` or `host:port`; an IPv6 literal without its brackets.
pub(crate) fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let rest = rest.rsplit('@').next().unwrap_or(rest);
    if let Some(literal) = rest.strip_prefix('[') {
        return literal.split(']').next().unwrap_or_default();
    }
    if rest.matches(':').count() > 1 { rest } else { rest.split(':').next().unwrap_or_default() }
}

/// Returns the URL without user name and password, also where slashes are one too many.
pub(crate) fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let slashes = rest.len() - rest.trim_start_matches('/').len();
    let (slashes, rest) = rest.split_at(slashes);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let authority = authority.rsplit('@').next().unwrap_or(authority);
    format!("{scheme}://{slashes}{authority}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        for (url, shown, at) in [
            ("https://u:p@shop.example/@me?x=@", "https://shop.example/@me?x=@", "shop.example"),
            ("http:///u:p@shop.example:80/x", "http:///shop.example:80/x", ""),
            ("https://[2001:db8::1]:443/", "https://[2001:db8::1]:443/", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1", "2001:db8::1"),
            ("shop.example:25", "shop.example:25", "shop.example"),
            ("$SECRET", "$SECRET", "$SECRET"),
        ] {
            assert_eq!((without_credentials(url).as_str(), host(url)), (shown, at), "{url}");
        }
    }
}
