//! What the histories of public Upptime repositories are known to hold is found in them.
//!
//! They are looked for in `$UPPTIME_DATA`, or beside the workspace; without them these tests do not run, and that is counted.

use dualwatch_core::measure::time::{DAY, Timestamp};
use dualwatch_import::{
    Analysis, Code, Finding, History, Source, analyse,
    availability::availability,
    folder,
    read::{Issue, issues, maintenance},
    rounds, upptime_duration,
};
use dualwatch_wire::{time, upptime::Status};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

fn data() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/upptime");
    let folder = std::env::var_os("UPPTIME_DATA").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    dualwatch_notrun::no_data(format_args!("no Upptime data at {} (set UPPTIME_DATA)", folder.display()));
    None
}

/// A repository below the folder.
struct Repository {
    name: String,
    path: PathBuf,
    source: Source,
    analysis: Analysis,
}

/// Every repository, read once.
fn repositories() -> &'static [Repository] {
    static ALL: LazyLock<Vec<Repository>> = LazyLock::new(|| {
        let folder = data().expect("a folder");
        let entries = fs::read_dir(folder).expect("a readable folder").flatten();
        let named = entries.map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()));
        let mut list: Vec<_> = named.filter(|(name, _)| name.contains("__")).collect();
        list.sort();
        assert!(list.len() >= 11, "{list:?}");
        let read = |(name, path): (String, PathBuf)| {
            let source = folder::open(&path, None).unwrap_or_else(|error| panic!("{name}: failed to {error}"));
            Repository { analysis: analyse(source.clone()), name, path, source }
        };
        list.into_iter().map(read).collect()
    });
    // Asked each time: every test that lacks the data says so.
    if data().is_some() { &ALL } else { &[] }
}

fn repository(part: &str) -> Option<&'static Repository> {
    repositories().iter().find(|repository| repository.name.contains(part))
}

fn source(part: &str) -> Option<Source> {
    repository(part).map(|repository| repository.source.clone())
}

fn analysis(part: &str) -> Option<&'static Analysis> {
    repository(part).map(|repository| &repository.analysis)
}

fn target<'a>(analysis: &'a Analysis, slug: &str) -> &'a History {
    analysis.targets.iter().find(|history| history.slug == slug).unwrap_or_else(|| panic!("no {slug}"))
}

/// The details of a target's findings of one code.
fn details(history: &History, code: Code) -> Vec<&str> {
    history.findings.iter().filter(|f| f.code == code).map(|f| f.detail.as_str()).collect()
}

fn contains(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in `{text}`");
    }
}

#[test]
fn nothing_is_lost() {
    for Repository { name, path, source, analysis } in repositories() {
        assert_eq!(source.problems, [], "{name}");
        let extract = fs::read_to_string(path.join(folder::VERSIONS)).unwrap_or_default();
        let n_lines = extract.lines().skip(1).count();
        let n_versions = source.versions.len();
        assert!(n_versions >= n_lines, "{name}: {n_versions} of {n_lines}");
        let kept: usize = analysis.targets.iter().map(|history| history.versions.len()).sum();
        assert_eq!(kept, n_versions, "{name}");
        assert_eq!(rounds::rounds(analysis).len(), n_versions, "{name}");
    }
}

/// Counted in another way than the crate does: over the lines of the extract, with nothing but the statuses and the URLs.
/// What was down where nobody asked again has no end.
#[test]
fn every_change_of_status_is_in_an_incident() {
    let mut n_all = 0;
    for Repository { name, path, analysis, .. } in repositories() {
        let Ok(extract) = fs::read_to_string(path.join(folder::VERSIONS)) else { continue };
        let mut last: std::collections::HashMap<&str, (&str, &str)> = std::collections::HashMap::new();
        let mut expected: Vec<(String, String, Option<String>)> = Vec::new();
        for line in extract.lines().skip(1) {
            let cells: Vec<&str> = line.split('\t').collect();
            let (slug, status, at) = (cells[2], cells[4], cells[7].trim_matches('\''));
            let url = cells[3].trim_end_matches('/');
            let at = dualwatch_import::read::instant(at).map(|i| time::format(i.at)).unwrap();
            let before = last.insert(slug, (status, url));
            let has_moved = before.is_some_and(|(_, before)| before != url);
            let before = before.map(|(status, _)| status);
            if !has_moved && before.is_some_and(|before| before != "up" && before != status) {
                let open = expected.iter_mut().rfind(|(other, _, ended)| other == slug && ended.is_none()).unwrap();
                open.2 = Some(at.clone());
            }
            if status != "up" && (has_moved || before != Some(status)) {
                expected.push((slug.to_owned(), at, None));
            }
        }
        let mut seen: Vec<(String, String, Option<String>)> = Vec::new();
        for target in analysis.document().targets {
            let row = |i: dualwatch_wire::v1::import::Incident| {
                (target.slug.clone(), time::format(i.began), i.ended.map(time::format))
            };
            seen.extend(target.incidents.into_iter().map(row));
        }
        expected.sort();
        seen.sort();
        assert_eq!(seen, expected, "{name}");
        n_all += seen.len();
    }
    println!("{n_all} incidents");
}

