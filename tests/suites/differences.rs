//! What the families show differently, row by row of `causes.toml`: found by the program, and published by the worker.

use dualwatch_core::{
    judge::consistency::{Difference, differences},
    measure::{family::Family, sample::Outcome},
};
use dualwatch_prober::{Prober, native::Tokio};
use dualwatch_simnet::{
    Lab,
    script::{Name, Script, Service},
    words::Tcp,
};
use dualwatch_tests::{
    native,
    table::{DifferenceRow, Table},
    worker::{Worker, eventually},
};
use dualwatch_wire::v1::{TargetStatus, status::State};
use serde_json::{Value, json};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(30);

fn host(row: &DifferenceRow) -> String {
    let own = row.dns.as_ref().map(|_| format!("{}.lab.test", row.name.replace('_', "-")));
    own.unwrap_or_else(|| "differs.lab.test".to_owned())
}

fn slug(row: &DifferenceRow) -> String {
    row.name.replace('_', "-")
}

fn lab(runtime: &tokio::runtime::Runtime, rows: &[DifferenceRow]) -> Lab {
    let control = Service::both(Tcp::Hold).as_control();
    let script = Script::new().name("differs.lab.test", Name::dual()).service("control", control);
    let script = rows.iter().fold(script, |script, row| {
        let service = Service::both(row.ipv4.clone()).over(Family::Ipv6, row.ipv6.clone());
        let name = row.dns.clone().unwrap_or_else(Name::dual);
        script.name(&host(row), name).service(&row.name, service.named(&[&host(row)]))
    });
    runtime.block_on(Lab::start(script)).expect("the lab starts")
}

fn config(rows: &[DifferenceRow], lab: &Lab) -> String {
    let target = |row: &DifferenceRow| {
        let scheme = if row.ipv4.tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}:{}/", host(row), lab.port(&row.name));
        json!({ "name": row.name, "slug": slug(row), "url": url, "interval": 5, "timeout": "2s" })
    };
    let controls = |family| lab.controls().get(family).iter().map(ToString::to_string).collect::<Vec<_>>();
    json!({
        "targets": rows.iter().map(target).collect::<Vec<Value>>(),
        "controls": { "ipv4": controls(Family::Ipv4), "ipv6": controls(Family::Ipv6) },
        "resolvers": [format!("tcp://{}", lab.resolver())],
        "network": { "allow_private": true },
        "tls": { "roots": [lab.ca_pem()] },
    })
    .to_string()
}

/// Compares what was found with the row, `*` with anything.
fn check(row: &DifferenceRow, found: &[Difference], lab: &Lab) {
    let found: Vec<[String; 3]> = (found.iter())
        .map(|d| {
            let aspect = serde_json::to_value(d.aspect).expect("JSON");
            [aspect.as_str().unwrap_or_default().to_owned(), d.ipv4.clone(), d.ipv6.clone()]
        })
        .collect();
    let port = lab.port("alike").to_string();
    let is_alike = found.len() == row.findings.len()
        && found.iter().flatten().zip(row.findings.iter().flatten()).all(|(found, expected)| {
            let expected = expected.replace("{port:alike}", &port);
            expected == "*" || *found == expected
        });
    assert!(is_alike, "{}: expected {:?}, found {found:?}", row.name, row.findings);
}

/// With one family alone nothing differs.
fn has_both(lab: &Lab) -> bool {
    lab.families().len() == Family::ALL.len()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

#[test]
fn the_program_finds_every_difference_and_no_failure() {
    let (runtime, rows) = (runtime(), Table::read().difference);
    let lab = lab(&runtime, &rows);
    if !has_both(&lab) {
        return;
    }
    let config = dualwatch_config::load(&config(&rows, &lab), "dualwatch.yml", &|_| Err("no files here".into()))
        .unwrap_or_else(|findings| panic!("{findings:#?}"));
    let prober = Prober::new(Tokio::new(), config.policy, "native").expect("the lab's CA can be used");
    let rounds = runtime.block_on(native::rounds(&prober, &config.targets));
    assert_eq!(rounds.len(), rows.len());
    for (row, round) in rows.iter().zip(&rounds) {
        check(row, &differences(&round.samples), &lab);
        assert_eq!(round.samples.ipv4.outcome, Outcome::Reached, "{}: {round:?}", row.name);
        assert_eq!(round.samples.ipv6.outcome == Outcome::Failed, row.is_down, "{}: {round:?}", row.name);
    }
}

#[test]
fn the_worker_publishes_every_difference_and_no_failure() {
    let (runtime, rows) = (runtime(), Table::read().difference);
    let lab = lab(&runtime, &rows);
    if !has_both(&lab) {
        return;
    }
    let data = tempfile::tempdir().expect("a folder");
    let worker = Worker::start(data.path());
    worker.accept(&config(&rows, &lab));
    // What one round shows is told of it alone; of the service what some in a row have shown.
    let status = eventually("every difference is confirmed", SOON * 2, || {
        let status = worker.status();
        let is_told = |(row, target): (&DifferenceRow, &TargetStatus)| {
            target.last_round_at.is_some() && target.differences.len() == row.findings.len()
        };
        rows.iter().zip(&status.targets).all(is_told).then_some(status)
    });
    let (_, _, page) = worker.get("/");
    for (row, target) in rows.iter().zip(&status.targets) {
        check(row, &target.differences, &lab);
        assert_eq!(worker.target(&slug(row)).differences.len(), row.findings.len(), "{}", row.name);
        let is_failing = |t: &TargetStatus| matches!(t.ipv6.state, State::Suspect | State::Down);
        assert_eq!((target.ipv4.state, is_failing(target)), (State::Up, row.is_down), "{}: {target:?}", row.name);
        for difference in &target.differences {
            let words = dualwatch_words::difference(difference);
            let begins: String = words.chars().take_while(|c| !matches!(c, '"' | '\'' | '&' | ':')).collect();
            assert!(page.contains(&begins), "the page says `{words}`");
        }
    }
}
