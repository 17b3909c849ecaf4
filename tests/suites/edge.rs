//! The worker on real workerd: rounds happen unattended, survive what may happen, and say what was measured.

use dualwatch_core::measure::{cause::Cause, family::Family, vantage::Standing};
use dualwatch_simnet::Lab;
use dualwatch_tests::{
    lab, namespace,
    table::Table,
    worker::{ADMIN_TOKEN, Worker, eventually},
};
use dualwatch_wire::v1::status::State;
use serde_json::{Value, json};
use std::{fs::Permissions, os::unix::fs::PermissionsExt as _, path::Path, time::Duration};

const SOON: Duration = Duration::from_secs(30);

fn small_lab(runtime: &tokio::runtime::Runtime) -> Lab {
    let script = lab::half_and_tls();
    runtime.block_on(Lab::start(script)).expect("the lab starts")
}

/// A configuration with the lab's controls (or none), resolver and CA.
fn config(lab: &Lab, controls: bool, targets: &Value) -> String {
    let controls_of = |family| -> Vec<String> {
        if controls { lab.controls().get(family).iter().map(ToString::to_string).collect() } else { Vec::new() }
    };
    json!({
        "targets": targets,
        "controls": { "ipv4": controls_of(Family::Ipv4), "ipv6": controls_of(Family::Ipv6) },
        "resolvers": [format!("tcp://{}", lab.resolver())],
        "network": { "allow_private": true },
        "tls": { "roots": [lab.ca_pem()] },
    })
    .to_string()
}

fn two_targets(lab: &Lab) -> Value {
    json!([
        { "name": "Good", "url": format!("http://localhost:{}/", lab.port("good")), "interval": 5, "timeout": "2s" },
        { "name": "Half", "url": format!("http://localhost:{}/", lab.port("half")), "interval": 5, "timeout": "2s" },
    ])
}

/// Every file and folder below one, with what its mode allows others.
fn open_to_others(folder: &Path) -> Vec<String> {
    let mut open = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(path) = left.pop() {
        // workerd removes its journals when it likes.
        let Ok(found) = std::fs::symlink_metadata(&path) else { continue };
        let mode = found.permissions().mode() & 0o777;
        let own = if found.is_dir() { 0o700 } else { 0o600 };
        if mode != own {
            open.push(format!("{}: {mode:o}", path.display()));
        }
        if found.is_dir() {
            left.extend(std::fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path()));
        }
    }
    open
}

/// Promise (Storage): What is stored is its owner's alone, also what workerd makes and what an earlier version left
/// open.
#[test]
fn nobody_else_reads_what_is_stored_also_what_an_earlier_version_left_open() {
    let runtime = lab::runtime();
    let lab = small_lab(&runtime);
    let root = tempfile::tempdir().expect("a folder");
    let data = root.path().join("data");
    let n_files = |folder: &str| std::fs::read_dir(data.join(folder)).into_iter().flatten().count();
    for is_first in [true, false] {
        if !is_first {
            let open =
                |path: &Path, mode| std::fs::set_permissions(path, Permissions::from_mode(mode)).expect("changed");
            let mut left = vec![data.clone()];
            while let Some(folder) = left.pop() {
                open(&folder, 0o755);
                for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
                    if entry.path().is_dir() { left.push(entry.path()) } else { open(&entry.path(), 0o644) }
                }
            }
            assert_ne!(open_to_others(&data), [""; 0]);
        }
        let worker = Worker::start(&data);
        worker.accept(&config(&lab, true, &two_targets(&lab)));
        let newest = || worker.status().targets.iter().filter_map(|target| target.last_round_at).max();
        let before = newest();
        eventually("a round", SOON, || (newest() > before).then_some(()));
        assert!(n_files("objects") > 0, "workerd has stored something");
        assert_eq!(open_to_others(&data), [""; 0]);
        worker.edge.kill().expect("killed");
        assert_eq!(open_to_others(&data), [""; 0]);
    }
}

