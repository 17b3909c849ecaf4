//! What everything together comes to: the sentence, whose side it is on, how sure that is.

use crate::{
    judge::verdict::Side,
    measure::family::{Family, PerFamily},
    self_test::{
        evidence::{Clock, Evidence},
        family::{FamilyFacts, FamilyFinding, FamilyState, of_family},
        question::{Question, Questions},
        sentence::Sentence,
        told::Told,
        why::{Confidence, Why},
    },
};

/// What can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conclusion {
    pub sentence: Sentence,
    pub families: PerFamily<FamilyFinding>,
    /// The family that browsers here prefer where a name has both, once that was seen.
    pub preferred: Option<Family>,
    pub why: Why,
    pub side: Side,
    pub confidence: Confidence,
    /// What is still being waited for.
    pub waiting: Questions,
    /// Whether everything was answered, or given up.
    pub is_complete: bool,
}

/// What the sentence depends on, beside what is said of each family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole {
    pub families: PerFamily<FamilyFinding>,
    pub proven: PerFamily<bool>,
    pub portal: Told,
    /// What the name of both families told.
    pub dual: Told,
    pub clock: Clock,
    pub is_offline: bool,
}

/// Concludes from everything that is known.
pub fn conclude(evidence: &Evidence) -> Conclusion {
    let whole = Whole {
        families: PerFamily::from_fn(|family| of_family(&FamilyFacts::of(evidence, family))),
        proven: PerFamily::from_fn(|family| evidence.is_proven(family)),
        portal: evidence.told(Question::Portal),
        dual: evidence.told(Question::DualStack),
        clock: evidence.clock,
        is_offline: evidence.is_offline,
    };
    let (sentence, why, confidence) = sentence(&whole);
    // Who turned to IPv4 because our own endpoint fails over IPv6 does not prefer it.
    let is_driven = evidence.choice.family() == Some(Family::Ipv4) && whole.families.ipv6.why == Why::OurName;
    let waiting: Questions = Question::ALL.into_iter().filter(|q| evidence.told(*q).is_open()).collect();
    Conclusion {
        sentence,
        families: whole.families,
        preferred: evidence.choice.family().filter(|_| !is_driven),
        why,
        side: why.side(),
        confidence,
        waiting,
        is_complete: waiting.is_empty(),
    }
}

/// How a family counts for the sentence, the best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    Works,
    Slow,
    /// It answers, and not everything about it is known.
    Answers,
    Checking,
    /// Something is wrong, or missing.
    Not,
}

impl Whole {
    fn use_of(&self, family: Family) -> Use {
        let finding = self.families.get(family);
        match (finding.state, finding.why) {
            (FamilyState::Works, _) => Use::Works,
            (FamilyState::Slow, _) => Use::Slow,
            (FamilyState::Unknown, Why::Checking) if *self.proven.get(family) => Use::Answers,
            (FamilyState::Unknown, Why::Checking) => Use::Checking,
            _ => Use::Not,
        }
    }

    /// Whether an answer of ours has come, also under a neutral name.
    fn is_any_proven(&self) -> bool {
        self.families.iter().any(|(family, finding)| *self.proven.get(family) || finding.why == Why::NameBlocked)
    }
}

