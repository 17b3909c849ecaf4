//! The words of the self-test: all of them, in every language.

use dualwatch_core::{
    judge::verdict::{Edge, Side, Verdict},
    measure::{cause::Cause, family::Family, time::Timestamp},
    self_test::{
        addresses::Presence,
        answer::{Phases, Protocol},
        environment::{Condition, Fact},
        family::FamilyState,
        place::NotAsked,
        question::Question,
        reach::Reach,
        sentence::Sentence,
        told::{Pace, Told},
        why::{Confidence, Why},
    },
};
use dualwatch_wire::{
    answer::language::Language,
    v1::self_test::{Seen, Unreadable},
};
use dualwatch_words::self_test::{phrases::*, words};

const PREFERRED: [Option<Family>; 3] = [None, Some(Family::Ipv4), Some(Family::Ipv6)];

#[test]
fn the_first_sentence_needs_no_other_word_than_ipv4_and_ipv6() {
    for language in Language::ALL {
        let words = words(language);
        for said in Sentence::all() {
            for preferred in PREFERRED {
                let text = words.sentence(said, preferred);
                let jargon =
                    ["DNS", "TCP", "TLS", "MTU", "RFC", "HTTP", "AAAA", "ICMP", "CORS", "NAT", "endpoint", "dual"];
                assert!(!jargon.iter().any(|word| text.contains(word)), "{text}");
                assert!(text.ends_with(['.', '…', '。']), "{text}");
                assert!(text.chars().count() < 120, "{text}");
            }
            assert!(!words.means(said).is_empty());
        }
    }
}

#[test]
fn no_two_sentences_and_no_two_reasons_read_alike() {
    for language in Language::ALL {
        let words = words(language);
        let all = Sentence::all();
        for (i, said) in all.iter().enumerate() {
            let text = words.sentence(*said, None);
            assert!(all[i + 1..].iter().all(|other| words.sentence(*other, None) != text), "{text}");
        }
        for (i, reason) in Why::ALL.iter().enumerate() {
            let is_policy = matches!(reason, Why::Csp | Why::MixedContent);
            let text = words.why(*reason);
            assert!(is_policy || Why::ALL[i + 1..].iter().all(|other| words.why(*other) != text), "{text}");
        }
    }
}

#[test]
fn a_failure_has_no_latency() {
    let said = |told, after_ms| Language::ALL.map(|language| words(language).told(told, after_ms));
    assert_eq!(said(Told::Ok, Some(42)), ["answered after 42 ms", "42 毫秒后应答", "Antwort nach 42 ms"]);
    let silent =
        ["no answer; given up after 3.2 s", "没有应答，3.2 秒后超时放弃", "keine Antwort; nach 3,2 s aufgegeben"];
    assert_eq!(said(Told::Silent, Some(3_200)), silent);
    let failed = ["failed after 3 ms", "3 毫秒后失败", "gescheitert nach 3 ms"];
    assert_eq!(said(Told::Failed(Pace::Unclear), Some(3)), failed);
    assert_eq!(said(Told::Failed(Pace::Unclear), None), ["failed", "失败", "gescheitert"]);
}

#[test]
fn what_is_wrong_has_something_to_do() {
    for language in Language::ALL {
        let words = words(language);
        for why in Why::ALL {
            let visitor = words.for_visitor(*why, Some(Family::Ipv6));
            match why.side() {
                Side::You | Side::Between => assert!(visitor.is_some(), "{why:?}"),
                Side::Them | Side::Unknown | Side::None => {}
            }
            for text in [visitor, words.for_operator(*why, None)].into_iter().flatten() {
                assert!(text.ends_with(['.', '。']) && !text.contains("  ") && text.trim() == text, "{text}");
            }
        }
    }
}

#[test]
fn a_way_to_a_service_is_told_without_a_number_that_means_nothing() {
    let words = words(Language::En);
    let later = Reach::Over { family: Family::Ipv4, later_ms: Some(301) };
    assert_eq!(words.reach(later), "You reach it over IPv4, 301 ms later.");
    assert_eq!(words.found(Told::Silent, Some(3_200), false), "You: no answer; given up after 3.2 s");
    let hidden = "You: answered after 12 ms; your browser hides the answer from this page";
    assert_eq!(words.found(Told::Ok, Some(12), true), hidden);
}

#[test]
fn what_is_around_the_questions_is_left_out_where_it_is_not_known() {
    for language in Language::ALL {
        let words = words(language);
        assert_eq!((words.phases(&Phases::default()), words.network(None, None)), (String::new(), String::new()));
        for fact in Fact::ALL {
            for other in Condition::ALL.into_iter().filter(|other| *other != Condition::Fine) {
                assert_ne!(words.condition(fact, other), words.condition(fact, Condition::Fine), "{fact:?}");
            }
        }
    }
    let some = Phases { connect_ms: Some(302), protocol: Some(Protocol::Http2), ..Phases::default() };
    assert_eq!(words(Language::En).phases(&some), "connection 302 ms · HTTP/2");
    let name = words(Language::En).network(Some(64_500), Some("Example"));
    assert_eq!(name, "Your network: AS64500 Example.");
    assert_eq!(words(Language::En).records(&["192.0.2.1"], 1, None), "192.0.2.1 · 1 of a private network");
}

