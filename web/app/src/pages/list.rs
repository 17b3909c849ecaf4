//! All incidents: those that last, then the others by month.

use super::{Frame, Inert, Still, document, section, text::rich};
use crate::{
    components::{
        incidents::{card, line},
        markup::escape,
    },
    document::Assets,
    show::{incidents, phrases, tone::Tone},
};
use dualwatch_core::{
    measure::{cause::Cause, family::Family, text::visible},
    notice::grouping::Group,
};
use dualwatch_wire::{
    answer::language::Language,
    door::Chosen,
    v1::{
        Incidents, PageIncident,
        incident::{Event, events as grouped},
    },
};
use dualwatch_words::{
    pages::{self, Heading, Told},
    self_test::phrases::Text,
    status::Caption,
};
use leptos::{prelude::*, tachys::html::InertElement};

/// Returns the page of those that are `chosen`; of a service alone they come chosen already.
pub fn incidents(whole: &Incidents, chosen: &Chosen, still: &Still, assets: &Assets) -> String {
    let w = still.words();
    let every: Vec<PageIncident> = whole.incidents.iter().map(Into::into).collect();
    let all: Vec<PageIncident> = every.iter().filter(|incident| is_chosen(incident, chosen)).cloned().collect();
    let n_open = all.iter().filter(|i| i.open).count();
    let frame = Frame {
        title: w.tell(Told::OpenIncidents { n_open, n: every.len() }),
        tone: if n_open > 0 { Tone::Bad } else { Tone::Quiet },
        lead: w.heading(Heading::EachIsOne).to_owned(),
        also: vec![(w.caption(Caption::AsJson), "/api/v1/incidents".to_owned())],
    };
    let open: Vec<_> =
        (all.iter().filter(|i| i.open)).map(|i| card(&incidents::open(i, still.now, w), still.spoken)).collect();
    // What began together is told of all.
    let events = (*chosen == Chosen::default()).then(|| events(whole, still));
    let none =
        (all.is_empty() && *chosen != Chosen::default()).then(|| view! { <p>{w.heading(Heading::NoneOnRecord)}</p> });
    let content = view! { {form(whole, &every, chosen, still)} {none} {events} {open} {over(&all, still)} {older(&every, chosen, still)} };
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

/// Whether an incident has this family and this cause: both together, where both are asked for.
fn is_chosen(incident: &PageIncident, chosen: &Chosen) -> bool {
    let families = incident.segments.iter().flat_map(|segment| &segment.families);
    let has_family = |family| families.clone().any(|known| *known == family);
    match (chosen.family, chosen.cause) {
        (None, None) => true,
        (Some(family), None) => has_family(family),
        (family, Some(cause)) => {
            incident.causes.iter().any(|of| of.cause == cause && family.is_none_or(|family| family == of.family))
        }
    }
}

/// What one may choose by: services and causes are those that are on this list, and what is chosen already.
fn form(whole: &Incidents, every: &[PageIncident], chosen: &Chosen, still: &Still) -> Option<InertElement> {
    let w = still.words();
    if every.is_empty() && *chosen == Chosen::default() {
        return None;
    }
    let mut services: Vec<(String, String)> = Vec::new();
    for incident in &whole.incidents {
        if services.iter().all(|(slug, _)| *slug != incident.target) {
            services.push((incident.target.clone(), visible(&incident.name).into_owned()));
        }
    }
    if let Some(slug) = chosen.target.as_ref().filter(|slug| services.iter().all(|(known, _)| known != slug.as_str())) {
        services.push((slug.to_string(), slug.to_string()));
    }
    let seen = every.iter().flat_map(|incident| &incident.causes).map(|of| of.cause).chain(chosen.cause);
    let mut causes: Vec<Cause> = Vec::new();
    for cause in seen {
        if !causes.contains(&cause) {
            causes.push(cause);
        }
    }
    // As text: as views it would be thirty times as much of WebAssembly.
    let option = |value: &str, name: &str, is_chosen: bool| {
        let selected = if is_chosen { " selected" } else { "" };
        format!(r#"<option value="{}"{selected}>{}</option>"#, escape(value), escape(name))
    };
    let select = |name: &str, label: &str, all: &str, options: String| {
        let (label, all) = (escape(label), option("", all, false));
        format!(r#"<select name="{name}" aria-label="{label}">{all}{options}</select>"#)
    };
    let services = services
        .iter()
        .map(|(slug, name)| option(slug, name, chosen.target.as_ref().is_some_and(|known| known.as_str() == slug)));
    let families = Family::ALL.map(|family| option(family.code(), &family.to_string(), chosen.family == Some(family)));
    let causes = causes.iter().map(|cause| option(cause.code(), w.cause(*cause), chosen.cause == Some(*cause)));
    let language = still
        .spoken
        .chosen()
        .map(|language| format!(r#"<input type="hidden" name="lang" value="{}">"#, language.code()));
    let form = [
        r#"<form class="find" action="/incidents" method="get">"#.to_owned(),
        select("target", w.caption(Caption::Services), w.text(Text::AllServices), services.collect()),
        select("family", w.caption(Caption::EveryFamily), w.caption(Caption::EveryFamily), families.concat()),
        select("cause", w.caption(Caption::EveryCause), w.caption(Caption::EveryCause), causes.collect()),
        language.unwrap_or_default(),
        format!(r#"<button type="submit">{}</button></form>"#, escape(w.caption(Caption::Choose))),
    ];
    Some(InertElement::new(form.concat()))
}

/// Where a long list goes on, with the same choice.
fn older(all: &[PageIncident], chosen: &Chosen, still: &Still) -> Option<InertElement> {
    /// A shorter list is no part of a longer one.
    const LONG: usize = 50;
    let last = all.last().filter(|_| all.len() >= LONG)?.began()?.by;
    let href = still.link(&chosen.link("/incidents", Some(last)));
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
