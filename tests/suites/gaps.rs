//! What is published is as new as the rounds are; and where rounds do not come, on real workerd, the availability and the
//! incident say the same of the time that nobody saw: afterwards, and while it lasts.

use dualwatch_core::{
    judge::schedule::Reach,
    measure::{
        family::Family,
        time::{DAY, SECOND, Timestamp},
    },
};
use dualwatch_simnet::Lab;
use dualwatch_tests::{
    lab,
    worker::{Worker, eventually},
};
use dualwatch_wire::v1::{Incident, IncidentDocument, Report, TargetAvailability, status::State};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

const SOON: Duration = Duration::from_secs(30);
/// The shortest interval, and a time that is enough on loopback.
const INTERVAL_S: u32 = 5;
const TIMEOUT_MS: u32 = 500;
const REACH: Reach = Reach::of(INTERVAL_S, TIMEOUT_MS);
/// What is published is at most an interval and so much old.
const PUBLISHED_WITHIN: Duration = Duration::from_secs(5);

struct Setting {
    runtime: tokio::runtime::Runtime,
    lab: Lab,
    data: tempfile::TempDir,
}

impl Setting {
    fn new() -> Self {
        let script = lab::half();
        let runtime = lab::runtime();
        let lab = runtime.block_on(Lab::start(script)).expect("the lab starts");
        Self { runtime, lab, data: tempfile::tempdir().expect("a folder") }
    }

    fn start(&self) -> Worker {
        Worker::start(self.data.path())
    }

    fn config(&self, services: &[&str]) -> String {
        let targets: Vec<Value> = (services.iter())
            .map(|service| {
                let url = format!("http://localhost:{}/", self.lab.port(service));
                json!({ "name": service, "url": url, "interval": INTERVAL_S, "timeout": format!("{TIMEOUT_MS}ms") })
            })
            .collect();
        let controls = lab::controls(&self.lab);
        json!({
            "targets": targets,
            "controls": { "ipv4": controls.ipv4, "ipv6": controls.ipv6 },
            "network": { "allow_private": true },
        })
        .to_string()
    }
}

fn now() -> Timestamp {
    let ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| i64::try_from(d.as_millis()).unwrap());
    Timestamp::from_unix_ms(ms)
}

