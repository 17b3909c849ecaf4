//! Rounds of the past through the same engine that watches the present.
//!
//! In scope: rounds of any number of targets in, and out come what happened when, the incidents with their reports, and
//! the availability. Out of scope: reading files and printing (the program), deciding (`dualwatch-core`).
//!
//! The order in which rounds are handed in does not matter, and a round that is there twice counts once.

mod lines;
mod target;

pub use lines::{BadLine, parse};
pub use target::{Arrivals, Event, TargetReplay};

use dualwatch_config::Config;
use dualwatch_core::{
    measure::{
        round::Round,
        target::{Confirmation, Scheme, Slo, Target},
    },
    notice::grouping::Group,
    respond::incident,
};
use dualwatch_wire::v1;
use std::collections::{BTreeSet, HashMap};

/// What is assumed of every target: how failures are confirmed, and when an incident relapses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    pub confirm: Confirmation,
    pub incidents: incident::Policy,
}

/// What is known of a target beside its rounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub slug: String,
    pub name: String,
    /// `None`: the usual distance between the rounds at hand.
    pub interval_s: Option<u32>,
    /// The longest that a round may take. `None`: as long as by default.
    pub timeout_ms: Option<u32>,
    /// Its rounds are records of what has changed: for so many seconds at most one stands for all that were the same until
    /// the next. `None`: every round is at hand.
    pub unchanged_s: Option<u32>,
    pub scheme: Option<Scheme>,
    /// `None`: as the policy says.
    pub confirm: Option<Confirmation>,
    pub slo: Option<Slo>,
}

impl Known {
    /// What a URL says of itself.
    pub fn of_url(url: &str) -> Self {
        let place = url.split_once("://").map_or(url, |(_, place)| place).trim_end_matches('/');
        let slug = dualwatch_config::slug(place);
        let scheme = dualwatch_config::parse_url(url).ok().map(|(endpoint, _)| endpoint.scheme);
        let slug = if slug.is_empty() { "target".to_owned() } else { slug };
        Self {
            slug,
            name: place.to_owned(),
            interval_s: None,
            timeout_ms: None,
            unchanged_s: None,
            scheme,
            confirm: None,
            slo: None,
        }
    }

    fn of_target(target: &Target) -> Self {
        Self {
            slug: target.slug.clone(),
            name: target.name.clone(),
            interval_s: Some(target.interval_s),
            timeout_ms: Some(target.timeout_ms),
            unchanged_s: None,
            scheme: Some(target.endpoint.scheme),
            confirm: Some(target.confirm),
            slo: target.slo,
        }
    }
}

/// Replays rounds; the targets come in the order in which they first occur. Their slugs, and with them the identifiers of
/// their incidents, do not depend on that order.
pub fn replay(rounds: Vec<Round>, config: Option<&Config>, policy: &Policy) -> Vec<TargetReplay> {
    let mut targets: Vec<(String, Vec<Round>)> = Vec::new();
    for round in rounds {
        match targets.iter_mut().find(|(url, _)| *url == round.target) {
            Some((_, rounds)) => rounds.push(round),
            None => targets.push((round.target.clone(), vec![round])),
        }
    }
    let rules = config.map_or(&[][..], |config| &config.maintenance);
    let mut known: Vec<(bool, Known)> = (targets.iter())
        .map(|(url, _)| {
            let configured = config.and_then(|c| c.targets.iter().find(|t| t.url() == *url));
            (configured.is_some(), configured.map_or_else(|| Known::of_url(url), Known::of_target))
        })
        .collect();
    // In an order that no line decides; who has a slug from the configuration keeps it.
    let mut order: Vec<usize> = (0..targets.len()).collect();
    order.sort_by_key(|i| (!known[*i].0, &targets[*i].0));
    let mut taken = BTreeSet::new();
    for i in order {
        let Known { slug, .. } = &mut known[i].1;
        let wanted = slug.clone();
        let mut n = 2;
        while !taken.insert(slug.clone()) {
            *slug = format!("{wanted}-{n}");
            n += 1;
        }
    }
    let known = known.into_iter().map(|(_, known)| known);
    targets
        .into_iter()
        .zip(known)
        .map(|((url, rounds), known)| TargetReplay::of(url, known, rounds, policy, rules))
        .collect()
}

/// Returns the incidents of several targets that are one event. Its members are named by their URLs.
pub fn events(replayed: &[TargetReplay]) -> Vec<Group> {
    let urls: HashMap<&str, &str> =
        replayed.iter().map(|target| (target.known.slug.as_str(), target.url.as_str())).collect();
    v1::incident::events(&incidents(replayed), |incident| {
        urls.get(incident.target.as_str()).map_or_else(|| incident.name.clone(), |url| (*url).to_owned())
    })
}

/// The same, with the names of the targets, as reports have them.
pub fn named_events(replayed: &[TargetReplay]) -> Vec<Group> {
    v1::incident::events(&incidents(replayed), |incident| incident.name.clone())
}

fn incidents(replayed: &[TargetReplay]) -> Vec<v1::Incident> {
    let of_target = |target: &TargetReplay| {
        let Known { slug, name, .. } = &target.known;
        target.incidents.iter().map(|i| v1::Incident::of(slug, name, i)).collect::<Vec<_>>()
    };
    replayed.iter().flat_map(of_target).collect()
}

/// Returns the document of a replay.
pub fn document(replayed: &[TargetReplay]) -> v1::Replay {
    let named = named_events(replayed);
    v1::Replay {
        version: v1::VERSION,
        targets: replayed.iter().map(|target| target.document(&named)).collect(),
        events: events(replayed).iter().map(dualwatch_words::event).collect(),
    }
}
