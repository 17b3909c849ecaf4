//! Addresses that say less than they seem: a name has them, and they are no place of its own.

use serde::{Deserialize, Serialize};
use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// What an address is, where it is no destination of the name's own in its family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Unfit {
    /// It holds an IPv4 address: a translator stands for that (RFC 6052, RFC 8215), and whatever answers says nothing of
    /// IPv6 there.
    Translated {
        /// `None`: at which place the prefix of a network's own keeps it is not known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        holds: Option<Ipv4Addr>,
    },
    /// It means something on one link only (RFC 4291 section 2.5.6, RFC 4007 section 6).
    LinkLocal,
    /// `0.0.0.0` or `::`: it means "none" (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.2), and is what filters answer.
    Unspecified,
    /// A group (RFC 5771, RFC 4291 section 2.7): nothing can be connected to.
    Multicast,
    /// Everybody on a link (RFC 919).
    Broadcast,
}

impl Unfit {
    /// Returns what an address is by its form; `None`: a destination as any other.
    pub fn of(address: IpAddr) -> Option<Self> {
        match address {
            _ if address.is_unspecified() => Some(Self::Unspecified),
            _ if address.is_multicast() => Some(Self::Multicast),
            IpAddr::V4(Ipv4Addr::BROADCAST) => Some(Self::Broadcast),
            IpAddr::V4(_) => None,
            IpAddr::V6(a) if a.is_unicast_link_local() => Some(Self::LinkLocal),
            IpAddr::V6(a) => Prefix::WELL_KNOWN
                .into_iter()
                .find(|prefix| prefix.covers(a))
                .map(|prefix| Self::Translated { holds: Some(prefix.embedded(a)) })
                .or_else(|| is_local_translation(a).then(|| Self::Translated { holds: held_locally(a) })),
        }
    }

    /// Whether a name that has nothing else publishes nothing over the family: a network has made it up. All the others
    /// were published, and serve nobody.
    pub const fn is_unpublished(self) -> bool {
        matches!(self, Self::Translated { .. })
    }
}

/// An address, and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UnfitAddress {
    pub address: IpAddr,
    #[serde(flatten)]
    pub why: Unfit,
}

impl UnfitAddress {
    pub fn of(address: IpAddr) -> Option<Self> {
        Unfit::of(address).map(|why| Self { address, why })
    }
}

/// The prefix of a translator (PREF64): what stands before the IPv4 address, and where that stands (RFC 6052 section 2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prefix {
    network: u128,
    length: u8,
}

/// RFC 6052 section 2.2: these lengths there are.
const LENGTHS: [u8; 6] = [96, 64, 56, 48, 40, 32];

/// RFC 7050 section 2.2: the addresses of `ipv4only.arpa`.
const OF_IPV4_ONLY: [Ipv4Addr; 2] = [Ipv4Addr::new(192, 0, 0, 170), Ipv4Addr::new(192, 0, 0, 171)];

impl Prefix {
    /// The name that has no IPv6 address, unless a network makes one (RFC 7050 section 3).
    pub const IPV4_ONLY: &'static str = "ipv4only.arpa";
    /// RFC 6052 section 2.1.
    const WELL_KNOWN: [Self; 1] = [Self { network: 0x0064_ff9b << 96, length: 96 }];

    fn of(a: Ipv6Addr, length: u8) -> Self {
        Self { network: a.to_bits() & mask(length), length }
    }

    /// Returns the prefixes of a network, from the IPv6 addresses that it has for [`Prefix::IPV4_ONLY`].
    pub fn discovered(answer: &[IpAddr]) -> Vec<Self> {
        let mut found = Vec::new();
        for a in answer.iter().filter_map(as_v6) {
            let of = LENGTHS.into_iter().map(|length| Self::of(a, length));
            if let Some(prefix) = of.into_iter().find(|prefix| OF_IPV4_ONLY.contains(&prefix.embedded(a)))
                && !found.contains(&prefix)
            {
                found.push(prefix);
            }
        }
        found
    }

    pub fn covers(self, a: Ipv6Addr) -> bool {
        Self::of(a, self.length) == self
    }

    /// Returns the IPv4 address that an address with this prefix holds: behind the prefix, over the octet from bit 64 on,
    /// which is kept free.
    pub fn embedded(self, a: Ipv6Addr) -> Ipv4Addr {
        embedded(a, self.length)
    }
}

/// Whether an address may be one that a translator has made: it holds, at some place, an address that the name has over
/// IPv4, or, where nobody knows those (`None`), any that is one at all.
pub fn may_be_translated(address: IpAddr, ipv4: Option<&[IpAddr]>) -> bool {
    let Some(a) = as_v6(&address) else { return false };
    LENGTHS.into_iter().map(|length| embedded(a, length)).any(|inner| match ipv4 {
        Some(known) => known.contains(&IpAddr::V4(inner)),
        None => inner.octets()[0] != 0 && Unfit::of(inner.into()).is_none(),
    })
}

/// Returns what an address is in a network with translators of these prefixes.
pub fn translated(address: IpAddr, prefixes: &[Prefix]) -> Option<UnfitAddress> {
    let a = as_v6(&address)?;
    let prefix = prefixes.iter().find(|prefix| prefix.covers(a))?;
    Some(UnfitAddress { address, why: Unfit::Translated { holds: Some(prefix.embedded(a)) } })
}

