//! What readers get and what they cost: requests a second of the public answers beside a worker of a few lines of
//! JavaScript that answers constants of the same sizes on the same workerd, in turn; then how late rounds begin while
//! readers ask without pause. `cargo xtask bench api` runs it; all is on loopback.

mod baseline;
mod load;

use baseline::{Baseline, Constant};
use dualwatch_core::{
    judge::schedule::next_due,
    measure::{family::Family, time::Timestamp},
};
use dualwatch_simnet::{
    Lab, Script, Service,
    words::{Connect, Tcp},
};
use dualwatch_tests::worker::{Worker, eventually};
use dualwatch_wire::v1::Rounds;
use load::{N_READERS, Question, read};
use serde_json::json;
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    process::ExitCode,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

const STATUS: &str = "/api/v1/status";
const PAGE: &str = "/";
/// What is asked for, and what share of the worker of constants is the aim of it: with few targets, and with a thousand. A
/// path that is not answered is an error.
const PATHS: &[(&str, [f64; 2])] = &[
    (STATUS, [0.5, 0.25]),
    (PAGE, [0.5, 0.25]),
    ("/api/v2/summary.json", READ_BY_OTHERS),
    ("/feed.atom", READ_BY_OTHERS),
    ("/badge/t0.svg", READ_BY_OTHERS),
    ("/metrics", READ_BY_OTHERS),
];
/// Of what others have formats for.
const READ_BY_OTHERS: [f64; 2] = [0.6, 0.3];
/// So many targets there are.
const SIZES: [usize; 2] = [20, 1_000];
const INTERVAL_S: u32 = 60;
/// Each is asked so long, and so often in turn.
const SLICE: Duration = Duration::from_millis(1_200);
const N_SLICES: usize = 5;
/// More than one interval, so that every target is measured meanwhile.
const READING: Duration = Duration::from_secs(75);
/// So many ask while it is looked at how late rounds begin.
const READERS: [usize; 2] = [N_READERS, 64];
/// Every so many targets, one is refused over IPv6.
const ONE_REFUSED_IN: usize = 20;
/// No round begins later than that, in milliseconds.
const MOST_LATE_MS: i64 = 1_000;
/// An alarm may go off a little early.
const EARLY_MS: i64 = 500;

