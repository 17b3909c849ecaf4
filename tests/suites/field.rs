//! Cases from the field on real workerd: what takes turns behind one address, what is up and not as it should be, what is
//! announced, and histories whose URL has changed. Rows of single servers are in `causes.toml` and `odd.toml`.

use dualwatch_core::{
    judge::consistency::Aspect,
    measure::{
        family::Family,
        sample::Warning,
        time::{HOUR, Timestamp},
    },
};
use dualwatch_simnet::{
    Lab,
    script::{Script, Service},
    words::Tcp,
};
use dualwatch_tests::{
    lab,
    program::program,
    turns::{Authority, Machine, Turns},
    worker::{ADMIN_TOKEN, Worker, eventually},
};
use dualwatch_wire::{
    time,
    v1::{self, status::State},
};
use serde_json::{Value, json};
use std::{fmt::Write as _, fs, process::Command, time::Duration};

/// Rounds come every five seconds.
const SOON: Duration = Duration::from_mins(2);

/// A lab with controls, and the runtime that it lives in.
struct Setting {
    runtime: tokio::runtime::Runtime,
    lab: Lab,
    data: tempfile::TempDir,
}

impl Setting {
    fn new() -> Self {
        let runtime = lab::runtime();
        let script =
            Script::new().service("control", Service::both(Tcp::Hold).as_control()).service("well", Service::good());
        let lab = runtime.block_on(Lab::start(script)).expect("the lab starts");
        Self { runtime, lab, data: tempfile::tempdir().expect("a folder") }
    }

    fn worker(&self, config: &Value) -> Worker {
        let worker = Worker::start(self.data.path());
        worker.accept(&config.to_string());
        worker
    }

    fn config(&self, targets: &Value, roots: &[&str]) -> Value {
        let controls = lab::controls(&self.lab);
        json!({
            "targets": targets,
            "controls": { "ipv4": controls.ipv4, "ipv6": controls.ipv6 },
            "resolvers": [format!("tcp://{}", self.lab.resolver())],
            "network": { "allow_private": true },
            "tls": { "roots": roots },
        })
    }

    fn turns(&self, machines: [Machine; 2], pattern: &str) -> Turns {
        self.runtime.block_on(Turns::start(machines, pattern))
    }
}

fn target(slug: &str, scheme: &str, port: u16) -> Value {
    json!({
        "name": slug, "slug": slug, "url": format!("{scheme}://localhost:{port}/"),
        "addresses": ["127.0.0.1", "::1"], "interval": 5, "timeout": "3s",
    })
}

/// Two certificates behind one address, and two pages: each of them is one remark over each family, and nothing is said of
/// the families, which meet one or the other by chance.
#[test]
fn two_machines_behind_one_address_are_one_remark() {
    let setting = Setting::new();
    let authority = Authority::new();
    let machine = |body: &str, days| Machine::plain("200 OK", body).with_certificate(&authority, -1, days);
    let turns = setting.turns([machine("one\n", 30), machine("two\n", 74)], "ABBABAABAB");
    let worker = setting.worker(&setting.config(&json!([target("turns", "https", turns.port)]), &[&authority.ca_pem]));
    let families = setting.lab.families();
    let told = eventually("both aspects alternate", SOON, || {
        let status = worker.status().targets.remove(0);
        let is_told = |aspect| status.alternations.iter().filter(|a| a.aspect == aspect).count() == families.len();
        (is_told(Aspect::Certificate) && is_told(Aspect::Body)).then_some(status)
    });
    assert_eq!(told.alternations.len(), 2 * families.len(), "{:?}", told.alternations);
    let said = |aspect| told.differences.iter().any(|difference| difference.aspect == aspect);
    assert!(!said(Aspect::Certificate) && !said(Aspect::Body), "{:?}", told.differences);
    assert_eq!(told.ipv4.state, State::Up);
    for (path, expected) in [
        ("/", "Two certificates alternate over IPv4"),
        ("/", "Two bodies alternate over IPv4"),
        ("/?lang=de", "wechseln zwei Zertifikate"),
        ("/?lang=zh-Hans", "两种内容交替出现"),
    ] {
        let (_, _, page) = worker.get(path);
        let n = page.matches(expected).count();
        assert!((1..=2).contains(&n), "{path}: {n} times `{expected}`");
    }
    assert!(turns.n_connections(Family::Ipv4) >= 4);
}

