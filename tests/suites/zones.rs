//! The operator's clock beside UTC, on real workerd: on the pages, in the report, and in no document for machines.

use dualwatch_simnet::Lab;
use dualwatch_tests::{
    lab,
    worker::{Worker, eventually},
};
use dualwatch_words::report::{clock_of, moment};
use serde_json::json;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(30);
/// No clock there is ever put forward or back, so that the test says the same in every season.
const ZONE: (&str, &str, i64) = ("Asia/Kolkata", " in Kolkata)", 19_800_000);

#[test]
fn times_have_the_clock_of_the_operator_beside_utc() {
    let runtime = lab::runtime();
    let lab = runtime.block_on(Lab::start(lab::half())).expect("the lab starts");
    let data = tempfile::tempdir().expect("a folder");
    let worker = Worker::start(data.path());
    let controls = lab::controls(&lab);
    let url = format!("http://localhost:{}/", lab.port("half"));
    let config = |timezone: &str| {
        json!({
            "targets": [{ "name": "Half", "url": url, "interval": 5, "timeout": "1s" }],
            "controls": { "ipv4": controls.ipv4, "ipv6": controls.ipv6 },
            "network": { "allow_private": true },
            "timezone": timezone,
        })
        .to_string()
    };
    let (status, problem) = worker.put_config(&config("Asia/Kolkatta"));
    assert_eq!(status, 422, "{problem}");
    assert!(problem["errors"][0]["hint"].as_str().is_some_and(|hint| hint.contains("`Asia/Kolkata`")), "{problem}");

    worker.accept(&config(ZONE.0));
    let incident =
        eventually("an incident", SOON, || worker.incidents("half").into_iter().find(|incident| incident.open));
    let began = incident.summary.began.by;
    // From 18:30 UTC on it is another day there, and then the day is said.
    let (there, here) = (moment(began + ZONE.2), moment(began));
    let day = there.split(' ').next().filter(|day| !here.starts_with(day)).map(|day| format!("{day} "));
    let beside = format!("UTC ({}{}", day.unwrap_or_default(), clock_of(began + ZONE.2));
    let id = &incident.summary.id;
    let (slug, report) = (format!("/incidents/{id}"), format!("/api/v1/incidents/{id}/report.md"));
    for path in [&slug, &report, "/incidents", "/targets/half", "/"] {
        let text = eventually("it says so", SOON, || {
            let (status, _, text) = worker.get(path);
            (status == 200 && text.contains(&beside)).then_some(text)
        });
        assert!(text.contains(ZONE.1), "{path}: {text}");
        assert!(text.contains(here.split_once(' ').map_or("", |(_, clock)| clock)), "{path}: UTC stays: {text}");
    }
    let documents = ["/api/v1/page", "/api/v1/status", "/api/v1/incidents"].map(str::to_owned);
    for path in [format!("/api/v1/incidents/{id}")].into_iter().chain(documents) {
        let (_, _, text) = worker.get(&path);
        assert!(!text.contains(ZONE.1), "{path}: {text}");
    }
}
