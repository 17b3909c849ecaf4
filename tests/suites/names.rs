//! Names from outside on real workerd: whatever is asked for, nobody without a token makes anything.

use dualwatch_simnet::{
    Lab,
    script::{Script, Service},
};
use dualwatch_tests::{
    raw::{self, Request},
    worker::{ADMIN_TOKEN, Worker, eventually},
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

const SOON: Duration = Duration::from_secs(30);
/// So many names there are at least.
const N_NAMES: usize = 200;
const SEED: u64 = 11;

/// Where a name stands in what is asked for.
const PLACES: &[&str] = &[
    "/NAME",
    "/assets/NAME",
    "/incidents/NAME",
    "/targets/NAME",
    "/probe/NAME",
    "/host/NAME",
    "/api/v1/NAME",
    "/api/v1/vantage/NAME",
    "/api/v1/targets/NAME",
    "/api/v1/targets/NAME/rounds",
    "/api/v1/targets/NAME/availability",
    "/api/v1/targets/NAME/history",
    "/api/v1/incidents/NAME",
    "/api/v1/incidents/NAME/report.md",
    "/?page=NAME",
    "/incidents?before=NAME",
    "/probe/ip?nonce=NAME",
    "/probe/large?bytes=NAME",
    "/api/v1/page?page=NAME",
    "/api/v1/events/NAME",
    "/api/v1/events?since=NAME",
    "/api/v1/status?after=NAME",
    "/api/v1/status?limit=NAME",
    "/api/v1/incidents?target=NAME",
    "/api/v1/incidents?before=NAME",
    "/api/v1/targets/good/rounds?from=NAME",
    "/api/v1/targets/good/rounds?to=NAME",
    "/api/v1/targets/good/history?size=NAME",
];

/// The same of what others read: badges, widgets, feeds, and the files of Statuspage and Upptime.
const READ_BY_OTHERS: &str = "\
    /badge/NAME /badge/NAME.svg /badge/NAME.json /badge/good.svg?style=NAME \
    /badge/good.svg?metric=uptime&window=NAME&family=NAME /badge.svg?group=NAME \
    /badge.json?metric=NAME&theme=NAME&lang=NAME /api/v1/widget?target=NAME \
    /api/v1/widget?group=NAME&lang=NAME /api/v1/widget/NAME /api/v1/widget/check?target=NAME \
    /embed?target=NAME&group=NAME&variant=NAME&theme=NAME /embed/NAME /embed/frame?group=NAME /feed.NAME \
    /feed.atom?target=NAME /feed.rss?before=NAME&family=NAME /feed.json?lang=NAME&maintenance=NAME \
    /history.json?page=NAME /history.atom?before=NAME /api/v2/NAME /api/v2/incidents/NAME.json \
    /api/v2/components.json?after=NAME /metrics?target=NAME /history/NAME /history/NAME.yml \
    /api/NAME/uptime.json /api/good/NAME /graphs/NAME/response-time.png /graphs/good/NAME \
    /NAME/repository/master/history/summary.json /owner/repository/NAME/history/good.yml \
    /repos/NAME/repository/issues /repos/owner/repository/issues?labels=NAME&state=NAME \
    /repos/owner/repository/issues/NAME/comments \
";

const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"];

/// Names that lead elsewhere, or that somebody might think do.
const NAMES: &[&str] = &[
    "",
    ".",
    "..",
    "...",
    "/",
    "//",
    r"\",
    r"..\status",
    r"..\rearm",
    r"..\..\rearm",
    r"x\..\..\config",
    r"good\..\..\status",
    r"a\b",
    "../status",
    "../../rearm",
    "%2e",
    "%2e%2e",
    "%2E%2E",
    "%2e%2e%2fstatus",
    "%2e%2e/status",
    "%2e%2e%5cstatus",
    r"%2e%2e\status",
    r".%2e\plans",
    "%252e%252e%252fstatus",
    "%25252e",
    "%2f",
    "%5c",
    "%5c..%5cstatus",
    "good%2f..%2fstatus",
    "good/..",
    "good/../nobody",
    "good%00",
    "good%0a",
    "good%0d%0ax: y",
    "good\u{1}",
    "good\t",
    "good%20",
    "good ",
    "good;",
    "..;",
    "..;/status",
    ";/status",
    "good?",
    "?x",
    "?id=x&id=y",
    "%3f",
    "good%3fid=1",
    "#",
    "good#x",
    "%23",
    "//example.com/",
    "//directory.object.invalid/rearm",
    "https://target.object.invalid/arm",
    "http:good",
    "@good",
    "good@x",
    "%40",
    "*",
    "%",
    "%g0",
    "%c0%ae%c0%ae",
    "%u002e",
    "Good",
    "GOOD",
    "g%6fod",
    "go\u{43e}d",
    "\u{ff47}ood",
    "go\u{200b}od",
    "good\u{202e}",
    "\u{130}",
    "%F0%9F%92%A9",
    "nobody",
    "knows",
    "storage",
    "rearm",
    "config",
    "good-",
    "-good",
    "go--od",
    "_",
    "null",
    "undefined",
    "__proto__",
    "constructor",
    "0",
    "-1",
    "+1",
    "1e9",
    "NaN",
    "9223372036854775807",
    "-9223372036854775808",
    "99999999999999999999999",
    "nobody-20261123T140200Z",
    "good-20261123T140200Z",
    "good-20261123t140200z",
    "good-20261323T140200Z",
    "good-20261123T240000Z",
    "good-00001123T140200Z",
    "good-20261123T140200",
    "good-2026-11-23T14:02:00Z",
    "-20261123T140200Z",
    r"..\rearm-20261123T140200Z",
    "..%5crearm-20261123T140200Z",
    "%2e%2e-20261123T140200Z",
    "x/rearm-20261123T140200Z",
    "G-20261123T140200Z",
    "a.b-20261123T140200Z",
    "\u{661}\u{662}-20261123T140200Z",
];

/// What further names are put together from.
const PIECES: &[&str] = &[
    "..",
    ".",
    "/",
    r"\",
    "%2e",
    "%2F",
    "%5C",
    "%252e",
    ";",
    "?",
    "#",
    "@",
    ":",
    "&",
    "=",
    "+",
    "%00",
    "%0a",
    "\u{7f}",
    "~",
    "$",
    "(",
    "'",
    "\"",
    "<",
    "|",
    "^",
    "`",
    "{",
    "good",
    "nobody",
    "rearm",
    "knows",
    "status",
    "plans",
    "20261123T140200Z",
    "-",
    "_",
    "A",
    "\u{e9}",
    "\u{2025}",
    "\u{2215}",
    "\u{ff0e}",
];

/// The names above, some that are long, and others by chance, always the same.
fn names() -> Vec<String> {
    let mut names: Vec<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
    names.extend([65, 1_000, 7_000, 70_000].map(|n| "a".repeat(n)));
    names.extend([r"..\".repeat(500), "%2e%2e/".repeat(500), "a-".repeat(3_000) + "20261123T140200Z"]);
    let mut random = fastrand::Rng::with_seed(SEED);
    let mut known: BTreeSet<String> = names.iter().cloned().collect();
    while names.len() < N_NAMES {
        let name: String = (0..random.usize(2..7)).map(|_| PIECES[random.usize(..PIECES.len())]).collect();
        if known.insert(name.clone()) {
            names.push(name);
        }
    }
    names
}

/// What was answered.
#[derive(Default)]
struct Answers {
    by_status: BTreeMap<u16, usize>,
    failures: Vec<String>,
}

/// A worker that watches one target, with no control and no vantage beside it.
struct Setting {
    _runtime: tokio::runtime::Runtime,
    _lab: Lab,
    data: tempfile::TempDir,
    worker: Worker,
    address: SocketAddr,
}

impl Setting {
    fn new() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        let lab = runtime.block_on(Lab::start(Script::new().service("good", Service::good()))).expect("the lab starts");
        let data = tempfile::tempdir().expect("a folder");
        let worker = Worker::start(data.path());
        let url = format!("http://localhost:{}/", lab.port("good"));
        worker.accept(
            &json!({
                "targets": [{ "name": "Good", "url": url, "interval": 5, "timeout": "2s" }],
                "controls": { "ipv4": [], "ipv6": [] },
                "network": { "allow_private": true },
            })
            .to_string(),
        );
        eventually("a round", SOON, || worker.target("good").last_round);
        let port = worker.edge.origin().rsplit_once(':').and_then(|(_, port)| port.parse().ok()).expect("a port");
        Self { _runtime: runtime, _lab: lab, data, worker, address: SocketAddr::from(([127, 0, 0, 1], port)) }
    }

    /// Asks, and counts what was answered.
    fn ask(&self, answers: &mut Answers, request: &Request) -> u16 {
        let shown = || format!("{} {}", request.method, shorten(&String::from_utf8_lossy(request.target)));
        let answer = raw::ask(self.address, request).unwrap_or_else(|e| panic!("{}: {e}", shown()));
        let (status, text) = answer.unwrap_or_default();
        if status >= 500 {
            answers.failures.push(format!("{} is answered with {}", shown(), shorten(&text)));
        }
        *answers.by_status.entry(status).or_default() += 1;
        status
    }

    /// The files of all objects.
    fn objects(&self) -> BTreeSet<PathBuf> {
        let mut files = BTreeSet::new();
        let mut left = vec![self.data.path().join("objects")];
        while let Some(folder) = left.pop() {
            for path in std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
                if path.is_dir() {
                    left.push(path);
                } else if is_object(&path) {
                    files.insert(path);
                }
            }
        }
        files
    }
}

/// Whether a file is that of an object: not a journal, and not workerd's own index of alarms.
fn is_object(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "sqlite") && !path.ends_with("metadata.sqlite")
}

