//! What goes with every answer of `/probe/*`, of the worker and of `dualwatch echo` alike.

use std::net::{IpAddr, SocketAddr};

/// Repeats the nonce of the query where the answer itself has no place for it.
pub const NONCE_HEADER: &str = "dualwatch-nonce";
/// Names the peer as the server saw it: `192.0.2.1:4711`, `[2001:db8::1]:4711`; without a port where the host tells none.
pub const CLIENT_HEADER: &str = "dualwatch-client";

/// Any page may read it and its timing; nobody stores it; and nobody on the way makes it smaller, for its size is what is
/// tested (RFC 9111 section 5.2.2.6).
pub const HEADERS: [(&str, &str); 6] = [
    ("access-control-allow-origin", "*"),
    // A page reads no other headers of another origin (Fetch section 3.3.3).
    ("access-control-expose-headers", "date, dualwatch-client, dualwatch-nonce"),
    ("timing-allow-origin", "*"),
    ("cross-origin-resource-policy", "cross-origin"),
    ("x-content-type-options", "nosniff"),
    ("cache-control", "no-store, no-transform"),
];

/// The answer to a preflight (Fetch section 4.8), beside [`HEADERS`].
pub const PREFLIGHT: [(&str, &str); 3] = [
    ("access-control-allow-methods", "GET, HEAD, POST"),
    ("access-control-allow-headers", "content-type"),
    ("access-control-max-age", "86400"),
];

/// Returns a nonce as a header can carry it. `None`: it is text that none can (RFC 9110 section 5.5), and stays out.
pub fn nonce(nonce: Option<&str>) -> Option<&str> {
    nonce.filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()))
}

/// Returns a peer as the header names it, with its port where that is known.
pub fn client(ip: IpAddr, port: Option<u16>) -> String {
    port.map_or_else(|| ip.to_string(), |port| SocketAddr::new(ip, port).to_string())
}

/// Returns so many bytes that are not constant: a compressing proxy must not make them small again.
pub fn noise(n_bytes: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let next = |_| {
        // Marsaglia's xorshift32.
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_be_bytes()[0]
    };
    (0..n_bytes).map(next).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_begins_alike_and_does_not_repeat() {
        let noise = noise(4_096);
        assert_eq!(noise[..512], super::noise(512));
        let windows: std::collections::BTreeSet<_> = noise.windows(4).collect();
        assert!(windows.len() > 4_000, "{}", windows.len());
    }

    #[test]
    fn only_what_a_header_can_carry_is_a_nonce_of_one() {
        for (text, expected) in [
            ("abc-1", Some("abc-1")),
            ("a b", None),
            ("a\r\nset-cookie: b", None),
            ("", None),
            ("n\u{e9}", None),
            ("a\0", None),
        ] {
            assert_eq!(nonce(Some(text)), expected, "{text:?}");
        }
        let ip = "2001:db8::1".parse().unwrap();
        assert_eq!((client(ip, Some(7)), client(ip, None)), ("[2001:db8::1]:7".to_owned(), "2001:db8::1".to_owned()));
    }
}
