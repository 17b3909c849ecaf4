//! The pages of services and incidents in every language, phrase by phrase: as they were read, with nothing missing.

use dualwatch_clients::{Fault, Met, Unmeasured};
use dualwatch_core::{
    judge::{
        clients::{Clients, Sequential},
        consistency::{Aspect, Difference},
        meets::Meets,
    },
    measure::{
        cause::Cause,
        family::Family,
        time::{DAY, HOUR, MINUTE, SECOND, Timestamp},
        vantage::Standing,
    },
    remember::storage::{Since, Trouble},
    respond::incident::{lasted::Lasted, outline::DurationMs},
};
use dualwatch_wire::{answer::language::Language, v1::ClientTally};
use dualwatch_words::{
    pages::{Drawn, Heading, Lasting, Over, Told, month},
    self_test::{phrases::Whole, words},
};

const AT: Timestamp = Timestamp::from_unix_ms(1_795_428_711_000);
const STANDINGS: [Standing; 5] =
    [Standing::NoFamily, Standing::Offline, Standing::CaptivePortal, Standing::Clock, Standing::Disputed];

/// Everything that is told, with what goes into it: a length in the words of the language.
fn told<'a>(length: &'a str, share: &'a str) -> Vec<Told<'a>> {
    let both = &Family::ALL;
    let mut all = vec![
        Told::AsOf("2026-11-23 10:11:51 UTC"),
        Told::RightToWithin(length),
        Told::OfThat(share),
        Told::NotObserved(share),
        Told::KnownFor { known: length, of: length },
        Told::Left(length),
        Told::OverspentBy(length),
        Told::OfBudget(length),
        Told::BudgetUnder("99"),
        Told::Hours(24),
        Told::LastDays(30),
        Told::Year,
        Told::AllSince("2026-11-23"),
        Told::StripOf { route: "IPv6", n_days: 90, said: "*" },
        Told::ColumnIsADay("2026-08-26"),
        Told::Unreadable(3),
        Told::MoreCauses(3),
        Told::OverAt("10:11:51"),
        Told::CutAt("10:11:51"),
        Told::Failed { family: Family::Ipv6, failed: 29, of: 60 },
        Told::Part { what: "*", from: "10:11:51", to: None },
        Told::Part { what: "*", from: "10:11:51", to: Some("10:12:51") },
        Told::Families(both),
        Told::DownOver(&both[..1]),
        Told::UnstableOver(&both[1..]),
        Told::Flaps { n: 3, lasts: false },
        Told::Flaps { n: 3, lasts: true },
        Told::Again(2),
        Told::Again(4),
        Told::DrawnFrom { from: "2026-11-23 10:11:51 UTC", to: "2026-11-23 10:12:51 UTC" },
        Told::SoFar { age: length, is_least: false },
        Told::SoFar { age: length, is_least: true },
        Told::FirstOfTurns { n: 3, age: length, is_least: false },
        Told::NoIncidentNamed("*"),
        Told::NoServiceNamed("*"),
    ];
    for n in [1, 2] {
        all.extend([Told::OutagesOn(n), Told::DaysNotObserved(n), Told::MoreNotListed(n)]);
    }
    all.extend([(0, 0), (0, 2), (1, 2), (2, 2)].map(|(n_open, n)| Told::OpenIncidents { n_open, n }));
    let lasting = [Lasting::Down, Lasting::Degraded, Lasting::Maintenance, Lasting::NotObserved];
    all.extend(lasting.map(|what| Told::Lasted(what, length)));
    for (has_earlier, has_unstable) in [(false, false), (false, true), (true, false), (true, true)] {
        all.push(Told::Parts { has_earlier, has_unstable, parts: "*" });
    }
    for drawn in [Drawn::NoOutage, Drawn::Unstable, Drawn::WasUnstable, Drawn::Down, Drawn::WasDown] {
        all.extend([Told::Drawn(drawn, true), Told::Drawn(drawn, false)]);
    }
    all
}

