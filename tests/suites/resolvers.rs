//! Every misbehaving resolver and every answer of a name server of `causes.toml`: by the program, and by the worker.

use dualwatch_core::measure::{cause::Cause, family::Family};
use dualwatch_prober::{Prober, native::Tokio};
use dualwatch_simnet::{
    Lab,
    script::{Behaviour, Name, Records, Script, Service},
    words::{Dns, Doh},
};
use dualwatch_tests::{
    native,
    table::{DohRow, NameServerRow, Table},
    worker::{Worker, eventually},
};
use dualwatch_wire::v1;
use serde_json::{Map, Value, json};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(30);

/// A target that is measured, and what must come of it.
struct Case<'a> {
    slug: String,
    families: Vec<Family>,
    cause: &'a Option<String>,
    evidence: &'a Map<String, Value>,
}

impl Case<'_> {
    fn check(&self, round: &v1::Round) {
        for family in &self.families {
            let sample = serde_json::to_value(round.sample(*family)).expect("JSON");
            let slug = &self.slug;
            assert_eq!(sample["cause"], json!(self.cause), "{slug} over {family}: {sample}");
            let outcome = if self.cause.is_some() { "failed" } else { "reached" };
            assert_eq!(sample["outcome"], outcome, "{slug} over {family}: {sample}");
            for (name, value) in self.evidence {
                assert_eq!(&sample["detail"][name], value, "{slug} over {family}: {sample}");
            }
        }
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

/// A good service, and a resolver that is good or not by its path.
fn doh_lab(runtime: &tokio::runtime::Runtime) -> Lab {
    let script = Script::new().name("good.lab.test", Name::dual()).service("good", Service::both(Behaviour::default()));
    runtime.block_on(Lab::start(script)).expect("the lab starts")
}

/// The resolver holds for a whole configuration: each row has one of its own.
fn doh<'a>(row: &'a DohRow, lab: &Lab) -> (Case<'a>, Value) {
    let behaves = Doh::from_word(&row.word).unwrap_or_else(|| panic!("{} is no behaviour", row.word));
    let slug = format!("doh-{}", row.word.replace('_', "-"));
    let url = format!("http://good.lab.test:{}/", lab.port("good"));
    let config = json!({
        "targets": [{ "name": slug, "slug": slug, "url": url, "interval": 5, "timeout": "2500ms" }],
        "controls": { "ipv4": [], "ipv6": [] },
        "resolvers": [lab.doh_url_that(behaves)],
        "network": { "allow_private": true },
        "tls": { "roots": [lab.ca_pem()] },
    });
    (Case { slug, families: lab.families(), cause: &row.cause, evidence: &row.evidence }, config)
}

fn host(i: usize) -> String {
    format!("asked-{i}.lab.test")
}

fn name_server_lab(runtime: &tokio::runtime::Runtime, rows: &[NameServerRow]) -> Lab {
    let script = rows.iter().enumerate().fold(Script::new(), |s, (i, row)| s.name(&host(i), row.name.clone()));
    runtime.block_on(Lab::start(script)).expect("the lab starts")
}

/// Each row is a target per family: the server's address decides over which family it is asked.
fn name_server<'a>(rows: &'a [NameServerRow], lab: &Lab) -> (Vec<Case<'a>>, Value) {
    let mut cases = Vec::new();
    let mut targets = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        for family in lab.families() {
            let slug = format!("asked-{i}-over-{}", family.code());
            let url = format!("dns://{}/{}?type={}", lab.resolver_over(family), host(i), row.ask);
            targets.push(
                json!({ "name": slug, "slug": slug, "url": url, "interval": 5, "timeout": "2500ms", "expect": row.expect }),
            );
            cases.push(Case { slug, families: vec![family], cause: &row.cause, evidence: &row.evidence });
        }
    }
    let config = json!({
        "targets": targets,
        "controls": { "ipv4": [], "ipv6": [] },
        "network": { "allow_private": true },
    });
    (cases, config)
}

/// Measures one round of every target, as the program does.
fn by_the_program(runtime: &tokio::runtime::Runtime, config: &Value) -> Vec<v1::Round> {
    let config = dualwatch_config::load(&config.to_string(), "dualwatch.yml", &|_| Err("no files here".into()))
        .unwrap_or_else(|findings| panic!("{findings:#?}"));
    let prober = Prober::new(Tokio::new(), config.policy, "native").expect("roots that can be used");
    runtime.block_on(native::rounds(&prober, &config.targets)).iter().map(v1::Round::from).collect()
}

/// Those of `causes.toml` and those of `hostile.toml`.
fn name_server_rows() -> Vec<NameServerRow> {
    [Table::read(), Table::hostile()].into_iter().flat_map(|table| table.name_server).collect()
}

fn by_the_worker(worker: &Worker, slug: &str) -> v1::Round {
    eventually(&format!("a round of {slug}"), SOON, || worker.target(slug).last_round)
}

