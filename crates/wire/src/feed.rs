//! Feeds: incidents and announced maintenance as Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1, of one list in one order.
//!
//! In scope: which entries there are, what each is called for ever, and the three forms. What real readers do with them
//! decides a good part of it:
//!
//! - An incident is one entry while it lasts, whose `updated` and title follow it, and another one when it is over: readers
//!   that show an entry once (newsboat, rss2email) tell of the end, and those that hide `updated` (rss-parser) show an
//!   amendment in the title.
//! - An entry has another identifier in each feed: of two feeds with one identifier, newsboat shows only one entry.
//! - Titles are text without angle brackets, which some readers take for HTML; every address is absolute, since many
//!   resolve none.
//! - All facts are in title, text and categories: extensions are dropped by nearly everybody.
//!
//! Out of scope: words ([`Phrases`]).

mod atom;
mod entry;
mod json;
mod rss;
pub mod xml;

pub use entry::{Entry, Paragraph};

use crate::{
    bulletin,
    phrases::{Phrases, Subject},
    place::{NAME, ORIGIN},
    scheduled::Scheduled,
    v1,
};
use dualwatch_core::measure::{family::Family, slug::Slug, time::Timestamp};

/// So many incidents are in one feed; older ones are behind its link to the next.
pub const MAX_INCIDENTS: usize = 50;

/// How a feed is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Atom,
    Rss,
    Json,
}

impl Form {
    pub const ALL: [Self; 3] = [Self::Atom, Self::Rss, Self::Json];

    /// Returns the ending of its address.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Atom => "atom",
            Self::Rss => "rss",
            Self::Json => "json",
        }
    }

    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Rss => "application/rss+xml; charset=utf-8",
            Self::Json => "application/feed+json; charset=utf-8",
        }
    }
}

/// What a feed is about: everything, or what all of these say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    pub target: Option<Slug>,
    pub family: Option<Family>,
    /// Announced maintenance alone.
    pub is_maintenance: bool,
}

impl About {
    /// Returns what it is about as a part of names, without a slash: `all`, `shop`, `ipv6`, `shop.ipv6.maintenance`.
    pub fn code(&self) -> String {
        let parts = [
            self.target.as_ref().map(Slug::as_str),
            self.family.map(Family::code),
            self.is_maintenance.then_some("maintenance"),
        ];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        if parts.is_empty() { "all".to_owned() } else { parts.join(".") }
    }

    /// Whether it is about an incident.
    pub fn has(&self, incident: &v1::Incident) -> bool {
        !self.is_maintenance
            && self.target.as_ref().is_none_or(|slug| slug.as_str() == incident.target)
            && self.family.is_none_or(|family| incident.summary.families.contains(&family))
    }

    pub(crate) fn has_window(&self, window: &Scheduled) -> bool {
        window.concerns(self.target.as_ref().map(Slug::as_str), self.family)
    }
}

/// What a feed is made of.
pub struct Known<'a> {
    /// The newest first.
    pub incidents: &'a [v1::Incident],
    pub windows: &'a [Scheduled],
    /// The name of the target that it is about.
    pub target_name: Option<&'a str>,
    /// What the pages are called; where nobody has named them, the host's name stands for it.
    pub site: Option<&'a str>,
    /// When the configuration was accepted.
    pub accepted_at: Timestamp,
    pub now: Timestamp,
    /// Its own path and query, and those of the older part, if there is one.
    pub path: String,
    pub next: Option<String>,
}

/// One list, before it has a form.
pub struct Feed {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) language: &'static str,
    pub(crate) updated: Timestamp,
    pub(crate) path: String,
    pub(crate) next: Option<String>,
    pub(crate) report: &'static str,
    /// The newest first.
    pub(crate) entries: Vec<Entry>,
}

impl Feed {
    pub fn of(about: &About, known: &Known<'_>, phrases: &dyn Phrases) -> Self {
        let feed = about.code();
        let mut entries: Vec<Entry> = Vec::new();
        for incident in known.incidents.iter().filter(|incident| about.has(incident)).take(MAX_INCIDENTS) {
            entries.extend(Entry::of_incident(incident, &bulletin::moments(incident), &feed, phrases));
        }
        for window in known.windows.iter().filter(|window| about.has_window(window)).take(MAX_INCIDENTS) {
            entries.push(Entry::of_window(window, known.accepted_at, known.now, &feed, phrases));
        }
        entries.sort_by(|a, b| (b.updated, &b.id).cmp(&(a.updated, &a.id)));
        let subject = known.target_name.map_or(Subject::Everything, |name| Subject::Target(xml::plain(name)));
        let site = known.site.map_or_else(|| NAME.to_owned(), xml::plain);
        Self {
            id: format!("tag:{NAME},2026:{feed}"),
            title: phrases.feed(&site, &subject, about.family, about.is_maintenance),
            language: phrases.code(),
            updated: entries.first().map_or(known.accepted_at, |newest| newest.updated),
            path: format!("{ORIGIN}{}", known.path),
            next: known.next.as_ref().map(|next| format!("{ORIGIN}{next}")),
            report: phrases.report(),
            entries,
        }
    }

    /// Returns when something of it changed last.
    pub const fn updated(&self) -> Timestamp {
        self.updated
    }

    /// Returns it in a form.
    pub fn text(&self, form: Form) -> String {
        match form {
            Form::Atom => atom::write(self),
            Form::Rss => rss::write(self),
            Form::Json => json::write(self),
        }
    }
}

#[cfg(test)]
mod tests;
