//! What stands around the questions, in English.

use super::En;
use crate::self_test::{
    phrases::{Around, Phase},
    times::Formats,
};
use dualwatch_core::self_test::{
    environment::{Condition, Fact},
    place::NotAsked,
};

impl<F: Formats> Around for En<F> {
    fn fact(&self, fact: Fact) -> &'static str {
        match fact {
            Fact::Online => "What your device says of its connection",
            Fact::Secure => "How this page reached you",
            Fact::Policy => "This page's own rules",
            Fact::MixedContent => "Insecure addresses on a secure page",
            Fact::LocalNetwork => "The permission for your local network",
            Fact::Addresses => "The addresses of your device",
        }
    }

    fn condition(&self, fact: Fact, condition: Condition) -> &'static str {
        match (condition, fact) {
            (Condition::Unseen, _) => "waiting…",
            (Condition::Fine, Fact::Online) => "connected",
            (Condition::Fine, Fact::Secure) => "securely",
            (Condition::Fine, Fact::Policy | Fact::MixedContent) => "nothing was held back",
            (Condition::Fine, Fact::LocalNetwork) => "granted",
            (Condition::Fine, Fact::Addresses) => "your browser tells their kinds",
            (Condition::Bad, Fact::Online) => "offline",
            (Condition::Bad, Fact::Secure) => "without encryption: some things cannot be tested",
            (Condition::Bad, Fact::Policy) => "they forbid a question",
            (Condition::Bad, Fact::MixedContent) => "a test server has no encryption and may not be asked from here",
            (Condition::Bad, Fact::LocalNetwork) => "denied",
            (Condition::Bad, Fact::Addresses) => "none",
            (Condition::Untold, _) => "your browser does not say",
            (Condition::NotNeeded, _) => "not asked for: it was not needed",
        }
    }

    fn not_asked(&self, why: NotAsked) -> &'static str {
        match why {
            NotAsked::NoEndpoint => "not asked: no server is set up for it here",
            NotAsked::NoTls => "not asked: it needs a secure page",
            NotAsked::SmallFailed => "not asked: the simpler question was not answered",
            NotAsked::NotNeeded => "not asked: the server answers under its own name",
        }
    }

    fn phase(&self, phase: Phase) -> &'static str {
        match phase {
            Phase::Name => "name",
            Phase::Connection => "connection",
            Phase::Encryption => "encryption",
            Phase::Answer => "answer",
        }
    }

    fn own_network(&self, name: &str) -> String {
        format!("Your network: {name}.")
    }

    fn private_addresses(&self, n: usize) -> String {
        format!("{n} of a private network")
    }
}