fn objects(data: &Path, class: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(data.join("objects").join(class)).into_iter().flatten();
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

/// When a round of a target began that is later than another.
fn round_after(worker: &Worker, slug: &str, last: Option<Timestamp>) -> Timestamp {
    eventually("another round", SOON, || {
        worker.target(slug).last_round.map(|round| round.started_at).filter(|at| Some(*at) > last)
    })
}

fn open_incident(worker: &Worker) -> Incident {
    eventually("an incident", SOON, || worker.incidents("half").into_iter().find(|incident| incident.open))
}

#[test]
fn what_is_published_is_as_new_as_the_rounds_and_costs_no_row() {
    let setting = Setting::new();
    let worker = setting.start();
    worker.accept(&setting.config(&["good"]));
    let published = || worker.status().targets[0].last_round_at;
    let mut last = None;
    // The first are news, and so is the fourth, which confirms what differs between the families; the others have nothing but
    // their time.
    for _ in 0..6 {
        last = Some(round_after(&worker, "good", last));
        let at = eventually("its time is published", PUBLISHED_WITHIN, || published().filter(|at| Some(*at) >= last));
        let age_ms = now().ms_since(at);
        assert!(age_ms <= i64::from(INTERVAL_S) * SECOND + 5 * SECOND, "{age_ms} ms old");
    }
    // A configuration that comes is no reason to forget it.
    worker.accept(&setting.config(&["good", "half"]));
    assert!(published() >= last, "{:?} {last:?}", published());
    worker.edge.kill().expect("killed");
    let stored = objects(setting.data.path(), "dualwatch-directory-v1").into_iter().find_map(|path| {
        let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
        let doc: String = db.query_row("SELECT doc FROM reports WHERE slug = 'good'", [], |row| row.get(0)).ok()?;
        serde_json::from_str::<Report>(&doc).ok()
    });
    let stored = stored.expect("the report that is stored").status.last_round_at;
    assert!(stored < last, "a row was written for a time alone: {stored:?} {last:?}");
    drop(setting.runtime);
}

/// The time up to `to` of which rounds speak, and the spans that nobody saw, as the rounds themselves say it.
fn count(rounds: &[Timestamp], to: Timestamp) -> (i64, Vec<(Timestamp, Timestamp)>) {
    let (mut observed_ms, mut unseen) = (0, Vec::new());
    let ends = rounds.iter().skip(1).copied().chain([to]);
    for (at, next) in rounds.iter().copied().zip(ends) {
        let until = REACH.spoken(at).until(next);
        observed_ms += until.ms_since(at);
        if until < next {
            unseen.push((until, next));
        }
    }
    (observed_ms, unseen)
}

#[test]
fn a_stop_is_told_alike_by_the_availability_and_the_incident() {
    let setting = Setting::new();
    let worker = setting.start();
    worker.accept(&setting.config(&["half"]));
    let id = open_incident(&worker).summary.id;
    let last = round_after(&worker, "half", worker.target("half").last_round.map(|round| round.started_at));

    let process = Pid::from_raw(i32::try_from(worker.edge.id()).expect("a process"));
    kill(process, Signal::SIGSTOP).expect("stopped");
    // The stop itself: until no round can come any more that would be in time. A round may be under way already.
    let latest = last + i64::from(INTERVAL_S) * SECOND;
    let left_ms = (REACH.spoken(latest).holds_until + SECOND).ms_since(now()).max(0);
    thread::sleep(Duration::from_millis(left_ms.unsigned_abs()));
    kill(process, Signal::SIGCONT).expect("goes on");

    let back = round_after(&worker, "half", Some(latest));
    let rounds: Vec<Timestamp> = worker.rounds("half").rounds.iter().map(|round| round.started_at).collect();
    let (_, unseen) = count(&rounds, back);
    assert!(!unseen.is_empty(), "the stop was long enough: {rounds:?}");
    let blind = |incident: &Incident| -> Vec<(Timestamp, Option<Timestamp>)> {
        assert!(incident.blind.iter().all(|spell| spell.family == Family::Ipv6), "IPv4 was well: {incident:?}");
        incident.blind.iter().map(|spell| (spell.from, spell.to)).collect()
    };
    let expected: Vec<_> = unseen.iter().map(|(from, to)| (*from, Some(*to))).collect();
    let document: IncidentDocument = worker.document(&format!("/api/v1/incidents/{id}"));
    assert_eq!(blind(&document.incident), expected);
    // The directory hears of it at once, and not within the minute.
    eventually("the list says so", PUBLISHED_WITHIN, || (blind(&open_incident(&worker)) == expected).then_some(()));

    let availability: TargetAvailability = worker.document("/api/v1/targets/half/availability");
    let day = availability.windows.iter().find(|window| window.window == "24h").expect("a day");
    let rounds: Vec<Timestamp> =
        rounds.into_iter().chain(worker.rounds("half").rounds.iter().map(|round| round.started_at)).collect();
    let mut rounds: Vec<Timestamp> = rounds.into_iter().filter(|at| *at < day.to).collect();
    rounds.sort_unstable();
    rounds.dedup();
    let (observed_ms, _) = count(&rounds, day.to);
    for track in [&day.ipv4, &day.ipv6] {
        assert_eq!(track.observed_s.ms(), observed_ms, "{track:?}");
        let whole = observed_ms + (track.unobserved_share * DAY as f64).round() as i64;
        assert!((whole - DAY).abs() <= 1, "{whole}");
    }
    assert_eq!((day.ipv4.up_s.ms(), day.ipv6.down_s.ms()), (observed_ms, observed_ms), "down from the first look on");
}

#[test]
fn a_gap_shows_in_the_incident_while_it_lasts() {
    let setting = Setting::new();
    let worker = setting.start();
    worker.accept(&setting.config(&["half"]));
    let id = open_incident(&worker).summary.id;
    assert_eq!(worker.status().targets[0].ipv6.state, State::Down);
    worker.edge.stop().expect("stopped");
    // workerd's index of alarms is lost: nothing is measured before somebody asks.
    for path in objects(setting.data.path(), "dualwatch-target-v1") {
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("metadata.sqlite")) {
            std::fs::remove_file(path).expect("removed");
        }
    }
    // The gap itself. The last round is not older than the stop.
    thread::sleep(Duration::from_millis(REACH.hold_ms.unsigned_abs()));
    let worker = setting.start();
    let document: IncidentDocument = worker.document(&format!("/api/v1/incidents/{id}"));
    let last = worker.rounds("half").rounds.iter().map(|round| round.started_at).collect::<Vec<_>>();
    let spells = &document.incident.blind;
    let [spell] = &spells[..] else { panic!("{spells:?}") };
    assert_eq!((spell.family, spell.to), (Family::Ipv6, None), "it lasts");
    assert!(last.contains(&(spell.from - REACH.due_ms)), "since the round was due: {spell:?} {last:?}");
    let after = round_after(&worker, "half", Some(spell.from));
    let document: IncidentDocument = worker.document(&format!("/api/v1/incidents/{id}"));
    let spells: Vec<_> = document.incident.blind.iter().map(|spell| (spell.from, spell.to)).collect();
    assert_eq!(spells, [(spell.from, Some(after))], "the next round finds the same");
}