#[test]
fn the_program_is_exact_on_every_resolver() {
    let (runtime, table) = (runtime(), Table::read());
    let lab = doh_lab(&runtime);
    assert_eq!(table.doh.len(), Doh::ALL.len(), "every behaviour of DNS over HTTPS has a row");
    for row in &table.doh {
        let (case, config) = doh(row, &lab);
        case.check(&by_the_program(&runtime, &config)[0]);
    }
}

#[test]
fn the_worker_is_exact_on_every_resolver() {
    let (runtime, table) = (runtime(), Table::read());
    let lab = doh_lab(&runtime);
    let data = tempfile::tempdir().expect("a folder");
    let worker = Worker::start(data.path());
    for row in &table.doh {
        let (case, config) = doh(row, &lab);
        worker.accept(&config.to_string());
        case.check(&by_the_worker(&worker, &case.slug));
    }
}

#[test]
fn the_program_is_exact_on_every_answer_of_a_name_server() {
    let (runtime, rows) = (runtime(), name_server_rows());
    let lab = name_server_lab(&runtime, &rows);
    let (cases, config) = name_server(&rows, &lab);
    let rounds = by_the_program(&runtime, &config);
    assert_eq!(cases.len(), rounds.len());
    for (case, round) in cases.iter().zip(&rounds) {
        case.check(round);
    }
}

#[test]
fn the_worker_is_exact_on_every_answer_of_a_name_server() {
    let (runtime, rows) = (runtime(), name_server_rows());
    let lab = name_server_lab(&runtime, &rows);
    let data = tempfile::tempdir().expect("a folder");
    let worker = Worker::start(data.path());
    let (cases, config) = name_server(&rows, &lab);
    worker.accept(&config.to_string());
    for case in &cases {
        case.check(&by_the_worker(&worker, &case.slug));
    }
}

/// A name that is there over one family is there: NXDOMAIN for the other is a fault of the name servers (RFC 4074 section 4.2),
/// also where an alias leads to it.
#[test]
fn a_name_that_is_denied_for_one_family_alone_is_told_so() {
    let (ipv4, ipv6) = ("127.0.0.1".parse().expect("an address"), "::1".parse().expect("an address"));
    let no_aaaa = Name { a: Records::Addresses(vec![ipv4]), aaaa: Records::Does(Dns::Nxdomain), ..Name::default() };
    let no_a = Name { a: Records::Does(Dns::Nxdomain), aaaa: Records::Addresses(vec![ipv6]), ..Name::default() };
    let alias = Name { cname: Some("no-aaaa.lab.test".to_owned()), ..Name::default() };
    let nowhere = Name { answer: Some(Dns::Nxdomain), ..Name::default() };
    let names = [("no-aaaa", no_aaaa), ("no-a", no_a), ("alias", alias), ("nowhere", nowhere)];
    let script =
        names.into_iter().fold(Script::new(), |script, (name, does)| script.name(&format!("{name}.lab.test"), does));
    let script = script.service("good", Service::both(Behaviour::default()));
    let runtime = runtime();
    let lab = runtime.block_on(Lab::start(script)).expect("the lab starts");
    for (name, denied, sentence) in [
        ("no-aaaa", Some(Family::Ipv6), "the name servers deny the whole name for IPv6, and have it for IPv4"),
        ("no-a", Some(Family::Ipv4), "the name servers deny the whole name for IPv4, and have it for IPv6"),
        ("alias", Some(Family::Ipv6), "the name servers deny the whole name for IPv6, and have it for IPv4"),
        ("nowhere", None, "the name does not exist"),
    ] {
        let url = format!("http://{name}.lab.test:{}/", lab.port("good"));
        let config = json!({
            "targets": [{ "name": name, "url": url }],
            "controls": { "ipv4": [], "ipv6": [] },
            "resolvers": [format!("tcp://{}", lab.resolver())],
            "network": { "allow_private": true },
        });
        let config =
            dualwatch_config::load(&config.to_string(), "test.yml", &|_| Err(String::new())).expect("a configuration");
        let prober = Prober::new(Tokio::new(), config.policy.clone(), "here").expect("a prober");
        let round = runtime.block_on(prober.round(&config.targets[0]));
        for family in Family::ALL {
            let sample = round.samples.get(family);
            let is_denied = denied.is_none_or(|denied| denied == family);
            assert_eq!(sample.cause == Some(Cause::DnsNxdomain), is_denied, "{name} over {family}: {sample:?}");
            assert_eq!(sample.evidence.exists_all_the_same, denied == Some(family), "{name} over {family}: {sample:?}");
            if is_denied {
                let said = dualwatch_words::sample_sentence(&url, family, sample);
                assert!(said.starts_with(&format!("{family}: {sentence}")), "{name}: {said}");
            }
        }
    }
}
