//! Those that are compared: each measures for a while at the same pace, while the others rest.

use crate::{
    Bench, SERVICE,
    blackbox::Blackbox,
    driver::{Driver, Order},
    pace,
};
use dualwatch_core::measure::family::Family;
use dualwatch_tests::{
    usage::{self, Memory},
    worker::Worker,
};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;
use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

/// How long each rests before and is measured without work.
const IDLE: Duration = Duration::from_secs(3);
/// What the worker gets to do the rounds that were due while it rested.
const SETTLE: Duration = Duration::from_secs(3);
/// So many targets of the worker are asked for their times.
const N_ASKED: usize = 10;

/// What one window took.
#[derive(Clone, Debug)]
pub struct Taken {
    /// CPU time per check, without what is taken without any.
    pub cpu_us: f64,
    /// The totals of the samples.
    pub wall_ms: Vec<f64>,
}

pub enum Program {
    Native(Driver),
    Worker(Box<Worker>),
    Blackbox(Blackbox),
}

pub struct Subject {
    pub name: String,
    /// The most CPU that it should take, as a share of `blackbox_exporter`'s.
    pub aim: Option<f64>,
    pub program: Program,
    /// CPU seconds per second without work.
    idle: f64,
}

impl Subject {
    pub fn program(bench: &Bench, dir: &Path) -> Self {
        let program = std::env::current_exe().expect("the path of this program");
        Self::native("dualwatch, native", Some(0.7), &program, bench, dir)
    }

    /// Another build of this very program.
    pub fn other_program(program: &Path, bench: &Bench, dir: &Path) -> Self {
        Self::native("the other, native", None, program, bench, dir)
    }

    fn native(name: &str, aim: Option<f64>, program: &Path, bench: &Bench, dir: &Path) -> Self {
        let config = dir.join("dualwatch.yml");
        std::fs::write(&config, &bench.config).expect("written");
        Self::settled(name.to_owned(), aim, Program::Native(Driver::start(program, &config)))
    }

    pub fn worker(bench: &Bench, dir: &Path) -> Self {
        let worker = Worker::start(&dir.join("worker"));
        Self::at_the_edge("dualwatch, worker on workerd", Some(1.5), worker, bench)
    }

    /// Another build of the worker.
    pub fn other_worker(bundle: &Path, bench: &Bench, dir: &Path) -> Self {
        let worker = Worker::start_of(bundle, &dir.join("other-worker"));
        Self::at_the_edge("the other, worker on workerd", None, worker, bench)
    }

    fn at_the_edge(name: &str, aim: Option<f64>, worker: Worker, bench: &Bench) -> Self {
        let subject = Self::settled(name.to_owned(), aim, Program::Worker(Box::new(worker)));
        if let Program::Worker(worker) = &subject.program {
            worker.accept(&bench.config);
            thread::sleep(2 * SETTLE);
        }
        subject.rest(true);
        subject
    }

    pub fn blackbox(program: &Path, bench: &Bench, dir: &Path) -> Self {
        let exporter = Blackbox::start(program, bench.lab.ca_pem(), dir);
        let name = format!("blackbox_exporter {}", exporter.version());
        Self::settled(name, None, Program::Blackbox(exporter))
    }

    fn settled(name: String, aim: Option<f64>, program: Program) -> Self {
        let mut subject = Self { name, aim, program, idle: 0.0 };
        thread::sleep(IDLE);
        let before = usage::cpu_time(subject.id());
        thread::sleep(IDLE);
        subject.idle = usage::cpu_time(subject.id()).saturating_sub(before).as_secs_f64() / IDLE.as_secs_f64();
        subject
    }

    pub fn id(&self) -> u32 {
        match &self.program {
            Program::Native(driver) => driver.id(),
            Program::Worker(worker) => worker.edge.id(),
            Program::Blackbox(exporter) => exporter.id(),
        }
    }

    pub fn memory(&self) -> Memory {
        usage::memory(self.id())
    }

    /// Measures for `length`, and tells what that took.
    pub fn window(&mut self, bench: &Bench, length: Duration) -> Taken {
        self.wake();
        let begun = (Instant::now(), usage::cpu_time(self.id()), bench.n_accepted());
        let since = unix_ms();
        let mut wall_ms = self.work(bench, length);
        let cpu = usage::cpu_time(self.id()).saturating_sub(begun.1);
        let n_checks = bench.n_accepted() - begun.2;
        let idle = self.idle * begun.0.elapsed().as_secs_f64();
        if let Program::Worker(worker) = &self.program {
            wall_ms = totals(worker, since);
        }
        self.rest(false);
        assert!(n_checks > 0, "{}: nothing was measured", self.name);
        Taken { cpu_us: (cpu.as_secs_f64() - idle) / n_checks as f64 * 1e6, wall_ms }
    }

    /// Gets ready to work; only the worker, which works by itself, ever rests.
    pub fn wake(&self) {
        if let Program::Worker(worker) = &self.program {
            signal(worker.edge.id(), Signal::SIGCONT);
            thread::sleep(SETTLE);
        }
    }

    /// Holds what would work by itself.
    fn rest(&self, is_first: bool) {
        if let Program::Worker(worker) = &self.program {
            signal(worker.edge.id(), Signal::SIGSTOP);
        } else {
            assert!(!is_first, "the others work when they are told to");
        }
    }

    /// Works at the common pace; returns the times of its samples, in milliseconds.
    pub fn work(&mut self, bench: &Bench, length: Duration) -> Vec<f64> {
        let n_rounds = pace() / 2 * length.as_secs() as usize;
        let gap = length / n_rounds as u32;
        match &mut self.program {
            Program::Native(driver) => driver.measure(Order { n_rounds, gap }),
            Program::Blackbox(exporter) => {
                let begun = Instant::now();
                let mut totals = Vec::new();
                for i in 0..n_rounds {
                    thread::sleep((begun + gap * i as u32).saturating_duration_since(Instant::now()));
                    totals.extend(Family::ALL.map(|family| exporter.probe(family, bench.lab.address(SERVICE, family))));
                }
                totals
            }
            // It works by itself, and tells afterwards.
            Program::Worker(_) => {
                thread::sleep(length);
                Vec::new()
            }
        }
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        if let Program::Worker(worker) = &self.program {
            // A process at rest does not see that it is asked to end.
            signal(worker.edge.id(), Signal::SIGCONT);
        }
    }
}

/// The times of a worker's samples since a moment, of some of its targets. An older worker may say less than our types want.
fn totals(worker: &Worker, since_ms: i64) -> Vec<f64> {
    let paths = (0..N_ASKED).map(|i| format!("/api/v1/targets/t{i}/rounds?from={since_ms}"));
    let rounds = paths.flat_map(|path| match worker.document::<Value>(&path)["rounds"].take() {
        Value::Array(rounds) => rounds,
        _ => Vec::new(),
    });
    let total = |round: &Value, family: Family| round[family.code()]["phases_ms"]["total"].as_f64();
    rounds.flat_map(|round| Family::ALL.map(|family| total(&round, family))).flatten().collect()
}

fn signal(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(pid.try_into().expect("an id of a process"));
    kill(pid, signal).unwrap_or_else(|error| panic!("process {pid} takes {signal}: {error}"));
}

fn unix_ms() -> i64 {
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}
