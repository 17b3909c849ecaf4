//! The stream of events on real workerd: who stays hears of a change at once, who comes back hears of what was missed, also
//! after a restart; nobody hears anything of what is not public, and there are only so many streams.

use dualwatch_core::measure::time::Timestamp;
use dualwatch_simnet::Lab;
use dualwatch_tests::{
    lab,
    stream::{Event, Stream},
    worker::{ADMIN_TOKEN, Worker, eventually},
};
use dualwatch_wire::{answer::limit::Limit, v1::PageData};
use serde_json::json;
use std::{
    net::SocketAddr,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

const EVENTS: &str = "/api/v1/events";
const SOON: Duration = Duration::from_secs(30);
/// A new target is measured within a minute.
const SETTLED: Duration = Duration::from_mins(2);
/// From the commit of a change to whoever stays.
const WITHIN_MS: i64 = 2_000;
/// `Edge::stop` would give workerd five seconds.
const STOPPED_WITHIN: Duration = Duration::from_secs(4);

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_millis()).expect("before the year 292,000,000")
}

struct Setting {
    _runtime: tokio::runtime::Runtime,
    /// Of the targets: of both the same.
    url: String,
    lab: Lab,
    data: tempfile::TempDir,
}

impl Setting {
    fn new() -> Self {
        let runtime = lab::runtime();
        let lab = runtime.block_on(Lab::start(lab::half())).expect("the lab starts");
        let url = format!("http://localhost:{}/s3cret", lab.port("good"));
        Self { _runtime: runtime, url, lab, data: tempfile::tempdir().expect("a folder") }
    }

    /// What is measured once, is well, and is measured again in an hour: nothing changes but what is handed over.
    fn config(&self, name: &str, public: bool) -> String {
        let target = |slug: &str, public: bool| json!({ "slug": slug, "name": format!("{name} {slug}"), "url": self.url, "interval": "1h", "public": public });
        let controls = lab::controls(&self.lab);
        json!({
            "targets": [target("shown", true), target("other", public)],
            "controls": { "ipv4": controls.ipv4, "ipv6": controls.ipv6 },
            "network": { "allow_private": true },
        })
        .to_string()
    }

    /// Starts a worker and waits until nothing changes any more; returns the revision then.
    fn start(&self, public: bool) -> (Worker, i64) {
        let worker = Worker::start(self.data.path());
        worker.accept(&self.config("First", public));
        eventually("every target was measured", SETTLED, || {
            let (status, answer) = worker.get_as("/api/v1/status", ADMIN_TOKEN);
            assert_eq!(status, 200, "{answer}");
            let targets = answer["targets"].as_array().expect("targets");
            (targets.len() == 2 && targets.iter().all(|target| target["last_round_at"].is_string())).then_some(())
        });
        let known = revision(&worker);
        (worker, known)
    }
}

