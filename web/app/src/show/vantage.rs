//! What the page shows of one place that measures.

use dualwatch_core::measure::{family::Family, time::Timestamp};
use dualwatch_wire::v1::VantageStatus;
use dualwatch_words::{self_test::phrases::Whole, status::Said};

/// One place that measures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VantageLine {
    pub text: String,
    /// What its state keeps it from saying.
    pub consequences: Vec<String>,
}

/// Returns what is shown of a vantage at `now`.
pub fn vantage(v: &VantageStatus, now: Timestamp, w: &dyn Whole) -> VantageLine {
    let standings = [(Family::Ipv4, v.ipv4), (Family::Ipv6, v.ipv6)];
    let said = |(family, standing)| {
        let reached = v.reached.get(family).as_ref().map(|reached| &*reached.target);
        w.meaning(&v.name, family, standing, reached)
    };
    let [ipv4, ipv6] = standings.map(|(_, standing)| w.standing(standing));
    let ago = w.length(now.ms_since(v.last_round_at));
    VantageLine {
        text: w.say(Said::Vantage { name: &v.name, ipv4, ipv6, ago: &ago }),
        consequences: standings
            .into_iter()
            .filter_map(said)
            .chain(
                v.silent_controls
                    .iter()
                    .map(|c| w.silent_control(&v.name, c.control, now.ms_since(c.since), c.is_dropped)),
            )
            .collect(),
    }
}
