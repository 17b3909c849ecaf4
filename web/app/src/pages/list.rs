//! All incidents: those that last, then the others by month.

use super::{Frame, Inert, Still, document, section, text::rich};
use crate::{
    components::incidents::{card, line},
    document::Assets,
    show::{incidents, phrases, tone::Tone},
};
use dualwatch_core::notice::grouping::Group;
use dualwatch_wire::{
    answer::language::Language,
    v1::{
        Incidents, PageIncident,
        incident::{Event, events as grouped},
    },
};
use dualwatch_words::{
    pages::{self, Heading, Told},
    status::Caption,
};
use leptos::{prelude::*, tachys::html::InertElement};

/// Returns the page.
pub fn incidents(whole: &Incidents, still: &Still, assets: &Assets) -> String {
    let w = still.words();
    let all: Vec<PageIncident> = whole.incidents.iter().map(Into::into).collect();
    let n_open = all.iter().filter(|i| i.open).count();
    let frame = Frame {
        title: w.tell(Told::OpenIncidents { n_open, n: all.len() }),
        tone: if n_open > 0 { Tone::Bad } else { Tone::Quiet },
        lead: w.heading(Heading::EachIsOne).to_owned(),
        also: vec![(w.caption(Caption::AsJson), "/api/v1/incidents".to_owned())],
    };
    let open: Vec<_> =
        (all.iter().filter(|i| i.open)).map(|i| card(&incidents::open(i, still.now, w), still.spoken)).collect();
    let content = view! { {events(whole, still)} {open} {over(&all, still)} {older(&all, still)} };
    document(frame, still, assets, content)
}

/// Which of them are one event: each with what its incidents share, and a link to each.
fn events(all: &Incidents, still: &Still) -> Option<InertElement> {
    let w = still.words();
    // The document says in English what it found; what it found is found again in what it lists.
    let groups =
        if still.spoken.language == Language::En { Vec::new() } else { grouped(&all.incidents, |i| i.name.clone()) };
    let is_of = |group: &&Group, event: &Event| group.members.iter().map(|member| &member.id).eq(&event.incidents);
    let name =
        |id: &str| all.incidents.iter().find(|i| i.summary.id == id).map_or_else(|| id.to_owned(), |i| i.name.clone());
    let event = |event: &Event| {
        let links: Vec<_> = (event.incidents.iter())
            .map(|id| view! { " " <a href=still.link(&format!("/incidents/{id}"))>{name(id)}</a> })
            .collect();
        let found = groups.iter().find(|group| is_of(group, event)).map(|group| w.group(group));
        let lang = still.english().filter(|_| found.is_none());
        view! { <li><span lang=lang>{rich(&found.unwrap_or_else(|| event.text.clone()))}</span> {links}</li> }
    };
    let events: Vec<_> = all.events.iter().map(event).collect();
    let content = (!events.is_empty()).then(|| view! { <ul class="lines">{events}</ul> }.inert());
    content.is_some().then(|| section("events", w.heading(Heading::Together), content))
}

/// Where a long list goes on.
fn older(all: &[PageIncident], still: &Still) -> Option<InertElement> {
    /// A shorter list is no part of a longer one.
    const LONG: usize = 50;
    let last = all.last().filter(|_| all.len() >= LONG)?.began()?.by;
    let href = still.link(&format!("/incidents?before={}", last.unix_ms()));
    Some(view! { <p><a href=href>{still.words().heading(Heading::Older)}</a></p> }.inert())
}

/// Returns those that are over, under the month in which they began.
pub fn over(all: &[PageIncident], still: &Still) -> Option<InertElement> {
    let w = still.words();
    let month = |i: &&PageIncident| i.began().and_then(|began| phrases::date(began.by).get(..7).map(str::to_owned));
    let all: Vec<&PageIncident> = all.iter().filter(|i| !i.open).collect();
    let months: Vec<_> = (all.chunk_by(|a, b| month(a) == month(b)))
        .map(|chunk| {
            let lines: String = chunk.iter().map(|i| line(&incidents::over(i, still.now, w), still.spoken)).collect();
            let month = month(&chunk[0]).unwrap_or_default();
            view! { <h3>{pages::month(&month, w)}</h3> <ul class="over" inner_html=lines></ul> }
        })
        .collect();
    let content = (!months.is_empty()).then(|| view! { <div>{months}</div> }.inert());
    content.is_some().then(|| section("over", w.heading(Heading::Over), content))
}
