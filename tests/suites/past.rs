//! A past that is loaded: the same words and numbers as where it was recorded, however it is loaded and whatever is
//! cleaned up meanwhile.

use dualwatch_core::measure::time::{DAY, HOUR, MINUTE, Timestamp};
use dualwatch_tests::{
    feed::{REFUSED, WELL, deliver_rounds, round_at},
    namespace,
    told::Told,
    worker::{ADMIN_TOKEN, Worker, workspace},
};
use dualwatch_wire::v1::{
    IncidentDocument, IncidentReport, TargetAvailability, TargetHistory, history::TrackAvailability, import::Import,
    replay::Availability, replay::ReplayTarget,
};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

/// The repositories of Upptime that can be measured and have a history; `UPPTIME_DATA` names another place.
fn repositories() -> Vec<PathBuf> {
    let folder =
        std::env::var_os("UPPTIME_DATA").map_or_else(|| workspace().join("../shared/data/upptime"), PathBuf::from);
    let entries = fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_one = |path: &PathBuf| path.join(".upptimerc.yml").is_file() && path.join("history-versions.tsv").is_file();
    let mut found: Vec<PathBuf> = entries.filter(is_one).collect();
    if found.is_empty() {
        dualwatch_notrun::no_data(format_args!("no Upptime data at {} (set UPPTIME_DATA)", folder.display()));
    }
    found.sort();
    found
}

