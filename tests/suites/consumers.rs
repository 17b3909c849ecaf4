//! What others read us with, unchanged and of pinned versions, against the worker on real workerd: clients of Statuspage, and
//! readers of feeds. Those of npm are in `tests/consumers`; each of what they do that is not what one would guess has a line.

use dualwatch_core::measure::time::{DAY, HOUR, Timestamp};
use dualwatch_tests::{
    feed::{BOTH, Feed, Look, REFUSED, WELL},
    told::Told,
    worker::{Worker, eventually, workspace},
};
use serde_json::{Value, json};
use std::{
    process::Command,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

const SOON: Duration = Duration::from_secs(30);
const INTERVAL_S: u32 = 60;
/// A name that is taken for markup where anybody may take it so.
const NAME: &str = "Shop <b>v6</b> & Söhne";

const DOCUMENTS: [&str; 15] = [
    "/api/v2/summary.json",
    "/api/v2/status.json",
    "/api/v2/components.json",
    "/api/v2/incidents.json",
    "/api/v2/incidents/unresolved.json",
    "/api/v2/scheduled-maintenances.json",
    "/api/v2/scheduled-maintenances/upcoming.json",
    "/api/v2/scheduled-maintenances/active.json",
    "/feed.atom",
    "/feed.rss",
    "/feed.json",
    "/history.atom",
    "/history.rss",
    "/history.json",
    "/feed.atom?target=shop&family=ipv6&lang=de",
];

fn now() -> Timestamp {
    let ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(0));
    Timestamp::from_unix_ms(ms)
}

/// Three services; maintenance of one goes on, and more of it is to come.
fn start(setting: &Told) -> Worker {
    let mut shop = setting.target("shop", "good", INTERVAL_S);
    shop["name"] = json!(NAME);
    let others = ["mail", "web"].map(|slug| setting.target(slug, "good", INTERVAL_S));
    let [mail, web] = others;
    let mut config = setting.config(&[shop, mail, web], &[]);
    let window = |title: &str, from: i64, to: i64| {
        let at = |ms| dualwatch_wire::time::format(now() + ms);
        json!({ "title": title, "targets": ["web"], "families": ["ipv6"], "from": at(from), "to": at(to) })
    };
    config["maintenance"] = json!([window("New router", -HOUR, HOUR), window("New cables", DAY, DAY + HOUR)]);
    setting.start(&config)
}

fn tell(worker: &Worker, setting: &Told, slug: &str, looks: &[(Look, usize)]) {
    let feed = Feed::all(worker.edge.addresses()[0], vec![setting.script(slug, looks)]);
    eventually("all is told", SOON, || feed.is_over().then_some(()));
}

/// One incident lasts, and one was amended and is over.
fn troubled(setting: &Told) -> Worker {
    let worker = start(setting);
    tell(&worker, setting, "shop", &[(WELL, 3), (REFUSED, 3), (BOTH, 3), (WELL, 4)]);
    tell(&worker, setting, "mail", &[(WELL, 3), (REFUSED, 4)]);
    tell(&worker, setting, "web", &[(WELL, 3)]);
    eventually("the directory hears of both", SOON, || {
        let (shop, mail) = (worker.incidents("shop"), worker.incidents("mail"));
        (shop.len() == 1 && !shop[0].open && mail.len() == 1).then_some(())
    });
    worker
}

/// Runs a test of Node; of what a worker answers, against it.
fn node(worker: Option<&Worker>, file: &str) {
    let folder = workspace().join("tests/consumers");
    assert!(folder.join("node_modules").exists(), "`cargo xtask test rust` installs what {file} needs");
    let node = std::env::var_os("DUALWATCH_NODE").unwrap_or_else(|| "node".into());
    let mut command = Command::new(node);
    command.args(["--test", "--test-reporter=spec", file]).current_dir(folder);
    command.env("ORIGIN", worker.map(Worker::origin).unwrap_or_default());
    let output = command.output().expect("node runs");
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}");
    assert!(output.status.success() && said.contains("fail 0"), "{file} failed:\n{said}");
}

fn parsed(worker: &Worker, path: &str) -> feed_rs::model::Feed {
    let (status, _, text) = worker.get(path);
    assert_eq!(status, 200, "{path}: {text}");
    feed_rs::parser::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{path}: {error}\n{text}"))
}

