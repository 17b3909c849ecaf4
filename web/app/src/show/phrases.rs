//! The text of a row's cells: what the edge found, in a few words and a smaller second line.

use crate::found::{edge::EdgeSide, route::Route};
use dualwatch_core::{
    judge::verdict::Edge,
    measure::{
        absence::Absence,
        cause::Cause,
        family::Family,
        time::{DAY, SECOND, Timestamp},
    },
};
use dualwatch_wire::{
    answer::language::Language,
    v1::{FamilyFacts, OtherName, TargetStatus, status::State},
};
use dualwatch_words::{self as words, self_test::phrases::Whole, status::Said};

/// What a cell says: the result, and what goes with it (may be empty).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    pub main: String,
    pub detail: String,
}

impl Cell {
    fn new(main: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { main: main.into(), detail: detail.into() }
    }
}

/// The code of what is unstable.
pub const UNSTABLE: &str = "unstable";

/// What is worth knowing and no failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Also the class of its line: it gives the shape.
    pub code: &'static str,
    pub text: String,
}

/// Turns a fragment into a sentence.
pub fn sentence(fragment: &str) -> String {
    words::capitalised(format!("{fragment}."))
}

/// Returns the time of day in UTC, such as `10:11:51 UTC`.
pub fn time_of_day(t: Timestamp) -> String {
    hms(t) + " UTC"
}

/// Returns the time of day without its zone, for the first of two.
pub fn hms(t: Timestamp) -> String {
    let s = t.unix_ms().rem_euclid(DAY) / SECOND;
    format!("{:02}:{:02}:{:02}", s / 3_600, s / 60 % 60, s % 60)
}

/// Returns the day in UTC, such as `2026-11-23`.
pub fn date(t: Timestamp) -> String {
    dualwatch_wire::time::format(t).split('T').next().unwrap_or_default().to_owned()
}

/// Joins what there is with a middle dot.
fn join<const N: usize>(parts: [Option<String>; N]) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn lasting(facts: &FamilyFacts, now: Timestamp, w: &dyn Whole) -> Option<String> {
    facts.since.map(|since| w.say(Said::For(w.length(now.ms_since(since)).trim_end())))
}

/// Of a failure the time of day counts too: logs elsewhere are searched by it.
fn since(facts: &FamilyFacts, now: Timestamp, w: &dyn Whole) -> Option<String> {
    facts.since.map(|since| {
        let lasts = now.ms_since(since);
        let date = if lasts < DAY { String::new() } else { format!("{} ", date(since)) };
        let when = date + &time_of_day(since);
        w.say(Said::Since { when: &when, lasts: w.length(lasts).trim_end() })
    })
}

/// Returns the edge's cell of one route.
pub fn edge(target: &TargetStatus, side: EdgeSide, route: Route, now: Timestamp, w: &dyn Whole) -> Cell {
    match (side.edge, route.family()) {
        (Edge::Nothing, _) => Cell::new(w.say(Said::NotMeasuredYet), ""),
        (Edge::Late, family) => late(target, family, now, w),
        (_, Some(family)) => of_family(target, side, family, now, w),
        (_, None) => of_dual_stack(target, side, w),
    }
}

fn late(target: &TargetStatus, family: Option<Family>, now: Timestamp, w: &dyn Whole) -> Cell {
    let ago = target.last_round_at.map(|at| w.say(Said::LastOne(&w.length(now.ms_since(at)))));
    let last = family.map(|f| w.say(Said::Then(target.facts(f).state)));
    Cell::new(w.say(Said::NoRecentRound), join([ago, last]))
}

/// Returns the phrase of a cause over one family.
pub fn cause_in(family: Family, cause: Cause, w: &dyn Whole) -> String {
    match (w.language(), cause) {
        (Language::En, _) => words::cause_in(family, cause).to_owned(),
        (_, Cause::VantageNoFamily) => w.say(Said::VantageHasNone(family)),
        _ => w.cause(cause).to_owned(),
    }
}

