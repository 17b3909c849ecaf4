//! CPU and wall time per HTTPS check against the fault lab on loopback: the native program, the worker on workerd, and
//! Debian's prometheus-blackbox-exporter, in one run, in turn, at the same pace. `cargo xtask bench prober` runs it.
//!
//! A check is one family of one HTTPS target: TCP connection, whole TLS handshake with verification against the lab's
//! CA (nothing is resumed), GET, and the body read. The lab counts the connections, so that the figures are per check
//! that came about. With `--against CHECKOUT` an older state of both is measured in the same run, in the same way.

mod blackbox;
mod driver;
mod profile;
mod subject;

use dualwatch_core::measure::family::Family;
use dualwatch_simnet::{Lab, Script, Service, words::Tls};
use serde_json::json;
use std::{path::PathBuf, time::Duration};
use subject::{Program, Subject, Taken};

/// Targets of the configuration. The shortest interval is 5 s, so this many give 60 checks a second.
const N_TARGETS: usize = 150;
const INTERVAL: Duration = Duration::from_secs(5);
/// Whole intervals, so that the worker measures each target equally often.
const WINDOW: Duration = Duration::from_secs(10);
const N_WINDOWS: usize = 5;
const SERVICE: &str = "web";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, driver, config] = &arguments[..]
        && driver == driver::DRIVER
    {
        return driver::run(config);
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let script = Script::new().service(SERVICE, Service::both(Tls::Good));
    let lab = runtime.block_on(Lab::start(script)).expect("the lab starts");
    let families: Vec<Family> = Family::ALL.into_iter().filter(|f| *lab.available().get(*f)).collect();
    assert_eq!(families, Family::ALL, "this machine lacks a family on loopback");
    let dir = tempfile::tempdir().expect("a folder");
    let bench = Bench { config: config(&lab), lab };

    let mut subjects: Vec<Subject> = vec![Subject::program(&bench, dir.path()), Subject::worker(&bench, dir.path())];
    let of_other = |variable| std::env::var_os(variable).map(PathBuf::from);
    let other_program = of_other("DUALWATCH_AGAINST_PROGRAM");
    subjects.extend(other_program.map(|program| Subject::other_program(&program, &bench, dir.path())));
    let other_worker = of_other("DUALWATCH_AGAINST_BUNDLE");
    subjects.extend(other_worker.map(|bundle| Subject::other_worker(&bundle, &bench, dir.path())));
    match std::env::var_os("DUALWATCH_BLACKBOX").map(PathBuf::from) {
        Some(program) => subjects.push(Subject::blackbox(&program, &bench, dir.path())),
        None => println!("blackbox_exporter is not here: no ratios, only our own figures"),
    }
    println!(
        "{N_WINDOWS} windows of {} s each, in turn; {} checks a second; idle time is subtracted",
        WINDOW.as_secs(),
        pace(),
    );
    let mut taken: Vec<Vec<Taken>> = vec![Vec::new(); subjects.len()];
    for _ in 0..N_WINDOWS {
        for (subject, taken) in subjects.iter_mut().zip(&mut taken) {
            taken.push(subject.window(&bench, WINDOW));
        }
    }
    report(&subjects, &taken);
    compare(&subjects, &taken);
    for subject in &mut subjects {
        profile::print(subject, &bench);
    }
}

/// What is measured.
pub struct Bench {
    pub lab: Lab,
    pub config: String,
}

impl Bench {
    /// Connections that the measured service has accepted over both families.
    pub fn n_accepted(&self) -> u64 {
        Family::ALL.iter().map(|family| self.lab.n_accepted(SERVICE, *family)).sum()
    }
}

/// Checks a second, of all targets together.
pub fn pace() -> usize {
    N_TARGETS * Family::ALL.len() / INTERVAL.as_secs() as usize
}

/// `dualwatch.yml` (JSON is YAML): `localhost` needs no resolver, neither here nor for others.
fn config(lab: &Lab) -> String {
    let port = lab.port(SERVICE);
    let target = |i| {
        let url = format!("https://localhost:{port}/");
        json!({ "slug": format!("t{i}"), "url": url, "interval": "5s", "timeout": "5s" })
    };
    let controls = |family| lab.controls().get(family).iter().map(ToString::to_string).collect::<Vec<_>>();
    json!({
        "targets": (0..N_TARGETS).map(target).collect::<Vec<_>>(),
        "controls": { "ipv4": controls(Family::Ipv4), "ipv6": controls(Family::Ipv6) },
        "network": { "allow_private": true },
        "tls": { "roots": [lab.ca_pem()] },
    })
    .to_string()
}

fn report(subjects: &[Subject], taken: &[Vec<Taken>]) {
    let others = subjects.iter().position(|subject| matches!(subject.program, Program::Blackbox(_)));
    println!(
        "\n{:<34} {:>12} {:>12} {:>10}   CPU ratio to blackbox_exporter",
        "per check, medians", "CPU", "wall", "RSS"
    );
    for (subject, windows) in subjects.iter().zip(taken) {
        let cpu = median(windows.iter().map(|w| w.cpu_us));
        let wall = median(windows.iter().flat_map(|w| w.wall_ms.iter().copied()));
        let rss = subject.memory().now_kib as f64 / 1024.0;
        print!("{:<34} {cpu:>9.0} µs {wall:>9.2} ms {rss:>6.0} MiB", subject.name);
        let Some(others) = others.filter(|at| !std::ptr::eq(&raw const subjects[*at], subject)) else {
            println!();
            continue;
        };
        let ratios: Vec<f64> =
            windows.iter().zip(&taken[others]).map(|(own, other)| own.cpu_us / other.cpu_us).collect();
        let (low, high) = ratios.iter().fold((f64::MAX, 0.0_f64), |(l, h), r| (l.min(*r), h.max(*r)));
        let ratio = median(ratios.iter().copied());
        print!("   {ratio:.2} ({low:.2} to {high:.2})");
        match subject.aim {
            Some(aim) => println!(", aim {aim}: {}", if ratio <= aim { "reached" } else { "not reached" }),
            None => println!(),
        }
    }
    println!("\nwall: the program and blackbox_exporter to a µs, the worker's clock to a whole ms.");
    println!(
        "The program and the worker also ask a control of each family in every round, and keep evidence (certificate,"
    );
    println!("digest of the body); the worker stores each round on disk and reports news, on its own alarms.");
    println!("blackbox_exporter is asked over HTTP, one request per check, and writes its metrics.");
}

/// Says how much more or less CPU ours take than the others of their kind, window by window: what the machine does beside it
/// changes slowly.
fn compare(subjects: &[Subject], taken: &[Vec<Taken>]) {
    let is_of_a_kind = |a: &Program, b: &Program| std::mem::discriminant(a) == std::mem::discriminant(b);
    for (i, own) in subjects.iter().enumerate().filter(|(_, own)| own.aim.is_some()) {
        let mut others = subjects.iter().enumerate().skip(i + 1);
        let Some((j, _)) = others.find(|(_, other)| is_of_a_kind(&own.program, &other.program)) else { continue };
        let more = |(own, other): (&Taken, &Taken)| (own.cpu_us / other.cpu_us - 1.0) * 100.0;
        let percents: Vec<f64> = taken[i].iter().zip(&taken[j]).map(more).collect();
        let (low, high) = percents.iter().fold((f64::MAX, f64::MIN), |(l, h), p| (l.min(*p), h.max(*p)));
        let median = median(percents.iter().copied());
        println!("{}: {median:+.1} % CPU a check beside the other ({low:+.1} to {high:+.1})", own.name);
    }
}

/// Returns the middle value; 0 of none.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
