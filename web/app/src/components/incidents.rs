//! What is going on now, and what was over within the last day.

use super::{markup::escape, timeline::timeline};
use crate::show::{
    incidents::{Open, Over},
    model::PageModel,
};
use leptos::prelude::*;

pub fn incidents(model: &PageModel) -> impl IntoView + use<> {
    let open: Vec<_> = model.incidents.open.iter().map(card).collect();
    let over: String = model.incidents.over.iter().map(line).collect();
    view! {
        <section class="incidents" aria-labelledby="incidents">
            <h2 id="incidents">"Incidents"</h2>
            <div>{open}</div>
            <ul class="over" inner_html=over></ul>
            <p class="note">
                <span>{model.incidents.note.clone()}</span>
                <a href="/incidents">"All incidents"</a>
            </p>
        </section>
    }
}

/// One that lasts. What cannot be focused is markup: as views it would be more of WebAssembly.
pub fn card(incident: &Open) -> impl IntoView + use<> {
    let Open { id, headline, since, lines, timeline: drawn } = incident;
    let mut facts = format!("<p class=\"lead\">{}</p>{}", escape(since), timeline(drawn));
    for line in lines {
        facts = facts + "<p class=\"why\">" + &escape(line) + "</p>";
    }
    view! {
        <article class="card incident" data-incident=id.clone() data-tone="bad">
            <h3><a href=format!("/incidents/{id}")>{headline.clone()}</a></h3>
            <div inner_html=facts></div>
        </article>
    }
}

/// One that is over, as markup.
pub fn line(incident: &Over) -> String {
    let [id, headline, detail] = [&incident.id, &incident.headline, &incident.detail].map(|text| escape(text));
    format!(
        "<li data-incident=\"{id}\"><a href=\"/incidents/{id}\">{headline}</a> <span class=\"detail\">{detail}</span></li>"
    )
}
