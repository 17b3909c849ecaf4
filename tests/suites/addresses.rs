//! Addresses that say less than they seem, and names that are looked up as they are: by the program, and by the worker.

use dualwatch_core::measure::{family::Family, sample::Outcome};
use dualwatch_prober::{Prober, native::Tokio};
use dualwatch_simnet::{
    Lab,
    script::{Behaviour, Name, Script, Service},
};
use dualwatch_tests::worker::{Worker, eventually};
use dualwatch_wire::v1;
use serde_json::{Value, json};
use std::{net::IpAddr, time::Duration};

const SOON: Duration = Duration::from_secs(30);

/// A name, its addresses, and what is said of each family: words that must be there, in the sentence of the program.
struct Row {
    name: &'static str,
    addresses: &'static [&'static str],
    ipv4: (Outcome, &'static str),
    ipv6: (Outcome, &'static str),
}

const REACHED: (Outcome, &str) = (Outcome::Reached, "reached ");
const NONE: &str = "no destination: ";

const ROWS: &[Row] = &[
    Row {
        name: "translated",
        addresses: &["127.0.0.1", "64:ff9b::7f00:1"],
        ipv4: REACHED,
        ipv6: (
            Outcome::Skipped,
            "no AAAA record of its own: IPv4 only by design; 64:ff9b::7f00:1 stands for 127.0.0.1",
        ),
    },
    Row {
        name: "translated-locally",
        addresses: &["127.0.0.1", "64:ff9b:1::7f00:1"],
        ipv4: REACHED,
        ipv6: (Outcome::Skipped, "64:ff9b:1::7f00:1 stands for 127.0.0.1"),
    },
    Row {
        name: "translated-by-this-network",
        addresses: &["127.0.0.1", "2001:db8:64::7f00:1"],
        ipv4: REACHED,
        ipv6: (Outcome::Skipped, "2001:db8:64::7f00:1 stands for 127.0.0.1"),
    },
    Row { name: "of-its-own", addresses: &["127.0.0.1", "::1"], ipv4: REACHED, ipv6: REACHED },
    Row {
        name: "link-local",
        addresses: &["127.0.0.1", "fe80::1"],
        ipv4: REACHED,
        ipv6: (Outcome::Failed, "no destination: fe80::1 is link-local"),
    },
    Row {
        name: "link-local-beside-another",
        addresses: &["127.0.0.1", "::1", "fe80::1"],
        ipv4: REACHED,
        ipv6: (Outcome::Reached, "; no destination: fe80::1 is link-local"),
    },
    Row {
        name: "sink",
        addresses: &["0.0.0.0", "::"],
        ipv4: (Outcome::Failed, "0.0.0.0 means \"none\"; it is what a filtering resolver answers"),
        ipv6: (Outcome::Failed, ":: means \"none\"; it is what a filtering resolver answers"),
    },
    Row { name: "half-a-sink", addresses: &["0.0.0.0", "::1"], ipv4: (Outcome::Failed, NONE), ipv6: REACHED },
    Row {
        name: "groups",
        addresses: &["224.0.0.1", "ff02::1"],
        ipv4: (Outcome::Failed, "224.0.0.1 is multicast"),
        ipv6: (Outcome::Failed, "ff02::1 is multicast"),
    },
    Row {
        name: "everybody",
        addresses: &["255.255.255.255", "::1"],
        ipv4: (Outcome::Failed, "255.255.255.255 is broadcast"),
        ipv6: REACHED,
    },
    Row { name: "-begins-with-a-hyphen", addresses: &["127.0.0.1", "::1"], ipv4: REACHED, ipv6: REACHED },
    Row { name: "alias", addresses: &[], ipv4: REACHED, ipv6: REACHED },
];

fn addresses(texts: &[&str]) -> Vec<IpAddr> {
    texts.iter().map(|text| text.parse().expect("an address")).collect()
}

/// A network that translates: it has addresses for the name that has none (RFC 7050).
fn script() -> Script {
    let made = addresses(&["192.0.0.170", "192.0.0.171", "2001:db8:64::c000:aa", "2001:db8:64::c000:ab"]);
    let script = Script::new().name("ipv4only.arpa", Name::addresses(&made));
    let script = ROWS.iter().fold(script, |script, row| {
        let name = match row.addresses {
            [] => Name::cname("-begins-with-a-hyphen.lab.test"),
            listed => Name::addresses(&addresses(listed)),
        };
        script.name(&format!("{}.lab.test", row.name), name)
    });
    script.service("good", Service::both(Behaviour::default()))
}

fn config(lab: &Lab) -> Value {
    let target = |row: &Row| {
        let url = format!("http://{}.lab.test:{}/", row.name, lab.port("good"));
        json!({ "name": row.name, "slug": row.name.trim_start_matches('-'), "url": url, "interval": 5 })
    };
    json!({
        "targets": ROWS.iter().map(target).collect::<Vec<_>>(),
        "controls": { "ipv4": [], "ipv6": [] },
        "resolvers": [format!("tcp://{}", lab.resolver())],
        "network": { "allow_private": true },
    })
}

fn check(row: &Row, round: &v1::Round, lab: &Lab) {
    for family in lab.families() {
        let sample = round.sample(family).clone().into();
        let (outcome, words) = if family == Family::Ipv4 { row.ipv4 } else { row.ipv6 };
        let said = dualwatch_words::sample_sentence(&round.target, family, &sample);
        assert!(said.contains(words), "{}: {said}", row.name);
        assert_eq!(sample.outcome, outcome, "{}: {said}", row.name);
    }
}

fn lab() -> (tokio::runtime::Runtime, Lab) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let lab = runtime.block_on(Lab::start(script())).expect("the lab starts");
    (runtime, lab)
}

