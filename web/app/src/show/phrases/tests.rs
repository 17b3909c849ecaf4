//! Cells word for word.

use super::*;
use crate::samples::en;
use dualwatch_core::measure::{cause::Cause, round::DualStack, time::MINUTE};
use dualwatch_wire::v1::OtherName;

const NOW: Timestamp = Timestamp::from_unix_ms(1_795_428_711_042);

fn target(ipv4: FamilyFacts, ipv6: FamilyFacts, dual_stack: DualStack) -> TargetStatus {
    TargetStatus {
        slug: "service".into(),
        name: "Service".into(),
        url: "https://service.example/".into(),
        last_round_at: Some(NOW),
        ipv4,
        ipv6,
        dual_stack,
        clients: None,
        client_tally: None,
        differences: Vec::new(),
        alternations: Vec::new(),
        group: None,
    }
}

fn facts(state: State, cause: Option<Cause>) -> FamilyFacts {
    FamilyFacts {
        state,
        cause,
        since: Some(NOW - 12 * MINUTE - 5 * SECOND),
        address: "2001:db8::1".parse().ok(),
        ..FamilyFacts::default()
    }
}

fn check(target: &TargetStatus, route: Route, main: &str, detail: &str) {
    let side = crate::found::edge::side(target, 60, route, NOW);
    assert_eq!(edge(target, side, route, NOW, en()), Cell::new(main, detail));
}

#[test]
fn one_family_at_the_edge() {
    let v6 = |f| target(FamilyFacts::default(), f, DualStack::default());
    let up = FamilyFacts { latency_ms: Some(12.4), ..facts(State::Up, None) };
    check(&v6(up.clone()), Route::Ipv6, "up", "12 ms · for 12 minutes · 2001:db8::1");
    let slow = FamilyFacts { cause: Some(Cause::Slow), degraded: true, ..up };
    check(&v6(slow), Route::Ipv6, "up, but slower than expected", "12 ms · for 12 minutes · 2001:db8::1");
    let down = facts(State::Down, Some(Cause::TcpRefused));
    let long = FamilyFacts { since: Some(NOW - 648_900_000), address: None, ..down.clone() };
    let detail = "since 2026-11-15 21:56:51 UTC, 7 days 12 hours 15 minutes";
    check(&v6(long), Route::Ipv6, "down: connection refused", detail);
    check(&v6(down.clone()), Route::Ipv6, "down: connection refused", "since 09:59:46 UTC, 12 minutes · 2001:db8::1");
    let planned = FamilyFacts { maintenance: true, ..down };
    check(
        &v6(planned),
        Route::Ipv6,
        "down: connection refused (maintenance)",
        "since 09:59:46 UTC, 12 minutes · 2001:db8::1",
    );
    let required = FamilyFacts { address: None, ..facts(State::Down, Some(Cause::DnsNodata)) };
    check(&v6(required), Route::Ipv6, "down: no address of this family is published", "since 09:59:46 UTC, 12 minutes");
    let absent = facts(State::Unknown, Some(Cause::DnsNodata));
    check(&v6(absent), Route::Ipv6, "no AAAA record: IPv4 only by design", "");
    let blind = facts(State::Unknown, Some(Cause::VantageNoFamily));
    check(&v6(blind), Route::Ipv6, "cannot tell", "the place that measures has no working IPv6");
}

#[test]
fn a_failure_of_our_own_says_why_and_a_wrong_certificate_for_whom_it_is() {
    let v6 = |f| target(FamilyFacts::default(), f, DualStack::default());
    let why = Some("a resolver's certificate is not trusted: a network that inspects TLS?".to_owned());
    let failed = FamilyFacts { why, ..facts(State::Unknown, Some(Cause::MeasurementFailed)) };
    check(
        &v6(failed),
        Route::Ipv6,
        "cannot tell",
        "the measurement itself failed: a resolver's certificate is not trusted: a network that inspects TLS?",
    );
    let names = vec!["other.example".to_owned()];
    let certificate = Some(OtherName { names, n: 5, wanted: Some("service.example".into()) });
    let wrong = FamilyFacts { certificate, ..facts(State::Down, Some(Cause::TlsNameMismatch)) };
    check(
        &v6(wrong),
        Route::Ipv6,
        "down: the certificate is for another name",
        "shows a certificate for other.example and 4 more, not for service.example · since 09:59:46 UTC, 12 minutes · \
         2001:db8::1",
    );
}

