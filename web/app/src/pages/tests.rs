//! The pages as a reader without scripts gets them.

mod list;
mod real;

use super::{charts::Charts, *};
use crate::samples::{NOW, down, page, record, target as status, up};
use dualwatch_core::{
    measure::{
        cause::Cause,
        family::{Family, PerFamily},
        time::{DAY, HOUR, MINUTE},
    },
    remember::availability::Period,
    respond::{incident::BlindSpell, report::Context},
};
use dualwatch_wire::door::Chosen;
use dualwatch_wire::{
    seconds::Seconds,
    v1::{
        ChartSums, Incident, IncidentDocument, Incidents, RealClients, TargetAvailability, TargetHistory,
        history::{BucketTimes, ErrorBudget, FamilyBucket, HistoryBucket, TrackAvailability, WindowAvailability},
        incident::Event,
    },
};
use dualwatch_words::pages::Heading;

/// An English page at `path`.
fn at(path: &str) -> Still {
    in_language(path, Language::En)
}

fn in_language(path: &str, language: Language) -> Still {
    let spoken = Spoken { language, is_chosen: language != Language::En };
    Still { spoken, path: Some(path.to_owned()), now: NOW, live: Some(NOW) }
}

fn assets() -> Assets {
    let url = |name: &str| format!("/assets/{name}");
    Assets {
        css: url("style.css"),
        boot: url("boot.js"),
        js: url("app.js"),
        wasm: url("app_bg.wasm"),
        chart_js: url("chart.js"),
        still: url("still.js"),
        stream: url("stream.js"),
        ..Assets::default()
    }
}

/// The text between tags, with one space between pieces: what a reader gets.
fn text(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<').filter_map(|part| part.split_once('>')).map(|(_, after)| after.trim()) {
        if !piece.is_empty() {
            text = text + piece + " ";
        }
    }
    text.replace('\u{a0}', " ")
}

fn check(html: &str, words: &[&str], links: &[&str]) {
    let text = text(html);
    for words in words {
        assert!(text.contains(words), "{words:?} is not in {text}");
    }
    for link in links {
        assert!(html.contains(&format!("href=\"{link}\"")), "no link to {link} in {html}");
    }
    let of_charts = "<script type=\"module\" src=\"/assets/chart.js\"></script>";
    let own = "<script defer src=\"/assets/still.js\" data-stream=\"/assets/stream.js\"></script>";
    let further = html.replace(of_charts, "").replacen(own, "", 1);
    assert!(!further.contains("<script") && !html.contains(" style="), "{html}");
    // What is kept up to date has what is written into it then, and no other page has the script for that.
    assert_eq!(html.contains(own), html.contains("<div id=\"app\" data-live=\""), "{html}");
    if let (Some(keeps), Some(draws)) = (html.find(own), html.find(of_charts)) {
        assert!(keeps < draws, "what keeps the page takes it as it was served: {html}");
    }
    let headings = html.matches("<h1").count();
    assert_eq!(headings, 1, "{html}");
}

fn incident_page(outages: &[(Family, i64, i64)], name: &str) -> String {
    incident_in(Language::En, outages, name)
}

fn incident_in(language: Language, outages: &[(Family, i64, i64)], name: &str) -> String {
    let mut whole = record(outages);
    whole.blind.push(BlindSpell { family: Family::Ipv6, from: NOW - 29 * MINUTE, to: Some(NOW - 27 * MINUTE) });
    let others = [record(&[(Family::Ipv6, 3 * 1_440, 3 * 1_440 - 10)])];
    let context = Context { others: &others, ..Context::default() };
    let document = IncidentDocument {
        version: 1,
        incident: Incident::of("api", name, &whole),
        report: dualwatch_words::report::report_in(language, "api", name, &whole, &context),
    };
    incident(&document, &in_language("/incidents/x", language), &assets())
}