fn of_family(target: &TargetStatus, side: EdgeSide, family: Family, now: Timestamp, w: &dyn Whole) -> Cell {
    let facts = target.facts(family);
    let state = facts.state;
    let address = facts.address.map(|a| a.to_string());
    let absence = || w.say(Said::Absence(target.absence(family), family));
    let mut cell = match (side.edge, side.cause) {
        (Edge::Ok, cause) => {
            let main = match (state, cause) {
                (State::Up, _) => match degraded(facts, cause, w) {
                    Some(why) => w.say(Said::But { state, why: &why }),
                    None => w.say(Said::State(state)),
                },
                _ => w.say(Said::State(state)),
            };
            // A latency belongs to an answer; there is none without one.
            let latency = facts.latency_ms.map(|ms| w.elapsed(ms));
            Cell::new(main, join([latency, lasting(facts, now, w), address, unfit(facts, w)]))
        }
        (Edge::Failed, Some(Cause::DnsNodata)) if !facts.unfit.is_empty() => {
            let main = w.say(Said::Why { state, why: unfit(facts, w).as_deref() });
            Cell::new(main, join([since(facts, now, w)]))
        }
        (Edge::Failed, Some(Cause::DnsNodata)) if target.absence(family) != Absence::NoRecord => {
            Cell::new(w.say(Said::State(state)), join([Some(absence()), since(facts, now, w)]))
        }
        (Edge::Failed, cause) => {
            let shown = facts.certificate.as_ref().map(|c| certificate(c, w));
            let main = w.say(Said::Why { state, why: cause.map(|cause| w.cause(cause)) });
            Cell::new(main, join([shown, since(facts, now, w), address]))
        }
        (Edge::Unpublished, Some(_)) => Cell::new(absence(), unfit(facts, w).unwrap_or_default()),
        (Edge::Unpublished, None) => Cell::new(w.say(Said::ByChoice), ""),
        (_, Some(cause)) => {
            let why = unfit(facts, w).or_else(|| facts.why.clone());
            let why = why.map(|why| format!(": {why}")).unwrap_or_default();
            Cell::new(w.say(Said::CannotTell), format!("{}{why}", cause_in(family, cause, w)))
        }
        (_, None) => Cell::new(w.say(Said::CannotTell), ""),
    };
    if facts.maintenance {
        cell.main = w.say(Said::Maintenance(&cell.main));
    }
    cell
}

/// Returns why a family that is up is not as it should be, where that is so.
pub fn degraded(facts: &FamilyFacts, cause: Option<Cause>, w: &dyn Whole) -> Option<String> {
    let warned = facts.warning.as_ref().map(|warning| w.say(Said::Warned { warning, coding: facts.why.as_deref() }));
    cause.map(|cause| w.cause(cause).to_owned()).or(warned)
}

/// Says which address of the name is no destination of its own.
fn unfit(facts: &FamilyFacts, w: &dyn Whole) -> Option<String> {
    facts.unfit.first().map(|unfit| w.say(Said::Unfit(unfit)))
}

/// Says for whom a certificate is.
fn certificate(c: &OtherName, w: &dyn Whole) -> String {
    /// As many as English tells.
    const AT_MOST: usize = 3;
    if w.language() == Language::En {
        return words::certificate_for(&c.names, c.n, c.wanted.as_deref());
    }
    let told = &c.names[..c.names.len().min(AT_MOST)];
    let n_more = c.n.saturating_sub(told.len());
    w.say(Said::Certificate { names: &told.join(", "), n_more, wanted: c.wanted.as_deref() })
}

/// Adds who has measured it, where that was not the worker's own vantage, named `own`.
pub fn told_by(mut cell: Cell, facts: &FamilyFacts, own: &str, w: &dyn Whole) -> Cell {
    if let Some(name) = facts.known_by.as_deref().filter(|name| *name != own) {
        let detail = Some(cell.detail).filter(|detail| !detail.is_empty());
        cell.detail = join([detail, Some(w.say(Said::MeasuredBy(name)))]);
    }
    cell
}

