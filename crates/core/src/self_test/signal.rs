//! What a conclusion rests on: each signal with its value, as it can be shown and copied.

use crate::{
    measure::family::Family,
    self_test::{
        addresses::Presence,
        evidence::{Choice, Clock, Endpoint},
        family::{Dual, FamilyFacts},
        question::Question,
        run::{Reading, Run},
        told::Told,
    },
};

/// One piece of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The browser says that there is no network.
    Offline,
    /// How a question stands, and after how long; of a failure that is no latency.
    Told { question: Question, told: Told, after_ms: Option<u32> },
    /// The browser chose this family where it could, at once.
    Chose(Family),
    /// The browser took IPv4 after it had waited for IPv6.
    Waited { ms: u32 },
    /// The browser hangs where it could choose, though IPv4 answers.
    Hangs,
    /// What the device has.
    Has(Family, Presence),
    /// What the edge says of our own endpoint.
    Watched(Family, Endpoint),
    /// A service has answered over it at its own name over TLS.
    ProvenElsewhere(Family),
    /// The device's clock is wrong.
    WrongClock,
    /// The same answer did not come at every try.
    Unsteady(Question),
    /// IPv4 reaches names alone, and no addresses: it is translated on the way (RFC 6146, RFC 6147).
    Translated,
}

/// Returns what is known about a family, the strongest first.
pub fn signals(run: &Run, family: Family, now_ms: u32) -> Vec<Signal> {
    let evidence = run.evidence(now_ms);
    let facts = FamilyFacts::of(&evidence, family);
    let reading = |question| run.reading(question, now_ms);
    let mut signals = Vec::new();
    let mut add = |is: bool, signal: Signal| {
        if is {
            signals.push(signal);
        }
    };
    add(evidence.is_offline, Signal::Offline);
    add(evidence.clock == Clock::Wrong, Signal::WrongClock);
    add(facts.is_proven_elsewhere, Signal::ProvenElsewhere(family));
    let own = [Question::name_of(family), Question::literal_of(family), Question::neutral_of(family)];
    let large = [Question::large_of(family), Question::upload_of(family)];
    for question in own.into_iter().chain(large) {
        let Reading { told, after_ms, is_unsteady, .. } = reading(question);
        add(told != Told::NotAsked, Signal::Told { question, told, after_ms });
        add(is_unsteady, Signal::Unsteady(question));
    }
    add(
        evidence.choice == Choice::Ipv6 || evidence.choice == Choice::Ipv4,
        Signal::Chose(evidence.choice.family().unwrap_or(family)),
    );
    let waited = reading(Question::DualStack).connect_ms.filter(|_| evidence.choice == Choice::Ipv4AfterWait);
    add(waited.is_some(), Signal::Waited { ms: waited.unwrap_or(0) });
    add(facts.dual == Dual::HangsOn, Signal::Hangs);
    add(facts.presence != Presence::Unknown, Signal::Has(family, facts.presence));
    add(facts.endpoint != Endpoint::Unwatched, Signal::Watched(family, facts.endpoint));
    let is_translated = family == Family::Ipv4
        && facts.name.is_answer()
        && facts.literal.is_dead()
        && matches!(facts.presence, Presence::Absent | Presence::Hidden);
    add(is_translated, Signal::Translated);
    signals
}
