//! What a vantage sends is taken in one form: nothing that is signed twice, dated otherwise than we write it, of another
//! version, of another vantage, or of a time that cannot be.

use dualwatch_core::measure::time::{SECOND, Timestamp};
use dualwatch_tests::worker::{Worker, eventually, vantage_token};
use dualwatch_wire::{
    signature::{self, ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER},
    time,
    v1::Round,
};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Headers as they are sent.
type Headers = Vec<(&'static str, String)>;

const PATH: &str = "/api/v1/vantage/rounds";

fn now_s() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

/// A worker with one target, which refuses, and a round of it.
fn setting() -> (Worker, tempfile::TempDir, Round) {
    let dir = tempfile::tempdir().expect("a folder");
    let worker = Worker::start(dir.path());
    let config = json!({
        "targets": [{ "slug": "shop", "url": "http://localhost:9/", "interval": 5, "timeout": "1s" }],
        "controls": { "ipv4": ["127.0.0.1:9"], "ipv6": ["[::1]:9"] },
        "network": { "allow_private": true },
    });
    worker.accept(&config.to_string());
    let mut round = eventually("a round", Duration::from_secs(30), || worker.rounds("shop").rounds.into_iter().next());
    "a".clone_into(&mut round.vantage.name);
    (worker, dir, round)
}

fn batch(vantage: &str, round: &Round) -> Value {
    json!({ "version": 1, "vantage": vantage, "rounds": [{ "slug": "shop", "seq": 1, "round": round }] })
}

/// Sends a text as who bears the token of `holder`; `change` makes of the three headers what is really sent.
fn send(worker: &Worker, holder: &str, text: &str, change: impl FnOnce(&str, &str) -> Headers) -> (u16, Value) {
    let token = vantage_token(holder);
    let at = now_s();
    let signed = signature::sign(&token, "id", at, text);
    let mut headers = vec![("authorization", format!("Bearer {token}"))];
    headers.extend(change(&at.to_string(), &signed));
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, &**value)).collect();
    worker.post(PATH, &headers, text)
}

fn as_they_are(at: &str, signed: &str) -> Headers {
    vec![(ID_HEADER, "id".to_owned()), (TIMESTAMP_HEADER, at.to_owned()), (SIGNATURE_HEADER, signed.to_owned())]
}

#[test]
fn headers_are_taken_once_and_as_they_are_written() {
    let (worker, _dir, round) = setting();
    let text = batch("a", &round).to_string();
    let refused = |what: &str, change: &dyn Fn(&str, &str) -> Headers| {
        let (status, problem) = send(&worker, "a", &text, change);
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert_eq!(status, 401, "{what}: {problem}");
        assert!(detail.contains("missing, malformed, or there twice"), "{what}: {detail}");
    };
    for prefix in ["+", "0", "00"] {
        refused("a number as nobody writes it", &|at, signed| as_they_are(&format!("{prefix}{at}"), signed));
    }
    let twice = |name: &'static str| {
        move |at: &str, signed: &str| {
            let mut headers = as_they_are(at, signed);
            let again = headers.iter().find(|(n, _)| *n == name).cloned();
            headers.extend(again);
            headers
        }
    };
    for name in [ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER] {
        refused(name, &twice(name));
    }
    refused("a wrong one first", &|at, signed| {
        let mut headers = as_they_are(at, "v1,AAAA");
        headers.push((SIGNATURE_HEADER, signed.to_owned()));
        headers
    });
    refused("no identifier", &|at, signed| as_they_are(at, signed).split_off(1));
    let (status, receipt) = send(&worker, "a", &text, as_they_are);
    assert_eq!((status, &receipt["received"][0]["outcome"]), (200, &json!("accepted")), "{receipt}");
}

#[test]
fn a_token_speaks_for_its_own_vantage_only() {
    let (worker, _dir, round) = setting();
    let mut of_b = round.clone();
    "b".clone_into(&mut of_b.vantage.name);
    let (status, problem) = send(&worker, "a", &batch("b", &of_b).to_string(), as_they_are);
    assert_eq!(status, 401, "{problem}");
    assert!(problem["detail"].as_str().unwrap_or_default().contains("the token is that of `a`"), "{problem}");
    // Nor within a batch of its own name.
    let (status, receipt) = send(&worker, "a", &batch("a", &of_b).to_string(), as_they_are);
    assert_eq!((status, &receipt["received"][0]["outcome"]), (200, &json!("refused")), "{receipt}");
    assert_eq!(send(&worker, "b", &batch("b", &of_b).to_string(), as_they_are).0, 200);
    let names = |name: &str| worker.rounds("shop").rounds.iter().filter(|r| r.vantage.name == name).count();
    assert_eq!((names("a"), names("b")), (0, 1), "only what b itself has sent");

    // One signature does not fit another vantage's token, however the batch is called.
    let text = batch("b", &of_b).to_string();
    let signed_by_a = signature::sign(vantage_token("a"), "id", now_s(), &text);
    let (status, problem) = send(&worker, "b", &text, |at, _| as_they_are(at, &signed_by_a));
    assert_eq!(status, 401, "{problem}");
}

#[test]
fn another_version_and_a_time_that_cannot_be_are_refused_with_their_place() {
    let (worker, _dir, round) = setting();
    let mut of_two = batch("a", &round);
    of_two["version"] = json!(2);
    let mut round_of_two = batch("a", &round);
    round_of_two["rounds"][0]["round"]["version"] = json!(2);
    for text in [of_two.to_string(), round_of_two.to_string()] {
        let (status, problem) = send(&worker, "a", &text, as_they_are);
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert_eq!(status, 400, "{problem}");
        assert!(detail.contains("this is version 2, and this program reads version 1 at line 1 column"), "{detail}");
    }
    // More levels than any document has.
    let deep = format!(r#"{{"version":1,"vantage":"a","rounds":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let (status, problem) = send(&worker, "a", &deep, as_they_are);
    assert_eq!(status, 400, "{problem}");

    let now = Timestamp::from_unix_ms(now_s() * SECOND);
    for at in ["0001-01-01T00:00:00Z", "1999-12-31T00:00:00Z", "9999-12-30T00:00:00Z"] {
        let mut then = round.clone();
        then.started_at = time::parse(at).unwrap();
        assert!(then.time_fault(now).is_some());
        let (status, receipt) = send(&worker, "a", &batch("a", &then).to_string(), as_they_are);
        assert_eq!((status, &receipt["received"][0]["outcome"]), (200, &json!("refused")), "{at}: {receipt}");

        // A past that is loaded is no other: its line is named.
        let line = |round: &Round| serde_json::to_string(round).expect("JSON");
        let token = format!("Bearer {}", dualwatch_tests::worker::ADMIN_TOKEN);
        let text = format!("{}\n{}\n", line(&round), line(&then));
        let headers = [("authorization", &*token), ("content-type", "application/x-ndjson")];
        let (status, problem) = worker.post("/api/v1/targets/shop/rounds", &headers, &text);
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert_eq!(status, 400, "{problem}");
        assert!(detail.starts_with("line 2: `started_at` is "), "{detail}");
    }
    assert!(worker.rounds("shop").rounds.iter().all(|r| r.vantage.name == "edge"), "nothing of that was kept");
}
