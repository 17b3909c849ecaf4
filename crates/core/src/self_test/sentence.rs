//! The one sentence that a visitor gets first, as a value.

use crate::measure::family::Family;

/// What is said first. A family in it is the one that the sentence is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sentence {
    /// Nothing is known yet.
    Checking,
    /// This family answers; the rest is still being looked at.
    Answers(Family),
    /// Both answer; the rest is still being looked at.
    BothAnswer,
    /// Both work.
    Both,
    /// Only this one is there.
    Only(Family),
    /// Addresses yes, answers no.
    Broken(Family),
    /// Connections open and nothing more comes: pages hang, although the other family works.
    Hangs(Family),
    /// Small answers pass, large ones are lost.
    LosesLarge(Family),
    Slow(Family),
    /// Something keeps the visitor from it.
    Blocked(Family),
    /// It does not work, and the browser does not say whether it is missing or broken.
    DoesNotWork(Family),
    /// The other family works; this one could not be tested.
    Untested(Family),
    /// The other family works; of this one our own server is down.
    OursDown(Family),
    BothSlow,
    /// Each of the two is broken or missing in its own way.
    NothingWorks,
    /// Nothing of ours answers, and nothing says why.
    NothingAnswers,
    OursAllDown,
    Offline,
    Portal,
    WrongClock,
    /// The browser does not let this page ask anything.
    NotAllowed,
    /// There is nothing to ask.
    NotTested,
}

impl Sentence {
    /// Returns the stable code; the family is beside it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Checking => "checking",
            Self::Answers(_) => "answers",
            Self::BothAnswer => "both_answer",
            Self::Both => "both",
            Self::Only(_) => "only",
            Self::Broken(_) => "broken",
            Self::Hangs(_) => "hangs",
            Self::LosesLarge(_) => "loses_large",
            Self::Slow(_) => "slow",
            Self::Blocked(_) => "blocked",
            Self::DoesNotWork(_) => "does_not_work",
            Self::Untested(_) => "untested",
            Self::OursDown(_) => "ours_down",
            Self::BothSlow => "both_slow",
            Self::NothingWorks => "nothing_works",
            Self::NothingAnswers => "nothing_answers",
            Self::OursAllDown => "ours_all_down",
            Self::Offline => "offline",
            Self::Portal => "portal",
            Self::WrongClock => "wrong_clock",
            Self::NotAllowed => "not_allowed",
            Self::NotTested => "not_tested",
        }
    }

    pub const fn family(self) -> Option<Family> {
        match self {
            Self::Answers(f)
            | Self::Only(f)
            | Self::Broken(f)
            | Self::Hangs(f)
            | Self::LosesLarge(f)
            | Self::Slow(f)
            | Self::Blocked(f)
            | Self::DoesNotWork(f)
            | Self::Untested(f)
            | Self::OursDown(f) => Some(f),
            Self::Checking
            | Self::BothAnswer
            | Self::Both
            | Self::BothSlow
            | Self::NothingWorks
            | Self::NothingAnswers
            | Self::OursAllDown
            | Self::Offline
            | Self::Portal
            | Self::WrongClock
            | Self::NotAllowed
            | Self::NotTested => None,
        }
    }

    /// Every sentence.
    pub fn all() -> Vec<Self> {
        let of_family: [fn(Family) -> Self; 10] = [
            Self::Answers,
            Self::Only,
            Self::Broken,
            Self::Hangs,
            Self::LosesLarge,
            Self::Slow,
            Self::Blocked,
            Self::DoesNotWork,
            Self::Untested,
            Self::OursDown,
        ];
        let whole = [
            Self::Checking,
            Self::BothAnswer,
            Self::Both,
            Self::BothSlow,
            Self::NothingWorks,
            Self::NothingAnswers,
            Self::OursAllDown,
            Self::Offline,
            Self::Portal,
            Self::WrongClock,
            Self::NotAllowed,
            Self::NotTested,
        ];
        whole.into_iter().chain(of_family.into_iter().flat_map(|of| Family::ALL.map(of))).collect()
    }

    /// Returns the sentence with this code about this family.
    pub fn from_code(code: &str, family: Option<Family>) -> Option<Self> {
        Self::all().into_iter().find(|sentence| sentence.code() == code && sentence.family() == family)
    }

    /// Whether `next` only makes it more precise, and takes nothing of it back.
    ///
    /// Nothing is said to work before everything about it is known, so that only one turn is left: what was said to be
    /// broken or not there may answer after all, later than anybody waits, and is then slow. What is wrong with the other
    /// family may be added at any time.
    pub fn may_become(self, next: Self) -> bool {
        let of = |family| next.family() == Some(family);
        match (self, next) {
            _ if self == next => true,
            (Self::Checking, _) => true,
            // Of the family that answers, only more trouble may be told; of the other one, anything.
            (Self::Answers(f), Self::Only(g) | Self::Answers(g)) => f == g,
            (
                Self::Answers(_) | Self::BothAnswer,
                Self::BothAnswer
                | Self::Both
                | Self::BothSlow
                | Self::NothingWorks
                | Self::LosesLarge(_)
                | Self::Slow(_),
            ) => true,
            // It answers, and not at its names.
            (Self::Answers(_) | Self::BothAnswer, Self::Blocked(_)) => true,
            (Self::Answers(f), _) => of(f.other()),
            // Of one family only something else answers.
            (Self::Portal, Self::Blocked(_)) => true,
            // Nothing has answered so far: whatever comes late is news, but that all is well.
            (Self::NothingAnswers, Self::Both | Self::Only(_) | Self::Checking) => false,
            (Self::NothingAnswers, _) => true,
            (Self::NothingWorks, Self::Slow(_) | Self::BothSlow | Self::LosesLarge(_) | Self::Broken(_)) => true,
            _ => match (self.trouble(), next.trouble()) {
                (Some(f), Some(g)) if f != g => true,
                (Some(_), Some(_)) => match self {
                    Self::Broken(_) | Self::DoesNotWork(_) | Self::Hangs(_) => matches!(
                        next,
                        Self::Broken(_) | Self::DoesNotWork(_) | Self::Hangs(_) | Self::Slow(_) | Self::LosesLarge(_)
                    ),
                    Self::LosesLarge(_) | Self::Slow(_) => {
                        matches!(next, Self::Slow(_) | Self::LosesLarge(_))
                    }
                    _ => false,
                },
                (Some(_), None) => matches!(next, Self::BothSlow | Self::NothingWorks),
                _ => false,
            },
        }
    }

    /// Returns the family that something is said to be wrong with.
    const fn trouble(self) -> Option<Family> {
        match self {
            Self::Answers(_) | Self::Only(_) => None,
            _ => self.family(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back() {
        let all = Sentence::all();
        for (i, sentence) in all.iter().enumerate() {
            assert_eq!(Sentence::from_code(sentence.code(), sentence.family()), Some(*sentence));
            assert!(!all[i + 1..].contains(sentence));
        }
    }

    #[test]
    fn what_works_is_never_taken_back() {
        for next in Sentence::all() {
            for done in [Sentence::Both, Sentence::Only(Family::Ipv4), Sentence::Only(Family::Ipv6)] {
                assert_eq!(done.may_become(next), done == next, "{done:?} {next:?}");
            }
            assert!(Sentence::Checking.may_become(next));
            let broken = Sentence::Broken(Family::Ipv6);
            assert!(!broken.may_become(Sentence::Both) && !broken.may_become(Sentence::Only(Family::Ipv6)));
        }
    }
}
