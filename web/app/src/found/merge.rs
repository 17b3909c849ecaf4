//! One route's verdict from the browser's and the edge's result: `dualwatch_core::judge::verdict::decide`, and what
//! has to be settled before it can be asked.

use crate::found::{browser::Found, edge::EdgeSide};
use dualwatch_core::{
    judge::verdict::{Edge, Page, PageControl, Verdict, decide, may_merge},
    measure::{
        cause::{Cause, Phase},
        time::Timestamp,
    },
};

/// The verdict of one route, and the cause that goes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merged {
    pub verdict: Verdict,
    pub cause: Option<Cause>,
}

/// Merges both sides. Samples more than five minutes apart are not merged: the newer one stands alone.
pub fn merge(found: &Found, control: PageControl, side: EdgeSide, last_round_at: Option<Timestamp>) -> Merged {
    let mut page = if is_anybodys(found, control) { Page::NotMeasured } else { page(found, side) };
    let mut edge = side.edge;
    if let (Some(here), Some(there), Edge::Ok | Edge::Failed) = (found.at(), last_round_at, edge)
        && !may_merge(here, there)
    {
        if here < there {
            page = Page::NotMeasured;
        } else {
            edge = Edge::Nothing;
        }
    }
    let cause = match found {
        Found::Refused(refusal) => side.cause.or(Some(*refusal)),
        _ => side.cause,
    };
    Merged { verdict: decide(page, control, edge), cause }
}

/// Whether an answer may be of whoever answers: it came without TLS, over a connection of which our own endpoint has just
/// shown that it does not lead where it should.
pub const fn is_anybodys(found: &Found, control: PageControl) -> bool {
    let is_broken = match control {
        PageControl::Failed | PageControl::FailedHasAddress | PageControl::FailedNoAddress => true,
        PageControl::Ok | PageControl::NotMeasured => false,
    };
    is_broken && matches!(found, Found::Reached(reach) if !reach.is_secure)
}

