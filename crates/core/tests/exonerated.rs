//! What the page's own address shows of the visitor's IPv6, and what a browser calls a failure that is silence; in virtual time.

#[allow(dead_code)] // Shared with `visits.rs`, which uses all of it.
#[path = "visits/world.rs"]
mod world;

use dualwatch_core::{
    judge::verdict::Side,
    measure::family::Family,
    self_test::{addresses::Addresses, patience::PAGE_MS, question::Question, score::Inputs, why::Why},
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
            assert_eq!(say(last), "both · works works · them", "{browser:?} {ipv6:?}");
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

/// However late the page's own address answers: before that nobody is accused, and afterwards nobody has to be cleared.
#[test]
fn a_page_that_answers_late_clears_the_visitor_at_the_first_look() {
    for browser in Browser::BOTH {
        for (ipv6, round_trip) in [Path::Silent, Path::GivenUp, Path::Refused(R), Path::TlsSilent, Path::Gateway]
            .into_iter()
            .flat_map(|ipv6| [100, 200, 290].map(|round_trip| (ipv6, round_trip)))
        {
            let late = World { page_ipv6: Some(Path::Healthy(round_trip)), ..world(browser, ipv6) };
            let (said, _) = visit(&late, 2);
            // Later than that the browser has gone to IPv4; and where it hangs on our name, it may hang on the page's as well.
            let is_too_late = ipv6 == Path::TlsSilent && 4 * round_trip > PAGE_MS;
            if round_trip >= browser.wait_ms() || is_too_late {
                continue;
            }
            assert_eq!(say(said.last().unwrap()), "both · works works · them", "{browser:?} {ipv6:?} {round_trip}");
            let accused = said.iter().find(|s| s.what.side == Side::You);
            assert!(accused.is_none(), "{browser:?} {ipv6:?} {round_trip}: {accused:?}");
            let back = said.windows(2).find(|w| !w[0].what.sentence.may_become(w[1].what.sentence));
            assert!(back.is_none(), "{browser:?} {ipv6:?} {round_trip}: {back:?}");
        }
    }
}

/// The page's own server may be gone: then what the endpoints show is said all the same.
#[test]
fn a_page_that_never_answers_again_clears_nobody() {
    for browser in Browser::BOTH {
        let mut gone = World { page_ipv6: Some(Path::TlsSilent), ..world(browser, Path::Silent) };
        gone.offer.questions = gone.offer.questions.without(Question::Http3);
        let (said, _) = visit(&gone, 2);
        assert_eq!(say(said.last().unwrap()), "broken ipv6 · works broken · you");
        let complete = said.iter().find(|s| s.what.is_complete).unwrap();
        assert!(complete.at_ms <= 4_000, "{}", complete.at_ms);
    }
}

/// What waits for a gateway that does not exist fails when the first packet is given up that went there: with it.
#[test]
fn what_fails_in_one_moment_waited_for_one_neighbour() {
    for browser in Browser::BOTH {
        let (said, _) = visit(&world(browser, Path::Queue(2_700)), 2);
        let last = said.last().unwrap();
        assert_eq!(say(last), "broken ipv6 · works broken · you");
        assert_eq!(last.what.families.get(Family::Ipv6).why, Why::NoGateway, "{browser:?}");
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
