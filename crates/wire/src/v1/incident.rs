//! Incidents: `GET /api/v1/incidents`, `GET /api/v1/incidents/{id}`, and what `dualwatch replay` prints.

mod lost;

use super::Certificate;
use crate::{
    seconds::Seconds,
    time::{self, rfc3339, rfc3339_or_null},
};
use dualwatch_core::{
    measure::{
        cause::Cause,
        family::{Family, PerFamily},
        sample::Evidence,
        time::Timestamp,
    },
    notice::grouping::{self, Group},
    respond::incident::{self, BlindSpell, CauseSpan, Ending, Impact, IncidentId, Rate, Trouble, outline},
};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, net::IpAddr};

/// Returns the public name of an incident, such as `service-20261123T140200Z`: the target, and the second in which it
/// was first seen.
pub fn id(slug: &str, incident: IncidentId) -> String {
    let second = time::format(incident.0);
    let digits = second.split('.').next().unwrap_or_default().replace(['-', ':'], "");
    format!("{slug}-{digits}Z")
}

/// Returns the slug in the public name of an incident; `None` where it is no such name.
pub fn slug_of(id: &str) -> Option<&str> {
    let (slug, time) = id.rsplit_once('-')?;
    let is_time = time.len() == "20261123T140200Z".len()
        && time.bytes().enumerate().all(|(i, b)| match i {
            8 => b == b'T',
            15 => b == b'Z',
            _ => b.is_ascii_digit(),
        });
    (is_time && !slug.is_empty()).then_some(slug)
}

/// Returns the second in which the incident of a public name was first seen.
pub fn began_of(id: &str) -> Option<Timestamp> {
    slug_of(id)?;
    let digits = id.rsplit_once('-')?.1;
    let part = |range| digits.get(range);
    let text = format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0..4)?,
        part(4..6)?,
        part(6..8)?,
        part(9..11)?,
        part(11..13)?,
        part(13..15)?
    );
    time::parse(&text).ok()
}

/// A moment in (`after`, `by`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Bound {
    /// The last time that it was not yet so; `null` where it was so from the first look on.
    #[serde(with = "rfc3339_or_null")]
    pub after: Option<Timestamp>,
    /// The first time that it was.
    #[serde(with = "rfc3339")]
    pub by: Timestamp,
}

/// The shortest and the longest duration that fit what was seen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DurationRange {
    pub min: Seconds,
    pub max: Seconds,
}

/// The same; `max` is `null` where it had begun before anybody looked.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Length {
    pub min: Seconds,
    pub max: Option<Seconds>,
}

/// Rounds in a row that failed in one family for one cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CauseSummary {
    pub cause: Cause,
    pub family: Family,
    #[serde(with = "rfc3339")]
    pub from: Timestamp,
    #[serde(with = "rfc3339")]
    pub to: Timestamp,
    pub samples: u32,
}

/// What any listing says of an incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Summary {
    pub id: String,
    /// `down`, or `unstable`: it failed again and again, and was never confirmed as down. Of both the former.
    #[serde(default)]
    pub kind: Trouble,
    /// The families that were down, or unstable, at some time.
    pub families: Vec<Family>,
    pub began: Bound,
    /// `null` while it lasts.
    pub ended: Option<Bound>,
    /// From its beginning to its end, all that was well in between included. `null` while it lasts, and where it had begun
    /// before anybody looked.
    pub duration_s: Option<DurationRange>,
    /// How long something was down, in all its turns. `null` while it lasts, and where it was only unstable.
    #[serde(default)]
    pub down_s: Option<Length>,
    /// How long something was down or unstable, in all its turns. `null` while it lasts.
    #[serde(default)]
    pub troubled_s: Option<Length>,
    /// In the order in which they were first seen.
    pub causes: Vec<CauseSummary>,
    /// How often it went from "all well" to "something is down".
    pub episodes: u32,
    pub flapping: bool,
}

/// A part in which the same families were down, or unstable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Segment {
    pub families: Vec<Family>,
    /// Those of them that were not down: they were unstable.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unstable: Vec<Family>,
    pub began: Bound,
    pub ended: Option<Bound>,
}

