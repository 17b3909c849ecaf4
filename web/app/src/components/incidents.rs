//! What is going on now, and what was over within the last day.

use super::{
    live::{self, Line},
    timeline::timeline,
};
use crate::{
    incidents::{Open, Over},
    model::PageModel,
};
use leptos::prelude::*;

pub fn incidents(model: Memo<PageModel>) -> impl IntoView {
    // Plain values in lists: when they change they are written into the elements that are there.
    let open = move || model.with(|m| m.incidents.open.iter().map(card).collect::<Vec<_>>());
    let over = move || model.with(|m| m.incidents.over.iter().map(line).collect::<Vec<_>>());
    let note = live::text(move || model.with(|m| m.incidents.note.clone()));
    view! {
        <section class="incidents" aria-labelledby="incidents">
            <h2 id="incidents">"Incidents"</h2>
            <div>{open}</div>
            <ul class="over">{over}</ul>
            <p class="note">{note}<a href="/incidents">"All incidents"</a></p>
        </section>
    }
}

/// One that lasts.
pub fn card(incident: &Open) -> impl IntoView + use<> {
    let Open { id, headline, since, lines, timeline: drawn } = incident;
    let lines: Vec<_> = lines.iter().map(|text| live::paragraph(Line::new("why", text))).collect();
    view! {
        <article class="card incident" data-incident=id.clone() data-tone="bad">
            <h3><a href=format!("/incidents/{id}")>{headline.clone()}</a></h3>
            {live::paragraph(Line::new("lead", since))}
            {timeline(drawn)}
            {lines}
        </article>
    }
}

/// One that is over.
pub fn line(incident: &Over) -> impl IntoView + use<> {
    let Over { id, headline, detail } = incident;
    view! {
        <li data-incident=id.clone()>
            <a href=format!("/incidents/{id}")>{headline.clone()}</a>
            {live::paragraph(Line::new("detail", detail))}
        </li>
    }
}
