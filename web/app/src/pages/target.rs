//! One service: what is known of it now, how much of the time it was up, its last ninety days, its incidents.

use super::{
    Frame, Inert, Still, availability,
    charts::{self, Charts},
    list,
    list::over,
    section, strip,
};
use crate::{
    components::incidents::card,
    document::Assets,
    found::{edge, route::Route},
    show::{incidents, notice, phrases, tone::Tone},
};
use dualwatch_core::{
    judge::verdict::Edge,
    measure::{family::Family, time::Timestamp},
};
use dualwatch_wire::v1::{
    EveryAddress, Incident, Maintenance, PageIncident, RealClients, TargetAvailability, TargetHistory, TargetStatus,
};
use dualwatch_words::{self as words, pages::Heading, status::Caption};
use leptos::{prelude::*, tachys::html::InertElement};

/// What the page of a service is made of.
#[derive(Clone, Debug)]
pub struct TargetPage<'a> {
    pub status: &'a TargetStatus,
    pub interval_s: u32,
    /// That goes on, and that is to come.
    pub maintenance: &'a [Maintenance],
    /// The name of the edge's own vantage: what another one has measured is told with its name.
    pub own: &'a str,
    pub availability: &'a TargetAvailability,
    /// By day, from [`TargetPage::history_from`] on.
    pub history: &'a TargetHistory,
    /// Its own.
    pub incidents: &'a [Incident],
    /// What real clients do with what the last round found.
    pub real_clients: Option<&'a RealClients>,
    /// What is known of each of its addresses, where that is asked for.
    pub addresses: Option<&'a EveryAddress>,
    pub charts: Charts<'a>,
}

impl TargetPage<'_> {
    /// Returns where the history has to begin.
    pub fn history_from(now: Timestamp) -> Timestamp {
        strip::from(now)
    }
}

/// Returns the page.
pub fn target(page: &TargetPage<'_>, still: &Still, assets: &Assets) -> String {
    let TargetPage { status, availability, history, .. } = *page;
    let w = still.words();
    let slug = &status.slug;
    let incidents: Vec<PageIncident> = page.incidents.iter().map(Into::into).collect();
    let tones = Route::ALL.map(|route| tone(page, route, still.now));
    let frame = Frame {
        title: status.name.clone(),
        tone: tones.into_iter().max().unwrap_or_default(),
        lead: String::new(),
        also: vec![
            (w.heading(Heading::NowAsJson), format!("/api/v1/targets/{slug}")),
            (w.heading(Heading::AvailabilityAsJson), format!("/api/v1/targets/{slug}/availability")),
            (w.heading(Heading::HistoryAsJson), format!("/api/v1/targets/{slug}/history?size=1d")),
        ],
    };
    let href = status.url.starts_with("http").then(|| status.url.clone());
    let rows: Vec<_> = Route::ALL.iter().map(|route| row(page, *route, still)).collect();
    let now = view! { <ul class="card routes">{rows}</ul> }.inert();
    let content = view! {
        {(!status.url.is_empty()).then(|| view! {
            <p class="url"><a href=href rel="noopener noreferrer">{status.url.clone()}</a></p>
        })}
        {section("now", w.heading(Heading::Now), Some(now))}
        {section("maintenance", w.heading(Heading::Announced), announced(page, still))}
        {section("addresses", w.heading(Heading::Addresses), addresses(page, still))}
        {section("clients", w.heading(Heading::RealClients), real_clients(page, still))}
        {section("availability", w.heading(Heading::Availability), Some(availability::table(availability, w)))}
        {section("budget", w.heading(Heading::Budget), availability::budgets(availability, w))}
        {InertElement::new(charts::parts(&page.charts, slug, still))}
        {section("days", w.heading(Heading::Days), Some(strip::strips(history, still.now, w)))}
        {section("incidents", w.caption(Caption::Incidents), Some(own(&incidents, still)))}
    };
    super::document_with(frame, still, assets, &charts::loads(assets), content)
}

/// What was announced for it, and is not over.
fn announced(page: &TargetPage<'_>, still: &Still) -> Option<InertElement> {
    let name = |slug: &String| if *slug == page.status.slug { page.status.name.clone() } else { slug.clone() };
    let told: Vec<_> = (page.maintenance.iter())
        .map(|window| {
            let text = notice::announced(window, &name, still.words());
            view! { <p>{text}</p> }
        })
        .collect();
    (!told.is_empty()).then(|| view! { {told} }.inert())
}

/// Who suffers, by name, in the words of the page.
fn real_clients(page: &TargetPage<'_>, still: &Still) -> Option<InertElement> {
    let told = words::real_clients_in(still.spoken.language, page.real_clients?, &page.status.url)?;
    list(told.texts().cloned())
}

/// What each address is like, in the words of the page.
fn addresses(page: &TargetPage<'_>, still: &Still) -> Option<InertElement> {
    let (every, w) = (page.addresses?, still.words());
    let told = Family::ALL.into_iter().filter_map(|family| Some((family, every.family(family)?)));
    list(told.flat_map(|(family, told)| {
        let cause = |cause| w.cause(cause).to_owned();
        words::every_address_in(still.spoken.language, family, told, &page.status.url, &cause)
    }))
}

fn tone(page: &TargetPage<'_>, route: Route, now: Timestamp) -> Tone {
    match edge::side(page.status, page.interval_s, route, now).edge {
        Edge::Ok if route.family().is_some_and(|family| page.status.facts(family).degraded) => Tone::Slow,
        Edge::Ok => Tone::Good,
        Edge::Failed => Tone::Bad,
        Edge::Unpublished => Tone::Quiet,
        _ => Tone::Unknown,
    }
}

fn row(page: &TargetPage<'_>, route: Route, still: &Still) -> impl IntoView + use<> {
    let (w, now) = (still.words(), still.now);
    let side = edge::side(page.status, page.interval_s, route, now);
    let mut cell = phrases::edge(page.status, side, route, now, w);
    if let (Edge::Failed, Some(family)) = (side.edge, route.family()) {
        cell = phrases::told_by(cell, page.status.facts(family), page.own, w);
    }
    let label = route.family().map_or(w.caption(Caption::DualStack), |_| route.label());
    view! {
        <li class="route" data-family=route.code() data-edge=side.edge.code() data-tone=tone(page, route, now).code()>
            <h3 class="name"><span class="mark" aria-hidden="true"></span>{label}</h3>
            <p class="verdict">{cell.main}</p>
            <p class="fact wide"><span class="detail">{cell.detail}</span></p>
        </li>
    }
}

fn own(all: &[PageIncident], still: &Still) -> InertElement {
    let w = still.words();
    let open: Vec<_> =
        (all.iter().filter(|i| i.open)).map(|i| card(&incidents::open(i, still.now, w), still.spoken)).collect();
    let none = all.is_empty().then(|| view! { <p>{w.heading(Heading::NoneOnRecord)}</p> });
    view! { {none} {open} {over(all, still)} }.inert()
}
