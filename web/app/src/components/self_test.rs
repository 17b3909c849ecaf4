//! The visitor's own connection: one row per endpoint of ours.

use super::{live, signals::Signals};
use crate::{
    found::route::Route,
    show::{model::PageModel, self_test::SelfTestRow},
};
use dualwatch_core::measure::family::Family;
use leptos::prelude::*;

pub fn self_test_card(Signals { state, model }: Signals) -> impl IntoView {
    let is_busy = move || state.with(|s| s.is_checking);
    let label = move || if is_busy() { "Checking…" } else { "Check again" };
    let lines = vec![line(model, Route::Ipv4), line(model, Route::Ipv6), line(model, Route::DualStack)];
    view! {
        <section class="card you" aria-labelledby="your-connection">
            <div class="card-head">
                <h2 id="your-connection">"Your connection"</h2>
                <p class="lead">{live::text(move || model.with(|m| m.connection.clone()))}</p>
                <button type="button" on:click=move |_| state.update(|s| s.is_checking = true)>
                    {live::text(move || label().to_owned())}
                </button>
                <a href="/self-test">"What can it do, and why not?"</a>
            </div>
            // With scripts on, the parser keeps this as text: elements inside could not be hydrated.
            <noscript class="note">
                "Without JavaScript this page shows what the edge sees; your own connection is not checked."
            </noscript>
            <ul class="routes">{lines}</ul>
        </section>
    }
}

fn line(model: Memo<PageModel>, route: Route) -> impl IntoView {
    let code =
        move |of: fn(&SelfTestRow) -> &'static str| live::code(move || model.with(|m| of(m.self_test.get(route))));
    let text =
        move |of: fn(&SelfTestRow) -> &String| live::text(move || model.with(|m| of(m.self_test.get(route)).clone()));
    view! {
        <li
            class="route"
            data-self-test=route.code()
            data-result=code(|r| r.code)
            data-family-seen=code(|r| r.family_seen.map_or("", Family::code))
            data-tone=code(|r| r.tone.code())
        >
            <h3 class="name"><span class="mark" aria-hidden="true"></span>{route.label()}</h3>
            <p class="verdict">{text(|r| &r.cell.main)}</p>
            <p class="fact wide"><span class="detail">{text(|r| &r.cell.detail)}</span></p>
        </li>
    }
}
