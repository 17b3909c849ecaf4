//! The public API of Atlassian's Statuspage, version 2 (<https://metastatuspage.com/api>), so that what reads such pages reads
//! ours: a group for each target, with a component for each family and one for a client that has both.
//!
//! Which of its few words stands for what is known is decided in [`standing`]; the tables print themselves in
//! `crates/wire/STATUSPAGE.md`, with how each identifier is made. All of them are for ever, and hold nothing but letters,
//! digits and hyphens. No name, status, impact or body is ever `null`, and no list: there are readers that fail at one.

mod component;
mod document;
pub mod history;
mod incident;
pub mod standing;

pub use component::{Component, ROUTES, component_id};
pub use document::{Answer, Known, Which};
pub use history::Months;
pub use incident::{Incident, MAX_COMPONENTS, Update};
pub use standing::{Overall, Stand, Standing, Status, Whole};

use crate::{
    place::{ID, NAME, ORIGIN},
    time::rfc3339,
};
use dualwatch_core::measure::time::Timestamp;
use serde::Serialize;

/// So many incidents, or windows, are in one answer.
pub const MAX_INCIDENTS: usize = 50;

/// What heads every document.
#[derive(Clone, Debug, Serialize)]
pub struct Page {
    id: &'static str,
    name: &'static str,
    url: &'static str,
    /// Of the times in the document.
    time_zone: &'static str,
    #[serde(with = "rfc3339")]
    updated_at: Timestamp,
}

impl Page {
    pub const fn new(updated_at: Timestamp) -> Self {
        Self { id: ID, name: NAME, url: ORIGIN, time_zone: "Etc/UTC", updated_at }
    }
}