/// One of the two certificates has run out: rounds in between are answered, and the report says so and finds the machines.
#[test]
fn an_outage_that_takes_turns_is_told_as_one_of_several_machines() {
    let setting = Setting::new();
    let authority = Authority::new();
    let machine = |body: &str, from, days| Machine::plain("200 OK", body).with_certificate(&authority, from, days);
    let turns = setting.turns([machine("old\n", -90, -1), machine("new\n", -1, 74)], "AABABAAABABA");
    let worker = setting.worker(&setting.config(&json!([target("half", "https", turns.port)]), &[&authority.ca_pem]));
    let incident = eventually("twelve rounds of an outage", SOON * 2, || {
        let incident = worker.incidents("half").into_iter().next()?;
        incident.outages.iter().any(|outage| outage.between.is_some()).then_some(incident)
    });
    let rate = incident.outages.iter().find_map(|outage| outage.between).expect("a rate");
    assert!(rate.failed >= 6 && rate.of - rate.failed >= 3, "{rate:?}");
    let (status, _, report) = worker.get(&format!("/api/v1/incidents/{}/report.md", incident.summary.id));
    assert_eq!(status, 200, "{report}");
    let at = |part: &str| report.find(part).unwrap_or_else(|| panic!("`{part}` is not in\n{report}"));
    let first = at("ne of several machines behind the name fails");
    assert!(
        !report[..first].contains("he certificate was not renewed in time (") || first < at("not renewed in time (")
    );
    at("and it answered in between");
    // Of the same round both families are not told that their certificates differ: that is chance.
    let told = worker.target("half");
    assert!(told.differences.iter().all(|difference| difference.aspect != Aspect::Certificate), "{told:?}");
}

/// A certificate that lives shorter than the threshold can never be anything else than degraded, and everybody reads why.
#[test]
fn a_degraded_service_says_why() {
    let setting = Setting::new();
    let authority = Authority::new();
    let machine = || Machine::plain("200 OK", "six days\n").with_certificate(&authority, -1, 5);
    let turns = setting.turns([machine(), machine()], "A");
    let mut six = target("six", "https", turns.port);
    six["expect"] = json!({ "certificate_days": 14 });
    let worker = setting.worker(&setting.config(&json!([six]), &[&authority.ca_pem]));
    let told = eventually("it is confirmed", SOON, || {
        let status = worker.status().targets.remove(0);
        status.ipv4.degraded.then_some(status)
    });
    match told.ipv4.warning {
        Some(Warning::CertificateExpires { days_left, expected_days, .. }) => {
            assert_eq!((days_left, expected_days), (5, 14));
        }
        other => panic!("{other:?}"),
    }
    for (path, expected) in [
        ("/", "its certificate expires in 5 days"),
        ("/targets/six", "its certificate expires in 5 days"),
        ("/?lang=de", "5 Tage"),
        ("/?lang=zh-Hans", "5 天"),
    ] {
        let (_, _, page) = worker.get(path);
        assert!(page.contains(expected), "{path}: `{expected}`");
    }
    let (_, _, page) = worker.get("/");
    assert!(!page.contains("The service is up.<"), "the headline is not plain green");
}

