//! Every address of a name: which are visited in a round when there are many.

use crate::measure::{
    cause::{Cause, Phase},
    family::PerFamily,
    time::Timestamp,
};
use std::net::IpAddr;

/// So many addresses of a family are visited in a round beside the one that speaks for it. With both families, and one
/// connection each for those, that makes six sockets: as many as the edge runtime allows.
pub const BESIDE: usize = 2;
/// So many, where one round is all that there is.
pub const BESIDE_IN_ONE_ROUND: usize = 31;

/// Whether who meets this cause gets no answer at all, and not a wrong one.
pub const fn is_mute(cause: Cause) -> bool {
    matches!(cause.phase(), Phase::Connect) || cause.is_waited_for()
}

/// What is known of an address when a round begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownAddress {
    pub address: IpAddr,
    pub measured_at: Option<Timestamp>,
    /// It failed when it was visited last.
    pub is_failing: bool,
    /// What it did last is not confirmed yet.
    pub is_unconfirmed: bool,
}

/// Which addresses a round visits beside the one that speaks for its family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    pub known: PerFamily<Vec<KnownAddress>>,
    /// So many of a family at most.
    pub beside: usize,
}

impl Default for Turn {
    fn default() -> Self {
        Self { known: PerFamily::default(), beside: BESIDE }
    }
}

impl Turn {
    /// Returns the turn of somebody who measures once.
    pub fn only() -> Self {
        Self { beside: BESIDE_IN_ONE_ROUND, ..Self::default() }
    }

    /// Puts those that failed last behind the others: what speaks for the family is not to wait for what is known to be dead.
    pub fn order(known: &[KnownAddress], addresses: &mut [IpAddr]) {
        addresses.sort_by_key(|address| find(known, *address).is_some_and(|known| known.is_failing));
    }

    /// Returns which of `addresses`, in the order of [`Turn::order`], are visited beside the first: those that are in doubt,
    /// all but one place of them, and then those that were not visited for longest. `round` counts the rounds, for where
    /// nothing is known. So each of n is visited once in n - 1 rounds at the latest, and in half of that where none is in
    /// doubt.
    pub fn beside(&self, known: &[KnownAddress], addresses: &[IpAddr], round: usize) -> Vec<IpAddr> {
        let others = addresses.get(1..).unwrap_or_default();
        let begin = (round.wrapping_mul(self.beside)).checked_rem(others.len()).unwrap_or_default();
        let mut waiting: Vec<IpAddr> = others[begin..].iter().chain(&others[..begin]).copied().collect();
        waiting.sort_by_key(|address| find(known, *address).and_then(|known| known.measured_at));
        let is_in_doubt = |address: &IpAddr| find(known, *address).is_some_and(|known| known.is_unconfirmed);
        let mut chosen: Vec<IpAddr> =
            waiting.iter().copied().filter(is_in_doubt).take(self.beside.saturating_sub(1)).collect();
        let n_free = self.beside.saturating_sub(chosen.len());
        let rest: Vec<IpAddr> = waiting.into_iter().filter(|address| !chosen.contains(address)).take(n_free).collect();
        chosen.extend(rest);
        chosen
    }
}

fn find(known: &[KnownAddress], address: IpAddr) -> Option<&KnownAddress> {
    known.iter().find(|known| known.address == address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(n: u8) -> Vec<IpAddr> {
        (1..=n).map(|i| IpAddr::from([192, 0, 2, i])).collect()
    }

    fn known(address: IpAddr, measured_at: Option<i64>) -> KnownAddress {
        let measured_at = measured_at.map(Timestamp::from_unix_ms);
        KnownAddress { address, measured_at, is_failing: false, is_unconfirmed: false }
    }

    /// Returns the longest time, in rounds, that any of `n` addresses waited for a visit.
    fn longest_wait(n: u8, is_remembered: bool, is_doubtful: impl Fn(usize) -> bool) -> usize {
        let addresses = addresses(n);
        let mut visited: Vec<Option<usize>> = vec![None; usize::from(n)];
        let mut longest = 0;
        for round in 0..200 {
            let known: Vec<KnownAddress> = (addresses.iter().enumerate())
                .filter(|_| is_remembered)
                .map(|(i, address)| {
                    let at = visited[i].map(|round| i64::try_from(round).unwrap());
                    KnownAddress { is_unconfirmed: is_doubtful(i), ..known(*address, at) }
                })
                .collect();
            let beside = Turn::default().beside(&known, &addresses, round);
            assert!(beside.len() <= BESIDE && !beside.contains(&addresses[0]));
            for (i, address) in addresses.iter().enumerate() {
                if i == 0 || beside.contains(address) {
                    visited[i] = Some(round);
                } else {
                    longest = longest.max(visited[i].map_or(round + 1, |last| round - last));
                }
            }
        }
        longest
    }

    #[test]
    fn each_is_visited_in_turn() {
        for is_remembered in [true, false] {
            assert_eq!(longest_wait(1, is_remembered, |_| false), 0);
            assert_eq!(longest_wait(3, is_remembered, |_| false), 0, "all of three in each round");
            for n in 4..=64_u8 {
                let waited = longest_wait(n, is_remembered, |_| false);
                assert!(waited < usize::from(n).div_ceil(2), "{n}: {waited}");
            }
        }
        // However many are in doubt.
        assert!(longest_wait(12, true, |i| i < 6) < 12);
    }

    #[test]
    fn who_is_in_doubt_is_visited_at_once_and_who_is_dead_speaks_for_nobody() {
        let mut all = addresses(9);
        let of = |i: usize| KnownAddress { is_unconfirmed: true, ..known(all[i], Some(100)) };
        let beside = Turn::default().beside(&[of(7), of(8)], &all, 0);
        assert_eq!(beside, [all[7], all[1]], "and another one, too");
        let dead = [0, 1, 3].map(|i| KnownAddress { is_failing: true, ..known(all[i], Some(100)) });
        Turn::order(&dead, &mut all);
        let last: Vec<u8> = all.iter().map(|a| a.to_string().as_bytes()[8] - b'0').collect();
        assert_eq!(last, [3, 5, 6, 7, 8, 9, 1, 2, 4]);
    }
}