fn import(folder: &Path, arguments: &[&str]) -> String {
    let mut command = std::process::Command::new(dualwatch_tests::program::program());
    let output = command.args(["import", "upptime"]).arg(folder).args(arguments).output().expect("the program runs");
    // 2: some sites are not measured any more, which is said.
    assert!(matches!(output.status.code(), Some(0 | 2)), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Starts a worker that measures everything of which a repository has records, also what is not configured there any more,
/// and loads its history.
fn loaded(folder: &Path, data: &Path, document: &Import) -> (Worker, String) {
    let recorded = document.targets.iter().filter_map(|target| Some((target, &target.past.as_ref()?.target)));
    let targets: Vec<Value> = recorded
        .filter(|(_, url)| dualwatch_config::parse_url(url).is_ok())
        .map(|(target, url)| json!({ "name": target.name, "slug": target.slug, "url": url, "interval": 3_600 }))
        .collect();
    let worker = Worker::start(data);
    worker.accept(&json!({ "targets": targets, "network": { "allow_private": true } }).to_string());
    let token = data.join("token");
    fs::write(&token, ADMIN_TOKEN).expect("written");
    let said = import(folder, &["--into", &worker.edge.origin(), "--token-file", token.to_str().expect("UTF-8")]);
    (worker, said)
}

#[test]
fn a_loaded_past_is_told_as_the_import_tells_it() {
    if !namespace::is_inside("a_loaded_past_is_told_as_the_import_tells_it", namespace::OFFLINE) {
        return;
    }
    for folder in repositories() {
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let document: Import = serde_json::from_str(&import(&folder, &["--json"])).expect("the document");
        let text = import(&folder, &[]);
        let data = tempfile::tempdir().expect("a folder");
        let begun = Instant::now();
        let (worker, said) = loaded(&folder, data.path(), &document);
        let loaded_ms = begun.elapsed().as_millis();
        let (mut n_incidents, mut n_targets, mut n_left_out) = (0, 0, 0);
        for target in &document.targets {
            let Some(past) = &target.past else { continue };
            if !said.lines().any(|line| line.starts_with(&format!("{}: ", target.slug))) {
                // A name without a scheme, or a port, of what is not configured any more.
                let is_address = dualwatch_config::parse_url(&past.target).is_ok();
                assert!(!is_address, "{name}: {} is left out: {said}", past.target);
                n_left_out += 1;
                continue;
            }
            n_targets += 1;
            n_incidents += past.incidents.len();
            compare(&worker, &name, &target.slug, past);
            for incident in past.incidents.iter().rev().take(20) {
                assert!(text.contains(&incident.report.title), "{name}: {:?} is not printed", incident.report.title);
            }
        }
        println!(
            "{name}: {n_incidents} incidents of {n_targets} targets ({n_left_out} left out), loaded in {loaded_ms} ms"
        );
        assert!(n_targets > 0, "{name}: {said}");
        if name.starts_with("elyday") {
            tells_of_years(&worker);
        }
    }
}

/// Holds what a worker tells of a target against what the program tells.
fn compare(worker: &Worker, name: &str, slug: &str, past: &ReplayTarget) {
    let availability: TargetAvailability = worker.document(&format!("/api/v1/targets/{slug}/availability"));
    let all = availability.windows.last().expect("all that is known");
    let blind = [&all.ipv4, &all.ipv6, &all.dual_stack].iter().all(|track| track.observed_s.ms() == 0);
    assert!(all.window == "all" || blind, "{name} {slug}: {}", all.window);
    let told = &past.availability;
    for (loaded, told) in [(&all.ipv4, &told.ipv4), (&all.ipv6, &told.ipv6), (&all.dual_stack, &told.dual_stack)] {
        let times = |a: &TrackAvailability| (a.observed_s.ms(), a.up_s.ms(), a.down_s.ms(), a.ratio);
        let expected = |a: &Availability| (a.observed_s.ms(), a.up_s.ms(), a.down_s.ms(), a.ratio);
        assert_eq!(times(loaded), expected(told), "{name} {slug}");
    }
    let mut ids: Vec<String> = Vec::new();
    let mut before = String::new();
    loop {
        let page: dualwatch_wire::v1::Incidents = worker.document(&format!("/api/v1/incidents?target={slug}{before}"));
        ids.extend(page.incidents.iter().map(|incident| incident.summary.id.clone()));
        let Some(next) = page.next_before else { break };
        before = format!("&before={}", next.unix_ms());
    }
    ids.reverse();
    let expected: Vec<&String> = past.incidents.iter().map(|incident| &incident.summary.id).collect();
    assert_eq!(ids.iter().collect::<Vec<_>>(), expected, "{name} {slug}");
    for told in &past.incidents {
        let id = &told.summary.id;
        let found: IncidentDocument = worker.document(&format!("/api/v1/incidents/{id}"));
        assert_eq!(found.incident.summary, told.summary, "{name} {id}");
        let words = |report: &IncidentReport| {
            let causes: Vec<String> = report.causes.iter().map(|cause| cause.text.clone()).collect();
            let IncidentReport { title, sentence, duration, down, affected, .. } = report.clone();
            (title, sentence, duration, down, affected, causes)
        };
        assert_eq!(words(&found.report), words(&told.report), "{name} {id}");
        if found.incident.is_cut() {
            let (_, _, markdown) = worker.get(&format!("/api/v1/incidents/{id}/report.md"));
            assert!(markdown.contains("- Not over when the record ends, at "), "{name} {id}: {markdown}");
            for untrue in ["Recovery seen", "Ended ", "Watched for a relapse", " ± "] {
                let own = markdown.split("## Similar").next().expect("a beginning");
                assert!(!own.contains(untrue), "{name} {id}: {untrue}: {markdown}");
            }
        }
    }
}

/// Three years of a site that is not recorded any more: each of them is on its page, and in its windows.
fn tells_of_years(worker: &Worker) {
    let availability: TargetAvailability = worker.document("/api/v1/targets/elyday-net/availability");
    let observed = |window: &str| {
        let found = availability.windows.iter().find(|w| w.window == window);
        found.unwrap_or_else(|| panic!("no {window}")).ipv4.observed_s.ms()
    };
    assert_eq!((observed("2023"), observed("2024")), (365 * DAY, 366 * DAY));
    assert!(observed("2025") > 230 * DAY && observed("2022") > 90 * DAY);
    let sum: i64 = ["2022", "2023", "2024", "2025", "2026"].map(observed).iter().sum();
    assert_eq!(sum, observed("all"));
    let (status, _, page) = worker.get("/targets/elyday-net");
    assert_eq!(status, 200);
    for row in ["2024", "2023", "2022", "All since 2022-09-25"] {
        assert!(page.contains(&format!(">{row}</th>")), "{row}");
    }
}

/// The last midnight of UTC.
fn today() -> Timestamp {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis();
    let now = i64::try_from(since_1970).expect("a time");
    Timestamp::from_unix_ms(now - now % DAY)
}

/// Rounds every ten minutes from one of a day to another; IPv6 is down in one hour of three.
fn rounds(url: &str, midnight: Timestamp, from: i64, to: i64) -> Vec<dualwatch_wire::v1::Round> {
    let look = |minute: i64| if minute / 60 % 3 == 1 { REFUSED } else { WELL };
    let minutes = (from..to).step_by(10);
    minutes.map(|minute| round_at(url, "one", look(minute), midnight + minute * MINUTE)).collect()
}

/// What is too old is deleted whenever a day of the present is over: also between two parts of a past.
#[test]
fn a_day_whose_first_part_was_cleaned_up_is_whole_when_the_next_is_loaded() {
    // Sums of five minutes are kept for 90 days, those of hours for two years, those of days for ever.
    let courses = [("days-ago", 100, 450), ("hours-ago", 100, 420), ("years-ago", 800, 450), ("long-ago", 1_000, 420)];
    let setting = Told::new();
    let url = setting.silent_url();
    let target = |slug: &str| json!({ "name": slug, "slug": slug, "url": url, "interval": 600, "timeout": 60 });
    let worker = setting.start(&setting.config(&courses.map(|(slug, ..)| target(slug)), &[]));
    for (slug, days_ago, cut) in courses {
        let midnight = today() - days_ago * DAY;
        let load = |from: i64, to: i64| {
            let lines = rounds(&url, midnight, from, to);
            let lines: Vec<String> = lines.iter().map(|round| serde_json::to_string(round).expect("JSON")).collect();
            worker.load(slug, &lines.join("\n"))
        };
        load(0, cut);
        // A day of the present passes: what is too old goes.
        let live = rounds(&url, today() - 2 * DAY, 22 * 60, 26 * 60);
        deliver_rounds(worker.edge.addresses()[0], "one", slug, live);
        assert_eq!(load(cut, 13 * 60), u64::try_from((13 * 60 - cut) / 10).expect("few"), "{slug}");
        let (from, to) = (midnight.unix_ms(), (midnight + DAY).unix_ms());
        let history: TargetHistory =
            worker.document(&format!("/api/v1/targets/{slug}/history?size=1d&from={from}&to={to}"));
        let [day] = &history.buckets[..] else { panic!("{slug}: {} rows", history.buckets.len()) };
        let times = day.ipv6.times;
        assert_eq!((times.up_s.ms() / HOUR, times.down_s.ms() / HOUR), (9, 4), "{slug}: {times:?}");
        assert_eq!(day.ipv6.rounds, 78, "{slug}");
        let availability: TargetAvailability = worker.document(&format!("/api/v1/targets/{slug}/availability"));
        assert_eq!(availability.since, Some(midnight), "{slug}");
        let all = availability.windows.last().expect("some");
        let live_ms = 4 * HOUR;
        assert_eq!((all.window.as_str(), all.ipv6.observed_s.ms()), ("all", 13 * HOUR + live_ms), "{slug}");
    }
}
