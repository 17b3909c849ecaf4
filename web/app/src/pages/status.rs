//! The status page: the services, and the visitor's own connection beside them.
//!
//! It is whole without any script. `web/self-test` tests the connection, asks the services, and fetches the page again and
//! again, to write what has changed into it.

use super::{
    bar,
    self_test::{alternates, endpoints, own_connection, scripts},
};
use crate::{
    components::{branding, footer, incidents, overview, services, vantages},
    document::{self, Assets},
    show::model,
};
use dualwatch_core::measure::{family::Family, vantage::Standing, vicinity::Vicinity};
use dualwatch_wire::{
    answer::language::Spoken,
    door::{Form, Page},
    v1::PageData,
};
use dualwatch_words::{self_test::words, status::Caption};
use leptos::prelude::*;

/// Returns the whole document. `assets` are those of the language that is spoken.
pub fn status(data: &PageData, spoken: Spoken, assets: &Assets) -> String {
    let words = words(spoken.language);
    let model = model::build(data, data.now, words);
    let search = data.search.as_ref().map(|search| search.query.clone());
    let part = data.part.map_or(1, |part| part.page);
    let page = Page::Status { form: Form::Html, part, search, language: None };
    let above = branding::above(&assets.branding, data.now, spoken.language);
    let content = view! {
        <div id="app" data-live=data.revision.number() data-self-test-state="pending">
            <a class="skip" href="#services">{words.caption(Caption::Skip)}</a>
            <header class="bar" inner_html=bar::inner(spoken, Some(&page.name()), &assets.branding)></header>
            <main>
                {above.map(|html| view! { <div id="operator" inner_html=html></div> })}
                <div class="hero">
                    {overview(&model, words)}
                    {own_connection(words, spoken)}
                </div>
                {incidents(&model, words, spoken)}
                {services(data, &model, words, spoken)}
                {vantages(&model, words)}
            </main>
            {footer(&model, words)}
            <div class="visually-hidden" role="status" aria-live="polite" data-news=""></div>
        </div>
    };
    let now = || [vec![model.overview.headline.clone()], model.overview.details.clone()].concat().join(" ");
    let about = branding::about(&assets.branding).unwrap_or_else(now);
    let head = scripts(&endpoints(data), assets, Some(&proven(data)))
        + &document::described(&about, &page.name())
        + &alternates(&page.name());
    document::document(spoken.language, &model.overview.headline, assets, &head, &content.into_view().to_html())
}

/// Returns the families that a device at this machine has: the edge reaches its controls with them, and an address of
/// loopback is none that a browser tells of.
fn proven(data: &PageData) -> String {
    let edge = data.status.vantages.first().filter(|_| data.self_test.vicinity == Vicinity::Machine);
    let standings = edge.map(|edge| [(Family::Ipv4, edge.ipv4), (Family::Ipv6, edge.ipv6)]);
    let is_proven = |(_, standing): &(Family, Standing)| *standing == Standing::Proven;
    let families = standings.into_iter().flatten().filter(is_proven).map(|(family, _)| family.code());
    families.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
