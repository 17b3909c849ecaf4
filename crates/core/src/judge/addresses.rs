//! Each address of a target for itself: its state, confirmed as that of a family is, and what all of them come to.
//!
//! Kept only of targets whose rounds visit each address. An address that the name no longer has is told as that, and
//! neither recovers nor fails by it; one that comes and goes, and a name that answers with a few of many, are remarks.

#[cfg(test)]
mod tests;

use crate::{
    judge::{diagnosis::Conclusion, health::Health, schedule::silence},
    measure::{
        cause::Cause,
        every::{BESIDE, KnownAddress, is_mute},
        family::PerFamily,
        round::Round,
        sample::{EachAddress, Evidence, Outcome, Sample, Warning},
        target::Confirmation,
        time::{HOUR, Timestamp},
    },
};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// So long the name may answer without an address until that one is held to be gone: longer than common times to live.
const GONE_AFTER_MS: i64 = HOUR;
/// So many addresses of a family are kept at most; as many as an answer may have.
const MAX_ROWS: usize = 64;
/// So many turns of an address are kept, and so many addresses that are gone.
const MAX_TURNS: usize = 8;
const MAX_GONE: usize = 8;
/// An answer without it, and it was there again, so often: it comes and goes.
const RETURNS: u32 = 2;
/// Before so many answers nothing is said of how the name answers.
const ANSWERS: u32 = 4;
/// Counts are halved at this, so that they speak of the last days.
const MANY: u32 = 4_096;

/// What is kept of each address of both families.
pub type Addresses = PerFamily<Pool>;

/// The addresses of a family.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pool {
    pub rows: Vec<Row>,
    /// Those that the name no longer has, the newest last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<Gone>,
    /// Of the answers since some address fails: how often one that fails was the first.
    #[serde(skip_serializing_if = "Firsts::is_none")]
    pub firsts: Firsts,
    /// The configuration says which addresses there are.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_pinned: bool,
}

/// One address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub address: IpAddr,
    pub health: Health,
    /// Why it fails, with what supports that; of one that is up there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Evidence>,
    /// Why nothing could be said of it when it was visited last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blind: Option<Cause>,
    pub listed_from: Timestamp,
    pub listed_at: Timestamp,
    /// The last answer has it.
    pub is_listed: bool,
    /// Of so many answers since it came so many had it, and so often it was there again after one that had not.
    pub n_answers: u32,
    pub n_listed: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub n_returns: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured_at: Option<Timestamp>,
    /// When it was last found well, and when not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub good_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bad_at: Option<Timestamp>,
    pub n_measured: u32,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub n_failed: u32,
    /// Its confirmed turns, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turns: Vec<Turning>,
}

/// It became down, or up again, in (`after`, `by`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turning {
    pub is_down: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Timestamp>,
    pub by: Timestamp,
}

/// An address that the name no longer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    pub address: IpAddr,
    pub from: Timestamp,
    /// When the name answered with it last.
    pub to: Timestamp,
    /// It failed when it was last visited.
    pub was_down: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Firsts {
    pub failing: u32,
    pub of: u32,
}

impl Firsts {
    const fn is_none(&self) -> bool {
        self.of == 0
    }
}

/// How many of the addresses of a family fail.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Failing {
    pub failing: u16,
    pub of: u16,
    /// None of those gives an answer, not even a wrong one.
    pub is_mute: bool,
    /// The share of visits that meet one of them, of a client that takes one address at random: from 0 to 1.
    pub share: f64,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // The signature is serde's.
const fn is_zero(n: &u32) -> bool {
    *n == 0
}

impl Addresses {
    /// Takes a settled round of the vantage that decides; what is confirmed of single addresses becomes a warning of a family
    /// that is reached.
    pub fn hear(&mut self, round: &mut Round, confirm: &Confirmation, interval_s: u32) {
        let at = round.started_at;
        for (family, pool) in [(&mut round.samples.ipv4, &mut self.ipv4), (&mut round.samples.ipv6, &mut self.ipv6)] {
            pool.hear(family, at, confirm, interval_s);
            if let (Outcome::Reached, Some(failing)) = (family.outcome, pool.failing()) {
                family.evidence.warning = Some(failing.into());
            }
        }
    }

    /// Whether nothing is kept.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Returns what the next round must know of them.
    pub fn known(&self) -> PerFamily<Vec<KnownAddress>> {
        self.as_ref().map(|_, pool| pool.rows.iter().map(Row::known).collect())
    }
}

impl From<Failing> for Warning {
    fn from(Failing { failing, of, is_mute, .. }: Failing) -> Self {
        Self::AddressesFail { failing, of, mute: is_mute }
    }
}

