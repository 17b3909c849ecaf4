//! Everything that the page shows at one moment, as values: built from the published status and the time. Components only
//! print it.

use crate::{
    found::edge,
    show::{
        incidents::{self, Incidents},
        notice::{self, Notice},
        overview::{self, Overview},
        phrases,
        target::{TargetModel, target},
        uptime,
        vantage::{VantageLine, vantage},
    },
};
use dualwatch_core::measure::time::Timestamp;
use dualwatch_wire::{
    answer::language::Language,
    v1::{Judged, PageData, PagePart, TargetStatus},
};
use dualwatch_words::self_test::{phrases::Whole, words};

#[derive(Clone, Debug, PartialEq)]
pub struct PageModel {
    pub overview: Overview,
    pub notices: Vec<Notice>,
    /// What is said where we cannot be reached any more.
    pub unreachable: Notice,
    pub vantages: Vec<VantageLine>,
    pub incidents: Incidents,
    pub targets: Vec<TargetModel>,
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
        target.uptime = uptime::over_30_days(data.targets.iter().find(|t| t.slug == status.slug), w);
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
