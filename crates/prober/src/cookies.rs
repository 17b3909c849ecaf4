//! Cookies of one visit to a target over one family: kept from one redirect to the next, and thrown away with it.
//!
//! By RFC 6265, sections 5.1 to 5.4, as browsers have it. There is no list of public suffixes: what such a cookie may reach
//! are hosts of this one visit.

use cookie::Cookie;
use dualwatch_core::measure::{
    target::{Endpoint, Host, Scheme},
    time::Timestamp,
};
use http::{HeaderMap, header};

/// Browsers take fifty a host at least (RFC 6265 section 6.1); more than these are not kept.
const MAX_COOKIES: usize = 100;
/// Of one `Set-Cookie`; browsers take no more either.
const MAX_BYTES: usize = 4096;

/// The cookies of a visit.
#[derive(Debug, Default)]
pub struct Jar {
    cookies: Vec<Kept>,
}

#[derive(Debug, PartialEq, Eq)]
struct Kept {
    name: String,
    value: String,
    /// In lower case, without a dot in front.
    domain: String,
    /// For the host that set it, and no name below.
    is_host_only: bool,
    path: String,
    is_secure: bool,
}

impl Jar {
    /// Keeps what an answer of `endpoint` sets, and drops what it takes back.
    pub fn hear(&mut self, endpoint: &Endpoint, headers: &HeaderMap, now: Timestamp) {
        for value in headers.get_all(header::SET_COOKIE) {
            let text = String::from_utf8_lossy(value.as_bytes());
            if text.len() > MAX_BYTES {
                continue;
            }
            let Some((kept, is_over)) = Cookie::parse(&*text).ok().and_then(|cookie| kept(endpoint, &cookie, now))
            else {
                continue;
            };
            let is_same = |old: &Kept| (&old.name, &old.domain, &old.path) == (&kept.name, &kept.domain, &kept.path);
            self.cookies.retain(|old| !is_same(old));
            if !is_over && self.cookies.len() < MAX_COOKIES {
                self.cookies.push(kept);
            }
        }
    }