/// One family, down without a confirmed recovery in between; or unstable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Outage {
    pub family: Family,
    pub began: Bound,
    pub ended: Option<Bound>,
    pub ending: Option<Ending>,
    /// Left out where it was down. Else it was unstable: so many of the rounds from the first failure on failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unstable: Option<Rate>,
    /// Where it was down and answered again and again in between: so many of the rounds failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub between: Option<Rate>,
}

/// A span in which nobody could see the target while it was down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Blind {
    pub family: Family,
    #[serde(with = "rfc3339")]
    pub from: Timestamp,
    #[serde(with = "rfc3339_or_null")]
    pub to: Option<Timestamp>,
}

/// Evidence of one cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CauseEvidence {
    pub cause: Cause,
    pub family: Family,
    #[serde(with = "rfc3339")]
    pub from: Timestamp,
    pub vantage: String,
    pub address: Option<IpAddr>,
    pub http_status: Option<u16>,
    /// How long TCP took to come up; `null` where it did not.
    pub connect_ms: Option<f64>,
    pub detail: Option<Evidence>,
    pub certificate: Option<Certificate>,
}

/// One incident, whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Incident {
    /// The slug of the target, and its name.
    pub target: String,
    pub name: String,
    #[serde(flatten)]
    pub summary: Summary,
    pub open: bool,
    pub segments: Vec<Segment>,
    pub outages: Vec<Outage>,
    pub blind: Vec<Blind>,
    #[serde(with = "rfc3339")]
    pub confirmed_at: Timestamp,
    #[serde(with = "rfc3339_or_null")]
    pub resolved_at: Option<Timestamp>,
    pub impact: Impact,
    /// What the first sample of each cause showed.
    pub evidence: Vec<CauseEvidence>,
    /// What is left out of long lists above.
    pub outages_omitted: u32,
    pub causes_omitted: u32,
}

/// `GET /api/v1/incidents`: those that are open, then the others, the newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Incidents {
    pub version: u32,
    pub incidents: Vec<Incident>,
    /// Several of them that are one event.
    #[serde(default)]
    pub events: Vec<Event>,
    /// There are older ones: ask again with this as `before`.
    #[serde(default, with = "rfc3339_or_null")]
    pub next_before: Option<Timestamp>,
}

/// Incidents of several targets that began together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Event {
    pub began: Bound,
    /// When the last of them recovered; `null` while one lasts.
    pub ended: Option<Bound>,
    /// The incidents, each with its own recovery, in the order in which they began.
    pub incidents: Vec<String>,
    /// What they share, in words.
    pub text: String,
}

/// Returns the incidents of several targets that are one event; its members are named as `called` says. What was down
/// already when it was first looked at did not begin with anything that is known.
pub fn events(incidents: &[Incident], called: impl Fn(&Incident) -> String) -> Vec<Group> {
    let is_seen = |incident: &&Incident| incident.summary.began.after.is_some();
    let summaries: Vec<_> = incidents.iter().filter(is_seen).map(Incident::grouping_summary).collect();
    let mut events = grouping::group(&summaries);
    if events.is_empty() {
        return events;
    }
    let by_id: HashMap<&str, &Incident> = incidents.iter().map(|i| (i.summary.id.as_str(), i)).collect();
    for member in events.iter_mut().flat_map(|event| &mut event.members) {
        if let Some(incident) = by_id.get(member.id.as_str()) {
            member.target = called(incident);
        }
    }
    events
}

impl Incident {
    /// Returns what grouping looks at. The vantage, the addresses and the resolver are those of the first failures.
    fn grouping_summary(&self) -> grouping::Summary {
        let bound = |b: &Bound| incident::Bound { after: b.after, by: b.by };
        let details = || self.evidence.iter().filter_map(|e| e.detail.as_ref());
        let mut addresses: Vec<IpAddr> = self.evidence.iter().filter_map(|e| e.address).collect();
        addresses.sort_unstable();
        addresses.dedup();
        grouping::Summary {
            id: self.summary.id.clone(),
            // Two targets may have one name: one service over HTTP and over HTTPS.
            target: self.target.clone(),
            families: self.summary.families.clone(),
            began: bound(&self.summary.began),
            ended: self.summary.ended.as_ref().map(bound),
            addresses,
            resolver: details().find_map(|detail| detail.resolver.clone()),
            vantage: self.evidence.first().map(|e| e.vantage.clone()).unwrap_or_default(),
            causes: self.summary.causes.iter().map(|span| span.cause).collect(),
        }
    }
}

