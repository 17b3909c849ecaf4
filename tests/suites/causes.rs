//! Every behaviour of the lab leads to exactly the cause and evidence of `causes.toml`, over both families.

use dualwatch_core::measure::{family::Family, round, vantage::Standing};
use dualwatch_prober::{Prober, native::Tokio};
use dualwatch_simnet::Lab;
use dualwatch_tests::{native, sentences, table::Table};
use dualwatch_wire::v1;
use std::fmt::Write;

#[tokio::test]
async fn the_program_is_exact_on_every_row() {
    let table = Table::read();
    let lab = Lab::start(table.script()).await.expect("the lab starts");
    let config = dualwatch_config::load(&table.config(&lab), "dualwatch.yml", &|_| Err("no files here".into()))
        .unwrap_or_else(|findings| panic!("{findings:#?}"));
    let prober = Prober::new(Tokio::new(), config.policy, "native").expect("the lab's CA can be used");
    let rounds: Vec<v1::Round> = native::rounds(&prober, &config.targets).await.iter().map(v1::Round::from).collect();

    let families = lab.families();
    let mut wrong = Vec::new();
    let mut n_samples = 0;
    for (row, round) in table.row.iter().zip(&rounds) {
        for &family in &families {
            let sample = serde_json::to_value(round.sample(family)).unwrap();
            n_samples += 1;
            for difference in row.differences(&sample, false) {
                wrong.push(format!("{} over {family}: {difference}\n    {sample}", row.name));
            }
        }
        if lab.available().ipv4 && row.dns.is_none() {
            assert_eq!(round.vantage.ipv4, Standing::Proven, "{}: the lab's control answers", row.name);
        }
    }
    let rounds = rounds.into_iter().map(round::Round::from).collect::<Vec<_>>();
    wrong.extend(sentences_differ(&table, &lab, rounds));
    assert!(wrong.is_empty(), "{} of {n_samples} samples differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(n_samples >= table.row.len(), "every row is measured at least once");
}

/// Compares the sentence on every row with `sentences.txt`, which is to be read; with `DUALWATCH_TESTS_WRITE` it is
/// written.
fn sentences_differ(table: &Table, lab: &Lab, rounds: Vec<round::Round>) -> Vec<String> {
    const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/suites/sentences.txt");
    let families = lab.families();
    let mut wrong = Vec::new();
    let mut lines = String::new();
    for (row, mut round) in table.row.iter().zip(rounds) {
        for &family in &families {
            let sample = round.samples.get_mut(family);
            wrong.extend(sentences::faults(family, sample).into_iter().map(|fault| format!("{}: {fault}", row.name)));
            sentences::steady(sample);
            if family == Family::Ipv4 {
                let ports = lab.ports().map(|(_, port)| port).chain([lab.resolver().port()]);
                let sentence =
                    ports.fold(sentences::of(family, sample), |s, port| s.replace(&format!(":{port}"), ":PORT"));
                let _ = writeln!(lines, "{}\n    {sentence}", row.name); // Writing to a String does not fail.
            }
        }
    }
    if std::env::var_os("DUALWATCH_TESTS_WRITE").is_some() {
        std::fs::write(FILE, &lines).expect("written");
    }
    let kept = std::fs::read_to_string(FILE).unwrap_or_default();
    let differing = lines.lines().zip(kept.lines()).filter(|(now, then)| now != then);
    wrong.extend(differing.map(|(now, then)| format!("sentences.txt: {then}\n    is now: {now}")));
    if lab.available().ipv4 && lines.lines().count() != kept.lines().count() {
        wrong.push("sentences.txt has other rows; write it with DUALWATCH_TESTS_WRITE=1 and read it".to_owned());
    }
    wrong
}