/// Returns what was announced, what is unstable, what differs between the families, and what clients that have both meet, a sentence
/// each.
pub fn findings(target: &TargetStatus, w: &dyn Whole) -> Vec<Finding> {
    let over = |ipv4: bool, ipv6: bool| match (ipv4, ipv6) {
        (false, false) => None,
        (true, false) => Some(Some(Family::Ipv4)),
        (false, true) => Some(Some(Family::Ipv6)),
        (true, true) => Some(None),
    };
    let (ipv4, ipv6) = (&target.ipv4, &target.ipv6);
    let own = |code, said| Finding { code, text: w.say(said) };
    let planned = over(ipv4.maintenance, ipv6.maintenance).map(|over| own("planned", Said::Planned(over)));
    let unstable = over(ipv4.unstable, ipv6.unstable).map(|over| own(UNSTABLE, Said::Wavers(over)));
    let differs = target.differences.iter().map(|d| Finding { code: "differs", text: w.difference(d) });
    let clients = words::clients(w.language(), target.clients.as_ref(), target.client_tally.as_ref());
    let clients = clients.into_iter().map(|text| Finding { code: "clients", text });
    let alternates = target.alternations.iter().map(|a| Finding { code: "differs", text: w.alternation(a) });
    planned.into_iter().chain(unstable).chain(alternates).chain(differs).chain(clients).collect()
}

fn of_dual_stack(target: &TargetStatus, side: EdgeSide, w: &dyn Whole) -> Cell {
    match (side.edge, target.dual_stack.family) {
        (Edge::Ok, Some(family)) => Cell::new(w.say(Said::UpOver(family)), cost(target, family, w)),
        (Edge::Ok, None) => Cell::new(w.say(Said::State(State::Up)), ""),
        (Edge::Failed, _) => failed_both_ways(target, side, w),
        (Edge::Unpublished, _) => Cell::new(w.say(Said::NoAddress), ""),
        _ => Cell::new(w.say(Said::CannotTell), side.cause.map_or("", |cause| w.cause(cause))),
    }
}

/// What having both families costs a client, as RFC 8305 has it.
fn cost(target: &TargetStatus, family: Family, w: &dyn Whole) -> String {
    match target.dual_stack.cost_ms {
        Some(ms) if ms >= 1.0 => {
            let (other, length) = (family.other(), &*w.elapsed(ms));
            if matches!(target.facts(other).state, State::Down | State::Suspect) {
                w.say(Said::LostToTrying { length, family: other })
            } else {
                w.say(Said::Slower(length))
            }
        }
        Some(_) => w.say(Said::NoTimeLost),
        None => String::new(),
    }
}

fn failed_both_ways(target: &TargetStatus, side: EdgeSide, w: &dyn Whole) -> Cell {
    let why = side.cause.map(|cause| w.cause(cause));
    let up = Family::ALL.into_iter().find(|f| matches!(target.facts(*f).state, State::Up | State::Recovering));
    match up.map(Family::other) {
        Some(family) => Cell::new(w.say(Said::HeldUpBy { family, why }), w.say(Said::NoFallback { from: family })),
        None => Cell::new(w.say(Said::Why { state: State::Down, why }), ""),
    }
}

/// Says why nothing was asked from the browser. `has_any`: there is an address for it; `is_elsewhere`: that means another
/// machine where the visitor is.
pub fn unasked(route: Route, has_any: bool, is_elsewhere: bool, w: &dyn Whole) -> String {
    w.say(match (has_any, is_elsewhere) {
        (true, true) => Said::AnotherMachine,
        (true, false) => Said::NotAsked,
        (false, _) => Said::NoWebAddress(route.family()),
    })
}

#[cfg(test)]
mod tests;
