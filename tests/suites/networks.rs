//! Every faulty network of `causes.toml` leads to exactly its cause, evidence and standing, natively and at the edge, and
//! the worker publishes what follows from them: where the vantage is at fault, that, and nothing against a target.
//!
//! A suite of its own: it keeps the machine busy, and the rows on loopback are measured against the clock.

use dualwatch_core::{
    judge::diagnosis::{Conclusion, conclude},
    measure::{family::Family, round, vantage::Standing},
};
use dualwatch_simnet::{words::World, world};
use dualwatch_tests::{
    network::{look_around, measure},
    sentences,
    table::{NetworkRow, Table, slug as slug_of},
};
use dualwatch_wire::v1;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// As many networks at once: each has servers, a prober and a workerd of its own.
const NETWORKS_AT_ONCE: usize = 8;

#[test]
fn program_and_worker_are_exact_in_every_network() {
    if let Some(why) = world::refusal().expect("`cargo xtask test` gets every program") {
        return dualwatch_notrun::refused(why);
    }
    let table = Table::read();
    let mut networks: BTreeMap<(&str, &str), Vec<&NetworkRow>> = BTreeMap::new();
    for row in &table.network {
        networks.entry(row.network()).or_default().push(row);
    }
    let missing: Vec<_> =
        World::ALL.iter().filter(|world| !table.network.iter().any(|row| row.world == world.word())).collect();
    assert!(missing.is_empty(), "networks without a row: {missing:?}");

    let jobs: Vec<_> = networks.values().flat_map(|rows| Family::ALL.map(|over| (rows, over))).collect();
    let (jobs, wrong) = (Mutex::new(jobs), Mutex::new(Vec::new()));
    let take = || jobs.lock().unwrap_or_else(PoisonError::into_inner).pop();
    std::thread::scope(|threads| {
        for _ in 0..NETWORKS_AT_ONCE {
            threads.spawn(|| {
                while let Some((rows, over)) = take() {
                    let found = in_network(rows, over);
                    wrong.lock().unwrap_or_else(PoisonError::into_inner).extend(found);
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap_or_else(PoisonError::into_inner);
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

/// Returns what differs from the rows in their network.
fn in_network(rows: &[&NetworkRow], over: Family) -> Vec<String> {
    let seen = measure(rows, over, "inside_of_a_network");
    let mut wrong = Vec::new();
    for row in rows {
        let (slug, at) = (slug_of(&row.target), format!("{}, {}, fault over {over}", row.world, row.target));
        let native = std::iter::once(("native", &seen.native[&slug], false));
        let since = row.witness.as_ref().map_or("", |witness| began(&seen.edge[&slug_of(witness)][0]));
        let edge = seen.edge[&slug].iter().filter(|round| began(round) >= since);
        for (who, round, at_the_edge) in native.chain(edge.map(|round| ("worker", round, true))) {
            let at = format!("{at}, {who}");
            wrong.extend(row.differences(round, over, at_the_edge).iter().map(|d| format!("{at}: {d}")));
            let round: v1::Round = serde_json::from_value(round.clone()).expect("a round");
            let round = round::Round::from(round);
            for family in Family::ALL {
                wrong.extend(sentences::faults(family, round.samples.get(family)).iter().map(|f| format!("{at}: {f}")));
                wrong.extend(accuses(&round, family).map(|what| format!("{at}: {what}")));
            }
        }
        if !row.is_shown_by(&seen.edge[&slug], over) {
            wrong.push(format!("{at}, worker: no round shows the evidence: {:?}", seen.edge[&slug]));
        }
        wrong.extend(seen.published.differences(row, over).iter().map(|d| format!("{at}, published: {d}")));
    }
    wrong
}

/// Returns when a round began: as it is written, and so in the order of time.
fn began(round: &Value) -> &str {
    round["started_at"].as_str().expect("a time")
}

/// Whether a vantage that lacks something accuses over that family, or does not say what it lacks. An answer of the
/// target accuses all the same.
fn accuses(round: &round::Round, family: Family) -> Option<String> {
    let standing = *round.vantage.standing.get(family);
    if matches!(standing, Standing::Proven | Standing::Untested | Standing::Disputed) {
        return None;
    }
    if dualwatch_words::standing::consequence("here", family, standing).is_none() {
        return Some(format!("nothing is said of {standing:?}"));
    }
    match conclude(round.samples.get(family)) {
        Conclusion::Bad(cause) if !cause.proves_answer() => Some(format!("{cause} accuses over {family}")),
        _ => None,
    }
}

/// Does its work where [`measure`] runs it.
#[test]
fn inside_of_a_network() {
    look_around();
}
