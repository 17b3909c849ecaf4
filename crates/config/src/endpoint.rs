//! URLs of targets as endpoints; every distinct mistake has its own hint.

use crate::finding::quoted;
use base64::{Engine, prelude::BASE64_STANDARD};
use dualwatch_core::measure::{
    target::{DnsQuestion, Endpoint, Host, Scheme},
    text::{is_hidden, visible},
    unfit::Unfit,
};
use percent_encoding::percent_decode_str;
use std::{fmt, net::Ipv6Addr};
use url::Url;

/// Longer URLs are refused by many servers (RFC 9110, 4.1 asks for 8,000 octets at least).
const MAX_URL: usize = 8_000;
/// RFC 1035, 2.3.4: a name in its text form, and a label.
const MAX_NAME: usize = 253;
const MAX_LABEL: usize = 63;

const DNS_HINT: &str = "write `dns://SERVER/NAME?type=AAAA`: the server is asked over each family";

/// Why a text is no URL (or no resolver) that can be used. Never repeats credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlError {
    /// A lower-case fragment.
    pub message: String,
    pub hint: String,
}

impl UrlError {
    pub(crate) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into() }
    }
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.message, self.hint)
    }
}

impl std::error::Error for UrlError {}

/// Returns the endpoint of an `https://`, `http://`, `wss://`, `ws://`, `tls://host:port`, `tcp://host:port` or
/// `dns://server/name?type=AAAA` URL, and the value of the `Authorization`
/// header (Basic, RFC 7617) that user name and password in it stand for. The fragment is dropped.
pub fn parse_url(text: &str) -> Result<(Endpoint, Option<String>), UrlError> {
    let (scheme, rest) = split_scheme(text)?;
    if rest.starts_with('/') {
        return Err(UrlError::new(
            "the host is empty: three slashes",
            format!("write two slashes before the host: `{}://host/`", scheme.code()),
        ));
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let (userinfo, host_port) = authority.rsplit_once('@').map_or((None, authority), |(u, h)| (Some(u), h));
    let (host, port) = split_port(scheme, host_port)?;
    if scheme == Scheme::Dns && userinfo.is_some() {
        return Err(UrlError::new("a name server takes no user name", DNS_HINT));
    }
    if scheme.is_stream() {
        let (name, form) = (scheme.code().to_uppercase(), format!("{}://host:port", scheme.code()));
        if userinfo.is_some() {
            return Err(UrlError::new(format!("a {name} target takes no user name"), format!("write `{form}`")));
        }
        if !matches!(tail, "" | "/") {
            return Err(UrlError::new(
                format!("a {name} target has no path"),
                format!("write `{form}`, or `https://` to measure a page"),
            ));
        }
    }
    // The WHATWG rules for hosts and paths are those of http and https, so the others borrow them.
    let web = if matches!(scheme, Scheme::Https | Scheme::Wss) { "https" } else { "http" };
    let url = Url::parse(&format!("{web}://{host}{tail}")).map_err(|error| describe(error, host))?;
    let path = match (scheme, url.query()) {
        (Scheme::Tcp | Scheme::Tls, _) => String::new(),
        (_, Some(query)) => format!("{}?{query}", url.path()),
        (_, None) => url.path().to_owned(),
    };
    let endpoint = Endpoint { scheme, host: parse_host(&url)?, port, path };
    if let Host::Address(address) = endpoint.host
        && Unfit::of(address) == Some(Unfit::LinkLocal)
    {
        let message =
            format!("{address} is link-local: it needs a zone, and a zone means something on one machine only");
        return Err(UrlError::new(message, "use an address that is not link-local"));
    }
    if scheme == Scheme::Dns {
        DnsQuestion::of(&endpoint).map_err(|why| UrlError::new(why, DNS_HINT))?;
    }
    Ok((endpoint, userinfo.and_then(basic_authorization)))
}

fn split_scheme(text: &str) -> Result<(Scheme, &str), UrlError> {
    if text.trim().is_empty() {
        return Err(UrlError::new("the URL is empty", "write `https://example.com/`, or `tcp://example.com:22`"));
    }
    if text.len() > MAX_URL {
        return Err(UrlError::new(format!("the URL is longer than {MAX_URL} bytes"), "shorten it"));
    }
    if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(UrlError::new(
            "the URL contains a space or a control character",
            "write a space in a path as `%20`",
        ));
    }
    if let Some(hidden) = text.chars().find(|c| is_hidden(*c)) {
        let hidden = visible(hidden.encode_utf8(&mut [0; 4])).into_owned();
        let message = format!("the URL contains the invisible character {hidden}");
        return Err(UrlError::new(message, "write it without"));
    }
    if text.contains('\\') {
        return Err(UrlError::new("the URL contains a backslash", "the slashes of a URL are `/`"));
    }
    let Some((word, rest)) = text.split_once("://") else {
        return Err(without_scheme(text));
    };
    let scheme = match word.to_ascii_lowercase().as_str() {
        "https" => Scheme::Https,
        "http" => Scheme::Http,
        "tcp" => Scheme::Tcp,
        "tls" => Scheme::Tls,
        "dns" => Scheme::Dns,
        "ws" => Scheme::Ws,
        "wss" => Scheme::Wss,
        other => return Err(unsupported(other)),
    };
    Ok((scheme, rest))
}