fn shorten(text: &str) -> String {
    text.chars().take(300).collect()
}

/// Promise (Names from outside): Whatever a visitor asks for makes no object, no file and no failure: over all routes and
/// methods, with names that lead elsewhere.
#[test]
fn a_thousand_hostile_names_make_nothing() {
    let setting = Setting::new();
    let before = setting.objects();
    assert!(before.len() >= 2, "the directory and a target: {before:?}");
    let begun = Instant::now();
    let (mut answers, mut n) = (Answers::default(), 0);
    let token = format!("Bearer {ADMIN_TOKEN}");
    for (i, name) in names().iter().enumerate() {
        for (k, place) in PLACES.iter().copied().chain(READ_BY_OTHERS.split_whitespace()).enumerate() {
            let target = place.replace("NAME", name);
            // Each name in each place is read, and asked for in another way too.
            for method in ["GET", METHODS[(i + k) % METHODS.len()]] {
                let request = Request { method, target: target.as_bytes(), host: "status.example", headers: &[] };
                setting.ask(&mut answers, &request);
                n += 1;
            }
        }
        // Who has the token makes none by a name either.
        let target = format!("/api/v1/targets/{name}/rounds");
        let headers: &[_] = &[("authorization", &*token)];
        setting.ask(&mut answers, &Request { method: "POST", target: target.as_bytes(), host: "a.example", headers });
    }
    let Answers { by_status, failures } = answers;
    println!("{n} requests with {N_NAMES} names in {} ms; by status: {by_status:?}", begun.elapsed().as_millis());
    assert!(n >= 1_000, "{n} requests");
    let new: Vec<_> = setting.objects().difference(&before).cloned().collect();
    let (n_new, n_failures) = (new.len(), failures.len());
    assert!(new.is_empty() && failures.is_empty(), "{n_new} objects made, {n_failures} failures: {failures:#?}");
    assert_eq!(setting.worker.status().targets.len(), 1);
    assert!(!setting.worker.log().iter().any(|line| line.contains("panicked")), "a panic");
}

