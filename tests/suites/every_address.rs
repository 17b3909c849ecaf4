//! `addresses: every`: one dead of three, all but one, one that comes and goes, and a name whose answers go round: state, words,
//! rate and who meets it; by the engine from what the program measures, and by the worker on workerd.

use dualwatch_clients::{Class, Fault, Protocol, groups};
use dualwatch_core::{
    judge::addresses::Addresses,
    measure::{
        cause::Cause,
        every::Turn,
        family::{Family, PerFamily},
        target::{Confirmation, Scheme, Target},
        time::{MINUTE, Timestamp},
    },
    respond::{incident, report::Context},
    watch::{Settings, Watch},
};
use dualwatch_prober::{Prober, native::Tokio};
use dualwatch_simnet::{
    Lab,
    script::{Behaviour, Name, Script, Service},
};
use dualwatch_tests::{
    namespace,
    worker::{Worker, eventually},
};
use dualwatch_wire::{
    answer::language::Language,
    v1::{FamilyAddresses, TargetDetail, status::State},
};
use dualwatch_words::{every_address, every_address_in};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Write},
    net::{IpAddr, Ipv4Addr, TcpListener, TcpStream},
    time::Duration,
};

/// Two and more rounds of five seconds each, on a machine that is busy.
const SOON: Duration = Duration::from_secs(90);
/// Those of 127.0.0.0/8 that answer; the others refuse.
const LIVE: [u8; 4] = [1, 3, 5, 7];

/// A name, and its answers in turn; which states, remarks and rate they come to.
struct Row {
    name: &'static str,
    answers: &'static [&'static [u8]],
    check: fn(&FamilyAddresses),
}

const ROWS: &[Row] = &[
    Row { name: "one-dead-of-three", answers: &[&[1, 2, 3]], check: one_dead_of_three },
    Row { name: "all-but-one", answers: &[&[2, 4, 6, 1]], check: all_but_one },
    Row { name: "comes-and-goes", answers: &[&[1, 3, 5], &[1, 3]], check: comes_and_goes },
    Row { name: "goes-round", answers: &[&[1, 3], &[2, 5]], check: goes_round },
    Row { name: "all-are-dead", answers: &[&[2, 4]], check: all_are_dead },
];

fn address(n: u8) -> IpAddr {
    Ipv4Addr::new(127, 0, 0, n).into()
}

fn name(answer: &[u8]) -> Name {
    Name::addresses(&answer.iter().map(|n| address(*n)).collect::<Vec<_>>())
}

fn host(name: &str) -> String {
    format!("{name}.lab.test")
}

/// The states of the addresses, by the last number of each.
fn states(told: &FamilyAddresses) -> Vec<(u8, State)> {
    let last = |address: IpAddr| match address {
        IpAddr::V4(v4) => v4.octets()[3],
        IpAddr::V6(_) => 0,
    };
    let mut states: Vec<(u8, State)> = told.addresses.iter().map(|a| (last(a.address), a.state)).collect();
    states.sort_by_key(|(n, _)| *n);
    states
}

fn one_dead_of_three(told: &FamilyAddresses) {
    assert_eq!(states(told), [(1, State::Up), (2, State::Down), (3, State::Up)]);
    assert_eq!((told.failing, told.of, told.failing_percent), (1, 3, Some(33.3)));
    assert_eq!(told.text[0], "1 of 3 IPv4 addresses does not answer");
    assert_eq!(told.text[1], "A client that takes one of them at random, and no other, fails with 33 % of its visits");
    let dead = told.addresses.iter().find(|a| a.address == address(2)).expect("it");
    assert!(dead.since.is_some() && dead.detail.as_ref().is_some_and(|d| d.elapsed_ms.is_some()), "{dead:?}");
    assert_eq!((dead.turns.len(), dead.visits), (1, dead.failures));
    let real = told.real_clients.as_ref().expect("who meets it");
    let text = &real.lines[0].text;
    // The edge's runtime does not tell who refuses from who is silent, and what was not told apart was not measured.
    if dead.cause == Some(Cause::TcpRefused) {
        assert_eq!(real.fault, "ipv4_refused", "{real:?}");
        assert!(text.starts_with("Fail when they take such an address first") && text.contains("Java"), "{real:?}");
    } else {
        assert_eq!(dead.cause, Some(Cause::TcpNoConnection));
        assert!(text.starts_with("What real clients do then was not measured"), "{real:?}");
    }
}

