//! Incidents from documents to words.

use super::*;
use crate::samples::{NOW, en, incident, record};
use dualwatch_core::{
    measure::{cause::Cause, family::Family, time::MINUTE},
    respond::{incident::IncidentId, report::Context},
};
use dualwatch_wire::{
    seconds::Seconds,
    v1::{Incident, incident::Length, page::PageRate},
};
use dualwatch_words as words;

fn texts(open: &Open) -> Vec<&str> {
    open.lines.iter().map(String::as_str).collect()
}

fn check_open(outages: &[(Family, i64, i64)], headline: &str, since: &str, lines: &[&str]) {
    let shown = incidents(&[incident("Api", outages)], NOW, en());
    let [open] = &shown.open[..] else { panic!("one is open: {shown:?}") };
    assert_eq!((open.headline.as_str(), open.since.as_str()), (headline, since));
    assert_eq!(texts(open), lines);
}

#[test]
fn one_that_lasts() {
    check_open(
        &[(Family::Ipv6, 23, 0)],
        "Api is down over IPv6",
        "Began between 09:47:51 and 09:48:51 UTC, 23 minutes ago.",
        &["IPv6: connection refused"],
    );
    check_open(
        &[(Family::Ipv6, 3 * 1_440, 0)],
        "Api is down over IPv6",
        "Began between 2026-11-20 10:10:51 and 2026-11-20 10:11:51 UTC, 3 days ago.",
        &["IPv6: connection refused"],
    );
}

#[test]
fn what_two_vantages_made_of_one_failure_is_told_once_as_in_the_report() {
    let mut record = record(&[(Family::Ipv6, 23, 0)]);
    record.causes[0].cause = Cause::TcpNoConnection;
    let mut office = record.causes[0].clone();
    office.cause = Cause::TcpRefused;
    office.exhibit.vantage = "office".into();
    record.causes.push(office);
    let document = Incident::of("api", "Api", &record);
    assert_eq!(document.summary.causes.len(), 2, "the API has both");
    let shown = incidents(&[(&document).into()], NOW, en());
    assert_eq!(texts(&shown.open[0]), ["IPv6: connection refused"]);
    let report = words::report::report("api", "Api", &record, &Context::default());
    assert_eq!(report.causes.len(), 1);
    let looked_after: Vec<_> = report.checklist.iter().map(|list| list.cause).collect();
    assert_eq!(looked_after, [Cause::TcpRefused]);
    // An earlier one has in common with it what both tell.
    let earlier = dualwatch_core::respond::incident::Incident {
        id: IncidentId(NOW - 90 * MINUTE),
        resolved_at: Some(NOW - 60 * MINUTE),
        ..record.clone()
    };
    let context = Context { others: std::slice::from_ref(&earlier), ..Context::default() };
    let report = words::report::report("api", "Api", &record, &context);
    assert_eq!(report.similar[0].causes, [Cause::TcpRefused]);
}

#[test]
fn what_lasts_is_told_in_the_present_and_what_is_over_in_the_past() {
    let report = |outages| words::report::report("api", "Api", &record(outages), &Context::default());
    let lasts = report(&[(Family::Ipv6, 23, 0)]);
    let hidden = "; it is still down; browsers with both families fall back to the other one, and hardly notice.";
    assert!(lasts.sentence.ends_with(hidden), "{}", lasts.sentence);
    assert_eq!(lasts.affected[3].text, "People who have only IPv6: no connection while IPv6 is down");
    let over = report(&[(Family::Ipv6, 23, 10)]);
    let hidden = "; browsers with both families fell back to the other one, and hardly noticed.";
    assert!(over.sentence.ends_with(hidden), "{}", over.sentence);
    assert_eq!(over.affected[3].text, "People who have only IPv6: no connection while IPv6 was down");
}

#[test]
fn families_that_join_and_part_are_one_incident() {
    check_open(
        &[(Family::Ipv6, 30, 0), (Family::Ipv4, 20, 10)],
        "Api is down over IPv6",
        "Began between 09:40:51 and 09:41:51 UTC, 30 minutes ago.",
        &[
            "Down: IPv6 from 09:41:51, IPv4 and IPv6 from 09:51:51, IPv6 from 10:01:51 UTC.",
            "IPv6: connection refused; IPv4: connection refused",
        ],
    );
    check_open(
        &[(Family::Ipv6, 30, 25), (Family::Ipv6, 5, 0)],
        "Api is down over IPv6",
        "Began between 09:40:51 and 09:41:51 UTC, 30 minutes ago; down again since 10:06:51 UTC.",
        &[
            "Down: IPv6 from 09:41:51 to 09:46:51, IPv6 from 10:06:51 UTC.",
            "IPv6: connection refused",
            "It came back: this is the second time.",
        ],
    );
}

