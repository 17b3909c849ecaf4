//! The top of the page: the state of everything in one sentence, and what the page has to admit about itself.

use super::live::{self, Line};
use crate::show::model::PageModel;
use leptos::prelude::*;

pub fn header(model: Memo<PageModel>) -> impl IntoView {
    // What is wrong with ourselves comes first: it says how much of the rest is to be believed.
    let lines = move || {
        model.with(|m| {
            let notices = m.notices.iter().map(|n| Line { code: Some(n.code), ..Line::new("notice", &n.text) });
            notices.chain(m.overview.details.iter().map(|text| Line::new("lead", text))).collect()
        })
    };
    let troubled = move || {
        let link = |(slug, name): &(String, String)| {
            view! { <li><a href=format!("#service-{slug}")>{name.clone()}</a></li> }
        };
        model.with(|m| m.overview.troubled.iter().map(link).collect::<Vec<_>>())
    };
    view! {
        <header class="top" data-tone=live::code(move || model.with(|m| m.overview.tone.code()))>
            <p class="brand"><span class="logo" aria-hidden="true"></span>"Dualwatch"</p>
            <h1>
                <span class="mark" aria-hidden="true"></span>
                <span>{live::text(move || model.with(|m| m.overview.headline.clone()))}</span>
            </h1>
            <div class="leads">{live::lines(lines)}</div>
            <ul class="troubled" aria-label="Services with trouble">{troubled}</ul>
        </header>
    }
}
