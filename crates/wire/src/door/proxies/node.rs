//! The single values that proxies write.

use super::Peer;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// RFC 1035 section 2.3.4, and a port.
const MAX_HOST: usize = 253 + 6;

/// Reads an address, of IPv6 in brackets or not, and a port behind it where there is one (RFC 7239 section 6). Whoever is
/// `unknown` or has a made-up name (section 6.3) is nobody.
pub fn parse(text: &str) -> Option<Peer> {
    let text = text.trim();
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Some((ip.to_canonical(), None));
    }
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some((address.ip().to_canonical(), Some(address.port()).filter(|port| *port > 0)));
    }
    let (ip, behind) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']').filter(|(ip, _)| ip.contains(':'))?,
        None => text.find(':').map(|at| text.split_at(at)).filter(|(ip, _)| ip.contains('.'))?,
    };
    // A port may have a made-up name, too.
    (behind.is_empty() || behind.starts_with(":_")).then_some(())?;
    Some((ip.parse::<IpAddr>().ok()?.to_canonical(), None))
}

/// Reads the address that Cloudflare saw. Where it puts one of no network (240.0.0.0/4) in the place of an IPv6 address, for
/// servers that know IPv4 only ("Pseudo IPv4"), the address itself stands in another header.
pub fn of_cloudflare(address: &str, ipv6: impl FnOnce() -> Option<String>) -> Option<Peer> {
    let is_pseudo =
        |ip: IpAddr| matches!(ip, IpAddr::V4(ip) if ip >= Ipv4Addr::new(240, 0, 0, 0) && !ip.is_broadcast());
    match parse(address)? {
        (ip, _) if is_pseudo(ip) => parse(&ipv6()?).filter(|(ip, _)| ip.is_ipv6()),
        known => Some(known),
    }
}

pub fn is_secure(scheme: &str) -> Option<bool> {
    let is = |name: &str| scheme.eq_ignore_ascii_case(name);
    if is("https") || is("wss") { Some(true) } else { (is("http") || is("ws")).then_some(false) }
}

/// Reads a host with or without a port, and nothing else of an address.
pub fn host(text: &str) -> Option<String> {
    let (name, port) = if let Some(rest) = text.strip_prefix('[') {
        let (ip, behind) = rest.split_once(']')?;
        ip.parse::<std::net::Ipv6Addr>().ok()?;
        (&text[..ip.len() + 2], behind)
    } else {
        let (name, behind) = text.split_at(text.find(':').unwrap_or(text.len()));
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        (Some(name).filter(|name| !name.is_empty() && name.bytes().all(is_name))?, behind)
    };
    let is_port = behind_is_port(port);
    (is_port && text.len() <= MAX_HOST).then(|| [name, port].concat().to_ascii_lowercase())
}

fn behind_is_port(behind: &str) -> bool {
    behind.is_empty() || behind.strip_prefix(':').is_some_and(|text| port(text).is_some())
}

pub fn port(text: &str) -> Option<u16> {
    text.parse().ok().filter(|port| *port > 0 && text.bytes().all(|byte| byte.is_ascii_digit()))
}
