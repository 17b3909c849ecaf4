//! Every behaviour of the lab leads to exactly the cause and evidence of `causes.toml`, over both families.

use dualwatch_core::{family::Family, vantage::Standing};
use dualwatch_prober::{Prober, native::Tokio};
use dualwatch_simnet::Lab;
use dualwatch_tests::table::Table;
use dualwatch_wire::v1;

#[tokio::test]
async fn the_program_is_exact_on_every_row() {
    let table = Table::read();
    let lab = Lab::start(table.script()).await.expect("the lab starts");
    let config = dualwatch_config::load(&table.config(&lab), "dualwatch.yml", &|_| Err("no files here".into()))
        .unwrap_or_else(|findings| panic!("{findings:#?}"));
    let prober = Prober::new(Tokio::new(), config.policy, "native").expect("the lab's CA can be used");
    let rounds = config.targets.iter().map(|target| prober.round(target));
    let rounds: Vec<v1::Round> = futures_util::future::join_all(rounds).await.iter().map(v1::Round::from).collect();

    let mut wrong = Vec::new();
    let mut n_samples = 0;
    for (row, round) in table.row.iter().zip(&rounds) {
        for family in Family::ALL.into_iter().filter(|f| *lab.available().get(*f)) {
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
    assert!(wrong.is_empty(), "{} of {n_samples} samples differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(n_samples >= table.row.len(), "every row is measured at least once");
}
