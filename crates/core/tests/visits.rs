//! The self-test in virtual time, in the situations that people are in: what is said first, what at the end, and when.

#[allow(dead_code)] // Shared with `exonerated.rs`.
#[path = "visits/world.rs"]
mod world;

use dualwatch_core::{
    judge::verdict::Side,
    measure::family::PerFamily,
    self_test::{
        addresses::{Addresses, Classes},
        evidence::{Clock, Endpoint},
        question::{Question, Questions},
        run::Offer,
        score::{Inputs, score},
        told::{Refusal, Told},
    },
};
use world::{Browser, Path, World, ipv6_only, say, visit};

/// The device has IPv4 and, where `global`, IPv6 addresses of the Internet; as each browser shows it.
fn addresses(browser: Browser, global: bool) -> Addresses {
    match browser {
        Browser::Chromium => Addresses::Classes(Classes { ipv4: true, global, ..Classes::default() }),
        Browser::Firefox => Addresses::Families { both: global },
    }
}

/// A situation, and what must come of it.
struct Row {
    name: &'static str,
    world: fn(Browser) -> World,
    /// The sentence with its family, what each family does, whose side it is on.
    says: &'static str,
    /// When everything has been answered or given up, at the latest.
    complete_ms: u32,
    /// When the sentence is said first, at the latest.
    said_ms: u32,
}

const R: u32 = 20;

