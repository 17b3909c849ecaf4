//! The program as a further vantage of the worker on real workerd: what it adds, and what its going away takes.

use dualwatch_core::{
    judge::schedule::speaks_for_ms,
    measure::{
        cause::Cause,
        family::Family,
        time::{MINUTE, SECOND, Timestamp},
        vantage::Standing,
    },
};
use dualwatch_simnet::Lab;
use dualwatch_tests::{
    front::Front,
    lab,
    program::{self, Vantage},
    worker::{ADMIN_TOKEN, VANTAGE_TOKEN, Worker, eventually, vantage_token},
};
use dualwatch_wire::{
    signature::{self, ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER},
    v1::{self, MAX_BATCH_BYTES, MAX_BATCH_SLUGS, Round, VantageRound, status::State},
};
use serde_json::{Value, json};
use std::{
    ffi::OsStr,
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

const SOON: Duration = Duration::from_secs(30);
const INTERVAL_S: u32 = 5;

/// A lab, and a worker that measures it; the lab's runtime lives as long.
struct Setting {
    runtime: tokio::runtime::Runtime,
    _lab: Lab,
    dir: tempfile::TempDir,
    worker: Worker,
    config: String,
}

impl Setting {
    fn new() -> Self {
        // Before the clock of anything runs.
        program::program();
        let runtime = lab::runtime();
        let script = lab::half();
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
        let config = config.to_string();
        worker.accept(&config);
        Self { runtime, _lab: lab, dir, worker, config }
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
    let half = &status.targets[1];
    assert_eq!((half.ipv4.known_by.as_deref(), half.ipv6.known_by.as_deref()), (Some("edge"), Some("local")));
    let detail = worker.target("half").status;
    assert_eq!((detail.ipv6.cause, &detail.ipv6.known_by), (half.ipv6.cause, &half.ipv6.known_by));
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
    // Soon the edge speaks alone; until then, and then, nothing is worse than it was.
    eventually("only what the edge knows", SOON * 2, || {
        let status = worker.status();
        let [good, half] = &status.targets[..] else { panic!("two targets: {status:?}") };
        for up in [&good.ipv4, &good.ipv6, &half.ipv4] {
            assert_eq!(up.state, State::Up, "{status:?}");
        }
        assert_eq!(half.ipv6.state, State::Down, "{status:?}");
        let said = (half.ipv6.cause, half.ipv6.known_by.as_deref());
        match said {
            (Some(Cause::TcpRefused), Some("local")) => None,
            (Some(Cause::TcpNoConnection), Some("edge")) => Some(()),
            _ => panic!("neither of the two: {said:?}"),
        }
    });
}

#[test]
fn a_first_failure_is_looked_at_closely_by_a_vantage_too() {
    let setting = Setting::new();
    let slow = setting.config.replace(&format!("\"interval\":{INTERVAL_S}"), "\"interval\":60");
    assert_ne!(slow, setting.config);
    setting.worker.accept(&slow);
    let _vantage = setting.start_vantage();
    let rounds = eventually("three rounds of the program", SOON * 2, || {
        let rounds = rounds_of(&setting.worker, "half", "local");
        (rounds.len() >= 3).then_some(rounds)
    });
    let apart = rounds[2].started_at.ms_since(rounds[0].started_at);
    assert!(apart < 30 * SECOND, "two periods of 60 s took {apart} ms");
    // What is in order has its first round, and at most one that the schedule asks for.
    assert!(rounds_of(&setting.worker, "good", "local").len() <= 2);
}

#[test]
fn rounds_of_an_outage_are_delivered_afterwards_with_their_own_times() {
    let setting = Setting::new();
    let vantage = setting.start_vantage();
    eventually("a round of the vantage", SOON, || rounds_of(&setting.worker, "good", "local").pop());
    let Setting { runtime: _runtime, _lab, dir, worker, .. } = setting;
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

/// Ten minutes of rounds of `name`, all of which say that the target refuses over both families; the last one is so old
/// that it does not speak of now any more.
fn ten_minutes(name: &str, template: &Round, refused: &v1::Sample) -> Vec<Round> {
    let ended_at = Timestamp::from_unix_ms(now_ms() - speaks_for_ms(INTERVAL_S) - SECOND);
    let n = 10 * MINUTE / (i64::from(INTERVAL_S) * SECOND);
    let at = |i: i64| ended_at - (n - i) * i64::from(INTERVAL_S) * SECOND;
    let round = |i| {
        let mut round = Round { started_at: at(i), ipv4: refused.clone(), ipv6: refused.clone(), ..template.clone() };
        name.clone_into(&mut round.vantage.name);
        round
    };
    (0..=n).map(round).collect()
}

/// Two vantages were cut off for ten minutes and saw everything refused; what they saw waits in a spool. Together they
/// would outvote the edge, were they heard as if it were now.
#[test]
fn ten_minutes_without_the_worker_are_delivered_over_https_and_change_nothing_of_now() {
    let setting = Setting::new();
    let worker = &setting.worker;
    let before = eventually("what the edge says", SOON, || {
        let status = worker.status();
        (status.targets[1].ipv6.state == State::Down).then_some(status)
    });
    let template = |slug: &str| rounds_of(worker, slug, "edge").pop().expect("a round");
    let refused = v1::Sample { cause: Some(Cause::TcpRefused), ..template("half").ipv6 };
    let spool = setting.dir.path().join("spool");
    std::fs::create_dir(&spool).expect("a folder");
    let mut seq = 0;
    let mut expected = Vec::new();
    for name in ["other", "local"] {
        let of = ["good", "half"].map(|slug| (slug, ten_minutes(name, &template(slug), &refused)));
        // As the program writes them: a line a round, in the order of measuring.
        let mut lines = String::new();
        let first = seq + 1;
        for (good, half) in of[0].1.iter().zip(&of[1].1) {
            for (slug, round) in [("good", good), ("half", half)] {
                seq += 1;
                let line = VantageRound { slug: slug.to_owned(), seq, round: round.clone() };
                lines += &(serde_json::to_string(&line).expect("JSON") + "\n");
            }
        }
        std::fs::write(spool.join(format!("{first:020}.ndjson")), lines).expect("written");
        expected.extend(of.map(|(slug, rounds)| (name, slug, rounds)));
    }

    let front = setting.runtime.block_on(Front::start(worker.edge.addresses()[0]));
    let ca = setting.dir.path().join("ca.pem");
    std::fs::write(&ca, &front.ca_pem).expect("written");
    let arguments = [OsStr::new("--ca"), ca.as_os_str()];
    let vantage = Vantage::start_with(&front.origin(), "local", setting.dir.path(), &arguments);
    let since = |status: &v1::Status| [status.targets[0].ipv4.since, status.targets[0].ipv6.since];
    eventually("rounds of now, which come after all of then", SOON * 2, || {
        let status = worker.status();
        let [good, half] = &status.targets[..] else { panic!("two targets: {status:?}") };
        let seen = [good.ipv4.state, good.ipv6.state, half.ipv4.state, half.ipv6.state];
        assert_eq!(seen, [State::Up, State::Up, State::Up, State::Down], "{status:?}");
        assert_eq!(since(&status), since(&before), "nothing has begun anew: {status:?}");
        let newest = |slug| rounds_of(worker, slug, "local").pop().map(|r| r.started_at);
        let is_of_now = |slug| newest(slug) > Some(before.published_at);
        (is_of_now("good") && is_of_now("half")).then_some(())
    });
    for (name, slug, rounds) in expected {
        let mut kept = rounds_of(worker, slug, name);
        kept.truncate(rounds.len());
        assert_eq!(rounds.len(), 121, "ten minutes of one every five seconds");
        assert_eq!(kept, rounds, "{slug} as {name} measured it: all, with their own times, in order, once");
        let times: Vec<i64> = rounds_of(worker, slug, name).iter().map(|r| r.started_at.unix_ms()).collect();
        assert!(times.is_sorted_by(|a, b| a < b), "{times:?}");
    }
    vantage.stop();
}

#[test]
fn plans_are_sent_in_full_only_where_they_are_new() {
    let setting = Setting::new();
    let worker = &setting.worker;
    let ask = |tag: &str| {
        let headers =
            [("authorization", format!("Bearer {}", vantage_token("any"))), ("if-none-match", tag.to_owned())];
        worker.get_with("/api/v1/vantage/plans", &headers)
    };
    let (status, first, body) = ask("\"unknown\"");
    assert_eq!((status, body.is_empty()), (200, false));
    for known in [first.clone(), format!("W/{first}"), format!("\"other\", {first}"), "*".to_owned()] {
        assert_eq!(ask(&known), (304, first.clone(), String::new()), "{known}");
    }
    // Another interval is another plan.
    let config = setting.config.replace("\"interval\":5", "\"interval\":7");
    assert_ne!(config, setting.config);
    worker.accept(&config);
    let (status, second, body) = ask(&first);
    assert_eq!((status, body.contains("\"interval_s\":7")), (200, true), "{body}");
    assert_ne!(first, second);
    // Whoever may not read them learns nothing of them either.
    assert_eq!(worker.get_with("/api/v1/vantage/plans", &[("if-none-match", second)]).0, 401);
}

fn now_ms() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// Sends a batch as who bears `token`, signed with it at `signed_at_s`.
fn send(worker: &Worker, token: &str, signed_at_s: i64, batch: &Value) -> (u16, Value) {
    let body = batch.to_string();
    let signed = signature::sign(token, "id", signed_at_s, &body);
    let timestamp = signed_at_s.to_string();
    let bearer = format!("Bearer {token}");
    let headers =
        [("authorization", &*bearer), (ID_HEADER, "id"), (TIMESTAMP_HEADER, &*timestamp), (SIGNATURE_HEADER, &*signed)];
    worker.post("/api/v1/vantage/rounds", &headers, &body)
}

/// Announces a body without sending it: the worker refuses by the length alone, and closes. Returns how its answer
/// begins.
fn announce(worker: &Worker, n_bytes: usize) -> String {
    let at = worker.edge.addresses()[0];
    let mut stream = TcpStream::connect(at).expect("connected");
    stream.set_read_timeout(Some(SOON)).expect("a timeout");
    let head = format!("POST /api/v1/vantage/rounds HTTP/1.1\r\nHost: {at}\r\nContent-Length: {n_bytes}\r\n");
    let head = format!("{head}Authorization: Bearer {}\r\n\r\n", vantage_token("other"));
    stream.write_all(head.as_bytes()).expect("sent");
    let mut begin = [0; "HTTP/1.1 413".len()];
    stream.read_exact(&mut begin).expect("an answer");
    String::from_utf8_lossy(&begin).into_owned()
}

fn a_batch(vantage: &str, rounds: &[(&str, &Round)]) -> Value {
    let rounds: Vec<Value> = (rounds.iter().zip(1..))
        .map(|((slug, round), seq)| json!({ "slug": slug, "seq": seq, "round": round }))
        .collect();
    json!({ "version": 1, "vantage": vantage, "rounds": rounds })
}

/// Promise (Vantages): Rounds of a further vantage are taken only signed, in time, and once.
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
    let (own, another) = (&*vantage_token("other"), &*vantage_token("another"));
    for (token, at) in [
        ("wrong", now_s),
        (ADMIN_TOKEN, now_s),
        (VANTAGE_TOKEN, now_s),
        (another, now_s),
        (own, now_s - 301),
        (own, now_s + 400),
    ] {
        let (status, problem) = send(worker, token, at, &good);
        assert_eq!(status, 401, "{token} {at}: {problem}");
    }
    assert_eq!(worker.post("/api/v1/vantage/rounds", &[], &good.to_string()).0, 401);
    assert_eq!(worker.get("/api/v1/vantage/plans").0, 401);
    assert_eq!(worker.get_as("/api/v1/vantage/plans", ADMIN_TOKEN).0, 401);
    assert_eq!(worker.get_as("/api/v1/vantage/plans", VANTAGE_TOKEN).0, 401, "it is nobody's");
    let (status, plans) = worker.get_as("/api/v1/vantage/plans", own);
    assert_eq!((status, plans["plans"].as_array().map(Vec::len)), (200, Some(2)), "{plans}");

    // What is not accepted as a whole.
    let of_edge = named("edge", begun);
    assert_eq!(send(worker, &vantage_token("edge"), now_s, &a_batch("edge", &[("half", &of_edge)])).0, 422);
    assert_eq!(send(worker, own, now_s, &a_batch("a b", &[])).0, 401);
    let slugs: Vec<String> = (0..=MAX_BATCH_SLUGS).map(|i| format!("s{i}")).collect();
    let many: Vec<_> = slugs.iter().map(|slug| (slug.as_str(), &mine)).collect();
    assert_eq!(send(worker, own, now_s, &a_batch("other", &many)).0, 422);
    assert_eq!(announce(worker, MAX_BATCH_BYTES + 1), "HTTP/1.1 413");
    assert_eq!(send(worker, own, now_s, &json!({ "version": 1 })).0, 400);
    assert_eq!(rounds_of(worker, "half", "other"), [], "nothing of all that was kept");

    // Round by round.
    let (foreign, early) = (named("another", begun), named("other", begun + 3_600 * SECOND));
    let mixed = a_batch("other", &[("half", &mine), ("gone", &mine), ("half", &foreign), ("half", &early)]);
    let (status, receipt) = send(worker, own, now_s, &mixed);
    assert_eq!(status, 200, "{receipt}");
    let outcomes: Vec<_> = receipt["received"].as_array().unwrap().iter().map(|r| r["outcome"].as_str()).collect();
    assert_eq!(outcomes, [Some("accepted"), Some("unknown_slug"), Some("refused"), Some("refused")]);
    assert_eq!(rounds_of(worker, "half", "other"), std::slice::from_ref(&mine));
    assert_eq!(rounds_of(worker, "half", "another"), []);

    // Again: the same answer, and nothing changes. What has another content at that time does not replace it.
    let mut changed = mine.clone();
    changed.ipv6.cause = Some(Cause::TcpTimeout);
    for round in [&mine, &changed] {
        let (status, receipt) = send(worker, own, now_s, &a_batch("other", &[("half", round)]));
        assert_eq!((status, &receipt["received"][0]["outcome"]), (200, &json!("accepted")));
    }
    assert_eq!(rounds_of(worker, "half", "other"), std::slice::from_ref(&mine));

    // A round that came late is kept, and says nothing of now.
    let late = named("other", begun - 60 * SECOND);
    assert_eq!(send(worker, own, now_s, &a_batch("other", &[("half", &late)])).0, 200);
    assert_eq!(rounds_of(worker, "half", "other"), [late, mine.clone()]);
    let seen = worker.status().vantages.into_iter().find(|v| v.name == "other").expect("it is listed");
    assert_eq!(seen.last_round_at, mine.started_at);
    assert!(!rounds_of(worker, "half", "edge").is_empty(), "nothing of the edge was overwritten");
}
