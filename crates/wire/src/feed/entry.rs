//! What becomes an entry, and how it is named.

use super::xml::{html, plain};
use crate::{
    bulletin::{Moment, What},
    phrases::{Announced, Phrases},
    place::{NAME, ORIGIN},
    scheduled::Scheduled,
    statuspage::standing::headline,
    v1,
};
use dualwatch_core::measure::{family::Family, time::Timestamp};
use std::fmt::Write as _;

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// RFC 4151.
    pub id: String,
    /// One line of text without angle brackets.
    pub title: String,
    pub link: String,
    pub published: Timestamp,
    pub updated: Timestamp,
    /// The newest first.
    pub paragraphs: Vec<Paragraph>,
    /// Codes: families, causes, what it is, and the target.
    pub categories: Vec<String>,
    /// Of an incident there is a report.
    pub has_report: bool,
    pub state: &'static str,
}

/// What was said at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph {
    pub time: String,
    pub text: String,
}

impl Entry {
    /// Returns the entries of an incident: one for as long as it is known, and one more when it is over.
    pub fn of_incident(
        incident: &v1::Incident,
        moments: &[Moment],
        feed: &str,
        phrases: &dyn Phrases,
    ) -> impl Iterator<Item = Self> {
        let id = &incident.summary.id;
        let mut categories: Vec<String> =
            incident.summary.families.iter().map(|family| family.code().to_owned()).collect();
        for (_, cause) in moments.iter().flat_map(|moment| &moment.causes) {
            if !categories.iter().any(|category| category == cause.code()) {
                categories.push(cause.code().to_owned());
            }
        }
        categories.push(incident.target.clone());
        let paragraphs = moments
            .iter()
            .rev()
            .map(|moment| Paragraph { time: phrases.time(moment.at), text: phrases.moment(moment) });
        let told = |moment: Option<&Moment>| moment.map_or(incident.confirmed_at, |moment| moment.told_at);
        let updated = moments.iter().map(|moment| moment.told_at).max().unwrap_or(incident.confirmed_at);
        let entry = Self {
            id: format!("tag:{NAME},2026:{feed}/{id}"),
            title: plain(&phrases.headline(&incident.name, headline(incident))),
            link: format!("{ORIGIN}/incidents/{id}"),
            published: told(moments.first()),
            updated,
            paragraphs: paragraphs.collect(),
            categories,
            has_report: true,
            state: if incident.open { "open" } else { "resolved" },
        };
        let over = moments.iter().find(|moment| moment.what == What::Over).map(|over| Self {
            id: format!("{}/over", entry.id),
            title: plain(&phrases.resolved(&entry.title)),
            published: over.told_at,
            updated: over.told_at,
            ..entry.clone()
        });
        [Some(entry), over].into_iter().flatten()
    }

    /// Returns the entry of a window of maintenance. It is new when it was announced, when it begins and when it is over.
    pub fn of_window(
        window: &Scheduled,
        accepted_at: Timestamp,
        now: Timestamp,
        feed: &str,
        phrases: &dyn Phrases,
    ) -> Self {
        let published = accepted_at.min(window.from);
        let announced = Announced::from(window);
        let families = window.families.iter().filter(|(_, is_meant)| **is_meant);
        let mut categories: Vec<String> = families.map(|(family, _): (Family, _)| family.code().to_owned()).collect();
        categories.push("maintenance".to_owned());
        categories.extend(window.targets.iter().flatten().cloned());
        let phase = window.phase(now);
        Self {
            id: format!("tag:{NAME},2026:{feed}/{}", window.id),
            title: plain(&phrases.announced_title(&window.title, phase)),
            link: format!("{ORIGIN}/"),
            published,
            updated: [window.to, window.from].into_iter().find(|at| *at <= now).unwrap_or(published),
            paragraphs: vec![Paragraph { time: phrases.time(window.from), text: phrases.announced(&announced) }],
            categories,
            has_report: false,
            state: phase.code(),
        }
    }

    /// Returns its text as HTML.
    pub fn html(&self, report: &str) -> String {
        let mut shown = String::new();
        for Paragraph { time, text } in &self.paragraphs {
            // A text takes everything.
            let _ = write!(shown, "<p><strong>{}</strong>: {}</p>", html(time), html(text));
        }
        if self.has_report {
            let _ = write!(shown, "<p><a href=\"{}\">{}</a></p>", html(&self.link), html(report));
        }
        shown
    }
}