/// Decides the sentence, why it is so, and how sure that is.
///
/// | nothing is proven, and | sentence |
/// |---|---|
/// | the browser says that it has no network | `offline` |
/// | the page's own address is answered by something else, or each family's | `portal` |
/// | the device's clock is wrong, and nothing is being waited for | `wrong_clock` |
///
/// Otherwise by the families: a row for both orders of the two.
///
/// | one | other | sentence |
/// |---|---|---|
/// | works | works, slow | `both` (because of our own name, where one of ours fails or is blocked beside that), `slow` of the other |
/// | slow | slow | `both_slow` |
/// | slow | answers | `slow` of the one |
/// | works, answers | answers | `both_answer` |
/// | works, slow, answers | checking | `answers` |
/// | works, slow, answers | broken: hangs, loses large answers, otherwise | `hangs`, `loses_large`, `broken` of the other |
/// | works, slow, answers | blocked, our server is down, fails, not tested | `blocked`, `ours_down`, `does_not_work`, `untested` |
/// | works; slow; answers | not there | `only`; `slow`; `answers` |
/// | checking | checking, anything else | `checking` |
/// | loses large answers | broken; not there, blocked, not tested, .. | `nothing_works`; `loses_large` |
/// | blocked by the browser, or by our name | the same | `not_allowed` |
/// | blocked by our name | broken, not there, not tested, .. | `blocked` of the one |
/// | not tested | not tested | `not_tested` |
/// | our server is down | the same | `ours_all_down` |
/// | silent, fails, not there | silent, fails, not there | `nothing_answers`: whose side that is on nothing says |
pub fn sentence(whole: &Whole) -> (Sentence, Why, Confidence) {
    let (v4, v6) = (whole.families.ipv4, whole.families.ipv6);
    let both = |test: fn(Why) -> bool| test(v4.why) && test(v6.why);
    if !whole.is_any_proven() {
        if whole.is_offline {
            return (Sentence::Offline, Why::Offline, Confidence::Certain);
        }
        if whole.portal == Told::Foreign || both(|why| why == Why::Intercepted) {
            return (Sentence::Portal, Why::CaptivePortal, Confidence::Likely);
        }
        let is_waiting = whole.portal.is_open() || v4.why == Why::Checking || v6.why == Why::Checking;
        if whole.clock == Clock::Wrong && !is_waiting {
            return (Sentence::WrongClock, Why::WrongClock, Confidence::Likely);
        }
    }
    // The better one first; of two that are alike, IPv4: the sentence is then about IPv6, which breaks more often.
    let (use4, use6) = (whole.use_of(Family::Ipv4), whole.use_of(Family::Ipv6));
    let first = if use6 < use4 { Family::Ipv6 } else { Family::Ipv4 };
    let (one, other) = (whole.use_of(first), whole.use_of(first.other()));
    let about = *whole.families.get(first.other());
    let of_first = *whole.families.get(first);
    let said = |sentence, finding: FamilyFinding| (sentence, finding.why, finding.confidence);
    match (one, other) {
        (Use::Works, Use::Works) if v4.why == Why::NameBlocked || v6.why == Why::NameBlocked => {
            (Sentence::Both, Why::NameBlocked, Confidence::Likely)
        }
        // Both are proven: what fails beside that is a name of ours, and said to be.
        (Use::Works, Use::Works) if whole.dual.is_dead() || v4.why == Why::OurName || v6.why == Why::OurName => {
            (Sentence::Both, Why::OurName, Confidence::Likely)
        }
        (Use::Works, Use::Works) => (Sentence::Both, Why::Fine, v4.confidence.min(v6.confidence)),
        (Use::Works, Use::Slow) => said(Sentence::Slow(first.other()), about),
        (Use::Slow, Use::Slow) => said(Sentence::BothSlow, about),
        (Use::Slow, Use::Answers) => said(Sentence::Slow(first), of_first),
        (Use::Works | Use::Answers, Use::Answers) => (Sentence::BothAnswer, Why::Checking, Confidence::Certain),
        (Use::Works | Use::Slow | Use::Answers, Use::Checking) => {
            (Sentence::Answers(first), Why::Checking, Confidence::Certain)
        }
        (Use::Works | Use::Slow | Use::Answers, Use::Not) => beside(first, one, of_first, about),
        (Use::Checking, Use::Checking | Use::Not) => (Sentence::Checking, Why::Checking, Confidence::Certain),
        (Use::Not, Use::Not) => neither(v4, v6),
        // The better one is first.
        (Use::Slow | Use::Answers | Use::Checking | Use::Not, _) => {
            (Sentence::Checking, Why::Checking, Confidence::Certain)
        }
    }
}

/// The first family carries something; the other one does not.
fn beside(first: Family, one: Use, of_first: FamilyFinding, about: FamilyFinding) -> (Sentence, Why, Confidence) {
    let other = first.other();
    let sentence = match (about.state, about.why) {
        (FamilyState::None, _) => match one {
            Use::Answers => return (Sentence::Answers(first), Why::Checking, Confidence::Certain),
            Use::Slow => return (Sentence::Slow(first), of_first.why, of_first.confidence),
            _ => Sentence::Only(first),
        },
        (FamilyState::Broken, Why::Hangs) => Sentence::Hangs(other),
        (FamilyState::Broken, Why::LargeLost | Why::CutShort) => Sentence::LosesLarge(other),
        (FamilyState::Broken, _) => Sentence::Broken(other),
        (FamilyState::Blocked, _) => Sentence::Blocked(other),
        (_, Why::OurServer) => Sentence::OursDown(other),
        (_, Why::FailsAtOnce) => Sentence::DoesNotWork(other),
        _ => Sentence::Untested(other),
    };
    (sentence, about.why, about.confidence)
}

/// Neither family carries what it should.
fn neither(v4: FamilyFinding, v6: FamilyFinding) -> (Sentence, Why, Confidence) {
    let both = |test: fn(FamilyFinding) -> bool| test(v4) && test(v6);
    let is_large = |finding: FamilyFinding| matches!(finding.why, Why::LargeLost | Why::CutShort);
    let sure = v4.confidence.min(v6.confidence);
    if is_large(v4) || is_large(v6) {
        let (finding, family, rest) = if is_large(v6) { (v6, Family::Ipv6, v4) } else { (v4, Family::Ipv4, v6) };
        return match rest.state {
            FamilyState::Broken => (Sentence::NothingWorks, finding.why, finding.confidence),
            _ => (Sentence::LosesLarge(family), finding.why, finding.confidence),
        };
    }
    if both(|f| f.why == Why::NotTested) {
        return (Sentence::NotTested, Why::NotTested, Confidence::Certain);
    }
    if both(|f| f.why == Why::OurServer) {
        return (Sentence::OursAllDown, Why::OurServer, sure);
    }
    let is_refused = |why| {
        matches!(
            why,
            Why::Csp
                | Why::MixedContent
                | Why::LocalNetwork
                | Why::Permission
                | Why::Blocker
                | Why::NameBlocked
                | Why::NotTested
        )
    };
    let blocked = |finding: FamilyFinding| finding.why == Why::NameBlocked;
    if blocked(v4) != blocked(v6) {
        let (finding, family) = if blocked(v4) { (v4, Family::Ipv4) } else { (v6, Family::Ipv6) };
        return (Sentence::Blocked(family), finding.why, finding.confidence);
    }
    if is_refused(v4.why) && is_refused(v6.why) {
        let why = if v4.why == Why::NotTested { v6.why } else { v4.why };
        return (Sentence::NotAllowed, why, sure);
    }
    (Sentence::NothingAnswers, Why::NothingAnswers, Confidence::Unsure)
}