#[test]
fn inherited_ipv6_tests_were_never_up() {
    let mut n = 0;
    for Repository { name, analysis, .. } in repositories() {
        let Some(test) = analysis.targets.iter().find(|history| history.slug == "i-pv6-test") else { continue };
        let found = details(test, Code::NeverObservedUp);
        assert_eq!(found.len(), 1, "{name}");
        contains(found[0], &["expected at least one record that says up", "over IPv6"]);
        n += 1;
        if name.starts_with("BIH-DMBS") {
            contains(found[0], &["all 640 records from 2024-07-23", "640 × code 0"]);
        }
    }
    println!("{n} inherited tests");
}

#[test]
fn names_that_say_ipv6() {
    let Some(analysis) = analysis("AlexP38") else { return };
    let named: Vec<&History> =
        analysis.targets.iter().filter(|h| !details(h, Code::NamedIpv6ProbesIpv4).is_empty()).collect();
    assert_eq!(named.len(), 9);
    assert!(named.iter().all(|history| history.name.contains("IPv6")));
    assert!(named.iter().any(|history| history.slug == "smtp-paltian-mail-de-25-i-pv6"));
}

#[test]
fn issues_say_what_the_versions_say() {
    let (Some(folder), Some(mut source)) = (data(), source("monitor2")) else { return };
    let text = fs::read_to_string(folder.join("issues/incidents.jsonl")).expect("issues");
    source.read_issues(&text, "incidents.jsonl");
    assert_eq!(source.problems, []);
    let all = source.issues.clone();
    let analysis = analyse(source);
    for (number, slug, seconds, minutes) in
        [(26, "icc-v6-test", 205, 3), (31, "iccsv01-v6-test", 430, 7), (32, "iccsv06-v6-test", 435, 7)]
    {
        let of_monitor = |issue: &&Issue| issue.repo == "ivancarlosti/monitor2" && issue.number == number;
        let issue = all.iter().find(of_monitor).expect("an issue");
        let report = issue.report().expect("an incident");
        assert_eq!((report.status, report.code, report.response_ms), (Status::Down, Some(0), Some(0)), "{number}");
        assert_eq!(issue.resolution().and_then(|r| r.minutes), Some(minutes), "{number}");
        let incident = target(&analysis, slug)
            .incidents
            .iter()
            .find(|incident| report.commit.starts_with(&incident.commit))
            .unwrap_or_else(|| panic!("{number}: no incident began with {}", report.commit));
        let ms = incident.duration_ms().expect("an end");
        assert_eq!(ms / 1_000, seconds, "{number}");
        assert_eq!(upptime_duration(ms), format!("{minutes} minutes"), "{number}");
    }
    assert!(!analysis.findings.iter().any(|f| f.code == Code::IssueContradictsHistory));
}