#[test]
fn an_address_has_no_records_and_no_design() {
    let mut t = target(
        FamilyFacts { address: None, ..facts(State::Unknown, Some(Cause::DnsNodata)) },
        facts(State::Up, None),
        DualStack::default(),
    );
    t.url = "https://[2001:db8::1]/".into();
    check(&t, Route::Ipv4, "nothing to measure: what is measured is an IPv6 address", "");
    // Nor have addresses that the configuration pins.
    t.url = "https://service.example/".into();
    t.ipv4.pinned = true;
    check(&t, Route::Ipv4, "nothing to measure: the configuration pins IPv6 addresses only", "");
    t.ipv4.state = State::Down;
    let why = "nothing to measure: the configuration pins IPv6 addresses only · since 09:59:46 UTC, 12 minutes";
    check(&t, Route::Ipv4, "down", why);
}

#[test]
fn what_is_unstable_is_said_beside_what_it_is_now() {
    let mild = FamilyFacts { unstable: true, ..facts(State::Up, None) };
    let found = findings(&target(facts(State::Up, None), mild.clone(), DualStack::default()), en());
    let [finding] = &found[..] else { panic!("{found:?}") };
    assert_eq!(
        (finding.code, finding.text.as_str()),
        ("unstable", "over IPv6: it fails again and again, and answers in between")
    );
    assert!(
        findings(&target(mild.clone(), mild, DualStack::default()), en())[0].text.starts_with("over IPv4 and IPv6")
    );
}

#[test]
fn who_knew_of_a_failure_is_said_where_it_was_another_vantage() {
    let failed = |known_by: &str| FamilyFacts { known_by: Some(known_by.into()), ..facts(State::Down, None) };
    let cell = || Cell::new("down", "since then");
    assert_eq!(told_by(cell(), &failed("office"), "edge", en()), Cell::new("down", "since then · measured by office"));
    assert_eq!(told_by(cell(), &failed("edge"), "edge", en()), cell());
    assert_eq!(told_by(cell(), &FamilyFacts::default(), "edge", en()), cell());
    assert_eq!(
        told_by(Cell::new("down", ""), &failed("office"), "edge", en()),
        Cell::new("down", "measured by office")
    );
}

#[test]
fn a_dual_stack_client_at_the_edge() {
    let on = |family, cost| DualStack { family: Some(family), cost_ms: Some(cost) };
    let (up, refused) = (facts(State::Up, None), facts(State::Down, Some(Cause::TcpRefused)));
    let check_dual = |t: &TargetStatus, main, detail| check(t, Route::DualStack, main, detail);
    check_dual(&target(up.clone(), up.clone(), on(Family::Ipv6, 0.2)), "up over IPv6", "no time lost");
    check_dual(
        &target(up.clone(), refused.clone(), on(Family::Ipv4, 12.0)),
        "up over IPv4",
        "12 ms lost to trying IPv6 first",
    );
    check_dual(
        &target(up.clone(), up.clone(), on(Family::Ipv6, 190.0)),
        "up over IPv6",
        "190 ms slower than the better family alone",
    );
    check_dual(&target(refused.clone(), refused, DualStack::default()), "down: connection refused", "");
    let certificate = facts(State::Down, Some(Cause::TlsNameMismatch));
    check_dual(
        &target(up, certificate, DualStack::default()),
        "held up by IPv6: the certificate is for another name",
        "a client that connects over IPv6 does not fall back to IPv4",
    );
}

#[test]
fn a_late_round_says_what_was_last_seen() {
    let mut t = target(facts(State::Down, Some(Cause::TcpRefused)), FamilyFacts::default(), DualStack::default());
    t.last_round_at = Some(NOW - 10 * MINUTE);
    check(&t, Route::Ipv4, "no recent round", "last one 10 minutes ago · then down");
    t.last_round_at = None;
    check(&t, Route::Ipv4, "not measured yet", "");
}

#[test]
fn the_time_of_day() {
    assert_eq!(time_of_day(NOW), "10:11:51 UTC");
    assert_eq!(time_of_day(Timestamp::from_unix_ms(-1)), "23:59:59 UTC");
}