#[test]
fn an_incident_has_its_whole_report() {
    check(
        &incident_page(&[(Family::Ipv6, 30, 0), (Family::Ipv4, 20, 10)], "Api"),
        &[
            "Api has been down over IPv6 since 2026-11-23 09:41:51 UTC",
            "IPv4 was down IPv6 down, at times not seen From 2026-11-23 09:39:18 UTC to 2026-11-23 10:11:51 UTC. Filled: down.",
            "Not over yet It has lasted 30 minutes so far Nobody could see IPv6",
            "IPv4 and IPv6 between 2026-11-23 09:50:51 and 09:51:51 UTC",
            "Nobody could see IPv6 from 2026-11-23 09:42:51 to 09:44:51 UTC",
            "IPv6: connection refused (2001:db8::1, after 12 ms), seen by edge in 30 rounds",
            "tcp.refused The machine answered and said no",
            "The evidence as it was recorded {",
            "People who have only IPv6: ",
            "What may have been behind it",
            "For : all 30 failed rounds over IPv6 had this: connection refused",
            "What to look at For: connection refused",
            "Similar incidents 2026-11-20 10:11:51 UTC, down for 10 minutes ± 1 minute",
            "Confirmed 10 seconds after it was first seen",
            "Since then It is not over yet.",
            "As of 2026-11-23 10:11:51 UTC. This page does not change by itself",
        ],
        &[
            "/",
            "/incidents",
            "/targets/api",
            "/api/v1/incidents/api-20261123T094151Z/report.md",
            "/api/v1/incidents/api-20261123T094151Z",
            "/incidents/api-20261120T101151Z",
        ],
    );
    let over = incident_page(&[(Family::Ipv6, 30, 10)], "Api");
    let lines =
        ["Api was down over IPv6 for 19 minutes ± 2 minutes", "Lasted 20 minutes ± 1 minute", "Watched for a relapse"];
    check(&over, &lines, &[]);
}

#[test]
fn names_cannot_become_markup() {
    let html = incident_page(&[(Family::Ipv6, 30, 0)], "</title><script>alert(1)</script>");
    assert!(!html.replacen("<script defer ", "", 1).contains("<script"), "{html}");
    assert!(!missing("<script>", &at("/x"), &assets()).replacen("<script defer ", "", 1).contains("<script"));
}

#[test]
fn what_is_missing_is_said_and_leads_on() {
    check(
        &missing("There is no incident x.", &at("/x"), &assets()),
        &["There is nothing here", "There is no incident x."],
        &["/", "/incidents"],
    );
}

/// Half a day observed, of it so many seconds down.
fn track(down: i64) -> TrackAvailability {
    let s = |seconds: i64| Seconds::from_ms(seconds * 1_000);
    TrackAvailability {
        observed_s: s(43_200),
        up_s: s(43_200 - down),
        degraded_s: s(0),
        down_s: s(down),
        maintenance_s: s(3_600),
        unobserved_share: 0.25,
        ratio: Some((43_200 - down) as f64 / 43_200.0),
        blurred_s: s(0),
        budget: Some(ErrorBudget { allowed_s: s(432), spent_s: s(down), left_s: s(432 - down) }),
    }
}

fn target_page(edit: impl FnOnce(&mut TargetAvailability)) -> String {
    target_in(Language::En, edit)
}

fn target_in(language: Language, edit: impl FnOnce(&mut TargetAvailability)) -> String {
    target_of(language, None, edit)
}

