//! One round: both families of a target measured at once, beside controls, and settled.

mod dialogue;
mod dns;
mod doubt;
mod every;
pub(crate) mod expect;
mod forbidden;
mod json;
mod large;
mod redirect;
mod visit;
mod web_socket;
mod whole;
mod wide;

use crate::{
    classify::{self, Failure},
    control::{self, Asked},
    dial::{Deadline, Dial},
    resolve::{LookupResult, NoAddress, Tools, resolve},
    tls::Tls,
};
use doubt::{AskedInDoubt, Doubt};
use dualwatch_core::{
    judge::{diagnosis, dual_stack},
    measure::{
        address::{self, Scope},
        cause::Cause,
        controls::Controls,
        every::Turn,
        expectation,
        family::{Family, PerFamily},
        round::{Round, Vantage},
        sample::{Outcome, Sample},
        target::{Expected, Policy, Target},
        time::Timestamp,
        vantage::{self, Nearby, Proof, Tally},
        witness::Witnesses,
    },
};
use std::{
    cell::RefCell,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Measures targets from one vantage.
#[derive(Debug)]
pub struct Prober<D> {
    dial: D,
    tls: Tls,
    policy: Policy,
    vantage: String,
    /// Of rounds so far. Never borrowed across an await.
    controls: RefCell<Controls>,
    /// Of the rounds of all probers of this vantage. Never locked across an await.
    witnesses: Arc<Mutex<Witnesses>>,
}

impl<D: Dial> Prober<D> {
    /// Prepares measuring under `policy`. Fails with a text for the operator where extra roots cannot be used.
    pub fn new(dial: D, policy: Policy, vantage: &str) -> Result<Self, String> {
        let tls = Tls::new(&policy)?;
        let (controls, witnesses) = (RefCell::default(), Arc::default());
        Ok(Self { dial, tls, policy, vantage: vantage.to_owned(), controls, witnesses })
    }

    /// Shares with other probers of the vantage what they know of targets that were reached.
    #[must_use]
    pub fn with_witnesses(self, witnesses: Arc<Mutex<Witnesses>>) -> Self {
        Self { witnesses, ..self }
    }

    /// Goes on with what an earlier prober has learnt of its controls.
    #[must_use]
    pub fn with_controls(self, mut controls: Controls) -> Self {
        controls.keep(|c| self.policy.controls.iter().any(|(_, of_family)| of_family.contains(c)));
        Self { controls: RefCell::new(controls), ..self }
    }

    /// Returns what the rounds so far say of the controls.
    pub fn controls(&self) -> Controls {
        self.controls.borrow().clone()
    }

    pub fn dial(&self) -> &D {
        &self.dial
    }

    /// Measures one round of both families. Ends within the target's timeout, whatever the target does.
    pub async fn round(&self, target: &Target) -> Round {
        self.round_in_turn(target, &Turn::default()).await
    }

    /// Measures one round as [`Prober::round`] does; `turn` says what is known of the addresses of a target each of which is
    /// to be visited for itself.
    pub async fn round_in_turn(&self, target: &Target, in_turn: &Turn) -> Round {
        let tools = self.tools();
        let now = tools.now;
        let deadline = Deadline::after(&self.dial, f64::from(target.timeout_ms));
        let families: Vec<Family> = Family::ALL
            .into_iter()
            .filter(|family| *target.expect.families.get(*family) != Expected::Ignored)
            .collect();

        let lookups = Box::pin(resolve(&tools, &target.endpoint.host, &target.addresses, &families, deadline)).await;
        let mut found: PerFamily<Option<LookupResult>> = PerFamily { ipv4: None, ipv6: None };
        for (family, lookup) in families.iter().zip(lookups) {
            *found.get_mut(*family) = Some(lookup);
        }
        let controls = self.controls_in_scope(&found);
        let turn = turn(now.unix_ms(), target.interval_s);
        let orders = controls.clone().map(|_, of_family| self.controls.borrow().order(&of_family, turn, now));

        let answers = whole::Answers::default();
        let family = |family: Family| {
            let (tools, found, orders, answers) = (&tools, &found, &orders, &answers);
            async move {
                let Some(lookup) = found.get(family) else {
                    return (Sample::skipped(None), Asked::default(), Doubt::default());
                };
                let is_public = lookup.as_ref().is_ok_and(|l| is_public(&l.addresses));
                let order = orders.get(family);
                let others = || if is_public { self.beside(target, family) } else { Vec::new() };
                let asked = AskedInDoubt { family, controls: &order.staged, is_public };
                // Boxed: it is most of a round's size, twice.
                let tally = control::tally(tools.dial, order, others, deadline);
                if let Some(each) = every::Visits::of(tools, target, family, lookup, in_turn, turn) {
                    let all = Box::pin(each.all(answers, tally, deadline));
                    let (sample, asked, doubt) =
                        Box::pin(doubt::probe_in_doubt(tools, target, &asked, deadline, all)).await;
                    self.known().note(target, family, &sample);
                    return (sample, asked, doubt);
                }
                let probe = Box::pin(async {
                    let sample = visit::probe(tools, answers, target, family, lookup.clone(), deadline).await;
                    self.known().note(target, family, &sample);
                    sample
                });
                let both = async { futures_util::join!(probe, tally) };
                Box::pin(doubt::probe_in_doubt(tools, target, &asked, deadline, both)).await
            }
        };
        let (ipv4, ipv6) = futures_util::join!(family(Family::Ipv4), family(Family::Ipv6));
        let mut samples = PerFamily { ipv4: ipv4.0, ipv6: ipv6.0 };
        let asked = PerFamily { ipv4: ipv4.1, ipv6: ipv6.1 };
        self.learn(&asked, now);
        let witnessed = asked.as_ref().map(|_, asked| asked.is_witnessed);
        let tallies = loopback_is_ourselves(&samples, asked.map(|_, asked| asked.tally));
        let doubts = PerFamily { ipv4: ipv4.2, ipv6: ipv6.2 };
        let proofs = PerFamily::from_fn(|family| {
            let doubt = doubts.get(family);
            Proof { tally: *tallies.get(family), opinion: doubt.opinion, nobody: doubt.nearby }
        });
        let nearby = proofs.map(|_, proof| proof.nearby());
        let standing = vantage::heard(vantage::judge(proofs), samples.as_ref(), nearby, witnessed);
        no_address_at_all(&mut samples);
        name_the_likely(&mut samples);
        let samples = samples.map(|family, mut sample| {
            if sample.outcome == Outcome::Failed || proofs.get(family).nobody == Nearby::Answers {
                sample.evidence.nobody.clone_from(&doubts.get(family).nobody);
            }
            diagnosis::settle(sample, *standing.get(family), proofs.get(family).nearby())
        });
        // What a client would see, whether or not the configuration wants it so.
        let dual_stack = dual_stack::view(&samples);
        let samples = samples.map(|_, sample| match target.expect.fails_with {
            Some(expected) => expectation::must_fail(sample, expected),
            None => sample,
        });
        let silent_controls = self.controls.borrow().findings();
        let vantage = Vantage { name: self.vantage.clone(), standing, silent_controls };
        let mut round = Round { target: target.url(), started_at: now, vantage, dual_stack, samples };
        round.show_texts();
        round
    }

    /// Asks the resolvers for the addresses of a target, as a round does, and connects to none of them. Ends within
    /// `timeout_ms`.
    pub async fn look_up(&self, target: &Target, timeout_ms: u32) -> PerFamily<LookupResult> {
        let deadline = Deadline::after(&self.dial, f64::from(timeout_ms));
        let both = Family::ALL;
        let found = Box::pin(resolve(&self.tools(), &target.endpoint.host, &target.addresses, &both, deadline)).await;
        let nobody = || NoAddress { failure: Failure::bare(Cause::NotObserved), elapsed_ms: None };
        let mut found = found.into_iter();
        PerFamily::from_fn(|_| found.next().unwrap_or_else(|| Err(nobody())))
    }

    pub(crate) fn tools(&self) -> Tools<'_, D> {
        Tools { dial: &self.dial, tls: &self.tls, policy: &self.policy, now: self.dial.wall() }
    }

    /// Returns whom else to ask over a family: nobody whom the configuration does not allow.
    fn beside(&self, target: &Target, family: Family) -> Vec<SocketAddr> {
        let mut others = self.known().beside(target, family);
        others.retain(|other| address::is_allowed(other.ip(), self.policy.allow_private));
        others
    }

    fn known(&self) -> MutexGuard<'_, Witnesses> {
        self.witnesses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn learn(&self, asked: &PerFamily<Asked>, now: Timestamp) {
        let mut controls = self.controls.borrow_mut();
        for (_, asked) in asked.iter() {
            controls.absorb(&asked.answers, now);
        }
    }

    /// Picks the controls that may judge: those of the same scope as the addresses that are measured.
    ///
    /// A family without an address takes the scope of the other; where there is no address at all, public controls
    /// judge, or whatever there is if none is public.
    fn controls_in_scope(&self, found: &PerFamily<Option<LookupResult>>) -> PerFamily<Vec<SocketAddr>> {
        let own = |family: Family| {
            let lookup = found.get(family).as_ref()?.as_ref().ok()?;
            lookup.addresses.first().map(|a| judged_as(address::scope(*a)))
        };
        let any = own(Family::Ipv6).or(own(Family::Ipv4));
        PerFamily::from_fn(|family| {
            if found.get(family).is_none() {
                return Vec::new();
            }
            let of_scope = |scope| -> Vec<SocketAddr> {
                let all = self.policy.controls.get(family).iter().copied();
                all.filter(|c| judged_as(address::scope(c.ip())) == scope).collect()
            };
            if let Some(scope) = own(family).or(any) {
                return of_scope(scope);
            }
            let public = of_scope(Scope::Public);
            if public.is_empty() { self.policy.controls.get(family).clone() } else { public }
        })
    }
}

