//! The list of incidents: what is open first, the rest by month, chosen and led on from.

use super::*;

#[test]
fn the_list_has_what_is_open_first_and_the_rest_by_month() {
    let of = |outages: &[(Family, i64, i64)]| Incident::of("api", "Api", &record(outages));
    let month = 30 * 1_440;
    let all = Incidents {
        version: 1,
        incidents: vec![
            of(&[(Family::Ipv6, 30, 0)]),
            of(&[(Family::Ipv6, 90, 80)]),
            of(&[(Family::Ipv4, month, month - 10)]),
        ],
        events: Vec::new(),
        next_before: None,
    };
    check(
        &incidents(&all, &Chosen::default(), &at("/incidents"), &assets()),
        &[
            "1 incident is open",
            "Api is down over IPv6 Began between 09:40:51 and 09:41:51 UTC, 30 minutes ago.",
            "Over November 2026 Api was down over IPv6 for 10 minutes ± 1 minute until 08:51:51 UTC · IPv6: connection refused",
            "October 2026 Api was down over IPv4 for 10 minutes ± 1 minute until 2026-10-24 10:21:51 UTC",
        ],
        &["/incidents/api-20261123T094151Z", "/incidents/api-20261024T101151Z", "/api/v1/incidents"],
    );
    let none = Incidents { version: 1, incidents: Vec::new(), events: Vec::new(), next_before: None };
    check(&incidents(&none, &Chosen::default(), &at("/incidents"), &assets()), &["No incident is on record"], &[]);
}

#[test]
fn what_began_together_is_one_event() {
    let [a, b] = ["A", "B"].map(|name| Incident::of(&name.to_lowercase(), name, &record(&[(Family::Ipv6, 30, 0)])));
    let event = Event {
        began: a.summary.began,
        ended: None,
        incidents: vec![a.summary.id.clone(), b.summary.id.clone()],
        text: "two services share a network".into(),
    };
    let all = Incidents { version: 1, incidents: vec![a, b], events: vec![event], next_before: None };
    check(
        &incidents(&all, &Chosen::default(), &at("/incidents"), &assets()),
        &["2 incidents are open", "Began together Two services share a network A B A is down over IPv6"],
        &["/incidents/a-20261123T094151Z", "/incidents/b-20261123T094151Z"],
    );
}

#[test]
fn a_long_list_leads_to_older_ones() {
    let one = Incident::of("api", "Api", &record(&[(Family::Ipv6, 90, 80)]));
    let all = Incidents { version: 1, incidents: vec![one; 50], events: Vec::new(), next_before: None };
    let before = (NOW - 90 * MINUTE).unix_ms();
    check(
        &incidents(&all, &Chosen::default(), &at("/incidents"), &assets()),
        &["Older incidents"],
        &[&format!("/incidents?before={before}")],
    );
}

#[test]
fn incidents_are_chosen_by_service_family_and_cause() {
    let of = |slug: &str, name: &str, outages: &[(Family, i64, i64)]| Incident::of(slug, name, &record(outages));
    let all = Incidents {
        version: 1,
        incidents: vec![
            of("api", "Api \"<b>", &[(Family::Ipv6, 30, 0)]),
            of("web", "Web", &[(Family::Ipv6, 90, 80)]),
            of("web", "Web", &[(Family::Ipv4, 190, 180)]),
        ],
        events: Vec::new(),
        next_before: None,
    };
    let listed = |family: Option<Family>, cause: Option<Cause>| {
        let chosen = Chosen { family, cause, ..Chosen::default() };
        let html = incidents(&all, &chosen, &at("/incidents"), &assets());
        assert!(
            html.contains("<form class=\"find\" action=\"/incidents\" method=\"get\">") && !html.contains("<b>"),
            "{html}"
        );
        html.matches("data-incident=").count()
    };
    assert_eq!(listed(None, None), 3);
    assert_eq!(listed(Some(Family::Ipv4), None), 1);
    assert_eq!(listed(Some(Family::Ipv6), Some(Cause::TcpRefused)), 2);
    assert_eq!(listed(None, Some(Cause::TlsExpired)), 0);
    let chosen = Chosen { family: Some(Family::Ipv6), ..Chosen::default() };
    let html = incidents(&all, &chosen, &at("/incidents"), &assets());
    assert!(html.contains("<option value=\"ipv6\" selected>IPv6</option>"), "{html}");
    assert_eq!(chosen.link("/incidents", Some(NOW)), "/incidents?family=ipv6&before=1795428711042");
}
