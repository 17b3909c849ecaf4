//! Real configurations of Upptime, measured from a place that is offline: nobody is accused.

use dualwatch_core::{
    judge::diagnosis::{Conclusion, conclude},
    measure::{family::Family, vantage::Standing},
};
use dualwatch_prober::{Prober, native::Tokio};
use dualwatch_tests::{namespace, worker::Worker, worker::eventually, worker::workspace};
use dualwatch_wire::v1::{ConfigUpload, status::State};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// Where the data is; `UPPTIME_DATA` names another place.
fn configurations() -> Vec<PathBuf> {
    let folder =
        std::env::var_os("UPPTIME_DATA").map_or_else(|| workspace().join("../shared/data/upptime"), PathBuf::from);
    let mut found = Vec::new();
    let is_config = |path: &Path| path.to_string_lossy().ends_with("upptimerc.yml");
    for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
        let files = fs::read_dir(entry.path()).into_iter().flatten().flatten().map(|e| e.path());
        found.extend(files.filter(|path| is_config(path) && !path.to_string_lossy().contains("excerpt")));
    }
    if found.is_empty() {
        dualwatch_notrun::no_data(format_args!("no Upptime data at {} (set UPPTIME_DATA)", folder.display()));
    }
    found.sort();
    found
}

#[tokio::test]
async fn no_target_is_accused_by_an_offline_program() {
    if !namespace::is_inside("no_target_is_accused_by_an_offline_program", namespace::OFFLINE) {
        return;
    }
    let mut n_targets = 0;
    for path in configurations() {
        let text = fs::read_to_string(&path).unwrap();
        let config = dualwatch_config::load(&text, ".upptimerc.yml", &|_| Err("no files".into()))
            .unwrap_or_else(|f| panic!("{}: {f:?}", path.display()));
        let prober = Prober::new(Tokio::new(), config.policy, "offline").unwrap();
        for target in &config.targets {
            n_targets += 1;
            let round = Box::pin(prober.round(target)).await;
            for family in Family::ALL {
                let conclusion = conclude(round.samples.get(family));
                assert!(
                    matches!(conclusion, Conclusion::Blind(_) | Conclusion::Unpublished(_)),
                    "{} over {family}: {conclusion:?}: {:?}",
                    target.url(),
                    round.samples.get(family),
                );
                assert_ne!(*round.vantage.standing.get(family), Standing::Proven);
            }
        }
    }
    println!("{n_targets} targets");
}

#[test]
fn no_target_is_called_down_by_an_offline_worker() {
    if !namespace::is_inside("no_target_is_called_down_by_an_offline_worker", namespace::OFFLINE) {
        return;
    }
    let data = tempfile::tempdir().unwrap();
    let mut worker = None;
    let mut paths = configurations();
    // The longest stays in the end, and is measured.
    paths.sort_by_key(|path| fs::metadata(path).map_or(0, |m| m.len()));
    for path in paths {
        let worker = worker.get_or_insert_with(|| Worker::start(data.path()));
        let upload = ConfigUpload {
            name: ".upptimerc.yml".into(),
            text: fs::read_to_string(&path).unwrap(),
            files: BTreeMap::new(),
        };
        let body = serde_json::to_string(&upload).unwrap();
        let (status, answer) = worker.put_config_as(&body, Some(dualwatch_tests::worker::ADMIN_TOKEN));
        assert_eq!(status, 200, "{}: {answer}", path.display());
    }
    let Some(worker) = worker else { return };
    let status = eventually("a round of every target", Duration::from_mins(1), || {
        let status = worker.status();
        (!status.targets.is_empty() && status.targets.iter().all(|t| t.last_round_at.is_some())).then_some(status)
    });
    for target in &status.targets {
        for family in Family::ALL {
            let facts = target.facts(family);
            assert_eq!(facts.state, State::Unknown, "{}: {facts:?}", target.url);
        }
    }
    assert_eq!((status.vantages[0].ipv4, status.vantages[0].ipv6), (Standing::Offline, Standing::Offline));
}

/// A user of Upptime keeps the history: what was recorded there is the past of what is measured here.
#[test]
fn an_imported_history_becomes_the_past_of_a_running_instance() {
    if !namespace::is_inside("an_imported_history_becomes_the_past_of_a_running_instance", namespace::OFFLINE) {
        return;
    }
    let Some(config) = configurations().into_iter().find(|p| p.to_string_lossy().contains("apertodns")) else { return };
    let folder = config.parent().unwrap();
    let data = tempfile::tempdir().unwrap();
    let worker = Worker::start(data.path());
    let text = fs::read_to_string(&config).unwrap();
    let upload = ConfigUpload { name: ".upptimerc.yml".into(), text, files: BTreeMap::new() };
    let admin = dualwatch_tests::worker::ADMIN_TOKEN;
    let (status, answer) = worker.put_config_as(&serde_json::to_string(&upload).unwrap(), Some(admin));
    assert_eq!(status, 200, "{answer}");
    let token = data.path().join("token");
    fs::write(&token, admin).unwrap();
    let import = |arguments: &[&str]| {
        let mut command = std::process::Command::new(dualwatch_tests::program::program());
        command.args(["import", "upptime"]).arg(folder).args(arguments);
        command.output().expect("the program runs")
    };
    let into = || {
        let output = import(&["--into", &worker.edge.origin(), "--token-file", token.to_str().unwrap()]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let said = into();
    let explained: serde_json::Value = serde_json::from_slice(&import(&["--json"]).stdout).unwrap();
    for target in explained["targets"].as_array().unwrap() {
        let slug = target["slug"].as_str().unwrap();
        assert!(said.contains(&format!("{slug}: ")), "{said}");
        // Every outage that was recorded is a past incident of the instance; nobody is called down now.
        let recorded = target["incidents"].as_array().unwrap().iter().filter(|i| i["status"] == "down");
        let document = worker.document::<serde_json::Value>(&format!("/api/v1/incidents?target={slug}"));
        let incidents = document["incidents"].as_array().unwrap();
        let episodes: u64 = incidents.iter().map(|i| i["episodes"].as_u64().unwrap()).sum();
        assert_eq!(episodes, recorded.clone().count() as u64, "{slug}: {incidents:#?}");
        assert!(incidents.iter().all(|i| i["open"] == false), "{slug}: {incidents:#?}");
        for incident in recorded {
            let began = &incident["began"];
            let is_kept = |i: &&serde_json::Value| {
                i["outages"].as_array().unwrap().iter().any(|outage| outage["began"]["by"] == *began)
            };
            assert!(incidents.iter().any(|i| is_kept(&i)), "{slug}: nothing began at {began}");
        }
        let availability = worker.document::<serde_json::Value>(&format!("/api/v1/targets/{slug}/availability"));
        let year = availability["windows"].as_array().unwrap().iter().find(|w| w["window"] == "1y").unwrap();
        assert!(year["ipv4"]["observed_s"].as_f64().unwrap() > 86_400.0, "{slug}: {year}");
    }
    // Once more changes nothing.
    assert!(into().contains(": 0 of "), "what is loaded already is not loaded again");
}