fn main() -> ExitCode {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let script = Script::new()
        .service("good", Service::good())
        .service("half", Service::good().over(Family::Ipv6, Connect::Refused))
        .service("control", Service::both(Tcp::Hold).as_control());
    let lab = runtime.block_on(Lab::start(script)).expect("the lab starts");
    let mut is_reached = true;
    // One size alone, where that is what is looked into.
    let only: Option<usize> = std::env::var("DUALWATCH_TARGETS").ok().and_then(|n| n.parse().ok());
    let is_asked_for = |(_, n): &(usize, usize)| only.is_none_or(|only| only == *n);
    for (size, n_targets) in SIZES.into_iter().enumerate().filter(is_asked_for) {
        let data = tempfile::tempdir().expect("a folder");
        let worker = Worker::start(data.path());
        worker.accept(&config(&lab, n_targets));
        eventually("every target is measured", Duration::from_mins(3), || {
            let status = worker.status();
            (status.targets.len() == n_targets && status.targets.iter().all(|t| t.last_round_at.is_some()))
                .then_some(())
        });
        settle(&worker, n_targets);
        is_reached &= compare(&runtime, &worker, n_targets, size);
        if n_targets == 1_000 {
            for n_readers in READERS {
                is_reached &= lateness(&runtime, &worker, n_targets, n_readers);
            }
        }
    }
    println!("{}", if is_reached { "every aim is reached" } else { "not every aim is reached" });
    if is_reached { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Waits until rounds begin when they are due. A thousand new targets are a rush of their own making: their first rounds are
/// all due within seconds, and what is slow then is measured again soon.
fn settle(worker: &Worker, n_targets: usize) {
    let is_on_time = |i: usize| {
        let last = worker.target(&slug(i)).last_round.expect("a round");
        late_ms(&slug(i), last.started_at) <= MOST_LATE_MS / 4
    };
    let begun = Instant::now();
    eventually("rounds begin when they are due", Duration::from_mins(10), || {
        std::thread::sleep(Duration::from_secs(5));
        (0..n_targets).step_by(n_targets.div_ceil(50)).all(is_on_time).then_some(())
    });
    println!("{n_targets} new targets: on time after {} s more", begun.elapsed().as_secs());
}

fn slug(i: usize) -> String {
    format!("t{i}")
}

/// `dualwatch.yml` (JSON is YAML): `localhost` needs no resolver.
fn config(lab: &Lab, n_targets: usize) -> String {
    let target = |i: usize| {
        let service = if i % ONE_REFUSED_IN == 7 { "half" } else { "good" };
        let url = format!("http://localhost:{}/", lab.port(service));
        json!({ "slug": slug(i), "name": format!("Service number {i}"), "url": url, "interval": INTERVAL_S, "timeout": "5s" })
    };
    let controls = lab.controls().as_ref().map(|_, all| all.iter().map(ToString::to_string).collect::<Vec<_>>());
    json!({
        "targets": (0..n_targets).map(target).collect::<Vec<_>>(),
        "controls": { "ipv4": controls.ipv4, "ipv6": controls.ipv6 },
        "network": { "allow_private": true },
    })
    .to_string()
}

/// Asks both in turn; returns whether the worker reaches its share.
fn compare(runtime: &tokio::runtime::Runtime, worker: &Worker, n_targets: usize, size: usize) -> bool {
    let address = worker.edge.addresses()[0];
    let answers: BTreeMap<&str, Constant> = PATHS
        .iter()
        .map(|(path, _)| {
            let path = *path;
            let (status, content_type, body) = worker.get(path);
            assert_eq!(status, 200, "{path}");
            (path, Constant { size: body.len(), content_type })
        })
        .collect();
    let other = Baseline::start(&answers);
    let sizes: Vec<String> = answers.iter().map(|(path, answer)| format!("{path} has {} bytes", answer.size)).collect();
    println!(
        "{n_targets} targets, {N_READERS} readers: {}; {N_SLICES} slices of {} ms each, in turn",
        sizes.join(", "),
        SLICE.as_millis(),
    );
    let mut is_reached = true;
    for (path, aims) in PATHS {
        let (path, aim) = (*path, aims[size]);
        for (what, method, is_known) in [("GET", "GET", false), ("HEAD", "HEAD", false), ("304", "GET", true)] {
            let ask = |address: SocketAddr, tag: &str| {
                let question = Question::new(address, method, path, is_known.then_some(tag));
                runtime.block_on(read(address, &[question], N_READERS, SLICE))
            };
            let (mut own, mut others, mut ratios, mut n_304) = (Vec::new(), Vec::new(), Vec::new(), 0);
            for _ in 0..N_SLICES {
                let tag = worker.get_with(path, &[]).1;
                let one = ask(address, &tag);
                let two = ask(other.address, &format!("\"{}\"", answers[path].size));
                ratios.push(one.per_second() / two.per_second());
                own.push(one.per_second());
                others.push(two.per_second());
                n_304 += one.n_304;
            }
            let ratio = median(&ratios);
            let (low, high) = ratios.iter().fold((f64::MAX, 0.0_f64), |(l, h), r| (l.min(*r), h.max(*r)));
            print!(
                "  {what:<4} {path:<20} {:>7.0}/s, constants {:>7.0}/s, ratio {ratio:.2} ({low:.2} to {high:.2})",
                median(&own),
                median(&others),
            );
            if is_known {
                // What changes while they ask is answered in full once more.
                print!(", {n_304} answers were 304");
            }
            if what == "GET" {
                let reached = ratio >= aim;
                is_reached &= reached;
                print!(", aim {aim}: {}", if reached { "reached" } else { "NOT REACHED" });
            }
            println!();
        }
    }
    is_reached
}

/// Lets readers ask without pause for more than an interval; returns whether no round of that time began late.
fn lateness(runtime: &tokio::runtime::Runtime, worker: &Worker, n_targets: usize, n_readers: usize) -> bool {
    let since = unix_ms();
    let address = worker.edge.addresses()[0];
    let questions = [STATUS, PAGE].map(|path| Question::new(address, "GET", path, None));
    let answers = runtime.block_on(read(address, &questions, n_readers, READING));
    let until = unix_ms();
    let (mut late, mut n_measured) = (Vec::new(), 0);
    for i in 0..n_targets {
        let slug = slug(i);
        let path = format!("/api/v1/targets/{slug}/rounds?from={since}&to={until}");
        let rounds = worker.document::<Rounds>(&path).rounds;
        n_measured += usize::from(!rounds.is_empty());
        late.extend(rounds.iter().map(|round| late_ms(&slug, round.started_at)));
    }
    late.sort_unstable();
    let p99 = late.get(late.len() * 99 / 100).copied().unwrap_or_default();
    let most = late.last().copied().unwrap_or_default();
    let is_reached = n_measured == n_targets && most <= MOST_LATE_MS;
    println!(
        "{n_readers} readers without pause for {} s ({:.0} answers/s, 99 of 100 within {} ms, the slowest {} ms), {n_targets} targets every \
         {INTERVAL_S} s: {} rounds of {n_measured} targets began at most {most} ms late, 99 of 100 at most {p99} ms; \
         aim {MOST_LATE_MS} ms: {}",
        READING.as_secs(),
        answers.per_second(),
        answers.within(0.99).as_millis(),
        answers.within(1.0).as_millis(),
        late.len(),
        if is_reached { "reached" } else { "NOT REACHED" },
    );
    is_reached
}

/// Returns how many milliseconds after its time on the grid a round began.
fn late_ms(slug: &str, started_at: Timestamp) -> i64 {
    let due = next_due(slug, INTERVAL_S, started_at + EARLY_MS - i64::from(INTERVAL_S) * 1_000);
    started_at.ms_since(due)
}

fn unix_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX))
}

/// Returns the middle value; 0 of none.
fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
