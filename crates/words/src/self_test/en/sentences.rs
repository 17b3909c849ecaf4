//! What the whole comes to, in English.

use super::En;
use crate::self_test::phrases::Sentences;
use dualwatch_core::{measure::family::Family, self_test::sentence::Sentence};

impl<F> Sentences for En<F> {
    fn sentence(&self, sentence: Sentence, preferred: Option<Family>) -> String {
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

    fn means(&self, sentence: Sentence) -> String {
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
}
