//! What the browser and the edge say of a service together: the verdict of each route, and which way the visitor gets there.

use crate::{
    judge::verdict::{Edge, Page, PageControl, Side, Verdict, decide},
    measure::family::{Family, PerFamily},
    self_test::{
        patience,
        target::{EdgeSays, TargetFacts, of_target},
        why::{Confidence, Why},
    },
};

/// Everything that is said of one route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    pub verdict: Verdict,
    pub why: Why,
    pub confidence: Confidence,
    pub side: Side,
}

/// Says what a route of a service is for this visitor: the table of [`of_target`] decides why, and
/// [`decide`] what that and the edge come to. Where the browser has nothing to accuse, the edge's word decides the side.
pub fn said(facts: &TargetFacts) -> Said {
    let finding = of_target(facts);
    let verdict = decide(page(finding.why, facts), facts.control, facts.edge);
    let side = match finding.why {
        Why::NotTested | Why::Checking => verdict.side(),
        why if why.side() == Side::None => verdict.side(),
        why => why.side(),
    };
    Said { verdict, why: finding.why, confidence: finding.confidence, side }
}

/// Returns what a finding counts as beside the edge's. What the browser did not ask, or cannot tell, is not measured.
fn page(why: Why, facts: &TargetFacts) -> Page {
    let is_content = facts.edge == Edge::Failed && facts.edge_says == EdgeSays::Status;
    match why {
        // What answers is reached, and yet may be what the edge does not accept: it knows what is expected.
        Why::Fine | Why::Late | Why::Unreadable if is_content => Page::NotMeasured,
        Why::Fine | Why::Late | Why::Unreadable => Page::Ok,
        Why::ErrorStatus if facts.edge == Edge::Failed && !is_content => Page::Ok,
        Why::ErrorStatus if facts.edge == Edge::Failed => Page::Failed,
        Why::NotKnown if !facts.readable.is_dead() => Page::NotMeasured,
        Why::CutShort
        | Why::Intercepted
        | Why::NoSuchName
        | Why::YourFamily
        | Why::Certificate
        | Why::Down
        | Why::Between
        | Why::NotKnown => Page::Failed,
        _ => Page::NotMeasured,
    }
}

/// One route of a service, as far as it matters for which way the visitor gets there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    pub why: Why,
    /// From the request to the answer, in milliseconds; `None` where none came.
    pub after_ms: Option<u32>,
}

impl Way {
    const fn is_open(self) -> bool {
        matches!(self.why, Why::Checking | Why::Permission)
    }

    const fn answers(self) -> bool {
        self.after_ms.is_some()
    }

    /// Whether it was tried, and leads nowhere for this visitor.
    const fn is_dead(self) -> bool {
        !self.answers()
            && matches!(self.why, Why::YourFamily | Why::Down | Why::Between | Why::Certificate | Why::NotKnown)
    }
}

/// Which way a visitor gets to a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Over either family.
    Both,
    Over {
        family: Family,
        /// How much later than over this family alone, in milliseconds, where the browser waits for the other one in vain.
        later_ms: Option<u32>,
    },
    /// It answers; over which families is not known.
    Answers,
    /// At its usual name it does not answer, though it does over this family alone: the browser hangs on the other one.
    Stuck(Family),
    /// Not at all.
    No,
    /// Something is still being waited for.
    Checking,
    Unknown,
}

