//! The report on an incident, as values: what to say is decided here, how to say it in `dualwatch-words`.
//!
//! The same incident always gives the same report: nothing here looks at a clock.

pub mod affected;
pub mod hypotheses;
pub mod known;
pub mod story;

use crate::{
    measure::{
        cause::Cause,
        family::{Family, PerFamily},
        target::Scheme,
        time::{DAY, Timestamp},
    },
    notice::grouping::{Group, Link},
    respond::incident::{Bound, Incident, IncidentId, lasted::Lasted, outline::DurationMs},
};
use affected::Affected;
use hypotheses::Hypothesis;
use known::Look;
use serde::{Deserialize, Serialize};

/// After recovery a target is watched for a relapse this long.
pub const REGRESSION_WATCH_MS: i64 = DAY;
/// So many similar incidents of the past are named.
const MAX_SIMILAR: usize = 5;

/// What a report needs beside the incident itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// What was measured, without credentials; `None` where that is not known any more.
    pub url: Option<&'a str>,
    pub scheme: Option<Scheme>,
    /// With what its people reach it, as the operator has named that.
    pub clients: &'a [String],
    /// Earlier and later incidents of the target, in any order; the incident itself may be among them.
    pub others: &'a [Incident],
    /// Other targets that went down at the same time and share an address, a network, a resolver or a vantage.
    pub peers: &'a [Peer],
    /// The newest round of the target there is.
    pub heard_to: Option<Timestamp>,
    /// When this is asked; `None` of a record, which has no now.
    pub now: Option<Timestamp>,
}

/// Another target in the same event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peer {
    pub name: String,
    /// Whether they share a network, and not only the moment.
    pub shares_network: bool,
}

impl Peer {
    /// Returns the other targets of the event that an incident belongs to, under the names that its members have, in the
    /// order in which they began; none where it belongs to no event.
    pub fn among(events: &[Group], id: &str) -> Vec<Self> {
        let Some(event) = events.iter().find(|event| event.members.iter().any(|member| member.id == id)) else {
            return Vec::new();
        };
        let is_network = |link: &Link| matches!(link, Link::Address(_) | Link::Ipv4Network(_) | Link::Ipv6Network(_));
        let shares_network = event.shared.iter().any(|shared| is_network(&shared.link));
        let others = event.members.iter().filter(|member| member.id != id);
        others.map(|member| Self { name: member.target.clone(), shares_network }).collect()
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    pub affected: Affected,
    /// The likeliest first; only those for which something speaks.
    pub hypotheses: Vec<Hypothesis>,
    /// The causes to look after, each once, the most frequent first.
    pub checklist: Vec<Look>,
    pub similar: Vec<Similar>,
    pub detection: Detection,
    pub regression: Regression,
}

/// An earlier incident of the same target, and what it has in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Similar {
    pub id: IncidentId,
    pub began: Bound,
    pub duration: Option<DurationMs>,
    pub lasted: Option<Lasted>,
    pub same_families: bool,
    /// The causes that both had.
    pub causes: Vec<Cause>,
}

/// How detection itself did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detection {
    /// The longest that it can have lasted unseen: from the last good round to the first bad one. `None`: it had begun
    /// before anybody looked.
    pub detected_within_ms: Option<i64>,
    /// From the first bad round to the one that confirmed it.
    pub confirmed_after_ms: i64,
    /// From the last bad round to the first good one; `None` while it lasts.
    pub recovery_within_ms: Option<i64>,
    /// From the first good round to the one that confirmed it.
    pub recovery_confirmed_after_ms: Option<i64>,
    /// How long nobody saw it while it was down, and how many times.
    pub blind_ms: PerFamily<i64>,
    pub n_blind: usize,
}

/// What became of it in the day after it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regression {
    /// It is not over.
    Open,
    /// It is watched until then; nothing so far.
    WatchedUntil(Timestamp),
    /// It was watched until then, and nothing came.
    Held(Timestamp),
    /// It came back, as another incident.
    CameBack { id: IncidentId, after_ms: i64 },
}

