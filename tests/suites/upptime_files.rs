//! What an Upptime status page asks of us, on real workerd: files at the root and below a repository's name, graphs, and
//! incidents as the issues of a code host.

use dualwatch_simnet::Lab;
use dualwatch_tests::{
    lab,
    worker::{Worker, eventually},
};
use dualwatch_wire::upptime::{Badge, Color, Status, SummaryItem};
use serde_json::{Value, json};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(30);

#[test]
fn an_upptime_page_finds_what_it_asks_for() {
    let runtime = lab::runtime();
    let script = lab::half();
    let lab = runtime.block_on(Lab::start(script)).expect("the lab starts");
    let controls = lab::controls(&lab);
    let target = |name: &str, service: &str| {
        let url = format!("http://localhost:{}/", lab.port(service));
        json!({ "name": name, "slug": service, "url": url, "interval": 5, "timeout": "2s" })
    };
    let config = json!({
        "targets": [target("Good", "good"), target("Half <!-- start: now -->", "half")],
        "controls": { "ipv4": controls.ipv4, "ipv6": controls.ipv6 },
        "network": { "allow_private": true },
    });
    let data = tempfile::tempdir().unwrap();
    let worker = Worker::start(data.path());
    worker.accept(&config.to_string());

    let items = eventually("a summary with an incident in it", SOON, || {
        let items: Vec<SummaryItem> = worker.document("/history/summary.json");
        let known = items.len() == 2 && items.iter().all(|item| item.uptime_day.ends_with('%'));
        let issues: Vec<Value> = worker.document("/repos/o/r/issues");
        (known && items[1].status == Status::Degraded && !issues.is_empty()).then_some(items)
    });
    // Its script calls methods of texts.
    assert!(items.iter().all(|item| item.url.starts_with("http://") && !item.name.is_empty()), "{items:?}");
    let good = &items[0];
    assert_eq!((good.status, &*good.uptime, &*good.uptime_year), (Status::Up, "100.00%", "100.00%"));
    assert!(good.time > 0 && good.time_day > 0 && good.daily_minutes_down.is_empty(), "{good:?}");
    // What the page asks for below a repository's name is the same; a page elsewhere may read it.
    let below = worker.ask("GET", "/example/status/master/history/summary.json", &[]);
    assert_eq!((below.status, below.header("access-control-allow-origin")), (200, "*"));
    assert!(below.body.contains("\"slug\":\"good\""), "{}", below.body);

    let badge: Badge = worker.document("/api/good/uptime-day.json");
    assert_eq!((&*badge.label, &*badge.message, badge.color), ("uptime 24h", "100%", Color::Brightgreen));
    let badge: Badge = worker.document("/o/r/HEAD/api/good/response-time.json");
    assert_eq!((badge.expected_color(), badge.label.as_str()), (Some(badge.color), "response time"));
    assert_eq!(worker.ask("GET", "/api/nobody/uptime.json", &[]).status, 404);

    let (status, content_type, yaml) = worker.get("/history/good.yml");
    assert_eq!((status, &*content_type), (200, "text/yaml; charset=utf-8"));
    assert!(yaml.contains("\nstatus: up\ncode: 200\nresponseTime: "), "{yaml}");
    for span in ["", "-day", "-week", "-month", "-year"] {
        let path = format!("/o/r/master/graphs/half/response-time{span}.png");
        let (answer, bytes) = worker.ask_bytes("GET", &path, &[]);
        assert_eq!((answer.status, answer.header("content-type")), (200, "image/png"), "{path}");
        assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n") && bytes.len() < 40_000, "{path}: {} bytes", bytes.len());
    }
    assert_eq!(worker.ask("GET", "/graphs/nobody/response-time.png", &[]).status, 404);

    let open: Vec<Value> = worker.document("/repos/o/r/issues?state=open&labels=status,half");
    let [issue] = &open[..] else { panic!("one issue: {open:?}") };
    assert_eq!(issue["state"], "open");
    assert_eq!(issue["title"], "🛑 Half <!-- start: now --> is down over IPv6", "the page shows it as text");
    // The page looks for metadata in a comment of the body, and takes it from nobody.
    let body = issue["body"].as_str().expect("a text");
    assert!(!body.contains("<!--") && body.contains("/incidents/half-"), "{body}");
    let labels: Vec<&str> =
        issue["labels"].as_array().into_iter().flatten().filter_map(|label| label["name"].as_str()).collect();
    assert!(labels.contains(&"status") && labels.contains(&"half"), "{issue}");
    let number = issue["number"].as_u64().expect("a number");
    let whole: Value = worker.document(&format!("/repos/o/r/issues/{number}"));
    assert_eq!(whole["number"], number);
    let comments: Vec<Value> = worker.document(&format!("/repos/o/r/issues/{number}/comments"));
    assert!(comments.is_empty());
    // What is not there is an empty list: any error sends the visitor to a page that says so.
    for path in [
        "/repos/o/r/issues?state=closed&labels=status,good",
        "/repos/o/r/issues?state=open&labels=maintenance",
        "/repos/o/r/commits?path=history/good.yml&per_page=28",
    ] {
        assert_eq!(worker.document::<Vec<Value>>(path), Vec::<Value>::new(), "{path}");
    }
    assert_eq!(worker.ask("GET", "/repos/o/r/issues/1", &[]).status, 404);
}