#[test]
fn rounds_happen_unattended_and_survive_kill_and_restart() {
    let runtime = lab::runtime();
    let lab = small_lab(&runtime);
    let data = tempfile::tempdir().unwrap();

    let worker = Worker::start(data.path());
    worker.accept(&config(&lab, true, &two_targets(&lab)));
    let status = eventually("IPv6 of `half` is down", SOON, || {
        let status = worker.status();
        (status.targets[1].ipv6.state == State::Down).then_some(status)
    });
    let [good, half] = &status.targets[..] else { panic!("two targets: {status:?}") };
    assert_eq!((good.ipv4.state, good.ipv6.state), (State::Up, State::Up));
    assert!(good.ipv6.latency_ms.is_some());
    assert_eq!((half.ipv4.state, half.ipv6.cause), (State::Up, Some(Cause::TcpNoConnection)));
    assert_eq!(half.ipv6.latency_ms, None, "a failed probe has no latency");
    assert_eq!(half.dual_stack.family, Some(Family::Ipv4));
    assert_eq!(status.vantages.len(), 1);
    assert_eq!((status.vantages[0].ipv4, status.vantages[0].ipv6), (Standing::Proven, Standing::Proven));

    let before = worker.rounds("good").rounds;
    worker.edge.kill().expect("killed as by a power cut");

    let worker = Worker::start(data.path());
    let kept = worker.rounds("good").rounds;
    assert_eq!(kept[..before.len()], before, "no committed round is lost");
    // Nobody asks for anything: the schedule goes on by itself.
    std::thread::sleep(Duration::from_secs(6));
    let after = worker.rounds("good").rounds;
    assert!(after.len() > before.len(), "a round within one interval after the restart");
    // On the grid of the plan: whole intervals apart, but for the few ms that a timer is late.
    let grid: Vec<i64> = after.iter().skip(1).map(|r| r.started_at.unix_ms() % 5_000).collect();
    let spread = grid.iter().max().unwrap() - grid.iter().min().unwrap();
    assert!(grid.len() < 2 || spread < 1_000, "the schedule drifts: {grid:?}");
    let status = worker.status();
    assert_eq!(status.targets[1].ipv6.state, State::Down, "what was known is still known");
    worker.edge.stop().expect("stopped");
}

#[test]
fn a_lost_alarm_is_found_by_any_read() {
    let runtime = lab::runtime();
    let lab = small_lab(&runtime);
    let data = tempfile::tempdir().unwrap();
    let worker = Worker::start(data.path());
    worker.accept(&config(&lab, true, &two_targets(&lab)));
    eventually("a round", SOON, || worker.target("good").last_round);
    worker.edge.stop().expect("stopped");

    // workerd's index of alarms is lost; the objects still believe that theirs are set.
    let targets = data.path().join("objects").join("dualwatch-target-v1");
    for file in std::fs::read_dir(&targets).unwrap().map(|entry| entry.unwrap().path()) {
        if file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("metadata.sqlite")) {
            std::fs::remove_file(file).unwrap();
        }
    }
    let worker = Worker::start(data.path());
    let n_before = worker.target("good").n_rounds;
    eventually("a round after the loss", SOON, || (worker.target("good").n_rounds > n_before).then_some(()));
}

