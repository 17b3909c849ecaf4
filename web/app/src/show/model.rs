//! Everything that the page shows at one moment, as values: built from the published status and the time. Components only
//! print it.

use crate::{
    found::{edge, route::Route},
    show::{
        days,
        groups::{self, Group},
        incidents::{self, Incidents},
        notice::{self, Notice},
        overview::{self, Overview},
        phrases,
        target::{Line, TargetModel, target},
        uptime,
        vantage::{VantageLine, vantage},
    },
};
use dualwatch_core::{
    judge::verdict::Edge,
    measure::{family::Family, text::visible, time::Timestamp},
};
use dualwatch_wire::{
    answer::language::Language,
    v1::{Judged, PageData, PagePart, TargetStatus},
};
use dualwatch_words::{
    self_test::{phrases::Whole, words},
    status::Said,
};

#[derive(Clone, Debug, PartialEq)]
pub struct PageModel {
    pub overview: Overview,
    pub notices: Vec<Notice>,
    /// What is said where we cannot be reached any more.
    pub unreachable: Notice,
    pub vantages: Vec<VantageLine>,
    pub incidents: Incidents,
    pub targets: Vec<TargetModel>,
    /// The same in their groups, the worst first.
    pub groups: Vec<Group>,
    /// What was looked for, and what came of it.
    pub search: Option<(String, String)>,
    /// Which of all targets these are, where there are more.
    pub part: Option<PagePart>,
    /// When what is shown was published.
    pub published: String,
}

/// Builds what the page shows at `now`, the worker's clock.
pub fn build(data: &PageData, now: Timestamp, w: &dyn Whole) -> PageModel {
    let own = data.status.vantages.first().map_or("", |v| &v.name);
    let of = |status: &TargetStatus| {
        let mut target = target(status, edge::interval_s(data, &status.slug), own, now, w);
        let row = data.targets.iter().find(|t| t.slug == status.slug);
        target.uptime = uptime::over_30_days(row, w);
        let side = |family| edge::side(status, edge::interval_s(data, &status.slug), Route::from(family), now).edge;
        target.line = Line {
            bars: days::bars(row.and_then(|row| row.days.as_ref()), status, side, now, w),
            shares: uptime::shares(row, w),
            latencies: [Family::Ipv4, Family::Ipv6].map(|family| {
                let is_up = side(family) == Edge::Ok;
                status.facts(family).latency_ms.filter(|_| is_up).map(|ms| w.elapsed(ms)).unwrap_or_default()
            }),
        };
        target
    };
    let targets: Vec<TargetModel> = data.status.targets.iter().map(of).collect();
    let is_running = data.status.maintenance.iter().any(|window| window.in_progress);
    PageModel {
        overview: overview::overview(&targets, edge::elsewhere(data), is_running, w),
        notices: notice::notices(data, now, w),
        unreachable: notice::unreachable(now, w),
        vantages: data.status.vantages.iter().map(|v| vantage(v, now, w)).collect(),
        incidents: incidents::incidents(&data.incidents, now, w),
        groups: groups::groups(&targets),
        search: data.search.as_ref().map(|search| {
            let said = w.say(Said::Found { n: search.n_found, shown: targets.len() });
            (visible(&search.query).into_owned(), said)
        }),
        targets,
        part: data.part,
        published: phrases::time_of_day(data.status.published_at),
    }
}

/// Returns how one target counts, as the edge sees it at `now`.
pub fn judge(status: &TargetStatus, interval_s: u32, now: Timestamp) -> Judged {
    let target = target(status, interval_s, "", now, words(Language::En));
    Judged { late: edge::late_by_ms(status, interval_s, now).is_some().into(), ..overview::judged(&target) }
}

#[cfg(test)]
mod tests;
