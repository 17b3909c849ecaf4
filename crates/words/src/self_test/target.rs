//! What a service is for this visitor: which way they get there, what each side found, and how many answer.

use crate::{elapsed, self_test::why as reason};
use dualwatch_core::{
    judge::verdict::{Edge, Verdict},
    measure::family::Family,
    self_test::{reach::Reach, told::Told, why::Why},
};

/// The heading over the services.
pub const SERVICES: &str = "The services, from where you are";
/// What stands there until the visitor's own connection is known.
pub const SERVICES_LATER: &str = "They are asked as soon as your own connection is known.";

/// Returns which way a visitor gets to a service; empty where nothing can be said.
pub fn reach(reach: Reach) -> String {
    match reach {
        Reach::Both => "You reach it over IPv4 and IPv6.".to_owned(),
        Reach::Over { family, later_ms: Some(ms) } => {
            format!("You reach it over {family}, {} later.", elapsed(f64::from(ms)))
        }
        Reach::Over { family, later_ms: None } => format!("You reach it over {family}."),
        Reach::Answers => "You reach it.".to_owned(),
        Reach::Stuck(family) => {
            format!("You do not reach it at its usual name, though it answers you over {family} alone.")
        }
        Reach::No => "You do not reach it.".to_owned(),
        Reach::Checking => "Asking it…".to_owned(),
        Reach::Unknown => String::new(),
    }
}

/// Returns the verdict of a route; `family` is `None` where the browser can choose. Why is said where it is no outage, and
/// yet keeps the visitor away.
pub fn verdict_of_route(verdict: Verdict, why: Why, family: Option<Family>) -> String {
    match (why, family) {
        (Why::Checking, _) => "asking…".to_owned(),
        (
            Why::Blocker
            | Why::NameBlocked
            | Why::Csp
            | Why::MixedContent
            | Why::LocalNetwork
            | Why::Permission
            | Why::CertificateHere
            | Why::PrivateAddress,
            _,
        ) => blocked(why),
        (_, Some(family)) => crate::verdict(verdict, family),
        (_, None) => crate::verdict_dual_stack(verdict).to_owned(),
    }
}

fn blocked(why: Why) -> String {
    match why {
        Why::Blocker => "blocked in your browser".to_owned(),
        Why::NameBlocked => "blocked in your browser or network".to_owned(),
        why => reason(why).to_owned(),
    }
}

/// Returns what the browser found on a route: how it answered, or after how long it failed. `is_hidden`: the browser does
/// not show the answer to the page.
pub fn found(told: Told, after_ms: Option<u32>, is_hidden: bool) -> String {
    let said = super::told(told, after_ms);
    if is_hidden {
        format!("You: {said}; your browser hides the answer from this page")
    } else {
        format!("You: {said}")
    }
}

/// Returns what the edge says of a route.
pub const fn edge(edge: Edge) -> &'static str {
    match edge {
        Edge::Ok => "Edge: reaches it",
        Edge::Failed => "Edge: does not reach it",
        Edge::Blind => "Edge: cannot tell",
        Edge::Late => "Edge: our own watcher is late, so nothing recent is known",
        Edge::Unpublished => "Edge: not offered",
        Edge::Nothing => "Edge: nothing is known",
    }
}

/// Returns how many of the services the visitor reaches. `n_no` are not reached at all, `n_partly` not in every way.
pub fn services(n: usize, n_no: usize, n_partly: usize) -> String {
    let of = |count: usize| if count == n { format!("{n}") } else { format!("{count} of {n}") };
    match (n, n_no, n_partly) {
        (1, 0, 0) => "You reach the service.".to_owned(),
        (1, 0, _) => "You reach the service, but not in every way that it offers.".to_owned(),
        (1, ..) => "You do not reach the service.".to_owned(),
        (_, 0, 0) => format!("You reach all {n} services."),
        (_, 0, partly) => format!("You reach all {n} services, {} not in every way that they offer.", of(partly)),
        (_, no, 0) => format!("You do not reach {} services.", of(no)),
        (_, no, partly) => format!("You do not reach {} services; {partly} more not in every way.", of(no)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_told_without_a_number_that_means_nothing() {
        let later = Reach::Over { family: Family::Ipv4, later_ms: Some(301) };
        assert_eq!(reach(later), "You reach it over IPv4, 301 ms later.");
        assert_eq!(found(Told::Silent, Some(3_200), false), "You: no answer; given up after 3.2 s");
        assert_eq!(
            found(Told::Ok, Some(12), true),
            "You: answered after 12 ms; your browser hides the answer from this page"
        );
    }

    #[test]
    fn how_many_are_reached() {
        for (n, no, partly, text) in [
            (1, 0, 0, "You reach the service."),
            (10, 0, 0, "You reach all 10 services."),
            (10, 0, 2, "You reach all 10 services, 2 of 10 not in every way that they offer."),
            (10, 1, 2, "You do not reach 1 of 10 services; 2 more not in every way."),
            (3, 3, 0, "You do not reach 3 services."),
        ] {
            assert_eq!(services(n, no, partly), text);
        }
    }

    #[test]
    fn what_keeps_a_visitor_away_is_said_in_place_of_the_verdict() {
        let check = |verdict, why, text: &str| assert_eq!(verdict_of_route(verdict, why, Some(Family::Ipv6)), text);
        check(Verdict::EdgeUp, Why::Blocker, "blocked in your browser");
        check(Verdict::EdgeUp, Why::MixedContent, "a secure page may not ask an insecure address");
        check(Verdict::YoursIsBroken, Why::YourFamily, "your IPv6 is broken");
    }
}