fn target_of(
    language: Language,
    real_clients: Option<&RealClients>,
    edit: impl FnOnce(&mut TargetAvailability),
) -> String {
    let data = page(vec![status("Api", up(), down(Cause::TcpRefused), Some(Family::Ipv4))]);
    let mut availability = TargetAvailability {
        version: 1,
        slug: "api".into(),
        slo: Some(99.0),
        since: None,
        windows: ["24h", "2026-11"]
            .map(|window| WindowAvailability {
                window: window.into(),
                from: NOW - DAY,
                to: NOW,
                ipv4: track(0),
                ipv6: track(43_200),
                dual_stack: track(60),
            })
            .into(),
    };
    edit(&mut availability);
    let midnight = NOW - NOW.unix_ms().rem_euclid(DAY);
    let times = |up: i64, down: i64| BucketTimes {
        up_s: Seconds::from_ms(up * HOUR),
        down_s: Seconds::from_ms(down * HOUR),
        ..BucketTimes::default()
    };
    let day = |ago: i64, down: i64| HistoryBucket {
        from: midnight - ago * DAY,
        to: midnight - (ago - 1) * DAY,
        ipv4: FamilyBucket { times: times(24, 0), ..FamilyBucket::default() },
        ipv6: FamilyBucket { times: times(20 - down, down), ..FamilyBucket::default() },
        dual_stack: times(24, 0),
    };
    let history = TargetHistory {
        version: 1,
        slug: "api".into(),
        size: "1d".into(),
        from: TargetPage::history_from(NOW),
        to: NOW,
        buckets: (1..60).rev().map(|ago| day(ago, i64::from(ago % 20 == 0) * 3)).collect(),
        n_unreadable: 0,
    };
    let own = [Incident::of("api", "Api", &record(&[(Family::Ipv6, 30, 0)]))];
    let mut status = data.status.targets[0].clone();
    status.ipv6.known_by = Some("office".to_owned());
    // What is drawn has tests of its own.
    let sums = ChartSums { from: NOW - DAY, to: NOW, step_ms: HOUR, usual: PerFamily::default(), steps: Vec::new() };
    let charts = Charts { range: Period::Day, sums: &sums, year: &sums, zone: None, marks: &[], ends: &[] };
    let page = TargetPage {
        status: &status,
        interval_s: 60,
        maintenance: &[],
        own: "edge",
        availability: &availability,
        history: &history,
        incidents: &own,
        real_clients,
        addresses: None,
        charts,
    };
    target(&page, &in_language("/targets/api", language), &assets())
}

#[test]
fn a_service_has_its_availability_its_days_and_its_incidents() {
    let html = target_page(|_| {});
    check(
        &html,
        &[
            "Now, seen from the edge IPv4 up 23 ms · for 12 minutes IPv6 down: connection refused since 09:59:51 UTC, 12 minutes · measured by office",
            "24 hours 100 % maintenance 1 hour, 25.00 % not observed 0 % down 12 hours, maintenance 1 hour, 25.00 % not observed",
            "99.86 % down 1 minute",
            "November 2026 100 %",
            "objective of 99 %",
            "7 minutes 12 seconds left of 7 minutes 12 seconds overspent by 11 hours 53 minutes of 7 minutes 12 seconds",
            "IPv4 no outage seen, 31 days not observed",
            "IPv6 outages on 2 days, 31 days not observed",
            "2026-11-03: down 3 hours; not observed 4 hours",
            "2026-11-22 up up; not observed 4 hours up",
            "2026-11-23 not observed not observed not observed",
            "Incidents Api is down over IPv6",
        ],
        &["/incidents/api-20261123T094151Z", "/api/v1/targets/api/availability", "https://api.example/"],
    );
    assert_eq!(html.matches("class=\"day\"").count(), 3 * 90 + 5, "a cell a day and route, and the legend");
    let without = target_page(|availability| availability.slo = None);
    assert!(!without.contains("Error budget"));
    let short = target_page(|availability| {
        let mut month = availability.windows[1].clone();
        month.window = "2026-10".into();
        for track in [&mut month.ipv4, &mut month.ipv6, &mut month.dual_stack] {
            *track = TrackAvailability {
                observed_s: Seconds::from_ms(0),
                maintenance_s: Seconds::from_ms(0),
                ..track.clone()
            };
        }
        availability.windows.push(month);
    });
    assert!(short.contains("November 2026") && !short.contains("October 2026"), "months before the first round");
}

/// The pieces of text that are not marked as English, as code, or as what was recorded.
fn own_words(html: &str) -> Vec<String> {
    let mut rest = html[html.find("<h1>").unwrap()..].to_owned();
    for (from, to) in [
        ("<span lang=\"en\">", "</span>"),
        ("<div lang=\"en\">", "</div>"),
        ("<code>", "</code>"),
        ("<pre ", "</pre>"),
        ("<p class=\"url\">", "</p>"),
    ] {
        while let Some(at) = rest.find(from) {
            let end = at + rest[at..].find(to).unwrap() + to.len();
            rest.replace_range(at..end, "");
        }
    }
    let pieces = rest.split('<').filter_map(|part| part.split_once('>')).map(|(_, after)| after.trim().to_owned());
    pieces.filter(|piece| piece.chars().any(char::is_alphabetic)).collect()
}

