//! How each part stands, in English.

use super::En;
use crate::self_test::{
    phrases::States,
    times::{Formats, Times},
};
use dualwatch_core::{
    measure::family::Family,
    self_test::{
        addresses::Presence,
        family::FamilyState,
        question::Question,
        told::{Pace, Refusal, Told},
        why::{Confidence, Why},
    },
};

impl<F: Formats> States for En<F> {
    fn family_state(&self, state: FamilyState) -> &'static str {
        match state {
            FamilyState::Works => "works",
            FamilyState::Slow => "slow",
            FamilyState::Broken => "broken",
            FamilyState::None => "not there",
            FamilyState::Blocked => "blocked",
            FamilyState::Unknown => "not known",
        }
    }

    fn confidence(&self, confidence: Confidence) -> &'static str {
        match confidence {
            Confidence::Certain => "this is certain",
            Confidence::Likely => "this is very likely",
            Confidence::Unsure => "this is a guess: the browser does not say more",
        }
    }

    fn question(&self, question: Question) -> &'static str {
        match question {
            Question::Portal => "This page's own server",
            Question::DualStack => "A server with both: which one your browser takes",
            Question::Ipv4 => "A server with IPv4 only",
            Question::Ipv6 => "A server with IPv6 only",
            Question::LiteralIpv4 => "An IPv4 address without a name",
            Question::LiteralIpv6 => "An IPv6 address without a name",
            Question::LargeIpv4 => "A large answer over IPv4",
            Question::LargeIpv6 => "A large answer over IPv6",
            Question::LargeDualStack => "A large answer from a server with both",
            Question::UploadIpv4 => "A large upload over IPv4",
            Question::UploadIpv6 => "A large upload over IPv6",
            Question::UploadDualStack => "A large upload to a server with both",
            Question::Http3 => "The newest web protocol (HTTP/3)",
            Question::ResolverIpv6 => "Names that can be looked up over IPv6 only",
            Question::NeutralIpv4 => "A server with IPv4 only, under a neutral name",
            Question::NeutralIpv6 => "A server with IPv6 only, under a neutral name",
        }
    }

    fn told(&self, told: Told, after_ms: Option<u32>) -> String {
        let ms = |text: &str| {
            after_ms.map_or_else(|| text.to_owned(), |ms| format!("{text} after {}", self.elapsed(f64::from(ms))))
        };
        match told {
            Told::NotAsked => "not asked".to_owned(),
            Told::Waiting => "waiting…".to_owned(),
            Told::Overdue => "no answer so far".to_owned(),
            Told::Ok => ms("answered"),
            Told::Slow => ms("answered late,"),
            Told::Silent => after_ms.map_or_else(
                || "no answer".to_owned(),
                |ms| format!("no answer; given up after {}", self.elapsed(f64::from(ms))),
            ),
            Told::Failed(Pace::AtOnce) => ms("failed on your device"),
            Told::Failed(Pace::RoundTrip) => ms("turned away"),
            Told::Failed(Pace::Gateway) => ms("the next machine on the way does not answer: failed"),
            Told::Failed(Pace::Unclear) => ms("failed"),
            Told::Foreign => "something else answered in its place".to_owned(),
            Told::Status => "answered with an error".to_owned(),
            Told::Partial => "the answer was cut off".to_owned(),
            Told::WrongFamily => "answered over the other kind of address".to_owned(),
            Told::Refused(refusal) => refused(refusal).to_owned(),
            Told::Discarded => "answered over a connection that was there before: not counted".to_owned(),
            Told::NotOffered => "not offered by the server".to_owned(),
            Told::NotUsed => "offered; your browser asked the older way this time".to_owned(),
        }
    }

    fn presence(&self, presence: Presence, family: Family) -> String {
        match presence {
            Presence::Unknown => format!("your browser does not say whether your device has an {family} address"),
            Presence::Global => format!("your device has an {family} address for the Internet"),
            Presence::Local => format!("your device has {family} addresses of your own network only"),
            Presence::Tunnel => format!("your device has an {family} address of an old kind of tunnel"),
            Presence::Some => format!("your device seems to have an {family} address"),
            Presence::Absent => format!("your device has no {family} address"),
            Presence::Hidden => format!("your device seems to have no {family} address"),
        }
    }

    #[allow(clippy::too_many_lines)] // One table, read from top to bottom.
    fn why(&self, why: Why) -> &'static str {
        match why {
            Why::Fine => "all is well",
            Why::Checking => "still checking",
            Why::NotTested => "not tested",
            Why::NoAddress => "your device has no such address",
            Why::LocalAddress => "your device has addresses of your own network only",
            Why::FailsAtOnce => "it fails at once; missing or refused, the browser does not say",
            Why::RejectedNear => "something on or near your device turns it away at once",
            Why::NoGateway => "your router does not answer for it",
            Why::Silent => "what your device sends is never answered",
            Why::Hangs => "connections open and then nothing more comes",
            Why::Rejected => "something turns the connection away",
            Why::LargeLost => "large packets get lost on the way",
            Why::LargeLate => "large packets get through only after a while",
            Why::Late => "answers come late",
            Why::CutShort => "answers are cut off",
            Why::NamesFiltered => "the way is fine, but names are not found: your name server leaves them out",
            Why::Intercepted => "something near you answers in place of the real server",
            Why::OurName => "it works; only our own test name does not answer",
            Why::OurServer => "our own test server is down",
            Why::WrongFamily => "our test name answered over the other kind of address",
            Why::Reused => "your browser used an old connection again",
            Why::Csp => "this page's own rules forbid it",
            Why::MixedContent => "a secure page may not ask an insecure address",
            Why::LocalNetwork => "the permission for your local network was denied",
            Why::Permission => "your browser is waiting for your permission",
            Why::Blocker => "an extension or a filter on your device blocks it",
            Why::Offline => "your device is offline",
            Why::CaptivePortal => "a login page answers in place of everybody",
            Why::WrongClock => "the clock of your device is wrong",
            Why::NothingAnswers => "nothing answers, and nothing says why",
            Why::NoSuchName => "its name does not exist",
            Why::Unpublished => "it does not offer this",
            Why::PrivateAddress => "its address is one of a private network",
            Why::Unreadable => "it answers; your browser hides the answer from this page",
            Why::ErrorStatus => "it answers with an error",
            Why::Down => "it is down, for others too",
            Why::Between => "it works for others, and your connection works: the trouble is between you",
            Why::NameBlocked => "something in your browser or network blocks the name",
            Why::Certificate => "its certificate is not good, for others either",
            Why::CertificateHere => "its certificate is not accepted here",
            Why::NotKnown => "it failed here, and nothing says why",
            Why::YourFamily => "your own connection does not work this way",
        }
    }
}

const fn refused(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Csp => "this page's own rules forbid it",
        Refusal::MixedContent => "a secure page may not ask an insecure address",
        Refusal::LocalNetwork => "you have denied the permission",
        Refusal::Permission => "your browser is waiting for your permission",
        Refusal::Blocker => "blocked by an extension or a filter",
    }
}
