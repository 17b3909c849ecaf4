//! How near somebody must be for an address to mean the same machine, and to be reached at all.
//!
//! `localhost` is another machine for every visitor of a page, and `192.168.1.1` another one in every house.

use crate::measure::{
    address::{Scope, scope},
    url::host,
};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// How near two machines are to each other, the nearest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Vicinity {
    /// The same machine.
    Machine,
    /// The same network of a site.
    Network,
    /// Anywhere; also where it is not known.
    #[default]
    Elsewhere,
}

/// Names below these are no names of the public DNS: RFC 6762, RFC 8375, RFC 6761, the reservation of `.internal` by
/// ICANN (2024), those that it withheld for their use at home and in companies (2018), and what routers call theirs.
const LOCAL: [&str; 10] =
    ["local", "internal", "home.arpa", "test", "home", "corp", "lan", "intranet", "localdomain", "private"];

/// Returns within which vicinity an address means the same machine. What is no destination on the Internet (documentation
/// ranges among it, which laboratories use) is at most of a network.
pub fn of_address(address: IpAddr) -> Vicinity {
    match (scope(address), address.to_canonical()) {
        // `0.0.0.0` and `::` lead to the machine itself.
        (_, address) if address.is_unspecified() => Vicinity::Machine,
        (_, IpAddr::V4(v4)) if v4.octets()[0] == 0 => Vicinity::Machine,
        (Scope::Loopback, _) => Vicinity::Machine,
        (Scope::Private | Scope::Special, _) => Vicinity::Network,
        (Scope::Public, _) => Vicinity::Elsewhere,
    }
}

/// Returns within which vicinity a host of a URL (a name, or a literal with or without brackets) means the same machine,
/// as far as it tells that itself.
pub fn of_host(host: &str) -> Vicinity {
    let literal = host.trim_start_matches('[').trim_end_matches(']');
    let literal = literal.split('%').next().unwrap_or_default();
    if let Ok(address) = literal.parse() {
        return of_address(address);
    }
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    let is_below = |suffix: &str| name.strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let last = name.rsplit('.').next().unwrap_or_default();
    // The URL standard takes a last label that is a number for an IPv4 address in one of its old forms: `127.1`, `0x7f.1`.
    let is_number = last.starts_with("0x") || (!last.is_empty() && last.bytes().all(|b| b.is_ascii_digit()));
    if name.is_empty() || is_number || is_below("localhost") {
        Vicinity::Machine
    } else if !name.contains('.') || LOCAL.into_iter().any(is_below) {
        Vicinity::Network
    } else {
        Vicinity::Elsewhere
    }
}

/// Returns how near a visitor is to the machine that serves a page: as near as both the host that the page was asked for
/// at and the address that it was asked from allow.
///
/// | page at | asked from loopback | from a private address | from a public one, or unknown |
/// |---|---|---|---|
/// | `localhost`, a loopback address | machine | network | elsewhere |
/// | a private address, `.internal`, `.local` and their kind | network | network | elsewhere |
/// | a public name or address | elsewhere | elsewhere | elsewhere |
///
/// Neither is enough alone: behind a proxy every visitor comes from loopback, and a container's `localhost` is the
/// machine around it.
pub fn of_visitor(page_host: &str, seen_as: Option<IpAddr>) -> Vicinity {
    of_host(page_host).max(seen_as.map_or(Vicinity::Elsewhere, of_address))
}

/// Whether a URL means the same for a visitor in this vicinity as for the machine that measures, so that the visitor's
/// browser may be asked about it. `resolved` are the addresses that are known of its host.
pub fn is_shared(url: &str, resolved: impl IntoIterator<Item = IpAddr>, visitor: Vicinity) -> bool {
    let by_address = resolved.into_iter().map(of_address).min().unwrap_or_default();
    visitor <= of_host(host(url)).min(by_address)
}

