//! Each address of the name while an incident lasts, where each is measured for itself: which fail, since when, why, how often.

use super::Incident;
use crate::{
    judge::{addresses::Addresses, health::Health},
    measure::{cause::Cause, family::Family, round::Round, time::Timestamp},
};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// So many addresses are kept with one incident.
const MAX_ADDRESSES: usize = 32;

/// What became of one address while the incident was open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visited {
    pub family: Family,
    pub address: IpAddr,
    /// How often it was visited, and how often it failed then.
    pub visits: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<Failed>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    pub n: u32,
    /// Since when it fails, which may be long before the incident; and when it failed last.
    pub from: Timestamp,
    pub to: Timestamp,
    /// Why, the last time.
    pub cause: Cause,
}

impl Incident {
    /// Counts the visits of a settled round to each address. `known` has heard that round.
    pub(crate) fn visit(&mut self, round: &Round, known: &Addresses) {
        let at = round.started_at;
        for (family, sample) in round.samples.iter() {
            for each in &sample.each {
                let is_it = |v: &Visited| (v.family, v.address) == (family, each.address);
                let place = self.addresses.iter().position(is_it);
                if place.is_none() && self.addresses.len() >= MAX_ADDRESSES {
                    continue;
                }
                let place = place.unwrap_or_else(|| {
                    self.addresses.push(Visited { family, address: each.address, visits: 0, failed: None });
                    self.addresses.len() - 1
                });
                let since = || {
                    let row = known.get(family).rows.iter().find(|row| row.address == each.address);
                    row.and_then(|row| match row.health {
                        Health::Suspect { since, .. } | Health::Down { since, .. } => Some(since.min(at)),
                        _ => None,
                    })
                };
                match each.cause {
                    None => self.addresses[place].visits += 1,
                    Some(cause) if cause.counts_against_target() => {
                        self.addresses[place].fail(cause, at, since().unwrap_or(at));
                    }
                    // Nobody could see it.
                    Some(_) => {}
                }
            }
        }
    }
}

impl Visited {
    fn fail(&mut self, cause: Cause, at: Timestamp, since: Timestamp) {
        self.visits += 1;
        let before = self.failed.unwrap_or(Failed { n: 0, from: since, to: at, cause });
        self.failed = Some(Failed { n: before.n + 1, to: at, cause, ..before });
    }
}
