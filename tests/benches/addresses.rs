//! What `addresses: every` takes in the worker on workerd, beside a target of its own for each address: CPU per visit to an
//! address, rows and bytes that are kept. `cargo xtask bench addresses` runs it; both are measured at the same time.
//!
//! A visit is a TCP connection, a whole TLS handshake, GET, and the body read. The addresses are pinned in both, so that
//! the targets of their own save the look-up that each of them would need.

use dualwatch_core::measure::family::Family;
use dualwatch_simnet::{Lab, Script, Service, script::Listen, words::Tls};
use dualwatch_tests::{usage, worker::Worker};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::{
    net::Ipv4Addr,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

const N_TARGETS: usize = 40;
/// All of them are visited in each round: one speaks for the family, and two beside it.
const ADDRESSES: [&str; 3] = ["127.0.0.1", "127.0.0.2", "127.0.0.3"];
const WINDOW: Duration = Duration::from_secs(10);
const N_WINDOWS: usize = 5;
/// What both get to begin, and to take what was due meanwhile.
const SETTLE: Duration = Duration::from_secs(8);
/// The most that a visit may take, as a share of one of a target of its own.
const AIM: f64 = 1.1;

struct Subject {
    name: &'static str,
    service: &'static str,
    worker: Worker,
    data: PathBuf,
    cpu_us: Vec<f64>,
}

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let service = |name: &str| Service::both(Tls::Good).named(&[&format!("{name}.lab.test")]);
    let mut script = Script::new().service("every", service("every")).service("own", service("own"));
    // All of 127.0.0.0/8.
    script.listen = Listen { ipv4: Ipv4Addr::UNSPECIFIED, ..Listen::default() };
    let lab = runtime.block_on(Lab::start(script)).expect("the lab starts");
    let dir = tempfile::tempdir().expect("a folder");
    let mut subjects = [
        subject("addresses: every", "every", dir.path(), &config(&lab, &every(&lab))),
        subject("targets of their own", "own", dir.path(), &config(&lab, &own(&lab))),
    ];
    thread::sleep(SETTLE);
    let n = |lab: &Lab, subject: &Subject| lab.n_accepted(subject.service, Family::Ipv4);
    for _ in 0..N_WINDOWS {
        let before: Vec<_> = subjects.iter().map(|s| (usage::cpu_time(s.worker.edge.id()), n(&lab, s))).collect();
        thread::sleep(WINDOW);
        for (subject, (cpu, n_before)) in subjects.iter_mut().zip(before) {
            let visits = n(&lab, subject) - n_before;
            assert!(visits > 0, "{}: nothing was measured", subject.name);
            let cpu = usage::cpu_time(subject.worker.edge.id()).saturating_sub(cpu);
            subject.cpu_us.push(cpu.as_secs_f64() / visits as f64 * 1e6);
        }
    }
    println!("{N_WINDOWS} windows of {} s, both at once; {} addresses each", WINDOW.as_secs(), N_TARGETS * 3);
    println!("{:<22} {:>12} {:>16} {:>14} {:>14}", "per visit", "CPU", "rows of rounds", "their bytes", "state, bytes");
    for subject in &subjects {
        let visits = n(&lab, subject).max(1);
        let kept = kept(&subject.data);
        println!(
            "{:<22} {:>9.0} µs {:>16.2} {:>12.0} B {:>12.0} B",
            subject.name,
            median(&subject.cpu_us),
            kept.rounds as f64 / visits as f64,
            kept.round_bytes as f64 / visits as f64,
            kept.state_bytes as f64 / (N_TARGETS * ADDRESSES.len()) as f64,
        );
    }
    let [every, own] = &subjects;
    let ratios: Vec<f64> = every.cpu_us.iter().zip(&own.cpu_us).map(|(every, own)| every / own).collect();
    let (low, high) = ratios.iter().fold((f64::MAX, 0.0_f64), |(l, h), r| (l.min(*r), h.max(*r)));
    let ratio = median(&ratios);
    let reached = if ratio <= AIM { "reached" } else { "not reached" };
    println!("CPU of a visit, every / of its own: {ratio:.2} ({low:.2} to {high:.2}), aim {AIM}: {reached}");
}

fn subject(name: &'static str, service: &'static str, dir: &Path, config: &Value) -> Subject {
    let data = dir.join(service);
    let worker = Worker::start(&data);
    worker.accept(&config.to_string());
    Subject { name, service, worker, data, cpu_us: Vec::new() }
}

/// One target for all addresses.
fn every(lab: &Lab) -> Vec<Value> {
    let addresses: Vec<&str> = std::iter::once("every").chain(ADDRESSES).collect();
    (0..N_TARGETS).map(|i| target(lab, "every", &format!("t{i}"), &addresses)).collect()
}

/// A target for each.
fn own(lab: &Lab) -> Vec<Value> {
    let addresses = ADDRESSES.iter().cycle().take(N_TARGETS * ADDRESSES.len());
    addresses.enumerate().map(|(n, address)| target(lab, "own", &format!("t{n}"), &[*address])).collect()
}

fn target(lab: &Lab, service: &str, slug: &str, addresses: &[&str]) -> Value {
    let url = format!("https://{service}.lab.test:{}/", lab.port(service));
    json!({
        "slug": slug, "url": url, "interval": "5s", "timeout": "5s", "addresses": addresses,
        "expect": { "ipv6": "ignored" },
    })
}

fn config(lab: &Lab, targets: &[Value]) -> Value {
    json!({
        "targets": targets,
        "controls": { "ipv4": [], "ipv6": [] },
        "network": { "allow_private": true },
        "tls": { "roots": [lab.ca_pem()] },
    })
}

/// What the files of a worker hold.
#[derive(Default)]
struct Kept {
    rounds: u64,
    round_bytes: u64,
    state_bytes: u64,
}

fn kept(folder: &Path) -> Kept {
    let mut kept = Kept::default();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            let inner = self::kept(&path);
            kept.rounds += inner.rounds;
            kept.round_bytes += inner.round_bytes;
            kept.state_bytes += inner.state_bytes;
        } else if path.extension().is_some_and(|extension| extension == "sqlite") {
            let Ok(sql) = Connection::open(&path) else { continue };
            let one = |query: &str| sql.query_row(query, [], |row| row.get::<_, u64>(0)).unwrap_or_default();
            kept.rounds += one("SELECT COUNT(*) FROM rounds");
            kept.round_bytes += one("SELECT COALESCE(SUM(LENGTH(doc)), 0) FROM rounds");
            kept.state_bytes += one("SELECT COALESCE(SUM(LENGTH(doc)), 0) FROM watch");
        }
    }
    kept
}

/// Returns the middle value; 0 of none.
fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