/// Whether the peer of a request is not the visitor, but a proxy beside the worker: it is nearer than anybody can be who
/// asked for a page at that host. What such a peer is (its address, its family) says nothing of the visitor.
pub fn is_a_proxys(page_host: &str, seen_as: IpAddr) -> bool {
    of_address(seen_as) < of_host(page_host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Vicinity::{Elsewhere, Machine, Network};

    #[test]
    fn hosts() {
        for (host, expected) in [
            ("localhost", Machine),
            ("LocalHost.", Machine),
            ("demo.localhost", Machine),
            ("127.0.0.1", Machine),
            ("127.9.9.9", Machine),
            ("[::1]", Machine),
            ("::1", Machine),
            ("::ffff:127.0.0.1", Machine),
            ("0.0.0.0", Machine),
            ("[::]", Machine),
            ("127.1", Machine),
            ("2130706433", Machine),
            ("0x7f.1", Machine),
            ("", Machine),
            ("10.0.0.1", Network),
            ("192.168.1.1", Network),
            ("169.254.0.7", Network),
            ("100.64.0.1", Network),
            ("[fd00::1]", Network),
            ("fe80::1%25eth0", Network),
            ("2001:db8::1", Network),
            ("router", Network),
            ("db.internal", Network),
            ("internal", Network),
            ("printer.local.", Network),
            ("nas.home.arpa", Network),
            ("nas.lan", Network),
            ("service.demo.test", Network),
            ("service.example", Elsewhere),
            ("localhost.example", Elsewhere),
            ("notlocal", Network),
            ("a.notlocal", Elsewhere),
            ("internal.example", Elsewhere),
            ("9.9.9.9", Elsewhere),
            ("2620:fe::fe", Elsewhere),
        ] {
            assert_eq!(of_host(host), expected, "{host}");
        }
    }

    #[test]
    fn a_visitor_is_near_only_by_the_page_and_by_the_address_together() {
        for (page, seen_as, expected) in [
            ("localhost", Some("127.0.0.1"), Machine),
            ("127.0.0.1", Some("127.0.0.1"), Machine),
            ("::1", Some("::1"), Machine),
            ("localhost", Some("172.17.0.1"), Network), // a container's
            ("localhost", Some("9.9.9.9"), Elsewhere),
            ("localhost", None, Elsewhere),
            ("192.168.1.5", Some("192.168.1.7"), Network),
            ("192.168.1.5", Some("127.0.0.1"), Network), // a proxy's
            ("192.168.1.5", Some("9.9.9.9"), Elsewhere),
            ("status.internal", Some("10.0.0.9"), Network),
            ("status.example", Some("127.0.0.1"), Elsewhere),
            ("status.example", Some("10.0.0.9"), Elsewhere),
            ("status.example", Some("9.9.9.9"), Elsewhere),
        ] {
            assert_eq!(of_visitor(page, seen_as.map(|a| a.parse().unwrap())), expected, "{page} {seen_as:?}");
        }
    }

    /// Who may measure a URL, whose host has these addresses: `m`achine, `n`etwork, `e`lsewhere.
    fn check(url: &str, resolved: &[&str], who: &str) {
        let may = |visitor| is_shared(url, resolved.iter().map(|a| a.parse().unwrap()), visitor);
        let found: String = [(Machine, 'm'), (Network, 'n'), (Elsewhere, 'e')]
            .iter()
            .filter(|(v, _)| may(*v))
            .map(|(_, c)| c)
            .collect();
        assert_eq!(found, who, "{url} {resolved:?}");
    }

    #[test]
    fn what_a_visitor_may_measure() {
        check("http://localhost:9000/", &[], "m");
        check("http://127.0.0.1:9000/", &[], "m");
        check("http://[::1]:9000/", &[], "m");
        check("https://db.internal/", &[], "mn");
        check("https://nas/", &[], "mn");
        check("http://192.168.1.1/", &[], "mn");
        check("https://service.example/", &[], "mne");
        check("https://service.example/", &["9.9.9.9", "2620:fe::fe"], "mne");
        // A public name with an address of another kind is no other machine's name only because it looks public.
        check("https://intern.example/", &["10.0.0.1"], "mn");
        check("https://intern.example/", &["9.9.9.9", "127.0.0.1"], "m");
        check("not a url", &[], "m");
    }

    #[test]
    fn a_peer_that_is_nearer_than_anybody_can_be_is_a_proxy() {
        let is = |page, seen: &str| is_a_proxys(page, seen.parse().unwrap());
        assert!(is("status.example", "127.0.0.1") && is("status.example", "172.18.0.2") && is("10.0.0.5", "::1"));
        assert!(!is("localhost", "127.0.0.1") && !is("10.0.0.5", "10.0.0.9") && !is("status.example", "9.9.9.9"));
    }
}