const ROWS: &[Row] = &[
    Row {
        name: "healthy",
        world: |b| World::new(b, Path::Healthy(R), Path::Healthy(R), addresses(b, true)),
        says: "both · works works · none",
        complete_ms: 300,
        said_ms: 300,
    },
    Row {
        name: "healthy, far away",
        world: |b| World::new(b, Path::Healthy(240), Path::Healthy(230), addresses(b, true)),
        says: "both · works works · none",
        complete_ms: 2_300,
        said_ms: 2_300,
    },
    Row {
        name: "IPv4 only",
        world: |b| World::new(b, Path::Healthy(R), Path::Absent, addresses(b, false)),
        says: "only ipv4 · works none · you",
        complete_ms: 600,
        said_ms: 600,
    },
    Row {
        name: "IPv6 only",
        world: |b| World::new(b, Path::Absent, Path::Healthy(R), ipv6_only(b)),
        says: "only ipv6 · none works · you",
        complete_ms: 600,
        said_ms: 600,
    },
    Row {
        name: "IPv6 refused after a round trip",
        world: |b| World::new(b, Path::Healthy(R), Path::Refused(R), addresses(b, true)),
        says: "broken ipv6 · works broken · unknown",
        complete_ms: 800,
        said_ms: 800,
    },
    Row {
        name: "IPv6 silent",
        world: |b| World::new(b, Path::Healthy(R), Path::Silent, addresses(b, true)),
        says: "broken ipv6 · works broken · you",
        complete_ms: 4_000,
        said_ms: 1_000,
    },
    Row {
        name: "IPv6 silent, and the browser tells nothing of the device",
        world: |b| World::new(b, Path::Healthy(R), Path::Silent, Addresses::Untold),
        says: "broken ipv6 · works broken · you",
        complete_ms: 4_000,
        said_ms: 1_000,
    },
    Row {
        name: "IPv6 without a gateway",
        world: |b| World::new(b, Path::Healthy(R), Path::Gateway, addresses(b, true)),
        says: "broken ipv6 · works broken · you",
        complete_ms: 4_000,
        said_ms: 1_000,
    },
    Row {
        name: "IPv6 unreachable: it fails on the device, where Chromium then sees no address",
        world: |b| World::new(b, Path::Healthy(R), Path::Absent, addresses(b, b == Browser::Firefox)),
        says: "only ipv4 · works none · you|only ipv4 · works none · unknown",
        complete_ms: 800,
        said_ms: 800,
    },
    Row {
        name: "connections open over IPv6, and nothing more comes",
        world: |b| World::new(b, Path::Healthy(R), Path::TlsSilent, addresses(b, true)),
        says: "hangs ipv6 · works broken · you",
        complete_ms: 4_000,
        said_ms: 1_000,
    },
    Row {
        name: "large answers lost over IPv6",
        world: |b| World::new(b, Path::Healthy(R), Path::LargeLost(R), addresses(b, true)),
        says: "loses_large ipv6 · works broken · you",
        complete_ms: 4_000,
        said_ms: 4_000,
    },
    Row {
        name: "large answers lost over IPv4",
        world: |b| World::new(b, Path::LargeLost(R), Path::Healthy(R), addresses(b, true)),
        says: "loses_large ipv4 · broken works · you",
        complete_ms: 4_000,
        said_ms: 4_000,
    },
    Row {
        name: "IPv6 so slow that browsers do not wait for it",
        world: |b| World::new(b, Path::Healthy(R), Path::Healthy(500), addresses(b, true)),
        says: "slow ipv6 · works slow · unknown",
        complete_ms: 6_000,
        said_ms: 6_000,
    },
    Row {
        name: "IPv6 slower than anybody waits",
        world: |b| World::new(b, Path::Healthy(R), Path::Healthy(2_000), addresses(b, true)),
        says: "slow ipv6 · works slow · unknown",
        complete_ms: 4_000,
        said_ms: 9_000,
    },
    Row {
        name: "IPv4 silent, IPv6 fine",
        world: |b| World::new(b, Path::Silent, Path::Healthy(R), addresses(b, true)),
        says: "broken ipv4 · broken works · you",
        complete_ms: 4_000,
        said_ms: 4_000,
    },
    Row {
        name: "nothing answers",
        world: |b| World::new(b, Path::Silent, Path::Silent, addresses(b, true)),
        says: "nothing_answers · broken broken · unknown",
        complete_ms: 4_000,
        said_ms: 4_000,
    },
    Row {
        name: "offline",
        world: |b| World { is_offline: true, ..World::new(b, Path::Absent, Path::Absent, Addresses::Untold) },
        says: "offline · unknown unknown · you",
        complete_ms: 900,
        said_ms: 0,
    },
    Row {
        name: "captive portal",
        world: |b| World::new(b, Path::Portal(R), Path::Portal(R), addresses(b, true)),
        says: "portal · blocked blocked · you",
        complete_ms: 1_000,
        said_ms: 1_000,
    },
    Row {
        name: "wrong clock",
        world: |b| World {
            clock: Clock::Wrong,
            ..World::new(b, Path::Refused(2 * R), Path::Refused(2 * R), addresses(b, true))
        },
        says: "wrong_clock · broken broken · you|wrong_clock · unknown unknown · you",
        complete_ms: 1_000,
        said_ms: 1_000,
    },
    Row {
        name: "the page's policy forbids it",
        world: |b| World::new(b, Path::Forbidden(Refusal::Csp), Path::Forbidden(Refusal::Csp), addresses(b, true)),
        says: "not_allowed · blocked blocked · them",
        complete_ms: 100,
        said_ms: 100,
    },
    Row {
        name: "the question over IPv6 is mixed content",
        world: |b| {
            let path = Path::Forbidden(Refusal::MixedContent);
            let mut world = World::new(b, Path::Healthy(R), path, addresses(b, true));
            world.offer.questions = world.offer.questions.without(Question::DualStack).without(Question::Portal);
            world
        },
        says: "blocked ipv6 · works blocked · them",
        complete_ms: 300,
        said_ms: 300,
    },
    Row {
        name: "our IPv6 server is down, as the edge knows",
        world: |b| {
            let mut world = World::new(b, Path::Healthy(R), Path::Refused(R), addresses(b, true));
            world.offer.endpoints = PerFamily { ipv4: Endpoint::Up, ipv6: Endpoint::Down };
            world
        },
        says: "ours_down ipv6 · works unknown · them",
        complete_ms: 800,
        said_ms: 800,
    },
    Row {
        name: "our IPv6 name answers over IPv4",
        world: |b| {
            let mut world = World::new(b, Path::Healthy(R), Path::Crossed(R), addresses(b, true));
            world.offer.questions = world.offer.questions.without(Question::DualStack);
            world
        },
        says: "untested ipv6 · works unknown · unknown",
        complete_ms: 900,
        said_ms: 900,
    },
    Row {
        name: "the resolver leaves IPv6 addresses out",
        world: |b| {
            let mut world = World::new(b, Path::Healthy(R), Path::Absent, addresses(b, true));
            world.offer.questions = world.offer.questions.with(Question::LiteralIpv4).with(Question::LiteralIpv6);
            world.unnamed_ipv6 = Some(Path::Healthy(R));
            world
        },
        says: "blocked ipv6 · works blocked · you",
        complete_ms: 800,
        said_ms: 800,
    },
    Row {
        name: "IPv6 silent, and there is no name with IPv4 alone",
        world: |b| {
            let mut world = World::new(b, Path::Healthy(R), Path::Silent, addresses(b, true));
            let none = [Question::Ipv4, Question::LargeIpv4, Question::UploadIpv4];
            world.offer.questions = none.into_iter().fold(world.offer.questions, Questions::without);
            world
        },
        says: "broken ipv6 · works broken · you",
        complete_ms: 4_000,
        said_ms: 1_000,
    },
    Row {
        name: "large answers lost, and there is no name but the one with both",
        world: |b| {
            let mut world = World::new(b, Path::Healthy(R), Path::LargeLost(R), addresses(b, true));
            let asked = [Question::Portal, Question::DualStack, Question::LargeDualStack];
            world.offer.questions = Questions::from_iter(asked);
            world
        },
        says: "loses_large ipv6 · unknown broken · you",
        complete_ms: 4_000,
        said_ms: 4_000,
    },
    Row {
        name: "a packet is lost here and there",
        world: |b| World::new(b, Path::Healthy(R), Path::Lossy(R), addresses(b, true)),
        says: "both · works works · none",
        complete_ms: 4_000,
        said_ms: 4_000,
    },
    Row {
        name: "local addresses beside IPv4",
        world: |b| {
            let classes = Classes { ipv4: true, local: true, ..Classes::default() };
            let known = if b == Browser::Chromium { Addresses::Classes(classes) } else { addresses(b, true) };
            World::new(b, Path::Healthy(R), Path::Absent, known)
        },
        says: "only ipv4 · works none · you|only ipv4 · works none · unknown",
        complete_ms: 800,
        said_ms: 800,
    },
];

