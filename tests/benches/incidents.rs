//! What a round takes after it is measured: time through the step and the roll-ups, bytes of state, bytes on disk, and
//! the data of a page of 90 days. `cargo xtask bench incidents` runs it.
//!
//! The year is generated a day at a time, outside of what is timed. Where a ratio makes sense it is to writing the
//! round's JSON, which every host does with every round, in this run, on this core.

use dualwatch_core::{
    judge::{
        agreement::WellBefore,
        health::{self, Health},
        schedule::{Reach, late_after_ms},
    },
    measure::{
        family::PerFamily,
        round::Round,
        target::{Confirmation, Scheme},
        time::{DAY, MINUTE, Timestamp},
    },
    remember::{
        availability::{Past, Period, Window},
        history::{History, Record},
        rollup::{Rollup, bucket::Size},
        spell::{Facts, Track},
    },
    respond::incident::{
        self,
        step::{Observation, Seen, Sight},
    },
    watch::{self, Settings, Watch},
};
use dualwatch_tests::{
    kept::Kept,
    year::{self, Year},
};
use std::{
    hint::black_box,
    time::{Duration, Instant},
};

const ROUNDS_A_DAY: i64 = DAY / MINUTE;
/// Rounds a second per core through health, incidents, spells and roll-ups.
const AIM_ROUNDS_PER_S: f64 = 5e6;
const AIM_STATE_BYTES: usize = 1_000;
const AIM_YEAR_BYTES: u64 = 40_000_000;

/// All that a round changes for one target, but for what is usual of it.
struct State {
    health: PerFamily<Health>,
    last_at: Option<Timestamp>,
    incidents: incident::State,
    history: History,
    /// The parts of the hour and of the day that are not over: a host reads them from its rows.
    hour: Vec<Rollup>,
    day: Vec<Rollup>,
}

/// A round takes ten seconds at most.
const REACH: Reach = Reach::of(year::INTERVAL_S, 10_000);

/// Takes one round through the health of the families and the incidents; returns how many effects are requested.
fn step(state: &mut State, round: &Round) -> usize {
    state.health = health::step_round(state.health, state.last_at, year::INTERVAL_S, round, &Confirmation::default());
    state.last_at = Some(round.started_at);
    let families = PerFamily::from_fn(|family| Seen {
        health: *state.health.get(family),
        sample: round.samples.get(family),
        vantage: &round.vantage.name,
        heard_at: round.started_at,
        sight: Sight::CLEAR,
        standing: *round.vantage.standing.get(family),
        well_before: &WellBefore::NONE,
        excused_until: None,
    });
    let seen = Observation {
        at: round.started_at,
        now: round.started_at,
        late_after_ms: late_after_ms(year::INTERVAL_S),
        unstable_percent: Confirmation::default().unstable_percent,
        families,
        dual_stack: round.dual_stack,
    };
    incident::step::step_in_place(&mut state.incidents, &seen, &incident::Policy::default()).effects.len()
}

/// Takes one round through what is kept of it.
fn per_round(state: &mut State, round: &Round, keep: &mut impl FnMut(i64, &Rollup)) {
    let facts = Facts::of(round);
    for record in state.history.round(&facts, REACH).unwrap_or_default() {
        match record {
            Record::Spell(_, spell) => {
                black_box(spell);
            }
            Record::Rollup(bucket, rollup) => {
                keep(bucket.key(), &rollup);
                state.hour.push(*rollup);
            }
            Record::Fold(bucket) if bucket.size() == Size::Hour => {
                let hour = Rollup::sum(&state.hour);
                state.hour.clear();
                keep(bucket.key(), &hour);
                state.day.push(hour);
            }
            Record::Fold(bucket) => {
                keep(bucket.key(), &Rollup::sum(&state.day));
                state.day.clear();
            }
        }
    }
}

