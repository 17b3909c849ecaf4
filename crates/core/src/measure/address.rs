//! Which addresses may be measured, and which controls may judge them.

use super::unfit::Unfit;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How far an address reaches. Controls judge only targets of their own scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// This machine.
    Loopback,
    /// A site's own network: RFC 1918, RFC 6598, RFC 4193, link-local.
    Private,
    /// Everything that is routed on the Internet.
    Public,
    /// Never a destination: unspecified, multicast, documentation, reserved.
    Special,
}

/// Returns the scope of an address. An IPv6 address that carries an IPv4 address inside
/// (mapped, NAT64 RFC 6052, 6to4 RFC 3056, Teredo RFC 4380) reaches no further than that one.
pub fn scope(address: IpAddr) -> Scope {
    match address {
        IpAddr::V4(v4) => scope_v4(v4),
        IpAddr::V6(v6) => embedded_v4(v6).map_or_else(
            || scope_v6(v6),
            |inner| match scope_v4(inner) {
                Scope::Public => scope_v6(v6),
                narrower => narrower,
            },
        ),
    }
}

/// Whether an address may be connected to. `allow_private` admits loopback and private ones; nothing admits
/// an address that is no destination, except the documentation ranges, which laboratories use as if public, and none that
/// means something on one link only: which link nobody says.
pub fn is_allowed(address: IpAddr, allow_private: bool) -> bool {
    match scope(address) {
        Scope::Public => true,
        Scope::Loopback | Scope::Private => allow_private && Unfit::of(address) != Some(Unfit::LinkLocal),
        Scope::Special => allow_private && is_documentation(carried(address)),
    }
}

/// Returns what an address is judged by: the one that it carries inside, or itself.
fn carried(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => embedded_v4(v6).map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

fn scope_v4(a: Ipv4Addr) -> Scope {
    let [b0, b1, b2, _] = a.octets();
    if a.is_loopback() {
        Scope::Loopback
    } else if a.is_private() || a.is_link_local() || (b0 == 100 && (64..128).contains(&b1)) {
        Scope::Private
    } else if b0 == 0                                   // RFC 1122 "this network"
        || b0 >= 240                                    // RFC 1112 reserved, and broadcast
        || a.is_multicast()
        || is_documentation(IpAddr::V4(a))
        || (b0 == 192 && b1 == 0 && b2 == 0)            // RFC 6890
        || (b0 == 192 && b1 == 88 && b2 == 99)          // RFC 7526, former 6to4 relays
        || (b0 == 198 && (18..20).contains(&b1))
    // RFC 2544 benchmarking
    {
        Scope::Special
    } else {
        Scope::Public
    }
}

fn scope_v6(a: Ipv6Addr) -> Scope {
    let s = a.segments();
    if a.is_loopback() {
        Scope::Loopback
    } else if s[0] & 0xfe00 == 0xfc00                   // RFC 4193 unique local
        || s[0] & 0xffc0 == 0xfe80                      // RFC 4291 link-local
        || s[0] & 0xffc0 == 0xfec0                      // RFC 3879 former site-local
        || (s[0] == 0x64 && s[1] == 0xff9b && s[2] == 1)
    // RFC 8215 local NAT64
    {
        Scope::Private
    } else if a.is_unspecified()
        || a.is_multicast()
        || is_documentation(IpAddr::V6(a))
        || (s[0] == 0x100 && s[1..4] == [0, 0, 0])      // RFC 6666 discard-only
        || (s[0] == 0x2001 && (0x10..0x30).contains(&s[1])) // RFC 4843, RFC 7343 ORCHID
        || (s[0] == 0x2001 && s[1] == 2 && s[2] == 0)   // RFC 5180 benchmarking
        || s[0] == 0x5f00                               // RFC 9602 segment routing
        || (s[0] == 0 && embedded_v4(a).is_none())
    {
        Scope::Special
    } else {
        Scope::Public
    }
}

/// RFC 5737, RFC 3849, RFC 9637.
fn is_documentation(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(a) => a.is_documentation(),
        IpAddr::V6(a) => {
            let s = a.segments();
            (s[0] == 0x2001 && s[1] == 0xdb8) || s[0] & 0xfff0 == 0x3ff0
        }
    }
}

/// Returns the IPv4 address that an IPv6 address carries inside, if its format has one.
pub fn embedded_v4(a: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = a.segments();
    let join = |hi: u16, lo: u16| Ipv4Addr::from((u32::from(hi) << 16) | u32::from(lo));
    match s {
        [0, 0, 0, 0, 0, 0xffff, hi, lo] // mapped, RFC 4291
        | [0, 0, 0, 0, 0xffff, 0, hi, lo] // translated, RFC 2765
        | [0x64, 0xff9b, 0, 0, 0, 0, hi, lo] // NAT64, RFC 6052
            => Some(join(hi, lo)),
        // RFC 4291 "compatible"; `::` and `::1` are not of that kind.
        [0, 0, 0, 0, 0, 0, hi, lo] if (hi, lo) != (0, 0) && (hi, lo) != (0, 1) => Some(join(hi, lo)),
        [0x2002, hi, lo, ..] => Some(join(hi, lo)), // 6to4
        [0x2001, 0, _, _, _, _, hi, lo] => Some(join(!hi, !lo)), // Teredo: the client, inverted
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, expected: Scope) {
        assert_eq!(scope(address.parse().unwrap()), expected, "{address}");
    }

    #[test]
    fn scopes() {
        for a in
            ["127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1"]
        {
            check(a, Scope::Loopback);
        }
        for a in [
            "10.0.0.1",
            "172.31.255.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "fd00::1",
            "fe80::1",
            "fec0::1",
            "::ffff:10.1.2.3",
            "64:ff9b::a9fe:a9fe",
            "2002:c0a8:101::1",
            "2001:0:1:2:3:4:f5ff:fffe",
            "64:ff9b:1::1",
        ] {
            check(a, Scope::Private);
        }
        for a in ["9.9.9.9", "172.32.0.1", "192.0.1.1", "2620:fe::fe", "2a00::1", "64:ff9b::909:909", "2002:909:909::1"]
        {
            check(a, Scope::Public);
        }
        for a in [
            "0.0.0.0",
            "0.1.2.3",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "192.0.2.1",
            "198.51.100.7",
            "203.0.113.9",
            "198.18.0.1",
            "192.0.0.8",
            "::",
            "ff02::1",
            "2001:db8::1",
            "3fff::1",
            "100::1",
            "2001:2::1",
            "5f00::1",
            "::ffff:0.0.0.0",
        ] {
            check(a, Scope::Special);
        }
    }

    #[test]
    fn only_documentation_ranges_are_admitted_beside_private_ones() {
        let ok = |a: &str, allow| is_allowed(a.parse().unwrap(), allow);
        assert!(ok("9.9.9.9", false) && !ok("127.0.0.1", false) && ok("127.0.0.1", true));
        assert!(ok("192.0.2.1", true) && !ok("192.0.2.1", false) && ok("2001:db8::1", true));
        assert!(ok("64:ff9b::c000:20a", true) && !ok("64:ff9b::c000:20a", false), "as 192.0.2.10");
        assert!(!ok("fe80::1", true) && ok("169.254.169.254", true));
        assert!(!ok("224.0.0.1", true) && !ok("0.0.0.0", true) && !ok("::", true) && !ok("ff02::1", true));
    }
}