#[test]
fn clients_of_statuspage_read_us() {
    let setting = Told::new();
    let worker = troubled(&setting);
    node(Some(&worker), "statuspage.test.mjs");

    // What serenity reads of Discord's page, by its own types: no text of it may be null or absent.
    let read = |path: &str, list: &str| -> Value { worker.document::<Value>(path)[list].take() };
    let incidents = read("/api/v2/incidents/unresolved.json", "incidents");
    let incidents: Vec<serenity::model::misc::Incident> = serde_json::from_value(incidents).expect("incidents");
    assert_eq!(incidents.iter().map(|i| (&*i.status, &*i.impact)).collect::<Vec<_>>(), [("investigating", "minor")]);
    assert!(incidents[0].incident_updates[0].body.contains("connection refused"), "{incidents:?}");
    for (path, status) in [("active", "in_progress"), ("upcoming", "scheduled")] {
        let path = format!("/api/v2/scheduled-maintenances/{path}.json");
        let all: Vec<serenity::model::misc::Maintenance> =
            serde_json::from_value(read(&path, "scheduled_maintenances")).expect("maintenances");
        assert_eq!(all.iter().map(|window| &*window.status).collect::<Vec<_>>(), [status]);
    }

    // The history of three months, in the form of such a page.
    let history: Value = worker.document("/history.json");
    assert_eq!(history["months"].as_array().map(Vec::len), Some(3));
    let listed: usize = (history["months"].as_array().into_iter().flatten())
        .map(|month| month["incidents"].as_array().map_or(0, Vec::len))
        .sum();
    assert_eq!(listed, 2, "{history}");
    let earlier: Value = worker.document("/history.json?page=2");
    assert_eq!(earlier["months"][0]["incidents"], json!([]));

    // Ids, statuses and moments are the same in every language; the words are not.
    let german: Value = worker.document("/api/v2/summary.json?lang=de");
    let english: Value = worker.document("/api/v2/summary.json");
    assert_eq!(german["components"][1]["id"], english["components"][1]["id"]);
    assert!(german["components"][1]["name"].as_str().is_some_and(|name| name.ends_with(" über IPv4")), "{german}");

    // Pages have bounds.
    let rest: Value = worker.document("/api/v2/components.json?after=mail");
    assert_eq!(rest["components"].as_array().map(Vec::len), Some(4), "web alone: {rest}");
    assert_eq!(worker.get("/api/v2/components.json?after=nobody").0, 400);
}

#[test]
fn grafana_knows_every_field_of_the_dashboard() {
    node(None, "dashboard.test.mjs");
}

#[test]
fn readers_of_feeds_read_ours() {
    let setting = Told::new();
    let worker = troubled(&setting);
    node(Some(&worker), "feeds.test.mjs");
    for form in ["atom", "rss", "json"] {
        let feed = parsed(&worker, &format!("/feed.{form}"));
        assert_eq!(feed.entries.len(), 5, "{form}: {feed:#?}");
        for entry in &feed.entries {
            assert!(entry.id.starts_with("tag:"), "{form}: {}", entry.id);
            assert!(entry.published.or(entry.updated).is_some(), "{form}: {entry:#?}");
            assert!(entry.links.iter().all(|link| link.href.starts_with("http://")), "{form}: {:?}", entry.links);
        }
        let titles: Vec<&str> = feed.entries.iter().filter_map(|e| Some(&*e.title.as_ref()?.content)).collect();
        assert!(titles.iter().any(|title| title.contains("‹b›v6‹/b› & Söhne")), "{form}: {titles:?}");
    }
}