#[test]
fn the_worker_is_exact_on_every_row_of_the_table() {
    /// New targets are due at once, all of them; more than a busy machine can do in the rows' 2.5 s measures the machine.
    const AT_ONCE: usize = 30;
    let runtime = lab::runtime();
    let table = Table::read();
    let lab = runtime.block_on(Lab::start(table.script())).expect("the lab starts");
    let data = tempfile::tempdir().unwrap();
    let worker = Worker::start(data.path());

    let families = lab.families();
    let mut wrong = Vec::new();
    for (i, row) in table.row.iter().enumerate() {
        if i % AT_ONCE == 0 {
            worker.accept(&Table::config_of(&table.row[i..table.row.len().min(i + AT_ONCE)], &lab));
        }
        let slug = row.slug();
        let round = eventually(&format!("a round of {slug}"), SOON, || {
            let (status, _, body) = worker.get(&format!("/api/v1/targets/{slug}"));
            let detail: Value = serde_json::from_str(&body).ok()?;
            (status == 200 && !detail["last_round"].is_null()).then(|| detail["last_round"].clone())
        });
        for &family in &families {
            let sample = &round[family.code()];
            for difference in row.differences(sample, true) {
                wrong.push(format!("{} over {family}: {difference}\n    {sample}", row.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn without_controls_what_is_measured_stands_and_nothing_is_proven() {
    let runtime = lab::runtime();
    let lab = small_lab(&runtime);
    let data = tempfile::tempdir().unwrap();
    let worker = Worker::start(data.path());
    worker.accept(&config(&lab, false, &two_targets(&lab)));
    let round = eventually("a round", SOON, || worker.target("half").last_round);
    assert_eq!((round.vantage.ipv4, round.vantage.ipv6), (Standing::Untested, Standing::Untested));
    assert_eq!(round.ipv6.cause, Some(Cause::TcpNoConnection));
    // What it most likely was follows from the two times of this very round, whatever these are on a busy machine; the
    // rows of `classify::likely` say that as fast as the other family's handshake is a refusal.
    let evidence = round.ipv6.detail.expect("evidence");
    let elapsed_ms = evidence.elapsed_ms.expect("the time after which it failed");
    let (likely, confidence) = dualwatch_prober::classify::likely(elapsed_ms, round.ipv4.phases_ms.connect);
    assert_eq!((evidence.likely, evidence.confidence), (Some(likely), Some(confidence)));
}

#[test]
fn the_api_answers_and_refuses_as_documented() {
    let runtime = lab::runtime();
    let lab = small_lab(&runtime);
    let data = tempfile::tempdir().unwrap();
    let worker = Worker::start(data.path());

    assert_eq!(worker.get("/healthz").0, 200);
    assert_eq!(worker.status().targets, []);
    let (status, content_type, body) = worker.get("/api/v1/targets/none");
    assert_eq!((status, content_type.as_str()), (404, "application/problem+json"));
    let problem: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&problem["status"], &problem["title"]), (&json!(404), &json!("Not found")));
    assert_eq!(worker.get("/nothing/here").0, 404);

    // Who may configure, and read that.
    assert_eq!(worker.get("/api/v1/config").0, 401);
    assert_eq!(worker.get_as("/api/v1/config", "wrong").0, 401);
    assert_eq!(worker.get_as("/api/v1/config", ADMIN_TOKEN).0, 404, "there is no configuration yet");
    let body = json!({ "name": "dualwatch.yml", "text": "targets: []" }).to_string();
    assert_eq!(worker.put_config_as(&body, None).0, 401);
    assert_eq!(worker.put_config_as(&body, Some("wrong")).0, 401);
    assert_eq!(worker.put_config_as("not JSON", Some(ADMIN_TOKEN)).0, 400);

    // What is not accepted comes back with its place, and changes nothing.
    let (status, problem) =
        worker.put_config("targets:\n  - name: Shop\n    url: https://shop.example/\n    intervall: 5\n");
    assert_eq!(status, 422, "{problem}");
    assert_eq!((&problem["errors"][0]["line"], &problem["errors"][0]["column"]), (&json!(4), &json!(5)));
    assert!(problem["errors"][0]["hint"].as_str().unwrap().contains("interval"), "{problem}");
    assert_eq!(worker.status().targets, []);

    let target = json!([{
        "name": "TLS", "url": format!("https://user:secret@tls.lab.test:{}/", lab.port("tls")), "interval": 5, "timeout": "2s",
    }]);
    worker.accept(&config(&lab, true, &target));
    for path in ["/api/v1/status", "/", "/api/v1/page", "/api/v1/targets/tls"] {
        let (status, _, body) = worker.get(path);
        assert_eq!(status, 200, "{path}: {body}");
        assert!(!body.contains("secret"), "{path} shows a credential");
    }
    let (status, shown) = worker.get_as("/api/v1/config", ADMIN_TOKEN);
    assert_eq!((status, &shown["targets"][0]["name"]), (200, &json!("TLS")));
    assert!(!shown.to_string().contains("secret"), "the configuration shows a credential");
    assert_eq!(worker.get("/api/v1/config").0, 401, "what one has read is kept for nobody");
    let round = eventually("a round", SOON, || worker.target("tls").last_round);
    assert_eq!(round.ipv6.cause, None, "{round:?}");
    let certificate = round.ipv4.certificate.expect("a certificate");
    assert_eq!(certificate.subject_names, ["tls.lab.test"]);

    // Rounds by time.
    let (status, _, body) = worker.get("/api/v1/targets/tls/rounds?from=yesterday");
    assert_eq!(status, 400, "{body}");
    assert_eq!(worker.get("/api/v1/targets/tls/rounds?from=20&to=10").0, 400);
    let empty: Value = worker.document("/api/v1/targets/tls/rounds?from=1970-01-01T00:00:00Z&to=1970-01-02T00:00:00Z");
    assert_eq!((&empty["rounds"], &empty["next_from"]), (&json!([]), &json!(null)));

    // A target that is taken out is forgotten in public, and is not measured any more.
    worker.accept(&config(&lab, true, &two_targets(&lab)));
    assert_eq!(worker.get("/api/v1/targets/tls").0, 404);
}

#[test]
fn the_probes_tell_who_asks() {
    let data = tempfile::tempdir().unwrap();
    let worker = Worker::start(data.path());
    let answer: Value = worker.document("/probe/ip?nonce=abc");
    assert_eq!(
        (&answer["ip"], &answer["family"], &answer["nonce"]),
        (&json!("127.0.0.1"), &json!("ipv4"), &json!("abc"))
    );
    assert!(answer["port"].as_u64().is_some_and(|port| port > 0), "{answer}");
    let v6 = worker.edge.addresses().iter().find(|a| a.is_ipv6());
    if v6.is_none() {
        dualwatch_notrun::refused("over ipv6: its loopback address cannot be bound");
    }
    if let Some(v6) = v6 {
        let body = ureq::get(format!("http://{v6}/probe/ip")).call().unwrap().body_mut().read_to_string().unwrap();
        let answer: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((&answer["ip"], &answer["family"]), (&json!("::1"), &json!("ipv6")));
    }
    let (status, content_type, _) = worker.get("/probe/large?bytes=0");
    assert_eq!((status, content_type.as_str()), (400, "application/problem+json"));
    let large = ureq::get(format!("{}/probe/large?bytes=70000", worker.edge.origin())).call().unwrap();
    assert_eq!(large.into_body().read_to_vec().unwrap().len(), 70_000);
    let sunk = ureq::post(format!("{}/probe/sink", worker.edge.origin())).send(&vec![7_u8; 20_000][..]).unwrap();
    let sunk: Value = serde_json::from_str(&sunk.into_body().read_to_string().unwrap()).unwrap();
    assert_eq!(sunk["received_bytes"], 20_000);
}

#[test]
fn a_vantage_without_ipv6_accuses_nobody() {
    if !namespace::is_inside("a_vantage_without_ipv6_accuses_nobody", namespace::NO_IPV6) {
        return;
    }
    let runtime = lab::runtime();
    let lab = small_lab(&runtime);
    assert!(!lab.available().ipv6, "there is no IPv6 in here");
    let data = tempfile::tempdir().unwrap();
    let worker = Worker::start(data.path());
    assert_eq!(worker.edge.skipped().len(), 1, "[::1] is left out, and said so");
    // The control over IPv6 is where it would be if there were IPv6.
    let mut with_controls: Value = serde_json::from_str(&config(&lab, true, &two_targets(&lab))).unwrap();
    with_controls["controls"]["ipv6"] = json!([format!("[::1]:{}", lab.port("control"))]);
    worker.accept(&with_controls.to_string());
    let status = eventually("two rounds of each", SOON, || {
        let enough = ["good", "half"].iter().all(|slug| worker.target(slug).n_rounds >= 2);
        enough.then(|| worker.status())
    });
    for target in &status.targets {
        assert_eq!(target.ipv4.state, State::Up, "{target:?}");
        assert_eq!(
            (target.ipv6.state, target.ipv6.cause),
            (State::Unknown, Some(Cause::VantageNoFamily)),
            "{target:?}"
        );
    }
    assert_eq!((status.vantages[0].ipv4, status.vantages[0].ipv6), (Standing::Proven, Standing::NoFamily));
    let round = worker.target("half").last_round.expect("a round");
    assert_eq!(round.ipv6.detail.expect("evidence").measured, Some(Cause::TcpNoConnection), "kept as measured");
}