fn without_scheme(text: &str) -> UrlError {
    let lower = text.to_ascii_lowercase();
    if ["http:", "https:", "tcp:", "tls:", "dns:", "ws:", "wss:"].iter().any(|s| lower.starts_with(s)) {
        return UrlError::new("the slashes after the scheme are missing", "write `://` between scheme and host");
    }
    if let Some((word, _)) = lower.split_once(":/")
        && !word.is_empty()
        && word.bytes().all(|b| b.is_ascii_alphabetic())
    {
        return UrlError::new(
            format!("`{word}:/` does not begin a URL"),
            "begin with `https://`, `http://` or `tcp://`",
        );
    }
    let bare = text.trim_start_matches('/');
    // `user:password@host` would be repeated in the hint.
    let hint = if bare.contains('@') {
        "write `https://` before it".to_owned()
    } else if bare.rsplit_once(':').is_some_and(|(host, port)| is_port(port) && !host.contains([':', '/'])) {
        format!("did you mean `tcp://{bare}` or `https://{bare}`?", bare = shorten(bare))
    } else {
        format!("did you mean `https://{}`?", shorten(bare))
    };
    UrlError::new("the URL has no scheme", hint)
}

fn shorten(text: &str) -> String {
    text.chars().take(80).collect()
}

fn is_port(text: &str) -> bool {
    !text.is_empty() && text.len() <= 5 && text.bytes().all(|b| b.is_ascii_digit())
}

fn unsupported(scheme: &str) -> UrlError {
    let hint = match scheme {
        "ftp" | "ftps" | "sftp" | "ssh" | "smtp" | "smtps" | "imap" | "imaps" | "pop3" | "ldap" | "mqtt" => {
            "write `tcp://host:port` to measure whether the server accepts connections"
        }
        "ssl" => "write `tls://host:port` to measure the handshake, or `https://host:port` for HTTP as well",
        "udp" | "quic" | "icmp" | "ping" => "only TCP is measured: write `tcp://host:port`",
        _ => "known schemes: `https`, `http`, `wss`, `ws`, `tls`, `tcp`, `dns`",
    };
    UrlError::new(format!("the scheme {} is not supported", quoted(scheme)), hint)
}