fn all_but_one(told: &FamilyAddresses) {
    assert_eq!(states(told), [(1, State::Up), (2, State::Down), (4, State::Down), (6, State::Down)]);
    assert_eq!((told.text[0].as_str(), told.failing_percent), ("3 of 4 IPv4 addresses do not answer", Some(75.0)));
}

fn comes_and_goes(told: &FamilyAddresses) {
    let unsteady: Vec<_> = told.addresses.iter().filter(|a| a.comes_and_goes.is_some()).map(|a| a.address).collect();
    assert_eq!((unsteady, told.rotates), (vec![address(5)], false));
    assert_eq!(states(told), [(1, State::Up), (3, State::Up), (5, State::Up)]);
    assert!(told.text.iter().any(|line| line.contains("it comes and goes: ")), "{:?}", told.text);
    assert_eq!((told.failing_percent, told.gone.len()), (None, 0));
}

fn goes_round(told: &FamilyAddresses) {
    assert!(told.rotates && told.addresses.iter().all(|a| a.comes_and_goes.is_none()), "{told:?}");
    assert_eq!(states(told), [(1, State::Up), (2, State::Down), (3, State::Up), (5, State::Up)]);
    assert_eq!((told.failing, told.of), (1, 4));
    let percent = told.failing_percent.expect("a rate");
    assert!((20.0..=30.0).contains(&percent), "{percent}");
    assert!(told.text.iter().any(|line| line.starts_with("Each answer of the name has a few")), "{:?}", told.text);
}

fn all_are_dead(told: &FamilyAddresses) {
    assert_eq!(states(told), [(2, State::Down), (4, State::Down)]);
    assert_eq!((told.failing_percent, told.real_clients.as_ref()), (None, None), "that is the family's");
}

/// Listens on one port of these, and answers everybody; returns the port.
fn serve(live: &[IpAddr]) -> u16 {
    let listeners = (0..50).find_map(|_| {
        let first = TcpListener::bind((live[0], 0)).ok()?;
        let port = first.local_addr().ok()?.port();
        let others = live[1..].iter().map(|at| TcpListener::bind((*at, port)).ok());
        let all: Option<Vec<TcpListener>> = std::iter::once(Some(first)).chain(others).collect();
        Some((port, all?))
    });
    let (port, listeners) = listeners.expect("a port that is free on all of them");
    for listener in listeners {
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                std::thread::spawn(move || answer(stream));
            }
        });
    }
    port
}

fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok")
}

fn lab() -> (tokio::runtime::Runtime, Lab, Value) {
    let names: Vec<(&str, Name)> = ROWS.iter().map(|row| (row.name, name(row.answers[0]))).collect();
    lab_of(&names, &LIVE.map(address))
}

/// A lab with these names, a server on the addresses that are alive, and the configuration that measures the names there.
fn lab_of(names: &[(&str, Name)], live: &[IpAddr]) -> (tokio::runtime::Runtime, Lab, Value) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let script = names.iter().fold(Script::new(), |script, (of, name)| script.name(&host(of), name.clone()));
    let script = script.service("good", Service::both(Behaviour::default()));
    let lab = runtime.block_on(Lab::start(script)).expect("the lab starts");
    let port = serve(live);
    let target = |(name, _): &(&str, Name)| {
        let url = format!("http://{}:{port}/", host(name));
        json!({ "name": name, "slug": name, "url": url, "interval": 5, "timeout": "5s" })
    };
    let config = json!({
        "addresses": "every",
        "targets": names.iter().map(target).collect::<Vec<_>>(),
        "controls": { "ipv4": [], "ipv6": [] },
        "resolvers": [format!("tcp://{}", lab.resolver())],
        "network": { "allow_private": true },
    });
    (runtime, lab, config)
}

