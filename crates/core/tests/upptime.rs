//! Detection and grouping over histories of real monitors (Upptime repositories; `UPPTIME_DATA` names another place).

use dualwatch_core::{
    measure::{
        bracket::Bracket,
        family::{Family, PerFamily},
        sample::{Phases, Sample},
        target::Scheme,
        time::{MINUTE, Timestamp},
    },
    notice::{
        detection::{Detection, FindingChange, Impossible, Kind, Observed, impossible_in_series},
        grouping::{Summary, group},
    },
    remember::baseline::Phase,
};
use std::{collections::BTreeMap, fs, path::PathBuf};

/// One version of a monitor's file.
struct Version {
    slug: String,
    status: String,
    ms: Option<f64>,
    at: Timestamp,
}

/// The versions of a repository, oldest first; `None` where there is no data.
fn versions(repository: &str) -> Option<Vec<Version>> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/upptime");
    let root = std::env::var_os("UPPTIME_DATA").map_or(beside, PathBuf::from);
    if !root.is_dir() {
        dualwatch_notrun::no_data(format_args!("no Upptime data at {} (set UPPTIME_DATA)", root.display()));
        return None;
    }
    let text = fs::read_to_string(root.join(repository).join("history-versions.tsv")).unwrap();
    let version = |line: &str| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [_, _, slug, _, status, _, ms, at, ..] = columns[..] else { return None };
        let at = at.parse::<jiff::Timestamp>().ok()?.as_millisecond();
        let at = Timestamp::from_unix_ms(at);
        Some(Version { slug: slug.to_owned(), status: status.to_owned(), ms: ms.parse().ok(), at })
    };
    Some(text.lines().skip(1).filter_map(version).collect())
}

type History = Vec<(Timestamp, f64)>;

/// The response times of the versions in which a monitor was up, by slug.
fn response_times(repository: &str) -> Option<BTreeMap<String, History>> {
    let mut series: BTreeMap<String, History> = BTreeMap::new();
    for version in versions(repository)? {
        if let ("up", Some(ms)) = (version.status.as_str(), version.ms) {
            series.entry(version.slug).or_default().push((version.at, ms));
        }
    }
    Some(series)
}

/// The incidents that the changes of status imply.
fn incidents(repository: &str) -> Option<Vec<Summary>> {
    let mut last: BTreeMap<String, (bool, Timestamp)> = BTreeMap::new();
    let mut open: BTreeMap<String, Summary> = BTreeMap::new();
    let mut all = Vec::new();
    for Version { slug, status, at, .. } in versions(repository)? {
        let is_down = status == "down";
        match last.insert(slug.clone(), (is_down, at)) {
            Some((false, up_at)) if is_down => {
                let summary = Summary {
                    id: format!("{slug} {}", at.unix_ms()),
                    target: slug.clone(),
                    families: vec![Family::Ipv4],
                    began: Bracket::new(Some(up_at), at),
                    ended: None,
                    addresses: Vec::new(),
                    resolver: None,
                    vantage: "actions".to_owned(),
                    causes: Vec::new(),
                };
                open.insert(slug, summary);
            }
            Some((true, down_at)) if !is_down => {
                let ended = Some(Bracket::new(Some(down_at), at));
                all.extend(open.remove(&slug).map(|summary| Summary { ended, ..summary }));
            }
            _ => {}
        }
    }
    all.extend(open.into_values());
    Some(all)
}

fn at(text: &str) -> Timestamp {
    Timestamp::from_unix_ms(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

/// Expects one group that began to be noticed at `from`, with its number of members; returns the
/// number of stages in which it ended, and how long its members were down in seconds, the shortest first.
fn check_event(repository: &str, from: &str, n_members: usize) -> Option<(usize, Vec<i64>)> {
    let mut incidents = incidents(repository)?;
    let groups = group(&incidents);
    incidents.reverse();
    assert_eq!(groups, group(&incidents));
    let [event] = &groups.iter().filter(|g| g.members[0].began.by == at(from)).collect::<Vec<_>>()[..] else {
        panic!("{groups:#?}")
    };
    assert_eq!(event.members.len(), n_members, "{event:#?}");
    let lasting = event.members.iter().filter_map(|m| m.ended.map(|ended| ended.by.ms_since(m.began.by) / 1_000));
    let mut lasting: Vec<i64> = lasting.collect();
    lasting.sort_unstable();
    Some((event.n_stages(), lasting))
}

#[test]
fn twenty_seven_monitors_within_77_seconds_are_one_event_that_ends_in_stages() {
    let Some((n_stages, lasting)) = check_event("FoodCoopX__upptime", "2026-03-03T05:34:03.914Z", 27) else { return };
    assert_eq!((n_stages, lasting.len(), lasting[0], lasting[26]), (6, 27, 6_757, 48_257));
}

#[test]
fn eighteen_monitors_one_time_limit_after_another_are_one_event() {
    let Some((n_stages, lasting)) = check_event("AlexP38__status.paltian-mail.de", "2026-05-12T20:55:43.311Z", 18)
    else {
        return;
    };
    assert_eq!((n_stages, lasting.len(), lasting[0], lasting[17]), (1, 18, 1_611, 1_999));
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
