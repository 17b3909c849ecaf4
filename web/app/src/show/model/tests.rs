//! From published facts to verdicts, notices and the sentence at the top.

use super::*;
use crate::{
    found::route::Route,
    samples::{NOW, down, en, facts, page, target as sample, up},
    show::{target::Mild, tone::Tone},
};
use dualwatch_core::{
    judge::{
        clients::{Clients, Sequential},
        consistency::{Aspect, Difference},
    },
    measure::{cause::Cause, family::Family, time::MINUTE, vantage::Standing},
};
use dualwatch_wire::v1::{ClientTally, Reached, TargetStatus, status::State};

/// Two services: `web` is well, over IPv6 `api` is refused.
fn two() -> PageData {
    let v4 = Some(Family::Ipv4);
    page(vec![sample("web", up(), up(), Some(Family::Ipv6)), sample("api", up(), down(Cause::TcpRefused), v4)])
}

fn verdicts(data: &PageData) -> Vec<[&'static str; 3]> {
    let model = build(data, NOW, en());
    model.targets.iter().map(|t| Route::ALL.map(|r| t.rows.get(r).said.verdict.code())).collect()
}

#[test]
fn before_a_browser_has_looked_there_is_the_word_of_the_edge() {
    assert_eq!(verdicts(&two()), [["edge_up", "edge_up", "edge_up"], ["edge_up", "edge_down", "edge_up"]]);
}

#[test]
fn a_blind_edge_accuses_nobody_and_says_so() {
    let mut data = page(vec![sample("web", up(), facts(State::Unknown, Some(Cause::VantageNoFamily)), None)]);
    data.status.vantages[0].ipv6 = Standing::NoFamily;
    let model = build(&data, NOW, en());
    assert_eq!(verdicts(&data), [["edge_up", "not_known", "not_known"]]);
    assert_eq!(model.vantages[0].text, "edge: IPv4 proven, IPv6 missing; last round 3 seconds ago");
    assert_eq!(model.vantages[0].consequences, ["edge has no working IPv6 and therefore accuses nobody over IPv6."]);
    // Over what reaches another service nothing is missing: what was seen is said.
    data.status.vantages[0].ipv6 = Standing::Disputed;
    data.status.vantages[0].reached.ipv6 = Some(Reached { target: "Shop".into(), until: NOW });
    let line = build(&data, NOW, en()).vantages.remove(0);
    assert_eq!(line.text, "edge: IPv4 proven, IPv6 disputed; last round 3 seconds ago");
    let said = "No control of edge answers over IPv6, but Shop does: what edge measures over IPv6 stands.";
    assert_eq!(line.consequences, [said]);
}

#[test]
fn our_own_failures_are_said() {
    let data = two();
    let notices = |now| -> Vec<String> { build(&data, now, en()).notices.into_iter().map(|n| n.text).collect() };
    assert_eq!(notices(NOW), [""; 0]);
    assert_eq!(
        build(&data, NOW, en()).unreachable.text,
        "Our own watcher cannot be reached; what you see of it is from 10:11:51 UTC. \
         Your browser's own results still count."
    );
    assert_eq!(notices(NOW + 10 * MINUTE), ["Our own watcher is late by 9 minutes."]);
    let late = build(&data, NOW + 10 * MINUTE, en());
    assert_eq!(late.targets[1].rows.get(Route::Ipv6).edge_code, "late");
    assert_eq!(late.targets[1].rows.get(Route::Ipv6).said.verdict.code(), "not_known");
}

#[test]
fn a_cause_is_explained_once_per_service() {
    let down = || down(Cause::TcpRefused);
    let model = build(&page(vec![sample("web", down(), down(), None)]), NOW, en());
    assert_eq!(model.targets[0].causes, [Cause::TcpRefused]);
    assert_eq!(model.targets[0].tone(), Tone::Bad);
}

fn check_headline(targets: Vec<TargetStatus>, headline: &str, tone: Tone) {
    let overview = build(&page(targets), NOW, en()).overview;
    assert_eq!((overview.headline.as_str(), overview.tone), (headline, tone));
}

