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
    health, incident,
    round::Round,
    target::{Scheme, Slo, Target},
};
use dualwatch_wire::v1;

/// What is assumed of every target: how failures are confirmed, and when an incident relapses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    pub confirm: health::Policy,
    pub incidents: incident::Policy,
}

/// What is known of a target beside its rounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub slug: String,
    pub name: String,
    /// `None`: the usual distance between the rounds at hand.
    pub interval_s: Option<u32>,
    pub scheme: Option<Scheme>,
    /// `None`: as the policy says.
    pub confirm: Option<health::Policy>,
    pub slo: Option<Slo>,
}

impl Known {
    /// What a URL says of itself.
    pub fn of_url(url: &str) -> Self {
        let place = url.split_once("://").map_or(url, |(_, place)| place).trim_end_matches('/');
        let slug = dualwatch_config::slug(place);
        let scheme = dualwatch_config::parse_url(url).ok().map(|(endpoint, _)| endpoint.scheme);
        let slug = if slug.is_empty() { "target".to_owned() } else { slug };
        Self { slug, name: place.to_owned(), interval_s: None, scheme, confirm: None, slo: None }
    }

    fn of_target(target: &Target) -> Self {
        Self {
            slug: target.slug.clone(),
            name: target.name.clone(),
            interval_s: Some(target.interval_s),
            scheme: Some(target.endpoint.scheme),
            confirm: Some(target.confirm),
            slo: target.slo,
        }
    }
}

/// Replays rounds; the targets come in the order in which they first occur.
pub fn replay(rounds: Vec<Round>, config: Option<&Config>, policy: &Policy) -> Vec<TargetReplay> {
    let mut targets: Vec<(String, Vec<Round>)> = Vec::new();
    for round in rounds {
        match targets.iter_mut().find(|(url, _)| *url == round.target) {
            Some((_, rounds)) => rounds.push(round),
            None => targets.push((round.target.clone(), vec![round])),
        }
    }
    let rules = config.map_or(&[][..], |config| &config.maintenance);
    let mut replayed: Vec<TargetReplay> = Vec::new();
    for (url, rounds) in targets {
        let configured = config.and_then(|c| c.targets.iter().find(|t| t.url() == url));
        let mut known = configured.map_or_else(|| Known::of_url(&url), Known::of_target);
        let is_taken = |slug: &str, replayed: &[TargetReplay]| replayed.iter().any(|t| t.known.slug == slug);
        let wanted = known.slug.clone();
        for n in 2.. {
            if !is_taken(&known.slug, &replayed) {
                break;
            }
            known.slug = format!("{wanted}-{n}");
        }
        replayed.push(TargetReplay::of(url, known, rounds, policy, rules));
    }
    replayed
}

/// Returns the document of a replay.
pub fn document(replayed: &[TargetReplay]) -> v1::Replay {
    v1::Replay { version: v1::VERSION, targets: replayed.iter().map(TargetReplay::document).collect() }
}