#[test]
fn issues_of_all_ages_are_read() {
    let Some(folder) = data() else { return };
    let text = fs::read_to_string(folder.join("issues/incidents.jsonl")).expect("issues");
    let mut problems = Vec::new();
    let all = issues(&text, "incidents.jsonl", &mut problems);
    assert_eq!((all.len(), problems.len()), (23, 0));
    for issue in &all {
        let is_maintenance = issue.labels.iter().any(|label| label == "maintenance");
        let is_incident = !issue.body.is_empty() && !is_maintenance;
        assert_eq!(issue.report().is_some(), is_incident, "{}#{}", issue.repo, issue.number);
        let says_resolved = issue.comments.iter().any(|c| c.contains("**Resolved:**"));
        assert_eq!(issue.resolution().is_some(), says_resolved, "{}#{}", issue.repo, issue.number);
    }
    let windows: Vec<_> = all.iter().filter_map(maintenance).collect();
    let good: Vec<_> = windows.iter().filter_map(|w| w.as_ref().ok()).collect();
    let shown: Vec<_> = good.iter().map(|w| (time::format(w.start), time::format(w.end), w.targets.len())).collect();
    assert_eq!(
        shown,
        [
            ("2021-02-24T13:00:00.220Z".to_owned(), "2021-02-24T14:00:00.220Z".to_owned(), 2),
            ("2022-03-30T04:35:59.000Z".to_owned(), "2022-03-30T05:00:59.000Z".to_owned(), 1),
        ]
    );
    let rejected: Vec<_> = windows.iter().filter_map(|w| w.as_ref().err()).collect();
    assert_eq!(rejected.len(), 1);
    let reasons: Vec<String> = rejected[0].iter().map(ToString::to_string).collect();
    contains(&reasons.join("; "), &["do not stand within `<!--` and `-->`", "`GET to /dummy`", "names, not slugs"]);
}

#[test]
fn down_with_an_uptime_of_100_percent() {
    let Some(analysis) = analysis("BIH-DMBS") else { return };
    let contradicted: Vec<&str> = analysis
        .targets
        .iter()
        .filter(|history| !details(history, Code::UptimeContradictsStatus).is_empty())
        .map(|history| history.slug.as_str())
        .collect();
    assert_eq!(contradicted, ["i-pv6-test"]);
    let found = details(target(analysis, "i-pv6-test"), Code::UptimeContradictsStatus);
    contains(
        found[0],
        &[
            "published as down with 0 minutes down",
            "30 days: published 100.00%, recorded 0 %",
            "2024-07-23T23:10:00.682Z",
        ],
    );
}

#[test]
fn a_month_down_is_exactly_0() {
    let Some(analysis) = analysis("upptime__upptime") else { return };
    let test = target(analysis, "i-pv6-test");
    let found = details(test, Code::WindowArithmetic);
    assert_eq!(found.len(), 1);
    contains(found[0], &["exactly 0 %", "published 1.38%", "2,592,000 s (30 days)", "2,628,288 s (30.42 days)"]);
    let to = test.last_at().unwrap();
    let month = availability(test, to - 30 * DAY, to);
    assert_eq!((month.observed_ms, month.up_ms, month.ratio()), (30 * DAY, 0, Some(0.0)));
}

#[test]
fn round_trips_of_a_tunnel() {
    let Some(analysis) = analysis("monitor2") else { return };
    let found = details(target(analysis, "icc-iccsv01-v6"), Code::ImpossibleRoundTrip);
    assert_eq!(found.len(), 1);
    contains(
        found[0],
        &[
            "IPv6 iccsv01.ivancarlos.com.br answers in 2 ms",
            "2, 7, 43, 2, 8, 2, 2 ms",
            "`icc-iccsv01-cp`",
            "115 to 188 ms",
        ],
    );
    assert_eq!(details(target(analysis, "icc-iccsv01-cp"), Code::ImpossibleRoundTrip), [""; 0]);
}

#[test]
fn outages_of_one_run() {
    let check = |part: &str, began: &str, n: &str, parts: &[&str]| {
        let Some(analysis) = analysis(part) else { return };
        let all = analysis.findings.iter().filter(|f| f.code == Code::SimultaneousOutage);
        let found: Vec<&str> = all.map(|f| f.detail.as_str()).filter(|detail| detail.contains(began)).collect();
        assert_eq!(found.len(), 1, "{part}: {found:?}");
        assert!(found[0].starts_with(n), "{}", found[0]);
        contains(found[0], parts);
    };
    check(
        "FoodCoopX",
        "from 2026-03-03T05:34:03.914Z",
        "27 sites of the 27 then tracked ",
        &[
            "to 2026-03-03T05:35:17.563Z",
            "recovered in 6 steps: 10 at 2026-03-03T07:27",
            "after 6,757 … 6,769 s",
            "48,257 s",
        ],
    );
    check(
        "AlexP38",
        "from 2026-05-12T20:55:43.311Z",
        "18 sites of the ",
        &["the domain paltian-mail.de", "recovered: 18 at"],
    );
    // Five certificates were short that week; that is no outage of anything.
    let Some(analysis) = analysis("AlexP38") else { return };
    let is_of_that_week = |f: &&Finding| f.code == Code::SimultaneousOutage && f.detail.contains("from 2026-08-0");
    assert_eq!(analysis.findings.iter().find(is_of_that_week), None);
}