#[test]
fn one_that_flaps_and_is_calm_for_now() {
    let mut calm = incident("Api", &[(Family::Ipv4, 40, 38), (Family::Ipv4, 30, 28), (Family::Ipv4, 20, 18)]);
    calm.open = true;
    calm.flapping = true;
    let shown = incidents(&[calm.clone()], NOW, en());
    assert_eq!(shown.open[0].headline, "Api comes and goes over IPv4");
    assert_eq!(
        texts(&shown.open[0]).last().copied().unwrap(),
        "It flaps: it came and went 3 times, so not every turn is announced."
    );
    calm.flapping = false;
    assert_eq!(headline(&calm, en()), "Api answers again over IPv4, and is being watched");
    let mut back = incident("Api", &[(Family::Ipv4, 40, 38), (Family::Ipv4, 30, 28), (Family::Ipv4, 20, 0)]);
    back.flapping = true;
    let told = incidents(&[back], NOW, en()).open[0].lines.last().cloned().unwrap();
    assert_eq!(told, "It flaps: it came 3 times and went 2 times, so not every turn is announced.");
}

#[test]
fn one_that_was_there_at_the_first_look() {
    let mut first = incident("Api", &[(Family::Ipv6, 23, 0)]);
    first.segments[0].began.after = None;
    let shown = incidents(&[first], NOW, en());
    let since = "Began before 09:48:51 UTC, when it was first looked at, at least 23 minutes ago.";
    assert_eq!(shown.open[0].since, since);
}

#[test]
fn one_that_is_over_has_one_line() {
    let shown = incidents(&[incident("Api", &[(Family::Ipv6, 30, 20)])], NOW, en());
    assert_eq!(shown.open, []);
    assert_eq!(shown.over[0].headline, "Api was down over IPv6 for 10 minutes ± 1 minute");
    assert_eq!(shown.over[0].detail, "until 09:51:51 UTC · IPv6: connection refused");
    let both = incident("Api", &[(Family::Ipv6, 30, 20), (Family::Ipv4, 30, 20)]);
    assert_eq!(headline(&both, en()), "Api was down for 10 minutes ± 1 minute");
}

#[test]
fn a_long_list_is_cut_and_says_so() {
    let one = incident("Api", &[(Family::Ipv6, 23, 0)]);
    let shown = incidents(&vec![one; 15], NOW, en());
    assert_eq!((shown.open.len(), shown.note.as_str()), (12, "3 more are not listed here. "));
    assert_eq!(incidents(&[], NOW, en()).note, "None now, and none within the last day. ");
}

#[test]
fn what_is_unstable_is_not_called_down() {
    let mild = |incident: &mut PageIncident, at: usize| incident.segments[at].unstable = vec![Family::Ipv6];
    let rate = PageRate { family: Family::Ipv6, failed: 29, of: 60 };
    let mut lasting = incident("Api", &[(Family::Ipv6, 30, 0)]);
    mild(&mut lasting, 0);
    lasting.unstable = vec![rate];
    let shown = open(&lasting, NOW, en());
    assert_eq!(shown.headline, "Api is unstable over IPv6");
    assert_eq!(texts(&shown), ["IPv6: connection refused", "IPv6: 29 of 60 rounds failed"]);
    assert_eq!(shown.timeline.rows[1].words, "unstable");

    let mut past = incident("Api", &[(Family::Ipv6, 30, 20)]);
    mild(&mut past, 0);
    past.down_s = None;
    assert_eq!(headline(&past, en()), "Api was unstable over IPv6 for 10 minutes ± 1 minute");
    let mut both = incident("Api", &[(Family::Ipv6, 30, 25), (Family::Ipv6, 20, 10)]);
    mild(&mut both, 0);
    let minutes = |n| Seconds::from_ms(n * MINUTE);
    both.down_s = Some(Length { min: minutes(9), max: Some(minutes(11)) });
    assert_eq!(
        headline(&both, en()),
        "Api was down or unstable over IPv6 2 times, for 15 minutes ± 2 minutes in all, within 20 minutes ± 1 minute, \
         down for 10 minutes ± 1 minute of it"
    );
    both.open = true;
    both.segments[1].ended = None;
    let shown = open(&both, NOW, en());
    assert_eq!(shown.headline, "Api is down over IPv6");
    assert!(shown.since.ends_with("; down again since 09:51:51 UTC."), "{}", shown.since);
    assert_eq!(shown.lines[0], "In order: IPv6 unstable from 09:41:51 to 09:46:51, IPv6 from 09:51:51 UTC.");
}
