//! What the page's own address shows of the visitor's IPv6, and what a browser calls a failure that is silence; in virtual time.

#[allow(dead_code)] // Shared with `visits.rs`, which uses all of it.
#[path = "visits/world.rs"]
mod world;

use dualwatch_core::{
    measure::family::Family,
    self_test::{addresses::Addresses, score::Inputs, why::Why},
};
use world::{Browser, Path, World, say, visit};

const R: u32 = 20;

fn world(browser: Browser, ipv6: Path) -> World {
    World::new(browser, Path::Healthy(R), ipv6, Addresses::Families { both: true })
}

/// Our endpoint of IPv6 fails, and the page came over IPv6.
fn beside_the_page(browser: Browser, ipv6: Path) -> World {
    World { page_ipv6: Some(Path::Healthy(R)), ..world(browser, ipv6) }
}

#[test]
fn who_gets_the_page_over_ipv6_is_not_accused_of_what_our_endpoint_does() {
    for browser in Browser::BOTH {
        for ipv6 in [Path::Silent, Path::GivenUp, Path::Refused(R), Path::TlsSilent, Path::Gateway, Path::Absent] {
            let (said, run) = visit(&beside_the_page(browser, ipv6), 2);
            let last = said.last().unwrap();
            assert_eq!(say(last), "both · works works · none", "{browser:?} {ipv6:?}");
            assert_eq!(last.what.families.ipv6.why, Why::OurName, "{browser:?} {ipv6:?}");
            assert_eq!(last.what.preferred, None, "it turned to IPv4 because of us: {browser:?} {ipv6:?}");
            assert_eq!(Inputs::of(&run, 60_000), None, "a score of ours would be the visitor's: {browser:?} {ipv6:?}");
            let back = said.windows(2).find(|w| !w[0].what.sentence.may_become(w[1].what.sentence));
            assert!(back.is_none(), "{browser:?} {ipv6:?}: {back:?}");
        }
    }
}

#[test]
fn where_no_endpoint_answers_the_page_proves_nothing() {
    for browser in Browser::BOTH {
        let nothing = World { ipv4: Path::Silent, ..beside_the_page(browser, Path::Silent) };
        let (said, _) = visit(&nothing, 2);
        assert_eq!(say(said.last().unwrap()), "nothing_answers · broken broken · unknown");
    }
}

#[test]
fn a_page_that_answers_late_does_not_take_back_what_was_said() {
    for browser in Browser::BOTH {
        let late = World { page_ipv6: Some(Path::Healthy(290)), ..world(browser, Path::Silent) };
        let (said, _) = visit(&late, 2);
        assert_eq!(say(said.last().unwrap()), "broken ipv6 · works broken · you");
    }
}

#[test]
fn what_a_browser_gives_up_after_its_own_wait_is_silence() {
    let (said, run) = visit(&world(Browser::Firefox, Path::GivenUp), 2);
    let silent = |s: &&world::Said| s.what.families.get(Family::Ipv6).why == Why::Silent;
    let first = said.iter().find(silent).unwrap();
    assert!(first.at_ms <= 1_000, "{}", first.at_ms);
    assert_eq!(say(said.last().unwrap()), "broken ipv6 · works broken · you");
    let score = dualwatch_core::self_test::score::score(&Inputs::of(&run, 60_000).unwrap());
    assert_eq!(score.helpdesk.unwrap().to_string(), "112");
}