#[test]
fn how_many_services_are_reached() {
    for (n, no, partly, text) in [
        (1, 0, 0, "You reach the service."),
        (10, 0, 0, "You reach all 10 services."),
        (10, 0, 2, "You reach all 10 services, 2 of 10 not in every way that they offer."),
        (10, 1, 2, "You do not reach 1 of 10 services; 2 more not in every way."),
        (3, 3, 0, "You do not reach 3 services."),
    ] {
        assert_eq!(words(Language::En).services(n, no, partly), text);
    }
}

#[test]
fn what_keeps_a_visitor_away_is_said_in_place_of_the_verdict() {
    let check = |verdict, why, text: &str| {
        assert_eq!(words(Language::En).verdict_of_route(verdict, why, Some(Family::Ipv6)), text);
    };
    check(Verdict::EdgeUp, Why::Blocker, "blocked in your browser");
    check(Verdict::EdgeUp, Why::MixedContent, "a secure page may not ask an insecure address");
    check(Verdict::YoursIsBroken, Why::YourFamily, "your IPv6 is broken");
}

/// All phrases of a language, each under a name of its own.
fn phrases(language: Language) -> Vec<(String, String)> {
    let words = words(language);
    let mut all = Vec::new();
    of_the_connection(words, &mut |name, text| all.push((name, text)));
    of_services(words, &mut |name, text| all.push((name, text)));
    of_details(words, &mut |name, text| all.push((name, text)));
    all
}

fn of_the_connection(words: &dyn Whole, add: &mut dyn FnMut(String, String)) {
    for text in Text::ALL {
        add(format!("text {text:?}"), words.text(*text).to_owned());
    }
    for label in Label::ALL {
        add(format!("label {label:?}"), words.label(*label).to_owned());
    }
    for said in Sentence::all() {
        for preferred in PREFERRED {
            add(format!("sentence {said:?} {preferred:?}"), words.sentence(said, preferred));
        }
        add(format!("means {said:?}"), words.means(said));
    }
    for state in FamilyState::ALL {
        add(format!("state {state:?}"), words.family_state(state).to_owned());
    }
    for sure in [Confidence::Certain, Confidence::Likely, Confidence::Unsure] {
        add(format!("sure {sure:?}"), words.confidence(sure).to_owned());
        add(format!("surely {sure:?}"), words.surely(sure));
    }
    for question in Question::ALL {
        add(format!("question {question:?}"), words.question(question).to_owned());
    }
    for told in Told::ALL {
        for after_ms in [None, Some(0), Some(42), Some(3_200), Some(61_000)] {
            add(format!("told {told:?} {after_ms:?}"), words.told(told, after_ms));
        }
    }
    for family in Family::ALL {
        for presence in Presence::ALL {
            add(format!("presence {presence:?} {family}"), words.presence(presence, family));
        }
        add(format!("over {family}"), words.over(family));
    }
    for why in Why::ALL {
        add(format!("why {why:?}"), words.why(*why).to_owned());
        for family in PREFERRED {
            let advice = [words.for_visitor(*why, family), words.for_operator(*why, family)];
            for (whom, text) in ["visitor", "operator"].into_iter().zip(advice) {
                if let Some(text) = text {
                    add(format!("for {whom} {why:?} {family:?}"), text);
                }
            }
        }
    }
    for why in
        [Unreadable::TooLong, Unreadable::NotOurs, Unreadable::Later(9), Unreadable::Damaged, Unreadable::Malformed]
    {
        add(format!("unreadable {why:?}"), words.unreadable(why));
    }
    let seen = Seen::whole("2001:db8:1234:5678:9abc:def0:1234:5678".parse().unwrap());
    add("seen".to_owned(), words.seen_as(Family::Ipv6, seen));
    add("measured".to_owned(), words.measured(Timestamp::from_unix_ms(1_795_428_711_000)));
}

fn of_services(words: &dyn Whole, add: &mut dyn FnMut(String, String)) {
    for family in PREFERRED {
        for verdict in Verdict::ALL {
            add(format!("route {verdict:?} {family:?}"), words.verdict_of_route(*verdict, Why::Fine, family));
            if let Some(family) = family {
                add(format!("route suspected {verdict:?} {family:?}"), words.suspected(*verdict, family));
            }
        }
    }
    for why in [Why::Checking, Why::Blocker, Why::NameBlocked] {
        add(format!("route {why:?}"), words.blocked(why).to_owned());
    }
    let over = |later_ms| Reach::Over { family: Family::Ipv4, later_ms };
    for reach in [
        Reach::Both,
        over(Some(301)),
        over(None),
        Reach::Answers,
        Reach::Stuck(Family::Ipv4),
        Reach::No,
        Reach::Checking,
    ] {
        add(format!("reach {reach:?}"), words.reach(reach));
    }
    for edge in Edge::ALL {
        add(format!("edge {edge:?}"), words.edge(edge).to_owned());
    }
    for is_hidden in [false, true] {
        add(format!("found {is_hidden}"), words.found(Told::Ok, Some(12), is_hidden));
    }
    for (n, no, partly) in [(1, 0, 0), (1, 0, 1), (1, 1, 0), (10, 0, 0), (10, 0, 2), (10, 1, 0), (10, 1, 2)] {
        add(format!("services {n} {no} {partly}"), words.services(n, no, partly));
    }
    for cause in Cause::ALL {
        add(format!("cause {cause:?}"), words.cause(*cause).to_owned());
    }
}

