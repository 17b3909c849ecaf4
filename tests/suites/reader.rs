//! Readers on real workerd: what is kept is served with a tag and is never old, lists have an end, and nobody who reads
//! makes anything.

use dualwatch_core::{
    judge::schedule::late_after_ms,
    measure::{
        time::{DAY, SECOND, Timestamp},
        vicinity::Vicinity,
    },
};
use dualwatch_simnet::Lab;
use dualwatch_tests::{
    lab,
    worker::{ADMIN_TOKEN, Answer, Worker, eventually},
};
use dualwatch_wire::{
    time,
    v1::{Incidents, PageData, Status, status::State},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

const SOON: Duration = Duration::from_secs(30);
const TARGETS: &str = "dualwatch-target-v1";
/// The status page is not longer than this, however many targets there are.
const MAX_PAGE_BYTES: usize = 400_000;
/// How long a page is shown that says how old things are.
const REDRAWN_MS: i64 = 4_000;

fn lab(runtime: &tokio::runtime::Runtime) -> Lab {
    let script = lab::half();
    runtime.block_on(Lab::start(script)).expect("the lab starts")
}

fn config(lab: &Lab, targets: &Value) -> String {
    let controls = lab::controls(lab);
    json!({
        "targets": targets,
        "controls": { "ipv4": controls.ipv4, "ipv6": controls.ipv6 },
        "network": { "allow_private": true },
    })
    .to_string()
}

fn target(lab: &Lab, name: &str, service: &str) -> Value {
    json!({ "name": name, "url": format!("http://localhost:{}/", lab.port(service)), "interval": 5, "timeout": "2s" })
}

fn now() -> Timestamp {
    let ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| i64::try_from(d.as_millis()).unwrap());
    Timestamp::from_unix_ms(ms)
}

/// The files of the objects of a class.
fn objects(data: &Path, class: &str) -> BTreeSet<PathBuf> {
    let entries = std::fs::read_dir(data.join("objects").join(class)).into_iter().flatten();
    let files =
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "sqlite"));
    // workerd's own index of alarms.
    files.filter(|path| !path.ends_with("metadata.sqlite")).collect()
}

fn tag(answer: &Answer) -> String {
    answer.header("etag").to_owned()
}

