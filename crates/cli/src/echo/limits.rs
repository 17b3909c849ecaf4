//! Who still has room: so many connections in all and of each network, so many new ones, and so many bytes of large answers.
//!
//! A client is a network, for whoever has an address of IPv6 has 2^64 of them: `/32` and `/64`. Who holds many of those
//! is bounded as well, by what is around them: `/24` and `/48`, eight times as wide.

use dualwatch_wire::door::MAX_PROBE_BYTES;
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// What an operator may choose.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Connections at once, in all.
    pub n_in_all: usize,
    /// Connections at once of one client; the same number of new ones in a second, and four times as many in a burst.
    pub n_per_client: usize,
}

/// So many times what one client has is what the network around it has.
const AROUND: usize = 8;
/// So many seconds of new connections are a burst: a page opens a dozen at once, and some browsers try ten times.
const BURST_S: usize = 4;
/// Large answers of one client: at once, and from then on in a second. A self-test takes some 200 kB.
const LARGE_BURST: usize = 8 * MAX_PROBE_BYTES;
const LARGE_PER_S: usize = MAX_PROBE_BYTES / 4;
/// The same of everybody together.
const ALL_LARGE_BURST: usize = 64 * MAX_PROBE_BYTES;
const ALL_LARGE_PER_S: usize = 8 * MAX_PROBE_BYTES;
/// So many networks are remembered. Those that have used nothing lately are forgotten first.
const MOST_NETWORKS: usize = 16_384;

/// A network: its first address, and whether it is one of those around clients.
type Network = (IpAddr, bool);

/// What flows in at a steady pace, and is used at once or bit by bit.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    at_ms: u64,
}

/// The size of a bucket, and what flows in within a second.
#[derive(Clone, Copy, Debug)]
struct Flow {
    most: usize,
    per_s: usize,
}

impl Flow {
    fn full(self, now_ms: u64) -> Bucket {
        Bucket { left: self.most as f64, at_ms: now_ms }
    }
}

impl Bucket {
    fn fill(&mut self, flow: Flow, now_ms: u64) {
        let in_s = now_ms.saturating_sub(self.at_ms) as f64 / 1_000.0;
        self.left = (flow.per_s as f64).mul_add(in_s, self.left).min(flow.most as f64);
        self.at_ms = self.at_ms.max(now_ms);
    }

    fn is_full(mut self, flow: Flow, now_ms: u64) -> bool {
        self.fill(flow, now_ms);
        self.left >= flow.most as f64
    }
}

#[derive(Debug)]
struct Use {
    n: usize,
    arrivals: Bucket,
    large: Bucket,
}

/// What is in use. Time is milliseconds since any moment.
#[derive(Debug)]
pub struct Limits {
    bounds: Bounds,
    n: usize,
    large: Bucket,
    networks: HashMap<Network, Use>,
}

const ALL_LARGE: Flow = Flow { most: ALL_LARGE_BURST, per_s: ALL_LARGE_PER_S };

impl Limits {
    pub fn new(bounds: Bounds, now_ms: u64) -> Self {
        Self { bounds, n: 0, large: ALL_LARGE.full(now_ms), networks: HashMap::new() }
    }

    /// Takes a place for a connection; `false` where there is none.
    pub fn enter(&mut self, ip: IpAddr, now_ms: u64) -> bool {
        let networks = networks(ip);
        if self.n >= self.bounds.n_in_all || !self.remember(&networks, now_ms) {
            return false;
        }
        let bounds = self.bounds;
        let has_room = networks.iter().all(|network| {
            self.networks.get_mut(network).is_some_and(|used| {
                used.arrivals.fill(arrivals(bounds, network.1), now_ms);
                used.n < times(bounds.n_per_client, network.1) && used.arrivals.left >= 1.0
            })
        });
        if has_room {
            self.n += 1;
            for network in networks {
                if let Some(used) = self.networks.get_mut(&network) {
                    used.n += 1;
                    used.arrivals.left -= 1.0;
                }
            }
        }
        has_room
    }

    /// Gives the place back.
    pub fn leave(&mut self, ip: IpAddr) {
        self.n = self.n.saturating_sub(1);
        for network in networks(ip) {
            if let Some(used) = self.networks.get_mut(&network) {
                used.n = used.n.saturating_sub(1);
            }
        }
    }

    /// Takes so many bytes of large answers for a client that has a place; `false` where it has had too many of late, or
    /// all together have.
    pub fn take_large(&mut self, ip: IpAddr, n_bytes: usize, now_ms: u64) -> bool {
        let networks = networks(ip);
        let n_bytes = n_bytes as f64;
        self.large.fill(ALL_LARGE, now_ms);
        let has_room = self.large.left >= n_bytes
            && networks.iter().all(|network| {
                self.networks.get_mut(network).is_some_and(|used| {
                    used.large.fill(large(network.1), now_ms);
                    used.large.left >= n_bytes
                })
            });
        if has_room {
            self.large.left -= n_bytes;
            for network in networks {
                if let Some(used) = self.networks.get_mut(&network) {
                    used.large.left -= n_bytes;
                }
            }
        }
        has_room
    }

    /// Sees to it that networks are remembered; `false` where too many are in use.
    fn remember(&mut self, networks: &[Network; 2], now_ms: u64) -> bool {
        let n_new = networks.iter().filter(|network| !self.networks.contains_key(*network)).count();
        if self.networks.len() + n_new > MOST_NETWORKS {
            let bounds = self.bounds;
            self.networks.retain(|(_, is_around), used| {
                used.n > 0
                    || !used.arrivals.is_full(arrivals(bounds, *is_around), now_ms)
                    || !used.large.is_full(large(*is_around), now_ms)
            });
            if self.networks.len() + n_new > MOST_NETWORKS {
                return false;
            }
        }
        for network in networks {
            let (arrivals, large) = (arrivals(self.bounds, network.1), large(network.1));
            let new = || Use { n: 0, arrivals: arrivals.full(now_ms), large: large.full(now_ms) };
            self.networks.entry(*network).or_insert_with(new);
        }
        true
    }
}

