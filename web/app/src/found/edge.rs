//! What the edge says of each route of a target, derived from its published facts and the time.

use crate::found::route::Route;
use dualwatch_core::{
    judge::{schedule::late_after_ms, verdict::Edge},
    measure::{
        cause::Cause,
        family::Family,
        time::{SECOND, Timestamp},
    },
};
use dualwatch_wire::v1::{FamilyFacts, Judged, PageData, PageTarget, TargetStatus};

/// The edge's side of one route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EdgeSide {
    pub edge: Edge,
    /// Why it is not simply `ok`.
    pub cause: Option<Cause>,
}

/// Returns the interval of a target; the default where the page was not told.
pub fn interval_s(data: &PageData, slug: &str) -> u32 {
    let found: Option<&PageTarget> = data.targets.iter().find(|t| t.slug == slug);
    found.map_or(dualwatch_core::measure::target::DEFAULT_INTERVAL_S, |t| t.interval_s)
}

/// Returns how the targets count that are not in this page.
pub fn elsewhere(data: &PageData) -> Judged {
    data.part.map_or_else(Judged::default, |part| part.elsewhere())
}

/// Returns by how many milliseconds the next round of a target is overdue, where it is late.
pub fn late_by_ms(target: &TargetStatus, interval_s: u32, now: Timestamp) -> Option<i64> {
    let age = now.ms_since(target.last_round_at?);
    (age > late_after_ms(interval_s)).then(|| age - i64::from(interval_s) * SECOND)
}

/// Returns what the edge says of one route at `now`, the worker's clock.
pub fn side(target: &TargetStatus, interval_s: u32, route: Route, now: Timestamp) -> EdgeSide {
    if target.last_round_at.is_none() {
        return EdgeSide { edge: Edge::Nothing, cause: Some(Cause::NotObserved) };
    }
    if late_by_ms(target, interval_s, now).is_some() {
        return EdgeSide { edge: Edge::Late, cause: Some(Cause::NotObserved) };
    }
    match route.family() {
        Some(family) => of_family(target.facts(family)),
        None => of_dual_stack(target),
    }
}

/// One family, as [`FamilyFacts::edge`] says.
const fn of_family(facts: &FamilyFacts) -> EdgeSide {
    EdgeSide { edge: facts.edge(), cause: facts.cause }
}

