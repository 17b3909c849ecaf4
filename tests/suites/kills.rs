//! `kill -9` at any moment between measuring, committing and delivering: nothing is lost, nothing happens twice.
//!
//! Two vantages deliver scripted outages, the worker measures for itself beside them, and a receiver takes its time over
//! notices. workerd is killed at seeded moments, and starts again on the same folder. `DUALWATCH_TESTS_KILLS` says how
//! often (50 where it is missing, which takes about a minute), `DUALWATCH_TESTS_SEED` when.

use dualwatch_core::measure::family::Family;
use dualwatch_tests::{
    feed::{BOTH, Feed, Look, REFUSED, SILENT, Script, VANTAGES, WELL},
    receiver::{Answer, Delivery, Receiver},
    told::Told,
    worker::{Worker, eventually},
};
use dualwatch_wire::v1::{IncidentDocument, Round};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Of the targets that vantages tell about: the worker itself looks in now and then, and finds them well.
const SCRIPTED_INTERVAL_S: u32 = 30;
const MEASURED_INTERVAL_S: u32 = 5;
/// A notice that was refused is tried again after five seconds; a target tells the directory with its next round.
const SETTLED_WITHIN: Duration = Duration::from_mins(1);

const OPENED: &str = "incident.opened";
const AMENDED: &str = "incident.amended";
const RESOLVED: &str = "incident.resolved";

/// An outage: what is seen, each look in so many rounds, and which notices it leads to.
struct Course {
    looks: &'static [(Look, usize)],
    notices: &'static [&'static str],
    families: &'static [Family],
    episodes: u32,
}

const COURSES: &[Course] = &[
    Course {
        looks: &[(WELL, 3), (REFUSED, 5), (WELL, 4)],
        notices: &[OPENED, RESOLVED],
        families: &[Family::Ipv6],
        episodes: 1,
    },
    // IPv4 joins, and parts.
    Course {
        looks: &[(WELL, 3), (REFUSED, 3), (BOTH, 4), (REFUSED, 4), (WELL, 4)],
        notices: &[OPENED, AMENDED, AMENDED, RESOLVED],
        families: &[Family::Ipv4, Family::Ipv6],
        episodes: 1,
    },
    // Another cause.
    Course {
        looks: &[(WELL, 3), (REFUSED, 4), (SILENT, 4), (WELL, 4)],
        notices: &[OPENED, AMENDED, RESOLVED],
        families: &[Family::Ipv6],
        episodes: 1,
    },
    // A relapse is the same incident once more.
    Course {
        looks: &[(WELL, 3), (REFUSED, 4), (WELL, 4), (REFUSED, 4), (WELL, 4)],
        notices: &[OPENED, RESOLVED, OPENED, RESOLVED],
        families: &[Family::Ipv6],
        episodes: 2,
    },
];

fn course(i: usize) -> &'static Course {
    &COURSES[i % COURSES.len()]
}

/// Targets that the worker measures itself; IPv6 of the second is down from the beginning.
const MEASURED: [&str; 2] = ["good", "half"];

/// First tries go wrong now and then, or take a while; later ones succeed.
fn moody(key: &str, n_before: usize) -> Answer {
    let dice = key.bytes().fold(7_u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into())) % 10;
    match dice {
        0 if n_before == 0 => Answer::Status(500),
        1 if n_before == 0 => Answer::Hangup,
        2..=6 => Answer::Slow(Duration::from_millis(u64::from(dice) * 30)),
        _ => Answer::Status(204),
    }
}

