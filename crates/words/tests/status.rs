//! The status page in every language, phrase by phrase: as it was read, in its own words, with nothing missing.

use dualwatch_core::measure::{absence::Absence, family::Family, time::DAY, vantage::Standing};
use dualwatch_wire::{
    answer::language::Language,
    v1::{Judged, status::State},
};
use dualwatch_words::{
    self_test::{phrases::Whole, words},
    status::{Caption, Said},
};

const STATES: [State; 5] = [State::Unknown, State::Up, State::Suspect, State::Down, State::Recovering];
const OVER: [Option<Family>; 3] = [None, Some(Family::Ipv4), Some(Family::Ipv6)];

fn judged(targets: u32, troubled: u32, over_ipv4: u32, over_ipv6: u32, unknown: u32) -> Judged {
    Judged { targets, troubled, over_ipv4, over_ipv6, unknown, late: 0 }
}

/// Everything that is said, with what goes into it: a length in the words of the language, and codes.
fn said<'a>(length: &'a str) -> Vec<Said<'a>> {
    let mut all: Vec<Said<'a>> = [
        judged(0, 0, 0, 0, 0),
        judged(1, 0, 0, 0, 0),
        judged(1, 1, 1, 1, 0),
        judged(3, 0, 0, 0, 0),
        judged(3, 0, 0, 0, 3),
        judged(3, 0, 0, 0, 2),
        judged(3, 0, 0, 0, 1),
        judged(3, 1, 0, 0, 0),
        judged(3, 1, 0, 1, 0),
        judged(3, 2, 2, 0, 0),
        judged(3, 2, 1, 2, 0),
    ]
    .map(Said::Headline)
    .into();
    all.extend([
        Said::MoreUnknown(2),
        Said::Unstable(1),
        Said::Unstable(2),
        Said::Unreachable("10:11:51 UTC"),
        Said::Late { by: Some(length), n_late: 2, n: 2 },
        Said::Late { by: None, n_late: 1, n: 2 },
        Said::NotMeasuredYet,
        Said::NoRecentRound,
        Said::LastOne(length),
        Said::For(length),
        Said::Since { when: "10:11:51 UTC", lasts: length },
        Said::Certificate { names: "", n_more: 0, wanted: None },
        Said::Certificate { names: "*", n_more: 2, wanted: Some("*") },
        Said::ByChoice,
        Said::CannotTell,
        Said::Maintenance("*"),
        Said::MeasuredBy("*"),
        Said::NoAddress,
        Said::Slower(length),
        Said::NoTimeLost,
        Said::NotAsked,
        Said::AnotherMachine,
        Said::UpOver30Days,
        Said::KnownFor { known: length, of: length },
        Said::BeforeFirstLook("10:11:51"),
        Said::At("10:11:51"),
        Said::Between { after: "10:11:51", by: "10:11:52" },
        Said::Began { when: "*", ago: length, is_least: false, again: None },
        Said::Began { when: "*", ago: length, is_least: true, again: Some((false, "10:11:51")) },
        Said::Began { when: "*", ago: length, is_least: true, again: Some((true, "10:11:51")) },
        Said::Vantage { name: "*", ipv4: "*", ipv6: "*", ago: length },
        Said::InGroup { n: 1, troubled: 0 },
        Said::InGroup { n: 5, troubled: 2 },
        Said::Found { n: 0, shown: 0 },
        Said::Found { n: 1, shown: 1 },
        Said::Found { n: 7, shown: 7 },
        Said::Found { n: 70, shown: 50 },
    ]);
    for state in STATES {
        all.extend([
            Said::State(state),
            Said::Then(state),
            Said::But { state, why: "*" },
            Said::Why { state, why: Some("*") },
            Said::Why { state, why: None },
        ]);
    }
    for family in Family::ALL {
        all.extend([
            Said::VantageHasNone(family),
            Said::UpOver(family),
            Said::LostToTrying { length, family },
            Said::HeldUpBy { family, why: None },
            Said::NoFallback { from: family },
        ]);
        for absence in [Absence::NoRecord, Absence::Literal, Absence::Pinned] {
            all.extend([Said::Absence(absence, family), Said::Only(absence, family)]);
        }
    }
    for over in OVER {
        all.extend([
            Said::NoWebAddress(over),
            Said::Planned(over),
            Said::Wavers(over),
            Said::IsDown { name: "*", over },
            Said::IsUnstable { name: "*", over },
            Said::ComesAndGoes { name: "*", over },
            Said::AnswersAgain { name: "*", over },
        ]);
    }
    all
}

fn phrases(words: &dyn Whole) -> Vec<(String, String)> {
    let length = words.length(2 * DAY + 3_723_000);
    let mut all: Vec<(String, String)> =
        Caption::ALL.into_iter().map(|label| (format!("{label:?}"), words.caption(label).to_owned())).collect();
    let standings = [
        Standing::Proven,
        Standing::NoFamily,
        Standing::Offline,
        Standing::CaptivePortal,
        Standing::Clock,
        Standing::Untested,
        Standing::Disputed,
    ];
    all.extend(standings.map(|standing| (format!("{standing:?}"), words.standing(standing).to_owned())));
    let lengths = [0, 999, 1_000, 59_000, 61_000, 3_600_000, 2 * DAY];
    all.extend(lengths.map(|ms| (format!("length of {ms} ms"), words.length(ms).trim_end().to_owned())));
    let named = said("*").iter().map(|said| format!("{said:?}")).collect::<Vec<_>>();
    all.extend(named.into_iter().zip(said(&length).into_iter().map(|said| words.say(said))));
    all
}

#[test]
fn every_phrase_is_as_it_was_read() {
    for language in Language::ALL {
        let lines: Vec<String> =
            phrases(words(language)).iter().map(|(name, text)| format!("{name}\t{text}")).collect();
        let said = lines.join("\n") + "\n";
        let path = format!("{}/../../tests/golden/status.{}.tsv", env!("CARGO_MANIFEST_DIR"), language.code());
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
    // The same word in both.
    let shared = ["Edge", "DualStack", "Offline"];
    let english = phrases(words(Language::En));
    for language in [Language::ZhHans, Language::De] {
        for ((name, text), (of, original)) in phrases(words(language)).iter().zip(&english) {
            assert_eq!(name, of);
            assert!(!text.trim().is_empty(), "{language:?} {name}");
            let is_shared = language == Language::De && shared.contains(&name.as_str());
            assert!(text != original || is_shared, "{language:?} {name}: {text}");
        }
    }
}

#[test]
fn chinese_has_no_english_word() {
    let names = ["IPv4", "IPv6", "UTC", "JSON", "WebRTC", "A", "AAAA"];
    for (name, text) in phrases(words(Language::ZhHans)) {
        for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| w.chars().any(char::is_alphabetic)) {
            assert!(names.contains(&word), "{name}: `{word}` in {text}");
        }
    }
}