fn times(n: usize, is_around: bool) -> usize {
    if is_around { n.saturating_mul(AROUND) } else { n }
}

fn arrivals(bounds: Bounds, is_around: bool) -> Flow {
    let per_s = times(bounds.n_per_client, is_around);
    Flow { most: per_s.saturating_mul(BURST_S), per_s }
}

fn large(is_around: bool) -> Flow {
    Flow { most: times(LARGE_BURST, is_around), per_s: times(LARGE_PER_S, is_around) }
}

/// Returns the networks that an address counts for: its own, and the one around it.
fn networks(ip: IpAddr) -> [Network; 2] {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            [(IpAddr::V4(ip), false), (Ipv4Addr::new(a, b, c, 0).into(), true)]
        }
        IpAddr::V6(ip) => {
            let first = |n_bits: u32| IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & (u128::MAX << (128 - n_bits))));
            [(first(64), false), (first(48), true)]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { n_in_all: 100, n_per_client: 4 };

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// How many of so many connections from an address have room, none of which leaves.
    fn n_entered(limits: &mut Limits, ip: IpAddr, n: usize, now_ms: u64) -> usize {
        (0..n).filter(|_| limits.enter(ip, now_ms)).count()
    }

    /// Promise (Bounds): One client of `dualwatch echo`, whatever addresses its network has, takes only its share of the
    /// connections.
    #[test]
    fn a_client_has_its_share_and_no_more() {
        let mut limits = Limits::new(BOUNDS, 0);
        assert_eq!(n_entered(&mut limits, ip("192.0.2.1"), 50, 0), 4);
        assert_eq!(n_entered(&mut limits, ip("2001:db8::1"), 3, 0), 3);
        assert_eq!(n_entered(&mut limits, ip("2001:db8::2"), 50, 0), 1, "the same /64");
        // Others of the networks around: eight times as many together.
        let n: usize = (1..200).map(|i| n_entered(&mut limits, ip(&format!("2001:db8:0:{i:x}::1")), 4, 0)).sum();
        assert_eq!(n, 32 - 4);
        let n: usize = (2..200).map(|i| n_entered(&mut limits, ip(&format!("192.0.2.{i}")), 4, 0)).sum();
        assert_eq!(n, 32 - 4);
        // And everybody: a hundred.
        let n: usize = (0..200).map(|i| n_entered(&mut limits, ip(&format!("2001:db8:{:x}::1", i + 9)), 4, 0)).sum();
        assert_eq!(n, 100 - 64);
        limits.leave(ip("192.0.2.1"));
        assert!(limits.enter(ip("192.0.2.1"), 0) && !limits.enter(ip("192.0.2.1"), 0));
    }

    #[test]
    fn who_comes_and_goes_too_often_waits() {
        let mut limits = Limits::new(BOUNDS, 0);
        let mut come_and_go = |now_ms| {
            let has_room = limits.enter(ip("192.0.2.1"), now_ms);
            if has_room {
                limits.leave(ip("192.0.2.1"));
            }
            has_room
        };
        assert_eq!((0..100).filter(|_| come_and_go(0)).count(), 16);
        assert_eq!((0..100).filter(|_| come_and_go(1_000)).count(), 4);
        assert_eq!((0..100).filter(|_| come_and_go(3_600_000)).count(), 16);
        // A clock that was set back gives nothing.
        assert!(!come_and_go(3_599_000));
    }

    /// Promise (Bounds): Large answers of `dualwatch echo` are bounded by the second, of each client and of all together.
    #[test]
    fn large_answers_are_given_by_the_second() {
        let mut limits = Limits::new(Bounds { n_in_all: 1_000, n_per_client: 8 }, 0);
        let mut n_taken = |ip: IpAddr, now_ms: u64| {
            assert!(limits.enter(ip, now_ms));
            (0..1_000).filter(|_| limits.take_large(ip, MAX_PROBE_BYTES, now_ms)).count()
        };
        assert_eq!((n_taken(ip("192.0.2.1"), 0), n_taken(ip("192.0.2.1"), 4_000)), (8, 1));
        let n: usize = (0..100).map(|i| n_taken(ip(&format!("198.51.{i}.1")), 4_000)).sum();
        assert_eq!(n, 63, "64 MiB for everybody");
    }

    /// Promise (Bounds): `dualwatch echo` remembers only so many clients, however many come.
    #[test]
    fn what_is_remembered_is_bounded_and_what_is_idle_is_forgotten() {
        let mut limits = Limits::new(Bounds { n_in_all: 100_000, n_per_client: 4 }, 0);
        let address = |i: u32| IpAddr::V6(Ipv6Addr::from_bits((0x2001_0db8_u128 << 96) | (u128::from(i) << 80)));
        let n_first = (0..20_000).filter(|i| limits.enter(address(*i), 0)).count();
        assert_eq!(n_first, MOST_NETWORKS / 2);
        assert_eq!(limits.networks.len(), MOST_NETWORKS);
        (0..20_000).take(n_first).for_each(|i| limits.leave(address(i)));
        assert!(limits.enter(address(30_000), 1_000));
        assert_eq!(limits.networks.len(), 2);
    }
}