/// Says which way a visitor gets to a service; `dual_stack` is its usual name. `fallback_ms` is how long the browser was
/// seen to wait for IPv6 in vain.
///
/// | usual name | one family | other family | |
/// |---|---|---|---|
/// | anything being waited for | | | `Checking` |
/// | answers, or not tested | answers | answers | `Both` |
/// | answers, or not tested | answers | anything else | `Over` the one |
/// | answers | no answer | no answer | `Answers` |
/// | fails | answers | anything | `Stuck` |
/// | fails, or not tested; at least one of all fails | no answer | no answer | `No` |
/// | otherwise | | | `Unknown` |
pub fn reach(families: PerFamily<Way>, dual_stack: Way, fallback_ms: Option<u32>) -> Reach {
    let PerFamily { ipv4, ipv6 } = families;
    if [ipv4, ipv6, dual_stack].into_iter().any(Way::is_open) {
        return Reach::Checking;
    }
    let working = Family::ALL.into_iter().find(|family| families.get(*family).answers());
    match working {
        Some(family) if dual_stack.is_dead() => Reach::Stuck(family),
        Some(_) if ipv4.answers() && ipv6.answers() => Reach::Both,
        Some(family) => {
            let later_ms = families.get(family.other()).is_dead().then(|| later_ms(families, dual_stack, fallback_ms));
            Reach::Over { family, later_ms: later_ms.flatten().filter(|_| family == Family::Ipv4) }
        }
        None if dual_stack.answers() => Reach::Answers,
        None if [ipv4, ipv6, dual_stack].into_iter().any(Way::is_dead) => Reach::No,
        None => Reach::Unknown,
    }
}

/// How much later the usual name answers than IPv4 alone: as measured of this service, or else as of our own.
fn later_ms(families: PerFamily<Way>, dual_stack: Way, fallback_ms: Option<u32>) -> Option<u32> {
    let measured = dual_stack.after_ms.zip(families.ipv4.after_ms).map(|(dual, alone)| dual.saturating_sub(alone));
    let own = fallback_ms.filter(|_| families.ipv6.why == Why::YourFamily);
    measured.filter(|ms| *ms >= patience::FALLBACK_WAIT_MS).or(own)
}

