//! Everything that the page shows at one moment, as values: built from the published status, what the browser
//! found, and the time. Components only print it.

use crate::{
    browser::{Presence, Report},
    edge::{self, EdgeSide},
    incidents::{self, Incidents},
    merge::{Merged, merge},
    notice::{self, Contact, Notice},
    overview::{self, Overview},
    phrases::{self, Cell, Finding},
    route::{PerRoute, Route},
    uptime,
};
use dualwatch_core::{
    judge::verdict::{Edge, PageControl, Verdict},
    measure::{
        cause::Cause,
        family::{Family, PerFamily},
        time::Timestamp,
        vantage::Standing,
    },
};
use dualwatch_wire::v1::{Judged, PageData, PagePart, PageTarget, TargetStatus, VantageStatus};
use dualwatch_words as words;

/// How a result is drawn: each tone has a colour and a shape of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// As it is meant to be, and not there.
    Quiet,
    Good,
    #[default]
    Unknown,
    /// Reached, but slowly.
    Slow,
    /// Something is wrong on the way or at the edge.
    Caution,
    /// Something is wrong with the visitor's own connection.
    You,
    Bad,
}

impl Tone {
    /// Returns the code of the style sheet, as in `data-tone`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Quiet => "quiet",
            Self::Good => "good",
            Self::Unknown => "unknown",
            Self::Slow => "slow",
            Self::Caution => "caution",
            Self::You => "you",
            Self::Bad => "bad",
        }
    }

    pub const fn of(verdict: Verdict, cause: Option<Cause>) -> Self {
        match verdict {
            Verdict::Up | Verdict::EdgeUp if matches!(cause, Some(Cause::Slow)) => Self::Slow,
            Verdict::Up | Verdict::EdgeUp | Verdict::PageOnlyUp | Verdict::LatePageUp => Self::Good,
            Verdict::UpForYou
            | Verdict::Between
            | Verdict::FailedHere
            | Verdict::PageOnlyDown
            | Verdict::LatePageDown => Self::Caution,
            Verdict::YouHaveNone | Verdict::YoursIsBroken | Verdict::YoursDoesNotWork => Self::You,
            Verdict::DownForEveryone | Verdict::EdgeDown | Verdict::BothDown => Self::Bad,
            Verdict::Unpublished => Self::Quiet,
            Verdict::NotKnown => Self::Unknown,
        }
    }
}

/// One route of one target.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub route: Route,
    pub edge_code: &'static str,
    pub edge: Cell,
    pub browser_code: &'static str,
    pub browser: Cell,
    pub verdict: Verdict,
    pub verdict_words: String,
    pub cause: Option<Cause>,
    pub tone: Tone,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TargetModel {
    pub slug: String,
    pub name: String,
    pub url: String,
    pub rows: PerRoute<Row>,
    /// The causes of what fails at the edge, each once.
    pub causes: Vec<Cause>,
    /// Of a recent round.
    pub findings: Vec<Finding>,
    /// How much of the last 30 days it was up.
    pub uptime: String,
}

impl TargetModel {
    /// Returns the tone of the whole target: that of its worst route.
    pub fn tone(&self) -> Tone {
        self.rows.iter().map(|(_, row)| row.tone).max().unwrap_or_default()
    }
}

/// One own endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct SelfTestRow {
    pub route: Route,
    pub code: &'static str,
    pub family_seen: Option<Family>,
    pub cell: Cell,
    pub tone: Tone,
}

/// One place that measures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VantageLine {
    pub text: String,
    /// What its state keeps it from saying.
    pub consequences: Vec<String>,
}

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
    pub published_at: Timestamp,
}

/// Builds what the page shows at `now`, the worker's clock.
pub fn build(data: &PageData, report: &Report, contact: Contact, now: Timestamp) -> PageModel {
    let presence = presence(data, report);
    let controls = PerRoute::from_fn(|route| report.control(route, &presence));
    let own = data.status.vantages.first().map_or("", |v| &v.name);
    let targets: Vec<TargetModel> = data
        .status
        .targets
        .iter()
        .map(|status| {
            let mut target = target(status, interval_s(data, &status.slug), report, &controls, own, now);
            target.uptime = uptime::over_30_days(data.targets.iter().find(|t| t.slug == status.slug));
            target
        })
        .collect();
    let self_test = PerRoute::from_fn(|route| self_test(report, route, *controls.get(route), &presence));
    PageModel {
        overview: overview::overview(&targets, elsewhere(data), &self_test),
        notices: notice::notices(data, contact, now),
        vantages: data.status.vantages.iter().map(|v| vantage(v, now)).collect(),
        connection: overview::your_connection(report, &self_test),
        self_test,
        is_done: report.is_done,
        // What a worker said that cannot be asked any more is not true of later.
        incidents: incidents::incidents(&data.incidents, if contact == Contact::Lost { data.now } else { now }),
        targets,
        part: data.part,
        published_at: data.status.published_at,
    }
}

