//! What is known of each address of a target, in `GET /api/v1/targets/{slug}`.

use super::{RealClients, status::State};
use crate::time::{rfc3339, rfc3339_or_null};
use dualwatch_core::{
    judge::addresses::{Addresses, Gone, Pool, Row, Turning},
    measure::{
        cause::Cause,
        family::{Family, PerFamily},
        sample::Evidence,
        time::Timestamp,
    },
};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Each address of both families, of a target each of whose addresses is measured for itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EveryAddress {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipv4: Option<FamilyAddresses>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipv6: Option<FamilyAddresses>,
}

/// The addresses of one family, and what they come to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FamilyAddresses {
    /// How many addresses clients may get now, and how many of those fail, confirmed.
    pub of: usize,
    pub failing: usize,
    /// Whether none of those that fail gives an answer, not even a wrong one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mute: bool,
    /// Percent of the visits that fail, of a client that takes one address at random and no other; left out where none fails,
    /// or all do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_percent: Option<f64>,
    /// The same of a client that takes the first address of an answer: in so many of the answers since then the first failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<AddressShare>,
    /// Each answer of the name has a few of many addresses in turn: none of them is a change.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rotates: bool,
    /// The configuration says which addresses there are.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pinned: bool,
    pub addresses: Vec<AddressState>,
    /// Those that the name no longer has, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<GoneAddress>,
    /// Which real clients meet it, and what becomes of them; left out where no address fails, or all do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub real_clients: Option<RealClients>,
    /// The same for people.
    pub text: Vec<String>,
}

/// So many of so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AddressShare {
    pub n: u32,
    pub of: u32,
}

/// One address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AddressState {
    pub address: IpAddr,
    pub state: State,
    #[serde(with = "rfc3339_or_null")]
    pub since: Option<Timestamp>,
    /// Why it fails, or why nothing is known of it.
    pub cause: Option<Cause>,
    /// What supports that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Evidence>,
    /// Whether the last answer of the name had it.
    pub listed: bool,
    /// So many of the last answers had it; left out where it does not come and go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comes_and_goes: Option<AddressShare>,
    #[serde(with = "rfc3339_or_null")]
    pub measured_at: Option<Timestamp>,
    /// How often it was visited since it is known, and how often it failed then.
    pub visits: u32,
    pub failures: u32,
    /// Its last confirmed turns, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turns: Vec<AddressTurn>,
}

/// It became down, or up again, after `after` and by `by`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AddressTurn {
    pub state: State,
    #[serde(with = "rfc3339_or_null")]
    pub after: Option<Timestamp>,
    #[serde(with = "rfc3339")]
    pub by: Timestamp,
}

/// An address that the name no longer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GoneAddress {
    pub address: IpAddr,
    #[serde(with = "rfc3339")]
    pub from: Timestamp,
    /// When an answer had it for the last time.
    #[serde(with = "rfc3339")]
    pub to: Timestamp,
    /// It failed when it was last visited; that it is gone is no recovery.
    pub was_down: bool,
}

impl EveryAddress {
    /// Returns what is known, without what is told to people; `None` where nothing is.
    pub fn of(addresses: &Addresses) -> Option<Self> {
        let known = |pool: &Pool| (!pool.rows.is_empty()).then(|| FamilyAddresses::of(pool));
        let PerFamily { ipv4, ipv6 } = addresses.as_ref().map(|_, pool| known(pool));
        (ipv4.is_some() || ipv6.is_some()).then_some(Self { ipv4, ipv6 })
    }

    pub const fn family(&self, family: Family) -> Option<&FamilyAddresses> {
        match family {
            Family::Ipv4 => self.ipv4.as_ref(),
            Family::Ipv6 => self.ipv6.as_ref(),
        }
    }
}

impl FamilyAddresses {
    fn of(pool: &Pool) -> Self {
        let failing = pool.failing();
        let firsts = pool.firsts;
        let unsteady: Vec<IpAddr> = pool.unsteady().map(|row| row.address).collect();
        Self {
            of: pool.offered().count(),
            failing: pool.offered().filter(|row| row.fails()).count(),
            mute: failing.is_some_and(|failing| failing.is_mute),
            failing_percent: failing.map(|failing| (failing.share * 1_000.0).round() / 10.0),
            first: failing.map(|_| AddressShare { n: firsts.failing, of: firsts.of }).filter(|share| share.of > 0),
            rotates: pool.rotates(),
            pinned: pool.is_pinned,
            addresses: pool.rows.iter().map(|row| AddressState::of(row, unsteady.contains(&row.address))).collect(),
            gone: pool.gone.iter().map(GoneAddress::from).collect(),
            real_clients: None,
            text: Vec::new(),
        }
    }

    /// Returns one of those that fail, where not all do: why it fails stands for the others.
    pub fn example(&self) -> Option<&AddressState> {
        let fails = |address: &&AddressState| matches!(address.state, State::Down | State::Recovering);
        self.addresses.iter().find(fails).filter(|_| self.failing_percent.is_some())
    }
}

impl AddressState {
    fn of(row: &Row, is_unsteady: bool) -> Self {
        Self {
            address: row.address,
            state: (&row.health).into(),
            since: row.health.since(),
            cause: row.cause.or(row.blind),
            detail: row.detail.clone(),
            listed: row.is_listed,
            comes_and_goes: is_unsteady.then_some(AddressShare { n: row.n_listed, of: row.n_answers }),
            measured_at: row.measured_at,
            visits: row.n_measured,
            failures: row.n_failed,
            turns: row.turns.iter().map(AddressTurn::from).collect(),
        }
    }
}

impl From<&Turning> for AddressTurn {
    fn from(turn: &Turning) -> Self {
        Self { state: if turn.is_down { State::Down } else { State::Up }, after: turn.after, by: turn.by }
    }
}

impl From<&Gone> for GoneAddress {
    fn from(gone: &Gone) -> Self {
        Self { address: gone.address, from: gone.from, to: gone.to, was_down: gone.was_down }
    }
}