/// What is announced is on the page and in the documents: with its title and both ends, while it goes on and before.
#[test]
fn what_is_announced_is_told() {
    let setting = Setting::new();
    let now = Timestamp::from_unix_ms(
        std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX)),
    );
    let at = |hours: i64| time::format(now + hours * HOUR);
    let well = target("well", "http", setting.lab.port("well"));
    let mut config = setting.config(&json!([well]), &[]);
    config["maintenance"] = json!([
        { "title": "Announced work", "from": at(-1), "to": at(2), "targets": ["well"] },
        { "title": "Work of tomorrow", "from": at(24), "to": at(25) },
    ]);
    let worker = setting.worker(&config);
    eventually("a round", SOON, || worker.status().targets[0].last_round_at);
    let status = worker.status();
    let told: Vec<_> = status.maintenance.iter().map(|m| (&*m.title, m.in_progress)).collect();
    assert_eq!(told, [("Announced work", true), ("Work of tomorrow", false)]);
    assert_eq!((time::format(status.maintenance[0].from), time::format(status.maintenance[0].to)), (at(-1), at(2)));
    assert_eq!(worker.target("well").maintenance.len(), 2, "in the document of the target too");
    for path in ["/", "/targets/well", "/?lang=de", "/?lang=zh-Hans"] {
        let (_, _, page) = worker.get(path);
        for title in ["Announced work", "Work of tomorrow"] {
            assert!(page.contains(title), "{path}: `{title}`");
        }
    }
    let (_, _, page) = worker.get("/");
    let headline = page.split("<h1").nth(1).and_then(|rest| rest.split("</h1>").next()).unwrap_or_default();
    assert!(headline.contains("Maintenance is running."), "{headline}");
}

fn time_of(text: &str) -> Timestamp {
    time::parse(text).expect("a time")
}

const CONFIG: &str = "owner: o\nrepo: r\nsites:\n  - {name: de2.vpn.example, url: https://de1.vpn.example}\n";
const RECORDS: &[(&str, &str, u16, &str)] = &[
    ("https://de2.vpn.example", "up", 200, "2026-09-01T00:00:00.000Z"),
    ("https://de2.vpn.example", "down", 0, "2026-09-02T00:00:00.000Z"),
    ("https://de1.vpn.example", "up", 200, "2026-09-02T06:00:00.000Z"),
    ("https://de1.vpn.example", "up", 200, "2026-09-03T00:00:00.000Z"),
];

/// An outage of one host under the URL of another: loaded into a running instance it ends with its record, and nothing says
/// that it recovered.
#[test]
fn an_outage_of_another_url_is_no_recovery_of_this_one() {
    let setting = Setting::new();
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(".upptimerc.yml"), CONFIG).expect("written");
    let mut versions =
        "commit\tcommit_time\tslug\turl\tstatus\tcode\tresponseTime\tlastUpdated\tstartTime\n".to_owned();
    for (i, (url, status, code, at)) in RECORDS.iter().enumerate() {
        let _ = writeln!(
            versions,
            "a{i}\t{at}\tde2-vpn-example\t{url}\t{status}\t{code}\t90\t{at}\t2026-08-01T00:00:00.000Z"
        );
    }
    fs::write(folder.path().join("history-versions.tsv"), versions).expect("written");
    let name = json!({ "name": "de2.vpn.example", "slug": "de2-vpn-example", "url": "https://de1.vpn.example/", "interval": 3_600 });
    let worker = setting.worker(&setting.config(&json!([name]), &[]));
    let token = folder.path().join("token");
    fs::write(&token, ADMIN_TOKEN).expect("written");
    let into = [&*worker.origin(), "--token-file", token.to_str().expect("UTF-8")].map(str::to_owned);
    let output = Command::new(program())
        .args(["import", "upptime"])
        .arg(folder.path())
        .arg("--into")
        .args(into)
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // Of now nothing is known here: the names are nobody's.
    let is_of_the_past = |incident: &v1::Incident| incident.summary.began.by < time_of("2026-09-04T00:00:00.000Z");
    let incidents: Vec<v1::Incident> = worker.incidents("de2-vpn-example").into_iter().filter(is_of_the_past).collect();
    let [incident] = &incidents[..] else { panic!("{incidents:#?}") };
    let [outage] = &incident.outages[..] else { panic!("{incident:#?}") };
    assert_eq!(serde_json::to_value(outage.ending).expect("JSON"), "record_ends", "{outage:?}");
    assert_eq!(
        time::format(outage.ended.expect("an end").by),
        "2026-09-02T00:00:00.000Z",
        "the last record of that URL"
    );
    let (_, _, report) = worker.get(&format!("/api/v1/incidents/{}/report.md", incident.summary.id));
    assert!(!report.contains("answers again") && !report.contains("recovered"), "{report}");
}