#[test]
fn every_situation_is_told_in_time_and_nothing_is_taken_back() {
    let mut wrong = Vec::new();
    for row in ROWS {
        for (browser, seed) in Browser::BOTH.into_iter().flat_map(|browser| [(browser, 2), (browser, 7)]) {
            let (said, _) = visit(&(row.world)(browser), seed);
            let last = say(said.last().unwrap());
            let first = said.iter().find(|s| say(s) == last).unwrap().at_ms;
            let complete = said.iter().find(|s| s.what.is_complete).map_or(u32::MAX, |s| s.at_ms);
            let is_back = said.windows(2).find(|w| !w[0].what.sentence.may_become(w[1].what.sentence));
            let again = said.windows(2).any(|w| w[0].what.is_complete && !w[1].what.is_complete);
            // What is complete is final, whenever the device's addresses come; only an answer that nobody waits for any longer
            // makes something slow of it.
            let final_word = |s: &&world::Said| s.at_ms >= complete && s.at_ms < complete.saturating_add(1_000);
            let is_final = said.iter().filter(final_word).all(|s| {
                say(s) == say(said.iter().find(final_word).unwrap())
                    && s.what.why == said.iter().find(final_word).unwrap().what.why
            });
            let is_right = row.says.split('|').any(|says| says == last);
            let in_time = first <= row.said_ms && complete <= row.complete_ms;
            eprintln!("{:4} {:4} {browser:?} {}: {last}", first, complete, row.name);
            if !is_right || !in_time || is_back.is_some() || again || !is_final {
                let story = said.iter().map(|s| format!("    {:5} {}", s.at_ms, say(s))).collect::<Vec<_>>();
                wrong.push(format!(
                    "{} in {browser:?}: expected {} within {} ms, complete within {} ms\n{}",
                    row.name,
                    row.says,
                    row.said_ms,
                    row.complete_ms,
                    story.join("\n")
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

/// Of all pairs of what the families can do, in both browsers: nothing is taken back, it ends, and nobody is accused who is
/// not known to be at fault.
#[test]
fn every_pair_of_paths_ends_without_a_contradiction() {
    let paths = [
        Path::Healthy(1),
        Path::Healthy(60),
        Path::Healthy(500),
        Path::Healthy(3_000),
        Path::Refused(30),
        Path::Absent,
        Path::Silent,
        Path::GivenUp,
        Path::Gateway,
        Path::TlsSilent,
        Path::LargeLost(40),
        Path::Lossy(30),
        Path::Portal(10),
        Path::Crossed(30),
        Path::Forbidden(Refusal::Csp),
        Path::Forbidden(Refusal::Permission),
    ];
    let mut wrong = Vec::new();
    for ipv4 in paths {
        for ipv6 in paths {
            for browser in Browser::BOTH {
                for known in [addresses(browser, true), addresses(browser, false), Addresses::Untold] {
                    let (said, run) = visit(&World::new(browser, ipv4, ipv6, known), 7);
                    let last = said.last().unwrap();
                    let back = said.windows(2).find(|w| !w[0].what.sentence.may_become(w[1].what.sentence));
                    let complete = said.iter().find(|s| s.what.is_complete).map_or(u32::MAX, |s| s.at_ms);
                    let is_late = complete > 13_500;
                    let is_open = Question::ALL
                        .into_iter()
                        .any(|q| matches!(run.reading(q, 60_000).told, Told::Waiting | Told::Overdue));
                    if back.is_some() || is_late || is_open {
                        let story = said.iter().map(|s| format!("    {:5} {}", s.at_ms, say(s))).collect::<Vec<_>>();
                        wrong.push(format!("{ipv4:?} {ipv6:?} {browser:?} {known:?}\n{}", story.join("\n")));
                    }
                    let side = last.what.side;
                    assert!(side != Side::Between, "{ipv4:?} {ipv6:?}");
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn joined_connections_are_discarded_and_asked_again() {
    for browser in Browser::BOTH {
        let world = World {
            joins_connections: true,
            ..World::new(browser, Path::Healthy(R), Path::Healthy(R), addresses(browser, true))
        };
        let (said, run) = visit(&world, 2);
        assert_eq!(say(said.last().unwrap()), "both · works works · none");
        // The names of one family share an address with the name of both; IPv4 has another one.
        let tries = |question| run.reading(question, 60_000).n_tries;
        assert_eq!((tries(Question::DualStack), tries(Question::Ipv6)), (1, 2));
    }
}

#[test]
fn scores_follow_from_a_run() {
    let check = |ipv4, ipv6, expected: &str| {
        let browser = Browser::Chromium;
        let (_, run) = visit(&World::new(browser, ipv4, ipv6, addresses(browser, true)), 2);
        let score = score(&Inputs::of(&run, 60_000).unwrap());
        let text = score.helpdesk.map_or(String::new(), |helpdesk| helpdesk.to_string());
        assert_eq!(format!("{:?} {:?} {text}", score.ipv4, score.ipv6), expected, "{ipv4:?} {ipv6:?}");
    };
    check(Path::Healthy(R), Path::Healthy(R), "Some(10) Some(10) 46");
    check(Path::Healthy(R), Path::Absent, "Some(10) Some(0) 4");
    check(Path::Healthy(R), Path::Silent, "Some(10) Some(0) 112");
    check(Path::Healthy(R), Path::LargeLost(R), "Some(1) Some(1) 46,mtu");
    check(Path::Absent, Path::Healthy(R), "Some(0) Some(10) 6");
    check(Path::Healthy(R), Path::Healthy(1_500), "Some(10) Some(5) 46,slow");
}

#[test]
fn what_is_said_rests_on_signals_with_values() {
    use dualwatch_core::{
        measure::family::Family,
        self_test::signal::{Signal, signals},
    };
    let silent = World::new(Browser::Chromium, Path::Healthy(R), Path::Silent, addresses(Browser::Chromium, true));
    let (_, run) = visit(&silent, 2);
    let found = signals(&run, Family::Ipv6, 60_000);
    let silence = Signal::Told { question: Question::Ipv6, told: Told::Silent, after_ms: Some(3_200) };
    assert!(found.contains(&silence) && found.contains(&Signal::Waited { ms: 321 }), "{found:?}");
    let mut translated =
        World::new(Browser::Chromium, Path::Healthy(R), Path::Healthy(R), ipv6_only(Browser::Chromium));
    translated.offer.questions = translated.offer.questions.with(Question::LiteralIpv4);
    translated.unnamed_ipv4 = Some(Path::Absent);
    let (said, run) = visit(&translated, 2);
    assert_eq!(say(said.last().unwrap()), "both · works works · none");
    assert!(
        signals(&run, Family::Ipv4, 60_000).contains(&Signal::Translated),
        "{:?}",
        signals(&run, Family::Ipv4, 60_000)
    );
}

#[test]
fn a_script_that_asked_first_is_taken_over() {
    use dualwatch_core::self_test::{
        answer::{Echo, Reply},
        run::{Ending, Order, Run},
    };
    let questions = Questions::from_iter([Question::DualStack, Question::Ipv4, Question::Ipv6]);
    let mut run = Run::new(Offer { questions, ..Offer::default() }, 2);
    let dual = run.adopt(Question::DualStack, 77, 30);
    let ipv4 = run.adopt(Question::Ipv4, 78, 90);
    let reply = |nonce| {
        let echo = Some(Echo { nonce: Some(nonce), ..Echo::default() });
        Ending::Replied(Reply { status: Some(200), is_secure: true, is_whole: true, echo, ..Reply::default() })
    };
    run.hear(dual, 85, reply(77));
    run.hear(ipv4, 120, reply(79));
    let asked: Vec<_> = run
        .due(200)
        .into_iter()
        .map(|order| match order {
            Order::Ask(ask) => (ask.question, ask.nth),
            Order::Abandon(_) => panic!("nothing is to be abandoned"),
        })
        .collect();
    assert_eq!(asked, [(Question::Ipv6, 0)]);
    assert_eq!(run.reading(Question::DualStack, 200).after_ms, Some(55));
    assert_eq!(run.reading(Question::Ipv4, 200).told, Told::Waiting, "another nonce: it is asked again");
}