#[test]
fn every_public_answer_has_a_tag_and_a_head() {
    let runtime = lab::runtime();
    let lab = lab(&runtime);
    let data = tempfile::tempdir().unwrap();
    let worker = Worker::start(data.path());
    worker.accept(&config(&lab, &json!([target(&lab, "Good", "good"), target(&lab, "Half", "half")])));
    let incident = eventually("an incident", SOON, || {
        worker.document::<Incidents>("/api/v1/incidents").incidents.into_iter().next().map(|i| i.summary.id)
    });
    let now = now().unix_ms();
    let paths = [
        "/".to_owned(),
        "/incidents".to_owned(),
        format!("/incidents/{incident}"),
        "/targets/half".to_owned(),
        "/api/v1/status".to_owned(),
        "/api/v1/status?limit=1&after=good".to_owned(),
        "/api/v1/page".to_owned(),
        "/api/v1/targets/half".to_owned(),
        "/api/v1/targets/half/availability".to_owned(),
        "/api/v1/targets/half/history?size=1h".to_owned(),
        "/api/v1/targets/half/rounds".to_owned(),
        format!("/api/v1/targets/half/rounds?from={}&to={now}", now - 60_000),
        "/api/v1/incidents".to_owned(),
        "/api/v1/incidents?target=half".to_owned(),
        format!("/api/v1/incidents/{incident}"),
        format!("/api/v1/incidents/{incident}/report.md"),
    ];
    for path in &paths {
        let whole = worker.ask("GET", path, &[]);
        assert_eq!(whole.status, 200, "{path}: {}", whole.body);
        let etag = tag(&whole);
        assert!(etag.starts_with('"') && etag.len() == 18, "{path}: {etag:?}");
        assert_eq!(whole.header("cache-control"), "no-cache", "{path}");
        // A page sets its clock by this.
        assert!(whole.header("date").ends_with(" GMT"), "{path}: {:?}", whole.header("date"));
        assert_eq!(whole.header("access-control-allow-origin"), "*", "{path}");

        // What changes meanwhile has another tag: that is asked for again.
        let same = eventually("a tag that stays for a moment", SOON, || {
            let etag = tag(&worker.ask("GET", path, &[]));
            let head = worker.ask("HEAD", path, &[]);
            let again = worker.ask("GET", path, &[("if-none-match", &format!("\"x,y\", W/{etag}"))]);
            let star = worker.ask("GET", path, &[("if-none-match", "*")]);
            let nobody = worker.ask("HEAD", path, &[("if-none-match", &etag)]);
            [&head, &again, &star, &nobody].iter().all(|a| tag(a) == etag).then_some([head, again, star, nobody])
        });
        let [head, again, star, nobody] = same;
        assert_eq!((head.status, &*head.body), (200, ""), "{path}");
        assert_eq!(head.header("content-type"), whole.header("content-type"), "{path}");
        assert!(head.header("content-length").parse::<usize>().is_ok_and(|n| n > 0), "{path}");
        for known in [again, star, nobody] {
            assert_eq!((known.status, &*known.body), (304, ""), "{path}");
            assert_eq!(known.header("cache-control"), "no-cache", "{path}");
        }
        let other = worker.ask("GET", path, &[("if-none-match", "\"another\"")]);
        assert_eq!(other.status, 200, "{path}");
    }
    // What only a token opens is not kept, and may be asked for with HEAD too.
    let token = format!("Bearer {ADMIN_TOKEN}");
    for path in ["/api/v1/config", "/healthz", "/probe/ip"] {
        let head = worker.ask("HEAD", path, &[("authorization", &token)]);
        assert_eq!((head.status, &*head.body, head.header("etag")), (200, "", ""), "{path}");
    }
    assert_eq!(worker.ask("HEAD", "/api/v1/vantage/plans", &[]).status, 401);
    assert_eq!(worker.ask("DELETE", "/api/v1/status", &[]).header("allow"), "GET, HEAD");

    // Where it was asked for is written into the page, and one visitor's is never another's.
    for host in ["status.example", "other.example", "localhost:1"] {
        for path in ["/", "/api/v1/page"] {
            let answer = worker.ask("GET", path, &[("host", host)]);
            assert_eq!(answer.status, 200, "{path}: {}", answer.body);
            // By the scheme that the visitor uses: TLS may end in front of us.
            assert!(answer.body.contains(&format!("\"//{host}\"")), "{path} for {host}");
            assert!(!answer.body.contains(&format!("http://{host}")), "{path} for {host}");
            assert!(!answer.body.contains("visit.invalid"), "{path} for {host}");
            let policy = answer.header("content-security-policy");
            assert!(path != "/" || policy.contains(&format!(" {host}")), "{policy}");
        }
    }
    let page: PageData = worker.document("/api/v1/page");
    assert_eq!(page.self_test.vicinity, Vicinity::Machine);
    assert!(page.self_test.origins.ipv6.is_some_and(|url| url.starts_with("//[::1]:")));
}

