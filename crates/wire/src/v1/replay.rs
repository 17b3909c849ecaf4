//! What `dualwatch replay --json` prints.

use super::{
    EveryAddress, IncidentReport,
    history::ErrorBudget,
    incident::{Event, Summary},
};
use crate::seconds::Seconds;
use dualwatch_core::{
    measure::target::Slo,
    notice::changes::Alternation,
    remember::availability::{Times, budget},
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Replay {
    pub version: u32,
    /// In the order in which they first occur.
    pub targets: Vec<ReplayTarget>,
    /// Incidents of several targets that are one event; left out where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Event>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReplayTarget {
    /// The URL, as in the rounds.
    pub target: String,
    pub availability: AvailabilityPerTrack,
    /// What a family showed in turns; left out where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternations: Vec<Alternation>,
    /// What is known at the end of each of its addresses; left out where its rounds do not have that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addresses: Option<EveryAddress>,
    /// The oldest first.
    pub incidents: Vec<ReplayIncident>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AvailabilityPerTrack {
    pub ipv4: Availability,
    pub ipv6: Availability,
    pub dual_stack: Availability,
}

/// Availability over observed time: what nobody saw, and maintenance, are in none of these numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Availability {
    pub observed_s: Seconds,
    pub up_s: Seconds,
    pub down_s: Seconds,
    /// `null` where nothing was observed.
    pub ratio: Option<f64>,
    /// Left out without an objective.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<ErrorBudget>,
}

impl Availability {
    /// Returns the availability of these times, with the budget of an objective.
    pub fn of(times: &Times, slo: Option<Slo>) -> Self {
        let seconds = |ms: u64| Seconds::from_ms(ms.cast_signed());
        Self {
            observed_s: seconds(times.observed_ms()),
            up_s: seconds(times.up_ms),
            down_s: seconds(times.down_ms),
            ratio: times.ratio(),
            budget: slo.map(|slo| budget::ErrorBudget::of(slo, times).into()),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReplayIncident {
    #[serde(flatten)]
    pub summary: Summary,
    pub report: IncidentReport,
}