const fn as_v6(address: &IpAddr) -> Option<Ipv6Addr> {
    match address {
        IpAddr::V6(a) => Some(*a),
        IpAddr::V4(_) => None,
    }
}

fn mask(length: u8) -> u128 {
    u128::MAX << (128 - u32::from(length))
}

fn embedded(a: Ipv6Addr, length: u8) -> Ipv4Addr {
    /// Bits 64 to 71 are no part of it.
    const FREE: usize = 8;
    let octets = a.octets();
    let mut from = octets.into_iter().enumerate().skip(usize::from(length / 8)).filter(|(at, _)| *at != FREE);
    // The least that is behind a prefix of 96 bits.
    Ipv4Addr::from([0; 4].map(|_: u8| from.next().map_or(0, |(_, octet)| octet)))
}

/// RFC 8215: for the translators of a network, with prefixes of any length below.
fn is_local_translation(a: Ipv6Addr) -> bool {
    a.segments()[..3] == [0x64, 0xff9b, 1]
}

/// What an address of that network holds: where only one place is filled it is there.
fn held_locally(a: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = a.segments();
    match (segments[3..6].iter().all(|s| *s == 0), segments[6..].iter().all(|s| *s == 0)) {
        (true, false) => Some(embedded(a, 96)),
        (false, true) => Some(embedded(a, 48)),
        _ => None,
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Translated { .. } => "translated",
            Self::LinkLocal => "link_local",
            Self::Unspecified => "unspecified",
            Self::Multicast => "multicast",
            Self::Broadcast => "broadcast",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, expected: &str) {
        let address: IpAddr = address.parse().unwrap();
        let said = UnfitAddress::of(address).map_or_else(String::new, |unfit| match unfit.why {
            Unfit::Translated { holds } => holds.map_or_else(|| "translated".to_owned(), |a| a.to_string()),
            other => other.to_string(),
        });
        assert_eq!(said, expected, "{address}");
    }

    #[test]
    fn what_an_address_is() {
        for address in
            ["9.9.9.9", "127.0.0.1", "169.254.1.1", "::1", "2001:db8::1", "fd00::1", "2002:7f00:1::1", "64:ff9c::1"]
        {
            check(address, "");
        }
        check("64:ff9b::7f00:1", "127.0.0.1");
        check("64:ff9b:1::c000:20a", "192.0.2.10");
        check("64:ff9b:1:c000:2:a00::", "192.0.2.10");
        check("64:ff9b:1:abcd::c000:20a", "translated");
        check("fe80::1", "link_local");
        check("febf::1", "link_local");
        for address in ["0.0.0.0", "::"] {
            check(address, "unspecified");
        }
        for address in ["224.0.0.1", "239.255.255.250", "ff02::1", "ff0e::1"] {
            check(address, "multicast");
        }
        check("255.255.255.255", "broadcast");
    }

    /// The table of RFC 6052 section 2.4, with the address 192.0.2.33.
    #[test]
    fn an_ipv4_address_stands_where_the_length_says() {
        for (address, length) in [
            ("2001:db8:c000:221::", 32),
            ("2001:db8:1c0:2:21::", 40),
            ("2001:db8:122:c000:2:2100::", 48),
            ("2001:db8:122:3c0:0:221::", 56),
            ("2001:db8:122:344:c0:2:2100::", 64),
            ("2001:db8:122:344::c000:221", 96),
        ] {
            assert_eq!(embedded(address.parse().unwrap(), length), Ipv4Addr::new(192, 0, 2, 33), "{address}");
        }
    }

    #[test]
    fn the_prefix_of_a_network_is_found_by_a_name_without_ipv6() {
        let of = |answer: &[&str]| Prefix::discovered(&answer.iter().map(|a| a.parse().unwrap()).collect::<Vec<_>>());
        assert_eq!(of(&[]), []);
        assert_eq!(of(&["192.0.0.170", "2001:db8::1"]), [], "an address of its own");
        let found = of(&["2001:db8:64::c000:aa", "2001:db8:64::c000:ab"]);
        assert_eq!(found.len(), 1);
        let said = |address: &str| translated(address.parse().unwrap(), &found).map(|unfit| unfit.why);
        let holds = Some(Ipv4Addr::new(192, 0, 2, 10));
        assert_eq!(said("2001:db8:64::c000:20a"), Some(Unfit::Translated { holds }));
        assert_eq!(said("2001:db8:65::c000:20a"), None);
        let found = of(&["2001:db8:122:c000:0:aa00::"]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].embedded("2001:db8:122:c000:2:a00::".parse().unwrap()), Ipv4Addr::new(192, 0, 2, 10));
    }

    #[test]
    fn only_what_may_be_translated_is_asked_about() {
        let known: Vec<IpAddr> = vec!["192.0.2.10".parse().unwrap()];
        let may = |a: &str, known: Option<&[IpAddr]>| may_be_translated(a.parse().unwrap(), known);
        assert!(may("2001:db8:64::c000:20a", Some(&known)) && may("2001:db8:64::c000:20a", None));
        assert!(!may("2001:db8:64::c000:20b", Some(&known)) && !may("192.0.2.10", Some(&known)));
        assert!(!may("2001:db8::1", Some(&known)) && !may("::1", None));
    }
}
