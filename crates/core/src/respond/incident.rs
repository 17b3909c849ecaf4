//! Incidents as values: what is known of one bad period of one target, in which families, between which instants.
//!
//! [`step`](step::step) decides when one opens, changes and ends; [`outline`] derives what people ask of one, [`lasted`]
//! how long.

mod bytes;
pub mod each;
mod impact;
pub mod lasted;
pub mod outline;
mod sight;
pub mod step;
mod unrest;
mod veil;

/// When something began or ended, with its error bar.
pub use crate::measure::bracket::Bracket as Bound;
pub use lasted::Omitted;
pub use unrest::{Met, Rate, Unrest};

use crate::{
    judge::steadiness::alternates,
    measure::{
        cause::Cause,
        family::{Family, PerFamily},
        sample::{Certificate, Evidence, Sample},
        time::{HOUR, MINUTE, Timestamp},
        vantage::Standing,
    },
    notice::changes::Change,
};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// An incident of one target: the first moment at which it was seen. No two of a target have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IncidentId(pub Timestamp);

/// How an outage ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// It answers again.
    Recovered,
    /// The family is not offered any more (its addresses were taken out of the DNS).
    Withdrawn,
    /// It was unstable, and went down: another outage begins there.
    WentDown,
    /// Its configuration was changed while it was down: what is measured since is something else, or nothing.
    Reconfigured,
    /// The record ends before it did.
    RecordEnds,
    /// What was stored of it is lost, and with that how it went on.
    HistoryLost,
}

/// What is wrong in an outage, or in an incident as a whole: of several the gravest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// It fails again and again, never often enough in a row to be down.
    Unstable,
    /// It does not answer.
    #[default]
    Down,
}

/// One family, down without a confirmed recovery in between; or unstable without a calm while in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    pub family: Family,
    pub began: Bound,
    pub ended: Option<(Bound, Ending)>,
    /// `None`: it was down. Else it was unstable: so many of the rounds from the first failure on failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unstable: Option<Rate>,
    /// What was answered while it was down, and confirmed no recovery.
    #[serde(default, skip_serializing_if = "Answers::is_none")]
    pub answers: Answers,
}

/// How an outage goes on: its failed rounds, and those in between that were answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    failed: u32,
    answered: u32,
    /// Answered in a row since the last failure: they may be its end.
    lately: u32,
}

impl Answers {
    fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl Outage {
    /// Returns how many of how many rounds failed, of what answered in between again and again; `None` of what did not.
    pub fn rate(&self) -> Option<Rate> {
        let Answers { failed, answered, .. } = self.answers;
        let rate = Rate { failed, of: failed.saturating_add(answered) };
        self.unstable.or_else(|| Some(rate).filter(|_| alternates(failed, answered)))
    }

    /// Whether the record ends before it did.
    pub fn is_cut(&self) -> bool {
        matches!(self.ended, Some((_, Ending::RecordEnds)))
    }

    pub const fn trouble(&self) -> Trouble {
        if self.unstable.is_some() { Trouble::Unstable } else { Trouble::Down }
    }
}

/// Rounds in a row that failed in one family for one cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CauseSpan {
    pub cause: Cause,
    pub family: Family,
    /// When the first and the last of these rounds began.
    pub from: Timestamp,
    pub to: Timestamp,
    /// How many rounds of the target, whoever measured them. Of a vantage that knew less than another one there may be none:
    /// they are counted with what is known of them.
    pub samples: u32,
    /// What the first of them showed.
    pub exhibit: Exhibit,
}

/// What supports a cause: one sample, shortened to what a report needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exhibit {
    pub vantage: String,
    /// What that vantage had proven about itself in this family.
    #[serde(default)]
    pub standing: Standing,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
    /// Whether TCP came up, and after how many milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connect_ms: Option<f64>,
    #[serde(default)]
    pub evidence: Evidence,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Certificate>,
}