/// What was published is amended in place, and shows in the title; that it is over is an entry more.
#[test]
fn an_incident_is_amended_where_readers_look() {
    let setting = Told::new();
    let worker = start(&setting);
    let look = |told: &dyn Fn(&feed_rs::model::Feed) -> bool| {
        eventually("the feed says so", SOON, || {
            Some(parsed(&worker, "/feed.atom?target=shop")).filter(|feed| told(feed))
        })
    };
    tell(&worker, &setting, "shop", &[(WELL, 3), (REFUSED, 4)]);
    let first = look(&|feed| feed.entries.len() == 1);
    tell(&worker, &setting, "shop", &[(BOTH, 4)]);
    let title = |entry: &feed_rs::model::Entry| entry.title.as_ref().map(|t| t.content.clone()).unwrap_or_default();
    let amended = look(&|feed| title(&feed.entries[0]).contains("IPv4"));
    tell(&worker, &setting, "shop", &[(WELL, 4)]);
    let over = look(&|feed| feed.entries.len() == 2);
    let [one, two] = [&first, &amended].map(|feed| &feed.entries[0]);
    let three = over.entries.iter().find(|entry| entry.id == one.id).expect("the entry stays");
    assert!(one.id == two.id && one.published == two.published && two.published == three.published);
    assert!(one.updated < two.updated && two.updated < three.updated, "{one:?} {two:?} {three:?}");
    let end = over.entries.iter().find(|entry| entry.id != one.id).expect("an entry of the end");
    assert!(title(end).starts_with("Resolved: "), "{}", title(end));
    assert_eq!(over.updated, three.updated);
}

#[test]
fn every_answer_is_kept_and_readable_from_anywhere() {
    let setting = Told::new();
    let worker = troubled(&setting);
    for path in DOCUMENTS {
        // What changes meanwhile has another tag: that is asked for again.
        let [whole, again, known, head] = eventually("nothing changes while it is asked for", SOON, || {
            let whole = worker.ask("GET", path, &[]);
            let tag = whole.header("etag").to_owned();
            let again = worker.ask("GET", path, &[]);
            // Newsboat and others send `A-IM` and a date beside the tag.
            let known =
                [("if-none-match", &*tag), ("a-im", "feed"), ("if-modified-since", "Thu, 01 Jan 1970 00:00:00 GMT")];
            let known = worker.ask("GET", path, &known);
            // rsstail asks for the head before every body.
            let head = worker.ask("HEAD", path, &[]);
            let is_still = [&again, &known, &head].iter().all(|answer| answer.header("etag") == tag);
            is_still.then_some([whole, again, known, head])
        });
        assert_eq!(whole.status, 200, "{path}");
        assert_eq!(whole.header("access-control-allow-origin"), "*", "{path}");
        let tag = whole.header("etag").to_owned();
        assert!(tag.starts_with('"'), "{path}: {tag}");
        // No mark of where it was asked for is left, also not when it is asked for again.
        assert!(again.body == whole.body && !whole.body.contains("visit.invalid"), "{path}: {}", again.body);
        assert!(whole.body.contains(&worker.origin()), "{path}");
        // Who has it already is told so.
        assert_eq!((known.status, known.body.as_str(), known.header("etag")), (304, "", &*tag), "{path}");
        let is_feed = whole.header("content-type").contains('+');
        for answer in [&whole, &known] {
            assert_eq!(answer.header("last-modified").ends_with(" GMT"), is_feed, "{path}: {answer:?}");
        }
        assert_eq!((head.status, head.body.as_str(), head.header("etag")), (200, "", &*tag), "{path}");
        // Who names no brotli gets none.
        let (packed, _) = worker.ask_bytes("GET", path, &[("accept-encoding", "gzip, deflate")]);
        assert!(packed.status == 200 && packed.header("content-encoding") != "br", "{path}");
        assert_eq!(worker.ask("OPTIONS", path, &[]).status, 204, "{path}");
    }
    for (path, status) in
        [("/feed.atom?target=nobody", 404), ("/feed.rss?family=ipv5", 400), ("/api/v2/nothing.json", 404)]
    {
        assert_eq!(worker.get(path).0, status, "{path}");
    }
    // The report has marks as well.
    let [incident] = &worker.incidents("mail")[..] else { panic!("one incident") };
    let path = format!("/api/v1/incidents/{}/report.md", incident.summary.id);
    for _ in 0..2 {
        assert!(!worker.get(&path).2.contains("visit.invalid"));
    }
    // A configuration is seen at once: the windows are gone.
    let shop = setting.target("shop", "good", INTERVAL_S);
    worker.accept(&setting.config(&[shop], &[]).to_string());
    assert_eq!(parsed(&worker, "/feed.atom?maintenance").entries.len(), 0);
    assert_eq!(worker.document::<Value>("/api/v2/components.json")["components"].as_array().map(Vec::len), Some(4));
    // What was taken out of the configuration keeps its history.
    assert_eq!(parsed(&worker, "/feed.atom?target=mail").entries.len(), 2);
}
