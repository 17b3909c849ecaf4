//! The self-test in words: one sentence first, what it means for the visitor, how each question stands.
//!
//! Each function is one phrase with its arguments, so that another language is another file of the same functions. What
//! to do is in `advice`, the text for a ticket in `ticket`.

mod advice;
mod around;
mod page;
mod signals;
mod ticket;

pub use advice::{for_operator, for_visitor};
pub use around::{NO_RECORDS_TOLD, condition, fact, network, not_asked, phases, records};
pub use page::{COPIED, COPY_BY_HAND, TITLE, codes, family_line, measured, seen_as, surely, unreadable};
pub use signals::signal;
pub use ticket::ticket;

use crate::elapsed;
use dualwatch_core::{
    measure::family::Family,
    self_test::{
        addresses::Presence,
        family::FamilyState,
        question::Question,
        sentence::Sentence,
        told::{Pace, Refusal, Told},
        why::{Confidence, Why},
    },
};

/// Returns the first sentence. `preferred` is the family that browsers here take where both are offered, once known.
pub fn sentence(sentence: Sentence, preferred: Option<Family>) -> String {
    match sentence {
        Sentence::Checking => "Checking your connection…".to_owned(),
        Sentence::Answers(f) => format!("Your {f} answers; still checking your {}…", f.other()),
        Sentence::BothAnswer => {
            "Your IPv4 and your IPv6 answer; still checking whether everything gets through…".to_owned()
        }
        Sentence::Both => match preferred {
            Some(f) => format!("You have IPv4 and IPv6, and your browser prefers {f}."),
            None => "You have IPv4 and IPv6, and both work.".to_owned(),
        },
        Sentence::Only(f) => format!("Your {f} works; you have no {}.", f.other()),
        Sentence::Broken(f) => format!("Your {f} is broken: your device tries to use it and gets no answer."),
        Sentence::Hangs(f) => format!("Your {f} is broken: connections open, and then nothing more comes."),
        Sentence::LosesLarge(f) => format!("Your {f} is broken: not every answer arrives whole."),
        Sentence::Slow(f) => format!("Your {f} works, but it is very slow."),
        Sentence::Blocked(f) => format!("Something keeps this page from using your {f}."),
        Sentence::DoesNotWork(f) => format!("Your {} works; your {f} does not.", f.other()),
        Sentence::Untested(f) => format!("Your {} works; your {f} could not be tested.", f.other()),
        Sentence::OursDown(f) => format!("Your {} works; our own test server does not answer over {f}.", f.other()),
        Sentence::BothSlow => "Your connection works, but it is very slow.".to_owned(),
        Sentence::NothingWorks => "Neither your IPv4 nor your IPv6 carries what it should.".to_owned(),
        Sentence::NothingAnswers => {
            "Nothing of ours answers you: your connection is down, or our test servers are.".to_owned()
        }
        Sentence::OursAllDown => "Our own test servers are down, so your connection cannot be tested.".to_owned(),
        Sentence::Offline => "Your device says that it is offline.".to_owned(),
        Sentence::Portal => {
            "This network wants you to log in first: a login page answers in place of everybody.".to_owned()
        }
        Sentence::WrongClock => {
            "The clock of your device is wrong, so that no secure connection can be made.".to_owned()
        }
        Sentence::NotAllowed => "Your browser does not let this page test your connection.".to_owned(),
        Sentence::NotTested => "There is no test server set up here, so your connection was not tested.".to_owned(),
    }
}

/// Returns what it means for somebody who just wants to use the Internet.
pub fn means(sentence: Sentence) -> String {
    match sentence {
        Sentence::Checking | Sentence::Answers(_) | Sentence::BothAnswer => "This takes a few seconds.".to_owned(),
        Sentence::Both => "You can reach every site, old and new.".to_owned(),
        Sentence::Only(Family::Ipv4) => {
            "Nearly all sites work for you. The few that have IPv6 only do not; nothing is broken.".to_owned()
        }
        Sentence::Only(Family::Ipv6) => "Sites that have IPv4 only do not open for you.".to_owned(),
        Sentence::Broken(f) => format!(
            "Sites with {f} open late: your browser waits for an answer and then takes {}. Other programs may not open them at all.",
            f.other()
        ),
        Sentence::Hangs(f) => {
            format!(
                "Sites with {f} may not open at all, because programs do not turn back to {} from there.",
                f.other()
            )
        }
        Sentence::LosesLarge(f) => format!("Sites with {f} begin to load and then stand still."),
        Sentence::Slow(f) => format!("Sites that you reach over {f} take long to open."),
        Sentence::Blocked(f) => {
            format!("Whether your {f} works is not known; sites may still open over {}.", f.other())
        }
        Sentence::DoesNotWork(f) => {
            format!("Sites open over {}, without delay. Sites that have {f} only do not.", f.other())
        }
        Sentence::Untested(_) | Sentence::OursDown(_) => {
            "Nothing is known to be wrong with your connection.".to_owned()
        }
        Sentence::BothSlow => "Everything opens late.".to_owned(),
        Sentence::NothingWorks => "Most sites will not open, or stand still.".to_owned(),
        Sentence::NothingAnswers => "If other sites open, it is us.".to_owned(),
        Sentence::OursAllDown => "This says nothing about your connection.".to_owned(),
        Sentence::Offline => "No site can be reached.".to_owned(),
        Sentence::Portal => "Nothing works until you have logged in.".to_owned(),
        Sentence::WrongClock => "Secure sites show warnings, or do not open.".to_owned(),
        Sentence::NotAllowed | Sentence::NotTested => "This says nothing about your connection.".to_owned(),
    }
}