fn split_port(scheme: Scheme, host_port: &str) -> Result<(&str, u16), UrlError> {
    if host_port.is_empty() || host_port.starts_with(':') {
        return Err(UrlError::new("the host is empty", format!("write `{}://host`, then port or path", scheme.code())));
    }
    let (host, port) = if host_port.starts_with('[') {
        let Some(end) = host_port.find(']') else {
            return Err(UrlError::new("the bracket `[` is not closed", "write `[2001:db8::1]`"));
        };
        let (host, rest) = host_port.split_at(end + 1);
        if host.contains('%') {
            return Err(UrlError::new(
                "an address with a zone (`%...`) means something on one machine only",
                "leave the zone out, and use an address that is not link-local",
            ));
        }
        match rest.strip_prefix(':') {
            Some(port) => (host, Some(port)),
            None if rest.is_empty() => (host, None),
            None => return Err(UrlError::new("text after `]`", "write `[2001:db8::1]:443`")),
        }
    } else if host_port.matches(':').count() > 1 {
        return Err(unbracketed(host_port));
    } else {
        host_port.split_once(':').map_or((host_port, None), |(h, p)| (h, Some(p)))
    };
    match port {
        Some(port) => Ok((host, parse_port(port)?)),
        None => scheme.default_port().map(|port| (host, port)).ok_or_else(|| {
            UrlError::new(
                format!("a {} target needs a port", scheme.code().to_uppercase()),
                format!("write `{}://{}:PORT`, for example `:443`", scheme.code(), shorten(host)),
            )
        }),
    }
}

/// Returns a port from 1 to 65535.
pub(crate) fn parse_port(text: &str) -> Result<u16, UrlError> {
    const HINT: &str = "a port is a number from 1 to 65535";
    if text.is_empty() {
        return Err(UrlError::new("the port after `:` is missing", HINT));
    }
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(UrlError::new(format!("the port {} is no number", quoted(text)), HINT));
    }
    match text.parse() {
        Ok(0) => Err(UrlError::new("port 0 is never open", HINT)),
        Ok(port) => Ok(port),
        Err(_) => Err(UrlError::new(format!("the port {} is out of range", quoted(text)), HINT)),
    }
}

fn unbracketed(host_port: &str) -> UrlError {
    let corrected = if host_port.parse::<Ipv6Addr>().is_ok() {
        format!("write `[{host_port}]`")
    } else {
        match host_port.rsplit_once(':') {
            Some((host, port)) if is_port(port) && host.parse::<Ipv6Addr>().is_ok() => {
                format!("write `[{host}]:{port}`")
            }
            _ => "write `[2001:db8::1]:443`; a name takes one `:port` at most".to_owned(),
        }
    };
    UrlError::new("more than one `:`; an IPv6 address in a URL stands in brackets", corrected)
}

fn describe(error: url::ParseError, host: &str) -> UrlError {
    use url::ParseError;
    match error {
        ParseError::EmptyHost => UrlError::new("the host is empty", "write a name or an address after `://`"),
        ParseError::InvalidIpv4Address => UrlError::new(
            format!("{} is no IPv4 address", quoted(host)),
            "four numbers from 0 to 255; a name does not end in a number",
        ),
        ParseError::InvalidIpv6Address => {
            UrlError::new(format!("{} is no IPv6 address", quoted(host)), "write it like `[2001:db8::1]`")
        }
        ParseError::IdnaError | ParseError::InvalidDomainCharacter => {
            UrlError::new(format!("{} is no host name", quoted(host)), "letters, digits, hyphens and dots make a name")
        }
        other => UrlError::new(format!("this is no URL: {other}"), "write `https://host/path`"),
    }
}

fn parse_host(url: &Url) -> Result<Host, UrlError> {
    match url.host() {
        Some(url::Host::Ipv4(address)) => Ok(Host::Address(address.into())),
        Some(url::Host::Ipv6(address)) => Ok(Host::Address(address.into())),
        Some(url::Host::Domain(name)) => parse_name(name).map(Host::Name),
        None => Err(UrlError::new("the host is empty", "write a name or an address after `://`")),
    }
}

