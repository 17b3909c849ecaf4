//! Incidents and announced maintenance, with their updates.

use super::{
    Component, Status,
    component::{component_id, components},
    standing::{headline, impact},
};
use crate::{
    bulletin::{self, Moment, What},
    phrases::{Announced, Phrases},
    place::{ID, ORIGIN},
    scheduled::{Phase, Scheduled},
    time::{rfc3339, rfc3339_or_null},
    v1::{self, TargetStatus},
};
use dualwatch_core::measure::{
    family::{Family, PerFamily},
    time::Timestamp,
};
use serde::Serialize;
use std::collections::HashMap;

/// So many targets of one window have their components listed with it.
pub const MAX_COMPONENTS: usize = 20;

/// An incident, or a window of maintenance.
#[derive(Clone, Debug, Serialize)]
pub struct Incident {
    pub id: String,
    pub name: String,
    pub status: &'static str,
    pub impact: &'static str,
    #[serde(with = "rfc3339")]
    pub created_at: Timestamp,
    #[serde(with = "rfc3339")]
    pub updated_at: Timestamp,
    #[serde(with = "rfc3339_or_null")]
    pub monitoring_at: Option<Timestamp>,
    #[serde(with = "rfc3339_or_null")]
    pub resolved_at: Option<Timestamp>,
    #[serde(with = "rfc3339")]
    pub started_at: Timestamp,
    pub shortlink: String,
    pub page_id: &'static str,
    /// The newest first.
    pub incident_updates: Vec<Update>,
    pub components: Vec<Component>,
    pub reminder_intervals: Option<String>,
    #[serde(flatten)]
    pub window: Option<Times>,
}

/// When maintenance is announced for.
#[derive(Clone, Debug, Serialize)]
pub struct Times {
    #[serde(with = "rfc3339")]
    pub scheduled_for: Timestamp,
    #[serde(with = "rfc3339")]
    pub scheduled_until: Timestamp,
}

/// What was said at one time.
#[derive(Clone, Debug, Serialize)]
pub struct Update {
    pub id: String,
    pub status: &'static str,
    pub body: String,
    pub incident_id: String,
    #[serde(with = "rfc3339")]
    pub created_at: Timestamp,
    #[serde(with = "rfc3339")]
    pub updated_at: Timestamp,
    #[serde(with = "rfc3339")]
    pub display_at: Timestamp,
    pub affected_components: Vec<Affected>,
    pub deliver_notifications: bool,
    pub custom_tweet: Option<String>,
    pub tweet_id: Option<String>,
}

/// A component that changed with an update.
#[derive(Clone, Debug, Serialize)]
pub struct Affected {
    pub code: String,
    pub name: String,
    pub old_status: Status,
    pub new_status: Status,
}

/// What the components of incidents are made of.
pub struct Around<'a> {
    pub targets: HashMap<&'a str, (usize, &'a TargetStatus)>,
    pub open: HashMap<&'a str, PerFamily<bool>>,
    pub first_at: Timestamp,
    pub now: Timestamp,
    pub phrases: &'a dyn Phrases,
}

