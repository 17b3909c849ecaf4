//! What servers, resolvers and repositories say reaches no glass as an order: every text of a round is hostile here, under
//! every cause, and every sentence, report and document that comes of it is read.

use dualwatch_core::measure::{
    cause::Cause,
    family::Family,
    round::Round,
    text::{is_hidden, visible},
};
use dualwatch_replay::{Policy, parse, replay};
use dualwatch_wire::v1;
use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::{Value, json};

/// Orders to a terminal, to whoever reads a line at a time, to the reading direction, to HTML, and to Markdown.
const HOSTILE: &[&str] = &[
    "\u{1b}[2J\u{1b}]0;title\u{7}",
    "one\ntwo\r\nthree",
    "\u{9b}31m\u{7f}\0",
    "\u{202e}gnp.exe\u{2066}",
    "pay\u{200b}pal\u{feff}",
    "\u{2028}\u{2029}\u{85}",
    "\u{e0041}",
    "<script>alert(1)</script><!--",
    "<img src=x onerror=alert(1)>",
    "[click](https://evil.example/)",
    "![picture](https://evil.example/x.png)",
    "**bold** _slanted_ `code` ~~gone~~",
    "| a | b |",
    "# head\n- item\n> said",
    "&lt;b&gt;",
    r"\[x\](y)\",
    "<https://evil.example/>",
];

/// A round in which everything that a target can say is `text`.
fn round(minute: i64, cause: Option<Cause>, text: &str) -> Value {
    let at = dualwatch_wire::time::format(dualwatch_core::measure::time::Timestamp::from_unix_ms(
        1_700_000_000_000 + minute * 60_000,
    ));
    let certificate = json!({ "subject_names": [text, text], "issuer": text, "not_after": at, "sha256": text });
    let detail = json!({
        "elapsed_ms": 12.0, "error": text, "resolver": text, "rcode": text, "alert": 40, "expected": text, "seen": text,
        "location": text, "server": text, "body_digest": text, "chain": [text, text],
    });
    let phases = json!({ "resolve": 1.0, "connect": 2.0, "total": 9.0 });
    let reached = json!({
        "outcome": "reached", "cause": null, "detail": detail, "addresses": ["192.0.2.1"], "address": "192.0.2.1",
        "phases_ms": phases, "http_status": 200, "certificate": certificate,
    });
    let failed = |cause: Cause| {
        json!({
            "outcome": "failed", "cause": cause.code(), "detail": detail, "addresses": ["2001:db8::1"],
            "address": "2001:db8::1", "phases_ms": {}, "http_status": 503, "certificate": certificate,
        })
    };
    let mut other = reached.clone();
    other["addresses"] = json!(["2001:db8::1"]);
    other["address"] = json!("2001:db8::1");
    json!({
        "version": 1, "target": "https://service.example/", "started_at": at,
        "vantage": { "name": text, "ipv4": "proven", "ipv6": "proven" },
        "ipv4": reached, "ipv6": cause.map_or(other, failed), "dual_stack": { "family": "ipv4", "cost_ms": 11.0 },
    })
}

/// Rounds of one incident: well, failing by `cause`, well again.
fn rounds(cause: Cause, text: &str) -> Vec<Round> {
    let failing = 10..16;
    let lines =
        (0..130).map(|minute| round(minute, failing.contains(&minute).then_some(cause), text).to_string() + "\n");
    let (rounds, bad) = parse(lines.collect::<String>().as_bytes(), "hostile");
    assert!(bad.is_empty(), "{cause}, {text:?}: {bad:?}");
    rounds
}

fn assert_visible(what: &str, text: &str) {
    let hidden: Vec<char> = text.chars().filter(|c| *c != '\n' && is_hidden(*c)).collect();
    assert!(hidden.is_empty(), "{what}: {hidden:?} in\n{text}");
}

/// The structure of Markdown as its readers see it, without the words.
fn structure(text: &str) -> Vec<String> {
    let told = |event| match event {
        Event::Text(_) | Event::SoftBreak => None,
        Event::Code(_) => Some("code".to_owned()),
        Event::Html(html) | Event::InlineHtml(html) => Some(format!("HTML {html}")),
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(format!("link to {dest_url}")),
        event => Some(format!("{event:?}")),
    };
    Parser::new_ext(text, Options::all()).filter_map(told).collect()
}

fn reports(cause: Cause, text: &str) -> Vec<String> {
    let replayed = replay(rounds(cause, text), None, &Policy::default());
    let events = dualwatch_replay::events(&replayed);
    let of = |target: &dualwatch_replay::TargetReplay| {
        let report = |incident| {
            let document = v1::Incident::of(&target.known.slug, &target.known.name, incident);
            let json = serde_json::to_string(&document).expect("an incident is JSON");
            let report = target.report(incident, &events);
            [json, dualwatch_words::report::markdown(&document, &report, Some("https://status.example"))]
        };
        target.incidents.iter().flat_map(report).collect::<Vec<_>>()
    };
    replayed.iter().flat_map(of).collect()
}

#[test]
fn every_text_of_a_round_is_visible_once_it_is_read() {
    for text in HOSTILE {
        for cause in Cause::ALL {
            let document: v1::Round = serde_json::from_value(round(0, Some(*cause), text)).unwrap();
            let stored = serde_json::to_string(&document).unwrap();
            assert_visible("a stored round", &stored);
            // Nothing is lost: it is what it was, written out.
            assert!(stored.contains(&*serde_json::to_string(&visible(text)).unwrap()), "{text:?}: {stored}");
            let round = Round::from(document);
            for family in Family::ALL {
                let sentence = dualwatch_words::sample_sentence(family, round.samples.get(family));
                assert_visible("a sentence", &sentence);
                assert!(!sentence.contains('\n'), "{sentence:?}");
            }
        }
    }
}

#[test]
fn reports_say_it_and_obey_nothing() {
    let (mut n_reports, mut n_telling) = (0, 0);
    for cause in Cause::ALL {
        let harmless = reports(*cause, "harmless");
        let expected: Vec<_> = harmless.iter().map(|text| structure(text)).collect();
        let all = HOSTILE.join(" ");
        // Each by itself under one cause; under the others all of them in one.
        let alone = HOSTILE.iter().copied().filter(|_| *cause == Cause::HttpBodyMismatch);
        for text in alone.chain([all.as_str()]) {
            let told = reports(*cause, text);
            assert_eq!(told.len(), harmless.len(), "{cause}, {text:?}");
            for (told, expected) in told.iter().zip(&expected).skip(1).step_by(2) {
                n_reports += 1;
                n_telling += usize::from(told.contains("alert(1)"));
                assert_visible("a report", told);
                assert_eq!(structure(told), *expected, "{cause}, {text:?}:\n{told}");
                assert!(!told.contains("https://evil"), "a link by itself:\n{told}");
            }
            for text in &told {
                assert_visible("an incident", text);
            }
        }
    }
    assert!(n_reports > 20 + HOSTILE.len(), "{n_reports} reports");
    // Else nothing was tried.
    assert!(n_telling > 10, "{n_telling} reports say what a target said");
}
