//! Reads what an endpoint of ours says of a visitor: from its document, or from its headers.

use dualwatch_core::{measure::family::Family, self_test::answer::Echo};
use std::net::{IpAddr, SocketAddr};

/// Returns a nonce as it stands in a query: sixteen hexadecimal digits.
pub fn nonce_text(nonce: u64) -> String {
    let mut text = String::with_capacity(16);
    for i in (0..16).rev() {
        text.extend(char::from_digit((nonce >> (4 * i) & 0xf) as u32, 16));
    }
    text
}

/// Reads a nonce back.
pub fn nonce(text: &str) -> Option<u64> {
    // The parser would take a sign as well.
    let is_nonce = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_nonce.then(|| u64::from_str_radix(text, 16).ok())?
}

/// Returns what the headers of a large answer say: the nonce, and the peer as `192.0.2.1:4711` or `[2001:db8::1]:4711`.
pub fn echo_of_headers(nonce_seen: &str, peer: &str) -> Echo {
    let socket: Option<SocketAddr> = peer.parse().ok();
    let address = socket.map(|socket| socket.ip()).or_else(|| peer.parse().ok());
    echo(nonce_seen, address, socket.map(|socket| socket.port()), None)
}

/// Returns what a document says. Where the server names no family, the address does.
pub fn echo(nonce_seen: &str, address: Option<IpAddr>, port: Option<u16>, family: Option<&str>) -> Echo {
    let named = family.and_then(|code| Family::ALL.into_iter().find(|family| family.code() == code));
    // An IPv4 address in IPv6's clothes is a matter of the server's socket (RFC 4291 section 2.5.5.2).
    let address = address.map(|address| address.to_canonical());
    Echo { nonce: nonce(nonce_seen), family: named.or_else(|| address.map(Family::of)), address, port }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_reads_back_and_nothing_else_is_one() {
        for number in [0, 1, 0xdead_beef, u64::MAX, 0x0123_4567_89ab_cdef] {
            assert_eq!(nonce(&nonce_text(number)), Some(number));
        }
        for odd in ["", "1", "+123456789abcdef", "0123456789abcdeg", "00123456789abcdef", "é23456789abcdef"] {
            assert_eq!(nonce(odd), None, "{odd}");
        }
    }

    #[test]
    fn the_peer_of_a_large_answer() {
        let text = nonce_text(7);
        let check = |peer: &str, address: Option<&str>, port: Option<u16>, family: Option<Family>| {
            let echo = echo_of_headers(&text, peer);
            let address = address.map(|address| address.parse().unwrap());
            assert_eq!((echo.nonce, echo.address, echo.port, echo.family), (Some(7), address, port, family), "{peer}");
        };
        check("192.0.2.1:4711", Some("192.0.2.1"), Some(4711), Some(Family::Ipv4));
        check("[2001:db8::1]:4711", Some("2001:db8::1"), Some(4711), Some(Family::Ipv6));
        check("[::ffff:192.0.2.1]:1", Some("192.0.2.1"), Some(1), Some(Family::Ipv4));
        check("2001:db8::1", Some("2001:db8::1"), None, Some(Family::Ipv6));
        check("<b>", None, None, None);
    }
}
