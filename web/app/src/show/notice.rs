//! What the page has to admit about itself: our own watcher is silent, or late.

use crate::{found::edge, show::phrases};
use dualwatch_core::{measure::time::Timestamp, remember::storage::Since};
use dualwatch_wire::v1::{PageData, Storage};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Stable, as in `data-notice`: `unreachable`, `storage`, `unusable`, `late`.
    pub code: &'static str,
    pub text: String,
}

/// Returns what a browser says that cannot reach us any more: it stands in the page, hidden until then.
pub fn unreachable(now: Timestamp) -> Notice {
    let from = phrases::time_of_day(now);
    let text = format!(
        "Our own watcher cannot be reached; what you see of it is from {from}. Your browser's own results still count."
    );
    Notice { code: "unreachable", text }
}

/// Returns the notices at `now`, the most serious first.
pub fn notices(data: &PageData, now: Timestamp) -> Vec<Notice> {
    let mut notices: Vec<Notice> = data.status.storage.iter().flat_map(|storage| stored(data, storage)).collect();
    let overdue: Vec<i64> =
        data.status.targets.iter().filter_map(|t| edge::late_by_ms(t, edge::interval_s(data, &t.slug), now)).collect();
    let elsewhere = edge::elsewhere(data);
    let n_late = overdue.len() + elsewhere.late as usize;
    let n = data.status.targets.len() + elsewhere.targets as usize;
    if n_late > 0 {
        let late = match overdue.iter().max() {
            Some(most) => dualwatch_words::late_by(phrases::in_minutes(*most)),
            None => "our own watcher is late".to_owned(),
        };
        let of = if n_late == n { String::new() } else { format!(" for {n_late} of {n} services") };
        notices.push(Notice { code: "late", text: phrases::sentence(&format!("{late}{of}")) });
    }
    notices
}

/// What is wrong with storing.
fn stored(data: &PageData, storage: &Storage) -> impl Iterator<Item = Notice> {
    let trouble = storage.trouble.map(|trouble| Notice {
        code: "storage",
        text: dualwatch_words::storage::banner(Since { trouble: trouble.kind, since: trouble.since }),
    });
    let name = |slug: &String| data.status.targets.iter().find(|t| t.slug == *slug).map(|t| t.name.as_str());
    let names: Vec<&str> = storage.unusable.iter().map(|slug| name(slug).unwrap_or(slug)).collect();
    let unusable = (!names.is_empty())
        .then(|| Notice { code: "unusable", text: phrases::sentence(&dualwatch_words::storage::unusable(&names)) });
    trouble.into_iter().chain(unusable)
}