/// A span in which nobody could see the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlindSpell {
    pub family: Family,
    /// So far the last round before that spoke: until the next was due, which did not come, or came and saw nothing.
    pub from: Timestamp,
    /// The first after it that saw something; `None` as long as it lasts.
    pub to: Option<Timestamp>,
}

/// Who met it, counted in rounds that showed a failure of at least one family; each by what the vantages agreed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(from = "impact::Kept")]
pub struct Impact {
    pub rounds: u32,
    /// The other family answered.
    #[serde(default)]
    pub other_family_served: u32,
    /// RFC 8305 clients were served over the other family.
    pub dual_stack_served: u32,
    /// RFC 8305 clients were not served.
    pub dual_stack_failed: u32,
    /// What it cost them at most, in milliseconds; `None` where nobody was served.
    pub dual_stack_worst_ms: Option<f64>,
    /// By the model of a client that tries the families in turn, IPv6 first (`Sequential`): served, waiting for its own timeout,
    /// failing.
    pub sequential_served: u32,
    pub sequential_waits: u32,
    pub sequential_failed: u32,
}

/// One bad period of one target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    pub id: IncidentId,
    /// In the order in which they began.
    pub outages: Vec<Outage>,
    /// Outages in between that are left out above, where there are very many.
    #[serde(default)]
    pub outages_omitted: u32,
    /// How long a family was down in those.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub outages_omitted_ms: PerFamily<Omitted>,
    /// In the order in which they were first seen; a cause that comes back has another span.
    pub causes: Vec<CauseSpan>,
    #[serde(default)]
    pub causes_omitted: u32,
    pub blind: Vec<BlindSpell>,
    /// How long those were, in milliseconds, that are left out above, where there are very many.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub blind_omitted_ms: PerFamily<i64>,
    /// How often it went from "all well" to "something is down".
    pub episodes: u32,
    /// So often in so short a time that notices are held back.
    pub flapping: bool,
    /// When the failure was first confirmed, by the clock of who decided.
    pub confirmed_at: Timestamp,
    /// When all families were up again, by that clock; `None` as long as it is open.
    pub resolved_at: Option<Timestamp>,
    pub impact: Impact,
    /// What changed about the target around it.
    #[serde(default)]
    pub changes: Vec<Change>,
    /// What became of each address, where each is measured for itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<each::Visited>,
    /// How many effects it has requested: the last number given.
    pub n_effects: u32,
}

fn is_nothing(omitted: &PerFamily<Omitted>) -> bool {
    *omitted == PerFamily::default()
}

fn is_zero(ms: &PerFamily<i64>) -> bool {
    *ms == PerFamily::default()
}

/// What is remembered of one family between rounds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Track {
    #[serde(skip_serializing_if = "Option::is_none")]
    /// The last round that says it was not down: reached, or not offered.
    pub last_good: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_bad: Option<Timestamp>,
    /// The first round after it that was good, as long as that is not confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_good: Option<Timestamp>,
    /// The first of the rounds in a row that say it is not offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_offered_since: Option<Timestamp>,
    /// Reached, but not as well as expected, since then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub degraded_since: Option<Timestamp>,
    /// Failures that are not confirmed yet.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pending: Vec<CauseSpan>,
    /// Spans among these failures in which nobody has seen it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unseen: Vec<(Timestamp, Timestamp)>,
    /// Failures that were not confirmed, and how much they are of all.
    #[serde(skip_serializing_if = "Unrest::is_default")]
    pub unrest: Unrest,
    /// Failures inside a maintenance window that expects them, up to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excused_until: Option<Timestamp>,
}

/// What is remembered of one target between rounds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    pub tracks: PerFamily<Track>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<Box<Incident>>,
    /// The one that was resolved last, as long as a relapse would continue it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest: Option<Box<Incident>>,
    /// Who met the failures that are not confirmed yet.
    #[serde(skip_serializing_if = "Impact::is_none")]
    pub pending_impact: Impact,
    /// Who met those that were not confirmed, as long as they are looked at.
    #[serde(skip_serializing_if = "Met::is_empty")]
    pub met: Met,
    /// The newest round that was heard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_heard: Option<Timestamp>,
}