#[test]
fn what_changes_is_seen_at_once() {
    let runtime = lab::runtime();
    let lab = lab(&runtime);
    let data = tempfile::tempdir().unwrap();
    let worker = Worker::start(data.path());
    // Kept from before there is anything.
    assert_eq!(worker.status().targets, []);
    assert_eq!(worker.ask("GET", "/api/v1/targets/good", &[]).status, 404);
    for round in 0..3 {
        let name = format!("Name {round}");
        let mut good = target(&lab, &name, "good");
        good["slug"] = json!("good");
        worker.accept(&config(&lab, &json!([good])));
        assert_eq!(worker.status().targets[0].name, name);
        assert!(worker.get("/").2.contains(&name));
        let page: PageData = worker.document("/api/v1/page");
        assert_eq!(page.status.targets[0].name, name);
        assert_eq!(worker.target("good").status.name, name);
    }
    eventually("it is up", SOON, || (worker.status().targets[0].ipv6.state == State::Up).then_some(()));
    // The same name at another address: what was known of the first says nothing.
    let mut moved = target(&lab, "Moved", "half");
    moved["slug"] = json!("good");
    worker.accept(&config(&lab, &json!([moved])));
    assert_ne!(worker.status().targets[0].ipv6.state, State::Up);
    // As soon as the target itself says down, everybody does; until then nobody asks anything else.
    eventually("it is down", SOON, || {
        let own = worker.target("good").status.ipv6.state;
        (own == State::Down).then(|| {
            // Its report is on its way by then.
            eventually("the directory has heard", Duration::from_secs(1), || {
                (worker.status().targets[0].ipv6.state == State::Down).then_some(())
            });
            assert!(worker.get("/").2.contains("data-edge=\"failed\""));
        })
    });
    worker.accept(&config(&lab, &json!([target(&lab, "Another", "good")])));
    assert_eq!(worker.ask("GET", "/api/v1/targets/good", &[]).status, 404);
    assert_eq!(worker.ask("GET", "/targets/good", &[]).status, 404);
    assert_eq!(worker.status().targets[0].slug, "another");
}

#[test]
fn lists_have_an_end_and_hold_every_target_once() {
    const N: usize = 1_100;
    let runtime = lab::runtime();
    let lab = lab(&runtime);
    let data = tempfile::tempdir().unwrap();
    let worker = Worker::start(data.path());
    // Measured once an hour: this is about lists.
    let targets: Vec<Value> = (0..N)
        .map(|i| {
            let url = format!("http://localhost:{}/", lab.port("good"));
            json!({ "slug": format!("t{i}"), "name": format!("Service with the number {i}"), "url": url, "interval": 3600 })
        })
        .collect();
    let (status, answer) = worker.put_config(&config(&lab, &Value::from(targets)));
    assert_eq!(status, 200, "{answer}");
    let expected: BTreeSet<String> = (0..N).map(|i| format!("t{i}")).collect();

    let (mut path, mut found, mut n) = ("/api/v1/status".to_owned(), Vec::new(), 0);
    loop {
        let part: Status = worker.document(&path);
        assert!(part.targets.len() <= 1_000);
        found.extend(part.targets.into_iter().map(|t| t.slug));
        n += 1;
        let Some(after) = part.next_after else { break };
        path = format!("/api/v1/status?after={after}");
    }
    assert_eq!((n, found.len()), (2, N));
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
    for (query, status) in
        [("after=nobody", 400), ("after=..", 400), ("limit=0", 400), ("limit=1001", 400), ("x=1", 400)]
    {
        assert_eq!(worker.get(&format!("/api/v1/status?{query}")).0, status, "{query}");
    }

    // As a browser without scripts does: from link to link.
    let (mut seen, mut pages, mut next) = (Vec::new(), BTreeSet::new(), vec!["/?page=1".to_owned()]);
    while let Some(path) = next.pop() {
        if !pages.insert(path.clone()) {
            continue;
        }
        let (status, _, html) = worker.get(&path);
        assert_eq!(status, 200, "{path}");
        assert!(html.len() <= MAX_PAGE_BYTES, "{path}: {} bytes", html.len());
        assert!(
            html.contains(&format!(" of {N} services")) || html.contains("Nothing is known at the moment"),
            "{path}"
        );
        let all = |before: &str| -> Vec<String> {
            html.split(before).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect()
        };
        seen.extend(all("id=\"service-"));
        // The same in other languages is the same.
        let others = all("href=\"/?").into_iter().filter(|query| !query.contains("lang="));
        next.extend(others.map(|query| format!("/?{query}")));
    }
    assert_eq!((pages.len(), seen.len()), (22, N));
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), expected);
    assert!(worker.get("/api/v1/page?page=22").2.len() <= MAX_PAGE_BYTES);
    for (page, status) in [("0", 404), ("23", 404), ("-1", 400), ("x", 400), ("4294967296", 400)] {
        assert_eq!(worker.get(&format!("/?page={page}")).0, status, "{page}");
        assert_eq!(worker.get(&format!("/api/v1/page?page={page}")).0, status, "{page}");
    }

    // Whoever reads, whatever they ask for, makes no object.
    eventually("every object is there", Duration::from_mins(1), || {
        (objects(data.path(), TARGETS).len() == N).then_some(())
    });
    for path in [
        "/api/v1/targets/nobody",
        "/api/v1/targets/nobody/history",
        "/targets/nobody",
        "/incidents/nobody-20261123T140200Z",
    ] {
        for method in ["GET", "HEAD"] {
            assert_eq!(worker.ask(method, path, &[]).status, 404, "{method} {path}");
        }
    }
    assert_eq!(objects(data.path(), TARGETS).len(), N);
}

