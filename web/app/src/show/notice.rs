//! What the page has to admit about itself: our own watcher is silent, or late.

use crate::{found::edge, show::phrases};
use dualwatch_core::measure::time::Timestamp;
use dualwatch_wire::v1::PageData;

/// Whether the worker that sent this page can still be asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Contact {
    #[default]
    Fresh,
    Lost,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Stable, as in `data-notice`: `unreachable`, `late`.
    pub code: &'static str,
    pub text: String,
}

/// Returns the notices at `now`, the most serious first.
pub fn notices(data: &PageData, contact: Contact, now: Timestamp) -> Vec<Notice> {
    let mut notices = Vec::new();
    if contact == Contact::Lost {
        let from = phrases::time_of_day(data.now);
        notices.push(Notice {
            code: "unreachable",
            text: format!(
                "Our own watcher cannot be reached; what you see of it is from {from}. Your browser's own results still count."
            ),
        });
    }
    let overdue: Vec<i64> =
        data.status.targets.iter().filter_map(|t| edge::late_by_ms(t, edge::interval_s(data, &t.slug), now)).collect();
    if let Some(most) = overdue.iter().max() {
        let late = dualwatch_words::late_by(phrases::in_minutes(*most));
        let of = if overdue.len() == data.status.targets.len() {
            String::new()
        } else {
            format!(" for {} of {} services", overdue.len(), data.status.targets.len())
        };
        notices.push(Notice { code: "late", text: phrases::sentence(&format!("{late}{of}")) });
    }
    notices
}
