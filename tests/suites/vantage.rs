//! The program as a further vantage of the worker on real workerd: what it adds, and what its going away takes.

use dualwatch_core::{
    agreement::{Finding, agree},
    cause::Cause,
    family::{Family, PerFamily},
    health::{self, Health},
    round,
    schedule::late_after_ms,
    time::{SECOND, Timestamp},
    vantage::Standing,
};
use dualwatch_simnet::{
    Lab,
    script::{Script, Service},
    words::{Connect, Tcp},
};
use dualwatch_tests::{
    program::{self, Vantage},
    worker::{ADMIN_TOKEN, VANTAGE_TOKEN, Worker, eventually},
};
use dualwatch_wire::{
    signature::{self, ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER},
    v1::{MAX_BATCH_BYTES, MAX_BATCH_SLUGS, Round, status::State},
};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const SOON: Duration = Duration::from_secs(30);
const INTERVAL_S: u32 = 5;

/// A lab, and a worker that measures it; the lab's runtime lives as long.
struct Setting {
    _runtime: tokio::runtime::Runtime,
    _lab: Lab,
    dir: tempfile::TempDir,
    worker: Worker,
}

impl Setting {
    fn new() -> Self {
        // Before the clock of anything runs.
        program::program();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        let script = Script::new()
            .service("control", Service::both(Tcp::Hold).as_control())
            .service("good", Service::good())
            .service("half", Service::good().over(Family::Ipv6, Connect::Refused));
        let lab = runtime.block_on(Lab::start(script)).expect("the lab starts");
        let target = |name: &str| {
            let url = format!("http://localhost:{}/", lab.port(name));
            json!({ "name": name, "url": url, "interval": INTERVAL_S, "timeout": "2s" })
        };
        let controls = |family| lab.controls().get(family).iter().map(ToString::to_string).collect::<Vec<_>>();
        let config = json!({
            "targets": [target("good"), target("half")],
            "controls": { "ipv4": controls(Family::Ipv4), "ipv6": controls(Family::Ipv6) },
            "resolvers": [format!("tcp://{}", lab.resolver())],
            "network": { "allow_private": true },
        });
        let dir = tempfile::tempdir().expect("a folder");
        let worker = Worker::start(&dir.path().join("data"));
        worker.accept(&config.to_string());
        Self { _runtime: runtime, _lab: lab, dir, worker }
    }

    fn start_vantage(&self) -> Vantage {
        Vantage::start(&self.worker.edge.origin(), "local", self.dir.path())
    }
}

/// The rounds of one vantage, oldest first.
fn rounds_of(worker: &Worker, slug: &str, vantage: &str) -> Vec<Round> {
    let mut rounds = worker.rounds(slug).rounds;
    rounds.retain(|r| r.vantage.name == vantage);
    rounds
}

#[test]
fn a_vantage_names_what_the_edge_cannot_and_takes_nothing_with_it() {
    let setting = Setting::new();
    let worker = &setting.worker;
    let vantage = setting.start_vantage();
    let status = eventually("the exact cause, confirmed", SOON, || {
        let status = worker.status();
        let half = &status.targets[1].ipv6;
        ((half.state, half.cause) == (State::Down, Some(Cause::TcpRefused))).then_some(status)
    });
    let known: Vec<_> = status.vantages.iter().map(|v| (v.name.as_str(), v.ipv4, v.ipv6)).collect();
    let proven = Standing::Proven;
    assert_eq!(known, [("edge", proven, proven), ("local", proven, proven)]);
    assert_eq!((status.targets[0].ipv6.state, status.targets[1].ipv4.state), (State::Up, State::Up));
    let half = worker.target("half");
    assert_eq!(half.status.ipv6.cause, Some(Cause::TcpRefused), "the target itself says the same");
    let known_by = half.known_by.expect("somebody knows it");
    assert_eq!((known_by.ipv4.as_str(), known_by.ipv6.as_str()), ("edge", "local"), "and who knew it");
    let (_, _, page) = worker.get("/");
    for line in ["edge: IPv4 proven, IPv6 proven", "local: IPv4 proven, IPv6 proven"] {
        assert!(page.contains(line), "the page says `{line}`");
    }
    assert!(page.contains("tcp.refused"), "the page names the exact cause");

    // Both are kept side by side, each as it measured.
    for (name, cause) in [("edge", Cause::TcpNoConnection), ("local", Cause::TcpRefused)] {
        let rounds = rounds_of(worker, "half", name);
        assert!(!rounds.is_empty() && rounds.iter().all(|r| r.ipv6.cause == Some(cause)), "{name}: {rounds:?}");
    }
    vantage.stop();
    // Once it is late, the edge speaks alone: the same functions as in the worker, with the time as an argument.
    for (slug, ipv6) in [("good", ("up", None)), ("half", ("down", Some(Cause::TcpNoConnection)))] {
        assert_eq!(published_when_late(worker, slug), (ipv6, "up"), "{slug}");
    }
}