/// Returns what browsers lose at every first visit of a site, where they wait for IPv6 in vain.
pub fn waits(ms: f64) -> String {
    format!("Your browser waited {} for IPv6 before it took IPv4.", elapsed(ms))
}

/// Returns the state of a family in a word or two.
pub const fn family_state(state: FamilyState) -> &'static str {
    match state {
        FamilyState::Works => "works",
        FamilyState::Slow => "slow",
        FamilyState::Broken => "broken",
        FamilyState::None => "not there",
        FamilyState::Blocked => "blocked",
        FamilyState::Unknown => "not known",
    }
}

/// Returns how sure it is, as the end of a sentence.
pub const fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Certain => "this is certain",
        Confidence::Likely => "this is very likely",
        Confidence::Unsure => "this is a guess: the browser does not say more",
    }
}

/// Returns what a question is about.
pub const fn question(question: Question) -> &'static str {
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
    }
}

/// Returns how a question stands. `after_ms` is how long the answer took; of a failure, after how long it failed.
pub fn told(told: Told, after_ms: Option<u32>) -> String {
    let ms =
        |text: &str| after_ms.map_or_else(|| text.to_owned(), |ms| format!("{text} after {}", elapsed(f64::from(ms))));
    match told {
        Told::NotAsked => "not asked".to_owned(),
        Told::Waiting => "waiting…".to_owned(),
        Told::Overdue => "no answer so far".to_owned(),
        Told::Ok => ms("answered"),
        Told::Slow => ms("answered late,"),
        Told::Silent => after_ms.map_or_else(
            || "no answer".to_owned(),
            |ms| format!("no answer; given up after {}", elapsed(f64::from(ms))),
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

const fn refused(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Csp => "this page's own rules forbid it",
        Refusal::MixedContent => "a secure page may not ask an insecure address",
        Refusal::LocalNetwork => "you have denied the permission",
        Refusal::Permission => "your browser is waiting for your permission",
        Refusal::Blocker => "blocked by an extension or a filter",
    }
}

/// Returns what the device's addresses of a family are.
pub fn presence(presence: Presence, family: Family) -> String {
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

/// Returns why a family, a connection or a service is as it is, as a fragment.
#[allow(clippy::too_many_lines)] // One table, read from top to bottom.
pub const fn why(why: Why) -> &'static str {
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
        Why::NameBlocked => "something in your network blocks its name",
        Why::Certificate => "its certificate is not good, for others either",
        Why::CertificateHere => "its certificate is not accepted here",
        Why::NotKnown => "it failed here, and nothing says why",
        Why::YourFamily => "your own connection does not work this way",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sentence_needs_no_other_word_than_ipv4_and_ipv6() {
        for said in Sentence::all() {
            for preferred in [None, Some(Family::Ipv4), Some(Family::Ipv6)] {
                let text = sentence(said, preferred);
                let jargon =
                    ["DNS", "TCP", "TLS", "MTU", "RFC", "HTTP", "AAAA", "ICMP", "CORS", "NAT", "endpoint", "dual"];
                assert!(!jargon.iter().any(|word| text.contains(word)), "{text}");
                assert!(text.ends_with('.') || text.ends_with('…'), "{text}");
                assert!(text.len() < 120, "{text}");
            }
            assert!(!means(said).is_empty());
        }
    }

    #[test]
    fn no_two_sentences_and_no_two_reasons_read_alike() {
        let all = Sentence::all();
        for (i, said) in all.iter().enumerate() {
            assert!(all[i + 1..].iter().all(|other| sentence(*other, None) != sentence(*said, None)), "{said:?}");
        }
        for (i, reason) in Why::ALL.iter().enumerate() {
            let is_policy = matches!(reason, Why::Csp | Why::MixedContent);
            assert!(is_policy || Why::ALL[i + 1..].iter().all(|other| why(*other) != why(*reason)), "{reason:?}");
        }
    }

    #[test]
    fn a_failure_has_no_latency() {
        assert_eq!(told(Told::Ok, Some(42)), "answered after 42 ms");
        assert_eq!(told(Told::Silent, Some(3_200)), "no answer; given up after 3.2 s");
        assert_eq!(told(Told::Failed(Pace::Unclear), Some(3)), "failed after 3 ms");
        assert_eq!(told(Told::Failed(Pace::Unclear), None), "failed");
    }
}
