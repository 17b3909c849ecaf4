//! What blocks our endpoints by their names, told from what is broken by neutral names of the same servers; in virtual time.

#[allow(dead_code)] // Shared with `visits.rs`, which uses all of it.
#[path = "visits/world.rs"]
mod world;

use dualwatch_core::self_test::{
    addresses::{Addresses, Classes},
    question::{Question, Questions},
    score::Inputs,
    told::Told,
    why::Why,
};
use world::{Browser, Path, World, say, visit};

const R: u32 = 20;

fn both(browser: Browser) -> Addresses {
    match browser {
        Browser::Chromium => Addresses::Classes(Classes { ipv4: true, global: true, ..Classes::default() }),
        Browser::Firefox => Addresses::Families { both: true },
    }
}

/// The device has IPv4 alone.
fn alone(browser: Browser) -> Addresses {
    match browser {
        Browser::Chromium => Addresses::Classes(Classes { ipv4: true, ..Classes::default() }),
        Browser::Firefox => Addresses::Families { both: false },
    }
}

/// Every question that is asked at a name of ours, large ones with them.
const OURS: Questions = {
    let own = Questions::ALL.without(Question::Portal).without(Question::Http3).without(Question::ResolverIpv6);
    own.without(Question::NeutralIpv4).without(Question::NeutralIpv6)
};

/// A world whose operator has named the control for what blocks names.
fn controlled(browser: Browser, ipv4: Path, ipv6: Path) -> World {
    let mut world = World::new(browser, ipv4, ipv6, both(browser));
    world.offer.questions = world.offer.questions.with(Question::NeutralIpv4).with(Question::NeutralIpv6);
    world
}

/// A situation, and what must come of it.
struct Row {
    name: &'static str,
    world: fn(Browser) -> World,
    /// The sentence with its family, what each family does, whose side it is on.
    says: &'static str,
    complete_ms: u32,
    /// When the last sentence is said first, at the latest.
    said_ms: u32,
}

const ROWS: &[Row] = &[
    Row {
        name: "a filter blocks all of our names, and knows no neutral one",
        world: |b| World { blocked: OURS, ..controlled(b, Path::Healthy(R), Path::Healthy(R)) },
        says: "not_allowed · blocked blocked · you",
        complete_ms: 600,
        said_ms: 600,
    },
    Row {
        name: "the same where there is no IPv6",
        world: |b| {
            let world = controlled(b, Path::Healthy(R), Path::Absent);
            World { blocked: OURS, addresses: alone(b), ..world }
        },
        says: "blocked ipv4 · blocked none · you|blocked ipv4 · blocked unknown · you",
        complete_ms: 600,
        said_ms: 600,
    },
    Row {
        name: "a filter blocks what has \"ipv6\" in its name",
        world: |b| {
            let names = [Question::Ipv6, Question::LargeIpv6, Question::UploadIpv6];
            World { blocked: Questions::from_iter(names), ..controlled(b, Path::Healthy(R), Path::Healthy(R)) }
        },
        says: "both · works works · you",
        complete_ms: 600,
        said_ms: 600,
    },
    Row {
        name: "a filter blocks the neutral names as well",
        world: |b| {
            let blocked = OURS.with(Question::NeutralIpv4).with(Question::NeutralIpv6);
            World { blocked, ..controlled(b, Path::Healthy(R), Path::Healthy(R)) }
        },
        says: "nothing_answers · broken broken · unknown|nothing_answers · none none · unknown",
        complete_ms: 600,
        said_ms: 600,
    },
    Row {
        name: "IPv6 silent, with neutral names",
        world: |b| controlled(b, Path::Healthy(R), Path::Silent),
        says: "broken ipv6 · works broken · you",
        complete_ms: 4_000,
        said_ms: 1_000,
    },
    Row {
        name: "IPv6 refused, with neutral names",
        world: |b| controlled(b, Path::Healthy(R), Path::Refused(R)),
        says: "broken ipv6 · works broken · unknown",
        complete_ms: 800,
        said_ms: 800,
    },
];

#[test]
fn what_blocks_a_name_is_told_from_what_is_broken() {
    let mut wrong = Vec::new();
    for row in ROWS {
        for browser in Browser::BOTH {
            let (said, _) = visit(&(row.world)(browser), 2);
            let last = said.last().unwrap();
            let first_said = said.iter().find(|s| s.what.sentence == last.what.sentence).map_or(0, |s| s.at_ms);
            let complete = said.iter().find(|s| s.what.is_complete).map_or(u32::MAX, |s| s.at_ms);
            let back = said.windows(2).any(|w| !w[0].what.sentence.may_become(w[1].what.sentence));
            let is_said = row.says.split('|').any(|says| says == say(last));
            if !is_said || back || complete > row.complete_ms || first_said > row.said_ms {
                let story = said.iter().map(|s| format!("    {:5} {}", s.at_ms, say(s))).collect::<Vec<_>>();
                wrong.push(format!("{} ({browser:?}): complete at {complete}\n{}", row.name, story.join("\n")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Who is healthy pays nothing for it, and what is blocked is no score of the connection's.
#[test]
fn neutral_names_are_asked_where_an_endpoint_fails_and_nowhere_else() {
    let neutral = [Question::NeutralIpv4, Question::NeutralIpv6];
    for browser in Browser::BOTH {
        let (_, run) = visit(&controlled(browser, Path::Healthy(R), Path::Healthy(R)), 2);
        for question in neutral {
            assert_eq!(run.reading(question, 60_000).told, Told::NotAsked, "{browser:?}");
        }
        assert!(Inputs::of(&run, 60_000).is_some());
        let (_, run) = visit(&controlled(browser, Path::Healthy(R), Path::Silent), 2);
        assert_eq!(neutral.map(|question| run.reading(question, 60_000).n_tries), [0, 0], "silence is no filter's");
        let blocked = World { blocked: OURS, ..controlled(browser, Path::Healthy(R), Path::Healthy(R)) };
        let (said, run) = visit(&blocked, 2);
        assert_eq!(neutral.map(|question| run.reading(question, 60_000).n_tries), [1, 1], "{browser:?}");
        let what = said.last().unwrap().what;
        assert!([what.why, what.families.ipv4.why, what.families.ipv6.why].iter().all(|why| *why == Why::NameBlocked));
        assert_eq!(Inputs::of(&run, 60_000), None, "{browser:?}");
    }
}

/// Whoever has no IPv6 is told so, also where there are neutral names: one that fails accuses nobody.
#[test]
fn a_neutral_name_that_fails_changes_nothing() {
    for browser in Browser::BOTH {
        for ipv6 in [Path::Silent, Path::GivenUp, Path::Refused(R), Path::TlsSilent, Path::Gateway, Path::Absent] {
            let last = |world: &World| visit(world, 2).0.last().map(say);
            let without = World::new(browser, Path::Healthy(R), ipv6, both(browser));
            assert_eq!(last(&controlled(browser, Path::Healthy(R), ipv6)), last(&without), "{browser:?} {ipv6:?}");
        }
    }
}
