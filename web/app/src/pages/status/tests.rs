//! The HTML as a reader without scripts gets it, and as a test reads it.

use super::*;
use crate::samples::{NOW, down, facts, incident, page, target, up};
use dualwatch_core::measure::{cause::Cause, family::Family};
use dualwatch_wire::v1::{Uptime, status::State};

fn assets() -> Assets {
    let url = |name: &str| format!("/assets/{name}");
    Assets {
        css: url("style.css"),
        boot: url("boot.js"),
        js: url("app.js"),
        wasm: url("app_bg.wasm"),
        ..Assets::default()
    }
}

fn html(data: &PageData) -> String {
    status(data, Spoken::default(), &assets())
}

/// The text between tags, with one space between pieces: what a reader gets.
fn text(html: &str) -> String {
    let body = &html[html.find("<body>").unwrap()..];
    let mut text = String::new();
    for piece in body.split('<').filter_map(|part| part.split_once('>')).map(|(_, after)| after.trim()) {
        if !piece.is_empty() {
            text = text + piece + " ";
        }
    }
    text.replace('\u{a0}', " ")
}

/// The attributes of the row of one target and family, in the order of the document.
fn attributes(html: &str, slug: &str, family: &str) -> String {
    let from = html.find(&format!("data-target=\"{slug}\" data-family=\"{family}\"")).expect("a row");
    let rest = &html[from..];
    rest[..rest.find('>').unwrap()].to_owned()
}

#[test]
fn the_status_can_be_read_without_any_script() {
    let data = page(vec![
        target("Web", up(), up(), Some(Family::Ipv6)),
        target("Api", up(), down(Cause::TcpRefused), Some(Family::Ipv4)),
        target("Old", up(), facts(State::Unknown, Some(Cause::DnsNodata)), Some(Family::Ipv4)),
    ]);
    let text = text(&html(&data));
    for words in [
        "1 of 3 services has trouble over IPv6.",
        "IPv6 down over IPv6, seen from the edge Edge down: connection refused since 09:59:51 UTC, 12 minutes",
        "Not checked from your browser.",
        "IPv4 up, seen from the edge Edge up 23 ms · for 12 minutes",
        "no AAAA record: IPv4 only by design",
        "edge: IPv4 proven, IPv6 proven; last round 3 seconds ago",
        "Your connection can only be tested with JavaScript.",
        "The machine answered and said no",
    ] {
        assert!(text.contains(words), "{words:?} is not in {text}");
    }
    assert!(!text.contains("0 ms"), "{text}");
}

#[test]
fn the_operators_clock_stands_beside_utc() {
    use dualwatch_core::measure::{time::DAY, zone::Zone};
    let zone = |offset_s, name: &str| Zone::between(NOW - DAY, NOW + DAY, |_| (offset_s, name.to_owned()));
    let mut data = page(vec![target("Api", up(), down(Cause::TcpRefused), Some(Family::Ipv4))]);
    data.incidents = vec![incident("Api", &[(Family::Ipv6, 23, 0)])];
    let document = html(&data);
    assert!(!document.contains("UTC ("));
    // As the worker writes it into the document.
    let zoned = dualwatch_words::beside(&document, &zone(3_600, "CET"), NOW);
    let rendered = text(&zoned);
    for words in [
        "since 09:59:51 UTC (10:59:51 CET), 12 minutes",
        "Began between 09:47:51 and 09:48:51 UTC (10:47:51 and 10:48:51 CET), 23 minutes ago.",
        "Published at 10:11:51 UTC (11:11:51 CET)",
    ] {
        assert!(rendered.contains(words), "{words:?} is not in {rendered}");
    }
    assert_eq!(rendered.matches(" UTC").count(), rendered.matches(" UTC (").count(), "{rendered}");
}

#[test]
fn what_is_going_on_comes_first() {
    let mut data = page(vec![target("Api", up(), down(Cause::TcpRefused), Some(Family::Ipv4))]);
    data.targets[0].uptime = Some(Uptime { ipv4: Some(1.0), ipv6: Some(0.25), ..Uptime::default() });
    data.status.targets[0].ipv6.maintenance = true;
    data.incidents = vec![incident("Api", &[(Family::Ipv6, 23, 0)]), incident("Api", &[(Family::Ipv4, 60, 50)])];
    let html = html(&data);
    let text = text(&html);
    for words in [
        "Incidents Api is down over IPv6 Began between 09:47:51 and 09:48:51 UTC, 23 minutes ago. \
         IPv4 no outage seen IPv6 down IPv6: connection refused",
        "Api was down over IPv4 for 10 minutes ± 1 minute until 09:21:51 UTC · IPv4: connection refused All incidents",
        "Up over 30 days: IPv4 100 % · IPv6 25.00 % · dual stack not observed",
        "IPv6 down over IPv6, seen from the edge Edge down: connection refused (maintenance)",
        "Maintenance over IPv6, as announced: what fails because of it does not count as an outage",
    ] {
        assert!(text.contains(words), "{words:?} is not in {text}");
    }
    assert!(html.find("<h2 id=\"incidents\"").unwrap() < html.find("<h2 id=\"services\"").unwrap());
    for link in ["/incidents/api-20261123T094851Z", "/incidents", "/targets/api"] {
        assert!(html.contains(&format!("href=\"{link}\"")), "{link}");
    }
    assert!(html.contains("d=\"M47 16L87 0H1000L1000 16Z\""), "{html}");
}