/// Waits for the moment of the next kill: any, or soon after a notice or a receipt.
fn await_moment(random: &mut fastrand::Rng, feed: &Feed, receiver: &Receiver) -> &'static str {
    let latest = Instant::now() + Duration::from_millis(1_500);
    let kind = random.u32(0..3);
    let (n_received, n_acknowledged) = (receiver.received().len(), feed.n_acknowledged());
    let (what, pause_ms) = match kind {
        0 => ("at any moment", random.u64(0..1_200)),
        1 => ("after a notice", random.u64(0..120)),
        _ => ("after a receipt", random.u64(0..12)),
    };
    let n_more = random.usize(1..12);
    let has_come = || match kind {
        0 => true,
        1 => receiver.received().len() > n_received,
        _ => feed.n_acknowledged() > n_acknowledged + n_more,
    };
    while !has_come() && Instant::now() < latest {
        std::thread::sleep(Duration::from_millis(1));
    }
    std::thread::sleep(Duration::from_millis(pause_ms));
    what
}

/// Promise (Storage): Whenever workerd is killed, no committed round and no notice is lost, and no incident doubled.
#[test]
fn nothing_is_lost_or_doubled_when_workerd_is_killed_at_any_moment() {
    let number = |name: &str, default: u64| {
        std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
    };
    let n_kills = usize::try_from(number("DUALWATCH_TESTS_KILLS", 50)).expect("a few");
    let seed = number("DUALWATCH_TESTS_SEED", 1);
    let mut random = fastrand::Rng::with_seed(seed);
    let setting = Told::new();
    setting.receiver.answer_by(moody);
    let scripts: Vec<Script> = (0..n_kills).map(|i| setting.script(&format!("told-{i}"), course(i).looks)).collect();
    let mut targets: Vec<_> = scripts.iter().map(|s| setting.target(&s.slug, "good", SCRIPTED_INTERVAL_S)).collect();
    targets.extend(MEASURED.map(|name| setting.target(name, name, MEASURED_INTERVAL_S)));
    let mut worker = setting.start(&setting.config(&targets, &[Told::channel("ops", &setting.receiver)]));
    let at = worker.edge.addresses()[0];

    let begun = Instant::now();
    let feed = Feed::start(at, scripts.clone());
    let mut shown: BTreeMap<&str, Vec<Round>> = BTreeMap::new();
    for kill in 1..=n_kills {
        feed.open_to(kill + 3);
        let moment = await_moment(&mut random, &feed, &setting.receiver);
        // What anybody was shown of the worker's own rounds must be there ever after.
        if kill % 5 == 0 {
            shown.extend(MEASURED.map(|slug| (slug, worker.rounds(slug).rounds)));
        }
        worker.edge.kill().expect("killed");
        let (n_notices, n_rounds) = (setting.receiver.received().len(), feed.n_acknowledged());
        let s = begun.elapsed().as_secs();
        println!("kill {kill}/{n_kills} of seed {seed}, {moment}: {n_rounds} rounds, {n_notices} deliveries, {s} s");
        worker = Worker::start_on(setting.data.path(), at.port());
    }
    feed.open_to(usize::MAX);
    eventually("all rounds are acknowledged", SETTLED_WITHIN, || feed.is_over().then_some(()));
    worker.edge.kill().expect("killed");
    check_alarms(setting.data.path());
    worker = Worker::start_on(setting.data.path(), at.port());

    for (script, rounds) in scripts.iter().zip(feed.acknowledged()) {
        assert_eq!(rounds.len(), 2 * script.looks.len(), "{}", script.slug);
        let kept = worker.rounds(&script.slug).rounds;
        for vantage in VANTAGES {
            let of = |rounds: &[Round]| -> Vec<Round> {
                rounds.iter().filter(|r| r.vantage.name == vantage).cloned().collect()
            };
            assert_eq!(of(&kept), of(&rounds), "{} as {vantage} saw it: all, once, unchanged", script.slug);
        }
    }
    println!("measured: {n_kills} kills: {} rounds acknowledged and all kept once", feed.n_acknowledged());
    for (slug, rounds) in shown {
        let kept = worker.rounds(slug).rounds;
        assert!(rounds.iter().all(|round| kept.contains(round)), "{slug}: what was shown is kept");
        let times: BTreeSet<_> = kept.iter().map(|round| round.started_at).collect();
        assert_eq!(times.len(), kept.len(), "{slug}: no round is there twice");
        // Every kill takes the round that is under way, and some time to start again.
        let gaps = || kept.windows(2).map(|pair| pair[1].started_at.ms_since(pair[0].started_at));
        let period_ms = i64::from(MEASURED_INTERVAL_S) * 1_000;
        let n_late = gaps().filter(|ms| *ms > period_ms + period_ms / 2).count();
        println!(
            "measured: {slug}: {} own rounds, {n_late} of them late; the longest time between two {} ms of a period of \
             {period_ms} ms",
            kept.len(),
            gaps().max().unwrap_or_default()
        );
    }
    let incidents = check_incidents(&worker, &scripts);
    check_notices(&setting.receiver, &incidents);
    check_status(&worker);
    // What a receiver took right before a kill is delivered once more, when its target wakes next.
    let mut running = Some(worker);
    eventually("nothing waits in the files", SETTLED_WITHIN, || {
        let worker = running.take().unwrap_or_else(|| Worker::start_on(setting.data.path(), at.port()));
        std::thread::sleep(Duration::from_secs(3));
        worker.edge.stop().expect("stopped");
        (check_files(setting.data.path()) == 0).then_some(())
    });
}

