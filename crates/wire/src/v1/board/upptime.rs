//! Upptime's summary of what is published.

use super::{Board, MAX_TARGETS, json, list};
use crate::upptime::SummaryItem;

impl Board {
    /// Returns `history/summary.json`: at most so many targets as are in one answer.
    pub fn upptime(&self) -> String {
        let items = self.places.iter().take(MAX_TARGETS).map(|place| {
            let numbers = place.report.as_ref().and_then(|report| report.upptime.clone()).unwrap_or_default();
            json(&SummaryItem::of(&place.status, &numbers))
        });
        let items: Vec<String> = items.collect();
        let mut text = String::new();
        list(&mut text, items.iter().map(String::as_str));
        text
    }
}
