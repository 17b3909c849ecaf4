//! The essential scenarios through the worker on workerd: the same rounds, loaded, lead to the same incidents.

use dualwatch_core::measure::time::DAY;
use dualwatch_replay::{Arrivals, Known, Policy, TargetReplay};
use dualwatch_simnet::scenario::Scenario;
use dualwatch_tests::{
    scenario::{named, ndjson},
    worker::{ADMIN_TOKEN, Worker},
};
use dualwatch_wire::v1;
use serde_json::{Value, json};

const ESSENTIAL: &[&str] = &[
    "the founding outage",
    "the twin of the founding outage",
    "a single failure is no outage",
    "a single good round is no recovery",
    "a relapse inside of the window",
    "a relapse outside of the window",
    "flapping",
    "joined and parted",
    "withdrawn",
    "blind in the middle of the outage",
    "a gap in the middle of an outage",
    "fast rounds narrow both ends",
    "a cause that changes and comes back",
    "the certificate expired",
    "the address changed before the outage",
    "two vantages agree",
    "two of three see the outage",
    "every other round for an hour",
    "one round of ten",
    "one round of four",
    "blind rounds between unstable ones",
    "it becomes down, and unstable again",
    "down ends in instability",
    "it recovers, and relapses",
];

/// Rounds that are sent at once; the longest scenario is more than that.
const PART: usize = 3_000;

/// A scenario as a target of the worker, the `index`th, and long ago: what the worker measures itself is beside it.
fn moved(name: &str, index: usize) -> Scenario {
    let mut scenario = named(name);
    scenario.target = format!("https://service.example/{index}");
    for delivery in &mut scenario.deliveries {
        delivery.round.target.clone_from(&scenario.target);
        delivery.round.started_at = delivery.round.started_at - 1_000 * DAY;
        delivery.at = delivery.at - 1_000 * DAY;
    }
    scenario
}

fn slug(index: usize) -> String {
    format!("scenario-{index}")
}

/// Returns the incidents that the engine finds natively, the oldest first.
fn native(scenario: &Scenario, index: usize) -> Vec<Value> {
    let known = Known { slug: slug(index), interval_s: Some(scenario.interval_s), ..Known::of_url(&scenario.target) };
    let arrivals = Arrivals {
        rounds: scenario.deliveries.iter().map(|d| (d.at, d.round.clone())).collect(),
        own_vantage: scenario.own_vantage(),
        windows: &[],
    };
    let replay = TargetReplay::of_arrivals(scenario.target.clone(), known, arrivals, &Policy::default());
    let document = |incident| v1::Incident::of(&slug(index), &format!("Scenario {index}"), incident);
    replay.incidents.iter().map(|i| serde_json::to_value(document(i)).expect("JSON")).collect()
}

#[test]
fn the_worker_finds_the_incidents_that_the_engine_finds() {
    let data = tempfile::tempdir().expect("a folder");
    let worker = Worker::start(data.path());
    let scenarios: Vec<Scenario> = ESSENTIAL.iter().enumerate().map(|(i, name)| moved(name, i)).collect();
    let targets: Vec<Value> = (scenarios.iter().enumerate())
        .map(|(i, s)| json!({ "name": format!("Scenario {i}"), "url": s.target, "interval": s.interval_s }))
        .collect();
    // Nothing of the outside is asked: the resolver is a port of this machine on which nobody listens.
    let config = json!({
        "targets": targets,
        "controls": { "ipv4": [], "ipv6": [] },
        "resolvers": ["tcp://127.0.0.1:9"],
        "network": { "allow_private": true },
    });
    worker.accept(&config.to_string());
    let token = format!("Bearer {ADMIN_TOKEN}");
    for (i, scenario) in scenarios.iter().enumerate() {
        let rounds = ndjson(scenario);
        let lines: Vec<&str> = rounds.lines().collect();
        for part in lines.chunks(PART) {
            let path = format!("/api/v1/targets/{}/rounds", slug(i));
            let (status, answer) = worker.post(&path, &[("authorization", &token)], &part.join("\n"));
            assert_eq!(status, 200, "{scenario}: {answer}");
        }
    }
    for (i, scenario) in scenarios.iter().enumerate() {
        let answer: Value = worker.document(&format!("/api/v1/incidents?target={}", slug(i)));
        let mut found = answer["incidents"].as_array().expect("a list").clone();
        found.sort_by_key(|incident| incident["id"].as_str().map(str::to_owned));
        let expected = native(scenario, i);
        assert_eq!(found.len(), expected.len(), "{scenario}: {answer:#}");
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected, "{scenario}");
        }
    }
}