impl Report {
    pub fn of(incident: &Incident, context: &Context<'_>) -> Self {
        Self {
            affected: affected::affected(incident),
            hypotheses: hypotheses::rank(incident, context),
            checklist: checklist(incident),
            similar: similar(incident, context.others),
            detection: detection(incident, context.now),
            regression: regression(incident, context),
        }
    }
}

/// Returns the cause of each family with the rounds that failed for it, the most frequent first.
pub(crate) fn tally(incident: &Incident) -> Vec<(Cause, Family, u32)> {
    let mut tally: Vec<(Cause, Family, u32)> = Vec::new();
    for span in incident.causes.iter().filter(|span| span.samples > 0) {
        match tally.iter_mut().find(|(cause, family, _)| (*cause, *family) == (span.cause, span.family)) {
            Some((.., n)) => *n = n.saturating_add(span.samples),
            None => tally.push((span.cause, span.family, span.samples)),
        }
    }
    // Stable: of equals the one that was seen first stays first.
    tally.sort_by_key(|(.., n)| std::cmp::Reverse(*n));
    tally
}

fn checklist(incident: &Incident) -> Vec<Look> {
    let mut list: Vec<Look> = Vec::new();
    let told = story::told_of(incident);
    for (cause, family, _) in tally(incident).into_iter().filter(|(cause, family, _)| told.contains(&(*family, *cause)))
    {
        if !list.iter().any(|known| known.cause == cause) {
            list.push(known::look(incident, cause, family));
        }
    }
    list
}

fn similar(incident: &Incident, others: &[Incident]) -> Vec<Similar> {
    let families = incident.families();
    let told = story::told_of(incident);
    let mut similar: Vec<Similar> = (others.iter())
        .filter(|other| other.id < incident.id)
        .filter_map(|other| {
            let mut causes: Vec<Cause> = Vec::new();
            for (_, cause) in story::told_of(other) {
                if told.iter().any(|(_, mine)| *mine == cause) && !causes.contains(&cause) {
                    causes.push(cause);
                }
            }
            let same_families = other.families() == families;
            (same_families || !causes.is_empty()).then(|| Similar {
                id: other.id,
                began: other.began(),
                duration: other.duration(),
                lasted: other.lasted(None),
                same_families,
                causes,
            })
        })
        .collect();
    // Those that have more in common first, of equals the latest.
    similar.sort_by_key(|s| (std::cmp::Reverse((!s.causes.is_empty(), s.same_families, s.id)),));
    similar.truncate(MAX_SIMILAR);
    similar
}

fn detection(incident: &Incident, now: Option<Timestamp>) -> Detection {
    // What the record ends before has not recovered by then.
    let ended = incident.ended().filter(|_| !incident.outages.iter().any(crate::respond::incident::Outage::is_cut));
    let now = incident.resolved_at.or(ended.map(|e| e.by)).or(now).unwrap_or(incident.confirmed_at);
    Detection {
        detected_within_ms: incident.began().width_ms(),
        confirmed_after_ms: incident.time_to_confirm_ms(),
        recovery_within_ms: ended.and_then(|e| e.width_ms()),
        recovery_confirmed_after_ms: match (ended, incident.resolved_at) {
            (Some(ended), Some(at)) => Some(at.ms_since(ended.by).max(0)),
            _ => None,
        },
        blind_ms: PerFamily::from_fn(|family| incident.blind_ms(family, now)),
        n_blind: incident.blind.len(),
    }
}

fn regression(incident: &Incident, Context { others, heard_to, .. }: &Context<'_>) -> Regression {
    let Some(ended) =
        incident.ended().filter(|_| !incident.outages.iter().any(crate::respond::incident::Outage::is_cut))
    else {
        return Regression::Open;
    };
    let until = ended.by + REGRESSION_WATCH_MS;
    let next = others.iter().filter(|other| other.id > incident.id).min_by_key(|other| other.id);
    match next {
        Some(next) if next.id.0 <= until => {
            Regression::CameBack { id: next.id, after_ms: next.id.0.ms_since(ended.by).max(0) }
        }
        _ if heard_to.is_some_and(|heard| heard > until) => Regression::Held(until),
        _ => Regression::WatchedUntil(until),
    }
}
