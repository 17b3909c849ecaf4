//! The documents: what is in each.

use super::{Component, Incident, MAX_INCIDENTS, Overall, Page, Stand, component::components, incident::Around};
use crate::{
    phrases::Phrases,
    scheduled::{Phase, Scheduled},
    v1::{self, TargetStatus},
};
use dualwatch_core::measure::{
    family::{Family, PerFamily},
    time::Timestamp,
};
use serde::Serialize;
use std::{collections::HashMap, ops::Range};

/// Which document is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    Summary,
    Status,
    Components,
    Incidents,
    Unresolved,
    Maintenances,
    Upcoming,
    Active,
}

impl Which {
    pub const ALL: [Self; 8] = [
        Self::Summary,
        Self::Status,
        Self::Components,
        Self::Incidents,
        Self::Unresolved,
        Self::Maintenances,
        Self::Upcoming,
        Self::Active,
    ];

    /// Returns its name: the path below `/api/v2/`, without `.json`, in one piece.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Summary => "summary",
            Self::Status => "status",
            Self::Components => "components",
            Self::Incidents => "incidents",
            Self::Unresolved => "incidents-unresolved",
            Self::Maintenances => "scheduled-maintenances",
            Self::Upcoming => "scheduled-maintenances-upcoming",
            Self::Active => "scheduled-maintenances-active",
        }
    }

    /// Returns its path.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Summary => "/api/v2/summary.json",
            Self::Status => "/api/v2/status.json",
            Self::Components => "/api/v2/components.json",
            Self::Incidents => "/api/v2/incidents.json",
            Self::Unresolved => "/api/v2/incidents/unresolved.json",
            Self::Maintenances => "/api/v2/scheduled-maintenances.json",
            Self::Upcoming => "/api/v2/scheduled-maintenances/upcoming.json",
            Self::Active => "/api/v2/scheduled-maintenances/active.json",
        }
    }

    /// Whether the newest incidents are in it, also those that are over.
    pub const fn has_past(self) -> bool {
        matches!(self, Self::Incidents)
    }

    /// Whether the components are in it.
    pub const fn has_components(self) -> bool {
        matches!(self, Self::Summary | Self::Components)
    }
}

/// What the documents are made of.
pub struct Known<'a> {
    /// All of them, in the order of the configuration.
    pub targets: Vec<&'a TargetStatus>,
    /// Which of them are in this answer.
    pub shown: Range<usize>,
    /// Those that are open, the newest first.
    pub open: &'a [v1::Incident],
    /// The newest of all, where they are asked for.
    pub newest: &'a [v1::Incident],
    /// In the order of their beginning.
    pub windows: &'a [Scheduled],
    /// When the configuration was accepted: before that nothing of it was known.
    pub accepted_at: Timestamp,
    pub now: Timestamp,
}

#[derive(Serialize)]
struct StatusLine {
    indicator: &'static str,
    description: &'static str,
}

/// One document, with the parts that it has.
#[derive(Serialize)]
pub struct Answer {
    page: Page,
    #[serde(skip_serializing_if = "Option::is_none")]
    components: Option<Vec<Component>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    incidents: Option<Vec<Incident>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_maintenances: Option<Vec<Incident>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<StatusLine>,
}

impl Answer {
    /// Returns a document in the words of a language.
    pub fn of(which: Which, known: &Known<'_>, phrases: &dyn Phrases) -> Self {
        let (now, first_at) = (known.now, known.accepted_at);
        let mut open: HashMap<&str, PerFamily<bool>> = HashMap::new();
        for incident in known.open {
            let Some(last) = incident.segments.last().filter(|segment| segment.ended.is_none()) else { continue };
            let families = open.entry(&incident.target).or_default();
            last.families.iter().for_each(|family| *families.get_mut(*family) = true);
        }
        let of = |slug: &str| open.get(slug).copied().unwrap_or_default();
        let overall = Overall::of(known.targets.iter().map(|target| Stand::of(target, of(&target.slug)).whole));
        let has = |wanted: &[Which]| wanted.contains(&which);
        let list = which.has_components().then(|| {
            let shown = known.targets.get(known.shown.clone()).unwrap_or_default();
            let all = shown.iter().zip(known.shown.start + 1..);
            all.flat_map(|(target, position)| components(target, of(&target.slug), position, first_at, phrases))
                .collect()
        });
        let since =
            |target: &&TargetStatus| Family::ALL.into_iter().filter_map(|family| target.facts(family).since).max();
        let mut updated_at = known.targets.iter().filter_map(since).max().map_or(first_at, |at| at.max(first_at));
        let targets = known.targets.iter().zip(1..).map(|(target, position)| (&*target.slug, (position, *target)));
        let around = Around { targets: targets.collect(), open, first_at, now, phrases };
        let listed = match which {
            Which::Incidents => Some(known.newest),
            Which::Summary | Which::Unresolved => Some(known.open),
            _ => None,
        };
        let incidents: Option<Vec<Incident>> =
            listed.map(|all| all.iter().take(MAX_INCIDENTS).map(|incident| around.incident(incident)).collect());
        let is_meant = |phase: Phase| match which {
            Which::Summary => phase != Phase::Completed,
            Which::Maintenances => true,
            Which::Upcoming => phase == Phase::Scheduled,
            Which::Active => phase == Phase::InProgress,
            _ => false,
        };
        let windows = known.windows.iter().filter(|window| is_meant(window.phase(now)));
        let windows = windows.take(MAX_INCIDENTS).map(|window| around.maintenance(window));
        let scheduled_maintenances: Option<Vec<Incident>> =
            has(&[Which::Summary, Which::Maintenances, Which::Upcoming, Which::Active]).then(|| windows.collect());
        let told = incidents.iter().chain(&scheduled_maintenances).flatten().map(|incident| incident.updated_at);
        updated_at = told.max().map_or(updated_at, |at| at.max(updated_at));
        let line = StatusLine { indicator: overall.indicator(), description: phrases.overall(overall) };
        Self {
            page: Page::new(updated_at),
            components: list,
            incidents,
            scheduled_maintenances,
            status: has(&[Which::Summary, Which::Status]).then_some(line),
        }
    }

    /// Returns it as text. Documents of ours are always JSON: their keys are text, and their numbers finite.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
