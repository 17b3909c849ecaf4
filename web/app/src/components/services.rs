//! The services in their groups, each in a line that opens, and how to find one among many.

use super::{markup::escape, target::card};
use crate::show::{days, groups::Group, model::PageModel, tone::Tone};
use dualwatch_wire::{
    answer::language::Spoken,
    v1::{PageData, PageGroup, PagePart},
};
use dualwatch_words::{
    self_test::phrases::{Text, Whole},
    status::{Caption, Said},
};
use leptos::{prelude::*, tachys::html::InertElement};

/// Groups are open where all of them together are no more than this; what needs a look is open anyway.
const ALL_OPEN: usize = 20;
/// From so many services on one may be looked for.
const MANY: usize = 10;

pub fn services(data: &PageData, model: &PageModel, w: &dyn Whole, spoken: Spoken) -> impl IntoView + use<> {
    let has_groups = model.groups.iter().any(|group| group.name.is_some());
    let groups: Vec<_> = (model.groups.iter())
        .map(|group| {
            let rows: Vec<_> = group.members.iter().map(|i| service(data, model, *i, w, spoken)).collect();
            let rows = view! { <div class="rows">{rows}</div> }.into_any();
            if has_groups { folded(group, model, rows, w).into_any() } else { rows }
        })
        .collect();
    let pages = model.part.as_ref().map(|part| pages(part, &data.groups, w, spoken)).unwrap_or_default();
    let said = (!model.targets.is_empty()).then_some(w.text(Text::ServicesLater));
    let legend = if model.targets.is_empty() { String::new() } else { legend(w) };
    view! {
        <section class="services" aria-labelledby="services" data-targets="waiting">
            <h2 id="services" tabindex="-1">{w.caption(Caption::Services)}</h2>
            {find(model, w, spoken)}
            <p class="lead" role="status" data-services-said="">{said}</p>
            {groups}
            <div inner_html=legend></div>
            <ul class="pages" inner_html=pages></ul>
        </section>
    }
}

fn service(
    data: &PageData,
    model: &PageModel,
    i: usize,
    w: &dyn Whole,
    spoken: Spoken,
) -> Option<impl IntoView + use<>> {
    let (status, target) = (data.status.targets.get(i)?, model.targets.get(i)?);
    Some(card(data, data.targets.iter().find(|t| t.slug == status.slug), status, target, w, spoken))
}

/// A group: its line says how its worst member is.
fn folded(group: &Group, model: &PageModel, rows: AnyView, w: &dyn Whole) -> impl IntoView + use<> {
    let needs_a_look = !matches!(group.tone, Tone::Good | Tone::Quiet)
        || group.members.iter().any(|i| model.targets[*i].is_remarkable());
    let name = group.name.clone().unwrap_or_else(|| w.caption(Caption::Others).to_owned());
    let n = u32::try_from(group.members.len()).unwrap_or(u32::MAX);
    view! {
        <details class="group" id=format!("group-{}", group.place) open=needs_a_look || model.targets.len() <= ALL_OPEN>
            <summary data-tone=group.tone.code()>
                <span class="group-name"><span class="mark" aria-hidden="true"></span>{name}</span>
                " "
                <span class="detail">{w.say(Said::InGroup { n, troubled: group.troubled })}</span>
            </summary>
            {rows}
        </details>
    }
}

/// A form, for whoever runs no script; where there is little to look through there is none.
fn find(model: &PageModel, w: &dyn Whole, spoken: Spoken) -> Option<InertElement> {
    let elsewhere = model.part.map_or(0, |part| part.targets as usize);
    if model.search.is_none() && model.targets.len() + elsewhere < MANY {
        return None;
    }
    let (query, said) = model.search.clone().unwrap_or_default();
    let all = (!said.is_empty())
        .then(|| format!(r#" <a href="{}">{}</a>"#, escape(&spoken.link("/")), escape(w.text(Text::AllServices))));
    let language =
        spoken.chosen().map(|language| format!(r#"<input type="hidden" name="lang" value="{}">"#, language.code()));
    let [query, said, find, search] =
        [&*query, &said, w.caption(Caption::Find), w.caption(Caption::Search)].map(escape);
    let (all, language) = (all.unwrap_or_default(), language.unwrap_or_default());
    // As text: as views it would be many times as much of WebAssembly.
    let form = format!(
        r#"<form class="find" role="search" action="/" method="get"><input type="search" name="q" maxlength="64" value="{query}" aria-label="{find}" placeholder="{find}">{language}<button type="submit">{search}</button> <span class="found">{said}{all}</span></form>"#
    );
    Some(InertElement::new(form))
}

/// What the bars mean, as markup.
fn legend(w: &dyn Whole) -> String {
    let samples = days::legend(w).into_iter().fold(String::new(), |samples, (class, d, name)| {
        let name = escape(name);
        samples
            + &format!(
                r#"<li><svg class="days" viewBox="0 0 7 10" aria-hidden="true"><path class="{class}" d="{d}"/></svg> {name}</li>"#
            )
    });
    format!(r#"<ul class="legend"><li>{}</li>{samples}</ul>"#, escape(w.caption(Caption::NinetyDays)))
}

/// Links to the other pages, as markup: they change when services come and go. Groups lead to where they begin.
fn pages(part: &PagePart, groups: &[PageGroup], w: &dyn Whole, spoken: Spoken) -> String {
    if part.n_pages < 2 {
        return String::new();
    }
    let mut links = String::new();
    for group in groups {
        let address = escape(&spoken.link(&format!("/?page={}", group.page)));
        let said = w.say(Said::InGroup { n: group.targets, troubled: group.troubled });
        let name = escape(&dualwatch_core::measure::text::visible(&group.name));
        links = links
            + "<li class=\"of-group\"><a href=\""
            + &address
            + "\">"
            + &name
            + "</a> <span class=\"detail\">"
            + &escape(&said)
            + "</span></li>";
    }
    (1..=part.n_pages).fold(links, |links, page| {
        let here = if page == part.page { " aria-current=\"page\"" } else { "" };
        let address = escape(&spoken.link(&format!("/?page={page}")));
        links + "<li><a href=\"" + &address + "\"" + here + ">" + &page.to_string() + "</a></li>"
    })
}