fn main() {
    let (mut decided, mut written, mut json) = (Taken::default(), Taken::default(), Taken::default());
    let (mut watched, mut watch, mut n_effects, mut remembered) = (Taken::default(), Watch::default(), 0, Vec::new());
    let mut stored = Taken::default();
    let settings = Settings {
        url: year::URL,
        own_vantage: "edge",
        interval_s: year::INTERVAL_S,
        timeout_ms: 10_000,
        unchanged_s: None,
        confirm: Confirmation::default(),
        incidents: incident::Policy::default(),
        scheme: Scheme::Https,
        windows: &[],
    };
    let (mut state, mut again) = (State::new(), State::new());
    let (mut n_json, mut largest, mut n_stepped) = (0, 0, 0);
    for day in 0..365 {
        let rounds = rounds_of(day);
        decided.time(|| {
            for round in &rounds {
                n_stepped += step(&mut state, round);
                per_round(&mut state, round, &mut |_, rollup| {
                    black_box(rollup);
                });
            }
        });
        written.time(|| {
            for round in &rounds {
                step(&mut again, round);
                per_round(&mut again, round, &mut |_, rollup| {
                    black_box(rollup.to_bytes());
                });
                black_box(again.history.to_bytes());
            }
        });
        let heard = rounds.clone();
        watched.time(|| {
            for round in heard {
                let now = round.started_at;
                n_effects += black_box(watch.hear(round, &settings, now)).effects.len();
            }
        });
        remembered.push(bytes_of(&watch).len());
        stored.time(|| {
            for _ in &rounds {
                black_box(read(&black_box(bytes_of(&watch))));
            }
        });
        json.time(|| {
            for round in &rounds {
                let document = dualwatch_wire::v1::Round::from(round);
                n_json += black_box(serde_json::to_string(&document).expect("a round is JSON")).len();
            }
        });
        largest = largest.max(state.history.to_bytes().len());
    }
    assert_eq!(state.history, again.history, "the same rounds lead to the same state");
    assert_eq!(n_stepped, n_effects, "what is timed alone is what every host does");

    println!("a year of one-minute rounds over both families, one core; fastest tenth of the days (median)\n");
    decided.print("the step and the roll-ups", &json);
    let rate = 1e9 / decided.fast();
    println!(
        "{:<34} {} (aim {:.0} million: {})",
        "",
        millions(rate),
        AIM_ROUNDS_PER_S / 1e6,
        is(rate >= AIM_ROUNDS_PER_S)
    );
    written.print("the same, rows and state written", &json);
    watched.print("all of it, with what is usual", &json);
    line("", &format!("{}, {n_effects} effects in the year", millions(1e9 / watched.fast())));
    stored.print("its state written and read", &json);
    json.print("the round's JSON, for comparison", &json);
    println!();
    remembered.sort_unstable();
    let (usual, most) = (remembered[remembered.len() / 2], remembered[remembered.len() - 1]);
    let all = largest + usual;
    line("state of a target, median", &format!("{all} B (aim {AIM_STATE_BYTES}: {})", is(all <= AIM_STATE_BYTES)));
    line("  history: spells and open sums", &format!("{largest} B at most"));
    line("  incidents, changes, what is usual", &format!("{usual} B at the median, {most} B at most"));
    line("JSON of a round, mean", &format!("{} B", n_json / year::N_ROUNDS as usize));
    on_disk();
}

/// What is remembered of the target beside its history, as it is stored.
fn bytes_of(watch: &Watch) -> Vec<u8> {
    watch.state.to_bytes(serde_json::to_vec).expect("what is rare is JSON")
}

fn read(bytes: &[u8]) -> watch::State {
    watch::State::from_bytes(bytes, serde_json::from_slice).expect("the bytes are read")
}

impl State {
    fn new() -> Self {
        Self {
            health: PerFamily::default(),
            last_at: None,
            incidents: incident::State::default(),
            history: History::new(year::BEGIN),
            hour: Vec::new(),
            day: Vec::new(),
        }
    }
}

