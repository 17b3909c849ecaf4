//! Servers that are odd, most of them valid: check agrees with curl, which is run here, and with browsers, which
//! `tests/browser/odd.test.mjs` runs, on whether there was an answer and which; or the row of `odd.toml` says why it does not.

use dualwatch_core::measure::family::Family;
use dualwatch_prober::{Prober, native::Tokio};
use dualwatch_simnet::Lab;
use dualwatch_tests::{
    native,
    odd::{Odd, OddRow, Taken},
    table::{Row, Table},
    worker::{Worker, eventually},
};
use dualwatch_wire::v1;
use std::{collections::BTreeSet, fs, path::Path, process::Command, time::Duration};

/// No row waits for it to pass.
const TIMEOUT: &str = "20s";
const SOON: Duration = Duration::from_mins(1);

#[test]
fn the_table_says_where_clients_differ() {
    let odd = Odd::read();
    let mut names = BTreeSet::new();
    let mut wrong = Vec::new();
    for row in &odd.row {
        if !names.insert(&row.name) {
            wrong.push(format!("{} is there twice", row.name));
        }
        match (row.agrees(), &row.differs) {
            (false, None) => wrong.push(format!("{}: they differ, and it does not say why", row.name)),
            (true, Some(why)) => wrong.push(format!("{}: they agree, and it says {why}", row.name)),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let n_in_browsers = odd.row.iter().filter(|row| row.chromium.is_some() && row.firefox.is_some()).count();
    assert!(odd.row.len() >= 150 && n_in_browsers >= 140, "{} rows, {n_in_browsers} in browsers", odd.row.len());
}

fn start(runtime: &tokio::runtime::Runtime, table: &Table) -> Lab {
    runtime.block_on(Lab::start(table.script())).expect("the lab starts")
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

fn rows(table: &Table) -> Vec<Row> {
    let rows = table.row.iter().cloned().map(|mut row| {
        row.target.insert("timeout".to_owned(), TIMEOUT.into());
        row
    });
    rows.collect()
}

fn differences(lab: &Lab, row: &Row, round: &v1::Round, at_the_edge: bool) -> Vec<String> {
    let of = |family| {
        let sample = serde_json::to_value(round.sample(family)).expect("JSON");
        let differences = row.differences(&sample, at_the_edge);
        differences.into_iter().map(move |d| format!("{} over {family}: {d}\n    {sample}", row.name)).collect()
    };
    lab.families().into_iter().flat_map(|family| -> Vec<String> { of(family) }).collect()
}

#[test]
fn the_program_takes_every_odd_server_as_the_table_says() {
    let runtime = runtime();
    let table = Odd::read().table();
    let lab = start(&runtime, &table);
    let rows = rows(&table);
    let config = dualwatch_config::load(&Table::config_of(&rows, &lab), "dualwatch.yml", &|_| Err("no files".into()))
        .unwrap_or_else(|findings| panic!("{findings:#?}"));
    let prober = Prober::new(Tokio::new(), config.policy, "native").expect("the lab's CA can be used");
    let rounds = runtime.block_on(native::rounds(&prober, &config.targets));
    let rounds = rounds.iter().map(v1::Round::from);
    let wrong: Vec<String> =
        rows.iter().zip(rounds).flat_map(|(row, round)| differences(&lab, row, &round, false)).collect();
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_worker_takes_every_odd_server_as_the_table_says() {
    /// New targets are due at once, all of them.
    const AT_ONCE: usize = 30;
    let runtime = runtime();
    let table = Odd::read().table();
    let lab = start(&runtime, &table);
    let data = tempfile::tempdir().expect("a folder");
    let worker = Worker::start(data.path());
    let mut wrong = Vec::new();
    for rows in rows(&table).chunks(AT_ONCE) {
        worker.accept(&Table::config_of(rows, &lab));
        for row in rows {
            let slug = row.slug();
            let round = eventually(&format!("a round of {slug}"), SOON, || worker.target(&slug).last_round);
            wrong.extend(differences(&lab, row, &round, true));
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn curl_takes_every_odd_server_as_the_table_says() {
    let runtime = runtime();
    let odd = Odd::read();
    let table = odd.table();
    let lab = start(&runtime, &table);
    let dir = tempfile::tempdir().expect("a folder");
    let ca = dir.path().join("ca.pem");
    fs::write(&ca, lab.ca_pem()).expect("written");
    let mut wrong = Vec::new();
    for (row, of_table) in odd.row.iter().zip(&table.row) {
        let (seen, said) = curl(&lab, &ca, row, of_table);
        // Versions differ in the number of an error as well; that is not the question.
        if !row.curl.all().iter().any(|taken| taken.agrees(&seen)) {
            wrong.push(format!("{}: expected {:?}, saw {seen} ({said})", row.name, row.curl));
        }
    }
    let version = Command::new("curl").arg("--version").output().expect("curl runs").stdout;
    let version = String::from_utf8_lossy(&version).lines().next().unwrap_or_default().to_owned();
    assert!(wrong.is_empty(), "{version}: {} differences:\n{}", wrong.len(), wrong.join("\n"));
}

/// Asks curl for one row, over one family; returns what it made of it, and what it said.
fn curl(lab: &Lab, ca: &Path, row: &OddRow, of_table: &Row) -> (Taken, String) {
    let family = lab.families().into_iter().next().expect("a family");
    let address = if family == Family::Ipv4 { "127.0.0.1" } else { "[::1]" };
    let target = of_table.target(lab);
    let url = target["url"].as_str().expect("a URL");
    // What the zone of the lab has, in curl's words: a port and a name each.
    let own = (format!("{}.lab.test", row.name.replace('_', "-")), lab.port(&row.name));
    let ends = ["hostile_end", "hostile_tls_end"].map(|service| lab.port(service));
    let ends = ["end.lab.test", "end.lab.test."].iter().flat_map(|name| ends.map(|port| ((*name).to_owned(), port)));
    let mut command = Command::new("curl");
    // Not what somebody has set up for themselves.
    command.args(["--disable", "--noproxy", "*", "--silent", "--show-error", "--location", "--max-redirs", "20"]);
    // An empty file of cookies: they are kept on the way, and no longer.
    command.args(["--cookie", "", "--max-time", "60", "--output"]).arg(if cfg!(windows) { "NUL" } else { "/dev/null" });
    command.args(["--write-out", "%{http_code}", "--cacert"]).arg(ca).args(&row.curl_options);
    for (name, port) in std::iter::once(own).chain(ends) {
        command.args(["--resolve", &format!("{name}:{port}:{address}")]);
    }
    let output = command.arg(url).output().expect("curl runs (Debian: apt install curl)");
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    let status = String::from_utf8_lossy(&output.stdout).trim().parse();
    let taken = match (output.status.code(), status) {
        (Some(0), Ok(status)) => Taken::Answer(status),
        (code, _) => Taken::Nothing(format!("exit {}", code.unwrap_or_default())),
    };
    (taken, said)
}