/// A loopback address is the vantage itself: "no route" to it says that this family is missing here, with or without
/// controls of that scope.
fn loopback_is_ourselves(samples: &PerFamily<Sample>, tallies: PerFamily<Tally>) -> PerFamily<Tally> {
    tallies.map(|family, tally| {
        let sample = samples.get(family);
        let is_loopback = sample.address.is_some_and(|a| address::scope(a) == Scope::Loopback);
        if is_loopback && sample.cause == Some(Cause::NetUnreachable) && tally == Tally::default() {
            return Tally { answered: 0, failed: 1, refused: 0 };
        }
        tally
    })
}

/// Whether addresses that are measured are judged as public ones.
fn is_public(addresses: &[IpAddr]) -> bool {
    addresses.first().is_some_and(|a| judged_as(address::scope(*a)) == Scope::Public)
}

/// Documentation addresses are measured only in laboratories, which use them as if they were public.
fn judged_as(scope: Scope) -> Scope {
    match scope {
        Scope::Special | Scope::Public => Scope::Public,
        other => other,
    }
}

/// Another control is asked first in every round, so that each is asked in turn.
fn turn(now_ms: i64, interval_s: u32) -> usize {
    usize::try_from(now_ms / 1_000 / i64::from(interval_s.max(1))).unwrap_or(0)
}

