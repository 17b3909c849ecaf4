//! The public name of an incident, as a value.

use crate::v1::incident;
use dualwatch_core::{
    measure::{slug::Slug, time::Timestamp},
    respond::incident::IncidentId,
};
use std::fmt;

/// Such as `service-20261123T140200Z`: the target, and the second in which the incident was first seen.
///
/// Every incident has one name: no other text is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentName {
    text: String,
    slug: Slug,
    began: Timestamp,
}

impl IncidentName {
    /// Returns the name that a text is; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let slug = Slug::parse(incident::slug_of(text)?)?;
        let began = incident::began_of(text)?;
        // Some calendars read 24:00, or a second 60, as a time that has another name.
        let is_its_name = incident::id(slug.as_str(), IncidentId(began)) == text;
        is_its_name.then(|| Self { text: text.to_owned(), slug, began })
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns whose incident it is.
    pub const fn slug(&self) -> &Slug {
        &self.slug
    }

    /// Returns the second in which it was first seen.
    pub const fn began(&self) -> Timestamp {
        self.began
    }
}

impl fmt::Display for IncidentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
