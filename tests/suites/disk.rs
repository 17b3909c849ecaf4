//! A disk that is full, and stored files that are lost, damaged or cannot be written: it is told on every glass, what can go
//! on goes on, and what can be rebuilt is. On real workerd, on a small disk in a mount namespace.
//!
//! `DUALWATCH_TESTS_DISKS` says how often the disk is filled and freed (once where it is missing); what was lost, doubled or
//! late is printed.

use dualwatch_core::{
    measure::time::{DAY, HOUR, MINUTE, Timestamp},
    remember::storage::Trouble,
};
use dualwatch_tests::{
    feed::{BOTH, Look, WELL, round_at},
    namespace::is_inside_with_mounts,
    program::program,
    small_disk::{SmallDisk, file, lose, spoil},
    told::Told,
    worker::{Worker, eventually},
};
use dualwatch_wire::{
    object::{DIRECTORY, DIRECTORY_NAME, TARGETS},
    v1::Round,
};
use serde_json::{Value, json};
use std::{
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

const INTERVAL_S: u32 = 5;
const PERIOD: Duration = Duration::from_secs(INTERVAL_S as u64);
/// A machine that is busy may take so much longer than it should.
const SOON: Duration = Duration::from_secs(30);
const MEGABYTES: u32 = 24;

/// Two targets, one of them down over IPv6, on a worker with its data in a folder.
fn start(setting: &Told, data: &Path) -> Worker {
    let worker = Worker::start(data);
    worker.accept(&config(setting).to_string());
    worker
}

fn config(setting: &Told) -> Value {
    setting.config(&["good", "half"].map(|name| setting.target(name, name, INTERVAL_S)), &[])
}

/// Returns the exit code of `dualwatch doctor`, and what it says.
fn doctor(data: &Path) -> (Option<i32>, Value) {
    let out = Command::new(program()).args(["doctor", "--json"]).arg(data).output().expect("the program runs");
    (out.status.code(), serde_json::from_slice(&out.stdout).unwrap_or_default())
}

/// Asks `dualwatch doctor` as people do; it must find trouble, and say these things.
fn assert_doctor_says(data: &Path, said: &[&str]) {
    let out = Command::new(program()).arg("doctor").arg(data).output().expect("the program runs");
    let text = String::from_utf8(out.stdout).expect("UTF-8");
    assert_eq!(out.status.code(), Some(1), "{text}");
    for said in said {
        assert!(text.contains(said), "{said}: {text}");
    }
}

/// What was done as `dualwatch doctor` says has helped.
fn assert_healthy(data: &Path) {
    let (code, found) = doctor(data);
    assert_eq!((code, &found["healthy"], &found["n_targets"]), (Some(0), &json!(true), &json!(2)), "{found:#}");
}

/// The path of a file below the data folder, as the doctor names it.
fn below(data: &Path, file: &Path) -> String {
    format!("file: {}", file.strip_prefix(data).expect("below").display())
}

fn trouble(worker: &Worker) -> Option<Trouble> {
    worker.status().storage.and_then(|storage| storage.trouble).map(|trouble| trouble.kind)
}

fn last_round(worker: &Worker, slug: &str) -> Timestamp {
    let status = worker.status();
    let target = status.targets.iter().find(|target| target.slug == slug).expect("a target");
    target.last_round_at.expect("a round")
}

/// Returns the milliseconds between rounds, the longest of them.
fn longest_gap_ms(rounds: &[Round]) -> i64 {
    rounds.windows(2).map(|pair| pair[1].started_at.ms_since(pair[0].started_at)).max().unwrap_or_default()
}

/// Promise (Storage): A full disk is told on every glass; no round is lost or doubled by it, and the rounds go on at most a
/// period after there is space.
#[test]
fn a_full_disk_is_told_and_nothing_is_lost_when_there_is_space_again() {
    if !is_inside_with_mounts("a_full_disk_is_told_and_nothing_is_lost_when_there_is_space_again") {
        return;
    }
    let n_times: u32 = std::env::var("DUALWATCH_TESTS_DISKS").map_or(1, |n| n.parse().expect("a number"));
    let (setting, disk) = (Told::new(), SmallDisk::new(MEGABYTES));
    let worker = start(&setting, &disk.data());
    eventually("an incident is stored", SOON, || (!worker.incidents("half").is_empty()).then_some(()));
    let (mut late_ms, mut gap_ms, mut seen) = (Vec::new(), 0, Vec::new());
    for n in 1..=n_times {
        let before = last_round(&worker, "good");
        disk.fill();
        let filled = Instant::now();
        eventually("the disk is told to be full", SOON, || (trouble(&worker) == Some(Trouble::Full)).then_some(()));
        println!("told {} ms after it was filled", filled.elapsed().as_millis());
        if n == 1 {
            check_glasses(&worker, &setting, &disk);
        }
        // It goes on, in memory: seen by everybody, and said not to be stored.
        let detail = eventually("rounds are measured and not stored", SOON, || {
            let detail = worker.target("good");
            (detail.n_unstored >= 2).then_some(detail)
        });
        seen.extend(detail.last_round);
        assert!(last_round(&worker, "good") > before);
        disk.free();
        let freed = Instant::now();
        let is_stored = || trouble(&worker).is_none() && worker.target("good").n_unstored == 0;
        eventually("what was measured is stored", SOON, || is_stored().then_some(()));
        eventually("a round after that", SOON, || {
            let stored = worker.rounds("good").rounds;
            let last = stored.last().map(|round| round.started_at);
            (last > seen.last().map(|round: &Round| round.started_at)).then_some(())
        });
        late_ms.push(freed.elapsed().as_millis());
        assert!(freed.elapsed() < PERIOD + Duration::from_secs(3), "rounds resume within a period: {late_ms:?} ms");
        println!("{n}: a stored round {} ms after there was space", late_ms[late_ms.len() - 1]);
    }
    let rounds = worker.rounds("good").rounds;
    let n_lost = seen.iter().filter(|round| !rounds.contains(round)).count();
    let mut times: Vec<Timestamp> = rounds.iter().map(|round| round.started_at).collect();
    times.sort_unstable();
    times.dedup();
    let n_doubled = rounds.len() - times.len();
    gap_ms = gap_ms.max(longest_gap_ms(&rounds));
    println!(
        "measured: disk full {n_times} times: {n_lost} rounds lost, {n_doubled} doubled, {} in all; the longest gap between two \
         {gap_ms} ms of a period of {} ms; a round is stored at most {} ms after there is space",
        rounds.len(),
        PERIOD.as_millis(),
        late_ms.iter().max().expect("once")
    );
    assert_eq!((n_lost, n_doubled), (0, 0));
    assert!(gap_ms < 2 * i64::from(INTERVAL_S) * 1_000, "no round is left out: {gap_ms} ms");
    let incidents = worker.incidents("half");
    assert_eq!((incidents.len(), incidents[0].open), (1, true), "one incident before, meanwhile and after");
    let (status, _, healthy) = worker.get("/healthz");
    assert_eq!((status, &*healthy), (200, "ok\n"));
    assert!(worker.log().iter().any(|line| line.contains("can be written to again")), "the end is logged");
    worker.edge.stop().expect("stopped");
}

/// What is said where while the disk is full.
fn check_glasses(worker: &Worker, setting: &Told, disk: &SmallDisk) {
    let (status, _, health) = worker.get("/healthz");
    assert_eq!(status, 503, "{health}");
    assert!(health.contains("the disk is full since"), "{health}");
    let (status, _, page) = worker.get("/");
    assert_eq!(status, 200);
    assert!(page.contains(r#"data-notice="storage""#) && page.contains("the disk is full"), "{page}");
    let (status, answer) = worker.put_config(&config(setting).to_string());
    assert_eq!((status, answer["type"].as_str()), (507, Some("/problems/storage")), "{answer}");
    let (status, answer) = worker.post("/api/v1/vantage/rounds", &[], "{}");
    assert_eq!((status, answer["type"].as_str()), (507, Some("/problems/storage")), "{answer}");
    let (status, answer) = worker.post("/api/v1/targets/good/rounds", &[], "{}");
    assert_eq!((status, answer["title"].as_str()), (507, Some("Disk full")), "{answer}");
    let folder = disk.data().join("objects").display().to_string();
    let log = worker.log();
    let said: Vec<_> = log.iter().filter(|line| line.contains("the disk is full") && line.contains(&folder)).collect();
    assert_eq!(said.len(), 1, "{log:#?}");
}

#[test]
fn a_disk_that_somebody_keeps_full_costs_no_answer_and_no_schedule() {
    if !is_inside_with_mounts("a_disk_that_somebody_keeps_full_costs_no_answer_and_no_schedule") {
        return;
    }
    let (setting, disk) = (Told::new(), SmallDisk::new(MEGABYTES));
    let worker = start(&setting, &disk.data());
    let paths = ["/api/v1/status", "/", "/api/v1/targets/half", "/api/v1/incidents", "/incidents"];
    eventually("an incident is stored", SOON, || (!worker.incidents("half").is_empty()).then_some(()));
    for path in paths {
        assert_eq!(worker.get(path).0, 200, "{path}");
    }
    // Whatever is given up is taken at once, for three periods.
    let begun = Instant::now();
    while begun.elapsed() < 3 * PERIOD {
        disk.fill();
        thread::sleep(Duration::from_millis(50));
        for path in paths {
            let (status, _, body) = worker.get(path);
            assert!(status == 200, "{path} after {} ms: {status} {body}", begun.elapsed().as_millis());
        }
    }
    assert_eq!(trouble(&worker), Some(Trouble::Full));
    let n_lines = worker.log().len();
    disk.free();
    let (freed, last) = (Instant::now(), Timestamp::from_unix_ms(now_ms()));
    for slug in ["good", "half"] {
        eventually("a round is stored", SOON, || {
            let rounds = worker.rounds(slug).rounds;
            rounds.last().is_some_and(|round| round.started_at > last).then_some(())
        });
    }
    println!(
        "measured: kept full for {} s: stored rounds {} ms later",
        3 * PERIOD.as_secs(),
        freed.elapsed().as_millis()
    );
    assert!(freed.elapsed() < PERIOD + Duration::from_secs(3), "{} ms", freed.elapsed().as_millis());
    assert!(n_lines < 60, "the log says a thing once: {n_lines} lines\n{:#?}", worker.log());
    worker.edge.stop().expect("stopped");
    assert_healthy(&disk.data());
    disk.fill();
    assert_doctor_says(&disk.data(), &["trouble: the disk is full", "to do: make room"]);
}

fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_millis()).expect("a time")
}

/// Promise (Storage): What is lost is said: an incident whose target has lost its file is closed, a lost directory is told
/// again what its targets have, a damaged file is named and nothing else suffers.
#[test]
fn an_incident_whose_target_has_lost_its_file_is_closed_and_says_so() {
    let setting = Told::new();
    let worker = start(&setting, setting.data.path());
    let incident = eventually("an incident", SOON, || worker.incidents("half").pop());
    assert!(incident.open);
    worker.edge.stop().expect("stopped");
    let gone = file(setting.data.path(), TARGETS, "half");
    lose(&gone);
    let (code, ill) = doctor(setting.data.path());
    assert_eq!((code, &ill["findings"][0]["code"]), (Some(1), &json!("target_lost")), "{ill:#}");
    let said =
        ["trouble: half: its database is not there", "lost: rounds", "to do: put it back from a backup; or start"];
    assert_doctor_says(setting.data.path(), &[&said[..], &[&below(setting.data.path(), &gone)]].concat());

    // Nobody hands in the configuration again: the first who asks for the target, or the first minute in which it is late,
    // finds that it has no plan.
    let worker = Worker::start(setting.data.path());
    assert_eq!(worker.get("/api/v1/targets/half").0, 404);
    let all = eventually("the incident is closed and the outage is seen anew", SOON, || {
        let all = worker.incidents("half");
        (all.len() == 2).then_some(all)
    });
    let [anew, lost] = &all[..] else { unreachable!() };
    assert!(anew.open && !anew.is_lost(), "{anew:#?}");
    assert!(!lost.open && lost.is_lost() && lost.summary.id == incident.summary.id, "{lost:#?}");
    assert!(lost.summary.ended.is_some() && lost.summary.down_s.is_some(), "{lost:#?}");
    let path = format!("/incidents/{}", lost.summary.id);
    let (status, _, page) = worker.get(&path);
    assert!(status == 410 && page.contains("its history was lost"), "{status} {page}");
    let (status, _, problem) = worker.get(&format!("/api/v1{path}"));
    assert!(status == 410 && problem.contains("/problems/history-lost"), "{status} {problem}");
    let (status, _, page) = worker.get(&format!("/incidents/{}", anew.summary.id));
    assert_eq!(status, 200, "{page}");
    worker.edge.stop().expect("stopped");
    assert_healthy(setting.data.path());
}

/// Promise (Storage): What is lost is said: an incident whose target has lost its file is closed, a lost directory is told
/// again what its targets have, a damaged file is named and nothing else suffers.
#[test]
fn a_lost_directory_is_told_again_what_it_knew() {
    let setting = Told::new();
    let worker = start(&setting, setting.data.path());
    let worker_incidents = |worker: &Worker| ["good", "half"].map(|slug| worker.incidents(slug));
    eventually("an incident", SOON, || worker.incidents("half").pop());
    let loaded = worker.load("good", &outages(&setting, 25));
    assert!(loaded > 0);
    let before = worker_incidents(&worker);
    assert_eq!((before[0].len(), before[1].len()), (25, 1));
    worker.edge.stop().expect("stopped");
    lose(&file(setting.data.path(), DIRECTORY, DIRECTORY_NAME));
    let (code, ill) = doctor(setting.data.path());
    assert_eq!((code, &ill["findings"][0]["code"]), (Some(1), &json!("directory_lost")), "{ill:#}");
    let said = ["trouble: the directory's database is not there", "to do: put it back from a backup; or start"];
    assert_doctor_says(setting.data.path(), &said);

    let worker = start(&setting, setting.data.path());
    eventually("every incident is listed again", SOON, || (worker_incidents(&worker)[0] == before[0]).then_some(()));
    let half = eventually("the open one, too", SOON, || worker.incidents("half").pop());
    assert!(half.open && half.summary.id == before[1][0].summary.id);
    worker.edge.stop().expect("stopped");
    assert_healthy(setting.data.path());
}

/// A past of so many outages of `good`, two hours apart.
fn outages(setting: &Told, n: i64) -> String {
    const LOOKS: [Look; 8] = [WELL, WELL, BOTH, BOTH, BOTH, WELL, WELL, WELL];
    let begun = Timestamp::from_unix_ms(now_ms() - 4 * DAY);
    let looks = |outage: i64| (0..).zip(LOOKS).map(move |(minute, look)| (2 * outage * HOUR + minute * MINUTE, look));
    let rounds = (0..n).flat_map(looks).map(|(ms, look)| round_at(&setting.url("good"), "past", look, begun + ms));
    rounds.map(|round| serde_json::to_string(&round).expect("JSON") + "\n").collect()
}

/// Promise (Storage): What is lost is said: an incident whose target has lost its file is closed, a lost directory is told
/// again what its targets have, a damaged file is named and nothing else suffers.
#[test]
fn a_damaged_file_is_named_once_and_nothing_else_suffers() {
    let setting = Told::new();
    let worker = start(&setting, setting.data.path());
    eventually("an incident", SOON, || worker.incidents("half").pop());
    assert_eq!(doctor(setting.data.path()).0, Some(2), "it is in use");
    worker.edge.stop().expect("stopped");
    assert_healthy(setting.data.path());
    let damaged = file(setting.data.path(), TARGETS, "half");
    spoil(&damaged);
    let (code, ill) = doctor(setting.data.path());
    let found = &ill["findings"][0];
    assert_eq!((code, &found["code"], &found["target"]), (Some(1), &json!("damaged"), &json!("half")), "{ill:#}");
    assert!(damaged.ends_with(found["path"].as_str().expect("a path")), "{ill:#}");
    let said = ["trouble: half: its database cannot be used: file is not a database", "to do: put back this file"];
    assert_doctor_says(setting.data.path(), &[&said[..], &[&below(setting.data.path(), &damaged)]].concat());

    let worker = start(&setting, setting.data.path());
    let name = damaged.canonicalize().expect("a path").display().to_string();
    let naming = || worker.log().iter().filter(|line| line.contains(&name)).count();
    eventually("the file is named", SOON, || (naming() > 0).then_some(()));
    let before = worker.target("good").n_rounds;
    eventually("the other goes on", SOON, || (worker.target("good").n_rounds > before + 3).then_some(()));
    assert_eq!(worker.status().storage.map(|storage| storage.unusable), Some(vec!["half".to_owned()]));
    let (status, _, page) = worker.get("/");
    assert!(status == 200 && page.contains(r#"data-notice="unusable""#), "{page}");
    let (status, _, problem) = worker.get("/api/v1/targets/half");
    assert!(status == 503 && problem.contains("/problems/storage"), "{status} {problem}");
    let (status, _, page) = worker.get("/targets/half");
    assert!(status == 503 && page.contains("cannot be used at the moment"), "{status} {page}");
    let (status, _, health) = worker.get("/healthz");
    // Which one is on the page, where everybody may know of it.
    assert!(status == 200 && health.contains("1 of the targets") && !health.contains("half"), "{status} {health}");
    assert_eq!(naming(), 1, "{:#?}", worker.log());
    assert!(worker.log().len() < 30, "{:#?}", worker.log());
    worker.edge.stop().expect("stopped");

    let directory = file(setting.data.path(), DIRECTORY, DIRECTORY_NAME);
    spoil(&directory);
    let worker = Worker::start(setting.data.path());
    let (status, _, problem) = worker.get("/api/v1/status");
    assert!(status == 503 && problem.contains("/problems/storage"), "{status} {problem}");
    let (status, _, page) = worker.get("/");
    assert!(status == 503 && page.contains("cannot be used at the moment"), "{status} {page}");
    let (status, _, health) = worker.get("/healthz");
    assert!(status == 503 && health.contains("directory"), "{status} {health}");
    let name = object_name(setting.data.path());
    assert!(worker.log().iter().any(|line| line.contains(&name)), "{:#?}", worker.log());
    worker.edge.stop().expect("stopped");

    // As the doctor says: away with both, and start.
    let said = ["trouble: the directory's database cannot be used", "or move both away: the next start"];
    assert_doctor_says(setting.data.path(), &said);
    lose(&directory);
    lose(&damaged);
    let worker = start(&setting, setting.data.path());
    let anew = eventually("the outage is seen anew", SOON, || worker.incidents("half").pop());
    assert!(anew.open && worker.status().storage.is_none(), "{anew:#?}");
    worker.edge.stop().expect("stopped");
    assert_healthy(setting.data.path());
}

fn object_name(data: &Path) -> String {
    file(data, DIRECTORY, DIRECTORY_NAME).canonicalize().expect("a path").display().to_string()
}

#[test]
fn a_disk_that_can_only_be_read_is_named_and_nothing_starts() {
    if !is_inside_with_mounts("a_disk_that_can_only_be_read_is_named_and_nothing_starts") {
        return;
    }
    let (setting, disk) = (Told::new(), SmallDisk::new(MEGABYTES));
    start(&setting, &disk.data()).edge.stop().expect("stopped");
    disk.make_read_only();
    let error = Worker::try_start(&disk.data()).err().expect("nothing starts").to_string();
    assert!(error.contains(&disk.data().display().to_string()) && error.contains("Read-only"), "{error}");
    assert_doctor_says(&disk.data(), &["trouble: the disk is mounted so that it can only be read", "to do: mount it"]);
}
