//! Every hostile behaviour of the lab, again and again, measured by the worker and by the program at once, and what
//! that takes of memory and time. The bounds stand here, and nowhere else.

use crate::{
    program::Vantage,
    table::Table,
    usage::{self, Memory},
    worker::Worker,
};
use dualwatch_core::measure::{family::Family, sample::Outcome, time::Timestamp};
use dualwatch_simnet::{
    Behaviour, Lab, Script, Service,
    script::Name,
    words::{Connect, Dns, Http, Tcp, Tls},
};
use dualwatch_wire::v1;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant},
};

/// The most resident memory of workerd without a target: itself, its V8, and the bundle with what is on its way, such as
/// the answers to whoever reads the rounds.
pub const WORKERD_KIB: u64 = 288 * 1024;
/// The most that every target adds to that, as long as it is measured every few seconds and so never put out of memory:
/// its object, and `SQLite`'s cache of its rounds, which grows with them up to its own limit of 2,000 KiB
/// (<https://www.sqlite.org/pragma.html#pragma_cache_size>).
pub const TARGET_KIB: u64 = 2_304;
/// The most resident memory of the program, with about 220 targets.
pub const PROGRAM_KIB: u64 = 64 * 1024;
/// What the median of the last quarter may be above that of the second one: the first fills caches, and those of
/// `SQLite` go on growing with what is stored, about 2 KiB for each round. What a hostile target sends is a MiB.
pub const GROWTH: f64 = 1.25;
/// What a probe may take beyond the target's timeout: timers of a busy machine, and whole milliseconds.
pub const MARGIN_MS: f64 = 500.0;
/// From so many runs on, times and growth are judged as well; below, only the most that was taken.
const MANY: usize = 100;
/// Short, so that silence costs little.
const TIMEOUT_MS: f64 = 1_500.0;
const INTERVAL: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// A busy machine may need so many times the time that the schedule takes.
const PATIENCE: u32 = 4;
const PROGRAM: &str = "program";

/// What one process took.
#[derive(Clone, Debug)]
pub struct Taken {
    pub who: &'static str,
    pub bound_kib: u64,
    pub samples: Vec<Memory>,
}

impl Taken {
    /// Returns the medians of the second and of the last quarter, in KiB.
    fn quarters(&self) -> (u64, u64) {
        let quarter = (self.samples.len() / 4).max(1);
        let median = |part: &[Memory]| {
            let mut part: Vec<u64> = part.iter().map(|memory| memory.now_kib).collect();
            part.sort_unstable();
            part.get(part.len() / 2).copied().unwrap_or_default()
        };
        let n = self.samples.len();
        (
            median(&self.samples[quarter.min(n)..(2 * quarter).min(n)]),
            median(&self.samples[n.saturating_sub(quarter)..]),
        )
    }

    fn peak_kib(&self) -> u64 {
        self.samples.iter().map(|memory| memory.peak_kib).max().unwrap_or_default()
    }

    /// Returns what is wrong.
    fn complaint(&self, n_runs: usize) -> Option<String> {
        let (early, late) = self.quarters();
        let who = self.who;
        if self.peak_kib() > self.bound_kib {
            return Some(format!("{who}: {} KiB at its peak, {} are the bound", self.peak_kib(), self.bound_kib));
        }
        let grows = n_runs >= MANY && late as f64 > early as f64 * GROWTH;
        grows.then(|| format!("{who}: grew from {early} to {late} KiB"))
    }
}

/// What a whole run took.
#[derive(Debug)]
pub struct Report {
    pub n_behaviours: usize,
    /// How often each behaviour was measured at least, by each.
    pub n_runs: usize,
    pub taken: [Taken; 2],
    /// The longest probe of the worker and of the program, in milliseconds, and of what.
    pub longest: [(f64, String); 2],
}

