//! Each address of a family visited for itself: beside the visit that speaks for the family, with as much time.

use super::{visit, whole::Answers};
use crate::{
    connect::{Connected, NotConnected},
    dial::{Deadline, Dial},
    resolve::{Lookup, LookupResult, Tools},
};
use dualwatch_core::measure::{
    cause::Cause,
    every::{KnownAddress, Turn},
    family::Family,
    sample::{Attempt, EachAddress, Outcome, Sample},
    target::{Host, Target},
};
use futures_util::{
    future::{Either, join_all, select},
    join,
};
use std::{
    net::{IpAddr, SocketAddr},
    pin::pin,
};

/// Notes which addresses of a target were tried, and which of them the visit is about, of which nothing is known yet.
pub(super) fn note<S>(each: &mut Vec<EachAddress>, connected: &Result<Connected<S>, NotConnected>) {
    let (attempts, about): (&[Attempt], _) = match connected {
        Ok(connected) => (&connected.failed, Some(connected.address)),
        Err(not) => (&not.evidence.attempts, Some(not.address).filter(|_| not.evidence.attempts.is_empty())),
    };
    let failed = |tried: &Attempt| Some(EachAddress::unconnected(tried.address.ip(), tried.cause?, tried.elapsed_ms));
    each.extend(attempts.iter().filter_map(failed));
    each.extend(about.map(|about| EachAddress::unconnected(about.ip(), Cause::NotObserved, 0.0)));
}

/// Says of the address that a visit was about what the visit came to.
pub(super) fn conclude(sample: &mut Sample) {
    let Some(at) = sample.each.iter().position(|each| each.cause == Some(Cause::NotObserved)) else { return };
    sample.each[at] = EachAddress::of(sample.each[at].address, sample);
}

/// The visits of one family in one round.
pub(super) struct Visits<'a, D> {
    tools: &'a Tools<'a, D>,
    target: &'a Target,
    family: Family,
    /// In the order in which the family's own visit tries them.
    lookup: Lookup,
    /// As the name answered.
    answered: Vec<IpAddr>,
    beside: Vec<IpAddr>,
}

impl<'a, D: Dial> Visits<'a, D> {
    /// Returns what is to be visited; `None` where that is not asked for, or there is nothing to visit.
    pub fn of(
        tools: &'a Tools<'a, D>,
        target: &'a Target,
        family: Family,
        lookup: &LookupResult,
        turn: &Turn,
        round: usize,
    ) -> Option<Self> {
        let is_asked_for = target.every_address
            && matches!(target.endpoint.host, Host::Name(_))
            // Where it must fail, it must do so as a whole.
            && target.expect.fails_with.is_none();
        let mut lookup = lookup.as_ref().ok().filter(|_| is_asked_for)?.clone();
        let answered = lookup.addresses.clone();
        let known: &[KnownAddress] = turn.known.get(family);
        Turn::order(known, &mut lookup.addresses);
        let beside = turn.beside(known, &lookup.addresses, round);
        Some(Self { tools, target, family, lookup, answered, beside })
    }

    /// Visits them. The others are not begun before either the controls are asked or the family's own visit is over, so that
    /// there are never more than six sockets.
    ///
    /// Where the address that speaks for the family fails and another one answers, that one speaks.
    pub async fn all<T>(self, answers: &Answers, tally: impl Future<Output = T>, deadline: Deadline) -> (Sample, T) {
        let own = visit::probe(self.tools, answers, self.target, self.family, Ok(self.lookup.clone()), deadline);
        let (own, tally) = (pin!(own), pin!(tally));
        let (mut sample, tally, others) = match select(own, tally).await {
            Either::Left((sample, tally)) => {
                let visited: Vec<IpAddr> = sample.each.iter().map(|each| each.address).collect();
                let (tally, others) = join!(tally, self.others(&visited, deadline));
                (sample, tally, others)
            }
            Either::Right((tally, own)) => {
                let (sample, others) = join!(own, self.others(&[], deadline));
                (sample, tally, others)
            }
        };
        let mut each = std::mem::take(&mut sample.each);
        for other in others {
            for of_other in &other.each {
                // What it was as a whole says more than that it could be connected to, or not.
                each.retain(|known| known.address != of_other.address);
            }
            each.extend(other.each.iter().cloned());
            if sample.outcome == Outcome::Failed && other.outcome == Outcome::Reached {
                sample = other;
            }
        }
        if sample.outcome == Outcome::Failed && each.len() > sample.evidence.attempts.len().max(1) {
            // All of them say why the family is down.
            let port = self.target.endpoint.port;
            let tried = |each: &EachAddress| Attempt {
                address: SocketAddr::new(each.address, port),
                cause: each.cause,
                elapsed_ms: each.detail.as_ref().and_then(|detail| detail.elapsed_ms).unwrap_or_default(),
            };
            sample.evidence.attempts = each.iter().map(tried).collect();
        }
        sample.addresses = self.answered;
        sample.each = each;
        (sample, tally)
    }

    async fn others(&self, visited: &[IpAddr], deadline: Deadline) -> Vec<Sample> {
        let others = self.beside.iter().filter(|address| !visited.contains(address));
        join_all(others.map(|address| {
            let lookup = Lookup { addresses: vec![*address], ..self.lookup.clone() };
            Box::pin(async move {
                // What one address answers is no witness for another one.
                let answers = Answers::default();
                visit::probe(self.tools, &answers, self.target, self.family, Ok(lookup), deadline).await
            })
        }))
        .await
    }
}
