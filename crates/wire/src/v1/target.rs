//! `GET /api/v1/targets/{slug}` and `GET /api/v1/targets/{slug}/rounds`.

use super::{Round, TargetStatus, incident::Bound};
use crate::time::{rfc3339, rfc3339_or_null};
use dualwatch_core::{
    judge::{clients::Clients, consistency::Difference},
    measure::{family::Family, time::Timestamp},
    remember::baseline::Phase,
};
use serde::{Deserialize, Serialize};

/// One target: what is published of it, its schedule, and its newest round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetDetail {
    pub version: u32,
    pub status: TargetStatus,
    pub interval_s: u32,
    pub timeout_ms: u32,
    #[serde(with = "rfc3339_or_null")]
    pub next_due_at: Option<Timestamp>,
    pub n_rounds: u64,
    pub last_round: Option<Round>,
    /// What clients met at the time of the last round.
    pub clients: Option<Clients>,
    /// What the families showed differently in the last round.
    pub differences: Vec<Difference>,
    /// What is not as it usually is, the oldest first.
    #[serde(default)]
    pub findings: Vec<FindingDocument>,
}

/// A latency that is not as usual, or an answer that came too soon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FindingDocument {
    /// `latency_shift`, `slow_degradation`, `family_gap`, `impossible_round_trip`.
    pub code: String,
    pub family: Family,
    /// The phase that changed first, as in a round's `phases_ms`.
    pub phase: Phase,
    pub expected_ms: f64,
    pub seen_ms: f64,
    pub since: Bound,
    /// What was expected, what is seen, since when, and where to look.
    pub text: String,
}

/// The rounds of a target that began in `[from, to)`, oldest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rounds {
    pub version: u32,
    pub slug: String,
    #[serde(with = "rfc3339")]
    pub from: Timestamp,
    #[serde(with = "rfc3339")]
    pub to: Timestamp,
    pub rounds: Vec<Round>,
    /// Where the answer was cut: ask again from here. `null`: this is all.
    #[serde(with = "rfc3339_or_null")]
    pub next_from: Option<Timestamp>,
    /// Stored rounds of this span that this version cannot read; they are unknown, not good or bad.
    pub n_unreadable: u64,
}

/// The answer to rounds of the past that were loaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loaded {
    pub version: u32,
    pub slug: String,
    /// Rounds that are stored now.
    pub n_rounds: u64,
}