/// When a new failure continues an incident, and when that is called flapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// A failure that begins so soon after the last recovery is the same incident.
    pub relapse_within_ms: i64,
    /// From so many episodes on it flaps: it is resolved only after `calm_ms` without a failure.
    pub flapping_from: u32,
    pub calm_ms: i64,
}

impl Default for Policy {
    /// Ninety minutes: of the real histories at hand the flapping monitor had up to 65 minutes between its episodes.
    fn default() -> Self {
        Self { relapse_within_ms: 90 * MINUTE, flapping_from: 3, calm_ms: HOUR / 2 }
    }
}

/// What a step asks its host to do: keep the incident, and tell people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    pub incident: IncidentId,
    /// Counts the effects of one incident from 1. With the target and the incident it is the idempotency key.
    pub n: u32,
    pub at: Timestamp,
    pub kind: Kind,
    /// Whether people are to be told, or only the record changes.
    pub notify: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Kind {
    /// The first episode, or a relapse.
    Open {
        episode: u32,
    },
    Amend {
        change: Amendment,
    },
    /// All is well since; the episode that it ends.
    Resolve {
        episode: u32,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Amendment {
    /// This family is down too.
    Joined {
        family: Family,
    },
    /// This family is unstable, beside what else is wrong; or it is so again, after it was down.
    Unstable {
        family: Family,
    },
    /// This family was unstable, and is down now.
    WentDown {
        family: Family,
    },
    /// This family is well again, the other is not.
    Parted {
        family: Family,
    },
    CauseChanged {
        family: Family,
        cause: Cause,
    },
    /// It is called flapping from here on.
    Flaps,
    /// All was well, not yet for long enough to say so, and something is down again. Where it flaps that is known, and
    /// not worth a notice.
    Relapsed {
        episode: u32,
    },
    /// All is well for now; it is resolved when that lasts.
    Calms,
}

impl Incident {
    pub fn is_open(&self) -> bool {
        self.resolved_at.is_none()
    }

    pub fn is_down(&self, family: Family) -> bool {
        self.now(family) == Some(Trouble::Down)
    }

    /// Returns what is wrong with a family now.
    pub fn now(&self, family: Family) -> Option<Trouble> {
        self.outages.iter().rev().find(|o| o.family == family && o.ended.is_none()).map(Outage::trouble)
    }

    /// Returns the gravest of what was wrong.
    pub fn trouble(&self) -> Trouble {
        self.outages.iter().map(Outage::trouble).max().unwrap_or_default()
    }

    pub fn is_quiet(&self) -> bool {
        self.outages.iter().all(|o| o.ended.is_some())
    }
}

impl Exhibit {
    /// Longest text and lists that are kept.
    const MAX_TEXT: usize = 200;
    const MAX_ITEMS: usize = 4;

    /// Keeps of a sample what a report needs.
    pub fn of(sample: &Sample, vantage: &str, standing: Standing) -> Self {
        let mut evidence = sample.evidence.clone();
        evidence.attempts.truncate(Self::MAX_ITEMS);
        evidence.chain.truncate(Self::MAX_ITEMS);
        for text in [&mut evidence.error, &mut evidence.seen, &mut evidence.expected, &mut evidence.location] {
            if let Some(text) = text
                && let Some((at, _)) = text.char_indices().nth(Self::MAX_TEXT)
            {
                text.truncate(at);
            }
        }
        let certificate = sample.certificate.clone().map(|mut certificate| {
            certificate.list_names(Self::MAX_ITEMS);
            certificate
        });
        Self {
            vantage: vantage.to_owned(),
            standing,
            address: sample.address,
            http_status: sample.http_status,
            connect_ms: sample.phases.connect,
            evidence,
            certificate,
        }
    }
}