/// Lives through the year on disk, one commit a round in the last week, and prints what there is at its end.
fn on_disk() {
    let dir = tempfile::tempdir().expect("a folder");
    let kept = Kept::create(&dir.path().join("target.sqlite")).expect("a file");
    let mut history = History::new(year::BEGIN);
    let mut commits = Taken::default();
    for day in 0..365 {
        let rounds = rounds_of(day);
        let keep = |kept: &Kept, round: &Round, history: &mut History| {
            kept.add_round(round)?;
            kept.keep(history.round(&Facts::of(round), REACH).unwrap_or_default(), round.started_at)?;
            kept.set_state(history)
        };
        if day < 358 {
            let all = |kept: &Kept| rounds.iter().try_for_each(|round| keep(kept, round, &mut history));
            kept.commit(all).expect("a day is kept");
        } else {
            commits.time(|| {
                for round in &rounds {
                    kept.commit(|kept| keep(kept, round, &mut history)).expect("a round is kept");
                }
            });
        }
    }
    let now = year::BEGIN + year::N_ROUNDS * MINUTE - 1;
    let bytes = kept.file_bytes().expect("a size");
    let (n_rounds, raw) = kept.size_of("rounds", "TRUE").expect("a size");
    line(
        "on disk after the year",
        &format!(
            "{:.1} MB (aim {:.0}: {})",
            bytes as f64 / 1e6,
            AIM_YEAR_BYTES as f64 / 1e6,
            is(bytes <= AIM_YEAR_BYTES)
        ),
    );
    line(
        "  rounds of seven days",
        &format!("{:.1} MB in {n_rounds}, {} B each", raw as f64 / 1e6, raw / n_rounds.max(1)),
    );
    for size in Size::ALL {
        let from = size.of(year::BEGIN).key() >> 32;
        let (n, bytes) = kept.size_of("rollups", &format!("key >> 32 = {from}")).expect("a size");
        line(
            &format!("  roll-ups of {}", size.code()),
            &format!("{:.1} MB in {n}, {} B each", bytes as f64 / 1e6, bytes / n.max(1)),
        );
    }
    let (n_spells, _) = kept.size_of("spells", "TRUE").expect("a size");
    line("  spells", &format!("{n_spells}"));
    let per_round = (bytes as f64 - raw as f64) / year::N_ROUNDS as f64;
    line("  a round of the year, once summed", &format!("{per_round:.1} B"));
    line("one commit a round", &format!("{:.1} µs, journal included, not synced", commits.fast() / 1e3));

    let query = fastest(|| kept.days(Window::ending(now, 90 * DAY), &history).expect("90 days").len());
    line("90 days of a page, one query", &format!("{:.2} ms, latencies included", query.as_secs_f64() * 1e3));
    let windows = fastest(|| {
        let spells = kept.spells(Track::Ipv6, &history).expect("spells");
        let past = Past { folded: &[], spells: &spells };
        Period::ALL.map(|period| past.over(period.ending(now)))
    });
    line(
        "availability, five exact windows",
        &format!("{:.3} ms from {n_spells} spells of all tracks", windows.as_secs_f64() * 1e3),
    );
}

fn rounds_of(day: i64) -> Vec<Round> {
    let first = day * ROUNDS_A_DAY;
    Year::rounds(first..first + ROUNDS_A_DAY).collect()
}

/// Nanoseconds per round, a value per day.
#[derive(Default)]
struct Taken(Vec<f64>);

impl Taken {
    fn time(&mut self, act: impl FnOnce()) {
        let begin = Instant::now();
        act();
        self.0.push(begin.elapsed().as_nanos() as f64 / ROUNDS_A_DAY as f64);
    }

    fn at(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted[((sorted.len() - 1) as f64 * share) as usize]
    }

    /// A machine that does other things too makes days slower, never faster.
    fn fast(&self) -> f64 {
        self.at(0.1)
    }

    fn print(&self, what: &str, json: &Self) {
        let ratio = self.fast() / json.fast();
        println!("{what:<34} {:>6.0} ns ({:.0}) a round, {ratio:.3} of its JSON", self.fast(), self.at(0.5));
    }
}

fn fastest<T>(mut act: impl FnMut() -> T) -> Duration {
    let times = (0..20).map(|_| {
        let begin = Instant::now();
        black_box(act());
        begin.elapsed()
    });
    times.min().unwrap_or_default()
}

fn line(what: &str, value: &str) {
    println!("{what:<34} {value}");
}

fn millions(rate: f64) -> String {
    format!("{:.1} million rounds/s", rate / 1e6)
}

const fn is(reached: bool) -> &'static str {
    if reached { "reached" } else { "not reached" }
}