#[test]
fn one_flapping_incident() {
    let Some(analysis) = analysis("monitor2") else { return };
    let found = details(target(analysis, "icc-v6-test"), Code::Flapping);
    assert_eq!(found.len(), 1);
    assert!(
        found[0].starts_with("5 episodes from 2024-09-28T23:45:23.824Z to 2024-09-29T04:49:40.955Z"),
        "{}",
        found[0]
    );
    contains(found[0], &["14,474; 2,194; 205; 209; 151 s", "down again since 2024-09-29T04:57:35.488Z"]);
}

#[test]
fn certificates_that_expire_soon() {
    let Some(analysis) = analysis("AlexP38") else { return };
    let found = details(target(analysis, "paltian-mail-de-443-ssl"), Code::CertificateWarningNotOutage);
    assert_eq!(found.len(), 2);
    contains(
        found[1],
        &[
            "code 200 since 2026-08-03T20:01:45.397Z",
            "less than 7 days",
            "2026-08-10T20:53:39.209Z",
            "7 days 51 minutes",
        ],
    );
    let warned = analysis.targets.iter().filter(|h| details(h, Code::CertificateWarningNotOutage).len() == 2);
    assert_eq!(warned.count(), 5);
}

#[test]
fn errors_of_the_measuring_service() {
    let Some(analysis) = analysis("kpocius") else { return };
    for (slug, code) in
        [("rdp", "code 400"), ("rfc", "code 400"), ("globalping", "code 422"), ("caddy-proxy", "code null")]
    {
        let history = target(analysis, slug);
        let found = details(history, Code::MeasurementErrorPublished);
        assert_eq!(found.len(), 1, "{slug}");
        contains(found[0], &[code, "not of the site"]);
    }
    // Its one failure of this day is not held against it.
    let day = |text: &str| time::parse(text).unwrap();
    let (from, to): (Timestamp, Timestamp) = (day("2025-09-23T00:00:00Z"), day("2025-09-24T00:00:00Z"));
    let proxy = availability(target(analysis, "caddy-proxy"), from, to);
    assert_eq!((proxy.down_ms, proxy.ratio()), (0, Some(1.0)));
    assert_eq!(proxy.observed_ms, DAY - 922_953);
}

#[test]
fn times_without_a_zone() {
    let Some(analysis) = analysis("tannerln7") else { return };
    let found = details(target(analysis, "download-server"), Code::TimestampWithoutZone);
    assert_eq!(found.len(), 1);
    contains(found[0], &["records of", "taken as UTC", "history-versions.tsv:"]);
}

#[test]
fn colors_of_badges() {
    let mut n = 0;
    for Repository { name, source, .. } in repositories() {
        for (file, badge) in &source.badges {
            assert_eq!(badge.expected_color(), Some(badge.color), "{name}/{file}: {}", badge.message);
        }
        n += source.badges.len();
    }
    println!("{n} badges");
    assert!(n == 0 || n >= 452, "{n}");
}

#[test]
fn files_of_others_are_no_concern() {
    let Some(source) = source("bandlab") else { return };
    assert_eq!((source.badges.len(), source.problems.len()), (30, 0));
    assert_eq!(analyse(source).findings, []);
}

#[test]
fn keys_of_configurations() {
    let Some(analysis) = analysis("monitor2") else { return };
    let unknown: Vec<&str> =
        analysis.findings.iter().filter(|f| f.code == Code::UnknownKey).map(|f| f.detail.as_str()).collect();
    assert!(unknown.iter().any(|detail| detail.contains("`client` in a site (29 sites)")), "{unknown:?}");
}
