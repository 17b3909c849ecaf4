//! The services in one sentence, and what the page has to admit about itself: the first of the two blocks at the top.

use super::line::{Line, lines};
use crate::show::model::PageModel;
use dualwatch_words::{self_test::phrases::Whole, status::Caption};
use leptos::prelude::*;

pub fn overview(model: &PageModel, w: &dyn Whole) -> impl IntoView + use<> {
    let PageModel { overview, notices, unreachable, .. } = model;
    // What is wrong with ourselves comes first: it says how much of the rest is to be believed.
    let notices = notices.iter().map(|n| Line { code: Some(n.code), ..Line::new("notice", &n.text) });
    let said = notices.chain(overview.details.iter().map(|text| Line::new("lead", text))).collect::<Vec<_>>();
    let troubled: Vec<_> = (overview.troubled.iter())
        .map(|(slug, name)| view! { <li><a href=format!("#service-{slug}")>{name.clone()}</a></li> })
        .collect();
    view! {
        <div class="card them" data-tone=overview.tone.code()>
            <h1>
                <span class="mark" aria-hidden="true"></span>
                <span data-headline="">{overview.headline.clone()}</span>
            </h1>
            <p class="notice" role="status" hidden="" data-notice=unreachable.code>{unreachable.text.clone()}</p>
            <div class="leads">{lines(said)}</div>
            <ul class="troubled" aria-label=w.caption(Caption::Troubled)>{troubled}</ul>
        </div>
    }
}
