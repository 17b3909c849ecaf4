//! The page as components: functions from what is to be shown to a view. None of them fetches.

mod footer;
pub mod incidents;
mod live;
pub mod markup;
mod overview;
mod self_test;
mod signals;
mod target;
pub mod timeline;
mod vantages;

pub use signals::Signals;

use footer::footer;
use incidents::incidents;
use leptos::prelude::*;
use overview::header;
use self_test::self_test_card;
use target::targets;
use vantages::vantages;

/// The whole page inside `<body>`.
pub fn app(signals: Signals) -> impl IntoView {
    let Signals { state, model } = signals;
    let is_done = move || model.with(|m| m.is_done) && !state.with(|s| s.is_checking);
    view! {
        <div id="app" data-self-test-state=live::code(move || if is_done() { "done" } else { "pending" })>
            <a class="skip" href="#services">"Skip to the services"</a>
            {header(model)}
            <main>
                {self_test_card(signals)}
                {incidents(model)}
                {vantages(model)}
                {targets(model)}
            </main>
            {footer(model)}
            <div class="visually-hidden" role="status" aria-live="polite">
                {live::text(move || state.with(|s| s.announcement.clone()))}
            </div>
        </div>
    }
}
