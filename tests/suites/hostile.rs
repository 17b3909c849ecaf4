//! Hostile servers: every row of `hostile.toml` ends in its cause within its deadline, in the program and in the worker, and
//! memory and time stay bounded whatever targets do (the short form of `cargo xtask bench memory`).

use dualwatch_core::measure::round;
use dualwatch_prober::{Prober, native::Tokio};
use dualwatch_simnet::Lab;
use dualwatch_tests::{
    hostile, native, program, sentences,
    table::{Row, Table},
    usage,
    worker::{Worker, eventually},
};
use dualwatch_wire::v1;
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

const SOON: Duration = Duration::from_secs(30);
/// The timeout of a row that waits for it, and of one that does not: there a busy machine changes nothing.
const TIMEOUTS_MS: [u32; 2] = [1_500, 10_000];
/// What a probe may take beyond its timeout on such a machine; the exact deadline is held where the clock is ours
/// (`tests/fuzz`).
const MARGIN_MS: f64 = 2_000.0;
/// The worker is measured by one test at a time.
static ALONE: Mutex<()> = Mutex::new(());

fn timeout_ms(row: &Row) -> u32 {
    TIMEOUTS_MS[usize::from(!row.waits())]
}

/// Promise (Bounds): A hostile target costs no more memory and no more time than any other.
#[test]
fn hostile_targets_cost_no_more_than_they_may() {
    // Before the clock of anything runs.
    program::program();
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    hostile::run(&hostile::words(), 3, 1).check();
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// Starts a server for every row.
fn lab(runtime: &tokio::runtime::Runtime) -> (Lab, Vec<Row>) {
    let table = Table::hostile();
    let lab = runtime.block_on(Lab::start(table.script())).expect("the lab starts");
    let mut rows: Vec<Row> = table.row.into_iter().map(|row| row.with_ports(&lab)).collect();
    for row in &mut rows {
        let timeout = format!("{}ms", timeout_ms(row));
        row.target.insert("timeout".to_owned(), timeout.into());
    }
    // Those that wait do so at the same time.
    rows.sort_by_key(Row::waits);
    (lab, rows)
}

/// Compares a round with its row; returns what differs.
fn differences(lab: &Lab, row: &Row, round: &v1::Round, at_the_edge: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    let of_core = round::Round::from(round.clone());
    for family in lab.families() {
        let sample = round.sample(family);
        let json = serde_json::to_value(sample).expect("JSON");
        let mut differences = row.differences(&json, at_the_edge);
        let took_ms = hostile::took_ms(sample);
        if took_ms > f64::from(timeout_ms(row)) + MARGIN_MS {
            differences.push(format!("took {took_ms} ms"));
        }
        differences.extend(sentences::faults(family, of_core.samples.get(family)));
        wrong.extend(differences.iter().map(|d| format!("{} over {family}: {d}\n    {json}", row.name)));
    }
    wrong
}

#[test]
fn the_program_finds_the_cause_of_every_hostile_server() {
    let runtime = runtime();
    let (lab, rows) = lab(&runtime);
    let config = dualwatch_config::load(&Table::config_of(&rows, &lab), "dualwatch.yml", &|_| Err("no files".into()))
        .unwrap_or_else(|findings| panic!("{findings:#?}"));
    let prober = Prober::new(Tokio::new(), config.policy, "native").expect("the lab's CA can be used");
    // Those that wait do so at the same time.
    let n_prompt = rows.iter().take_while(|row| !row.waits()).count();
    let (prompt, waiting) = config.targets.split_at(n_prompt);
    let mut rounds: Vec<v1::Round> = Vec::new();
    rounds.extend(runtime.block_on(native::rounds(&prober, prompt)).iter().map(v1::Round::from));
    let waiting = futures_util::future::join_all(waiting.iter().map(|target| prober.round(target)));
    rounds.extend(runtime.block_on(waiting).iter().map(v1::Round::from));
    let wrong: Vec<String> =
        rows.iter().zip(&rounds).flat_map(|(row, round)| differences(&lab, row, round, false)).collect();
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    assert!(rows.len() > 150, "{} rows", rows.len());
}

#[test]
fn the_worker_finds_the_cause_of_every_hostile_server() {
    /// New targets are due at once, all of them.
    const AT_ONCE: usize = 30;
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let runtime = runtime();
    let (lab, rows) = lab(&runtime);
    let data = tempfile::tempdir().expect("a folder");
    let worker = Worker::start(data.path());
    let mut wrong = Vec::new();
    for rows in rows.chunks(AT_ONCE) {
        worker.accept(&Table::config_of(rows, &lab));
        for row in rows {
            let slug = row.slug();
            let round = eventually(&format!("a round of {slug}"), SOON, || worker.target(&slug).last_round);
            wrong.extend(differences(&lab, row, &round, true));
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    let (peak_kib, bound_kib) = (usage::memory(worker.edge.id()).peak_kib, hostile::workerd_kib(rows.len()));
    assert!(peak_kib <= bound_kib, "workerd took {peak_kib} KiB, {bound_kib} are the bound");
}
