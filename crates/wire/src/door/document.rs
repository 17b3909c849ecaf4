//! The public documents: for each its canonical name, and what is asked of which object for it.

use super::{
    IncidentName, Refusal, Span,
    address::{Query, shown},
    inner::{ToDirectory, ToTarget},
};
use crate::v1::board::MAX_TARGETS;
use dualwatch_core::{
    measure::{
        slug::Slug,
        time::{DAY, Timestamp},
    },
    remember::rollup::bucket::Size,
};
use std::fmt::Write as _;

/// A document that everybody may read, and that does not depend on where it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Document {
    /// At most `limit` targets, those behind `after`.
    Status {
        after: Option<Slug>,
        limit: Option<usize>,
    },
    /// Of one target, and those that began before a time.
    Incidents {
        target: Option<Slug>,
        before: Option<Timestamp>,
    },
    Detail(Slug),
    Rounds(Slug, Span),
    Availability(Slug),
    History(Slug, Size, Span),
    Incident(IncidentName),
    /// The same as Markdown.
    Report(IncidentName),
}

/// Who answers, and what it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asks {
    Directory(ToDirectory),
    /// A target, once the directory has said yes to `first`: only what it knows wakes an object, so that a visitor cannot
    /// make new ones.
    Target {
        slug: Slug,
        first: ToDirectory,
        then: ToTarget,
    },
}

impl Document {
    /// `?after=SLUG` and `?limit=N`.
    pub(super) fn status(query: &Query<'_>) -> Result<Self, Refusal> {
        Ok(Self::Status { after: query.slug("after")?, limit: query.number("limit", 1..=MAX_TARGETS)? })
    }

    /// `?target=SLUG` and `?before=TIME` narrow the list.
    pub(super) fn incidents(query: &Query<'_>) -> Result<Self, Refusal> {
        Ok(Self::Incidents { target: query.slug("target")?, before: query.time("before")? })
    }

    /// `from` and `to`; the last 24 hours where they are left out.
    pub(super) fn rounds(slug: Slug, query: &Query<'_>, now: Timestamp) -> Result<Self, Refusal> {
        Ok(Self::Rounds(slug, Span::read(query, DAY, now)?))
    }

    /// `size`, and `from` and `to`: the last 90 days, or the last one where the parts are smaller than a day.
    pub(super) fn history(slug: Slug, query: &Query<'_>, now: Timestamp) -> Result<Self, Refusal> {
        let size = match query.value("size") {
            None => Size::Day,
            Some(text) => Size::ALL
                .into_iter()
                .find(|size| size.code() == text)
                .ok_or_else(|| Refusal::Bad(format!("`size` is `5m`, `1h` or `1d`, not `{}`", shown(&text))))?,
        };
        let length = if size == Size::Day { 90 * DAY } else { DAY };
        Ok(Self::History(slug, size, Span::read(query, length, now)?))
    }

    /// Returns its canonical path and query: values that were read, in an order of ours.
    pub fn name(&self) -> String {
        let mut name = "/api/v1/".to_owned();
        // A text takes everything.
        let _ = match self {
            Self::Status { .. } => write!(name, "status"),
            Self::Incidents { .. } => write!(name, "incidents"),
            Self::Detail(slug) => write!(name, "targets/{slug}"),
            Self::Rounds(slug, _) => write!(name, "targets/{slug}/rounds"),
            Self::Availability(slug) => write!(name, "targets/{slug}/availability"),
            Self::History(slug, size, _) => write!(name, "targets/{slug}/history?size={}", size.code()),
            Self::Incident(incident) => write!(name, "incidents/{incident}"),
            Self::Report(incident) => write!(name, "incidents/{incident}/report.md"),
        };
        match self {
            Self::Status { after, limit } => {
                push(&mut name, "after", after.as_ref());
                push(&mut name, "limit", limit.as_ref());
            }
            Self::Incidents { target, before } => {
                push(&mut name, "target", target.as_ref());
                push(&mut name, "before", before.map(Timestamp::unix_ms).as_ref());
            }
            Self::Rounds(_, span) | Self::History(_, _, span) => span.write(&mut name),
            _ => {}
        }
        name
    }

    /// Returns who answers with it.
    pub fn asks(&self) -> Asks {
        let of_target = |slug: &Slug, then| {
            let first = ToDirectory::Knows(slug.clone());
            Asks::Target { slug: slug.clone(), first, then }
        };
        let of_incident = |incident: &IncidentName, then: fn(IncidentName) -> ToTarget| {
            let first = ToDirectory::Has(incident.clone());
            Asks::Target { slug: incident.slug().clone(), first, then: then(incident.clone()) }
        };
        match self {
            Self::Status { after, limit } => Asks::Directory(ToDirectory::Status(after.clone(), *limit)),
            Self::Incidents { target, before } => Asks::Directory(ToDirectory::Incidents(target.clone(), *before)),
            Self::Detail(slug) => of_target(slug, ToTarget::Detail),
            Self::Rounds(slug, span) => of_target(slug, ToTarget::Rounds(*span)),
            Self::Availability(slug) => of_target(slug, ToTarget::Availability),
            Self::History(slug, size, span) => of_target(slug, ToTarget::History(*size, *span)),
            Self::Incident(incident) => of_incident(incident, ToTarget::Incident),
            Self::Report(incident) => of_incident(incident, ToTarget::Report),
        }
    }
}

fn push<T: std::fmt::Display>(name: &mut String, key: &str, value: Option<&T>) {
    if let Some(value) = value {
        let sign = if name.contains('?') { '&' } else { '?' };
        // A text takes everything.
        let _ = write!(name, "{sign}{key}={value}");
    }
}