/// Returns what is known of the visitor's connection where the browser can choose: it works if one family does.
pub fn control_of_both(controls: PerFamily<PageControl>) -> PageControl {
    let PerFamily { ipv4, ipv6 } = controls;
    match (ipv4, ipv6) {
        (PageControl::Ok, _) | (_, PageControl::Ok) => PageControl::Ok,
        (PageControl::NotMeasured, _) | (_, PageControl::NotMeasured) => PageControl::NotMeasured,
        (PageControl::FailedHasAddress, _) | (_, PageControl::FailedHasAddress) => PageControl::FailedHasAddress,
        (PageControl::FailedNoAddress, PageControl::FailedNoAddress) => PageControl::FailedNoAddress,
        _ => PageControl::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::self_test::{
        target::Dns,
        told::{Pace, Told},
    };

    fn check(readable: Told, hidden: Told, alias: Told, control: PageControl, edge: Edge, expected: [&str; 3]) {
        let facts = TargetFacts {
            readable,
            hidden,
            alias,
            control,
            dns: Dns::Unknown,
            edge,
            edge_says: EdgeSays::Other,
            is_secure: true,
            has_own_authority: false,
        };
        let said = said(&facts);
        assert_eq!([said.verdict.code(), said.why.code(), said.side.code()], expected, "{facts:?}");
    }

    #[test]
    fn it_is_you_it_is_them_or_it_is_between() {
        use {Edge as E, PageControl as C, Told as T};
        let dead = T::Failed(Pace::Unclear);
        check(T::Ok, T::NotAsked, T::NotAsked, C::Ok, E::Ok, ["up", "fine", "none"]);
        check(T::Ok, T::NotAsked, T::NotAsked, C::Ok, E::Failed, ["up_for_you", "fine", "none"]);
        check(dead, T::Ok, T::NotAsked, C::Ok, E::Ok, ["up", "unreadable", "none"]);
        check(dead, dead, dead, C::Ok, E::Failed, ["down_for_everyone", "down", "them"]);
        check(dead, dead, dead, C::Ok, E::Ok, ["between", "between", "between"]);
        check(dead, dead, T::Ok, C::Ok, E::Ok, ["edge_up", "name_blocked", "you"]);
        check(dead, dead, dead, C::FailedHasAddress, E::Ok, ["yours_is_broken", "your_family", "you"]);
        check(dead, dead, dead, C::FailedNoAddress, E::Ok, ["you_have_none", "your_family", "you"]);
        check(dead, dead, dead, C::Failed, E::Failed, ["both_down", "your_family", "you"]);
        check(T::NotAsked, T::NotAsked, T::NotAsked, C::Ok, E::Failed, ["edge_down", "not_tested", "them"]);
        check(T::NotAsked, T::NotAsked, T::NotAsked, C::Ok, E::Ok, ["edge_up", "not_tested", "none"]);
        check(dead, T::NotAsked, T::NotAsked, C::Ok, E::Unpublished, ["unpublished", "unpublished", "none"]);
    }

    #[test]
    fn what_the_edge_does_not_know_accuses_nobody() {
        use {PageControl as C, Told as T};
        let dead = T::Failed(Pace::Unclear);
        for (edge, up, down) in [
            (Edge::Nothing, "page_only_up", "page_only_down"),
            (Edge::Blind, "page_only_up", "page_only_down"),
            (Edge::Late, "late_page_up", "late_page_down"),
        ] {
            check(T::Ok, T::NotAsked, T::NotAsked, C::Ok, edge, [up, "fine", "none"]);
            check(dead, dead, dead, C::Ok, edge, [down, "not_known", "unknown"]);
            check(T::Waiting, T::NotAsked, T::NotAsked, C::Ok, edge, ["not_known", "checking", "unknown"]);
        }
    }

    #[test]
    fn which_way_the_visitor_gets_there() {
        let up = |ms| Way { why: Why::Fine, after_ms: Some(ms) };
        let dead = |why| Way { why, after_ms: None };
        let check = |ipv4, ipv6, dual_stack, fallback_ms, expected| {
            assert_eq!(reach(PerFamily { ipv4, ipv6 }, dual_stack, fallback_ms), expected);
        };
        let over = |family, later_ms| Reach::Over { family, later_ms };
        check(up(10), up(10), up(10), None, Reach::Both);
        check(up(10), dead(Why::Down), up(320), None, over(Family::Ipv4, Some(310)));
        check(up(10), dead(Why::Down), up(12), None, over(Family::Ipv4, None));
        check(up(10), dead(Why::YourFamily), dead(Why::NotTested), Some(300), over(Family::Ipv4, Some(300)));
        check(up(10), dead(Why::Down), dead(Why::NotTested), Some(300), over(Family::Ipv4, None));
        check(up(10), dead(Why::Unpublished), up(320), None, over(Family::Ipv4, None));
        check(dead(Why::YourFamily), up(10), up(10), None, over(Family::Ipv6, None));
        check(dead(Why::NotTested), dead(Why::NotTested), up(10), None, Reach::Answers);
        check(up(10), dead(Why::Down), dead(Why::Down), None, Reach::Stuck(Family::Ipv4));
        check(dead(Why::Down), dead(Why::Down), dead(Why::Down), None, Reach::No);
        check(dead(Why::Checking), up(10), up(10), None, Reach::Checking);
        check(dead(Why::NotTested), dead(Why::Csp), dead(Why::NotTested), None, Reach::Unknown);
    }

    #[test]
    fn a_connection_works_where_one_family_does() {
        use PageControl as C;
        let both = |ipv4, ipv6| control_of_both(PerFamily { ipv4, ipv6 });
        assert_eq!(both(C::Ok, C::FailedHasAddress), C::Ok);
        assert_eq!(both(C::NotMeasured, C::Failed), C::NotMeasured);
        assert_eq!(both(C::FailedNoAddress, C::FailedHasAddress), C::FailedHasAddress);
        assert_eq!(both(C::FailedNoAddress, C::Failed), C::Failed);
    }
}
