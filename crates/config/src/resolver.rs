//! Resolvers and controls: destinations that must not need a resolver themselves.

use crate::{
    endpoint::{UrlError, parse_port, parse_url},
    finding::quoted,
};
use dualwatch_core::measure::{
    family::Family,
    target::{Host, Resolver, Scheme},
};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// RFC 7766: DNS over TCP.
const DNS_PORT: u16 = 53;
/// RFC 8484 leaves the path to the operator; this is what nearly all use.
const DOH_PATH: &str = "/dns-query";

/// Returns the resolver of `https://host/path` (DNS over HTTPS; without a path: `/dns-query`),
/// `tcp://literal` or `tcp://literal:port` (DNS over TCP), or `system`.
pub fn parse_resolver(text: &str) -> Result<Resolver, UrlError> {
    if text == "system" {
        return Ok(Resolver::System);
    }
    if text.eq_ignore_ascii_case("system") {
        return Err(UrlError::new("the resolver is unknown", "write `system` in small letters"));
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        return Err(without_scheme(text));
    };
    match scheme.to_ascii_lowercase().as_str() {
        "https" => doh(text),
        "tcp" => parse_literal(rest, Some(DNS_PORT), None).map(|address| Resolver::Tcp { address }),
        "http" => Err(UrlError::new("DNS over HTTPS needs `https`", format!("write `https://{}`", safe(rest)))),
        "udp" | "dns" => {
            Err(UrlError::new("only DNS over TCP and over HTTPS", format!("write `tcp://{}`", safe(rest))))
        }
        "tls" | "quic" | "h3" | "sdns" => {
            Err(UrlError::new("only DNS over TCP and over HTTPS", "write `https://host/dns-query`"))
        }
        other => Err(UrlError::new(
            format!("the scheme {} is no resolver's", quoted(other)),
            "write `https://host/dns-query`, `tcp://address:53` or `system`",
        )),
    }
}

/// What may be repeated in a hint.
fn safe(rest: &str) -> String {
    if rest.contains('@') { "host".to_owned() } else { rest.chars().take(80).collect() }
}

fn without_scheme(text: &str) -> UrlError {
    let hint = match text.parse::<IpAddr>() {
        Ok(IpAddr::V4(a)) => format!("write `tcp://{a}` or `https://{a}/dns-query`"),
        Ok(IpAddr::V6(a)) => format!("write `tcp://[{a}]` or `https://[{a}]/dns-query`"),
        Err(_) => "write `https://host/dns-query`, `tcp://address:53` or `system`".to_owned(),
    };
    UrlError::new("the resolver has no scheme", hint)
}

fn doh(text: &str) -> Result<Resolver, UrlError> {
    let (mut endpoint, authorization) = parse_url(text)?;
    debug_assert_eq!(endpoint.scheme, Scheme::Https);
    if authorization.is_some() {
        return Err(UrlError::new("a resolver takes no user name", "remove what stands before `@`"));
    }
    if endpoint.path == "/" {
        DOH_PATH.clone_into(&mut endpoint.path);
    }
    Ok(Resolver::Doh { endpoint })
}

/// Returns the address of `literal:port`; the port may be missing where a default is given.
/// `family` is what the list that it stands in is for.
pub(crate) fn parse_literal(
    text: &str,
    default_port: Option<u16>,
    family: Option<Family>,
) -> Result<SocketAddr, UrlError> {
    let text = text.strip_suffix('/').unwrap_or(text);
    if text.contains('%') {
        return Err(UrlError::new("an address with a zone means something on one machine only", "leave `%...` out"));
    }
    let example = if family == Some(Family::Ipv6) { "[2001:db8::1]:443" } else { "192.0.2.1:443" };
    let (host, port) = if let Some(inner) = text.strip_prefix('[') {
        let Some((host, rest)) = inner.split_once(']') else {
            return Err(UrlError::new("the bracket `[` is not closed", "write `[2001:db8::1]:443`"));
        };
        (IpAddr::V6(host.parse::<Ipv6Addr>().map_err(|_| no_address(host, example))?), rest.strip_prefix(':'))
    } else if let Ok(address) = text.parse::<Ipv6Addr>() {
        let port = default_port.unwrap_or(443);
        return Err(UrlError::new("an IPv6 address stands in brackets", format!("write `[{address}]:{port}`")));
    } else {
        let (host, port) = text.split_once(':').map_or((text, None), |(h, p)| (h, Some(p)));
        (IpAddr::V4(host.parse::<Ipv4Addr>().map_err(|_| no_address(host, example))?), port)
    };
    let port = match (port, default_port) {
        (Some(port), _) => parse_port(port)?,
        (None, Some(port)) => port,
        (None, None) => {
            let address = SocketAddr::new(host, 443);
            return Err(UrlError::new("the port is missing", format!("write `{address}`")));
        }
    };
    match family {
        Some(family) if Family::of(host) != family => Err(UrlError::new(
            format!("{host} is an {} address", Family::of(host)),
            format!("move it to `{}`", family.other().code()),
        )),
        _ => Ok(SocketAddr::new(host, port)),
    }
}

