//! The text of a row's cells: what the edge found, in a few words and a smaller second line.

use crate::found::{edge::EdgeSide, route::Route};
use dualwatch_core::{
    judge::verdict::Edge,
    measure::{
        absence::Absence,
        cause::Cause,
        family::Family,
        time::{DAY, MINUTE, SECOND, Timestamp},
    },
};
use dualwatch_wire::v1::{FamilyFacts, TargetStatus, status::State};
use dualwatch_words as words;

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

/// Returns a duration for a line that is read again and again: whole minutes once there is one.
pub fn age(ms: i64) -> String {
    words::duration(in_minutes(ms))
}

/// Rounds down to whole minutes once there is one.
pub const fn in_minutes(ms: i64) -> i64 {
    if ms < MINUTE { ms } else { ms - ms % MINUTE }
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

/// Returns a month such as `2026-11` in words; what is none stays as it is.
pub fn month(text: &str) -> String {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let name = text.split_once('-').and_then(|(year, month)| {
        let name = NAMES.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
        Some(format!("{name} {year}"))
    });
    name.unwrap_or_else(|| text.to_owned())
}

/// Returns the words of a published state.
pub const fn state(state: State) -> &'static str {
    match state {
        State::Unknown => words::state::UNKNOWN,
        State::Up => words::state::UP,
        State::Suspect => words::state::SUSPECT,
        State::Down => words::state::DOWN,
        State::Recovering => words::state::RECOVERING,
    }
}

/// Joins what there is with a middle dot.
fn join<const N: usize>(parts: [Option<String>; N]) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn lasting(facts: &FamilyFacts, now: Timestamp) -> Option<String> {
    facts.since.map(|since| format!("for {}", age(now.ms_since(since))))
}

/// Of a failure the time of day counts too: logs elsewhere are searched by it.
fn since(facts: &FamilyFacts, now: Timestamp) -> Option<String> {
    facts.since.map(|since| {
        let lasts = now.ms_since(since);
        let date = if lasts < DAY { String::new() } else { format!("{} ", date(since)) };
        format!("since {date}{}, {}", time_of_day(since), age(lasts))
    })
}

/// Returns the edge's cell of one route.
pub fn edge(target: &TargetStatus, side: EdgeSide, route: Route, now: Timestamp) -> Cell {
    match (side.edge, route.family()) {
        (Edge::Nothing, _) => Cell::new("not measured yet", ""),
        (Edge::Late, family) => late(target, family, now),
        (_, Some(family)) => of_family(target, side, family, now),
        (_, None) => of_dual_stack(target, side),
    }
}

fn late(target: &TargetStatus, family: Option<Family>, now: Timestamp) -> Cell {
    let ago = target.last_round_at.map(|at| format!("last one {} ago", age(now.ms_since(at))));
    let last = family.map(|f| format!("then {}", state(target.facts(f).state)));
    Cell::new("no recent round", join([ago, last]))
}

fn of_family(target: &TargetStatus, side: EdgeSide, family: Family, now: Timestamp) -> Cell {
    let facts = target.facts(family);
    let address = facts.address.map(|a| a.to_string());
    let mut cell = match (side.edge, side.cause) {
        (Edge::Ok, cause) => {
            let mut main = state(facts.state).to_owned();
            if let (State::Up, Some(cause)) = (facts.state, cause) {
                main = format!("{main}, but {}", words::cause(cause));
            }
            // A latency belongs to an answer; there is none without one.
            let latency = facts.latency_ms.map(words::elapsed);
            Cell::new(main, join([latency, lasting(facts, now), address]))
        }
        (Edge::Failed, Some(Cause::DnsNodata)) if target.absence(family) != Absence::NoRecord => {
            let why = words::absence(target.absence(family), family);
            Cell::new(state(facts.state), join([Some(why), since(facts, now)]))
        }
        (Edge::Failed, cause) => {
            let why = cause.map_or("cause not known", words::cause);
            let shown = facts.certificate.as_ref().map(|c| words::certificate_for(&c.names, c.n, c.wanted.as_deref()));
            Cell::new(format!("{}: {why}", state(facts.state)), join([shown, since(facts, now), address]))
        }
        (Edge::Unpublished, Some(_)) => Cell::new(words::absence(target.absence(family), family), ""),
        (Edge::Unpublished, None) => Cell::new("not measured, by choice", ""),
        (_, Some(cause)) => {
            let why = facts.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
            Cell::new("cannot tell", format!("{}{why}", words::cause_in(family, cause)))
        }
        (_, None) => Cell::new("cannot tell", ""),
    };
    if facts.maintenance {
        cell.main += " (maintenance)";
    }
    cell
}