    /// Returns what is sent to `endpoint`, as the value of `Cookie`; `None` where that is nothing.
    pub fn tell(&self, endpoint: &Endpoint) -> Option<String> {
        let host = endpoint.host.to_string().to_ascii_lowercase();
        let path = endpoint.path.split(['?', '#']).next().unwrap_or("/");
        let goes_there = |cookie: &&Kept| {
            let is_domain =
                if cookie.is_host_only { host == cookie.domain } else { is_below(endpoint, &cookie.domain) };
            is_domain && is_path(path, &cookie.path) && (!cookie.is_secure || endpoint.scheme == Scheme::Https)
        };
        let mut sent: Vec<&Kept> = self.cookies.iter().filter(goes_there).collect();
        // RFC 6265 section 5.4: those of longer paths first, else in the order in which they were set.
        sent.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs: Vec<String> = sent.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

/// Returns a cookie as it is kept, and whether its time is over already; `None` where it is not for this host.
fn kept(endpoint: &Endpoint, cookie: &Cookie<'_>, now: Timestamp) -> Option<(Kept, bool)> {
    let host = endpoint.host.to_string().to_ascii_lowercase();
    let domain = cookie.domain().map(|domain| domain.trim_start_matches('.').to_ascii_lowercase());
    let domain = domain.filter(|domain| !domain.is_empty());
    if domain.as_ref().is_some_and(|domain| !is_below(endpoint, domain)) {
        return None;
    }
    let is_secure = cookie.secure() == Some(true);
    if is_secure && endpoint.scheme != Scheme::Https {
        return None;
    }
    let seconds = cookie.max_age().map(cookie::time::Duration::whole_seconds);
    let expires = cookie.expires_datetime().map(|at| i64::try_from(at.unix_timestamp_nanos() / 1_000_000));
    let is_over = match (seconds, expires) {
        (Some(seconds), _) => seconds <= 0,
        (None, Some(Ok(at_ms))) => at_ms <= now.unix_ms(),
        _ => false,
    };
    let path =
        cookie.path().filter(|path| path.starts_with('/')).map_or_else(|| default_path(endpoint), ToOwned::to_owned);
    let is_host_only = domain.is_none();
    let domain = domain.unwrap_or(host);
    let (name, value) = (cookie.name().to_owned(), cookie.value().to_owned());
    Some((Kept { name, value, domain, is_host_only, path, is_secure }, is_over))
}

/// RFC 6265 section 5.1.3: the same name, or a name (no address) below it.
fn is_below(endpoint: &Endpoint, domain: &str) -> bool {
    let host = endpoint.host.to_string().to_ascii_lowercase();
    let is_name = matches!(endpoint.host, Host::Name(_));
    host == domain || (is_name && host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')))
}

/// RFC 6265 section 5.1.4: the folder of the page.
fn default_path(endpoint: &Endpoint) -> String {
    let path = endpoint.path.split(['?', '#']).next().unwrap_or("/");
    match path.rfind('/') {
        None | Some(0) => "/".to_owned(),
        Some(at) => path[..at].to_owned(),
    }
}

/// RFC 6265 section 5.1.4.
fn is_path(path: &str, of: &str) -> bool {
    path.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || of.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(url: &str) -> Endpoint {
        let (scheme, rest) = match url.strip_prefix("https://") {
            Some(rest) => (Scheme::Https, rest),
            None => (Scheme::Http, url.strip_prefix("http://").unwrap()),
        };
        let (host, path) = rest.split_at(rest.find('/').unwrap());
        let host = host.parse().map_or_else(|_| Host::Name(host.to_owned()), Host::Address);
        Endpoint { scheme, host, port: 443, path: path.to_owned() }
    }

    #[track_caller]
    fn check(from: &str, cookies: &[&str], to: &str, expected: Option<&str>) {
        let mut headers = HeaderMap::new();
        for value in cookies {
            headers.append(header::SET_COOKIE, value.parse().unwrap());
        }
        let mut jar = Jar::default();
        jar.hear(&endpoint(from), &headers, Timestamp::from_unix_ms(1_795_392_000_000));
        assert_eq!(jar.tell(&endpoint(to)).as_deref(), expected, "{cookies:?} at {from}, asked at {to}");
    }

    #[test]
    fn cookies_go_back_to_where_they_are_for() {
        const SITE: &str = "https://www.shop.example/a/b?c=/d";
        check(SITE, &["sid=1; Path=/"], "https://www.shop.example/", Some("sid=1"));
        check(SITE, &["a=1; HttpOnly", "b=2; SameSite=Lax"], "https://www.shop.example/a/x", Some("a=1; b=2"));
        // The folder of the page, where no path is said.
        check(SITE, &["a=1"], "https://www.shop.example/", None);
        check(SITE, &["a=1; Path=/a"], "https://www.shop.example/ab", None);
        check(SITE, &["a=1; Path=/a/"], "https://www.shop.example/a/b", Some("a=1"));
        check(SITE, &["a=1; Path=/", "b=2; Path=/a"], "https://www.shop.example/a", Some("b=2; a=1"));
        // Of this host alone, or of a domain.
        check(SITE, &["a=1; Path=/"], "https://shop.example/", None);
        check(SITE, &["a=1; Path=/; Domain=shop.example"], "https://shop.example/", Some("a=1"));
        check(SITE, &["a=1; Path=/; Domain=.Shop.example"], "https://img.shop.example/", Some("a=1"));
        check(SITE, &["a=1; Path=/; Domain=other.example"], SITE, None);
        check(SITE, &["a=1; Path=/; Domain=hop.example"], SITE, None);
        check("http://192.0.2.1/", &["a=1; Domain=2.1"], "http://192.0.2.1/", None);
        check("http://192.0.2.1/", &["a=1; Domain=192.0.2.1"], "http://192.0.2.1/", Some("a=1"));
        check("http://[2001:db8::1]/", &["a=1"], "http://[2001:db8::1]/x", Some("a=1"));
        // Not in the clear.
        check(SITE, &["a=1; Path=/; Secure"], SITE, Some("a=1"));
        check(SITE, &["a=1; Path=/; Secure"], "http://www.shop.example/", None);
        check("http://www.shop.example/", &["a=1; Secure"], SITE, None);
    }

    #[test]
    fn a_cookie_is_replaced_and_taken_back() {
        const SITE: &str = "http://shop.example/";
        check(SITE, &["a=1", "a=2"], SITE, Some("a=2"));
        check(SITE, &["a=1", "a=; Max-Age=0"], SITE, None);
        check(SITE, &["a=1", "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], SITE, None);
        check(SITE, &["a=1; Expires=Fri, 01 Jan 2100 00:00:00 GMT"], SITE, Some("a=1"));
        check(SITE, &["a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], SITE, Some("a=1"));
        check(SITE, &["no cookie at all", "=x", ""], SITE, None);
        let long = format!("a={}", "x".repeat(5_000));
        check(SITE, &[&long, "b=\"quoted value\""], SITE, Some("b=\"quoted value\""));
        let many: Vec<String> = (0..200).map(|i| format!("n{i}=1")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let first: Vec<String> = (0..100).map(|i| format!("n{i}=1")).collect();
        check(SITE, &many, SITE, Some(&first.join("; ")));
    }
}
