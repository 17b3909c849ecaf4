//! The lines of a result and its evidence, in German.

use super::De;
use crate::self_test::{
    phrases::{Label, Lines, Signals, States},
    times::{Formats, Times},
};
use dualwatch_core::{
    measure::{family::Family, time::Timestamp},
    self_test::{evidence::Endpoint, signal::Signal, why::Confidence},
};
use dualwatch_wire::v1::self_test::{FamilyResult, Seen, Unreadable};

impl<F: Formats> Lines for De<F> {
    fn label(&self, label: Label) -> &'static str {
        match label {
            Label::Copied => "Kopiert.",
            Label::CopyByHand => "Ihr Browser erlaubt dieser Seite nicht zu kopieren. Hier ist der Text:",
            Label::HelpDeskCode => "Code für den Helpdesk",
            Label::NoCode => "keiner",
            Label::Scores => "Punkte",
            Label::NoScore => "keine",
            Label::ToDo => "Zu tun",
            Label::ForOperator => "Für den Betreiber",
            Label::Preferred => "Bevorzugt",
            Label::NotSeen => "nicht beobachtet",
            Label::Both => "beides",
            Label::Codes => "Codes",
            Label::NoRecordsTold => "der Server dieser Seite sagt es nicht",
            Label::YourTime => "Ihre Zeit",
        }
    }

    fn pair(&self, name: &str, said: &str) -> String {
        format!("{name}: {said}")
    }

    fn list(&self, fragments: &[String]) -> String {
        fragments.join("; ")
    }

    fn aside(&self, said: &str, aside: &str) -> String {
        format!("{said} ({aside})")
    }

    fn points(&self, points: &str) -> String {
        format!("{points} von 10")
    }

    fn waits(&self, ms: f64) -> String {
        format!("Ihr Browser hat {} auf IPv6 gewartet, bevor er IPv4 nahm.", self.elapsed(ms))
    }

    fn seen_as(&self, family: Family, seen: Seen) -> String {
        format!("über {family}, gesehen als {seen}")
    }

    fn over(&self, family: Family) -> String {
        format!(" über {family}")
    }

    fn family_line(&self, family: Family, found: &FamilyResult) -> String {
        let (state, why) = (self.family_state(found.state), self.why(found.why));
        format!("{family}: {state}: {why}; {}.", self.presence(found.presence, family))
    }

    fn surely(&self, sure: Confidence) -> String {
        format!("Wie sicher ist das? Antwort: {}.", self.confidence(sure))
    }

    fn measured(&self, at: Timestamp) -> String {
        let at = self.formats().moment(at);
        format!("Ein Ergebnis, das jemand mit Ihnen teilt, gemessen: {at}. Jetzt wurde dafür nichts abgefragt.")
    }

    fn taken(&self, at: &str) -> String {
        format!("Gemessen: {at}.")
    }

    fn unreadable(&self, why: Unreadable) -> String {
        match why {
            Unreadable::TooLong => "Dieser Link ist zu lang, um ein Ergebnis zu enthalten.",
            Unreadable::NotOurs => "Dieser Link enthält kein Ergebnis eines Selbsttests.",
            Unreadable::Later(_) => {
                "Dieses Ergebnis stammt von einer neueren Version dieser Seite. Öffnen Sie es dort, wo es entstanden ist."
            }
            Unreadable::Damaged => {
                "Dieser Link wurde unterwegs abgeschnitten oder verändert. Bitten Sie noch einmal darum."
            }
            Unreadable::Malformed => "Dieser Link enthält kein Ergebnis, das sich zeigen ließe.",
        }
        .to_owned()
    }
}

impl<F: Formats> Signals for De<F> {
    fn signal(&self, signal: Signal) -> String {
        match signal {
            Signal::Offline => "Ihr Browser meldet, dass kein Netz da ist".to_owned(),
            Signal::Told { question, told, after_ms } => {
                format!("{}: {}", self.question(question), self.told(told, after_ms))
            }
            Signal::Chose(family) => format!("wo er wählen kann, nimmt Ihr Browser sofort {family}"),
            Signal::Waited { ms } => format!(
                "wo er wählen kann, hat Ihr Browser {} auf IPv6 gewartet und dann IPv4 genommen",
                self.elapsed(f64::from(ms))
            ),
            Signal::Hangs => {
                "wo er wählen kann, bekommt Ihr Browser gar keine Antwort, obwohl IPv4 antwortet".to_owned()
            }
            Signal::Has(family, what) => self.presence(what, family),
            Signal::Watched(family, Endpoint::Up) => {
                format!("unser eigener Beobachter erreicht unseren Testserver über {family}")
            }
            Signal::Watched(family, Endpoint::Down) => {
                format!("auch unser eigener Beobachter erreicht unseren Testserver über {family} nicht")
            }
            Signal::Watched(family, Endpoint::Unwatched) => {
                format!("niemand sonst beobachtet unseren Testserver über {family}")
            }
            Signal::ProvenElsewhere(family) => format!("ein Dienst hat Ihnen über {family} geantwortet"),
            Signal::WrongClock => "die Uhr Ihres Geräts geht um mehr als fünf Minuten falsch".to_owned(),
            Signal::Unsteady(question) => format!("{}: nicht bei jedem Versuch", self.question(question)),
            Signal::Translated => {
                "Ihr IPv4 erreicht Namen, aber keine Adressen: Ihr Netz übersetzt es (NAT64)".to_owned()
            }
        }
    }
}