/// Each outage is one incident, which the directory knows as its target does. Returns the notices of each.
fn check_incidents(worker: &Worker, scripts: &[Script]) -> BTreeMap<String, Vec<&'static str>> {
    let mut notices = BTreeMap::new();
    for (i, script) in scripts.iter().enumerate() {
        let slug = &script.slug;
        let incident = eventually(&format!("the directory hears of the end at {slug}"), SETTLED_WITHIN, || {
            let incidents = worker.incidents(slug);
            assert!(incidents.len() <= 1, "{slug} has one incident: {incidents:#?}");
            let incident = incidents.into_iter().next()?;
            let same: IncidentDocument = worker.document(&format!("/api/v1/incidents/{}", incident.summary.id));
            (!incident.open && same.incident == incident).then_some(incident)
        });
        let Course { families, episodes, notices: expected, .. } = course(i);
        assert_eq!((&incident.summary.families[..], incident.summary.episodes), (*families, *episodes), "{slug}");
        assert!(!incident.summary.flapping && incident.blind.is_empty(), "{incident:#?}");
        notices.insert(incident.summary.id, expected.to_vec());
    }
    for (slug, expected) in MEASURED.into_iter().zip([None, Some(OPENED)]) {
        let incidents = worker.incidents(slug);
        assert_eq!(incidents.len(), usize::from(expected.is_some()), "{slug}: {incidents:#?}");
        for incident in incidents {
            assert!(incident.open && incident.summary.families == [Family::Ipv6], "{incident:#?}");
            notices.insert(incident.summary.id, expected.into_iter().collect());
        }
    }
    notices
}

