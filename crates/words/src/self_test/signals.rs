//! What a conclusion rests on, a fragment for each piece of evidence.

use crate::{
    elapsed,
    self_test::{presence, question, told},
};
use dualwatch_core::self_test::{evidence::Endpoint, signal::Signal};

/// Returns one piece of evidence as a fragment.
pub fn signal(signal: Signal) -> String {
    match signal {
        Signal::Offline => "your browser says that there is no network".to_owned(),
        Signal::Told { question: asked, told: how, after_ms } => {
            format!("{}: {}", question(asked), told(how, after_ms))
        }
        Signal::Chose(family) => format!("where it can choose, your browser takes {family} at once"),
        Signal::Waited { ms } => {
            format!("where it can choose, your browser waited {} for IPv6 and then took IPv4", elapsed(f64::from(ms)))
        }
        Signal::Hangs => "where it can choose, your browser gets no answer at all, though IPv4 answers".to_owned(),
        Signal::Has(family, what) => presence(what, family),
        Signal::Watched(family, Endpoint::Up) => format!("our own watcher reaches our test server over {family}"),
        Signal::Watched(family, Endpoint::Down) => {
            format!("our own watcher does not reach our test server over {family} either")
        }
        Signal::Watched(family, Endpoint::Unwatched) => format!("nobody else watches our test server over {family}"),
        Signal::ProvenElsewhere(family) => format!("a service has answered you over {family}"),
        Signal::WrongClock => "the clock of your device is more than five minutes off".to_owned(),
        Signal::Unsteady(asked) => format!("{}: not at every try", question(asked)),
        Signal::Translated => {
            "your IPv4 reaches names, and no addresses: your network translates it (NAT64)".to_owned()
        }
    }
}