#[test]
fn every_row_can_be_read_by_a_machine() {
    let data = page(vec![target("Api", up(), down(Cause::TcpRefused), Some(Family::Ipv4))]);
    let html = html(&data);
    assert_eq!(
        attributes(&html, "api", "ipv6"),
        "data-target=\"api\" data-family=\"ipv6\" data-edge=\"failed\" data-browser=\"not_measured\" \
         data-verdict=\"edge_down\" data-cause=\"tcp.refused\" data-side=\"them\" data-tone=\"bad\" \
         data-why=\"not_tested\" data-told=\"failed\" data-says=\"other\" data-dns=\"unknown\" \
         data-url=\"https://ipv6.api.example\" data-near=\"elsewhere\" class=\"route\""
    );
    assert!(attributes(&html, "api", "ipv4").contains("data-edge=\"ok\""));
    assert!(attributes(&html, "api", "dual_stack").contains("data-cause=\"\""));
    assert!(html.contains("<div id=\"app\" data-live=\"1795902136123\" data-self-test-state=\"pending\""), "{html}");
    assert!(
        html.contains("data-self-test=\"\" data-run=\"running\" data-ipv4=\"unknown\" data-ipv6=\"unknown\""),
        "{html}"
    );
    for question in ["ipv4", "ipv6", "dual_stack"] {
        assert!(html.contains(&format!("data-question=\"{question}\" data-state=\"waiting\"")));
    }
}

#[test]
fn what_is_well_is_closed_and_what_is_not_is_open() {
    let data = page(vec![
        target("Web", up(), up(), Some(Family::Ipv6)),
        target("Api", up(), down(Cause::TcpRefused), Some(Family::Ipv4)),
    ]);
    let html = html(&data);
    let details = |slug: &str| {
        let service = &html[html.find(&format!("data-service=\"{slug}\"")).unwrap()..];
        service[service.find("<details").unwrap()..].split('>').next().unwrap().to_owned()
    };
    assert_eq!([details("web"), details("api")], ["<details", "<details open"]);
}

#[test]
fn names_cannot_become_markup() {
    let mut evil = target("web", up(), up(), None);
    evil.name = "</script><script>alert(1)</script>\u{2028}&\"".into();
    evil.url = "javascript:alert(1)".into();
    let html = html(&page(vec![evil]));
    assert_eq!(html.matches("<script").count(), 2, "the one in the document and the loader");
    assert!(!html.contains("alert(1)</script>"));
    assert!(!html.contains("href=\"javascript"));
}

#[test]
fn one_script_is_inline_and_the_loader_knows_its_files() {
    let html = html(&page(vec![]));
    assert!(html.starts_with("<!doctype html>"));
    assert!(!html.contains(" style=") && !html.contains("<style") && !html.contains(" onclick"));
    assert!(
        html.contains("<script id=\"early\" data-js=\"/assets/app.js\" data-wasm=\"/assets/app_bg.wasm\" data-brief")
    );
    assert!(html.contains(&format!(">{}</script>", crate::pages::early_script())));
    assert!(html.contains("<script type=\"module\" async src=\"/assets/boot.js\"></script>"));
    assert!(html.contains("<link rel=\"stylesheet\" href=\"/assets/style.css\">"));
    assert!(html.contains("No service is watched yet."));
}

#[test]
fn other_pages_are_plain_links() {
    let mut data = page(vec![target("Web", up(), up(), Some(Family::Ipv6))]);
    assert!(html(&data).contains("<ul class=\"pages\"></ul>"));
    data.part = Some(dualwatch_wire::v1::PagePart::new(2, 3, dualwatch_wire::v1::Judged::default()));
    let links = "<li><a href=\"/?page=1\">1</a></li><li><a href=\"/?page=2\" aria-current=\"page\">2</a></li>";
    assert!(html(&data).contains(links), "{}", html(&data));
}

#[test]
fn on_one_machine_the_edge_proves_the_device() {
    let mut data = page(vec![]);
    assert!(html(&data).contains(" data-brief=\"\""), "of a visitor who is elsewhere it knows nothing");
    data.self_test.vicinity = Vicinity::Machine;
    assert!(html(&data).contains(" data-brief=\"ipv4 ipv6\""));
    data.status.vantages[0].ipv6 = Standing::NoFamily;
    assert!(html(&data).contains(" data-brief=\"ipv4\""));
}

