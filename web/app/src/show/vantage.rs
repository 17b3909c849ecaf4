//! What the page shows of one place that measures.

use crate::show::phrases;
use dualwatch_core::measure::{family::Family, time::Timestamp};
use dualwatch_wire::v1::VantageStatus;
use dualwatch_words as words;

/// One place that measures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VantageLine {
    pub text: String,
    /// What its state keeps it from saying.
    pub consequences: Vec<String>,
}

/// Returns what is shown of a vantage at `now`.
pub fn vantage(v: &VantageStatus, now: Timestamp) -> VantageLine {
    let standings = [(Family::Ipv4, v.ipv4), (Family::Ipv6, v.ipv6)];
    let said = |(family, standing)| {
        let reached = v.reached.get(family).as_ref().map(|reached| &*reached.target);
        words::standing::meaning(&v.name, family, standing, reached)
    };
    let [four, six] = standings.map(|(family, standing)| format!("{family} {}", words::standing(standing)));
    VantageLine {
        text: format!("{}: {four}, {six}; last round {} ago", v.name, phrases::age(now.ms_since(v.last_round_at))),
        consequences: standings
            .into_iter()
            .filter_map(said)
            .chain(
                v.silent_controls
                    .iter()
                    .map(|c| words::standing::silent_control(&v.name, c.control, now.ms_since(c.since), c.is_dropped)),
            )
            .collect(),
    }
}
