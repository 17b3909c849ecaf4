use super::*;
use crate::v1::{FamilyFacts, PageData, Status, Uptime};
use dualwatch_core::{
    judge::schedule::Reach,
    measure::{
        family::PerFamily,
        round::DualStack,
        target::{Endpoint, Host, Scheme},
        time::{DAY, MINUTE},
        vantage::Standing,
    },
};

const T0: Timestamp = Timestamp::from_unix_ms(1_795_428_711_042);

fn target(slug: &str) -> Target {
    let host = Host::Name(format!("{slug}.example"));
    Target::new(slug, Endpoint { scheme: Scheme::Https, host, port: 443, path: "/".into() })
}

fn report(slug: &str, state: State, at: Timestamp) -> Report {
    let facts = FamilyFacts { state, since: Some(T0), latency_ms: Some(12.5), ..FamilyFacts::default() };
    let status = TargetStatus {
        slug: slug.into(),
        name: slug.into(),
        url: target(slug).url(),
        last_round_at: Some(at),
        ipv4: facts.clone(),
        ipv6: facts,
        dual_stack: DualStack::default(),
        clients: None,
        client_tally: None,
        differences: Vec::new(),
        alternations: Vec::new(),
        group: None,
    };
    let vantage = VantageStatus {
        name: "edge".into(),
        ipv4: Standing::Proven,
        ipv6: Standing::Proven,
        last_round_at: at,
        silent_controls: Vec::new(),
        reached: PerFamily::default(),
    };
    let spoken = Some(PerFamily::from_fn(|_| Reach::of(60, 10_000).spoken(at)));
    Report {
        status,
        vantages: vec![vantage],
        incidents: Vec::new(),
        uptime: None,
        upptime: None,
        spoken,
        turns_of_sight: 0,
        about: String::new(),
        probes: Vec::new(),
    }
}

/// A stand-in for the page's judgement: down is trouble, unknown is unknown.
fn judge(status: &TargetStatus, _interval_s: u32, _now: Timestamp) -> Judged {
    let is = |state| u32::from(status.ipv4.state == state);
    Judged {
        targets: 1,
        troubled: is(State::Down),
        over_ipv4: is(State::Down),
        unknown: is(State::Unknown),
        ..Judged::default()
    }
}

#[test]
fn what_is_wrong_with_storing_is_on_the_status_and_on_the_page() {
    use crate::v1::{Storage, StorageTrouble};
    use dualwatch_core::remember::storage::Trouble;
    let mut board = board(2);
    let status = |board: &Board| serde_json::from_str::<Status>(&board.status(None, 9, T0).unwrap()).unwrap();
    assert_eq!(status(&board).storage, None);
    let storage = Storage::of(Some(StorageTrouble { kind: Trouble::Full, since: T0 }), vec!["t1".into()]);
    assert!(board.set_storage(storage.clone()) && !board.set_storage(storage.clone()));
    assert_eq!((status(&board).storage, page(&board, 1).unwrap().status.storage), (storage.clone(), storage));
    assert!(board.set_storage(None));
    assert_eq!(status(&board).storage, None);
}

fn names(n: usize) -> Vec<String> {
    (0..n).map(|i| format!("t{i}")).collect()
}

fn board(n: usize) -> Board {
    Board::new("edge", judge, names(n).iter().map(|n| (target(n), Some(report(n, State::Up, T0)))), T0)
}

fn page(board: &Board, n: u32) -> Option<PageData> {
    board.page(n, &SelfTest::default(), "[]", (Revision::of(7), T0)).map(|text| {
        let page: PageData = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&page).unwrap(), text, "written as the document itself is");
        page
    })
}

fn slugs(status: &Status) -> Vec<&str> {
    status.targets.iter().map(|t| &*t.slug).collect()
}

#[test]
fn what_is_joined_is_what_would_be_published_at_once() {
    let targets = [target("a"), target("b"), target("c"), target("d")];
    let reports = [
        Some(report("a", State::Up, T0)),
        Some(report("b", State::Down, T0 + 7)),
        None,
        Some(report("x", State::Up, T0)),
    ];
    let now = T0 + MINUTE;
    let entries = targets.iter().zip(&reports);
    let expected = Status::publish(entries.clone().map(|(t, r)| (t, r.as_ref())), "edge", now);
    let board = Board::new("edge", judge, entries.map(|(t, r)| (t.clone(), r.clone())), now);
    assert_eq!(board.status(None, MAX_TARGETS, now).unwrap(), serde_json::to_string(&expected).unwrap());
    let all = page(&board, 1).unwrap();
    assert_eq!((all.status.targets, all.part), (expected.targets, None));
    assert_eq!(all.targets.iter().map(|t| &*t.slug).collect::<Vec<_>>(), ["a", "b", "c", "d"]);
}