fn of_details(words: &dyn Whole, add: &mut dyn FnMut(String, String)) {
    for fact in Fact::ALL {
        add(format!("fact {fact:?}"), words.fact(fact).to_owned());
        for condition in Condition::ALL {
            add(format!("fact {fact:?} {condition:?}"), words.condition(fact, condition).to_owned());
        }
    }
    for why in NotAsked::ALL {
        add(format!("not asked {why:?}"), words.not_asked(why).to_owned());
    }
    let phases = Phases {
        resolve_ms: Some(2),
        connect_ms: Some(302),
        tls_ms: Some(20),
        first_byte_ms: Some(11),
        protocol: Some(Protocol::Http2),
    };
    add("phases".to_owned(), words.phases(&phases));
    add("network".to_owned(), words.network(Some(64_500), None));
    add("records".to_owned(), words.records(&[], 2, None));
    add("no records".to_owned(), words.records(&[], 0, Some(Cause::DnsNodata)));
    add("waits".to_owned(), words.waits(312.0));
}

/// `DUALWATCH_BLESS=1` writes what is said, to be read before it is committed. The tests in browsers draw these phrases.
#[test]
fn every_phrase_is_as_it_was_read() {
    for language in Language::ALL {
        let lines: Vec<String> = phrases(language).iter().map(|(name, text)| format!("{name}\t{text}\n")).collect();
        let said = lines.concat();
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden");
        let path = format!("{root}/self-test.{}.tsv", language.code());
        if std::env::var_os("DUALWATCH_BLESS").is_some_and(|v| v == "1") {
            std::fs::write(&path, &said).unwrap();
        }
        let golden = std::fs::read_to_string(&path).unwrap();
        for (found, read) in said.lines().zip(golden.lines()) {
            assert_eq!(found, read, "{path} (DUALWATCH_BLESS=1 writes it)");
        }
        assert_eq!(said.lines().count(), golden.lines().count(), "{path} (DUALWATCH_BLESS=1 writes it)");
    }
}

#[test]
fn every_language_says_everything_in_its_own_words() {
    let english = phrases(Language::En);
    // The same word in both.
    let shared = ["label Codes", "text DualStack"];
    for language in [Language::ZhHans, Language::De] {
        let other = phrases(language);
        assert_eq!(other.len(), english.len(), "{language:?}");
        for ((name, text), (of, original)) in other.iter().zip(&english) {
            assert_eq!(name, of);
            assert!(!text.trim().is_empty(), "{language:?} {name}");
            assert!(text != original || shared.contains(&name.as_str()), "{language:?} {name}: {text}");
        }
    }
}

/// Names that are the same in every language: of protocols, of fields, of networks, of what programs call things, and codes.
const NAMES: &[&str] = &[
    "AS64500",
    "dns",
    "nodata",
    "IPv4",
    "UTC",
    "TLS",
    "IPv6",
    "VPN",
    "MTU",
    "DNS",
    "DNS64",
    "NAT64",
    "DHCP",
    "ICMP",
    "MSS",
    "RFC",
    "AAAA",
    "HTTP",
    "https",
    "http",
    "Wi",
    "Fi",
    "JavaScript",
    "WebAssembly",
    "WebRTC",
    "family",
    "dualwatch",
    "echo",
    "self",
    "test",
    "connect",
    "src",
    "Content",
    "Security",
    "Policy",
    "Access",
    "Control",
    "Allow",
    "Origin",
    "Packet",
    "Too",
    "Big",
];

#[test]
fn chinese_has_no_english_word_and_its_own_punctuation() {
    for (name, text) in phrases(Language::ZhHans).into_iter().filter(|(name, _)| name != "seen") {
        for word in
            text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.chars().any(char::is_alphabetic))
        {
            assert!(NAMES.contains(&word), "{name}: `{word}` in {text}");
        }
        let is_wrong = |pair: &[char]| !pair[0].is_ascii() && matches!(pair[1], ',' | ';' | '!' | '?' | '(' | '.');
        let chars: Vec<char> = text.chars().collect();
        assert!(!chars.windows(2).any(is_wrong), "{name}: {text}");
    }
}

#[test]
fn german_has_no_english_sentence() {
    let english = ["the", "your", "you", "is", "not", "of", "and", "answer", "answered", "over", "after", "this"];
    for (name, text) in phrases(Language::De) {
        let words = text.split(|c: char| !c.is_alphanumeric());
        for word in words {
            assert!(!english.contains(&word), "{name}: `{word}` in {text}");
        }
    }
}