#[test]
fn the_program_says_what_an_address_is() {
    let (runtime, lab) = lab();
    let config = dualwatch_config::load(&config(&lab).to_string(), "test.yml", &|_| Err(String::new()))
        .expect("a configuration");
    let prober = Prober::new(Tokio::new(), config.policy.clone(), "here").expect("a prober");
    for (row, target) in ROWS.iter().zip(&config.targets) {
        let round = runtime.block_on(prober.round(target));
        check(row, &v1::Round::from(&round), &lab);
    }
}

/// Who has more addresses than are kept is told how many.
#[test]
fn addresses_that_are_not_kept_are_counted() {
    let many: Vec<IpAddr> = std::iter::once("::1".to_owned())
        .chain((1..100).map(|i| format!("2001:db8::{i:x}")))
        .map(|text| text.parse().expect("an address"))
        .collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let script = Script::new().name("many.lab.test", Name::addresses(&many));
    let lab = runtime
        .block_on(Lab::start(script.service("good", Service::both(Behaviour::default()))))
        .expect("the lab starts");
    let url = format!("http://many.lab.test:{}/", lab.port("good"));
    let config = json!({
        "targets": [{ "name": "many", "url": url }],
        "controls": { "ipv4": [], "ipv6": [] },
        "resolvers": [format!("tcp://{}", lab.resolver())],
        "network": { "allow_private": true },
    });
    let config =
        dualwatch_config::load(&config.to_string(), "test.yml", &|_| Err(String::new())).expect("a configuration");
    let prober = Prober::new(Tokio::new(), config.policy.clone(), "here").expect("a prober");
    let round = runtime.block_on(prober.round(&config.targets[0]));
    let said = dualwatch_words::sample_sentence(&round.target, Family::Ipv6, &round.samples.ipv6);
    assert!(said.ends_with("; of 100 IPv6 addresses of the name 64 are kept"), "{said}");
}

#[test]
fn the_worker_says_the_same_and_publishes_it() {
    let (_runtime, lab) = lab();
    let data = tempfile::tempdir().expect("a folder");
    let worker = Worker::start(data.path());
    worker.accept(&config(&lab).to_string());
    for row in ROWS {
        let slug = row.name.trim_start_matches('-');
        let detail = eventually(&format!("a round of {slug}"), SOON, || {
            let detail = worker.target(slug);
            detail.last_round.is_some().then_some(detail)
        });
        check(row, &detail.last_round.expect("a round"), &lab);
        if row.name == "translated" && lab.families().contains(&Family::Ipv6) {
            let facts = serde_json::to_value(&detail.status.ipv6).expect("JSON");
            let unfit = json!([{ "address": "64:ff9b::7f00:1", "why": "translated", "holds": "127.0.0.1" }]);
            assert_eq!((&facts["unfit"], &facts["state"]), (&unfit, &json!("unknown")), "{facts}");
        }
    }
}
