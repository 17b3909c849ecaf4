//! Incidents end to end on real workerd: who hears of them, in which order, and what else goes on meanwhile.

use dualwatch_core::{measure::time::SECOND, respond::incident::Ending, watch::State};
use dualwatch_tests::{
    feed::{BOTH, Feed, Look, REFUSED, WELL},
    receiver::{Answer, Delivery, Receiver},
    told::Told,
    worker::{Worker, eventually},
};
use dualwatch_wire::v1::{self, IncidentDocument};
use serde_json::{Value, json};
use std::{
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

const SOON: Duration = Duration::from_secs(30);
const INTERVAL_S: u32 = 60;

const OPENED: &str = "incident.opened";
const AMENDED: &str = "incident.amended";
const RESOLVED: &str = "incident.resolved";

const OUTAGE: &[(Look, usize)] = &[(WELL, 3), (REFUSED, 4), (WELL, 4)];
/// It does not end.
const LASTING: &[(Look, usize)] = &[(WELL, 3), (REFUSED, 4)];

/// A worker with one target, and vantages that have told all of this of it.
fn told(setting: &Told, notify: &[Value], looks: &[(Look, usize)]) -> Worker {
    let worker = setting.start(&setting.config(&[setting.target("shop", "good", INTERVAL_S)], notify));
    tell(&worker, setting, "shop", looks);
    worker
}

fn tell(worker: &Worker, setting: &Told, slug: &str, looks: &[(Look, usize)]) {
    let feed = Feed::all(worker.edge.addresses()[0], vec![setting.script(slug, looks)]);
    eventually("all is told", SOON, || feed.is_over().then_some(()));
}

fn kinds(deliveries: &[Delivery]) -> Vec<String> {
    deliveries.iter().map(|d| d.event()["type"].as_str().unwrap_or_default().to_owned()).collect()
}

fn keys(deliveries: &[Delivery]) -> Vec<&str> {
    deliveries.iter().map(|d| d.id.rsplit_once('.').map_or("", |(_, n)| n)).collect()
}

/// Waits until so many deliveries came.
fn received(receiver: &Receiver, n: usize) -> Vec<Delivery> {
    eventually(&format!("{n} deliveries"), SOON, || {
        let deliveries = receiver.received();
        (deliveries.len() >= n).then_some(deliveries)
    })
}

#[test]
fn notices_come_in_order_and_a_refused_one_again_with_the_same_key() {
    let setting = Told::new();
    let receiver = &setting.receiver;
    receiver.answer_next([Answer::Status(500)]);
    let looks = [(WELL, 3), (REFUSED, 3), (BOTH, 3), (REFUSED, 3), (WELL, 3)];
    let worker = told(&setting, &[Told::channel("ops", receiver)], &looks);

    let deliveries = received(receiver, 5);
    assert_eq!(keys(&deliveries), ["1", "1", "2", "3", "4"]);
    assert_eq!(kinds(&deliveries), [OPENED, OPENED, AMENDED, AMENDED, RESOLVED]);
    assert_eq!(deliveries[0].body, deliveries[1].body);
    for delivery in &deliveries {
        assert_eq!(delivery.refusal, None, "{delivery:?}");
        assert_eq!(delivery.content_type.as_deref(), Some("application/json"));
    }
    // Each says what was known when it was requested.
    let families: Vec<Value> = deliveries.iter().map(|d| d.event()["data"]["families"].clone()).collect();
    let both = json!(["ipv4", "ipv6"]);
    assert_eq!(families, [json!(["ipv6"]), json!(["ipv6"]), both.clone(), both.clone(), both]);
    let open: Vec<Value> = deliveries.iter().map(|d| d.event()["data"]["open"].clone()).collect();
    assert_eq!(open, [true, true, true, true, false]);

    // The last one is what the API says.
    let [incident] = &worker.incidents("shop")[..] else { panic!("one incident") };
    assert_eq!(deliveries[4].event()["data"], serde_json::to_value(incident).expect("JSON"));
    let path = format!("/api/v1/incidents/{}", incident.summary.id);
    let document: IncidentDocument = worker.document(&path);
    assert_eq!(&document.incident, incident);
    let (status, content_type, text) = worker.get(&format!("{path}/report.md"));
    assert_eq!((status, content_type.as_str()), (200, "text/markdown; charset=utf-8"));
    assert!(text.starts_with('#') && text.contains("shop"), "{text}");
    // It is read far from its page: what was measured, and where there is more.
    for part in ["Service: <http", &format!("/incidents/{})", incident.summary.id), "/targets/shop)"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    for path in ["/api/v1/incidents/shop-20200101T000000Z", "/api/v1/incidents/nobody-20200101T000000Z/report.md"] {
        let (status, content_type, text) = worker.get(path);
        assert_eq!((status, content_type.as_str()), (404, "application/problem+json"), "{path}: {text}");
    }
}

#[test]
fn each_receiver_is_treated_as_it_asks() {
    let setting = Told::new();
    let (patient, gone) = (&setting.receiver, Receiver::start());
    patient.answer_next([Answer::RetryAfter { status: 429, seconds: 7 }]);
    gone.answer_next([Answer::Status(410)]);
    let channels = [Told::channel("patient", patient), Told::channel("gone", &gone), json!("log")];
    let worker = told(&setting, &channels, OUTAGE);

    let deliveries = received(patient, 3);
    assert_eq!(keys(&deliveries), ["1", "1", "2"], "the news of the end waits as well");
    let at = |i: usize| deliveries[i].timestamp.parse::<i64>().expect("seconds");
    // Signed in whole seconds; the schedule alone would have asked again after five, and news at once.
    assert!(at(1) - at(0) >= 6, "{} s", at(1) - at(0));
    assert_eq!(keys(&gone.received()), ["1"], "410 ends it");
    let lines = worker.log();
    let logged: Vec<&String> = lines.iter().filter(|line| line.contains("notice shop-")).collect();
    let [opened, resolved] = &logged[..] else { panic!("two notices: {logged:?}") };
    assert!(opened.contains(OPENED) && resolved.contains(RESOLVED), "{logged:?}");

    // Another secret is another channel, which is asked again.
    let mut config = setting.config(&[setting.target("shop", "good", INTERVAL_S)], &channels);
    let url = format!("{}?again", gone.url());
    config["notify"][1]["webhook"] = json!(url);
    worker.accept(&config.to_string());
    tell(&worker, &setting, "shop", LASTING);
    assert_eq!(keys(&received(&gone, 2)), ["1", "3"], "what was settled stays so");
}

/// Promise (Bounds): A receiver of notices that is slow, or never answers, delays no round.
#[test]
fn a_slow_receiver_delays_no_round() {
    const SLOW: Duration = Duration::from_secs(12);
    let setting = Told::new();
    setting.receiver.answer_next([Answer::Slow(SLOW)]);
    let channels = [Told::channel("ops", &setting.receiver)];
    let worker = setting.start(&setting.config(&[setting.target("half", "half", 5)], &channels));
    let from = received(&setting.receiver, 1)[0].timestamp.parse::<i64>().expect("seconds") * SECOND;
    let to = from + i64::try_from(SLOW.as_millis()).expect("a little");
    let times: Vec<i64> = eventually("rounds of all that time", SOON, || {
        let rounds = worker.rounds("half").rounds;
        let times: Vec<i64> = rounds.iter().map(|r| r.started_at.unix_ms()).collect();
        times.last().is_some_and(|last| *last > to).then_some(times)
    });
    let within: Vec<i64> = times.iter().copied().filter(|t| (from - 6_000..to + 6_000).contains(t)).collect();
    let longest = within.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or_default();
    assert!(within.len() >= 3 && longest < 7 * SECOND, "rounds go on: {within:?}");
    assert_eq!(setting.receiver.received().len(), 1, "and it is asked once");
}

#[test]
fn what_was_announced_is_no_incident() {
    let setting = Told::new();
    let channels = [Told::channel("ops", &setting.receiver)];
    let targets = ["quiet", "loud"].map(|slug| setting.target(slug, "good", INTERVAL_S));
    let mut config = setting.config(&targets, &channels);
    config["maintenance"] = json!([{
        "title": "New router", "targets": ["quiet"], "families": ["ipv6"],
        "from": time_text(-3_600), "to": time_text(3_600),
    }]);
    let worker = setting.start(&config);
    let feed = Feed::all(worker.edge.addresses()[0], ["quiet", "loud"].map(|s| setting.script(s, LASTING)).to_vec());
    eventually("all is told", SOON, || feed.is_over().then_some(()));
    let deliveries = received(&setting.receiver, 1);
    assert_eq!(deliveries[0].event()["data"]["target"], "loud");
    assert_eq!(worker.incidents("quiet"), []);
    assert_eq!(worker.incidents("loud").len(), 1);
    let status = worker.target("quiet").status;
    assert_eq!((status.ipv4.maintenance, status.ipv6.maintenance), (false, true));
    assert_eq!(status.ipv6.state.code(), "down", "what is measured is said all the same");
    let availability: Value = worker.document("/api/v1/targets/quiet/availability");
    let today = &availability["windows"][0]["ipv6"];
    assert_eq!((&today["up_s"], &today["down_s"]), (&json!(0), &json!(0)), "{today}");
    assert!(today["maintenance_s"].as_f64() > Some(0.0), "{today}");
}

#[test]
fn the_end_of_watching_ends_what_is_open() {
    let setting = Told::new();
    let receiver = &setting.receiver;
    let channels = [Told::channel("ops", receiver)];
    let worker = told(&setting, &channels, LASTING);
    assert_eq!(kinds(&received(receiver, 1)), [OPENED]);

    // Another address is another thing; the first try of the notice goes wrong.
    receiver.answer_next([Answer::Status(500)]);
    let mut moved = setting.target("shop", "good", INTERVAL_S);
    moved["url"] = json!(format!("{}elsewhere", setting.url("good")));
    worker.accept(&setting.config(&[moved], &channels).to_string());
    let deliveries = received(receiver, 3);
    assert_eq!(kinds(&deliveries), [OPENED, RESOLVED, RESOLVED]);
    assert_eq!(keys(&deliveries), ["1", "2", "2"]);
    let ended = ended_by_configuration(&worker, "shop", 1);
    let (_, _, report) = worker.get(&format!("/api/v1/incidents/{ended}/report.md"));
    assert!(report.contains("configuration was changed"), "{report}");

    // A target that is not measured any more.
    worker.accept(&setting.config(&[setting.target("shop", "good", INTERVAL_S)], &channels).to_string());
    tell(&worker, &setting, "shop", LASTING);
    assert_eq!(kinds(&received(receiver, 4))[3], OPENED);
    receiver.answer_next([Answer::Status(503)]);
    worker.accept(&setting.config(&[setting.target("other", "good", INTERVAL_S)], &channels).to_string());
    let deliveries = received(receiver, 6);
    assert_eq!(kinds(&deliveries)[4..], [RESOLVED, RESOLVED]);
    assert_eq!(deliveries[4].id, deliveries[5].id);
    assert_eq!(deliveries[4].body, deliveries[5].body);
    ended_by_configuration(&worker, "shop", 2);
}

#[test]
fn the_incidents_of_a_removed_target_are_told_in_full() {
    let setting = Told::new();
    let worker = told(&setting, &[], LASTING);
    eventually("the directory hears of it", SOON, || (worker.incidents("shop").len() == 1).then_some(()));
    let before: IncidentDocument = worker.document(&path_of(&worker.incidents("shop")[0]));
    worker.accept(&setting.config(&[setting.target("other", "good", INTERVAL_S)], &[]).to_string());
    let ended = ended_by_configuration(&worker, "shop", 1);
    assert_eq!(ended, before.incident.summary.id);

    // What is listed can be read: whole, as a report, and as a page.
    let [listed] = &worker.incidents("shop")[..] else { panic!("one incident") };
    let document: IncidentDocument = worker.document(&path_of(listed));
    assert_eq!(&document.incident, listed);
    assert_eq!(document.incident.name, before.incident.name);
    assert_eq!(document.report.checklist, before.report.checklist, "as it was told while it was measured");
    let (status, content_type, text) = worker.get(&format!("{}/report.md", path_of(listed)));
    assert_eq!((status, content_type.as_str()), (200, "text/markdown; charset=utf-8"), "{text}");
    assert!(text.contains("configuration was changed"), "{text}");
    let (status, _, page) = worker.get(&format!("/incidents/{ended}"));
    assert!(status == 200 && page.contains(&before.incident.name), "{status}: {page}");

    // Nothing else of it answers, and no other name does.
    for path in [
        "/api/v1/targets/shop",
        "/api/v1/incidents/shop-20200101T000000Z",
        "/api/v1/incidents/shop-20200101T000000Z/report.md",
        "/incidents/shop-20200101T000000Z",
    ] {
        let (status, _, text) = worker.get(path);
        assert_eq!(status, 404, "{path}: {text}");
    }
}

#[test]
fn an_incident_that_a_version_before_stored_goes_on() {
    let setting = Told::new();
    let worker = told(&setting, &[Told::channel("ops", &setting.receiver)], LASTING);
    assert_eq!(kinds(&received(&setting.receiver, 1)), [OPENED]);
    worker.edge.stop().expect("stopped");
    store_as_before(setting.data.path());

    let worker = Worker::start(setting.data.path());
    tell(&worker, &setting, "shop", &[(WELL, 4)]);
    let deliveries = received(&setting.receiver, 2);
    assert_eq!((kinds(&deliveries), keys(&deliveries)), (vec![OPENED.into(), RESOLVED.into()], vec!["1", "2"]));
    // One that the health alone led to would have the same name, but another beginning and confirmation.
    let [opened, resolved] = [0, 1].map(|i| deliveries[i].event()["data"].clone());
    for part in ["id", "began", "confirmed_at"] {
        assert!(opened[part] == resolved[part] && !opened[part].is_null(), "{part}: {opened:#} {resolved:#}");
    }
}

/// Writes what is remembered of the target as JSON, into a table of text.
fn store_as_before(data: &Path) {
    let files = std::fs::read_dir(data.join("objects").join("dualwatch-target-v1")).expect("the objects");
    let mut n_stored = 0;
    for file in files {
        let path = file.expect("a file").path();
        if path.extension().is_none_or(|e| e != "sqlite") {
            continue;
        }
        let db = rusqlite::Connection::open(&path).expect("opened");
        let Ok(bytes) = db.query_row("SELECT doc FROM watch", [], |row| row.get::<_, Vec<u8>>(0)) else { continue };
        let state = State::from_bytes(&bytes, serde_json::from_slice).expect("the bytes are read");
        assert!(state.incidents.open.is_some());
        let document = serde_json::to_string(&state).expect("a state is JSON");
        db.execute_batch("DROP TABLE watch; CREATE TABLE watch (id INTEGER PRIMARY KEY, doc TEXT NOT NULL)")
            .expect("made anew");
        db.execute("INSERT INTO watch (id, doc) VALUES (1, ?)", [document]).expect("stored");
        n_stored += 1;
    }
    assert_eq!(n_stored, 1);
}

fn path_of(incident: &v1::Incident) -> String {
    format!("/api/v1/incidents/{}", incident.summary.id)
}

/// The directory's newest of so many incidents of the target ended because the configuration did; returns its name.
fn ended_by_configuration(worker: &Worker, slug: &str, n: usize) -> String {
    eventually("the directory hears of the end", SOON, || {
        let incidents = worker.incidents(slug);
        assert_eq!(incidents.len(), n, "{incidents:#?}");
        let incident = &incidents[0];
        let is_over = !incident.open && incident.outages.iter().all(|o| o.ending == Some(Ending::Reconfigured));
        is_over.then(|| incident.summary.id.clone())
    })
}

/// A time so many seconds from now, as the configuration has it.
fn time_text(seconds: i64) -> String {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis();
    let now = dualwatch_core::measure::time::Timestamp::from_unix_ms(i64::try_from(since_1970).expect("a time"));
    dualwatch_wire::time::format(now + seconds * SECOND)
}