/// Returns what one round alone says of the addresses that it visited: `None` where all of them answer, or none.
pub fn in_one_round(sample: &Sample) -> Option<Warning> {
    let bad = || sample.each.iter().filter_map(|each| each.cause).filter(|cause| cause.counts_against_target());
    let (failing, of) = (bad().count(), sample.each.len());
    let is_told = sample.outcome == Outcome::Reached && (1..of).contains(&failing);
    let count = |n| u16::try_from(n).unwrap_or(u16::MAX);
    is_told.then(|| Warning::AddressesFail { failing: count(failing), of: count(of), mute: bad().all(is_mute) })
}

impl Pool {
    fn hear(&mut self, sample: &Sample, at: Timestamp, confirm: &Confirmation, interval_s: u32) {
        if sample.addresses.is_empty() {
            // Without an answer nothing is known of the addresses; a family that is not offered has none.
            if sample.outcome == Outcome::Skipped {
                self.list(&[], at);
            }
            return;
        }
        if sample.each.is_empty() {
            // Each is no longer asked for, or nothing may be visited here.
            if sample.outcome != Outcome::Skipped {
                *self = Self::default();
            }
            return;
        }
        // Nobody was asked for them.
        self.is_pinned = sample.phases.resolve.is_none();
        self.list(&sample.addresses, at);
        let n_listed = self.rows.iter().filter(|row| row.is_listed).count();
        let rounds = u32::try_from(n_listed.div_ceil(BESIDE)).unwrap_or(1).max(1);
        for each in &sample.each {
            if let Some(row) = self.rows.iter_mut().find(|row| row.address == each.address) {
                // What is in one answer of three is not visited more often.
                let answers = row.n_answers.div_ceil(row.n_listed.max(1));
                row.hear(each, at, confirm, interval_s.saturating_mul(rounds).saturating_mul(answers));
            }
        }
        self.count_first(sample.addresses.first().copied());
    }

    /// Takes an answer of the name.
    fn list(&mut self, addresses: &[IpAddr], at: Timestamp) {
        for row in &mut self.rows {
            row.answered(addresses.contains(&row.address), at);
        }
        for address in addresses {
            if !self.rows.iter().any(|row| row.address == *address) {
                self.rows.push(Row::new(*address, at));
            }
        }
        let rows = std::mem::take(&mut self.rows);
        let (here, gone): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| {
            row.is_listed || !(self.is_pinned || addresses.is_empty() || at.ms_since(row.listed_at) > GONE_AFTER_MS)
        });
        self.rows = here;
        // What the operator strikes out is no change of the name.
        let gone = gone.iter().filter(|_| !self.is_pinned).map(|row| Gone {
            address: row.address,
            from: row.listed_from,
            to: row.listed_at,
            was_down: row.is_down(),
        });
        self.gone.extend(gone);
        self.gone.retain(|gone| !addresses.contains(&gone.address));
        self.gone.drain(..self.gone.len().saturating_sub(MAX_GONE));
        while self.rows.len() > MAX_ROWS {
            let longest = self.rows.iter().enumerate().min_by_key(|(_, row)| (row.is_listed, row.listed_at));
            let Some((longest, _)) = longest else { break };
            self.rows.remove(longest);
        }
    }

    fn count_first(&mut self, first: Option<IpAddr>) {
        if !self.offered().any(Row::fails) {
            self.firsts = Firsts::default();
            return;
        }
        let failing = self.rows.iter().any(|row| row.fails() && Some(row.address) == first);
        self.firsts.of += 1;
        self.firsts.failing += u32::from(failing);
        if self.firsts.of >= MANY {
            self.firsts = Firsts { failing: self.firsts.failing / 2, of: self.firsts.of / 2 };
        }
    }

    /// Whether the name answers with a few of many in turn: then each answer is another, and none is a change.
    pub fn rotates(&self) -> bool {
        let known = || self.rows.iter().filter(|row| row.n_answers >= ANSWERS);
        let is_steady = |row: &Row| row.n_listed == row.n_answers;
        let n_back = known().filter(|row| row.n_returns > 0).count();
        !self.is_pinned && n_back >= 2 && 2 * n_back >= self.rows.len() && !known().any(is_steady)
    }

    /// Returns the addresses that the name alone comes and goes with, where others stay.
    pub fn unsteady(&self) -> impl Iterator<Item = &Row> {
        let is_told = !self.is_pinned && !self.rotates();
        self.rows.iter().filter(move |row| is_told && row.n_returns >= RETURNS)
    }

    /// Returns those that clients may get now: of the last answer, or, where the answers go round, of all.
    pub fn offered(&self) -> impl Iterator<Item = &Row> {
        let rotates = self.rotates();
        self.rows.iter().filter(move |row| rotates || row.is_listed)
    }

    /// Returns how many fail, where some do and some do not: where all do, the family is down.
    pub fn failing(&self) -> Option<Failing> {
        let (n, n_down) = (self.offered().count(), self.offered().filter(|row| row.fails()).count());
        if n_down == 0 || n_down == n {
            return None;
        }
        let rotates = self.rotates();
        let weight = |row: &Row| if rotates { f64::from(row.n_listed) / f64::from(row.n_answers.max(1)) } else { 1.0 };
        let sum = |is_told: fn(&Row) -> bool| self.offered().filter(|row| is_told(row)).map(weight).sum::<f64>();
        let causes = || self.offered().filter(|row| row.fails()).filter_map(|row| row.cause);
        let count = |n| u16::try_from(n).unwrap_or(u16::MAX);
        Some(Failing {
            failing: count(n_down),
            of: count(n),
            is_mute: causes().all(is_mute),
            share: sum(Row::fails) / sum(|_| true).max(f64::MIN_POSITIVE),
        })
    }
}

