//! What the page has to admit about itself: our own watcher is silent, or late.

use crate::{found::edge, show::phrases};
use dualwatch_core::{
    measure::time::{DAY, Timestamp},
    remember::storage::Since,
};
use dualwatch_wire::v1::{Maintenance, PageData, Storage};
use dualwatch_words::{self_test::phrases::Whole, status::Said};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Stable, as in `data-notice`: `unreachable`, `storage`, `unusable`, `late`, `maintenance`, `planned`.
    pub code: &'static str,
    pub text: String,
}

/// Returns what a browser says that cannot reach us any more: it stands in the page, hidden until then.
pub fn unreachable(now: Timestamp, w: &dyn Whole) -> Notice {
    let text = w.say(Said::Unreachable(&phrases::time_of_day(now)));
    Notice { code: "unreachable", text }
}

/// Returns the notices at `now`, the most serious first.
pub fn notices(data: &PageData, now: Timestamp, w: &dyn Whole) -> Vec<Notice> {
    let mut notices: Vec<Notice> = data.status.storage.iter().flat_map(|storage| stored(data, storage, w)).collect();
    let overdue: Vec<i64> =
        data.status.targets.iter().filter_map(|t| edge::late_by_ms(t, edge::interval_s(data, &t.slug), now)).collect();
    let elsewhere = edge::elsewhere(data);
    let n_late = overdue.len() + elsewhere.late as usize;
    let n = data.status.targets.len() + elsewhere.targets as usize;
    if n_late > 0 {
        let most = overdue.iter().max().map(|most| w.length(*most));
        let text = w.say(Said::Late { by: most.as_deref(), n_late, n });
        notices.push(Notice { code: "late", text });
    }
    let names = |slug: &String| {
        let known = data.status.targets.iter().find(|target| target.slug == *slug);
        known.map_or_else(|| slug.clone(), |target| target.name.clone())
    };
    notices.extend(data.status.maintenance.iter().filter(|window| is_near(window, now)).map(|window| Notice {
        code: if window.in_progress { "maintenance" } else { "planned" },
        text: announced(window, &names, w),
    }));
    notices
}

/// What is to come is told at the top for so long before.
const NEAR_MS: i64 = 7 * DAY;

/// Whether maintenance goes on, or is to be told of already.
pub fn is_near(window: &Maintenance, now: Timestamp) -> bool {
    window.from.ms_since(now) <= NEAR_MS
}

/// Returns what was announced in a sentence or two: title, beginning and end, and which services it is about, where it is not
/// about all.
pub fn announced(window: &Maintenance, name: &dyn Fn(&String) -> String, w: &dyn Whole) -> String {
    let phrases = dualwatch_words::bulletin::phrases(w.language());
    let said = phrases.announced_title(&phrases.announced(&window.into()), window.phase());
    match &window.targets {
        None => said,
        Some(slugs) => {
            let names: Vec<String> = slugs.iter().map(name).collect();
            said + " " + &w.say(Said::Concerns(&names.join(", ")))
        }
    }
}

/// What is wrong with storing.
fn stored(data: &PageData, storage: &Storage, w: &dyn Whole) -> impl Iterator<Item = Notice> + use<> {
    let trouble = storage.trouble.map(|trouble| Notice {
        code: "storage",
        text: w.stores_nothing(Since { trouble: trouble.kind, since: trouble.since }),
    });
    let name = |slug: &String| data.status.targets.iter().find(|t| t.slug == *slug).map(|t| t.name.as_str());
    let names: Vec<&str> = storage.unusable.iter().map(|slug| name(slug).unwrap_or(slug)).collect();
    let unusable = (!names.is_empty()).then(|| Notice { code: "unusable", text: w.unusable(&names) });
    trouble.into_iter().chain(unusable)
}
