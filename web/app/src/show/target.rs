//! What the page shows of one target: a row per route, and what goes with them.

use crate::{
    found::{
        browser::Found,
        edge::{self, EdgeSide},
        merge::{Merged, is_anybodys, merge},
        route::{PerRoute, Route},
    },
    show::{
        phrases::{self, Cell, Finding},
        tone::Tone,
    },
};
use dualwatch_core::{
    judge::verdict::{Edge, PageControl, Side, Verdict},
    measure::{cause::Cause, time::Timestamp},
};
use dualwatch_wire::v1::{TargetStatus, status::State};
use dualwatch_words as words;

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

/// Returns what is shown of a target at `now`, all but its uptime. `found` is what the browser found of it, `own` the name
/// of the edge's own vantage.
pub fn target(
    status: &TargetStatus,
    interval_s: u32,
    found: &PerRoute<&Found>,
    controls: &PerRoute<PageControl>,
    own: &str,
    now: Timestamp,
) -> TargetModel {
    let sides = PerRoute::from_fn(|route| edge::side(status, interval_s, route, now));
    let rows = PerRoute::from_fn(|route| {
        let side = *sides.get(route);
        let mut row = row(status, side, found.get(route), *controls.get(route), route, now);
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
    found: &Found,
    control: PageControl,
    route: Route,
    now: Timestamp,
) -> Row {
    let Merged { verdict, cause } = merge(found, control, side, status.last_round_at);
    let mut verdict_words = match route.family() {
        Some(family) if verdict == Verdict::Unpublished => words::only(status.absence(family), family),
        Some(family) if status.facts(family).state == State::Suspect && verdict.side() == Side::Them => {
            words::suspected(verdict, family)
        }
        Some(family) => words::verdict(verdict, family),
        None => words::verdict_dual_stack(verdict).to_owned(),
    };
    let tone = Tone::of(verdict, cause);
    if tone == Tone::Slow {
        verdict_words += ", but slow";
    }
    Row {
        route,
        edge_code: side.edge.code(),
        edge: phrases::edge(status, side, route, now),
        browser_code: found.code(),
        browser: if is_anybodys(found, control) { phrases::anybodys(found) } else { phrases::browser(found, route) },
        verdict,
        verdict_words,
        cause,
        tone,
    }
}