/// The slugs of the services, in the order of the document.
fn order(html: &str) -> Vec<&str> {
    html.split("data-service=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn groups_fold_and_what_is_worst_comes_first() {
    let of = |name: &str, group: &str, ipv6| {
        let mut status = target(name, up(), ipv6, None);
        status.group = Some(group.to_owned());
        status
    };
    let data = page(vec![
        of("Web", "Shop & co", up()),
        of("Api", "Mail", up()),
        of("Imap", "Mail", down(Cause::TcpRefused)),
        target("Old", up(), up(), None),
    ]);
    let html = html(&data);
    assert_eq!(order(&html), ["imap", "api", "web", "old"]);
    let text = text(&html);
    for words in ["Mail 2 services, 1 with trouble Imap", "Shop &amp; co 1 service Web", "Others 1 service Old"] {
        assert!(text.contains(words), "{words:?} is not in {text}");
    }
    assert!(html.contains("<details id=\"group-1\" open class=\"group\"><summary data-tone=\"bad\">"), "{html}");
    // Of many, those that are well are closed.
    let mut many: Vec<_> = (0..30).map(|i| of(&format!("S{i}"), if i < 10 { "One" } else { "Two" }, up())).collect();
    many[17].ipv4 = down(Cause::TcpRefused);
    let html = self::html(&page(many));
    assert_eq!(order(&html)[..3], ["s17", "s10", "s11"]);
    assert!(html.contains("<details id=\"group-1\" open") && html.contains("<details id=\"group-0\" class=\"group\">"));
}

#[test]
fn a_line_has_the_bars_of_its_history_and_a_figure_for_each_family() {
    let mut data = page(vec![target("Api", up(), up(), None)]);
    data.targets[0].days =
        Some(dualwatch_wire::v1::Days { until: "2026-11-23".into(), ipv4: "uuu".into(), ipv6: "udu".into() });
    data.targets[0].uptime = Some(Uptime { ipv4: Some(1.0), ipv6: Some(0.9876), ..Uptime::default() });
    let html = html(&data);
    let line = &html[html.find("<summary>").unwrap()..html.find("</summary>").unwrap()];
    for drawn in [
        "<path class=\"bar-unseen\" d=\"M0 9h347M0 21h347\"/>",
        "<path class=\"bar-up\" d=\"M348 5h11M348 17h3M356 17h3\"/>",
        "<path class=\"bar-down\" d=\"M352 14h3M352 20h3\"/>",
        "aria-label=\"IPv4, the last 90 days: no outage seen, 87 days not observed; \
         IPv6, the last 90 days: outages on 1 day, 87 days not observed\"",
    ] {
        assert!(line.contains(drawn), "{drawn} is not in {line}");
    }
    let text = text(&format!("<body>{line}"));
    assert!(text.ends_with("30 days 100 % 98.76 % now 23 ms 23 ms "), "{text}");
    assert!(html.matches("<path").count() < 12, "a path for each kind of day, and the legend");
}

#[test]
fn services_are_looked_for_without_a_script() {
    let few = page(vec![target("Web", up(), up(), None)]);
    assert!(!html(&few).contains("<form"));
    let names: Vec<String> = (0..12).map(|i| format!("S{i}")).collect();
    let mut data = page(names.iter().map(|name| target(name, up(), up(), None)).collect());
    let form = "<form class=\"find\" role=\"search\" action=\"/\" method=\"get\">";
    assert!(html(&data).contains(form), "{}", html(&data));
    data.search = Some(dualwatch_wire::v1::Search { query: "s \"<".into(), n_found: 60 });
    let found = status(&data, Spoken::of(Some(dualwatch_wire::answer::language::Language::De), None), &assets());
    for part in [
        "value=\"s &quot;&lt;\"",
        "name=\"lang\" value=\"de\"",
        "60 Dienste gefunden; gezeigt werden die ersten 12.",
        "href=\"/?q=s+%22%3C&amp;lang=zh-Hans\"",
    ] {
        assert!(found.contains(part), "{part} is not in {found}");
    }
}

#[test]
fn hostile_texts_stay_in_their_place() {
    let evil = ["</h3><script>alert(1)</script>", "\u{202e}\u{2066}gnp.exe", &"W".repeat(10_000), "a\"b' onclick=x"];
    let of = |text: &&str| {
        let mut status = target("t", up(), down(Cause::TcpRefused), None);
        status.slug = format!("t{}", text.len());
        (status.name, status.group) = ((*text).to_owned(), Some((*text).to_owned()));
        status
    };
    let mut data = page(evil.iter().map(of).collect());
    data.search = Some(dualwatch_wire::v1::Search { query: evil[0].into(), n_found: 4 });
    data.part = Some(dualwatch_wire::v1::PagePart::new(1, 2, dualwatch_wire::v1::Judged::default()));
    let group =
        |name: &&str| dualwatch_wire::v1::PageGroup { name: (*name).to_owned(), targets: 1, troubled: 1, page: 1 };
    data.groups = evil.iter().map(group).collect();
    let html = html(&data);
    assert_eq!(html.matches("<script").count(), 2, "the one in the document and the loader");
    assert!(!html.contains(['\u{202e}', '\u{2066}']), "no mark turns the words of ours");
    assert_eq!(html.matches("<article").count(), html.matches("</article>").count());
    assert_eq!(order(&html).len(), evil.len());
    assert!(!html.contains("\" onclick"));
}