/// Adds who has measured it, where that was not the worker's own vantage, named `own`.
pub fn told_by(mut cell: Cell, facts: &FamilyFacts, own: &str) -> Cell {
    if let Some(name) = facts.known_by.as_deref().filter(|name| *name != own) {
        let detail = Some(cell.detail).filter(|detail| !detail.is_empty());
        cell.detail = join([detail, Some(format!("measured by {name}"))]);
    }
    cell
}

/// Returns what was announced, what is unstable, what differs between the families, and what clients without Happy Eyeballs meet, a
/// sentence each.
pub fn findings(target: &TargetStatus) -> Vec<Finding> {
    let planned = match (target.ipv4.maintenance, target.ipv6.maintenance) {
        (false, false) => None,
        (true, false) => Some("over IPv4"),
        (false, true) => Some("over IPv6"),
        (true, true) => Some("over IPv4 and IPv6"),
    };
    let planned = planned.map(|over| Finding {
        code: "planned",
        text: format!("Maintenance {over}, as announced: what fails because of it does not count as an outage"),
    });
    let unstable = match (target.ipv4.unstable, target.ipv6.unstable) {
        (false, false) => None,
        (true, false) => Some("over IPv4"),
        (false, true) => Some("over IPv6"),
        (true, true) => Some("over IPv4 and IPv6"),
    };
    let unstable = unstable.map(|over| Finding {
        code: UNSTABLE,
        text: format!("{over}: it fails again and again, and answers in between"),
    });
    let differs = target.differences.iter().map(|d| Finding { code: "differs", text: words::difference(d) });
    // Where a client with Happy Eyeballs gets no answer either, the row says so.
    let clients = target.clients.iter().filter(|_| target.dual_stack.family.is_some());
    let clients = clients.flat_map(words::clients).map(|text| Finding { code: "clients", text });
    planned.into_iter().chain(unstable).chain(differs).chain(clients).collect()
}

fn of_dual_stack(target: &TargetStatus, side: EdgeSide) -> Cell {
    match (side.edge, target.dual_stack.family) {
        (Edge::Ok, Some(family)) => Cell::new(format!("up over {family}"), cost(target, family)),
        (Edge::Ok, None) => Cell::new(words::state::UP, ""),
        (Edge::Failed, _) => failed_both_ways(target, side),
        (Edge::Unpublished, _) => Cell::new("no address of either family", ""),
        _ => Cell::new("cannot tell", side.cause.map_or("", words::cause)),
    }
}

/// What having both families costs a client, as RFC 8305 has it.
fn cost(target: &TargetStatus, family: Family) -> String {
    match target.dual_stack.cost_ms {
        Some(ms) if ms >= 1.0 => {
            let other = target.facts(family.other());
            if matches!(other.state, State::Down | State::Suspect) {
                format!("{} lost to trying {} first", words::elapsed(ms), family.other())
            } else {
                format!("{} slower than the better family alone", words::elapsed(ms))
            }
        }
        Some(_) => "no time lost".to_owned(),
        None => String::new(),
    }
}

fn failed_both_ways(target: &TargetStatus, side: EdgeSide) -> Cell {
    let why = side.cause.map_or("cause not known", words::cause);
    let up = Family::ALL.into_iter().find(|f| matches!(target.facts(*f).state, State::Up | State::Recovering));
    match up {
        Some(up) => Cell::new(
            format!("held up by {}: {why}", up.other()),
            format!("a client that connects over {} does not fall back to {up}", up.other()),
        ),
        None => Cell::new(format!("down: {why}"), ""),
    }
}

/// Says why nothing was asked from the browser. `has_any`: there is an address for it; `is_elsewhere`: that means another
/// machine where the visitor is.
pub const fn unasked(route: Route, has_any: bool, is_elsewhere: bool) -> &'static str {
    match (has_any, is_elsewhere, route) {
        (true, true, _) => {
            "Not checked from your browser: its address is local to where it is measured; where you are it would be another machine."
        }
        (true, false, _) => "Not checked from your browser.",
        (false, _, Route::Ipv4) => "Not checked from here: no web address that is IPv4 only.",
        (false, _, Route::Ipv6) => "Not checked from here: no web address that is IPv6 only.",
        (false, _, Route::DualStack) => "Not checked from here: no web address.",
    }
}

#[cfg(test)]
mod tests;