#[test]
fn the_sentence_at_the_top() {
    let well = |name| sample(name, up(), up(), Some(Family::Ipv6));
    let v6_down = |name| sample(name, up(), down(Cause::TcpRefused), Some(Family::Ipv4));
    let dead = |name| sample(name, down(Cause::TcpRefused), down(Cause::TcpRefused), None);
    let only_v4 = |name| sample(name, up(), facts(State::Unknown, Some(Cause::DnsNodata)), Some(Family::Ipv4));
    let blind = |name| sample(name, up(), facts(State::Unknown, Some(Cause::VantageNoFamily)), None);
    let mut new = well("new");
    new.last_round_at = None;
    check_headline(vec![], "No service is watched yet.", Tone::Unknown);
    check_headline(vec![new.clone()], "Nothing is known at the moment.", Tone::Unknown);
    check_headline(vec![well("a")], "The service is up.", Tone::Good);
    check_headline(vec![well("a"), only_v4("b")], "All 2 services are up.", Tone::Good);
    check_headline(vec![well("a"), v6_down("b")], "1 of 2 services has trouble over IPv6.", Tone::Bad);
    check_headline(vec![well("a"), v6_down("b"), v6_down("c")], "2 of 3 services have trouble over IPv6.", Tone::Bad);
    check_headline(
        vec![dead("a"), v6_down("b"), well("c")],
        "2 of 3 services have trouble: 1 over IPv4, 2 over IPv6.",
        Tone::Bad,
    );
    check_headline(vec![dead("a"), well("b")], "1 of 2 services has trouble over IPv4 and IPv6.", Tone::Bad);
    check_headline(vec![dead("a")], "The service has trouble over IPv4 and IPv6.", Tone::Bad);
    check_headline(vec![well("a"), blind("b")], "1 of 2 services cannot be judged now; the other is up.", Tone::Good);
}

#[test]
fn findings_are_shown_while_a_round_is_recent_and_change_no_tone() {
    let certificate = Difference { aspect: Aspect::Certificate, ipv4: "a".repeat(64), ipv6: "b".repeat(64) };
    let mut web = sample("web", up(), up(), Some(Family::Ipv6));
    web.differences = vec![certificate];
    web.clients = Some(Clients { hidden_outage: true, sequential: Sequential::WaitsForTimeout });
    web.client_tally = Some(ClientTally { fault: "reset".to_owned(), ..ClientTally::default() });
    let data = page(vec![web]);
    let shown = |now| {
        let model = build(&data, now, en());
        let codes: Vec<_> = model.targets[0].findings.iter().map(|f| f.code).collect();
        (codes, model.targets[0].tone(), model.overview.headline)
    };
    let up = "The service is up.".to_owned();
    assert_eq!(shown(NOW), (vec!["differs", "clients", "clients"], Tone::Good, up));
    assert_eq!(shown(NOW + 10 * MINUTE).0, [""; 0], "what was then says nothing of now");
}

#[test]
fn who_knew_of_a_failure_is_named_where_it_was_not_the_edge() {
    let mut data = two();
    let known_by = |data: &mut PageData, name: &str| {
        data.status.targets[1].ipv6.known_by = Some(name.to_owned());
        data.status.targets[1].ipv4.known_by = Some(name.to_owned());
        let model = build(data, NOW, en());
        [Route::Ipv4, Route::Ipv6, Route::DualStack]
            .map(|route| model.targets[1].rows.get(route).edge.detail.contains("measured by"))
    };
    assert_eq!(known_by(&mut data, "office"), [false, true, false]);
    assert_eq!(known_by(&mut data, "edge"), [false, false, false]);
}

#[test]
fn slow_is_not_down() {
    let slow = facts(State::Up, Some(Cause::Slow));
    let model = build(&page(vec![sample("web", up(), slow, None)]), NOW, en());
    let row = model.targets[0].rows.get(Route::Ipv6);
    assert_eq!((row.tone, row.verdict_words.as_str()), (Tone::Slow, "up, seen from the edge, but slow"));
    assert_eq!((row.edge_code, row.cause, row.mild), ("ok", Some(Cause::Slow), Mild::Slow));
}

#[test]
fn what_fails_and_is_not_confirmed_is_not_called_down() {
    let suspect = facts(State::Suspect, Some(Cause::TcpRefused));
    let model = build(&page(vec![sample("web", up(), suspect, None)]), NOW, en());
    let row = model.targets[0].rows.get(Route::Ipv6);
    assert_eq!((row.tone, row.verdict_words.as_str()), (Tone::Bad, "failing over IPv6, seen from the edge"));
    assert_eq!((row.edge.main.as_str(), row.mild), ("failing, not yet confirmed: connection refused", Mild::Suspect));
}

#[test]
fn a_page_of_several_counts_all_services() {
    let all = [
        sample("web", up(), up(), Some(Family::Ipv6)),
        sample("api", up(), down(Cause::TcpRefused), Some(Family::Ipv4)),
        sample("old", down(Cause::TcpRefused), down(Cause::TcpRefused), None),
        TargetStatus { last_round_at: Some(NOW - 60 * MINUTE), ..sample("late", up(), up(), Some(Family::Ipv6)) },
    ];
    let whole = build(&page(all.to_vec()), NOW, en());
    assert_eq!(whole.overview.headline, "2 of 4 services have trouble: 1 over IPv4, 2 over IPv6.");
    // However they are shared out, the page says the same of all.
    for split in 0..=all.len() {
        let (here, others) = all.split_at(split);
        let elsewhere = others.iter().fold(Judged::default(), |sum, target| sum.and(judge(target, 60, NOW)));
        let mut data = page(here.to_vec());
        data.part = Some(PagePart::new(1, 2, elsewhere));
        let part = build(&data, NOW, en());
        assert_eq!((&part.overview.headline, part.overview.tone), (&whole.overview.headline, whole.overview.tone));
        assert_eq!(part.overview.details, whole.overview.details, "{split}");
        assert_eq!(part.overview.troubled.len(), here.iter().filter(|t| judge(t, 60, NOW).troubled > 0).count());
        assert!(part.notices[0].text.ends_with("for 1 of 4 services."), "{:?}", part.notices);
    }
}