/// "IPv4 only by design" needs an IPv4 address: a name without any address is reachable by nobody.
fn no_address_at_all(samples: &mut PerFamily<Sample>) {
    let unpublished = |s: &Sample| s.outcome == Outcome::Skipped && s.cause == Some(Cause::DnsNodata);
    if unpublished(&samples.ipv4) && unpublished(&samples.ipv6) {
        samples.ipv4.outcome = Outcome::Failed;
        samples.ipv6.outcome = Outcome::Failed;
    }
}

/// Where the host says only "no connection", the other family's handshake tells what that most likely was.
fn name_the_likely(samples: &mut PerFamily<Sample>) {
    for family in Family::ALL {
        let twin = samples.get(family.other()).phases.connect;
        let sample = samples.get_mut(family);
        let own = sample.phases.connect.or(twin);
        for each in sample.each.iter_mut().filter(|each| each.cause == Some(Cause::TcpNoConnection)) {
            if let Some(detail) = &mut each.detail
                && let Some(elapsed) = detail.elapsed_ms
            {
                let (likely, confidence) = classify::likely(elapsed, own);
                (detail.likely, detail.confidence) = (Some(likely), Some(confidence));
            }
        }
        if let (Some(Cause::TcpNoConnection), Some(elapsed)) = (sample.cause, sample.evidence.elapsed_ms) {
            let (likely, confidence) = classify::likely(elapsed, twin);
            sample.evidence.likely = Some(likely);
            sample.evidence.confidence = Some(confidence);
        }
    }
}
