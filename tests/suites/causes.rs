//! Every behaviour of the lab leads to exactly the cause and evidence of `causes.toml`, over both families.

use dualwatch_core::{family::Family, vantage::Standing};
use dualwatch_prober::{Prober, native::Tokio};
use dualwatch_simnet::{Behaviour, Lab, Script, Service, script::Name, words::Doh};
use dualwatch_tests::table::Table;
use dualwatch_wire::v1;
use serde_json::json;

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

#[tokio::test]
async fn the_program_is_exact_on_every_resolver() {
    let table = Table::read();
    let script = Script::new().name("good.lab.test", Name::dual()).service("good", Service::both(Behaviour::default()));
    let lab = Lab::start(script).await.expect("the lab starts");
    assert_eq!(table.doh.len(), Doh::ALL.len(), "every behaviour of DNS over HTTPS has a row");
    for row in &table.doh {
        let doh = Doh::from_word(&row.word).unwrap_or_else(|| panic!("{} is no behaviour", row.word));
        let config = json!({
            "targets": [{ "url": format!("http://good.lab.test:{}/", lab.port("good")), "timeout": "1s" }],
            "controls": { "ipv4": [], "ipv6": [] },
            "resolvers": [lab.doh_url_that(doh)],
            "network": { "allow_private": true },
            "tls": { "roots": [lab.ca_pem()] },
        });
        let config = dualwatch_config::load(&config.to_string(), "dualwatch.yml", &|_| Err("no files here".into()))
            .unwrap_or_else(|findings| panic!("{findings:#?}"));
        let prober = Prober::new(Tokio::new(), config.policy, "native").expect("the lab's CA can be used");
        let round = v1::Round::from(&prober.round(&config.targets[0]).await);
        for family in Family::ALL.into_iter().filter(|f| *lab.available().get(*f)) {
            let sample = serde_json::to_value(round.sample(family)).unwrap();
            assert_eq!(sample["cause"], json!(row.cause), "{} over {family}: {sample}", row.word);
            for (name, value) in &row.evidence {
                assert_eq!(&sample["detail"][name], value, "{} over {family}: {sample}", row.word);
            }
        }
    }
}

#[tokio::test]
async fn the_program_is_exact_on_every_answer_of_a_name_server() {
    let table = Table::read();
    let host = |i: usize| format!("asked-{i}.lab.test");
    let script =
        table.name_server.iter().enumerate().fold(Script::new(), |s, (i, row)| s.name(&host(i), row.name.clone()));
    let lab = Lab::start(script).await.expect("the lab starts");
    for (i, row) in table.name_server.iter().enumerate() {
        for family in Family::ALL.into_iter().filter(|f| *lab.available().get(*f)) {
            let url = format!("dns://{}/{}?type={}", lab.resolver_over(family), host(i), row.ask);
            let config = json!({
                "targets": [{ "url": url, "timeout": "1s", "expect": row.expect }],
                "controls": { "ipv4": [], "ipv6": [] },
                "network": { "allow_private": true },
            });
            let config = dualwatch_config::load(&config.to_string(), "dualwatch.yml", &|_| Err("no files here".into()))
                .unwrap_or_else(|findings| panic!("{findings:#?}"));
            let prober = Prober::new(Tokio::new(), config.policy, "native").expect("the public roots");
            let round = v1::Round::from(&prober.round(&config.targets[0]).await);
            let sample = serde_json::to_value(round.sample(family)).unwrap();
            assert_eq!(sample["cause"], json!(row.cause), "{url}: {sample}");
            assert_eq!(sample["outcome"], if row.cause.is_some() { "failed" } else { "reached" }, "{url}: {sample}");
            for (name, value) in &row.evidence {
                assert_eq!(&sample["detail"][name], value, "{url}: {sample}");
            }
        }
    }
}