#[test]
fn a_kept_answer_does_not_outlive_lateness() {
    const INTERVAL_S: u32 = 5;
    let runtime = lab::runtime();
    let lab = lab(&runtime);
    let data = tempfile::tempdir().unwrap();
    let worker = Worker::start(data.path());
    worker.accept(&config(&lab, &json!([target(&lab, "Good", "good")])));
    eventually("it is up", SOON, || (worker.status().targets[0].ipv6.state == State::Up).then_some(()));
    worker.edge.stop().expect("stopped");

    // Its object is lost, so nothing comes of it any more; its last report is about to be too old.
    std::fs::remove_dir_all(data.path().join("objects/dualwatch-target-v1")).unwrap();
    let last = now() - late_after_ms(INTERVAL_S) + 6_000;
    let file = objects(data.path(), "dualwatch-directory-v1").pop_first().expect("the directory's file");
    let database = rusqlite::Connection::open(file).unwrap();
    let doc: String = database.query_row("SELECT doc FROM reports", [], |row| row.get(0)).unwrap();
    let mut report: Value = serde_json::from_str(&doc).unwrap();
    report["status"]["last_round_at"] = json!(time::format(last));
    assert_eq!(database.execute("UPDATE reports SET doc = ?", [report.to_string()]).unwrap(), 1);
    drop(database);

    let worker = Worker::start(data.path());
    let late_from = last + late_after_ms(INTERVAL_S);
    let mut was_up = false;
    loop {
        let asked = now();
        let state = worker.status().targets[0].ipv4.state;
        let page = worker.get("/").2;
        let answered = now();
        if answered < late_from {
            assert_eq!(state, State::Up);
            assert!(page.contains("data-edge=\"ok\""));
            was_up = true;
        }
        if asked > late_from {
            assert_eq!(state, State::Unknown, "{} ms later", asked.ms_since(late_from));
            assert!(!page.contains("data-edge=\"ok\""));
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(was_up, "it was asked for before");
}

#[test]
fn a_page_says_ages_of_now() {
    let runtime = lab::runtime();
    let lab = lab(&runtime);
    let data = tempfile::tempdir().unwrap();
    let worker = Worker::start(data.path());
    worker.accept(&config(&lab, &json!([target(&lab, "Good", "good")])));
    for _ in 0..40 {
        let html = worker.get("/").2;
        // What it says where it is all that somebody has: as of when it is, to the second.
        let (_, rest) = html.split_once("what you see of it is from ").expect("as of when it is");
        let today = time::format(now());
        let said = format!("{}T{}Z", &today[..10], &rest[..8]);
        let age = now().ms_since(time::parse(&said).unwrap()).rem_euclid(DAY);
        assert!((0..REDRAWN_MS + SECOND).contains(&age), "{age} ms old");
        std::thread::sleep(Duration::from_millis(150));
    }
}