#[test]
fn what_is_unstable_is_said_at_the_top_and_changes_no_tone() {
    let mut data = two();
    data.status.targets[0].ipv6.unstable = true;
    let model = build(&data, NOW, en());
    assert!(model.overview.details.contains(&"1 service is unstable.".to_owned()), "{:?}", model.overview.details);
    assert_eq!(model.targets[0].rows.get(Route::Ipv6).tone, Tone::Good);
    assert_eq!(model.targets[0].findings[0].code, crate::show::phrases::UNSTABLE);
}

/// Why it is not as it should be stands in the row, in the line of the service, and, of the only service, in the headline.
#[test]
fn a_degraded_service_tells_why() {
    use dualwatch_core::measure::sample::Warning;
    let warning = Warning::CertificateExpires { days_left: 5, expected_days: 14, made_for_days: Some(6) };
    let warned = dualwatch_wire::v1::FamilyFacts { degraded: true, warning: Some(warning), ..up() };
    let why = "its certificate expires in 5 days (it was made for 6 days: 14 are never left)";
    let web = sample("web", warned.clone(), up(), Some(Family::Ipv6));
    let model = build(&page(vec![web.clone()]), NOW, en());
    assert_eq!(model.overview.headline, format!("The service is up, but {why}."));
    assert_eq!(model.overview.tone, Tone::Slow);
    let row = model.targets[0].rows.get(Route::Ipv4);
    assert_eq!((row.mild, row.tone, row.edge.main.as_str()), (Mild::Warned, Tone::Slow, &*format!("up, but {why}")));
    assert!(row.verdict_words.ends_with(&format!(", but {why}")), "{}", row.verdict_words);
    let model = build(&page(vec![web, sample("api", up(), up(), Some(Family::Ipv6))]), NOW, en());
    assert_eq!(model.overview.headline, "All 2 services are up.");
    assert_eq!(model.overview.details, ["1 service is up, and not as it should be.".to_owned(), format!("web: {why}")]);
    // What is slow tells it as well.
    let slow = sample("web", facts(State::Up, Some(Cause::Slow)), up(), Some(Family::Ipv6));
    let model = build(&page(vec![slow]), NOW, en());
    assert_eq!(model.overview.headline, "The service is up, but slower than expected.");
    // What fails is said first.
    let both = sample("web", warned, down(Cause::TcpRefused), Some(Family::Ipv4));
    let model = build(&page(vec![both]), NOW, en());
    assert_eq!(model.overview.headline, "The service has trouble over IPv6.");
}

/// What is announced is told by its title, with beginning and end, also what is to come.
#[test]
fn maintenance_is_announced_at_the_top() {
    use dualwatch_core::{measure::family::PerFamily, measure::time::DAY, respond::maintenance::Expected};
    let window = |from, to, in_progress| dualwatch_wire::v1::Maintenance {
        id: "maintenance--1".into(),
        title: "New <router>".into(),
        from,
        to,
        in_progress,
        families: PerFamily { ipv4: false, ipv6: true },
        expected: Expected::Down,
        targets: Some(vec!["web".into()]),
    };
    let mut data = two();
    data.status.maintenance = vec![
        window(NOW - MINUTE, NOW + MINUTE, true),
        window(NOW + DAY, NOW + 2 * DAY, false),
        window(NOW + 8 * DAY, NOW + 9 * DAY, false),
    ];
    let model = build(&data, NOW, en());
    assert!(model.overview.headline.ends_with(" Maintenance is running."), "{}", model.overview.headline);
    let told: Vec<(&str, &str)> = model.notices.iter().map(|notice| (notice.code, &*notice.text)).collect();
    assert_eq!(
        told,
        [
            (
                "maintenance",
                "Maintenance in progress: New <router>: may be down over IPv6 from 23 November 2026, 10:10:51 UTC to 23 November \
                 2026, 10:12:51 UTC. It is about web."
            ),
            (
                "planned",
                "Maintenance announced: New <router>: may be down over IPv6 from 24 November 2026, 10:11:51 UTC to 25 November \
                 2026, 10:11:51 UTC. It is about web."
            ),
        ]
    );
}
