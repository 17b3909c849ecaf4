//! Detection over histories of real monitors (response times of Upptime repositories, path in `UPPTIME_DATA`).

use dualwatch_core::{
    baseline::Phase,
    detection::{Detection, FindingChange, Impossible, Kind, Observed, impossible_in_series},
    family::PerFamily,
    sample::{Phases, Sample},
    target::Scheme,
    time::{MINUTE, Timestamp},
};
use std::{collections::BTreeMap, fs, path::PathBuf};

/// The response times of the versions in which a monitor was up, by slug, oldest first, with their times.
fn response_times(repository: &str) -> Option<BTreeMap<String, Vec<(Timestamp, f64)>>> {
    let root = std::env::var_os("UPPTIME_DATA").map(PathBuf::from);
    let root = root.or_else(|| {
        let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/upptime");
        beside.is_dir().then_some(beside)
    });
    let Some(root) = root.filter(|root| root.is_dir()) else {
        println!("skipped: UPPTIME_DATA names no folder");
        return None;
    };
    let text = fs::read_to_string(root.join(repository).join("history-versions.tsv")).unwrap();
    let mut series: BTreeMap<String, Vec<(Timestamp, f64)>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [_, _, slug, _, "up", _, ms, at, ..] = columns[..] else { continue };
        if let (Ok(ms), Ok(at)) = (ms.parse(), at.parse::<jiff::Timestamp>()) {
            let at = Timestamp::from_unix_ms(at.as_millisecond());
            series.entry(slug.to_owned()).or_default().push((at, ms));
        }
    }
    Some(series)
}

fn numbers(series: &[(Timestamp, f64)]) -> Vec<f64> {
    series.iter().map(|(_, ms)| *ms).collect()
}

#[test]
fn a_tunnel_that_answers_in_two_milliseconds_is_impossible() {
    let Some(series) = response_times("ivancarlosti__monitor2") else { return };
    let found = impossible_in_series(&numbers(&series["icc-iccsv01-v6"]), &numbers(&series["icc-iccsv01-cp"]));
    let Some(Impossible { seen_ms, least_ms, expected_ms }) = found else { panic!("nothing found") };
    assert!(seen_ms <= 2.0 && least_ms >= 110.0 && (115.0..180.0).contains(&expected_ms), "{found:?}");
}

#[test]
fn no_monitor_over_ipv4_is_impossible_beside_another_of_its_host() {
    // AlexP38 names one half of its monitors "(IPv6)" and measures both halves over IPv4.
    let Some(series) = response_times("AlexP38__status.paltian-mail.de") else { return };
    let mut n_pairs = 0;
    for (slug, times) in &series {
        if let Some(other) = slug.strip_suffix("6").and_then(|stem| series.get(&format!("{stem}4"))) {
            n_pairs += 1;
            let (times, other) = (&numbers(times), &numbers(other));
            assert_eq!(impossible_in_series(times, other), None, "{slug}");
            assert_eq!(impossible_in_series(other, times), None, "{slug}");
        }
    }
    assert!(n_pairs >= 9, "{n_pairs}");
}

/// Takes a history as rounds of one family whose phases are not known.
fn findings(history: &[(Timestamp, f64)]) -> Vec<FindingChange> {
    let mut detection = Detection::default();
    let mut told = Vec::new();
    for (at, ms) in history {
        let phases = Phases { total: Some(*ms), ..Phases::default() };
        let samples = PerFamily { ipv4: Sample { phases, ..Sample::reached() }, ipv6: Sample::skipped(None) };
        let round = Observed { at: *at, scheme: Scheme::Https, samples: &samples, is_flagged: false };
        told.extend(detection.observe(&round));
    }
    told
}

#[test]
fn a_year_of_real_response_times_has_few_findings() {
    // Upptime stores a version where the status changes and once a day: these are what weeks of such a monitor look like.
    let quiet = ["AlexP38__status.paltian-mail.de", "elyday__uptime"];
    let (mut n_series, mut n_rounds) = (0, 0);
    for repository in quiet {
        let Some(series) = response_times(repository) else { return };
        for (slug, history) in series.iter().filter(|(_, history)| history.len() >= 60) {
            n_series += 1;
            n_rounds += history.len();
            assert_eq!(findings(history), [], "{slug}");
        }
    }
    assert!(n_series >= 30 && n_rounds >= 10_000, "{n_series} series, {n_rounds} rounds");
}

#[test]
fn servers_that_became_slow_in_one_night_are_found_each_by_itself() {
    let Some(series) = response_times("FoodCoopX__upptime") else { return };
    let mut nights = Vec::new();
    for change in series.values().filter(|history| history.len() >= 60).flat_map(|history| findings(history)) {
        if let FindingChange::Began { finding } = change {
            assert!(finding.seen_ms > 2.5 * finding.expected.ms, "{finding:?}");
            nights.push(finding.since);
        }
    }
    // Of 38 monitors of one operator: all in the same night, seen by rounds 21 seconds apart.
    assert!(nights.len() >= 5, "{nights:?}");
    let (first, last) = (nights.iter().min_by_key(|n| n.by).unwrap(), nights.iter().max_by_key(|n| n.by).unwrap());
    assert!(last.by.ms_since(first.by) < MINUTE && first.overlaps(last), "{nights:?}");
}

#[test]
fn the_same_rounds_through_the_detection_tell_of_the_tunnel() {
    let Some(series) = response_times("ivancarlosti__monitor2") else { return };
    let mut detection = Detection::default();
    for (i, ((_, near), (_, far))) in series["icc-iccsv01-v6"].iter().zip(&series["icc-iccsv01-cp"][5..]).enumerate() {
        let of = |connect: f64| {
            let phases = Phases { connect: Some(connect), ..Phases::default() };
            Sample { phases, ..Sample::reached() }
        };
        let samples = PerFamily { ipv4: of(*far), ipv6: of(*near) };
        let at = Timestamp::from_unix_ms(i64::try_from(i).unwrap() * 5 * MINUTE);
        detection.observe(&Observed { at, scheme: Scheme::Tcp, samples: &samples, is_flagged: false });
    }
    let [finding] = detection.open() else { panic!("{:?}", detection.open()) };
    assert_eq!((finding.kind, finding.phase), (Kind::ImpossibleRoundTrip, Phase::Connect));
}
