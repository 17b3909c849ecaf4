//! One service: what is known of it now, how much of the time it was up, its last ninety days, its incidents.

use super::{Frame, Inert, availability, document, english, list, list::over, section, strip};
use crate::{
    components::incidents::card,
    document::Assets,
    found::{edge, route::Route},
    show::{incidents, notice, phrases, tone::Tone},
};
use dualwatch_core::{judge::verdict::Edge, measure::time::Timestamp};
use dualwatch_wire::{
    answer::language::{Language, Spoken},
    v1::{Incident, Maintenance, PageIncident, RealClients, TargetAvailability, TargetHistory, TargetStatus},
};
use dualwatch_words as words;
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
    pub now: Timestamp,
}

impl TargetPage<'_> {
    /// Returns where the history has to begin.
    pub fn history_from(now: Timestamp) -> Timestamp {
        strip::from(now)
    }
}

/// Returns the page.
pub fn target(page: &TargetPage<'_>, assets: &Assets) -> String {
    let TargetPage { status, availability, history, now, .. } = *page;
    let slug = &status.slug;
    let incidents: Vec<PageIncident> = page.incidents.iter().map(Into::into).collect();
    let tones = Route::ALL.map(|route| tone(page, route));
    let frame = Frame {
        title: status.name.clone(),
        tone: tones.into_iter().max().unwrap_or_default(),
        lead: String::new(),
        also: vec![
            ("now, as JSON", format!("/api/v1/targets/{slug}")),
            ("availability as JSON", format!("/api/v1/targets/{slug}/availability")),
            ("history as JSON", format!("/api/v1/targets/{slug}/history?size=1d")),
        ],
        now,
    };
    let href = status.url.starts_with("http").then(|| status.url.clone());
    let rows: Vec<_> = Route::ALL.iter().map(|route| row(page, *route)).collect();
    let content = view! {
        <p class="url"><a href=href rel="noopener noreferrer">{status.url.clone()}</a></p>
        {section("now", "Now, seen from the edge", Some(view! { <ul class="card routes">{rows}</ul> }.inert()))}
        {section("maintenance", "Maintenance", announced(page))}
        {section("clients", "What real clients do then", real_clients(page))}
        {section("availability", "Availability", Some(availability::table(availability)))}
        {section("budget", "Error budget", availability::budgets(availability))}
        {section("days", "The last 90 days", Some(strip::strips(history, now)))}
        {section("incidents", "Incidents", Some(own(&incidents, now)))}
    };
    document(frame, assets, content)
}

fn announced(page: &TargetPage<'_>) -> Option<InertElement> {
    let name = |slug: &String| if *slug == page.status.slug { page.status.name.clone() } else { slug.clone() };
    let told: Vec<_> = (page.maintenance.iter())
        .map(|window| {
            let text = notice::announced(window, &name, english());
            view! { <p>{text}</p> }
        })
        .collect();
    (!told.is_empty()).then(|| view! { {told} }.inert())
}

/// Who suffers, by name, in the words of the page.
fn real_clients(page: &TargetPage<'_>) -> Option<InertElement> {
    let told = words::real_clients_in(Language::En, page.real_clients?, &page.status.url)?;
    list(told.texts().cloned())
}

fn tone(page: &TargetPage<'_>, route: Route) -> Tone {
    match edge::side(page.status, page.interval_s, route, page.now).edge {
        Edge::Ok if route.family().is_some_and(|family| page.status.facts(family).degraded) => Tone::Slow,
        Edge::Ok => Tone::Good,
        Edge::Failed => Tone::Bad,
        Edge::Unpublished => Tone::Quiet,
        _ => Tone::Unknown,
    }
}

fn row(page: &TargetPage<'_>, route: Route) -> impl IntoView + use<> {
    let side = edge::side(page.status, page.interval_s, route, page.now);
    let mut cell = phrases::edge(page.status, side, route, page.now, english());
    if let (Edge::Failed, Some(family)) = (side.edge, route.family()) {
        cell = phrases::told_by(cell, page.status.facts(family), page.own, english());
    }
    view! {
        <li class="route" data-family=route.code() data-edge=side.edge.code() data-tone=tone(page, route).code()>
            <h3 class="name"><span class="mark" aria-hidden="true"></span>{route.label()}</h3>
            <p class="verdict">{cell.main}</p>
            <p class="fact wide"><span class="detail">{cell.detail}</span></p>
        </li>
    }
}

fn own(all: &[PageIncident], now: Timestamp) -> InertElement {
    let open: Vec<_> =
        all.iter().filter(|i| i.open).map(|i| card(&incidents::open(i, now, english()), Spoken::default())).collect();
    let none = all.is_empty().then(|| view! { <p>"None is on record."</p> });
    view! { {none} {open} {over(all, now)} }.inert()
}