impl From<outline::DurationMs> for Length {
    fn from(d: outline::DurationMs) -> Self {
        Self { min: Seconds::from_ms(d.min), max: d.max.map(Seconds::from_ms) }
    }
}

impl From<Length> for outline::DurationMs {
    fn from(length: Length) -> Self {
        Self { min: length.min.ms(), max: length.max.map(Seconds::ms) }
    }
}

impl From<incident::Bound> for Bound {
    fn from(b: incident::Bound) -> Self {
        Self { after: b.after, by: b.by }
    }
}

impl From<&CauseSpan> for CauseSummary {
    fn from(span: &CauseSpan) -> Self {
        Self { cause: span.cause, family: span.family, from: span.from, to: span.to, samples: span.samples }
    }
}

impl From<&CauseSpan> for CauseEvidence {
    fn from(span: &CauseSpan) -> Self {
        let exhibit = &span.exhibit;
        Self {
            cause: span.cause,
            family: span.family,
            from: span.from,
            vantage: exhibit.vantage.clone(),
            address: exhibit.address,
            http_status: exhibit.http_status,
            connect_ms: exhibit.connect_ms,
            detail: (exhibit.evidence != Evidence::default()).then(|| exhibit.evidence.clone()),
            certificate: exhibit.certificate.as_ref().map(Into::into),
        }
    }
}

fn listed(families: PerFamily<bool>) -> Vec<Family> {
    families.iter().filter(|(_, is_down)| **is_down).map(|(family, _)| family).collect()
}

impl Summary {
    pub fn of(slug: &str, incident: &incident::Incident) -> Self {
        let range = |d: outline::DurationMs| {
            Some(DurationRange { min: Seconds::from_ms(d.min), max: Seconds::from_ms(d.max?) })
        };
        let lasted = incident.lasted(None).filter(|_| !incident.is_open());
        Self {
            id: id(slug, incident.id),
            kind: incident.trouble(),
            families: listed(incident.families()),
            began: incident.began().into(),
            ended: incident.ended().map(Into::into),
            duration_s: incident.duration().and_then(range),
            down_s: lasted.and_then(|lasted| lasted.down).map(Into::into),
            troubled_s: lasted.map(|lasted| lasted.troubled.into()),
            causes: incident.causes.iter().map(Into::into).collect(),
            episodes: incident.episodes,
            flapping: incident.flapping,
        }
    }
}

impl Incident {
    pub fn of(slug: &str, name: &str, incident: &incident::Incident) -> Self {
        Self {
            target: slug.to_owned(),
            name: name.to_owned(),
            summary: Summary::of(slug, incident),
            open: incident.is_open(),
            segments: (incident.segments().into_iter())
                .map(|s| Segment {
                    families: listed(s.families),
                    unstable: listed(s.unstable),
                    began: s.began.into(),
                    ended: s.ended.map(Into::into),
                })
                .collect(),
            outages: (incident.outages.iter())
                .map(|o| Outage {
                    family: o.family,
                    began: o.began.into(),
                    ended: o.ended.map(|(ended, _)| ended.into()),
                    ending: o.ended.map(|(_, ending)| ending),
                    unstable: o.unstable,
                    between: o.rate().filter(|_| o.unstable.is_none()),
                })
                .collect(),
            blind: incident
                .blind
                .iter()
                .map(|BlindSpell { family, from, to }| Blind { family: *family, from: *from, to: *to })
                .collect(),
            confirmed_at: incident.confirmed_at,
            resolved_at: incident.resolved_at,
            impact: incident.impact,
            evidence: incident.causes.iter().map(Into::into).collect(),
            outages_omitted: incident.outages_omitted,
            causes_omitted: incident.causes_omitted,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
