//! Texts of somebody else on every glass: alone, and as everything that a target can say in a round.

use dualwatch_core::measure::{
    cause::Cause,
    family::Family,
    round::Round,
    text::{is_hidden, visible},
};
use dualwatch_wire::v1;
use dualwatch_words::glass;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde_json::{Value, json};

/// What stands before and behind a text in Markdown: a line of ours.
const BEFORE: &str = "It said: ";
const BEHIND: &str = " (no more).";

/// The first byte chooses the cause of the round, the rest is the text.
///
/// # Panics
/// Where something hidden, or a mark of Markdown, gets out.
pub fn run(data: &[u8]) {
    let Some((which, rest)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    alone(&text);
    let cause = Cause::ALL[usize::from(*which) % Cause::ALL.len()];
    in_a_round(cause, &text);
}

fn alone(text: &str) {
    let shown = visible(text);
    assert_shown("visible", &shown);
    assert_eq!(visible(&shown), shown, "twice is once");
    let on_terminal = glass::terminal(text);
    assert_shown("a terminal", &on_terminal.replace(['\n', '\t'], ""));
    assert_eq!(glass::terminal(&on_terminal), on_terminal, "twice is once");
    assert_eq!(on_terminal.matches('\n').count(), text.matches('\n').count(), "lines stay lines");
    markdown(text, &shown);
}

/// In the middle of a line it is a text and nothing else, and that text.
fn markdown(text: &str, shown: &str) {
    let line = format!("{BEFORE}{}{BEHIND}", glass::markdown(text));
    assert_shown("Markdown", &line);
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM
        | Options::ENABLE_MATH;
    let mut read = String::new();
    for event in Parser::new_ext(&line, options) {
        match event {
            Event::Text(part) => read.push_str(&part),
            Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => {}
            other => panic!("{other:?} in {line:?}"),
        }
    }
    assert_eq!(read, format!("{BEFORE}{shown}{BEHIND}"), "it is read as it is: {line:?}");
}

fn in_a_round(cause: Cause, text: &str) {
    let document: v1::Round = serde_json::from_value(document(cause, text)).expect("a round of any text is one");
    let stored = serde_json::to_string(&document).expect("JSON");
    assert_shown("a stored round", &stored);
    let again: v1::Round = serde_json::from_str(&stored).expect("what was stored is read");
    assert_eq!(serde_json::to_string(&again).expect("JSON"), stored, "read and stored again it is the same");
    let mut round = Round::from(document);
    for family in Family::ALL {
        let sentence = dualwatch_words::sample_sentence(&round.target, family, round.samples.get(family));
        assert_shown("a sentence", &sentence);
        markdown(&sentence, &sentence);
    }
    let before = round.clone();
    round.show_texts();
    assert_eq!(round, before, "what was read is visible already");
    // What was measured here and never read: every text of it as it came.
    text.clone_into(&mut round.vantage.name);
    for family in Family::ALL {
        let sample = round.samples.get_mut(family);
        let evidence = &mut sample.evidence;
        for field in [&mut evidence.error, &mut evidence.seen, &mut evidence.location, &mut evidence.server] {
            *field = Some(text.to_owned());
        }
        evidence.chain = vec![text.to_owned()];
        if let Some(certificate) = &mut sample.certificate {
            text.clone_into(&mut certificate.issuer);
        }
    }
    round.show_texts();
    assert_shown("a measured round", &serde_json::to_string(&v1::Round::from(&round)).expect("JSON"));
}

/// A round in which everything that a target can say is `text`.
fn document(cause: Cause, text: &str) -> Value {
    let at = "2026-11-23T00:00:00Z";
    let sample = json!({
        "outcome": "failed", "cause": cause.code(), "addresses": ["192.0.2.1"], "address": "192.0.2.1", "phases_ms": {},
        "http_status": 503,
        "certificate": { "subject_names": [text], "issuer": text, "not_after": at, "sha256": text },
        "detail": {
            "elapsed_ms": 12.0, "error": text, "resolver": text, "rcode": text, "alert": 40, "expected": text, "seen": text,
            "location": text, "server": text, "body_digest": text, "chain": [text, text],
        },
    });
    json!({
        "version": 1, "target": text, "started_at": at, "ipv4": sample, "ipv6": sample,
        "vantage": { "name": text, "ipv4": "proven", "ipv6": "proven" },
        "dual_stack": { "family": null, "cost_ms": null },
    })
}

fn assert_shown(what: &str, text: &str) {
    let hidden: Vec<char> = text.chars().filter(|c| is_hidden(*c)).collect();
    assert!(hidden.is_empty(), "{what}: {hidden:?} in {text:?}");
}
