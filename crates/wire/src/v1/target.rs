//! `GET /api/v1/targets/{slug}` and `GET /api/v1/targets/{slug}/rounds`.

use super::{AnotherUrl, EveryAddress, Maintenance, RealClients, Round, TargetStatus, incident::Bound};
use crate::time::{rfc3339, rfc3339_or_null};
use dualwatch_core::{
    judge::{clients::Clients, consistency::Difference},
    measure::{family::Family, time::Timestamp},
    remember::baseline::Phase,
};
use serde::{Deserialize, Serialize};

/// One target: what is published of it, its schedule, and its newest round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TargetDetail {
    pub version: u32,
    pub status: TargetStatus,
    pub interval_s: u32,
    pub timeout_ms: u32,
    #[serde(with = "rfc3339_or_null")]
    pub next_due_at: Option<Timestamp>,
    pub n_rounds: u64,
    /// Rounds that wait in memory because nothing can be stored: they are not among the others. Left out where none do.
    #[serde(default, skip_serializing_if = "is_none")]
    pub n_unstored: u64,
    pub last_round: Option<Round>,
    /// Maintenance that goes on, and that is to come. Left out where none is announced.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub maintenance: Vec<Maintenance>,
    /// What clients met at the time of the last round.
    pub clients: Option<Clients>,
    /// What real clients do with what the last round found, by name; left out where nothing is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub real_clients: Option<RealClients>,
    /// What is known of each of its addresses; left out where that is not asked for (`addresses: every`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addresses: Option<EveryAddress>,
    /// What the families showed differently in the last round.
    pub differences: Vec<Difference>,
    /// What is not as it usually is, the oldest first.
    #[serde(default)]
    pub findings: Vec<FindingDocument>,
}

/// Serde asks with a reference.
const fn is_none(n: &u64) -> bool {
    *n == 0
}

/// A latency that is not as usual, or an answer that came too soon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

impl Rounds {
    /// Returns this document with rounds that are text already; its own are left out. A day of them is a megabyte, and
    /// reading it only to write it again is most of what such an answer would take.
    pub fn with_stored<T: AsRef<str>>(&self, stored: &[T]) -> String {
        let frame = Self { rounds: Vec::new(), ..self.clone() };
        let frame = serde_json::to_string(&frame).unwrap_or_default();
        // The slug before it holds no quotation marks.
        let Some((before, after)) = frame.split_once("\"rounds\":[]") else { return frame };
        let mut text = String::with_capacity(frame.len() + stored.iter().map(|s| s.as_ref().len() + 1).sum::<usize>());
        text += before;
        text += "\"rounds\":[";
        for (i, round) in stored.iter().enumerate() {
            if i > 0 {
                text.push(',');
            }
            text += round.as_ref();
        }
        text.push(']');
        text += after;
        text
    }
}

/// The answer to rounds of the past that were loaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Loaded {
    pub version: u32,
    pub slug: String,
    /// Rounds that are stored now.
    pub n_rounds: u64,
    /// Those that were sent and are of another URL than the target: they are taken for its own all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_another_url: Option<AnotherUrl>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v1::Sample;
    use dualwatch_core::measure::{round::DualStack, sample, vantage::Standing};

    #[test]
    fn stored_rounds_are_answered_as_they_are() {
        let at = Timestamp::from_unix_ms(1_795_428_711_042);
        let sample = Sample::from(&sample::Sample::reached());
        let round = Round {
            version: 1,
            target: "https://service.example/".into(),
            started_at: at,
            vantage: crate::v1::Vantage {
                name: "edge".into(),
                ipv4: Standing::Proven,
                ipv6: Standing::Proven,
                silent_controls: Vec::new(),
            },
            ipv4: sample.clone(),
            ipv6: sample,
            dual_stack: DualStack::default(),
        };
        for n in [0, 1, 3] {
            let whole = Rounds {
                version: 1,
                slug: "service".into(),
                from: at,
                to: at + 1,
                rounds: vec![round.clone(); n],
                next_from: Some(at),
                n_unreadable: 2,
            };
            let stored = vec![serde_json::to_string(&round).unwrap(); n];
            assert!(stored.iter().all(|text| Round::is_as_stored(text)));
            assert_eq!(whole.with_stored(&stored), serde_json::to_string(&whole).unwrap());
        }
        for other in ["", "{}", "{\"version\":2,\"target\":\"\"}", "{\"version\":1,\"target\":\"https"] {
            assert!(!Round::is_as_stored(other), "{other}");
        }
    }
}