/// Every notice arrived, in order, signed, always with the same text; and there are no others.
fn check_notices(receiver: &Receiver, incidents: &BTreeMap<String, Vec<&str>>) {
    let expected: BTreeSet<String> =
        incidents.iter().flat_map(|(id, kinds)| (1..=kinds.len()).map(move |n| format!("{id}.{n}"))).collect();
    let begun = Instant::now();
    let mut n_missing = 0;
    eventually("every notice is taken", SETTLED_WITHIN, || {
        let taken: BTreeSet<String> = receiver.taken().into_iter().collect();
        let missing: Vec<_> = expected.difference(&taken).collect();
        if missing.len() != std::mem::replace(&mut n_missing, missing.len()) {
            println!("waiting for {missing:?}");
        }
        missing.is_empty().then_some(())
    });
    println!("every notice was taken {} s after the last kill", begun.elapsed().as_secs());
    let deliveries = receiver.received();
    let n_repeated = deliveries.len() - expected.len();
    println!("{} notices in {} deliveries ({n_repeated} repeated)", expected.len(), deliveries.len());
    let mut first: BTreeMap<&str, &Delivery> = BTreeMap::new();
    let mut n_heard: BTreeMap<&str, usize> = BTreeMap::new();
    for delivery in &deliveries {
        assert_eq!(delivery.refusal, None, "{delivery:?}");
        assert!(expected.contains(&delivery.id), "nobody asked for {delivery:?}");
        let (id, n) = delivery.id.rsplit_once('.').expect("a key");
        if let Some(first) = first.get(delivery.id.as_str()) {
            assert_eq!(first.body, delivery.body, "the same key is the same text");
            continue;
        }
        let n_before = n_heard.entry(id).or_default();
        *n_before += 1;
        assert_eq!(n.parse(), Ok(*n_before), "{id} is told in order");
        let (kind, data) = (delivery.event()["type"].clone(), delivery.event()["data"]["id"].clone());
        assert_eq!((kind.as_str(), data.as_str()), (Some(incidents[id][*n_before - 1]), Some(id)));
        first.insert(&delivery.id, delivery);
    }
}

/// What the directory publishes is what the targets say.
fn check_status(worker: &Worker) {
    eventually("directory and targets agree", SETTLED_WITHIN, || {
        let state = |t: &dualwatch_wire::v1::status::TargetStatus| {
            let of = |f: &dualwatch_wire::v1::status::FamilyFacts| (f.state, f.cause, f.since);
            (t.slug.clone(), of(&t.ipv4), of(&t.ipv6))
        };
        let published = worker.status().targets;
        published.iter().all(|t| state(&worker.target(&t.slug).status) == state(t)).then_some(())
    });
}

/// Every target will wake by itself: workerd's index has its alarm too, without which the target's own record of it is a
/// belief (see `worker/src/alarm.rs`).
fn check_alarms(data: &Path) {
    let index = open(&targets_of(data).join("metadata.sqlite"));
    let mut query = index.prepare("SELECT actor_id FROM _cf_ALARM").expect("workerd's index of alarms");
    let rows = query.query_map([], |row| row.get(0)).expect("the index");
    let indexed: BTreeSet<String> = rows.collect::<Result<_, _>>().expect("names");
    let mut asleep = Vec::new();
    for path in objects(data) {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        if !indexed.contains(&name) {
            let db = open(&path);
            let one = |query: &str| -> i64 { db.query_row(query, [], |row| row.get(0)).expect("a value") };
            let alarm_ms = one("SELECT value FROM _cf_METADATA WHERE key = 1") / 1_000_000;
            asleep.push((name, alarm_ms, one("SELECT at FROM due")));
        }
    }
    assert!(asleep.is_empty(), "targets (their alarm, when their next round is due) that nothing wakes: {asleep:#?}");
}

/// The files themselves are whole. Returns how many notices wait in them.
fn check_files(data: &Path) -> i64 {
    let mut n_pending = 0;
    for path in objects(data) {
        let db = open(&path);
        let whole: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("checked");
        assert_eq!(whole, "ok", "{}", path.display());
        let count = |query: &str| -> i64 { db.query_row(query, [], |row| row.get(0)).expect("counted") };
        n_pending += count("SELECT COUNT(*) FROM outbox WHERE settled_at IS NULL");
    }
    n_pending
}

fn targets_of(data: &Path) -> PathBuf {
    data.join("objects").join("dualwatch-target-v1")
}

/// The files of the targets: all in that folder but workerd's own.
fn objects(data: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(targets_of(data)).expect("the objects").map(|file| file.expect("a file").path());
    let is_object =
        |path: &PathBuf| path.extension().is_some_and(|e| e == "sqlite") && !path.ends_with("metadata.sqlite");
    let objects: Vec<PathBuf> = files.filter(is_object).collect();
    assert!(!objects.is_empty(), "the objects are elsewhere now");
    objects
}

fn open(path: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}
