//! What stands around the questions, in German.

use super::De;
use crate::self_test::{
    phrases::{Around, Phase},
    times::Formats,
};
use dualwatch_core::self_test::{
    environment::{Condition, Fact},
    place::NotAsked,
};

impl<F: Formats> Around for De<F> {
    fn fact(&self, fact: Fact) -> &'static str {
        match fact {
            Fact::Online => "Was Ihr Gerät über seine Verbindung sagt",
            Fact::Secure => "Wie diese Seite zu Ihnen kam",
            Fact::Policy => "Die Regeln dieser Seite",
            Fact::MixedContent => "Ungesicherte Adressen auf einer gesicherten Seite",
            Fact::LocalNetwork => "Die Erlaubnis für Ihr lokales Netz",
            Fact::Addresses => "Die Adressen Ihres Geräts",
        }
    }

    fn condition(&self, fact: Fact, condition: Condition) -> &'static str {
        match (condition, fact) {
            (Condition::Unseen, _) => "wird geprüft…",
            (Condition::Fine, Fact::Online) => "verbunden",
            (Condition::Fine, Fact::Secure) => "verschlüsselt",
            (Condition::Fine, Fact::Policy | Fact::MixedContent) => "nichts wurde zurückgehalten",
            (Condition::Fine, Fact::LocalNetwork) => "erteilt",
            (Condition::Fine, Fact::Addresses) => "Ihr Browser nennt ihre Arten",
            (Condition::Bad, Fact::Online) => "offline: nicht verbunden",
            (Condition::Bad, Fact::Secure) => "ohne Verschlüsselung: manches lässt sich nicht testen",
            (Condition::Bad, Fact::Policy) => "sie verbieten eine Frage",
            (Condition::Bad, Fact::MixedContent) => {
                "ein Testserver ist unverschlüsselt und darf von hier nicht gefragt werden"
            }
            (Condition::Bad, Fact::LocalNetwork) => "verweigert",
            (Condition::Bad, Fact::Addresses) => "keine",
            (Condition::Untold, _) => "Ihr Browser sagt es nicht",
            (Condition::NotNeeded, _) => "nicht erbeten: sie war nicht nötig",
        }
    }

    fn not_asked(&self, why: NotAsked) -> &'static str {
        match why {
            NotAsked::NoEndpoint => "nicht gefragt: hier ist kein Server dafür eingerichtet",
            NotAsked::NoTls => "nicht gefragt: dazu braucht es eine gesicherte Seite",
            NotAsked::SmallFailed => "nicht gefragt: die einfachere Frage blieb ohne Antwort",
            NotAsked::NotNeeded => "nicht gefragt: der Server antwortet unter seinem eigenen Namen",
        }
    }

    fn phase(&self, phase: Phase) -> &'static str {
        match phase {
            Phase::Name => "Name",
            Phase::Connection => "Verbindung",
            Phase::Encryption => "Verschlüsselung",
            Phase::Answer => "Antwort",
        }
    }

    fn own_network(&self, name: &str) -> String {
        format!("Ihr Netz: {name}.")
    }

    fn private_addresses(&self, n: usize) -> String {
        format!("{n} aus einem privaten Netz")
    }
}
