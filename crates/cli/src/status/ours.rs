//! A page of ours.

use super::{Component, Page, Stands, fetch::Fetch};
use anyhow::{Context, Result, ensure};
use dualwatch_core::{
    judge::verdict::Edge,
    measure::family::{Family, PerFamily},
};
use dualwatch_wire::{
    time,
    v1::{FamilyFacts, Status, TargetStatus, status::State},
};
use dualwatch_words as words;

/// So many targets are asked for one after the other: a page that goes on without end is not ours.
const MAX_TARGETS: usize = 100_000;

/// Reads the document; `None`: it is something else.
pub fn read(text: &str) -> Option<Status> {
    serde_json::from_str::<Status>(text).ok().filter(|status| status.version == dualwatch_wire::v1::VERSION)
}

/// Returns the whole page, asking for what the first answer left out.
pub fn all(fetch: &Fetch, mut first: Status) -> Result<Page> {
    while let Some(after) = first.next_after.take() {
        ensure!(first.targets.len() < MAX_TARGETS, "the page goes on behind {MAX_TARGETS} services");
        let path = format!("api/v1/status?after={after}");
        let answer = fetch.get(&path)?;
        let next = answer.text().and_then(read).with_context(|| answer.what())?;
        ensure!(!next.targets.is_empty(), "the page says that it goes on, and does not");
        first.targets.extend(next.targets);
        first.next_after = next.next_after;
    }
    Ok(page(fetch.host(), &first))
}

fn page(name: &str, status: &Status) -> Page {
    let components: Vec<Component> = status.targets.iter().map(component).collect();
    let state = components.iter().map(|component| component.state).max().unwrap_or(Stands::Unknown);
    let n = components.len();
    let wrong = components.iter().filter(|component| component.state > Stands::Unknown).count();
    let unknown = components.iter().filter(|component| component.state == Stands::Unknown).count();
    let description = match (n, wrong, unknown) {
        (0, ..) => "nothing is watched yet".to_owned(),
        (_, 0, 0) => format!("all {n} up"),
        (_, 0, _) => format!("{unknown} of {n} not known"),
        (_, _, 0) => format!("{wrong} of {n} with trouble"),
        _ => format!("{wrong} of {n} with trouble, {unknown} not known"),
    };
    Page { version: 1, kind: "dualwatch", name: name.to_owned(), state, description, components, incidents: Vec::new() }
}

fn stands(facts: &FamilyFacts) -> Stands {
    match facts.edge() {
        Edge::Ok | Edge::Failed if facts.maintenance => Stands::Maintenance,
        Edge::Ok if facts.degraded || facts.unstable || facts.state == State::Recovering => Stands::Degraded,
        Edge::Ok => Stands::Up,
        Edge::Failed => Stands::Down,
        Edge::Unpublished => Stands::Absent,
        Edge::Blind | Edge::Late | Edge::Nothing => Stands::Unknown,
    }
}

fn component(target: &TargetStatus) -> Component {
    let per_family = PerFamily::from_fn(|family| stands(target.facts(family)));
    let PerFamily { ipv4, ipv6 } = per_family;
    let worst = ipv4.max(ipv6);
    let other = ipv4.min(ipv6);
    // One family down, and the other one not: part of it.
    let is_part = worst == Stands::Down && matches!(other, Stands::Up | Stands::Degraded);
    let state = match worst {
        Stands::Absent => Stands::Unknown,
        _ if is_part => Stands::Partial,
        worst => worst,
    };
    let why = |family: Family| {
        let facts = target.facts(family);
        let is_told = !matches!(per_family.get(family), Stands::Up | Stands::Absent);
        let cause = facts.cause.filter(|_| is_told).map(|cause| words::cause(cause).to_owned());
        let warned = facts.warning.filter(|_| is_told).map(|what| words::warning(&what, facts.why.as_deref()));
        let cause = cause.or(warned);
        let since = facts.since.filter(|_| is_told).map(|since| format!("since {}", time::format(since)));
        let parts: Vec<String> = cause.into_iter().chain(since).collect();
        (!parts.is_empty()).then(|| format!("{family}: {}", parts.join(", ")))
    };
    let detail = Family::ALL.into_iter().filter_map(why).collect::<Vec<_>>().join("; ");
    Component { name: target.name.clone(), state, ipv4: Some(ipv4), ipv6: Some(ipv6), detail }
}