/// Returns how one target counts, as the edge alone sees it at `now`.
pub fn judge(status: &TargetStatus, interval_s: u32, now: Timestamp) -> Judged {
    let report = Report::default();
    let controls = PerRoute::from_fn(|route| report.control(route, &report.presence));
    let target = target(status, interval_s, &report, &controls, "", now);
    Judged { late: edge::late_by_ms(status, interval_s, now).is_some().into(), ..overview::judged(&target) }
}

/// Returns how the targets count that are not in this page.
pub fn elsewhere(data: &PageData) -> Judged {
    data.part.map_or_else(Judged::default, |part| part.elsewhere())
}

/// Returns the interval of a target; the default where the page was not told.
pub fn interval_s(data: &PageData, slug: &str) -> u32 {
    let found: Option<&PageTarget> = data.targets.iter().find(|t| t.slug == slug);
    found.map_or(dualwatch_core::measure::target::DEFAULT_INTERVAL_S, |t| t.interval_s)
}

/// Returns what is known of the device's addresses. On one machine the edge's own standing proves them:
/// what it reaches its controls with is the visitor's device, too.
fn presence(data: &PageData, report: &Report) -> PerFamily<Presence> {
    let edge = data.status.vantages.first().filter(|_| data.self_test.same_machine);
    PerFamily::from_fn(|family| {
        let standing = edge.map(|v| match family {
            Family::Ipv4 => v.ipv4,
            Family::Ipv6 => v.ipv6,
        });
        if standing == Some(Standing::Proven) { Presence::Present } else { *report.presence.get(family) }
    })
}

fn target(
    status: &TargetStatus,
    interval_s: u32,
    report: &Report,
    controls: &PerRoute<PageControl>,
    own: &str,
    now: Timestamp,
) -> TargetModel {
    let sides = PerRoute::from_fn(|route| edge::side(status, interval_s, route, now));
    let rows = PerRoute::from_fn(|route| {
        let side = *sides.get(route);
        let mut row = row(status, side, report, controls, route, now);
        if let (Edge::Failed, Some(family)) = (side.edge, route.family()) {
            row.edge = phrases::told_by(row.edge, status.facts(family), own);
        }
        row
    });
    let mut causes: Vec<Cause> = Vec::new();
    for (_, side) in sides.iter().filter(|(_, side)| side.edge == Edge::Failed) {
        causes.extend(side.cause.filter(|cause| !causes.contains(cause)));
    }
    let is_late = edge::late_by_ms(status, interval_s, now).is_some();
    TargetModel {
        slug: status.slug.clone(),
        name: status.name.clone(),
        url: status.url.clone(),
        rows,
        causes,
        findings: if is_late { Vec::new() } else { phrases::findings(status) },
        uptime: String::new(),
    }
}

fn row(
    status: &TargetStatus,
    side: EdgeSide,
    report: &Report,
    controls: &PerRoute<PageControl>,
    route: Route,
    now: Timestamp,
) -> Row {
    let found = report.target(&status.slug, route);
    let Merged { verdict, cause } = merge(found, *controls.get(route), side, status.last_round_at);
    let mut verdict_words = match route.family() {
        Some(family) => words::verdict(verdict, family),
        None => words::verdict_dual_stack(verdict).to_owned(),
    };
    let tone = Tone::of(verdict, cause);
    if tone == Tone::Slow {
        verdict_words += ", but slow";
    }
    Row {
        route,
        edge_code: edge::code(side.edge),
        edge: phrases::edge(status, side, route, now),
        browser_code: found.code(),
        browser: phrases::browser(found, route),
        verdict,
        verdict_words,
        cause,
        tone,
    }
}

fn self_test(report: &Report, route: Route, control: PageControl, presence: &PerFamily<Presence>) -> SelfTestRow {
    let test = report.self_test.get(route);
    let presence = match route.family() {
        Some(family) => *presence.get(family),
        None => Presence::Unknown,
    };
    let tone = match (test.code(), control) {
        ("pending" | "not_measured", _) => Tone::Unknown,
        ("ok", _) => Tone::Good,
        (_, PageControl::Ok) => Tone::Caution,
        _ => Tone::You,
    };
    SelfTestRow {
        route,
        code: test.code(),
        family_seen: test.family_seen,
        cell: phrases::self_test(test, route, presence, control == PageControl::Ok),
        tone,
    }
}

fn vantage(v: &VantageStatus, now: Timestamp) -> VantageLine {
    let standings = [(Family::Ipv4, v.ipv4), (Family::Ipv6, v.ipv6)];
    let [four, six] = standings.map(|(family, standing)| format!("{family} {}", words::standing(standing)));
    VantageLine {
        text: format!("{}: {four}, {six}; last round {} ago", v.name, phrases::age(now.ms_since(v.last_round_at))),
        consequences: standings
            .into_iter()
            .filter_map(|(family, standing)| words::standing::consequence(&v.name, family, standing))
            .chain(
                v.silent_controls
                    .iter()
                    .map(|c| words::standing::silent_control(&v.name, c.control, now.ms_since(c.since), c.is_dropped)),
            )
            .collect(),
    }
}

#[cfg(test)]
mod tests;