impl Row {
    fn new(address: IpAddr, at: Timestamp) -> Self {
        Self {
            address,
            health: Health::default(),
            cause: None,
            detail: None,
            blind: None,
            listed_from: at,
            listed_at: at,
            is_listed: true,
            n_answers: 1,
            n_listed: 1,
            n_returns: 0,
            measured_at: None,
            good_at: None,
            bad_at: None,
            n_measured: 0,
            n_failed: 0,
            turns: Vec::new(),
        }
    }

    fn answered(&mut self, is_listed: bool, at: Timestamp) {
        if self.n_answers >= MANY {
            (self.n_answers, self.n_listed, self.n_returns) =
                (self.n_answers / 2, self.n_listed / 2, self.n_returns / 2);
        }
        self.n_answers += 1;
        if is_listed {
            self.n_listed += 1;
            self.n_returns += u32::from(!self.is_listed);
            self.listed_at = at;
        }
        self.is_listed = is_listed;
    }

    fn hear(&mut self, each: &EachAddress, at: Timestamp, confirm: &Confirmation, interval_s: u32) {
        let conclusion = match each.cause {
            None => Conclusion::Good { degraded: false },
            Some(cause) if cause.counts_against_target() => Conclusion::Bad(cause),
            Some(cause) => Conclusion::Blind(cause),
        };
        let was_down = self.is_down();
        let health = match self.measured_at.filter(|last| silence(*last, at, interval_s).is_some()) {
            Some(last) => self.health.lost_sight(last),
            None => self.health,
        };
        self.health = health.step(conclusion, confirm, at);
        let after = if was_down { self.bad_at } else { self.good_at };
        self.blind = None;
        self.measured_at = Some(at);
        match conclusion {
            Conclusion::Bad(cause) => {
                (self.cause, self.bad_at) = (Some(cause), Some(at));
                self.detail.clone_from(&each.detail);
                self.n_failed = self.n_failed.saturating_add(1);
            }
            Conclusion::Blind(cause) => self.blind = Some(cause),
            Conclusion::Good { .. } | Conclusion::Unpublished(_) => self.good_at = Some(at),
        }
        self.n_measured = self.n_measured.saturating_add(1);
        if matches!(self.health, Health::Up { .. }) {
            (self.cause, self.detail) = (None, None);
        }
        if self.is_down() != was_down
            && let Some(by) = self.health.since()
        {
            // What came after the turn does not bound it.
            let after = after.filter(|after| *after < by);
            self.turns.push(Turning { is_down: self.is_down(), after, by });
            self.turns.drain(..self.turns.len().saturating_sub(MAX_TURNS));
        }
    }

    /// Whether it is confirmed that it fails, and is seen to.
    pub const fn fails(&self) -> bool {
        matches!(self.health, Health::Down { .. } | Health::Recovering { .. })
    }

    /// Whether it failed when it was last seen, and it is not confirmed that it does so no more.
    pub const fn is_down(&self) -> bool {
        matches!(
            self.health,
            Health::Down { .. } | Health::Recovering { .. } | Health::Unknown { down_since: Some(_), .. }
        )
    }

    const fn known(&self) -> KnownAddress {
        KnownAddress {
            address: self.address,
            measured_at: self.measured_at,
            is_failing: matches!(self.health, Health::Suspect { .. }) || self.is_down(),
            is_unconfirmed: matches!(self.health, Health::Suspect { .. } | Health::Recovering { .. }),
        }
    }
}