/// Replays the stored rounds of a target to the moment when `local` is late; returns what is then published of IPv6,
/// with its cause, and of IPv4.
fn published_when_late(worker: &Worker, slug: &str) -> ((&'static str, Option<Cause>), &'static str) {
    let replayed = ["edge", "local"].map(|name| {
        let mut health = PerFamily::<Health>::default();
        let mut last: Option<round::Round> = None;
        for round in rounds_of(worker, slug, name).into_iter().map(round::Round::from) {
            let before = last.as_ref().map(|r| r.started_at);
            health = health::step_round(health, before, INTERVAL_S, &round, &health::Policy::default());
            last = Some(round);
        }
        (health, last.expect("a round"))
    });
    let [(edge, edge_round), (local, local_round)] = replayed;
    let now = local_round.started_at + late_after_ms(INTERVAL_S) + 1;
    // The edge goes on.
    let edge_round = round::Round { started_at: now - 1, ..edge_round };
    let findings = [
        Finding { is_own: true, health: &edge, round: &edge_round },
        Finding { is_own: false, health: &local, round: &local_round },
    ];
    let families = agree(&findings, INTERVAL_S, now).expect("an agreement").families;
    ((families.ipv6.health.code(), families.ipv6.sample.cause), families.ipv4.health.code())
}

#[test]
fn rounds_of_an_outage_are_delivered_afterwards_with_their_own_times() {
    let setting = Setting::new();
    let vantage = setting.start_vantage();
    eventually("a round of the vantage", SOON, || rounds_of(&setting.worker, "good", "local").pop());
    let Setting { _runtime, _lab, dir, worker } = setting;
    let (origin, port) = (worker.edge.origin(), worker.edge.addresses()[0].port());
    worker.edge.stop().expect("stopped");
    let gone_at = now_ms();

    std::thread::sleep(Duration::from_secs(6));
    // Not only is the worker away: the vantage is killed, and starts again with the plans that it kept.
    vantage.kill();
    let vantage = Vantage::start(&origin, "local", dir.path());
    std::thread::sleep(Duration::from_secs(6));
    let worker = Worker::start_on(&dir.path().join("data"), port);
    let back_at = now_ms();

    let rounds = eventually("rounds of the outage, and of afterwards", SOON * 2, || {
        let rounds = rounds_of(&worker, "half", "local");
        rounds.last().is_some_and(|r| r.started_at.unix_ms() > back_at).then_some(rounds)
    });
    let times: Vec<i64> = rounds.iter().map(|r| r.started_at.unix_ms()).collect();
    let n_meanwhile = times.iter().filter(|t| (gone_at..back_at).contains(*t)).count();
    assert!(n_meanwhile >= 2, "measured while the worker was away: {n_meanwhile} of {times:?}, {gone_at}..{back_at}");
    let longest = times.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or_default();
    assert!(longest < 2 * i64::from(INTERVAL_S) * SECOND, "no round is missing: {times:?}");
    assert!(times.is_sorted(), "{times:?}");
    assert!(rounds.iter().all(|r| r.ipv6.cause == Some(Cause::TcpRefused)), "{rounds:?}");
    eventually("what all say is published again", SOON, || {
        let half = worker.status().targets[1].ipv6.clone();
        ((half.state, half.cause) == (State::Down, Some(Cause::TcpRefused))).then_some(())
    });
    let spool = dir.path().join("spool");
    eventually("nothing waits any more", SOON, || {
        let mut names = std::fs::read_dir(&spool).unwrap().map(|entry| entry.unwrap().file_name());
        (!names.any(|name| name.to_string_lossy().ends_with(".ndjson"))).then_some(())
    });
    vantage.stop();
}

fn now_ms() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// Sends a batch, signed with `token` at `signed_at_s`.
fn send(worker: &Worker, token: &str, signed_at_s: i64, batch: &Value) -> (u16, Value) {
    let body = batch.to_string();
    let signed = signature::sign(token, "id", signed_at_s, &body);
    let timestamp = signed_at_s.to_string();
    let headers = [(ID_HEADER, "id"), (TIMESTAMP_HEADER, &*timestamp), (SIGNATURE_HEADER, &*signed)];
    worker.post("/api/v1/vantage/rounds", &headers, &body)
}

fn a_batch(vantage: &str, rounds: &[(&str, &Round)]) -> Value {
    let rounds: Vec<Value> = (rounds.iter().zip(1..))
        .map(|((slug, round), seq)| json!({ "slug": slug, "seq": seq, "round": round }))
        .collect();
    json!({ "version": 1, "vantage": vantage, "rounds": rounds })
}

#[test]
fn only_signed_rounds_of_its_own_name_are_taken_and_once() {
    let setting = Setting::new();
    let worker = &setting.worker;
    let measured = eventually("a round", SOON, || rounds_of(worker, "half", "edge").pop());
    let now_s = now_ms() / 1_000;
    let named = |name: &str, started_at: Timestamp| {
        let mut round = Round { started_at, ..measured.clone() };
        round.vantage.name = name.to_owned();
        round
    };
    let begun = measured.started_at;
    let mine = named("other", begun);
    let good = a_batch("other", &[("half", &mine)]);

    // Who may.
    for (token, at) in
        [("wrong", now_s), (ADMIN_TOKEN, now_s), (VANTAGE_TOKEN, now_s - 301), (VANTAGE_TOKEN, now_s + 400)]
    {
        let (status, problem) = send(worker, token, at, &good);
        assert_eq!(status, 401, "{token} {at}: {problem}");
    }
    assert_eq!(worker.post("/api/v1/vantage/rounds", &[], &good.to_string()).0, 401);
    assert_eq!(worker.get("/api/v1/vantage/plans").0, 401);
    assert_eq!(worker.get_as("/api/v1/vantage/plans", ADMIN_TOKEN).0, 401);
    let (status, plans) = worker.get_as("/api/v1/vantage/plans", VANTAGE_TOKEN);
    assert_eq!((status, plans["plans"].as_array().map(Vec::len)), (200, Some(2)), "{plans}");

    // What is not accepted as a whole.
    let of_edge = named("edge", begun);
    assert_eq!(send(worker, VANTAGE_TOKEN, now_s, &a_batch("edge", &[("half", &of_edge)])).0, 422);
    assert_eq!(send(worker, VANTAGE_TOKEN, now_s, &a_batch("a b", &[])).0, 422);
    let slugs: Vec<String> = (0..=MAX_BATCH_SLUGS).map(|i| format!("s{i}")).collect();
    let many: Vec<_> = slugs.iter().map(|slug| (slug.as_str(), &mine)).collect();
    assert_eq!(send(worker, VANTAGE_TOKEN, now_s, &a_batch("other", &many)).0, 422);
    assert_eq!(send(worker, VANTAGE_TOKEN, now_s, &json!("x".repeat(MAX_BATCH_BYTES))).0, 413);
    assert_eq!(send(worker, VANTAGE_TOKEN, now_s, &json!({ "version": 1 })).0, 400);
    assert_eq!(rounds_of(worker, "half", "other"), [], "nothing of all that was kept");

    // Round by round.
    let (foreign, early) = (named("another", begun), named("other", begun + 3_600 * SECOND));
    let mixed = a_batch("other", &[("half", &mine), ("gone", &mine), ("half", &foreign), ("half", &early)]);
    let (status, receipt) = send(worker, VANTAGE_TOKEN, now_s, &mixed);
    assert_eq!(status, 200, "{receipt}");
    let outcomes: Vec<_> = receipt["received"].as_array().unwrap().iter().map(|r| r["outcome"].as_str()).collect();
    assert_eq!(outcomes, [Some("accepted"), Some("unknown_slug"), Some("refused"), Some("refused")]);
    assert_eq!(rounds_of(worker, "half", "other"), std::slice::from_ref(&mine));
    assert_eq!(rounds_of(worker, "half", "another"), []);

    // Again: the same answer, and nothing changes. What has another content at that time does not replace it.
    let mut changed = mine.clone();
    changed.ipv6.cause = Some(Cause::TcpTimeout);
    for round in [&mine, &changed] {
        let (status, receipt) = send(worker, VANTAGE_TOKEN, now_s, &a_batch("other", &[("half", round)]));
        assert_eq!((status, &receipt["received"][0]["outcome"]), (200, &json!("accepted")));
    }
    assert_eq!(rounds_of(worker, "half", "other"), std::slice::from_ref(&mine));

    // A round that came late is kept, and says nothing of now.
    let late = named("other", begun - 60 * SECOND);
    assert_eq!(send(worker, VANTAGE_TOKEN, now_s, &a_batch("other", &[("half", &late)])).0, 200);
    assert_eq!(rounds_of(worker, "half", "other"), [late, mine.clone()]);
    let seen = worker.status().vantages.into_iter().find(|v| v.name == "other").expect("it is listed");
    assert_eq!(seen.last_round_at, mine.started_at);
    assert!(!rounds_of(worker, "half", "edge").is_empty(), "nothing of the edge was overwritten");
}
