//! The lines of a result and its evidence, in English.

use super::En;
use crate::self_test::{
    phrases::{Label, Lines, Signals, States},
    times::{Formats, Times},
};
use dualwatch_core::{
    measure::{family::Family, time::Timestamp},
    self_test::{evidence::Endpoint, signal::Signal, why::Confidence},
};
use dualwatch_wire::v1::self_test::{FamilyResult, Seen, Unreadable};

impl<F: Formats> Lines for En<F> {
    fn label(&self, label: Label) -> &'static str {
        match label {
            Label::Copied => "Copied.",
            Label::CopyByHand => "Your browser does not let this page copy. Here it is:",
            Label::HelpDeskCode => "Help desk code",
            Label::NoCode => "none",
            Label::Scores => "Scores",
            Label::NoScore => "n/a",
            Label::ToDo => "To do",
            Label::ForOperator => "For the operator",
            Label::Preferred => "Preferred",
            Label::NotSeen => "not seen",
            Label::Both => "both",
            Label::Codes => "Codes",
            Label::NoRecordsTold => "this page's own server does not say",
            Label::YourTime => "your time",
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
        format!("{points} of 10")
    }

    fn waits(&self, ms: f64) -> String {
        format!("Your browser waited {} for IPv6 before it took IPv4.", self.elapsed(ms))
    }

    fn seen_as(&self, family: Family, seen: Seen) -> String {
        format!("over {family}, seen as {seen}")
    }

    fn over(&self, family: Family) -> String {
        format!(" over {family}")
    }

    fn family_line(&self, family: Family, found: &FamilyResult) -> String {
        let (state, why) = (self.family_state(found.state), self.why(found.why));
        format!("{family}: {state}: {why}; {}.", self.presence(found.presence, family))
    }

    fn surely(&self, sure: Confidence) -> String {
        format!("How sure is that? {}.", self.confidence(sure))
    }

    fn measured(&self, at: Timestamp) -> String {
        let at = self.formats().moment(at);
        format!("A result that was shared with you, measured {at}. Nothing was asked for it now.")
    }

    fn taken(&self, at: &str) -> String {
        format!("Measured {at}.")
    }

    fn unreadable(&self, why: Unreadable) -> String {
        match why {
            Unreadable::TooLong => "This link is too long to hold a result.",
            Unreadable::NotOurs => "This link holds no result of a self-test.",
            Unreadable::Later(_) => "This result is of a newer version of this page. Open it where it was made.",
            Unreadable::Damaged => "This link was cut off or changed on its way. Ask for it once more.",
            Unreadable::Malformed => "This link holds no result that could be shown.",
        }
        .to_owned()
    }
}

impl<F: Formats> Signals for En<F> {
    fn signal(&self, signal: Signal) -> String {
        match signal {
            Signal::Offline => "your browser says that there is no network".to_owned(),
            Signal::Told { question, told, after_ms } => {
                format!("{}: {}", self.question(question), self.told(told, after_ms))
            }
            Signal::Chose(family) => format!("where it can choose, your browser takes {family} at once"),
            Signal::Waited { ms } => format!(
                "where it can choose, your browser waited {} for IPv6 and then took IPv4",
                self.elapsed(f64::from(ms))
            ),
            Signal::Hangs => "where it can choose, your browser gets no answer at all, though IPv4 answers".to_owned(),
            Signal::Has(family, what) => self.presence(what, family),
            Signal::Watched(family, Endpoint::Up) => format!("our own watcher reaches our test server over {family}"),
            Signal::Watched(family, Endpoint::Down) => {
                format!("our own watcher does not reach our test server over {family} either")
            }
            Signal::Watched(family, Endpoint::Unwatched) => {
                format!("nobody else watches our test server over {family}")
            }
            Signal::ProvenElsewhere(family) => format!("a service has answered you over {family}"),
            Signal::WrongClock => "the clock of your device is more than five minutes off".to_owned(),
            Signal::Unsteady(question) => format!("{}: not at every try", self.question(question)),
            Signal::Translated => {
                "your IPv4 reaches names, and no addresses: your network translates it (NAT64)".to_owned()
            }
        }
    }
}
