//! The page's state: what was published, what the browser found, and the time.

use crate::{
    found::browser::Report,
    show::{
        model::{self, PageModel},
        notice::Contact,
    },
};
use dualwatch_core::measure::{time::Timestamp, zone::Zone};
use dualwatch_wire::v1::PageData;

/// Everything that the page is drawn from.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    pub data: PageData,
    pub report: Report,
    pub contact: Contact,
    /// The worker's clock.
    pub now: Timestamp,
    /// Whether the visitor has asked to check again, and has no result yet.
    pub is_checking: bool,
    /// The clock of who reads this, once it is known; until then there is what the worker has written.
    pub zone: Option<Zone>,
    /// What a screen reader is told: changes of verdicts only.
    pub announcement: String,
}

impl State {
    /// Returns the state that the worker and the browser begin with, so that hydration finds what was rendered.
    pub fn new(data: PageData) -> Self {
        Self {
            now: data.now,
            data,
            report: Report::default(),
            contact: Contact::default(),
            is_checking: false,
            zone: None,
            announcement: String::new(),
        }
    }

    /// Returns everything that is shown.
    pub fn model(&self) -> PageModel {
        let mut model = model::build(&self.data, &self.report, self.contact, self.now);
        if let Some(zone) = &self.zone {
            model.beside(zone, self.now);
        }
        model
    }
}