fn open(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> (Stream, Event) {
    let mut stream = Stream::open(address, path, headers, SOON).expect("a head");
    assert_eq!(stream.status, 200, "{}", stream.head);
    let first = stream.next(SOON).expect("what is told first").expect("an event");
    (stream, first)
}

fn address(worker: &Worker) -> SocketAddr {
    worker.edge.addresses()[0]
}

fn revision(worker: &Worker) -> i64 {
    worker.document::<PageData>("/api/v1/page").revision.number()
}

/// Reads on until a revision, or a later one, has come; returns how long after its commit that was.
fn hear(stream: &mut Stream, revision: i64) -> i64 {
    loop {
        let event = stream.next(SOON).expect("an event").expect("no end");
        if event.revision() >= revision {
            assert_eq!(event.name, "change", "{event:?}");
            return now_ms() - event.revision();
        }
    }
}

#[test]
fn who_stays_hears_of_a_change_within_two_seconds_of_its_commit() {
    let setting = Setting::new();
    let (worker, known) = setting.start(true);
    let (mut stream, first) = open(address(&worker), EVENTS, &[]);
    assert_eq!((&*first.name, first.revision()), ("alive", known));
    assert!(stream.text.starts_with("retry: 1000\n\nid: "), "{}", stream.text);
    for header in [
        "content-type: text/event-stream\r\n",
        "cache-control: no-store, no-transform\r\n",
        "access-control-allow-origin: *\r\n",
        "x-accel-buffering: no\r\n",
        "x-content-type-options: nosniff\r\n",
    ] {
        assert!(stream.head.contains(header), "{header} is not in {}", stream.head);
    }
    for name in ["Second", "Third"] {
        worker.accept(&setting.config(name, true));
        let committed = revision(&worker);
        assert!(committed > known);
        let after = hear(&mut stream, committed);
        assert!((0..=WITHIN_MS).contains(&after), "{name}: {after} ms after its commit");
        println!("{name}: heard {after} ms after its commit");
    }

    let head = worker.ask("HEAD", EVENTS, &[]);
    assert_eq!((head.status, head.header("content-type"), &*head.body), (200, "text/event-stream", ""));
    let options = worker.ask("OPTIONS", EVENTS, &[]);
    assert_eq!((options.status, options.header("allow")), (204, "GET, HEAD, OPTIONS"));
    for (query, hint) in [("?since=yesterday", "`since` is the `id` of an event"), ("?after=1", "there is `since`")] {
        let refused = worker.ask("GET", &format!("{EVENTS}{query}"), &[]);
        assert_eq!((refused.status, refused.header("content-type")), (400, "application/problem+json"));
        assert!(refused.body.contains(hint), "{query}: {}", refused.body);
    }
}

#[test]
fn who_comes_back_after_a_restart_hears_of_what_was_missed_and_of_nothing_else() {
    let setting = Setting::new();
    let (worker, old) = setting.start(true);
    let (mut stream, _) = open(address(&worker), EVENTS, &[]);
    worker.accept(&setting.config("Missed", true));
    let known = revision(&worker);
    hear(&mut stream, known);
    // As a power cut would, with a reader there.
    worker.edge.kill().expect("workerd ends");
    assert!(matches!(stream.next(SOON), Ok(None) | Err(_)));

    let worker = Worker::start(setting.data.path());
    let ask = |path: &str, id: &str| {
        let headers = [("last-event-id", id)];
        let (_, first) = open(address(&worker), path, if id.is_empty() { &[] } else { &headers });
        (first.name.clone(), first.revision())
    };
    let (told, alive) = (|revision| ("change".to_owned(), revision), |revision| ("alive".to_owned(), revision));
    assert_eq!(ask(EVENTS, &known.to_string()), alive(known));
    assert_eq!(ask(EVENTS, &old.to_string()), told(known));
    assert_eq!(ask(EVENTS, "somebody else's"), told(known));
    assert_eq!(ask(&format!("{EVENTS}?since={old}"), ""), told(known));
    // A browser that was cut off says both; the header is the newer.
    assert_eq!(ask(&format!("{EVENTS}?since={old}"), &known.to_string()), alive(known));
    // What comes then is later than all that was.
    let (mut stream, _) = open(address(&worker), EVENTS, &[]);
    worker.accept(&setting.config("After", true));
    assert!(revision(&worker) > known);
    let after = hear(&mut stream, known + 1);
    assert!((0..=WITHIN_MS).contains(&after), "{after} ms after its commit");

    let begun = Instant::now();
    worker.edge.stop().expect("workerd ends");
    assert!(begun.elapsed() < STOPPED_WITHIN, "it took {} ms with a reader there", begun.elapsed().as_millis());
}

/// Two hours of rounds, of which the second half of the first hour failed over IPv6.
fn past(url: &str, began_ms: i64) -> String {
    let round = |n: i64| {
        let at = dualwatch_wire::time::format(Timestamp::from_unix_ms(began_ms + n * 60_000));
        let sample = |has_failed: bool| {
            let cause = has_failed.then_some("tcp.refused");
            json!({
                "outcome": if has_failed { "failed" } else { "reached" }, "cause": cause,
                "addresses": ["203.0.113.77"], "address": "203.0.113.77", "phases_ms": { "connect": 2.0, "total": 9.0 },
            })
        };
        let vantage = json!({ "name": "edge", "ipv4": "proven", "ipv6": "proven" });
        json!({
            "version": 1, "target": url, "started_at": at, "vantage": vantage,
            "ipv4": sample(false), "ipv6": sample((30..60).contains(&n)),
            "dual_stack": { "family": "ipv4", "cost_ms": 11.0 },
        })
        .to_string()
    };
    (0..120).map(round).collect::<Vec<_>>().join("\n")
}

/// Promise (Secrets): The stream of events repeats nothing of what has changed, and an internal target changes nothing in it.
#[test]
fn nobody_hears_of_what_is_internal() {
    let setting = Setting::new();
    let (worker, known) = setting.start(false);
    let incidents = |slug: &str| {
        let (status, answer) = worker.get_as(&format!("/api/v1/incidents?target={slug}"), ADMIN_TOKEN);
        assert_eq!(status, 200, "{answer}");
        answer["incidents"].as_array().map_or(0, Vec::len)
    };
    let (mut stream, first) = open(address(&worker), EVENTS, &[]);
    assert_eq!(first.revision(), known);
    let (before, past) = (incidents("other"), past(&setting.url, now_ms() - 5 * 3_600_000));
    assert_eq!(worker.load("other", &past), 120);
    eventually("the operator is told", SOON, || (incidents("other") > before).then_some(()));
    assert_eq!(revision(&worker), known, "an internal target changes nothing that is published");
    // The same of one that is shown.
    assert_eq!(worker.load("shown", &past), 120);
    let committed = eventually("everybody is told", SOON, || Some(revision(&worker)).filter(|is| *is > known));
    hear(&mut stream, committed);
    for line in stream.text.lines() {
        let (field, value) = line.split_once(": ").unwrap_or_default();
        let is_known = match field {
            "retry" | "id" => value.bytes().all(|b| b.is_ascii_digit()),
            "event" => matches!(value, "change" | "alive"),
            "data" => {
                value.trim_start_matches("{\"revision\":").trim_end_matches('}').bytes().all(|b| b.is_ascii_digit())
            }
            _ => line.is_empty(),
        };
        assert!(is_known, "{line}");
    }
    assert!(!stream.head.contains("s3cret") && !stream.head.contains("other"), "{}", stream.head);
}

#[test]
fn there_are_only_so_many_streams_and_who_leaves_makes_room() {
    let setting = Setting::new();
    let (worker, _) = setting.start(true);
    let most = Limit::Streams.quota() as usize;
    let ask = || Stream::open(address(&worker), EVENTS, &[], SOON).expect("a head");
    let mut streams: Vec<Stream> = (0..most).map(|_| ask()).collect();
    assert!(streams.iter().all(|stream| stream.status == 200));
    let refused = ask();
    assert_eq!(refused.status, 503, "{}", refused.head);
    for header in
        ["retry-after: 1\r\n", "ratelimit: \"streams\";r=0;t=1\r\n", "content-type: application/problem+json\r\n"]
    {
        assert!(refused.head.contains(header), "{header} is not in {}", refused.head);
    }
    // The documents are answered all the same, and who stays hears.
    worker.accept(&setting.config("With many readers", true));
    let committed = revision(&worker);
    let mut after: Vec<i64> = streams.iter_mut().map(|stream| hear(stream, committed)).collect();
    after.sort_unstable();
    println!("{most} readers heard it {} to {} ms after its commit", after[0], after[most - 1]);
    assert!(after[most - 1] <= WITHIN_MS, "{} ms after its commit", after[most - 1]);

    // Who has left is noticed at the second write afterwards.
    streams.truncate(most / 2);
    let mut n = 0;
    eventually("room for another one", SOON, || {
        n += 1;
        worker.accept(&setting.config(&format!("Change {n}"), true));
        (ask().status == 200).then_some(())
    });
}