/// What is said of what the edge found, by its codes.
fn found(words: &dyn Whole) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> =
        Cause::ALL.iter().map(|cause| (format!("explain {cause}"), words.explain(*cause).to_owned())).collect();
    let aspects =
        [Aspect::Addresses, Aspect::Status, Aspect::Certificate, Aspect::Redirect, Aspect::Server, Aspect::Body];
    all.extend(aspects.map(|aspect| {
        let of = Difference { aspect, ipv4: "1 2".to_owned(), ipv6: "3".to_owned() };
        (format!("difference {aspect:?}"), words.difference(&of))
    }));
    let model = Clients { hidden_outage: true, sequential: Sequential::WaitsForTimeout };
    let hidden = dualwatch_words::clients(words.language(), Some(&model), None);
    all.push(("clients hidden".to_owned(), hidden.join(" | ")));
    let mut counted = |met: Met, url| {
        let tally = ClientTally::of(met, url);
        let said = dualwatch_words::clients(words.language(), None, tally.as_ref());
        all.push((format!("clients {} {url}", met.code().unwrap_or_default()), said.join(" | ")));
    };
    for fault in Fault::ALL {
        counted(Met::Measured(*fault), "https://service.example/");
    }
    for met in [Met::Measured(Fault::Silent), Met::Measured(Fault::PathMtu), Met::Unmeasured(Unmeasured::Reset)] {
        counted(met, "tcp://service.example:5432");
    }
    for meets in [
        Meets::NoAddress,
        Meets::NoConnection,
        Meets::Silence,
        Meets::CertificateWarning,
        Meets::NoSecureConnection,
        Meets::ErrorPage,
        Meets::OtherAnswer,
        Meets::EndlessRedirect,
        Meets::BrokenAnswer,
        Meets::Unknown,
    ] {
        all.push((format!("meets {meets:?}"), words.meets(meets).to_owned()));
    }
    for standing in STANDINGS {
        let said = words.meaning("*", Family::Ipv6, standing, None).unwrap();
        all.push((format!("standing {standing:?}"), said));
    }
    let control = "192.0.2.1:443".parse().unwrap();
    all.push(("silent control".to_owned(), words.silent_control("*", control, 3 * MINUTE, true)));
    for trouble in [Trouble::Full, Trouble::ReadOnly, Trouble::Failing] {
        all.push((format!("storage {trouble:?}"), words.stores_nothing(Since { trouble, since: AT })));
    }
    all.push(("unusable".to_owned(), words.unusable(&["1", "2"])));
    all.push(("unusable, many".to_owned(), words.unusable(&["1", "2", "3", "4", "5", "6", "7"])));
    all
}

/// Lengths of time, shares, and what is over.
fn measured(words: &dyn Whole) -> Vec<(String, String)> {
    let lengths = [0, 999, SECOND, MINUTE + SECOND, HOUR, 2 * DAY + 3 * HOUR + 59 * SECOND];
    let mut all: Vec<_> = lengths
        .iter()
        .flat_map(|ms| [(format!("span {ms}"), words.span(*ms)), (format!("exact {ms}"), words.exact(*ms))])
        .collect();
    let range = |min: i64, max: Option<i64>| DurationMs { min: min * MINUTE, max: max.map(|max| max * MINUTE) };
    for (min, max) in [(0, None), (59, None), (12, Some(12)), (11, Some(13)), (2_880, Some(2_882))] {
        all.push((format!("{min} to {max:?} minutes"), words.with_error(range(min, max))));
    }
    all.extend([0.0, 0.000_1, 0.998_6, 1.0].map(|share| (format!("share {share}"), words.percent(share))));
    all.extend((1..=12).map(|n| format!("2026-{n:02}")).map(|name| (name.clone(), month(&name, words))));
    let whole = range(11, Some(13));
    let was = |down, turns| Lasted { down, troubled: whole, span: range(2_880, Some(2_882)), turns };
    let lasted = [
        None,
        Some(was(Some(whole), 1)),
        Some(was(None, 1)),
        Some(was(Some(range(5, Some(5))), 1)),
        Some(was(Some(whole), 2)),
    ];
    for over in [Over::All, Over::Only(Family::Ipv6), Over::OneAtATime] {
        for (i, lasted) in lasted.iter().enumerate() {
            all.push((format!("was {over:?} {i}"), words.was("*", over, lasted.as_ref())));
        }
    }
    all
}

fn phrases(words: &dyn Whole) -> Vec<(String, String)> {
    let (length, share) = (words.span(2 * DAY + HOUR), words.percent(0.25));
    let mut all: Vec<(String, String)> =
        Heading::ALL.iter().map(|heading| (format!("{heading:?}"), words.heading(*heading).to_owned())).collect();
    let named: Vec<String> = told("*", "*").iter().map(|told| format!("{told:?}")).collect();
    all.extend(named.into_iter().zip(told(&length, &share).into_iter().map(|told| words.tell(told))));
    all.extend(found(words));
    all.extend(measured(words));
    all
}

#[test]
fn every_phrase_is_as_it_was_read() {
    for language in Language::ALL {
        let lines: Vec<String> =
            phrases(words(language)).iter().map(|(name, text)| format!("{name}\t{text}")).collect();
        let said = lines.join("\n") + "\n";
        let path = format!("{}/../../tests/golden/pages.{}.tsv", env!("CARGO_MANIFEST_DIR"), language.code());
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
    // Of what has a name of its own, or is a number: the month, the share, the address.
    let is_shared =
        |name: &str| name.starts_with("share ") || name.starts_with("2026-") || name.starts_with("Families");
    let english = phrases(words(Language::En));
    for language in [Language::ZhHans, Language::De] {
        for ((name, text), (of, original)) in phrases(words(language)).iter().zip(&english) {
            assert_eq!(name, of);
            assert!(!text.trim().is_empty(), "{language:?} {name}");
            assert!(text != original || is_shared(name), "{language:?} {name}: {text}");
        }
    }
}

#[test]
fn chinese_has_no_english_word() {
    let names = [
        "IPv4", "IPv6", "UTC", "JSON", "Markdown", "DNS", "DNSSEC", "RFC", "TLS", "HTTP", "http", "https", "ICMPv6",
        "Packet", "Too", "Big", "Happy", "Eyeballs",
    ];
    for (name, text) in phrases(words(Language::ZhHans)) {
        for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| w.chars().any(char::is_alphabetic)) {
            assert!(names.contains(&word), "{name}: `{word}` in {text}");
        }
    }
}