/// Promise (Names from outside): What objects ask each other is refused from outside, also under the names of their hosts.
#[test]
fn what_objects_ask_each_other_is_answered_to_nobody_else() {
    let setting = Setting::new();
    let before = setting.objects();
    let mut answers = Answers::default();
    let paths = [
        "/rearm",
        "/config",
        "/take-config",
        "/report",
        "/past",
        "/status/_/_",
        "/plans",
        "/known",
        "/knows/good",
        "/target/good",
        "/plan",
        "/stop",
        "/arm",
        "/take",
        "/load/_/_",
        "/detail",
        "/availability",
        "/api/v1/status",
        "/",
    ];
    for path in paths {
        for method in METHODS.iter().filter(|method| **method != "PROPFIND") {
            for host in ["directory.object.invalid", "target.object.invalid:8787", "TARGET.Object.Invalid"] {
                let request = Request { method, target: path.as_bytes(), host, headers: &[] };
                assert_eq!(setting.ask(&mut answers, &request), 421, "{method} {path} of {host}");
            }
            // Under any other name they are nothing.
            if !matches!(path, "/" | "/api/v1/status") && *method != "OPTIONS" {
                let request = Request { method, target: path.as_bytes(), host: "object", headers: &[] };
                assert_eq!(setting.ask(&mut answers, &request), 404, "{method} {path}");
            }
        }
    }
    assert_eq!((setting.objects(), answers.failures), (before, Vec::new()));
    // It is still measured.
    let first = setting.worker.target("good").last_round.map(|round| round.started_at);
    eventually("another round", SOON, || {
        let last = setting.worker.target("good").last_round.map(|round| round.started_at);
        (last > first).then_some(())
    });
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let setting = Setting::new();
    let worker = &setting.worker;
    let problem = |path: &str| -> (u16, Value) {
        let (status, content_type, body) = worker.get(path);
        assert_eq!(content_type, "application/problem+json", "{path}: {body}");
        (status, serde_json::from_str(&body).expect("JSON"))
    };
    for path in ["/incidents?before=garbage", "/api/v1/incidents?before=garbage"] {
        let (status, problem) = problem(path);
        assert!(
            status == 400 && problem["detail"].as_str().is_some_and(|d| d.contains("`before`")),
            "{path}: {problem}"
        );
    }
    for path in ["/assets/nothing.js", "/assets/nothing/at/all.css", "/assets/.hidden", "/assets/"] {
        assert_eq!(problem(path).0, 404, "{path}");
    }
    // RFC 9110 section 11.1: the scheme has no case.
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let asked = |token: &str| {
            let header = format!("{scheme} {token}");
            worker
                .ask("PUT", "/api/v1/config", &[("authorization", &header), ("content-type", "application/json")])
                .status
        };
        assert_eq!((asked(ADMIN_TOKEN), asked("wrong")), (400, 401), "{scheme}");
    }
    let (status, problem) =
        worker.put_config("targets: [{ url: 'https://shop.example/' }]\nresolvers:\n  - tcp://9.9.9.9\n  - system\n");
    let place = &problem["errors"][0];
    assert_eq!((status, &place["line"], &place["column"]), (422, &json!(4), &json!(5)), "{problem}");
    assert!(place["message"].as_str().is_some_and(|text| text.contains("`resolvers`")), "{problem}");
}
