//! The top of the page: the state of everything in one sentence, and what the page has to admit about itself.

use super::line::{Line, lines};
use crate::show::model::PageModel;
use dualwatch_words::{self_test::phrases::Whole, status::Caption};
use leptos::prelude::*;

/// `nav` stands beside the name: other pages, other languages.
pub fn header<N: IntoView + 'static>(model: &PageModel, w: &dyn Whole, nav: N) -> impl IntoView + use<N> {
    let PageModel { overview, notices, unreachable, .. } = model;
    // What is wrong with ourselves comes first: it says how much of the rest is to be believed.
    let notices = notices.iter().map(|n| Line { code: Some(n.code), ..Line::new("notice", &n.text) });
    let said = notices.chain(overview.details.iter().map(|text| Line::new("lead", text))).collect::<Vec<_>>();
    let troubled: Vec<_> = (overview.troubled.iter())
        .map(|(slug, name)| view! { <li><a href=format!("#service-{slug}")>{name.clone()}</a></li> })
        .collect();
    view! {
        <header class="top" data-tone=overview.tone.code()>
            <p class="brand"><span class="logo" aria-hidden="true"></span>"Dualwatch"</p>
            {nav}
            <h1>
                <span class="mark" aria-hidden="true"></span>
                <span data-headline="">{overview.headline.clone()}</span>
            </h1>
            <p class="notice" role="status" hidden="" data-notice=unreachable.code>{unreachable.text.clone()}</p>
            <div class="leads">{lines(said)}</div>
            <ul class="troubled" aria-label=w.caption(Caption::Troubled)>{troubled}</ul>
        </header>
    }
}
