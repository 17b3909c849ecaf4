//! The report on an incident, as JSON: codes for programs, and the sentences that people read.

use super::{
    clients::{ClientTally, RealClients},
    incident::{Bound, CauseEvidence, CauseSummary, DurationRange, Incident, Segment},
};
use crate::{seconds::Seconds, time::rfc3339_or_null};
use dualwatch_core::{
    measure::{
        cause::Cause,
        family::{Family, PerFamily},
        sample::Confidence,
        time::Timestamp,
    },
    notice::changes::Change,
    respond::report::hypotheses::Code,
};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// `GET /api/v1/incidents/{id}`: the incident with its report, and the other targets of the same event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IncidentDocument {
    pub version: u32,
    pub incident: Incident,
    pub report: IncidentReport,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IncidentReport {
    /// The headline, such as "Service was down over IPv6 for 12 minutes ± 30 seconds".
    pub title: String,
    /// What was measured; left out where that is not known any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What happened, in one sentence.
    pub sentence: String,
    pub began: Bound,
    pub ended: Option<Bound>,
    pub duration_s: Option<DurationRange>,
    /// The duration with its error bar, in words; `null` while it lasts.
    pub duration: Option<String>,
    /// How long it was down of that, in all its turns, in words; `null` while it lasts, and where it was only unstable.
    #[serde(default)]
    pub down: Option<String>,
    pub segments: Vec<Segment>,
    /// In order, each with what its first sample showed. What several vantages saw of the same failure is one of them, told
    /// by the one that knew most; its rounds and times are those of all.
    pub causes: Vec<ReportedCause>,
    /// What changed from a day before it on.
    pub changes: Vec<ReportedChange>,
    pub affected: Vec<Affected>,
    /// What real clients did with it, by name; left out where both families failed, and where nothing can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub real_clients: Option<RealClients>,
    /// What became of each address while it was open, whoever failed most often first. Left out where each is not measured for
    /// itself (`addresses: every`), or where that is not told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<ReportedAddress>,
    /// The likeliest first.
    pub hypotheses: Vec<Hypothesis>,
    pub checklist: Vec<Checklist>,
    pub similar: Vec<Similar>,
    pub detection: Detection,
    pub regression: Regression,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReportedCause {
    #[serde(flatten)]
    pub summary: CauseSummary,
    pub text: String,
    pub evidence: CauseEvidence,
}

/// One address, and what became of it while the incident was open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReportedAddress {
    pub family: Family,
    pub address: IpAddr,
    /// How often it was visited, and how often it failed then.
    pub visits: u32,
    pub failures: u32,
    /// Since when it fails, which may be long before the incident, and when it failed last. `null`: it never did.
    #[serde(with = "rfc3339_or_null")]
    pub from: Option<Timestamp>,
    #[serde(with = "rfc3339_or_null")]
    pub to: Option<Timestamp>,
    /// Why it failed, the last time.
    pub cause: Option<Cause>,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReportedChange {
    pub text: String,
    #[serde(flatten)]
    pub change: ChangeFacts,
}

/// A change with its public times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangeFacts {
    pub family: Family,
    pub at: Bound,
    #[serde(flatten)]
    pub what: dualwatch_core::notice::changes::What,
}

impl From<&Change> for ChangeFacts {
    fn from(c: &Change) -> Self {
        Self { family: c.family, at: c.at.into(), what: c.what.clone() }
    }
}

/// One kind of client, and how it fared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Affected {
    /// `dual_stack` and `sequential` (two models of dual-stack clients: one that races the families, and one that tries them in
    /// turn), `ipv4_only`, `ipv6_only`.
    pub clients: String,
    /// `served`, `partly`, `waits`, `fails`, `unknown`.
    pub fate: String,
    pub text: String,
    /// Of `sequential`: what real clients did when they were run with what failed for most of the time, counted, which is what
    /// the text says then. Left out where one family alone never failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tally: Option<ClientTally>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Hypothesis {
    pub code: Code,
    pub family: Option<Family>,
    pub confidence: Confidence,
    pub text: String,
    #[serde(rename = "for")]
    pub arguments_for: Vec<String>,
    #[serde(rename = "against")]
    pub arguments_against: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Checklist {
    pub cause: Cause,
    /// What the evidence has answered already, a sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answered: Vec<String>,
    pub items: Vec<String>,
}

/// An earlier incident with something in common.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Similar {
    pub id: String,
    pub began: Bound,
    pub duration_s: Option<DurationRange>,
    pub same_families: bool,
    pub causes: Vec<Cause>,
    pub text: String,
}

/// How detection itself did.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Detection {
    /// The longest that it can have lasted unseen.
    pub detected_within_s: Option<Seconds>,
    pub confirmed_after_s: Seconds,
    pub recovery_within_s: Option<Seconds>,
    pub recovery_confirmed_after_s: Option<Seconds>,
    /// Per family, how long nobody saw it while it was down.
    pub blind_s: PerFamily<Seconds>,
    pub n_blind: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Regression {
    /// `open`, `watching`, `held` (watched until then, and nothing came), `came_back`.
    pub state: String,
    #[serde(with = "rfc3339_or_null")]
    pub until: Option<Timestamp>,
    /// The incident in which it came back.
    pub incident: Option<String>,
    pub text: String,
}
