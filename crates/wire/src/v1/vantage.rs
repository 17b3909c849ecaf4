//! What a further vantage gets and sends: `GET /api/v1/vantage/plans`, `POST /api/v1/vantage/rounds`.

#[cfg(feature = "schema")]
use super::Object;
use super::Round;
use dualwatch_core::measure::{
    target::{Policy, Target},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// A batch is not longer than this, and not about more targets.
pub const MAX_BATCH_BYTES: usize = 1024 * 1024;
pub const MAX_BATCH_SLUGS: usize = 40;

/// Everything that is to be measured. Credentials of targets are in it: it is for holders of the vantage token only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Plans {
    #[serde(deserialize_with = "super::this_version")]
    pub version: u32,
    pub plans: Vec<Plan>,
}

/// One target, and what holds for measuring it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Plan {
    /// As `GET /api/v1/config` shows it, with its credentials.
    #[cfg_attr(feature = "schema", schemars(with = "Object"))]
    pub target: Target,
    #[cfg_attr(feature = "schema", schemars(with = "Object"))]
    pub policy: Policy,
}

/// Rounds of one vantage, in the order in which they were measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VantageBatch {
    #[serde(deserialize_with = "super::this_version")]
    pub version: u32,
    /// The vantage's name; every round bears the same.
    pub vantage: String,
    pub rounds: Vec<VantageRound>,
}

impl VantageBatch {
    /// Returns why the batch as a whole is not taken by a worker whose own vantage is `own`.
    pub fn fault(&self, own: &str) -> Option<String> {
        let slugs: HashSet<&str> = self.rounds.iter().map(|r| r.slug.as_str()).collect();
        if !is_name(&self.vantage) {
            Some(
                "a vantage's name is 1 to 64 letters, digits, `.`, `_` or `-`, beginning with a letter or digit".into(),
            )
        } else if self.vantage == own {
            Some(format!("`{own}` is the worker's own vantage; choose another name"))
        } else if slugs.len() > MAX_BATCH_SLUGS {
            Some(format!("rounds of {} targets; at most {MAX_BATCH_SLUGS} are taken at once", slugs.len()))
        } else {
            None
        }
    }

    /// Whether a round may be kept: it bears the batch's name, and a time that can be.
    pub fn may_keep(&self, round: &Round, now: Timestamp) -> bool {
        round.vantage.name == self.vantage && round.time_fault(now).is_none()
    }
}

/// A round of a target, under a number that the receipt repeats. Also a line of the vantage's spool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VantageRound {
    pub slug: String,
    pub seq: u64,
    pub round: Round,
}

/// What became of the rounds of a batch, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Receipt {
    #[serde(deserialize_with = "super::this_version")]
    pub version: u32,
    pub received: Vec<Received>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Received {
    pub seq: u64,
    pub outcome: Outcome,
}

/// Final in every case: none of these is to be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Received_outcome"))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Kept, now or when it was sent before.
    Accepted,
    /// The configuration has no such target any more.
    UnknownSlug,
    /// It bears another vantage's name, or a time that cannot be ([`Round::time_fault`]).
    Refused,
}

/// Whether `name` can be that of a vantage: 1 to 64 of `A-Z a-z 0-9 . _ -`, beginning with a letter or digit.
///
/// ```
/// use dualwatch_wire::v1::vantage::is_name;
/// assert!(is_name("office-2.example") && !is_name("") && !is_name("-x") && !is_name("a b"));
/// ```
pub fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    name.len() <= 64
        && bytes.next().is_some_and(|b| b.is_ascii_alphanumeric())
        && bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_of_another_version_is_not_read() {
        let reads = |version: u32| {
            let batch = format!(r#"{{"version":{version},"vantage":"here","rounds":[]}}"#);
            let plans = format!(r#"{{"version":{version},"plans":[]}}"#);
            let receipt = format!(r#"{{"version":{version},"received":[]}}"#);
            [
                serde_json::from_str::<VantageBatch>(&batch).map(drop),
                serde_json::from_str::<Plans>(&plans).map(drop),
                serde_json::from_str::<Receipt>(&receipt).map(drop),
            ]
        };
        assert!(reads(1).iter().all(Result::is_ok));
        for error in reads(2).map(Result::unwrap_err) {
            assert!(error.to_string().starts_with("this is version 2, and this program reads version 1"), "{error}");
        }
    }

    #[test]
    fn the_receipt_is_pinned() {
        let received = vec![
            Received { seq: 1, outcome: Outcome::Accepted },
            Received { seq: 2, outcome: Outcome::UnknownSlug },
            Received { seq: 3, outcome: Outcome::Refused },
        ];
        let text = serde_json::to_string(&Receipt { version: 1, received }).unwrap();
        assert_eq!(
            text,
            concat!(
                r#"{"version":1,"received":[{"seq":1,"outcome":"accepted"},"#,
                r#"{"seq":2,"outcome":"unknown_slug"},{"seq":3,"outcome":"refused"}]}"#
            )
        );
    }
}
