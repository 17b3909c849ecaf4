//! The public documents: for each its canonical name, and what is asked of which object for it.

use super::{
    IncidentName, Refusal, Span,
    address::{Query, shown},
    inner::{ToDirectory, ToTarget},
};
use crate::{
    answer::language::{Language, Spoken},
    feed::{About, Form},
    statuspage::Which,
    v1::board::MAX_TARGETS,
};
use dualwatch_core::{
    measure::{
        family::Family,
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
    /// As Statuspage has it: of components those behind `after`.
    Statuspage {
        which: Which,
        after: Option<Slug>,
        language: Option<Language>,
    },
    /// A page of `history.json`, from 1 on.
    Months {
        page: u32,
        language: Option<Language>,
    },
    /// Incidents that began before a time, and announced maintenance. `is_history`: by the name that Statuspage has for it.
    Feed {
        form: Form,
        about: About,
        before: Option<Timestamp>,
        language: Option<Language>,
        is_history: bool,
    },
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

impl Asks {
    /// Returns what is asked for an incident whose report is read in a language.
    pub fn incident(name: &IncidentName, language: Language) -> Self {
        Self::of_incident(name, ToTarget::Incident(name.clone(), language))
    }

    fn of_incident(name: &IncidentName, then: ToTarget) -> Self {
        Self::Target { slug: name.slug().clone(), first: ToDirectory::Has(name.clone()), then }
    }
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

    /// `?after=SLUG` and `?lang=TAG`.
    pub(super) fn statuspage(which: Which, query: &Query<'_>) -> Result<Self, Refusal> {
        let after = if which.has_components() { query.slug("after")? } else { None };
        Ok(Self::Statuspage { which, after, language: query.language() })
    }

    /// `?page=N` and `?lang=TAG`.
    pub(super) fn months(query: &Query<'_>) -> Result<Self, Refusal> {
        // More months than there were since year 1 are as many as that.
        let page = query.number("page", 1..=9_999)?.unwrap_or(1);
        Ok(Self::Months { page, language: query.language() })
    }

    /// `?target=SLUG`, `?family=ipv4` or `ipv6`, `?maintenance`, `?before=TIME` and `?lang=TAG`.
    pub(super) fn feed(form: Form, is_history: bool, query: &Query<'_>) -> Result<Self, Refusal> {
        let family = match query.value("family") {
            None => None,
            Some(text) => Some(
                (Family::ALL.into_iter().find(|family| family.code() == text))
                    .ok_or_else(|| Refusal::Bad(format!("`family` is `ipv4` or `ipv6`, not `{}`", shown(&text))))?,
            ),
        };
        let about = About { target: query.slug("target")?, family, is_maintenance: query.has("maintenance") };
        Ok(Self::Feed { form, about, before: query.time("before")?, language: query.language(), is_history })
    }

    /// Whether it is one of our own formats, in which the operator is told all there is.
    pub const fn is_ours(&self) -> bool {
        !matches!(self, Self::Statuspage { .. } | Self::Months { .. } | Self::Feed { .. })
    }

    /// Whether it says where it was asked for, so that each place has an answer of its own.
    pub const fn is_placed(&self) -> bool {
        matches!(self, Self::Report(_) | Self::Statuspage { .. } | Self::Months { .. } | Self::Feed { .. })
    }

    /// Returns its canonical path and query: values that were read, in an order of ours.
    pub fn name(&self) -> String {
        match self {
            Self::Statuspage { which, after, language } => {
                let mut name = which.path().to_owned();
                push(&mut name, "after", after.as_ref());
                return Spoken::of(*language, None).link(&name);
            }
            Self::Months { page, language } => {
                let mut name = "/history.json".to_owned();
                push(&mut name, "page", Some(page).filter(|page| **page > 1));
                return Spoken::of(*language, None).link(&name);
            }
            Self::Feed { form, about, before, language, is_history } => {
                let mut name = format!("/{}.{}", if *is_history { "history" } else { "feed" }, form.code());
                push(&mut name, "target", about.target.as_ref());
                push(&mut name, "family", about.family.map(Family::code).as_ref());
                if about.is_maintenance {
                    name.push_str(if name.contains('?') { "&maintenance" } else { "?maintenance" });
                }
                push(&mut name, "before", before.map(Timestamp::unix_ms).as_ref());
                return Spoken::of(*language, None).link(&name);
            }
            _ => {}
        }
        let mut name = "/api/v1/".to_owned();
        // A text takes everything.
        let _ = match self {
            Self::Statuspage { .. } | Self::Months { .. } | Self::Feed { .. } => Ok(()),
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
        match self {
            Self::Status { after, limit } => Asks::Directory(ToDirectory::Status(after.clone(), *limit)),
            Self::Incidents { target, before } => Asks::Directory(ToDirectory::Incidents(target.clone(), *before)),
            Self::Detail(slug) => of_target(slug, ToTarget::Detail),
            Self::Rounds(slug, span) => of_target(slug, ToTarget::Rounds(*span)),
            Self::Availability(slug) => of_target(slug, ToTarget::Availability),
            Self::History(slug, size, span) => of_target(slug, ToTarget::History(*size, *span)),
            Self::Incident(incident) => Asks::incident(incident, Language::default()),
            Self::Report(incident) => Asks::of_incident(incident, ToTarget::Report(incident.clone())),
            Self::Statuspage { which, after, language } => {
                Asks::Directory(ToDirectory::Statuspage(*which, after.clone(), language.unwrap_or_default()))
            }
            Self::Months { page, language } => {
                Asks::Directory(ToDirectory::Months(*page, language.unwrap_or_default()))
            }
            Self::Feed { form, about, before, language, is_history } => {
                let spoken = (*language, *is_history);
                Asks::Directory(ToDirectory::Feed(*form, about.clone(), *before, spoken))
            }
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
