//! Everything that the page shows at one moment, as values: built from the published status, what the browser
//! found, and the time. Components only print it.

use crate::{
    found::{
        browser::{Found, Presence, Report},
        edge, near,
        route::{PerRoute, Route},
    },
    show::{
        incidents::{self, Incidents},
        notice::{self, Contact, Notice},
        overview::{self, Overview},
        phrases,
        self_test::{SelfTestRow, self_test},
        target::{TargetModel, target},
        uptime,
        vantage::{VantageLine, vantage},
    },
};
use dualwatch_core::measure::{
    family::{Family, PerFamily},
    time::Timestamp,
    vantage::Standing,
    vicinity::Vicinity,
    zone::Zone,
};
use dualwatch_wire::v1::{Judged, PageData, PagePart, TargetStatus};

#[derive(Clone, Debug, PartialEq)]
pub struct PageModel {
    pub overview: Overview,
    pub notices: Vec<Notice>,
    pub vantages: Vec<VantageLine>,
    pub self_test: PerRoute<SelfTestRow>,
    /// One sentence on the visitor's own connection.
    pub connection: String,
    pub is_done: bool,
    pub incidents: Incidents,
    pub targets: Vec<TargetModel>,
    /// Which of all targets these are, where there are more.
    pub part: Option<PagePart>,
    /// When what is shown was published.
    pub published: String,
}

impl PageModel {
    /// Writes the clock of a zone behind every time that is shown in UTC.
    pub fn beside(&mut self, zone: &Zone, now: Timestamp) {
        let with_zone = |text: &mut String| *text = dualwatch_words::beside(text, zone, now);
        with_zone(&mut self.published);
        self.notices.iter_mut().for_each(|notice| with_zone(&mut notice.text));
        for open in &mut self.incidents.open {
            with_zone(&mut open.since);
            open.lines.iter_mut().for_each(with_zone);
        }
        self.incidents.over.iter_mut().for_each(|over| with_zone(&mut over.detail));
        for target in &mut self.targets {
            for route in Route::ALL {
                with_zone(&mut target.rows.get_mut(route).edge.detail);
            }
        }
    }
}

/// Builds what the page shows at `now`, the worker's clock.
pub fn build(data: &PageData, report: &Report, contact: Contact, now: Timestamp) -> PageModel {
    let presence = presence(data, report);
    let controls = PerRoute::from_fn(|route| report.control(route, &presence));
    let own = data.status.vantages.first().map_or("", |v| &v.name);
    let vicinity = report.vicinity(data.self_test.vicinity);
    let targets: Vec<TargetModel> = data
        .status
        .targets
        .iter()
        .map(|status| {
            let page_target = data.targets.iter().find(|t| t.slug == status.slug);
            let is_elsewhere = near::is_elsewhere(page_target, status, vicinity);
            let found = PerRoute::from_fn(|route| {
                if *is_elsewhere.get(route) { &Found::Elsewhere } else { report.target(&status.slug, route) }
            });
            let mut target = target(status, edge::interval_s(data, &status.slug), &found, &controls, own, now);
            target.uptime = uptime::over_30_days(page_target);
            target
        })
        .collect();
    let self_test = PerRoute::from_fn(|route| {
        let origin = route.endpoint(&data.self_test.origins);
        self_test(report, route, *controls.get(route), &presence, origin)
    });
    PageModel {
        overview: overview::overview(&targets, edge::elsewhere(data), &self_test),
        notices: notice::notices(data, contact, now),
        vantages: data.status.vantages.iter().map(|v| vantage(v, now)).collect(),
        connection: overview::your_connection(report, &self_test),
        self_test,
        is_done: report.is_done,
        // What a worker said that cannot be asked any more is not true of later.
        incidents: incidents::incidents(&data.incidents, if contact == Contact::Lost { data.now } else { now }),
        targets,
        part: data.part,
        published: phrases::time_of_day(data.status.published_at),
    }
}

/// Returns how one target counts, as the edge alone sees it at `now`.
pub fn judge(status: &TargetStatus, interval_s: u32, now: Timestamp) -> Judged {
    let report = Report::default();
    let controls = PerRoute::from_fn(|route| report.control(route, &report.presence));
    let found = PerRoute::from_fn(|_| &Found::NotYet);
    let target = target(status, interval_s, &found, &controls, "", now);
    Judged { late: edge::late_by_ms(status, interval_s, now).is_some().into(), ..overview::judged(&target) }
}

/// Returns what is known of the device's addresses. On one machine the edge's own standing proves them:
/// what it reaches its controls with is the visitor's device, too.
fn presence(data: &PageData, report: &Report) -> PerFamily<Presence> {
    let is_same_machine = report.vicinity(data.self_test.vicinity) == Vicinity::Machine;
    let edge = data.status.vantages.first().filter(|_| is_same_machine);
    PerFamily::from_fn(|family| {
        let standing = edge.map(|v| match family {
            Family::Ipv4 => v.ipv4,
            Family::Ipv6 => v.ipv6,
        });
        if standing == Some(Standing::Proven) { Presence::Present } else { *report.presence.get(family) }
    })
}

#[cfg(test)]
mod tests;