/// Measures a target round after round, as the worker does, but a minute apart whatever the time is; its name has the answers in
/// turn.
fn watch(
    prober: &Prober<Tokio>,
    runtime: &tokio::runtime::Runtime,
    lab: &Lab,
    answers: &[Name],
    target: &Target,
) -> Watch {
    let mut watch = Watch::default();
    let url = target.url();
    let settings = Settings {
        url: &url,
        own_vantage: "here",
        interval_s: 60,
        timeout_ms: 10_000,
        unchanged_s: None,
        confirm: Confirmation::default(),
        incidents: incident::Policy::default(),
        scheme: Scheme::Http,
        windows: &[],
    };
    for i in 0..12_usize {
        lab.set_name(&host(&target.slug), answers[i % answers.len()].clone());
        let turn = Turn { known: watch.state.addresses.known(), ..Turn::default() };
        let mut round = runtime.block_on(prober.round_in_turn(target, &turn));
        round.started_at = Timestamp::from_unix_ms(1_795_428_720_000) + i64::try_from(i).expect("few") * MINUTE;
        let at = round.started_at;
        assert!(watch.hear(round, &settings, at).accepted);
    }
    watch
}

#[test]
fn the_engine_tells_each_address_from_what_the_program_measures() {
    let (runtime, lab, config) = lab();
    let config =
        dualwatch_config::load(&config.to_string(), "test.yml", &|_| Err(String::new())).expect("a configuration");
    let prober = Prober::new(Tokio::new(), config.policy.clone(), "here").expect("a prober");
    for (row, target) in ROWS.iter().zip(&config.targets) {
        let answers: Vec<Name> = row.answers.iter().map(|answer| name(answer)).collect();
        let watch = watch(&prober, &runtime, &lab, &answers, target);
        let every = every_address(&watch.state.addresses, &target.url(), &[]).expect("each address");
        (row.check)(&every.ipv4.expect("IPv4"));
        let is_down = row.name == "all-are-dead";
        assert_eq!(watch.incident().is_some(), is_down, "{}: only where all fail it is an outage", row.name);
        watch.incident().into_iter().for_each(report_of_all);
        let text = serde_json::to_vec(&watch.state.addresses).expect("JSON");
        assert!(text.len() < 400 * watch.state.addresses.ipv4.rows.len() + 1_000, "{}: {} B", row.name, text.len());
    }
}

/// The report tells each address: since when it fails, why, and in how many visits.
fn report_of_all(incident: &incident::Incident) {
    let report = dualwatch_words::report::report("all-are-dead", "All", incident, &Context::default());
    let told: Vec<_> = report.addresses.iter().map(|a| (a.address, a.visits == a.failures, a.cause)).collect();
    assert_eq!(told, [2, 4].map(|n| (address(n), true, Some(Cause::TcpRefused))), "{report:?}");
    for told in &report.addresses {
        assert!(told.visits > 5 && told.from == Some(incident.began().by) && told.to > told.from, "{told:?}");
        assert!(told.text.ends_with(&format!("{0} of {0} visits failed", told.visits)), "{told:?}");
    }
    let document = dualwatch_wire::v1::Incident::of("all-are-dead", "All", incident);
    let text = dualwatch_words::report::markdown(&document, &report, None);
    assert!(text.contains("## Each address of the name\n\n- 127.0.0.2: failed from "), "{text}");
}

/// Of three addresses one refuses, or a router prohibits the way to it.
const OVER_IPV6: [(&str, [&str; 3], Fault); 2] = [
    ("refuses", ["fd00::1", "fd00::2", "fd00::3"], Fault::Refused),
    ("prohibited", ["fd00::1", "fd00:f::2", "fd00::3"], Fault::Prohibited),
];

/// The addresses that answer and the one that refuses, and a way that is prohibited.
const IPV6: &str = "ip link set lo up; for n in 1 2 3; do ip -6 addr add fd00::$n/128 dev lo nodad; done; \
                    ip -6 route add prohibit fd00:f::/64";

