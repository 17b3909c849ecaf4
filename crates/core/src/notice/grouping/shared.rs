//! What incidents have in common, and how many of them.

use super::{Summary, is_of_resolver};
use crate::measure::{cause::Cause, family::Family};
use serde::{Deserialize, Serialize};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// One thing that incidents can share.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Link {
    Address(IpAddr),
    /// The /24 of an IPv4 address.
    Ipv4Network(Ipv4Addr),
    /// The /48 of an IPv6 address: what a site is given (RFC 6177).
    Ipv6Network(Ipv6Addr),
    /// A resolver, where looking up the name failed.
    Resolver(String),
    /// The first cause.
    Cause(Cause),
    Vantage(String),
}

impl Link {
    /// Whether its failure explains an outage of all that share it. Every target of a vantage shares the vantage, and
    /// many outages look alike.
    pub const fn can_break(&self) -> bool {
        match self {
            Self::Address(_) | Self::Ipv4Network(_) | Self::Ipv6Network(_) | Self::Resolver(_) => true,
            Self::Cause(_) | Self::Vantage(_) => false,
        }
    }

    /// Returns the network of an address.
    fn network_of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(a) => Self::Ipv4Network(Ipv4Addr::from_bits(a.to_bits() & (u32::MAX << 8))),
            IpAddr::V6(a) => Self::Ipv6Network(Ipv6Addr::from_bits(a.to_bits() & (u128::MAX << 80))),
        }
    }
}

/// Something that `n_members` of a group share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shared {
    pub link: Link,
    pub n_members: usize,
}

/// Returns what an incident could share with others. Addresses count where their family fails.
pub(super) fn links(summary: &Summary) -> BTreeSet<Link> {
    let addresses = summary.addresses.iter().filter(|a| summary.families.contains(&Family::of(**a)));
    let mut links: BTreeSet<Link> =
        addresses.flat_map(|a| [Link::Address(a.to_canonical()), Link::network_of(*a)]).collect();
    links.extend(summary.resolver.clone().filter(|_| is_of_resolver(summary)).map(Link::Resolver));
    links.extend(summary.causes.first().copied().map(Link::Cause));
    links.insert(Link::Vantage(summary.vantage.clone()));
    links
}

/// Returns what at least two share: most members first, then what says most.
pub(super) fn of(incidents: &[&Summary]) -> Vec<Shared> {
    let mut counts: BTreeMap<Link, usize> = BTreeMap::new();
    for link in incidents.iter().flat_map(|s| links(s)) {
        *counts.entry(link).or_default() += 1;
    }
    // A network says nothing that one of its addresses does not say of as many.
    let most_in = |network: &Link| {
        let of_network = |link: &Link| matches!(link, Link::Address(a) if Link::network_of(*a) == *network);
        counts.iter().filter(|(link, _)| of_network(link)).map(|(_, n)| *n).max().unwrap_or(0)
    };
    let is_worth_telling = |link: &Link, n: usize| match link {
        Link::Ipv4Network(_) | Link::Ipv6Network(_) => n > most_in(link),
        _ => true,
    };
    let mut shared: Vec<Shared> = (counts.iter())
        .filter(|(link, n)| **n >= 2 && is_worth_telling(link, **n))
        .map(|(link, n)| Shared { link: link.clone(), n_members: *n })
        .collect();
    // Within equals the order of the kinds above, and then of the values: always the same.
    shared.sort_by_key(|s| Reverse(s.n_members));
    shared
}
