//! The verdict as the reader gets it, per family and for a dual-stack client.

use crate::duration;
use dualwatch_core::{
    judge::verdict::{Side, Verdict},
    measure::{absence::Absence, family::Family},
};

/// Returns the words of a verdict over one family.
pub fn verdict(verdict: Verdict, family: Family) -> String {
    match verdict {
        Verdict::Up => "up".to_owned(),
        Verdict::UpForYou => "up for you; the edge cannot reach it".to_owned(),
        Verdict::DownForEveryone => format!("down for everyone over {family}"),
        Verdict::Between => "between you and the service, or blocked here".to_owned(),
        Verdict::YouHaveNone => format!("you have no {family}"),
        Verdict::YoursIsBroken => format!("your {family} is broken"),
        Verdict::YoursDoesNotWork => format!("your {family} does not work"),
        Verdict::BothDown => format!("your {family} is down, and the service is down over {family} too"),
        Verdict::PageOnlyUp => "up for you; the edge cannot tell".to_owned(),
        Verdict::PageOnlyDown => "not reachable from here; the edge cannot tell".to_owned(),
        Verdict::LatePageUp => "up for you; our own watcher is late".to_owned(),
        Verdict::LatePageDown => "not reachable from here; our own watcher is late".to_owned(),
        Verdict::EdgeUp => "up, seen from the edge".to_owned(),
        Verdict::EdgeDown => format!("down over {family}, seen from the edge"),
        Verdict::FailedHere => "not reachable from here, fine at the edge; cause not known".to_owned(),
        Verdict::Unpublished => crate::only(Absence::NoRecord, family),
        Verdict::NotKnown => "not known".to_owned(),
    }
}

/// Returns the words of a verdict over one family that fails and is not confirmed to be down: it is not called so yet.
pub fn suspected(verdict: Verdict, family: Family) -> String {
    self::verdict(verdict, family).replacen(crate::state::DOWN, "failing", 1)
}

/// Returns the words of a verdict for a client that has both families.
pub const fn verdict_dual_stack(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Up => "up",
        Verdict::UpForYou => "up for you; the edge cannot reach it",
        Verdict::DownForEveryone => "down for everyone",
        Verdict::Between => "between you and the service, or blocked here",
        Verdict::YouHaveNone => "you are offline",
        Verdict::YoursIsBroken => "your connection is broken",
        Verdict::YoursDoesNotWork => "your connection does not work",
        Verdict::BothDown => "your connection is down, and the service is down too",
        Verdict::PageOnlyUp => "up for you; the edge cannot tell",
        Verdict::PageOnlyDown => "not reachable from here; the edge cannot tell",
        Verdict::LatePageUp => "up for you; our own watcher is late",
        Verdict::LatePageDown => "not reachable from here; our own watcher is late",
        Verdict::EdgeUp => "up, seen from the edge",
        Verdict::EdgeDown => "down, seen from the edge",
        Verdict::FailedHere => "not reachable from here, fine at the edge; cause not known",
        Verdict::Unpublished => "no address of either family is published",
        Verdict::NotKnown => "not known",
    }
}

/// Returns whose side the fault is on, as a person says it.
pub const fn side(side: Side) -> &'static str {
    match side {
        Side::None => "nothing is wrong",
        Side::You => "it is you",
        Side::Them => "it is them",
        Side::Between => "it is between you",
        Side::Unknown => "whose side it is on is not known",
    }
}

/// Returns the notice of a watcher that should have measured `ms` milliseconds ago.
pub fn late_by(ms: i64) -> String {
    format!("our own watcher is late by {}", duration(ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(v: Verdict, ipv6: &str) {
        assert_eq!(verdict(v, Family::Ipv6), ipv6);
    }

    #[test]
    fn the_words_of_the_design() {
        check(Verdict::Up, "up");
        check(Verdict::UpForYou, "up for you; the edge cannot reach it");
        check(Verdict::DownForEveryone, "down for everyone over IPv6");
        check(Verdict::Between, "between you and the service, or blocked here");
        check(Verdict::YouHaveNone, "you have no IPv6");
        check(Verdict::YoursIsBroken, "your IPv6 is broken");
        check(Verdict::BothDown, "your IPv6 is down, and the service is down over IPv6 too");
        check(Verdict::PageOnlyUp, "up for you; the edge cannot tell");
        check(Verdict::Unpublished, "IPv4 only by design");
        assert_eq!(late_by(90_000), "our own watcher is late by 1 minute 30 seconds");
    }

    #[test]
    fn what_is_not_confirmed_is_not_called_down() {
        let check = |verdict, words: &str| assert_eq!(suspected(verdict, Family::Ipv6), words);
        check(Verdict::EdgeDown, "failing over IPv6, seen from the edge");
        check(Verdict::DownForEveryone, "failing for everyone over IPv6");
    }

    #[test]
    fn every_verdict_differs_from_every_other() {
        for (i, v) in Verdict::ALL.iter().enumerate() {
            for other in &Verdict::ALL[i + 1..] {
                assert_ne!(verdict(*v, Family::Ipv4), verdict(*other, Family::Ipv4));
                assert_ne!(verdict_dual_stack(*v), verdict_dual_stack(*other));
            }
        }
    }

    #[test]
    fn the_words_agree_with_the_side() {
        for v in Verdict::ALL {
            let text = verdict(*v, Family::Ipv6);
            match v.side() {
                Side::You => assert!(text.starts_with("you"), "{text}"),
                Side::Them => assert!(text.starts_with("down"), "{text}"),
                Side::None => assert!(text.starts_with("up") || text.ends_with("by design"), "{text}"),
                Side::Between | Side::Unknown => {
                    assert!(!text.starts_with("down") && !text.starts_with("up"), "{text}");
                }
            }
        }
    }
}