/// Checks a name that is in ASCII already; removes the final dot.
fn parse_name(name: &str) -> Result<String, UrlError> {
    let bare = name.strip_suffix('.').unwrap_or(name);
    let fail = |message: String, hint: &str| Err(UrlError::new(message, hint));
    if bare.is_empty() {
        return fail("the host is empty".to_owned(), "write a name or an address after `://`");
    }
    if bare.contains('*') {
        return fail(format!("{} is a wildcard", quoted(name)), "name one host that it stands for");
    }
    if let Some(odd) = bare.chars().find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '-' | '_' | '.')) {
        return fail(
            format!("{} cannot be part of a host name", quoted(&odd.to_string())),
            "letters, digits, hyphens and dots make a name",
        );
    }
    if bare.split('.').any(str::is_empty) {
        return fail(format!("{} has an empty part", quoted(name)), "one dot between two parts of a name");
    }
    if bare.len() > MAX_NAME || bare.split('.').any(|label| label.len() > MAX_LABEL) {
        return fail(
            format!("the host name {} is too long", quoted(name)),
            "63 characters between two dots, 253 altogether (RFC 1035)",
        );
    }
    Ok(bare.to_owned())
}

fn basic_authorization(userinfo: &str) -> Option<String> {
    let (user, password) = userinfo.split_once(':').unwrap_or((userinfo, ""));
    let mut credentials: Vec<u8> = percent_decode_str(user).collect();
    credentials.push(b':');
    credentials.extend(percent_decode_str(password));
    (credentials.len() > 1).then(|| format!("Basic {}", BASE64_STANDARD.encode(credentials)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good(text: &str, expected: &str) {
        let (endpoint, authorization) = parse_url(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!(endpoint.to_string(), expected, "{text}");
        assert_eq!(authorization, None, "{text}");
    }

    #[test]
    fn good_urls() {
        good("https://example.com", "https://example.com/");
        good("HTTPS://EXAMPLE.com.:443/a?b=c#d", "https://example.com/a?b=c");
        good("http://example.com:8080/", "http://example.com:8080/");
        good("tcp://Example.COM:22", "tcp://example.com:22");
        good("tcp://[2001:db8::1]:22/", "tcp://[2001:db8::1]:22");
        good("dns://NS.example/shop.example?type=AAAA", "dns://ns.example/shop.example?type=AAAA");
        good("dns://[2001:db8::53]:5353/shop.example", "dns://[2001:db8::53]:5353/shop.example");
        good("TLS://Example.COM:993", "tls://example.com:993");
        good("tcp://192.0.2.1:80", "tcp://192.0.2.1:80");
        good("https://[2001:DB8:0::1]", "https://[2001:db8::1]/");
        good("https://münchen.example/ü?q=ü", "https://xn--mnchen-3ya.example/%C3%BC?q=%C3%BC");
        good("tcp://münchen.example:25", "tcp://xn--mnchen-3ya.example:25");
        good("http://0x7f.1/", "http://127.0.0.1/");
        good("http://some_service.example", "http://some_service.example/");
        good("http://abcdefabcdef.onion/", "http://abcdefabcdef.onion/");
        good("https://example.com?x=1", "https://example.com/?x=1");
        good("WSS://Example.com:443/live?room=1#top", "wss://example.com/live?room=1");
        good("ws://[2001:db8::1]:8080", "ws://[2001:db8::1]:8080/");
        good("https://@example.com/", "https://example.com/");
    }

    #[test]
    fn credentials_become_a_header_and_leave_the_url() {
        for (url, decoded) in [
            ("https://user:pass@example.com/", "user:pass"),
            ("https://user@example.com/", "user:"),
            ("https://us%40er:p%3Aw%20@example.com/", "us@er:p:w "),
            ("https://a@b:c@example.com/", "a@b:c"),
        ] {
            let (endpoint, authorization) = parse_url(url).unwrap();
            assert_eq!(endpoint.to_string(), "https://example.com/");
            assert_eq!(authorization.unwrap(), format!("Basic {}", BASE64_STANDARD.encode(decoded)), "{url}");
        }
    }

    fn bad(text: &str, message: &str, hint: &str) {
        let error = parse_url(text).expect_err(text);
        assert!(error.message.contains(message) && error.hint.contains(hint), "{text}: {error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }

    #[test]
    fn every_mistake_has_its_hint() {
        bad("", "empty", "https://example.com/");
        bad("example.com", "no scheme", "`https://example.com`");
        bad("//example.com", "no scheme", "`https://example.com`");
        bad("example.com:443", "no scheme", "`tcp://example.com:443` or");
        bad("example.com:443/x", "no scheme", "`https://example.com:443/x`");
        bad("user:secret@example.com", "no scheme", "`https://` before");
        bad("https:/example.com", "slashes", "`://`");
        bad("https:example.com", "slashes", "`://`");
        bad("ftp://example.com", "`ftp`", "tcp://host:port");
        bad("wss:example.com", "slashes", "`://`");
        bad("gopher://example.com", "`gopher`", "known schemes");
        bad("https://", "host is empty", "https://host");
        bad("http:///user:secret@host.example", "three slashes", "two slashes");
        bad("http://:80/", "host is empty", "http://host");
        bad("http://user:secret@/", "host is empty", "http://host");
        bad("https://example.com:0", "port 0", "1 to 65535");
        bad("https://example.com:65536", "out of range", "1 to 65535");
        bad("https://example.com:", "missing", "1 to 65535");
        bad("https://example.com:http", "no number", "1 to 65535");
        bad("https://example.com:+80", "no number", "1 to 65535");
        bad("tcp://example.com", "needs a port", "`tcp://example.com:PORT`");
        bad("tls://example.com", "a TLS target needs a port", "`tls://example.com:PORT`");
        bad("tls://example.com:993/x", "a TLS target has no path", "tls://host:port");
        bad("dns://ns.example", "name to ask for is missing", "`dns://SERVER/NAME?type=AAAA`");
        bad("dns://ns.example/a?type=ANY", "`ANY` is no known type", "`dns://SERVER/NAME?type=AAAA`");
        bad("dns://user:secret@ns.example/a", "no user name", "`dns://SERVER/NAME?type=AAAA`");
        bad("ssl://example.com:993", "`ssl`", "`tls://host:port`");
        bad("tcp://[2001:db8::1]", "needs a port", "`tcp://[2001:db8::1]:PORT`");
        bad("tcp://example.com:22/x", "no path", "tcp://host:port");
        bad("tcp://user:secret@example.com:22", "no user name", "tcp://host:port");
        bad("https://exa mple.com", "space", "%20");
        bad("https://example.com/\u{7}", "control", "%20");
        bad("https:\\\\example.com", "backslash", "`/`");
        bad("https://2001:db8::1/", "brackets", "`[2001:db8::1]`");
        bad("https://2001:db8::1:99999", "brackets", "`[2001:db8::1]:99999`");
        bad("https://a:b:c/", "brackets", "one `:port`");
        bad("https://[2001:db8::1/", "not closed", "[2001:db8::1]");
        bad("https://[2001:db8::1]x/", "after `]`", "[2001:db8::1]:443");
        bad("https://[fe80::1%25eth0]/", "zone", "link-local");
        bad("https://[2001:db8::g]/", "no IPv6 address", "[2001:db8::1]");
        bad("https://256.1.1.1/", "no IPv4 address", "0 to 255");
        bad("https://a..b/", "empty part", "one dot");
        bad("https://./", "host is empty", "name or an address");
        bad("https://*.example.com/", "wildcard", "one host");
        bad("https://$HOST/", "`$`", "letters");
        bad(&format!("https://{}.example/", "a".repeat(64)), "too long", "RFC 1035");
        bad("https://xn--/", "no host name", "letters");
        bad(&format!("https://example.com/{}", "a".repeat(9_000)), "longer", "shorten");
    }
}
