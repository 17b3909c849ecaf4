//! All incidents: those that last, then the others by month.

use super::{Frame, Inert, document, english, section, text::rich};
use crate::{
    components::incidents::{card, line},
    document::Assets,
    show::{incidents, phrases, tone::Tone},
};
use dualwatch_core::measure::time::Timestamp;
use dualwatch_wire::{
    answer::language::Spoken,
    v1::{Incidents, PageIncident, incident::Event},
};
use leptos::{prelude::*, tachys::html::InertElement};

/// Returns the page.
pub fn incidents(whole: &Incidents, now: Timestamp, assets: &Assets) -> String {
    let all: Vec<PageIncident> = whole.incidents.iter().map(Into::into).collect();
    let n_open = all.iter().filter(|i| i.open).count();
    let title = match (n_open, all.len()) {
        (0, 0) => "No incident is on record".to_owned(),
        (0, _) => "No incident is open".to_owned(),
        (1, _) => "1 incident is open".to_owned(),
        (n, _) => format!("{n} incidents are open"),
    };
    let frame = Frame {
        title,
        tone: if n_open > 0 { Tone::Bad } else { Tone::Quiet },
        lead: "Each is one bad period of one service, with its causes and a report.".to_owned(),
        also: vec![("the same as JSON", "/api/v1/incidents".to_owned())],
        now,
    };
    let open: Vec<_> =
        all.iter().filter(|i| i.open).map(|i| card(&incidents::open(i, now, english()), Spoken::default())).collect();
    let content = view! { {events(whole)} {open} {over(&all, now)} {older(&all)} };
    document(frame, assets, content)
}

/// Which of them are one event: each with what its incidents share, and a link to each.
fn events(all: &Incidents) -> Option<InertElement> {
    let name =
        |id: &str| all.incidents.iter().find(|i| i.summary.id == id).map_or_else(|| id.to_owned(), |i| i.name.clone());
    let event = |event: &Event| {
        let links: Vec<_> =
            event.incidents.iter().map(|id| view! { " " <a href=format!("/incidents/{id}")>{name(id)}</a> }).collect();
        view! { <li>{rich(&event.text)} {links}</li> }
    };
    let events: Vec<_> = all.events.iter().map(event).collect();
    let content = (!events.is_empty()).then(|| view! { <ul class="lines">{events}</ul> }.inert());
    content.is_some().then(|| section("events", "Began together", content))
}

/// Where a long list goes on.
fn older(all: &[PageIncident]) -> Option<InertElement> {
    /// A shorter list is no part of a longer one.
    const LONG: usize = 50;
    let last = all.last().filter(|_| all.len() >= LONG)?.began()?.by;
    let href = format!("/incidents?before={}", last.unix_ms());
    Some(view! { <p><a href=href>"Older incidents"</a></p> }.inert())
}

/// Returns those that are over, under the month in which they began.
pub fn over(all: &[PageIncident], now: Timestamp) -> Option<InertElement> {
    let month = |i: &&PageIncident| i.began().and_then(|began| phrases::date(began.by).get(..7).map(str::to_owned));
    let all: Vec<&PageIncident> = all.iter().filter(|i| !i.open).collect();
    let months: Vec<_> = (all.chunk_by(|a, b| month(a) == month(b)))
        .map(|chunk| {
            let lines: String = chunk.iter().map(|i| line(&incidents::over(i, now))).collect();
            let month = month(&chunk[0]).unwrap_or_default();
            view! { <h3>{phrases::month(&month)}</h3> <ul class="over" inner_html=lines></ul> }
        })
        .collect();
    let content = (!months.is_empty()).then(|| view! { <div>{months}</div> }.inert());
    content.is_some().then(|| section("over", "Over", content))
}
