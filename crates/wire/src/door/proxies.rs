//! Who asks where a proxy stands in front: what it says counts only where the operator has named it.

use std::net::{IpAddr, SocketAddr};

/// The proxies that are believed: addresses, or networks of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies(Vec<(IpAddr, u32)>);

/// Who asked, with the port where it is told.
pub type Peer = (IpAddr, Option<u16>);

impl Proxies {
    /// Reads addresses and networks (`10.0.0.0/8`), with commas between them.
    ///
    /// # Errors
    /// The part that is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let network = |part: &str| {
            let (ip, n_bits) = part.split_once('/').map_or((part, None), |(ip, n_bits)| (ip, Some(n_bits)));
            let ip: IpAddr = ip.parse().ok()?;
            let most = if ip.is_ipv4() { 32 } else { 128 };
            let n_bits = n_bits.map_or(Some(most), |text| text.parse().ok()).filter(|n| *n <= most)?;
            Some((ip, n_bits))
        };
        let all = parts.map(|part| network(part).ok_or_else(|| format!("`{part}` is no address and no network")));
        all.collect::<Result<_, _>>().map(Self)
    }

    /// Whether an address is that of a proxy that is believed.
    pub fn trusts(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.0.iter().any(|(network, n_bits)| match (network, ip) {
            (IpAddr::V4(network), IpAddr::V4(ip)) => {
                is_within(network.to_bits().into(), ip.to_bits().into(), 32 - n_bits)
            }
            (IpAddr::V6(network), IpAddr::V6(ip)) => is_within(network.to_bits(), ip.to_bits(), 128 - n_bits),
            _ => false,
        })
    }

    /// Returns who asked, from the peer of the connection and what stands in `X-Forwarded-For` and `Forwarded` (RFC 7239):
    /// the last of the list that is no proxy of ours. `None`: a proxy asks for somebody whom it does not name, or what it
    /// says is not clear, for a header that it leaves alone is the visitor's own.
    pub fn who_asks(&self, peer: Peer, x_forwarded_for: Option<&str>, forwarded: Option<&str>) -> Option<Peer> {
        if !self.trusts(peer.0) {
            return Some(peer);
        }
        let x = x_forwarded_for.map(|list| self.last(list.split(',').map(node)));
        let f = forwarded.map(|list| self.last(list.split(',').map(|element| node(of_for(element)?))));
        match (x, f) {
            (Some(one), None) | (None, Some(one)) => one,
            (Some(Some(x)), Some(Some(f))) if x.0 == f.0 => Some(f),
            _ => None,
        }
    }

    fn last(&self, list: impl DoubleEndedIterator<Item = Option<Peer>>) -> Option<Peer> {
        // What cannot be read is nobody's, and what stands before it was said by nobody whom we know.
        list.rev().find(|node| node.is_none_or(|(ip, _)| !self.trusts(ip))).flatten()
    }
}

fn is_within(network: u128, ip: u128, n_free_bits: u32) -> bool {
    network.checked_shr(n_free_bits).unwrap_or(0) == ip.checked_shr(n_free_bits).unwrap_or(0)
}

/// Returns the `for` of an element, without its quotes.
fn of_for(element: &str) -> Option<&str> {
    let pairs = element.split(';').filter_map(|pair| pair.trim().split_once('='));
    let mut named =
        pairs.filter(|(name, _)| name.eq_ignore_ascii_case("for")).map(|(_, value)| value.trim_matches('"'));
    named.next()
}

/// Reads an address with or without a port, in brackets or not.
fn node(text: &str) -> Option<Peer> {
    let text = text.trim();
    let (ip, port) = match text.parse::<SocketAddr>() {
        Ok(address) => (address.ip(), Some(address.port())),
        Err(_) => (text.trim_start_matches('[').trim_end_matches(']').parse().ok()?, None),
    };
    Some((ip.to_canonical(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// Promise (Names from outside): What a client says of its own address counts nothing unless a proxy that the operator has
    /// named says it.
    #[test]
    fn only_who_is_trusted_is_believed() {
        let proxies = Proxies::parse("127.0.0.1, ::1,10.0.0.0/8, 2001:db8:1::/48").unwrap();
        let check = |peer: &str, x: Option<&str>, f: Option<&str>, expected: Option<&str>| {
            let found = proxies.who_asks((ip(peer), Some(1)), x, f).map(|(ip, _)| ip);
            assert_eq!(found, expected.map(ip), "{peer} {x:?} {f:?}");
        };
        let them = "203.0.113.9";
        check("198.51.100.1", Some(them), Some("for=203.0.113.9"), Some("198.51.100.1"));
        check("127.0.0.1", Some(them), None, Some(them));
        check("::ffff:127.0.0.1", Some(them), None, Some(them));
        check("10.9.8.7", Some("1.2.3.4, 203.0.113.9"), None, Some(them));
        check("10.9.8.7", Some("1.2.3.4, 203.0.113.9, 10.0.0.3,127.0.0.1"), None, Some(them));
        check("2001:db8:1:2::3", Some("2001:db8:2::9"), None, Some("2001:db8:2::9"));
        check("127.0.0.1", None, Some("for=\"[2001:db8:2::9]:4711\";proto=https, For=10.0.0.1"), Some("2001:db8:2::9"));
        check("127.0.0.1", Some(them), Some("proto=https;for=203.0.113.9"), Some(them));
        // Who asks is not known, and the proxy is not who asks.
        check("127.0.0.1", None, None, None);
        check("127.0.0.1", Some(""), None, None);
        check("127.0.0.1", Some("10.0.0.1"), None, None);
        check("127.0.0.1", Some("1.2.3.4, unknown"), None, None);
        check("127.0.0.1", None, Some("for=_hidden"), None);
        check("127.0.0.1", None, Some("proto=https"), None);
        check("127.0.0.1", Some(them), Some("for=1.2.3.4"), None);
        assert_eq!(proxies.who_asks((ip("::1"), None), Some("9.9.9.9:5"), None), Some((ip("9.9.9.9"), Some(5))));
        // Nobody is trusted where nobody is named.
        let nobody = Proxies::parse("").unwrap();
        assert_eq!(nobody.who_asks((ip("127.0.0.1"), None), Some(them), None), Some((ip("127.0.0.1"), None)));
    }

    #[test]
    fn what_is_no_network_is_said() {
        for text in ["localhost", "10.0.0.0/33", "::/129", "10.0.0.0/x", "10.0.0.1:80"] {
            assert!(Proxies::parse(text).is_err_and(|why| why.contains(text)), "{text}");
        }
        let all = Proxies::parse("0.0.0.0/0,::/0").unwrap();
        assert!(all.trusts(ip("9.9.9.9")) && all.trusts(ip("2620:fe::9")));
    }
}