impl Around<'_> {
    /// Returns the components of a target that are meant; none of one that is not configured any more.
    fn components(&self, slug: &str, is_meant: impl Fn(Family) -> bool) -> Vec<Component> {
        let Some((position, target)) = self.targets.get(slug) else { return Vec::new() };
        let open = self.open.get(slug).copied().unwrap_or_default();
        let [group, ipv4, ipv6, _] = components(target, open, *position, self.first_at, self.phrases);
        let families = Family::ALL.into_iter().zip([ipv4, ipv6]).filter(|(family, _)| is_meant(*family));
        std::iter::once(group).chain(families.map(|(_, component)| component)).collect()
    }

    pub fn incident(&self, incident: &v1::Incident) -> Incident {
        let id = &incident.summary.id;
        let moments = bulletin::moments(incident);
        let mut before = PerFamily { ipv4: Status::Operational, ipv6: Status::Operational };
        let mut updates: Vec<Update> = Vec::with_capacity(moments.len());
        for moment in &moments {
            let now = statuses(moment);
            let changed = Family::ALL.into_iter().filter(|family| before.get(*family) != now.get(*family));
            let affected = changed.map(|family| Affected {
                code: component_id(&incident.target, Some(family)),
                name: self.phrases.component(&incident.name, Some(family)),
                old_status: *before.get(family),
                new_status: *now.get(family),
            });
            let affected_components = affected.collect();
            before = now;
            updates.push(Update {
                id: moment.name(id),
                status: status(moment.what),
                body: self.phrases.moment(moment),
                incident_id: id.clone(),
                created_at: moment.told_at,
                updated_at: moment.told_at,
                display_at: moment.at,
                affected_components,
                deliver_notifications: true,
                custom_tweet: None,
                tweet_id: None,
            });
        }
        updates.reverse();
        let told = |what: What| moments.iter().rev().find(|moment| moment.what == what);
        let newest = moments.iter().map(|moment| moment.told_at).max().unwrap_or(incident.confirmed_at);
        let first = moments.first().map_or(incident.confirmed_at, |moment| moment.told_at);
        let is_quiet = moments.last().is_some_and(|moment| moment.what == What::Quiet);
        Incident {
            id: id.clone(),
            name: self.phrases.headline(&incident.name, headline(incident)),
            status: if incident.open { status(if is_quiet { What::Quiet } else { What::Began }) } else { "resolved" },
            impact: impact(incident),
            created_at: first,
            updated_at: newest,
            monitoring_at: told(What::Quiet).map(|moment| moment.at),
            resolved_at: incident.resolved_at.filter(|_| !incident.open),
            started_at: incident.summary.began.by,
            shortlink: format!("{ORIGIN}/incidents/{id}"),
            page_id: ID,
            incident_updates: updates,
            components: self.components(&incident.target, |family| incident.summary.families.contains(&family)),
            reminder_intervals: None,
            window: None,
        }
    }

    pub fn maintenance(&self, window: &Scheduled) -> Incident {
        let phase = window.phase(self.now);
        let announced = Announced::from(window);
        // It was announced with the configuration, or comes again by it; nobody wrote down when that was.
        let created_at = self.first_at.min(window.from);
        let moments = [(Phase::Scheduled, created_at), (Phase::InProgress, window.from), (Phase::Completed, window.to)];
        let updates: Vec<Update> = (moments.into_iter().filter(|(then, _)| *then <= phase))
            .map(|(then, at)| Update {
                id: format!("{}--{}", window.id, then.code().replace('_', "-")),
                status: then.code(),
                body: self.phrases.announced(&announced),
                incident_id: window.id.clone(),
                created_at: at,
                updated_at: at,
                display_at: at,
                affected_components: Vec::new(),
                deliver_notifications: true,
                custom_tweet: None,
                tweet_id: None,
            })
            .rev()
            .collect();
        let mut slugs: Vec<&str> = match &window.targets {
            Some(slugs) => slugs.iter().map(|slug| &**slug).collect(),
            None => self.targets.keys().copied().collect(),
        };
        slugs.sort_by_key(|slug| self.targets.get(slug).map_or(usize::MAX, |(position, _)| *position));
        slugs.truncate(MAX_COMPONENTS);
        let is_meant = |family: Family| *window.families.get(family);
        Incident {
            id: window.id.clone(),
            name: window.title.clone(),
            status: phase.code(),
            impact: "maintenance",
            created_at,
            updated_at: updates.first().map_or(created_at, |update| update.updated_at),
            monitoring_at: None,
            resolved_at: (phase == Phase::Completed).then_some(window.to),
            started_at: window.from,
            shortlink: format!("{ORIGIN}/"),
            page_id: ID,
            incident_updates: updates,
            components: slugs.into_iter().flat_map(|slug| self.components(slug, is_meant)).collect(),
            reminder_intervals: None,
            window: Some(Times { scheduled_for: window.from, scheduled_until: window.to }),
        }
    }
}

/// Returns the status of an update. Nobody has looked into it yet while it lasts: what is known of why is said in its body.
const fn status(what: What) -> &'static str {
    match what {
        What::Began | What::Changed | What::Cause => "investigating",
        What::Quiet => "monitoring",
        What::Over => "resolved",
    }
}

fn statuses(moment: &Moment) -> PerFamily<Status> {
    PerFamily::from_fn(|family| {
        if *moment.down.get(family) {
            Status::MajorOutage
        } else if *moment.unstable.get(family) {
            Status::PartialOutage
        } else {
            Status::Operational
        }
    })
}
