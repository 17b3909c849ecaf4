//! Where an answer redirects to, and what is asked there.

use crate::{
    classify::{Failure, clip},
    exchange::Answer,
};
use dualwatch_core::measure::{
    cause::Cause,
    target::{Endpoint, Host, Method, Scheme},
};
use http::{HeaderMap, header};
use percent_encoding::{AsciiSet, CONTROLS, percent_encode};
use url::Url;

/// RFC 9110 section 15.4: where an answer points to, if it is a redirect that clients follow. An empty `Location` is none to
/// curl and to browsers; read as a reference it would be the page itself, for ever.
pub fn redirect(answer: &Answer) -> Option<String> {
    if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    location(&answer.headers)
}

/// A `Location` is ASCII (RFC 9110 section 10.2.2, RFC 3986), but servers put bytes of any encoding into it. Browsers
/// percent-encode each of those bytes; for UTF-8 that is what the URL Standard makes of the characters.
fn location(headers: &HeaderMap) -> Option<String> {
    /// The URL Standard removes tabs itself.
    const NOT_ASCII: &AsciiSet = &CONTROLS.remove(b'\t');
    let value = headers.get(header::LOCATION).filter(|value| !value.is_empty())?;
    Some(percent_encode(value.as_bytes(), NOT_ASCII).to_string())
}

/// What a request can ask for here (the crate `http`). A relative redirect can lead on to a longer one again and again.
const MAX_PATH_BYTES: usize = u16::MAX as usize - 1;

pub fn join(base: &Endpoint, location: &str) -> Result<Endpoint, Failure> {
    let malformed = |why: &str| {
        let mut failure = Failure::with_error(Cause::HttpMalformed, format!("redirect {why}"));
        failure.evidence.seen = Some(clip(location));
        failure
    };
    let url = Url::parse(&base.to_string())
        .and_then(|base| base.join(location))
        .map_err(|e| malformed(&format!("to a bad URL: {e}")))?;
    let scheme = match url.scheme() {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        other => return Err(malformed(&format!("to a scheme that is not HTTP: {other}"))),
    };
    let host = match url.host() {
        Some(url::Host::Domain(name)) => Host::Name(name.trim_end_matches('.').to_owned()),
        Some(url::Host::Ipv4(a)) => Host::Address(a.into()),
        Some(url::Host::Ipv6(a)) => Host::Address(a.into()),
        None => return Err(malformed("without a host")),
    };
    let port = url.port_or_known_default().ok_or_else(|| malformed("without a port"))?;
    let path = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    if path.len() > MAX_PATH_BYTES {
        let mut failure = malformed(&format!("to a URL of {} bytes", path.len()));
        failure.cause = Cause::HttpTooLarge;
        return Err(failure);
    }
    Ok(Endpoint { scheme, host, port, path })
}

/// Returns the method of the request that follows a redirect: 303 asks for a GET, and so do 301 and 302 after a POST,
/// as every browser takes them (RFC 9110 section 15.4).
pub fn next_method(status: u16, method: Method) -> Method {
    match (status, method) {
        (_, Method::Head) => Method::Head,
        (303, _) | (301 | 302, Method::Post) => Method::Get,
        (_, method) => method,
    }
}

/// Whether both are the same place, so that what is for one may be told to the other (RFC 6454).
/// Whether a URL is of another site: neither the same name nor one below or above it, as `www.` is.
pub fn is_elsewhere(from: &Endpoint, to: &str) -> bool {
    let Some(to) = Url::parse(to).ok().and_then(|url| url.host_str().map(str::to_owned)) else { return false };
    let from = from.host.to_string();
    let is_below =
        |name: &str, of: &str| name.strip_suffix(of).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    !is_below(&to, &from) && !is_below(&from, &to)
}

pub fn is_same_origin(a: &Endpoint, b: &Endpoint) -> bool {
    (a.scheme, &a.host, a.port) == (b.scheme, &b.host, b.port)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn endpoint() -> Endpoint {
        let host = Host::Name("service.example".into());
        Endpoint { scheme: Scheme::Https, host, port: 8443, path: "/a/b?c".into() }
    }

    fn check(location: &str, expected: Result<&str, Cause>) {
        let joined = join(&endpoint(), location).map(|e| e.to_string()).map_err(|f| f.cause);
        assert_eq!(joined.as_deref().map_err(|c| *c), expected, "{location}");
    }

    #[test]
    fn redirects_are_joined_as_browsers_do() {
        check("/x?y=1", Ok("https://service.example:8443/x?y=1"));
        check("c", Ok("https://service.example:8443/a/c"));
        check("//other.example/", Ok("https://other.example/"));
        check("http://[2001:db8::1]:80/#part", Ok("http://[2001:db8::1]/"));
        check("ftp://service.example/", Err(Cause::HttpMalformed));
        check("https://", Err(Cause::HttpMalformed));
        check(&"x".repeat(70_000), Err(Cause::HttpTooLarge));
    }

    #[test]
    fn what_is_not_ascii_is_percent_encoded() {
        let check = |bytes: &[u8], expected: &str| {
            let headers = [(header::LOCATION, HeaderValue::from_bytes(bytes).unwrap())].into_iter().collect();
            let endpoint = join(&endpoint(), &location(&headers).unwrap()).map(|e| e.to_string());
            assert_eq!(endpoint.as_deref(), Ok(expected), "{}", String::from_utf8_lossy(bytes));
        };
        check("/grüße?an=tschüß".as_bytes(), "https://service.example:8443/gr%C3%BC%C3%9Fe?an=tsch%C3%BC%C3%9F");
        // Latin-1, and a name in the host.
        check(b"/gr\xfc\xdfe", "https://service.example:8443/gr%FC%DFe");
        check("https://bücher.example/".as_bytes(), "https://xn--bcher-kva.example/");
        check(b"/a%20b\t", "https://service.example:8443/a%20b");
        let empty = [(header::LOCATION, HeaderValue::from_static(""))].into_iter().collect();
        assert_eq!(location(&empty), None);
    }

    #[test]
    fn methods_along_redirects() {
        use Method as M;
        for (status, method, next) in [
            (302, M::Get, M::Get),
            (303, M::Post, M::Get),
            (303, M::Head, M::Head),
            (301, M::Post, M::Get),
            (302, M::Put, M::Put),
            (307, M::Post, M::Post),
            (308, M::Delete, M::Delete),
        ] {
            assert_eq!(next_method(status, method), next, "{status} {method:?}");
        }
    }
}
