//! What the page shows of one target: a row per route, and what goes with them.

use crate::{
    found::{
        edge::{self, EdgeSide},
        route::{PerRoute, Route},
    },
    show::{
        days::Bars,
        phrases::{self, Cell, Finding},
        tone::Tone,
    },
};
use dualwatch_core::{
    judge::verdict::{Edge, PageControl, Side},
    measure::{cause::Cause, text::visible, time::Timestamp},
    self_test::{
        reach::{Said, said},
        target::{Dns, EdgeSays, TargetFacts},
        told::Told,
    },
};
use dualwatch_wire::v1::{TargetStatus, status::State};
use dualwatch_words::{self_test::phrases::Whole, status as words};

/// One route of one target, before any browser has asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub route: Route,
    pub edge_code: &'static str,
    pub edge: Cell,
    /// What the edge's cause says of the DNS, and of what was answered.
    pub facts: TargetFacts,
    pub said: Said,
    pub verdict_words: String,
    pub cause: Option<Cause>,
    pub mild: Mild,
    /// What is not as it should be, where it is warned of.
    pub but: Option<String>,
    pub tone: Tone,
}

/// What makes a verdict milder than it would be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mild {
    #[default]
    No,
    /// It fails, and that is not confirmed yet.
    Suspect,
    /// It answers, but slowly.
    Slow,
    /// It answers, and is not as it should be for another reason.
    Warned,
}

impl Mild {
    /// Returns the stable code, as in `data-mild`; `None` where there is nothing mild.
    pub const fn code(self) -> Option<&'static str> {
        match self {
            Self::No => None,
            Self::Suspect => Some("suspect"),
            Self::Slow => Some("slow"),
            Self::Warned => Some("warned"),
        }
    }
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
    /// Why it is up and not as it should be.
    pub degraded: Option<String>,
    /// How much of the last 30 days it was up.
    pub uptime: String,
    pub group: Option<String>,
    /// What stands in its line; empty until the whole page is built.
    pub line: Line,
}

/// The line of a service: what is seen of it before it is opened, of each family.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    pub bars: Bars,
    /// The share of the last 30 days; empty: nothing was observed.
    pub shares: [String; 2],
    /// How long an answer takes now; empty: there is none.
    pub latencies: [String; 2],
}

impl TargetModel {
    /// Returns the tone of the whole target: that of its worst route.
    pub fn tone(&self) -> Tone {
        self.rows.iter().map(|(_, row)| row.tone).max().unwrap_or_default()
    }

    /// Whether there is something to read beside the state: maintenance, or what is unstable.
    pub fn is_remarkable(&self) -> bool {
        self.findings.iter().any(|finding| matches!(finding.code, "planned" | phrases::UNSTABLE))
    }
}

/// Returns what is shown of a target at `now`, all but its uptime. `own` is the name of the edge's own vantage.
pub fn target(status: &TargetStatus, interval_s: u32, own: &str, now: Timestamp, w: &dyn Whole) -> TargetModel {
    let sides = PerRoute::from_fn(|route| edge::side(status, interval_s, route, now));
    let rows = PerRoute::from_fn(|route| {
        let side = *sides.get(route);
        let mut row = row(status, side, route, now, w);
        if let (Edge::Failed, Some(family)) = (side.edge, route.family()) {
            row.edge = phrases::told_by(row.edge, status.facts(family), own, w);
        }
        row
    });
    let mut causes: Vec<Cause> = Vec::new();
    for (_, side) in sides.iter().filter(|(_, side)| side.edge == Edge::Failed) {
        causes.extend(side.cause.filter(|cause| !causes.contains(cause)));
    }
    let is_late = edge::late_by_ms(status, interval_s, now).is_some();
    let side = |route: Route| *sides.get(route);
    let degraded = Route::ALL.into_iter().find_map(|route| {
        let facts = status.facts(route.family()?);
        let is_up = side(route).edge == Edge::Ok && facts.state == State::Up;
        phrases::degraded(facts, side(route).cause, w).filter(|_| is_up)
    });
    TargetModel {
        slug: status.slug.clone(),
        name: visible(&status.name).into_owned(),
        url: status.url.clone(),
        rows,
        causes,
        findings: if is_late { Vec::new() } else { phrases::findings(status, w) },
        degraded,
        uptime: String::new(),
        group: status.group.as_deref().map(|group| visible(group).into_owned()),
        line: Line::default(),
    }
}

/// Returns what the table of the self-test is asked where nothing was asked from the browser.
pub const fn unasked(side: EdgeSide) -> TargetFacts {
    TargetFacts {
        readable: Told::NotAsked,
        hidden: Told::NotAsked,
        alias: Told::NotAsked,
        control: PageControl::NotMeasured,
        dns: Dns::of(side.cause),
        edge: side.edge,
        edge_says: EdgeSays::of(side.cause),
        is_secure: false,
        has_own_authority: false,
    }
}

fn row(status: &TargetStatus, side: EdgeSide, route: Route, now: Timestamp, w: &dyn Whole) -> Row {
    let facts = unasked(side);
    let said = said(&facts);
    let verdict = said.verdict;
    let but =
        route.family().map(|family| status.facts(family)).filter(|facts| facts.state == State::Up).and_then(|facts| {
            let warning = facts.warning.as_ref().filter(|_| side.cause.is_none())?;
            Some(w.say(words::Said::Warned { warning, coding: facts.why.as_deref() }))
        });
    let tone = match Tone::of(verdict, side.cause) {
        Tone::Good if but.is_some() => Tone::Slow,
        tone => tone,
    };
    let is_suspect = route.family().is_some_and(|family| status.facts(family).state == State::Suspect);
    let mild = match tone {
        Tone::Slow if but.is_some() => Mild::Warned,
        Tone::Slow => Mild::Slow,
        _ if is_suspect && verdict.side() == Side::Them => Mild::Suspect,
        _ => Mild::No,
    };
    let mut verdict_words = match route.family() {
        Some(family) if side.edge == Edge::Unpublished => w.say(words::Said::Only(status.absence(family), family)),
        Some(family) if mild == Mild::Suspect => w.suspected(verdict, family),
        family => w.verdict(verdict, family),
    };
    if mild == Mild::Slow {
        verdict_words = w.but_slow(&verdict_words);
    }
    let but = but.filter(|_| mild == Mild::Warned);
    if let Some(why) = &but {
        verdict_words = w.say(words::Said::Also { said: &verdict_words, why });
    }
    let edge = phrases::edge(status, side, route, now, w);
    let (edge_code, cause) = (side.edge.code(), side.cause);
    Row { route, edge_code, edge, facts, said, verdict_words, cause, mild, but, tone }
}