#[test]
fn over_ipv6_those_who_meet_a_dead_address_are_named() {
    if !namespace::is_inside("over_ipv6_those_who_meet_a_dead_address_are_named", IPV6) {
        return;
    }
    let at = |text: &str| text.parse::<IpAddr>().expect("an address");
    let names =
        OVER_IPV6.map(|(name, all, _)| (name, Name::addresses(&[all.map(at).as_slice(), &[address(1)]].concat())));
    let (runtime, lab, config) = lab_of(&names, &[at("fd00::1"), at("fd00::3"), address(1)]);
    let config =
        dualwatch_config::load(&config.to_string(), "test.yml", &|_| Err(String::new())).expect("a configuration");
    let prober = Prober::new(Tokio::new(), config.policy.clone(), "here").expect("a prober");
    for ((_, all, fault), ((_, answer), target)) in OVER_IPV6.iter().zip(names.iter().zip(&config.targets)) {
        let watch = watch(&prober, &runtime, &lab, std::slice::from_ref(answer), target);
        let every = every_address(&watch.state.addresses, &target.url(), &["nginx".to_owned()]).expect("each address");
        let told = every.ipv6.expect("IPv6");
        let dead = told.addresses.iter().filter(|a| a.state == State::Down).map(|a| a.address.to_string());
        assert_eq!((dead.collect::<Vec<_>>(), told.failing, told.of), (vec![all[1].to_owned()], 1, 3), "{told:?}");
        assert_eq!(told.text[0], "1 of 3 IPv6 addresses does not answer");
        assert_eq!(every.ipv4.expect("IPv4").failing, 0);
        let fails = groups(*fault, Protocol::Http).into_iter().find(|group| group.class == Class::Fails).expect("some");
        for language in Language::ALL {
            let lines = every_address_in(language, Family::Ipv6, &told, &target.url(), &|cause| cause.to_string());
            // Those who take one address and stay there, by name; and what becomes of the operator's own.
            for fared in fails.clients.iter().take(8) {
                assert!(lines.iter().any(|line| line.contains(fared.client.name)), "{}: {lines:?}", fared.client.name);
            }
            assert!(lines.iter().any(|line| line.starts_with("nginx (proxy_pass) 1.")), "{lines:?}");
        }
        assert!(watch.incident().is_none());
    }
}

#[test]
fn a_target_that_does_not_ask_for_it_keeps_nothing_of_it() {
    let (runtime, lab, mut config) = lab();
    config["addresses"] = json!("first");
    let config =
        dualwatch_config::load(&config.to_string(), "test.yml", &|_| Err(String::new())).expect("a configuration");
    let prober = Prober::new(Tokio::new(), config.policy.clone(), "here").expect("a prober");
    let watch = watch(&prober, &runtime, &lab, &[name(ROWS[0].answers[0])], &config.targets[0]);
    assert_eq!(watch.state.addresses, Addresses::default());
    let samples: &PerFamily<_> = &watch.progress[0].round.samples;
    assert!(samples.iter().all(|(_, sample)| sample.each.is_empty()));
    assert_eq!(samples.get(Family::Ipv4).evidence.warning, None, "as ever, one that answers speaks for all");
}

/// Returns what the worker knows of the IPv4 addresses of a target.
fn told(detail: &TargetDetail) -> Option<FamilyAddresses> {
    detail.addresses.clone()?.ipv4
}

#[test]
fn the_worker_tells_the_same_and_publishes_it() {
    let (_runtime, lab, config) = lab();
    let data = tempfile::tempdir().expect("a folder");
    let worker = Worker::start(data.path());
    worker.accept(&config.to_string());
    let mut heard = vec![0; ROWS.len()];
    // A name answers otherwise after each round; as often as it takes to tell how it does.
    eventually("twelve rounds of each", 2 * SOON, || {
        for (row, heard) in ROWS.iter().zip(&mut heard) {
            let n = worker.target(row.name).n_rounds;
            if n > *heard {
                *heard = n;
                let at = usize::try_from(n).expect("few") % row.answers.len();
                lab.set_name(&host(row.name), name(row.answers[at]));
            }
        }
        heard.iter().all(|n| *n >= 12).then_some(())
    });
    for row in ROWS {
        let detail = worker.target(row.name);
        (row.check)(&told(&detail).expect("each address"));
        let facts = &detail.status.ipv4;
        let (state, degraded) = match row.name {
            "all-are-dead" => (State::Down, false),
            "comes-and-goes" => (State::Up, false),
            _ => (State::Up, true),
        };
        assert_eq!((facts.state, facts.degraded), (state, degraded), "{}: {facts:?}", row.name);
    }
    let (status, _, page) = worker.get("/targets/one-dead-of-three");
    assert_eq!(status, 200);
    for words in ["Each address", "1 of 3 IPv4 addresses does not answer", "127.0.0.2: down since "] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let (_, _, german) = worker.get("/targets/one-dead-of-three?lang=de");
    assert!(german.contains("1 von 3 IPv4-Adressen antwortet nicht"), "{german}");
    assert!(worker.incidents("one-dead-of-three").is_empty() && worker.incidents("all-are-dead").len() == 1);
}