#[test]
fn a_report_changes_its_own_target_and_says_whether_that_is_news() {
    let mut board = board(3);
    let hear = |board: &mut Board, state, at| board.hear(report("t1", state, at), true, at);
    assert_eq!(hear(&mut board, State::Up, T0 + MINUTE), Heard::Times);
    assert_eq!(hear(&mut board, State::Down, T0 + 2 * MINUTE), Heard::News);
    assert_eq!(board.hear(report("gone", State::Up, T0), true, T0), Heard::Nobody);
    let status: Status = serde_json::from_str(&board.status(None, 9, T0).unwrap()).unwrap();
    assert_eq!(status.targets[1].ipv4.state, State::Down);
    assert_eq!(status.vantages[0].last_round_at, T0 + 2 * MINUTE);
    let mut other = report("t1", State::Down, T0 + 3 * MINUTE);
    other.vantages[0].ipv6 = Standing::NoFamily;
    assert_eq!(board.hear(other, true, T0 + 3 * MINUTE), Heard::News);
}

#[test]
fn a_target_becomes_late_at_its_time_and_not_before() {
    let mut board = board(2);
    let late = T0 + 3 * MINUTE + 1;
    assert_eq!(board.next_late(), Some(late));
    assert!(!board.pass(late - 1));
    assert_eq!(board.hear(report("t1", State::Up, T0 + MINUTE), true, T0 + MINUTE), Heard::Times);
    assert!(board.pass(late));
    assert!(!board.pass(late), "once");
    assert_eq!(board.late(late, 9), ["t0"]);
    let status: Status = serde_json::from_str(&board.status(None, 9, late).unwrap()).unwrap();
    assert_eq!([status.targets[0].ipv4.state, status.targets[1].ipv4.state], [State::Unknown, State::Up]);
    assert_eq!(status.targets[0].last_round_at, Some(T0));
    // It is back, and that is news.
    assert_eq!(board.hear(report("t0", State::Up, late), true, late), Heard::News);
    assert_eq!(board.next_late(), Some(T0 + 4 * MINUTE + 1));
}

#[test]
fn parts_of_the_status_hold_every_target_once() {
    let board = board(2_500);
    let (mut after, mut seen, mut n) = (None::<String>, Vec::new(), 0);
    loop {
        let status: Status = serde_json::from_str(&board.status(after.as_deref(), MAX_TARGETS, T0).unwrap()).unwrap();
        assert!(status.targets.len() <= MAX_TARGETS);
        seen.extend(slugs(&status).into_iter().map(str::to_owned));
        n += 1;
        after = status.next_after;
        if after.is_none() {
            break;
        }
    }
    assert_eq!((n, seen), (3, names(2_500)));
    let few: Status = serde_json::from_str(&board.status(Some("t3"), 2, T0).unwrap()).unwrap();
    assert_eq!((slugs(&few), few.next_after.as_deref()), (vec!["t4", "t5"], Some("t5")));
    assert_eq!(board.status(Some("nobody"), 2, T0), None);
    let last: Status = serde_json::from_str(&board.status(Some("t2499"), 2, T0).unwrap()).unwrap();
    assert_eq!((last.targets.len(), last.next_after), (0, None));
    assert_eq!(slugs(&serde_json::from_str(&board.status(None, 0, T0).unwrap()).unwrap()), ["t0"]);
}

