//! What is going on now, and what was over within the last day.

use super::{markup::escape, timeline::timeline};
use crate::show::{
    incidents::{Open, Over},
    model::PageModel,
};
use dualwatch_wire::answer::language::Spoken;
use dualwatch_words::{self_test::phrases::Whole, status::Caption};
use leptos::prelude::*;

pub fn incidents(model: &PageModel, w: &dyn Whole, spoken: Spoken) -> impl IntoView + use<> {
    let open: Vec<_> = model.incidents.open.iter().map(|open| card(open, spoken)).collect();
    let over: String = model.incidents.over.iter().map(|over| line(over, spoken)).collect();
    view! {
        <section class="incidents" aria-labelledby="incidents">
            <h2 id="incidents">{w.caption(Caption::Incidents)}</h2>
            <div>{open}</div>
            <ul class="over" inner_html=over></ul>
            <p class="note">
                <span>{model.incidents.note.clone()}</span>
                <a href=spoken.link("/incidents")>{w.caption(Caption::AllIncidents)}</a>
            </p>
        </section>
    }
}

/// One that lasts. What cannot be focused is markup: as views it would be more of WebAssembly.
pub fn card(incident: &Open, spoken: Spoken) -> impl IntoView + use<> {
    let Open { id, headline, since, lines, timeline: drawn } = incident;
    let mut facts = format!("<p class=\"lead\">{}</p>{}", escape(since), timeline(drawn));
    for text in lines {
        facts = facts + "<p class=\"why\">" + &escape(text) + "</p>";
    }
    view! {
        <article class="card incident" data-incident=id.clone() data-tone="bad">
            <h3><a href=spoken.link(&format!("/incidents/{id}"))>{headline.clone()}</a></h3>
            <div inner_html=facts></div>
        </article>
    }
}

/// One that is over, as markup.
pub fn line(incident: &Over, spoken: Spoken) -> String {
    let address = spoken.link(&format!("/incidents/{}", incident.id));
    let [id, address, headline, detail] =
        [&incident.id, &address, &incident.headline, &incident.detail].map(|text| escape(text));
    format!(
        "<li data-incident=\"{id}\"><a href=\"{address}\">{headline}</a> <span class=\"detail\">{detail}</span></li>"
    )
}
