//! The services: a card each, with one row per route.

use super::live::{self, Line};
use crate::{
    found::route::Route,
    show::{
        model::PageModel,
        phrases::Finding,
        target::{Row, TargetModel},
    },
};
use dualwatch_core::measure::cause::Cause;
use dualwatch_wire::v1::PagePart;
use dualwatch_words as words;
use leptos::prelude::*;

pub fn targets(model: Memo<PageModel>) -> impl IntoView {
    // Cards are made anew only when another service stands in a place; otherwise they are updated where they are.
    let names = Memo::new(move |_| model.with(|m| m.targets.iter().map(identity).collect::<Vec<_>>()));
    let cards =
        move || names.get().into_iter().enumerate().map(|(place, name)| card(model, place, name)).collect::<Vec<_>>();
    let pages = live::text(move || model.with(|m| m.part.as_ref().map(pages).unwrap_or_default()));
    view! {
        <section class="services" aria-labelledby="services">
            <h2 id="services" tabindex="-1">"Services"</h2>
            {cards}
            <ul class="pages" inner_html=pages></ul>
        </section>
    }
}

/// Links to the other pages, as markup: they change when services come and go.
fn pages(part: &PagePart) -> String {
    (1..=part.n_pages).fold(String::new(), |links, page| {
        let here = if page == part.page { " aria-current=\"page\"" } else { "" };
        links + "<li><a href=\"/?page=" + &page.to_string() + "\"" + here + ">" + &page.to_string() + "</a></li>"
    })
}

/// What makes a card another card: slug, name, URL.
fn identity(target: &TargetModel) -> [String; 3] {
    [&target.slug, &target.name, &target.url].map(String::clone)
}

/// One service; `place` is where it stands in the model.
fn card(model: Memo<PageModel>, place: usize, [slug, name, url]: [String; 3]) -> impl IntoView {
    let (id, heading) = (format!("service-{slug}"), format!("name-{slug}"));
    // An anchor without an address is no link: `tcp://` is nothing that a browser opens.
    let href = url.starts_with("http").then(|| url.clone());
    let line = |route| line(model, place, slug.clone(), route);
    let lines = vec![line(Route::Ipv4), line(Route::Ipv6), line(Route::DualStack)];
    let why = move || {
        let line = |cause: &Cause| Line::new("why", format!("{}: {}", words::cause(*cause), words::explain(*cause)));
        let finding = |f: &Finding| Line::new(f.code, &f.text);
        let of = |t: &TargetModel| t.causes.iter().map(line).chain(t.findings.iter().map(finding)).collect();
        model.with(|m| m.targets.get(place).map(of).unwrap_or_default())
    };
    let uptime = move || model.with(|m| m.targets.get(place).map(|t| t.uptime.clone()).unwrap_or_default());
    let tone = move || model.with(|m| m.targets.get(place).map_or("", |t| t.tone().code()));
    view! {
        <article class="card" id=id data-tone=live::code(tone) aria-labelledby=heading.clone()>
            <div class="card-head">
                <h3 id=heading.clone()><a href=format!("/targets/{slug}")>{name}</a></h3>
                <p class="url"><a href=href rel="noopener noreferrer">{url}</a></p>
                <p class="note">{live::text(uptime)}</p>
            </div>
            <ul class="routes">{lines}</ul>
            {live::lines(why)}
        </article>
    }
}

/// One route. A service that is gone shows nothing for the moment until the list is drawn anew.
fn line(model: Memo<PageModel>, place: usize, slug: String, route: Route) -> impl IntoView {
    let code = move |of: fn(&Row) -> &'static str| {
        live::code(move || model.with(|m| m.targets.get(place).map_or("", |t| of(t.rows.get(route)))))
    };
    let text = move |of: fn(&Row) -> &String| {
        live::text(move || {
            model.with(|m| m.targets.get(place).map(|t| of(t.rows.get(route)).clone()).unwrap_or_default())
        })
    };
    view! {
        <li
            class="route"
            data-target=slug
            data-family=route.code()
            data-edge=code(|r| r.edge_code)
            data-browser=code(|r| r.browser_code)
            data-verdict=code(|r| r.verdict.code())
            data-cause=code(|r| r.cause.map_or("", Cause::code))
            data-side=code(|r| r.verdict.side().code())
            data-tone=code(|r| r.tone.code())
        >
            <h4 class="name"><span class="mark" aria-hidden="true"></span>{route.label()}</h4>
            <p class="verdict">{text(|r| &r.verdict_words)}</p>
            <p class="fact">
                <span class="who">"Edge"</span>
                <span class="main">{text(|r| &r.edge.main)}</span>
                <span class="detail">{text(|r| &r.edge.detail)}</span>
            </p>
            <p class="fact">
                <span class="who">"You"</span>
                <span class="main">{text(|r| &r.browser.main)}</span>
                <span class="detail">{text(|r| &r.browser.detail)}</span>
            </p>
        </li>
    }
}