#[test]
fn pages_hold_every_target_once_and_trouble_comes_first() {
    let mut board = board(120);
    board.hear(report("t70", State::Down, T0), true, T0);
    board.hear(report("t110", State::Down, T0), true, T0);
    board.hear(report("t3", State::Unknown, T0), true, T0);
    let pages: Vec<PageData> = (1..=3).map(|n| page(&board, n).unwrap()).collect();
    assert_eq!(slugs(&pages[0].status)[..4], ["t70", "t110", "t0", "t1"]);
    let mut seen: Vec<&str> = pages.iter().flat_map(|page| slugs(&page.status)).collect();
    assert_eq!(seen.len(), 120);
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 120);
    for page in &pages {
        let rows: Vec<&str> = page.targets.iter().map(|t| &*t.slug).collect();
        assert_eq!(rows, slugs(&page.status), "in the same order");
        // What is here and what is elsewhere are all.
        let here = page.status.targets.iter().fold(Judged::default(), |sum, t| sum.and(judge(t, 60, T0)));
        let all = here.and(page.part.unwrap().elsewhere());
        assert_eq!((all.targets, all.troubled, all.unknown), (120, 2, 1));
    }
    assert_eq!((page(&board, 0), page(&board, 4)), (None, None));
    // Where all fit, the order of the configuration stays.
    let mut few = self::board(PER_PAGE);
    few.hear(report("t9", State::Down, T0), true, T0);
    let first = self::page(&few, 1).unwrap();
    assert_eq!((slugs(&first.status)[0], first.part), ("t0", None));
    assert_eq!(self::page(&Board::new("edge", judge, [], T0), 1).map(|p| p.targets.len()), Some(0));
}

#[test]
fn what_comes_between_two_reports_that_are_stored_has_newer_times_and_is_never_older() {
    let mut board = board(2);
    let mut stored = report("t0", State::Up, T0 + 5_000);
    stored.uptime = Some(Uptime { ipv6: Some(0.5), ..Uptime::default() });
    assert_eq!(board.hear(stored, true, T0 + 5_000), Heard::Times);
    let mut follow = |state, at: i64| board.hear(report("t0", state, T0 + at), false, T0 + at);
    assert_eq!(follow(State::Up, 10_000), Heard::Times);
    assert_eq!(follow(State::Up, 10_000), Heard::Nobody, "twice");
    assert_eq!(follow(State::Down, 7_000), Heard::Nobody, "overtaken");
    assert_eq!(board.report("t0").unwrap().status.last_round_at, Some(T0 + 10_000));
    let shown = page(&board, 1).unwrap();
    assert_eq!(shown.targets[0].uptime.unwrap().ipv6, Some(0.5), "what is not in it stays");
    let mut young = report("t0", State::Up, T0 + 15_000);
    young.uptime = Some(Uptime { ipv6: Some(0.75), ..Uptime::default() });
    assert_eq!(board.hear(young, false, T0 + 15_000), Heard::Times);
    assert_eq!(page(&board, 1).unwrap().targets[0].uptime.unwrap().ipv6, Some(0.75), "what is in it is told");
    let since = Timestamp::from_unix_ms(0);
    assert!(Uptime::is_told_always(since, since + DAY - 1) && !Uptime::is_told_always(since, since + DAY));
    assert_eq!(board.hear(report("gone", State::Up, T0), false, T0), Heard::Nobody);
}

/// Promise (Secrets): All that a board publishes is made without its internal targets; the operator is told all of them, in
/// the order of the configuration, with what is hidden of the others.
#[test]
fn a_board_tells_of_no_internal_target_and_the_operator_of_all() {
    use crate::v1::Storage;
    use dualwatch_core::measure::public::Public;
    let with = |slug: &str, public| Target { public, group: Some("All".into()), ..target(slug) };
    let all = Public::default();
    let targets = [
        with("a", Public { target: false, ..all }),
        with("b", Public { url: false, address: false, ..all }),
        with("c", all),
    ];
    let entries = || targets.iter().map(|t| (t.clone(), Some(report(&t.slug, State::Down, T0))));
    let mut board = Board::new("edge", judge, entries(), T0);
    board.set_storage(Storage::of(None, vec!["a".into(), "c".into()]));
    let told: Status = serde_json::from_str(&board.status(None, MAX_TARGETS, T0).unwrap()).unwrap();
    assert_eq!(slugs(&told), ["b", "c"]);
    assert_eq!((&*told.targets[0].url, told.targets[0].ipv4.address), ("", None));
    assert_eq!(told.storage.map(|storage| storage.unusable), Some(vec!["c".to_owned()]));
    let whole: Status = serde_json::from_str(&board.whole_status(None, MAX_TARGETS, T0).unwrap()).unwrap();
    assert_eq!(slugs(&whole), ["a", "b", "c"]);
    assert!(whole.targets.iter().all(|target| target.url == format!("https://{}.example/", target.slug)));
    let rest: Status = serde_json::from_str(&board.whole_status(Some("a"), 1, T0).unwrap()).unwrap();
    assert_eq!((slugs(&rest), rest.next_after.as_deref()), (vec!["b"], Some("b")));

    assert_eq!((board.has("a"), board.knows("a"), board.target("a").is_some()), (true, false, false));
    assert_eq!((board.statuses().len(), board.n_pages(), board.slugs().len()), (2, 1, 3));
    assert_eq!(board.late(T0 + 9 * MINUTE, 9).len(), 3, "it is looked after all the same");
    assert_eq!(board.hear(report("a", State::Up, T0 + MINUTE), true, T0 + MINUTE), Heard::Nobody);
    assert_eq!(board.report("a").and_then(|report| report.status.last_round_at), Some(T0 + MINUTE));
    for text in [
        page(&board, 1).map(|page| serde_json::to_string(&page).unwrap()),
        board.status(None, MAX_TARGETS, T0),
        Some(board.upptime()),
        Some(board.metrics(crate::answer::exposition::Format::Text, &[], T0)),
        board.widget(&crate::door::Whom::All, T0),
        board.badge(&crate::door::Whom::All, T0).map(|facts| serde_json::to_string(&facts).unwrap()),
    ] {
        let text = text.unwrap();
        assert!(!text.contains("a.example") && !text.contains("b.example") && !text.contains("\"a\""), "{text}");
    }
}