/// The pages of one language.
fn pages_in(language: Language) -> [String; 5] {
    let of = |outages: &[(Family, i64, i64)]| Incident::of("api", "Api", &record(outages));
    let all = Incidents {
        version: 1,
        incidents: vec![of(&[(Family::Ipv6, 30, 0), (Family::Ipv4, 20, 10)]), of(&[(Family::Ipv6, 90, 80)])],
        events: Vec::new(),
        next_before: None,
    };
    let nothing = in_language("/x", language);
    let said = words(language).heading(Heading::NoService);
    [
        target_in(language, |_| {}),
        incident_in(language, &[(Family::Ipv6, 30, 0), (Family::Ipv4, 20, 10)], "Api"),
        incident_in(language, &[(Family::Ipv6, 30, 10)], "Api"),
        incidents(&all, &Chosen::default(), &in_language("/incidents", language), &assets()),
        missing(said, &Still { path: None, ..nothing }, &assets()),
    ]
}

#[test]
fn every_page_is_in_its_language_and_leads_on_in_it() {
    // Of the language or not, these are names.
    let names = [
        "Api",
        "db8",
        "AAAA",
        "TTL",
        "RFC",
        "IPv4",
        "IPv6",
        "UTC",
        "JSON",
        "Markdown",
        "edge",
        "office",
        "HTTP",
        "TLS",
        "DNS",
        "TCP",
        "Happy",
        "Eyeballs",
        "ss",
        "MTU",
        "Dualwatch",
        "English",
        "Deutsch",
        "api",
    ];
    let english = pages_in(Language::En).map(|html| own_words(&html));
    for language in [Language::ZhHans, Language::De] {
        for (html, english) in pages_in(language).iter().zip(&english) {
            assert!(html.contains(&format!("<html lang=\"{}\">", language.code())), "{html}");
            for piece in own_words(html) {
                let words = piece.split(|c: char| !c.is_ascii_alphanumeric());
                let mut words = words.filter(|word| word.len() > 1 && word.chars().any(|c| c.is_ascii_alphabetic()));
                let is_name = words.all(|word| names.contains(&word));
                let is_foreign = match language {
                    Language::ZhHans => !is_name,
                    _ => !is_name && english.contains(&piece) && piece != "November 2026",
                };
                assert!(!is_foreign, "{language:?}: {piece}");
            }
            let code = language.code();
            for link in ["/", "/incidents", "/self-test"].map(|path| format!("href=\"{path}?lang={code}\"")) {
                assert!(html.contains(&link), "{link} in {html}");
            }
            // Nothing of ours is left that leads into another language but the switch.
            let links = html.split("href=\"/").skip(1).filter_map(|rest| rest.split_once('"')).map(|(path, _)| path);
            for link in links.filter(|link| !link.starts_with("api/") && !link.starts_with("assets/")) {
                let is_switch = link.starts_with("targets/") || link.starts_with("incidents");
                assert!(link.contains("lang=") || (is_switch && html.contains("x-default")), "{link}");
            }
        }
    }
}

#[test]
fn the_switch_is_on_every_page_that_is_there() {
    let html = target_in(Language::De, |_| {});
    for (code, link) in [("en", "/targets/api?lang=en"), ("zh-Hans", "/targets/api?lang=zh-Hans")] {
        assert!(html.contains(&format!("href=\"{link}\" lang=\"{code}\"")), "{link} in {html}");
    }
    assert!(html.contains("<link rel=\"alternate\" hreflang=\"x-default\" href=\"/targets/api\">"), "{html}");
    let nowhere = Still { path: None, ..in_language("/x", Language::De) };
    assert!(!missing("*", &nowhere, &assets()).contains("data-languages"));
}