impl Report {
    /// Prints it, and fails where a bound does not hold.
    ///
    /// # Panics
    /// Where memory or time is above its bound.
    pub fn check(&self) {
        println!("{} behaviours, each at least {} times over both families, by each:", self.n_behaviours, self.n_runs);
        for taken in &self.taken {
            let first = taken.samples.first().map_or(0, |memory| memory.now_kib);
            let last = taken.samples.last().map_or(0, |memory| memory.now_kib);
            let (early, late) = taken.quarters();
            let [first, early, late, last, peak, bound] =
                [first, early, late, last, taken.peak_kib(), taken.bound_kib].map(|kib| kib / 1024);
            println!(
                "  {:<8} {first} MiB first, {early} in the second quarter, {late} in the last, {last} last, {peak} at its \
                 peak; bound {bound}",
                taken.who
            );
        }
        for (taken, (ms, what)) in self.taken.iter().zip(&self.longest) {
            println!("  longest probe of {}: {ms:.0} ms ({what}); timeout {TIMEOUT_MS} ms", taken.who);
        }
        let mut wrong: Vec<String> = self.taken.iter().filter_map(|taken| taken.complaint(self.n_runs)).collect();
        // A few runs among other tests say more of the machine than of us. So does workerd at any time: all targets
        // share one thread there, and a timer is late where that has no CPU. Its longest probe is only told.
        let (ms, what) = &self.longest[1];
        if self.n_runs >= MANY && *ms > TIMEOUT_MS + MARGIN_MS {
            wrong.push(format!("a probe of the program took {ms:.0} ms ({what})"));
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

/// Measures every behaviour at least `n_runs` times, with `n_copies` targets each.
///
/// # Panics
/// Where something does not start, or takes far longer than its schedule.
pub fn run(behaviours: &Behaviours, n_runs: usize, n_copies: usize) -> Report {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let lab = runtime.block_on(Lab::start(script(behaviours))).expect("the lab starts");
    let dir = tempfile::tempdir().expect("a folder");
    let worker = Worker::start(&dir.path().join("worker"));
    worker.accept(&config(&lab, behaviours, n_copies));
    let own = dir.path().join("vantage");
    std::fs::create_dir_all(&own).expect("a folder");
    let program = Vantage::start(&worker.edge.origin(), PROGRAM, &own);

    let began = Instant::now();
    let per_target = n_runs.div_ceil(n_copies);
    let n_targets = behaviours.len() * n_copies;
    let schedule = INTERVAL * (per_target as u32 + 1);
    let [mut of_worker, mut of_program] = [Vec::new(), Vec::new()];
    let mut all_done = false;
    while !all_done {
        assert!(
            began.elapsed() < schedule * PATIENCE + INTERVAL * 20,
            "not measured often enough in {PATIENCE} times the time"
        );
        thread::sleep(LOOK_EVERY);
        of_worker.push(usage::memory(worker.edge.id()));
        of_program.push(usage::memory(program.id()));
        if began.elapsed() > schedule {
            let mut names = behaviours.keys();
            all_done = names.all(|name| rounds(&worker, name, Timestamp::from_unix_ms(0)).0 >= per_target);
        }
    }
    let taken = [
        Taken { who: "workerd", bound_kib: workerd_kib(n_targets), samples: of_worker },
        Taken { who: PROGRAM, bound_kib: PROGRAM_KIB, samples: of_program },
    ];
    let longest = behaviours.keys().map(|name| rounds(&worker, name, Timestamp::from_unix_ms(0)).1);
    let longer = |a: [(f64, String); 2], b: [(f64, String); 2]| {
        let ([a0, a1], [b0, b1]) = (a, b);
        [if b0.0 > a0.0 { b0 } else { a0 }, if b1.0 > a1.0 { b1 } else { a1 }]
    };
    let longest = longest.reduce(longer).expect("there are behaviours");
    program.stop();
    Report { n_behaviours: behaviours.len(), n_runs, taken, longest }
}

/// The most resident memory of workerd with so many targets.
pub fn workerd_kib(n_targets: usize) -> u64 {
    WORKERD_KIB + n_targets as u64 * TARGET_KIB
}

/// How targets are attacked, by their names.
pub type Behaviours = BTreeMap<String, Attack>;

/// What a name resolves to, what its server does, and what is expected of it.
#[derive(Clone, Debug)]
pub struct Attack {
    name: Name,
    behaviour: Behaviour,
    scheme: String,
    /// The rest of the target.
    target: serde_json::Map<String, Value>,
}

/// Returns an attack for every word of the lab.
pub fn words() -> Behaviours {
    let mut all = Behaviours::new();
    let mut add = |kind: &str, word: &str, name: Name, behaviour: Behaviour| {
        let scheme = if behaviour.tls.is_some() { "https" } else { "http" }.to_owned();
        // Something is expected of the body, so that it is unpacked and searched.
        let expect = json!({ "body_matches": "(a|b)+c|.", "redirects": 5 });
        let target = [("expect".to_owned(), expect)].into_iter().collect();
        all.insert(format!("{kind}-{}", word.replace('_', "-")), Attack { name, behaviour, scheme, target });
    };
    for dns in Dns::ALL {
        add("dns", dns.word(), (*dns).into(), Behaviour::default());
    }
    for connect in Connect::ALL {
        add("connect", connect.word(), Name::dual(), (*connect).into());
    }
    for tls in Tls::ALL {
        add("tls", tls.word(), Name::dual(), (*tls).into());
    }
    for http in Http::ALL {
        add("http", http.word(), Name::dual(), (*http).into());
    }
    for tcp in Tcp::ALL {
        add("tcp", tcp.word(), Name::dual(), (*tcp).into());
    }
    all
}

/// Returns an attack for every row of `hostile.toml`.
pub fn rows() -> Behaviours {
    let rows = Table::hostile().row.into_iter().map(|row| {
        let scheme = row.scheme();
        let (slug, name) = (row.slug(), row.dns.unwrap_or_else(Name::dual));
        (slug, Attack { name, behaviour: row.behaviour.unwrap_or_default(), scheme, target: row.target })
    });
    rows.collect()
}

fn script(behaviours: &Behaviours) -> Script {
    let of_rows = Table { row: Vec::new(), ..Table::hostile() };
    behaviours.iter().fold(of_rows.script(), |script, (name, attack)| {
        let host = format!("{name}.lab.test");
        let service = Service::both(attack.behaviour.clone()).named(&[&host]);
        script.name(&host, attack.name.clone()).service(name, service)
    })
}

fn config(lab: &Lab, behaviours: &Behaviours, n_copies: usize) -> String {
    let targets = behaviours.iter().flat_map(|(name, attack)| {
        let path = if attack.scheme == "tcp" { "" } else { "/" };
        let url = format!("{}://{name}.lab.test:{}{path}", attack.scheme, lab.port(name));
        (0..n_copies).map(move |i| {
            let mut target =
                json!({ "slug": format!("{name}-{i}"), "url": url, "interval": "5s", "timeout": "1500ms" });
            target.as_object_mut().expect("an object").extend(attack.target.clone());
            target
        })
    });
    let controls = |family| lab.controls().get(family).iter().map(ToString::to_string).collect::<Vec<_>>();
    json!({
        "targets": targets.collect::<Vec<_>>(),
        "controls": { "ipv4": controls(Family::Ipv4), "ipv6": controls(Family::Ipv6) },
        "resolvers": [format!("tcp://{}", lab.resolver())],
        "network": { "allow_private": true },
        "tls": { "roots": [lab.ca_pem()] },
    })
    .to_string()
}

/// Returns how many rounds a behaviour's first target has, of the vantage that has fewer, and the longest probe of each.
fn rounds(worker: &Worker, name: &str, from: Timestamp) -> (usize, [(f64, String); 2]) {
    let (mut counts, mut longest) = ([0_usize; 2], [(0.0, String::new()), (0.0, String::new())]);
    let mut next = Some(from);
    while let Some(from) = next {
        let path = format!("/api/v1/targets/{name}-0/rounds?from={}", from.unix_ms());
        let page: v1::Rounds = worker.document(&path);
        for round in &page.rounds {
            let who = usize::from(round.vantage.name == PROGRAM);
            counts[who] += 1;
            for family in Family::ALL {
                let took = took_ms(round.sample(family));
                if took > longest[who].0 {
                    longest[who] = (took, format!("{name} over {family}"));
                }
            }
        }
        next = page.next_from;
    }
    (counts[0].min(counts[1]), longest)
}

/// How long a probe took until it reached its target or failed.
pub fn took_ms(sample: &v1::Sample) -> f64 {
    let phases = sample.phases_ms;
    if sample.outcome == Outcome::Reached {
        return phases.total.unwrap_or_default();
    }
    let before = [phases.resolve, phases.connect, phases.tls].into_iter().flatten().sum::<f64>();
    before + sample.detail.as_ref().and_then(|detail| detail.elapsed_ms).unwrap_or_default()
}