/// A client with both families. The newest round decides where it says which family such a client ends up on;
/// otherwise the two families do, in this order:
///
/// | one family | other family | edge | cause of |
/// |---|---|---|---|
/// | blind | any | blind | the blind one: what happens there may hold the client up |
/// | nothing | any | nothing | the one not measured |
/// | failed | failed, unpublished | failed | the failed one; IPv6, which is tried first, where both did |
/// | failed | ok | failed | the failed one: the client is stuck there and does not fall back |
/// | unpublished | unpublished | unpublished | |
/// | ok | ok, unpublished | ok | |
fn of_dual_stack(target: &TargetStatus) -> EdgeSide {
    if target.dual_stack.family.is_some() {
        return EdgeSide { edge: Edge::Ok, cause: None };
    }
    let (v6, v4) = (of_family(target.facts(Family::Ipv6)), of_family(target.facts(Family::Ipv4)));
    let first = |edge| [v6, v4].into_iter().find(|side| side.edge == edge);
    if let Some(side) = first(Edge::Blind).or_else(|| first(Edge::Nothing)).or_else(|| first(Edge::Failed)) {
        return side;
    }
    match (v6.edge, v4.edge) {
        (Edge::Unpublished, Edge::Unpublished) => v6,
        _ => EdgeSide { edge: Edge::Ok, cause: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::measure::{round::DualStack, time::MINUTE};
    use dualwatch_wire::v1::status::State;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_428_711_000);

    fn facts(state: State, cause: Option<Cause>) -> FamilyFacts {
        FamilyFacts { state, cause, ..FamilyFacts::default() }
    }

    fn target(ipv4: FamilyFacts, ipv6: FamilyFacts, family: Option<Family>) -> TargetStatus {
        TargetStatus {
            slug: "service".into(),
            name: "Service".into(),
            url: "https://service.example/".into(),
            last_round_at: Some(NOW),
            ipv4,
            ipv6,
            dual_stack: DualStack { family, cost_ms: family.map(|_| 0.0) },
            clients: None,
            client_tally: None,
            differences: Vec::new(),
            alternations: Vec::new(),
            group: None,
        }
    }

    fn check_family(state: State, cause: Option<Cause>, expected: &str) {
        let t = target(FamilyFacts::default(), facts(state, cause), None);
        let side = side(&t, 60, Route::Ipv6, NOW);
        assert_eq!((side.edge.code(), side.cause), (expected, cause), "{state:?} {cause:?}");
    }

    #[test]
    fn one_family() {
        check_family(State::Up, None, "ok");
        check_family(State::Up, Some(Cause::Slow), "ok");
        check_family(State::Recovering, Some(Cause::TcpRefused), "ok");
        check_family(State::Suspect, Some(Cause::TcpRefused), "failed");
        check_family(State::Down, Some(Cause::DnsNodata), "failed"); // the family is required
        check_family(State::Unknown, Some(Cause::DnsNodata), "unpublished");
        check_family(State::Unknown, None, "unpublished"); // not measured by choice
        check_family(State::Unknown, Some(Cause::NotObserved), "nothing");
        for blind in Cause::ALL.iter().filter(|c| !c.counts_against_target() && **c != Cause::NotObserved) {
            check_family(State::Unknown, Some(*blind), "blind");
        }
    }

    /// States as letters: `u`p, `d`own by refusal, silent in `t`ls, `-` not published, `?` blind.
    fn check_both(states: &str, family: Option<Family>, expected: &str, cause: Option<Cause>) {
        let of = |letter| match letter {
            b'u' => facts(State::Up, None),
            b'd' => facts(State::Down, Some(Cause::TcpRefused)),
            b't' => facts(State::Down, Some(Cause::TlsTimeout)),
            b'-' => facts(State::Unknown, Some(Cause::DnsNodata)),
            _ => facts(State::Unknown, Some(Cause::VantageNoFamily)),
        };
        let [v4, v6] = states.as_bytes() else { panic!("two letters") };
        let side = side(&target(of(*v4), of(*v6), family), 60, Route::DualStack, NOW);
        assert_eq!((side.edge.code(), side.cause), (expected, cause), "{states} {family:?}");
    }

    #[test]
    fn both_families() {
        check_both("uu", Some(Family::Ipv6), "ok", None);
        check_both("ud", Some(Family::Ipv4), "ok", None);
        check_both("ut", None, "failed", Some(Cause::TlsTimeout)); // stuck: no way back once TCP is up
        check_both("dd", None, "failed", Some(Cause::TcpRefused));
        check_both("dt", None, "failed", Some(Cause::TlsTimeout)); // IPv6 is tried first
        check_both("d-", None, "failed", Some(Cause::TcpRefused));
        check_both("--", None, "unpublished", Some(Cause::DnsNodata));
        check_both("u-", None, "ok", None);
        check_both("u?", None, "blind", Some(Cause::VantageNoFamily));
        check_both("d?", None, "blind", Some(Cause::VantageNoFamily));
    }

    #[test]
    fn nothing_and_late_hide_what_was_published() {
        let mut t = target(facts(State::Down, Some(Cause::TcpRefused)), FamilyFacts::default(), None);
        for route in Route::ALL {
            let late = side(&t, 60, route, NOW + 4 * MINUTE);
            assert_eq!((late.edge, late.cause), (Edge::Late, Some(Cause::NotObserved)));
            assert_ne!(side(&t, 60, route, NOW + 3 * MINUTE).edge, Edge::Late);
        }
        assert_eq!(late_by_ms(&t, 60, NOW + 4 * MINUTE), Some(3 * MINUTE));
        t.last_round_at = None;
        assert_eq!(side(&t, 60, Route::Ipv4, NOW).edge, Edge::Nothing);
        assert_eq!(late_by_ms(&t, 60, NOW), None);
    }
}