fn no_address(host: &str, example: &str) -> UrlError {
    UrlError::new(
        format!("{} is no address", quoted(host)),
        format!("write an address, which needs no resolver: `{example}`"),
    )
}

/// Returns whether a resolver can be reached without asking another one.
pub(crate) const fn needs_no_other(resolver: &Resolver) -> bool {
    match resolver {
        Resolver::Doh { endpoint } => matches!(endpoint.host, Host::Address(_)),
        Resolver::Tcp { .. } | Resolver::System => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good(text: &str, expected: &str) {
        assert_eq!(parse_resolver(text).map(|r| r.to_string()), Ok(expected.to_owned()));
    }

    #[test]
    fn good_resolvers() {
        good("system", "system");
        good("https://dns.example/dns-query", "https://dns.example/dns-query");
        good("https://[2001:db8::53]:8443/q", "https://[2001:db8::53]:8443/q");
        good("https://192.0.2.53", "https://192.0.2.53/dns-query");
        good("tcp://192.0.2.53", "tcp://192.0.2.53:53");
        good("tcp://[2001:db8::53]:5353", "tcp://[2001:db8::53]:5353");
    }

    fn bad(text: &str, message: &str, hint: &str) {
        let error = parse_resolver(text).expect_err(text);
        assert!(error.message.contains(message) && error.hint.contains(hint), "{text}: {error}");
    }

    #[test]
    fn bad_resolvers() {
        bad("", "no scheme", "system");
        bad("System", "unknown", "small letters");
        bad("9.9.9.9", "no scheme", "`tcp://9.9.9.9` or `https://9.9.9.9/dns-query`");
        bad("2620:fe::fe", "no scheme", "`tcp://[2620:fe::fe]`");
        bad("http://192.0.2.53/dns-query", "needs `https`", "`https://192.0.2.53/dns-query`");
        bad("udp://192.0.2.53", "only DNS over", "`tcp://192.0.2.53`");
        bad("tls://dns.example", "only DNS over", "https://host/dns-query");
        bad("tcp://dns.example:53", "`dns.example` is no address", "needs no resolver");
        bad("tcp://2001:db8::53", "brackets", "`[2001:db8::53]:53`");
        bad("tcp://192.0.2.53:0", "port 0", "1 to 65535");
        bad("https://u:p@dns.example/", "no user name", "`@`");
        bad("foo://192.0.2.53", "`foo`", "system");
    }

    #[test]
    fn controls_are_literals_of_their_family() {
        let parse = |text, family| parse_literal(text, None, Some(family)).map_err(|e| e.to_string());
        assert_eq!(parse("192.0.2.1:443", Family::Ipv4), Ok("192.0.2.1:443".parse().unwrap()));
        assert_eq!(parse("[2001:db8::1]:443", Family::Ipv6), Ok("[2001:db8::1]:443".parse().unwrap()));
        for (text, family, part) in [
            ("192.0.2.1:443", Family::Ipv6, "192.0.2.1 is an IPv4 address; move it to `ipv4`"),
            ("[2001:db8::1]:443", Family::Ipv4, "move it to `ipv6`"),
            ("[::ffff:192.0.2.1]:443", Family::Ipv6, "is an IPv4 address"),
            ("192.0.2.1", Family::Ipv4, "write `192.0.2.1:443`"),
            ("[2001:db8::1]", Family::Ipv6, "write `[2001:db8::1]:443`"),
            ("2001:db8::1", Family::Ipv6, "brackets; write `[2001:db8::1]:443`"),
            ("one.example:443", Family::Ipv4, "needs no resolver"),
            ("[fe80::1%eth0]:443", Family::Ipv6, "zone"),
            ("[2001:db8::1]x", Family::Ipv6, "port is missing"),
        ] {
            let error = parse(text, family).expect_err(text);
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