/// Decides whether what the browser got counts as reached.
///
/// The page does not know what a target is expected to answer; the edge does. So where only the content is in
/// question, an answer of the target neither confirms nor contradicts the edge unless it can be read and is good.
///
/// | the browser got | edge failed over the content | edge failed otherwise | edge ok | edge says nothing |
/// |---|---|---|---|---|
/// | status below 400 | ok; not measured where the body or its size is wrong | ok | ok | ok |
/// | status of 400 or more | failed | ok | ok | not measured |
/// | an answer it may not read | not measured | ok | ok | ok |
/// | no answer | failed | failed | failed | failed |
fn page(found: &Found, side: EdgeSide) -> Page {
    let reach = match found {
        Found::NotYet
        | Found::NoEndpoint
        | Found::Elsewhere
        | Found::Refused(_)
        | Found::Pending
        | Found::Distrusted(_) => return Page::NotMeasured,
        Found::Failed(_) => return Page::Failed,
        Found::Reached(reach) => reach,
    };
    let content = side.cause.filter(|c| side.edge == Edge::Failed && c.phase() == Phase::Exchange);
    match (reach.status, content, side.edge) {
        (Some(400..), Some(_), _) => Page::Failed,
        (Some(400..), None, Edge::Ok | Edge::Failed) => Page::Ok,
        (Some(400..), None, _)
        | (Some(_), Some(Cause::HttpBodyMismatch | Cause::HttpCoding | Cause::HttpTooLarge), _)
        | (None, Some(_), _) => Page::NotMeasured,
        (Some(_) | None, _, _) => Page::Ok,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::found::browser::{Miss, Reach, Timing};
    use dualwatch_core::measure::time::MINUTE;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_428_711_000);

    fn reached(status: Option<u16>) -> Found {
        Found::Reached(Reach { at: NOW, ms: 12.0, status, is_secure: false, timing: Timing::default() })
    }

    fn missed(at: Timestamp) -> Found {
        Found::Failed(Miss { at, after_ms: 12.0, is_timeout: false })
    }

    fn side(edge: Edge, cause: Option<Cause>) -> EdgeSide {
        EdgeSide { edge, cause }
    }

    fn check(found: &Found, edge: EdgeSide, expected: &str) {
        let merged = merge(found, PageControl::Ok, edge, Some(NOW));
        assert_eq!(merged.verdict.code(), expected, "{found:?} {edge:?}");
    }

    #[test]
    fn who_reached_what() {
        let (ok, refused) = (side(Edge::Ok, None), side(Edge::Failed, Some(Cause::TcpRefused)));
        check(&reached(Some(200)), ok, "up");
        check(&reached(None), ok, "up");
        check(&reached(None), refused, "up_for_you");
        check(&missed(NOW), refused, "down_for_everyone");
        check(&missed(NOW), ok, "between");
        check(&Found::Pending, ok, "edge_up");
        check(&Found::NoEndpoint, refused, "edge_down");
        check(&reached(None), side(Edge::Blind, Some(Cause::VantageNoFamily)), "page_only_up");
        check(&Found::NotYet, side(Edge::Nothing, Some(Cause::NotObserved)), "not_known");
    }

    #[test]
    fn an_answer_of_whoever_answers_is_no_answer_of_the_target() {
        let refused = side(Edge::Failed, Some(Cause::TcpRefused));
        let secure =
            Found::Reached(Reach { at: NOW, ms: 12.0, status: None, is_secure: true, timing: Timing::default() });
        for (found, control, expected) in [
            (&reached(Some(200)), PageControl::Ok, Verdict::UpForYou),
            (&reached(Some(200)), PageControl::NotMeasured, Verdict::UpForYou),
            (&reached(Some(200)), PageControl::Failed, Verdict::EdgeDown),
            (&reached(Some(200)), PageControl::FailedHasAddress, Verdict::EdgeDown),
            (&secure, PageControl::Failed, Verdict::UpForYou),
        ] {
            assert_eq!(merge(found, control, refused, Some(NOW)).verdict, expected, "{found:?} {control:?}");
        }
    }

    #[test]
    fn what_was_not_asked_or_not_trusted_accuses_nobody() {
        let distrusted = Found::Distrusted(Miss { at: NOW, after_ms: 12.0, is_timeout: false });
        for found in [Found::Elsewhere, distrusted] {
            check(&found, side(Edge::Ok, None), "edge_up");
            check(&found, side(Edge::Failed, Some(Cause::TcpRefused)), "edge_down");
        }
    }

    #[test]
    fn a_bad_answer_is_not_contradicted_by_reaching_it() {
        let status = side(Edge::Failed, Some(Cause::HttpStatus));
        check(&reached(Some(503)), status, "down_for_everyone");
        check(&reached(Some(200)), status, "up_for_you");
        check(&reached(None), status, "edge_down");
        let body = side(Edge::Failed, Some(Cause::HttpBodyMismatch));
        check(&reached(Some(200)), body, "edge_down");
        check(&reached(Some(404)), side(Edge::Ok, None), "up"); // expected there, it seems
        check(&reached(Some(404)), side(Edge::Failed, Some(Cause::TcpRefused)), "up_for_you");
        check(&reached(Some(404)), side(Edge::Blind, Some(Cause::VantageOffline)), "not_known");
    }

    #[test]
    fn samples_far_apart_are_not_merged() {
        let verdict = |here: i64, there: i64, edge| {
            let found = missed(NOW + here * MINUTE);
            merge(&found, PageControl::Ok, side(edge, None), Some(NOW + there * MINUTE)).verdict
        };
        assert_eq!(verdict(0, 5, Edge::Ok), Verdict::Between);
        assert_eq!(verdict(0, 6, Edge::Ok), Verdict::EdgeUp); // the page's sample is the old one
        assert_eq!(verdict(6, 0, Edge::Ok), Verdict::PageOnlyDown); // the edge's is
        assert_eq!(verdict(6, 0, Edge::Late), Verdict::LatePageDown);
    }

    #[test]
    fn a_refusal_of_the_browser_is_the_cause_where_the_edge_has_none() {
        let found = Found::Refused(Cause::PolicyBrowserMixedContent);
        let merged = |edge| merge(&found, PageControl::Ok, edge, Some(NOW));
        assert_eq!(merged(side(Edge::Ok, None)).cause, Some(Cause::PolicyBrowserMixedContent));
        assert_eq!(merged(side(Edge::Ok, None)).verdict, Verdict::EdgeUp);
        assert_eq!(merged(side(Edge::Failed, Some(Cause::TcpRefused))).cause, Some(Cause::TcpRefused));
    }
}