#[test]
fn several_pages_are_cut_by_group_and_say_where_each_begins() {
    let of = |i: usize| {
        let mut target = target(&format!("t{i}"));
        target.group = [Some("Odd"), Some("Even"), None][i % 3].map(str::to_owned);
        target
    };
    let entries = (0..120).map(|i| {
        let state = if i == 100 { State::Down } else { State::Up };
        (of(i), Some(report(&format!("t{i}"), state, T0)))
    });
    let board = Board::new("edge", judge, entries, T0);
    let pages: Vec<PageData> = (1..=3).map(|n| page(&board, n).unwrap()).collect();
    assert_eq!(slugs(&pages[0].status)[..3], ["t100", "t0", "t3"]);
    let told: Vec<(&str, u32, u32, u32)> =
        pages[1].groups.iter().map(|g| (&*g.name, g.targets, g.troubled, g.page)).collect();
    assert_eq!(told, [("Odd", 40, 0, 1), ("Even", 40, 1, 1)]);
    let groups: Vec<Option<String>> =
        pages.iter().flat_map(|page| page.status.targets.iter().map(|t| t.group.clone())).skip(1).collect();
    assert_eq!(groups.chunk_by(|a, b| a == b).count(), 3, "those of a group follow each other");
    assert_eq!(self::page(&self::board(3), 1).unwrap().groups, [], "one page says it by itself");
}

#[test]
fn what_is_looked_for_is_found_on_all_pages() {
    let mut board = board(120);
    board.hear(report("t117", State::Down, T0), true, T0);
    let pages = || (1..=3).map(|n| page(&board, n).unwrap()).collect();
    let found = |query: &str| PageData::search(pages(), query, judge).unwrap();
    let some = found("t11");
    assert_eq!(
        slugs(&some.status),
        ["t117", "t11", "t110", "t111", "t112", "t113", "t114", "t115", "t116", "t118", "t119"]
    );
    assert_eq!(some.targets.iter().map(|row| &*row.slug).collect::<Vec<_>>(), slugs(&some.status));
    let elsewhere = some.part.unwrap().elsewhere();
    assert_eq!((elsewhere.targets, elsewhere.troubled, some.part.unwrap().n_pages), (109, 0, 1));
    let many = found("t");
    assert_eq!((many.status.targets.len(), many.search.unwrap().n_found), (PER_PAGE, 120));
    let none = found("t1 nothing");
    assert_eq!((none.status.targets.len(), none.part.unwrap().troubled), (0, 1));
    assert_eq!(PageData::search(Vec::new(), "t", judge), None);
}

#[test]
fn days_come_with_what_is_reckoned_now_and_then() {
    use crate::{upptime::numbers::Numbers, v1::Days};
    let mut board = board(1);
    let days = Days { until: "2026-11-23".into(), ipv4: "ud".into(), ipv6: "uu".into() };
    let mut told = report("t0", State::Up, T0 + 1);
    told.upptime = Some(Box::new(Numbers { days: Some(days.clone()), ..Numbers::default() }));
    board.hear(told, true, T0 + 1);
    assert_eq!(page(&board, 1).unwrap().targets[0].days, Some(days.clone()));
    board.hear(report("t0", State::Up, T0 + 2), false, T0 + 2);
    assert_eq!(page(&board, 1).unwrap().targets[0].days, Some(days), "they stay until they are reckoned anew");
}
