//! One service: what is well is one line that opens, what is not is open.
//!
//! `web/self-test` asks each route beside, and writes what it finds into its row: where it may ask, and what the edge has
//! found, stands in attributes.

use super::{
    line::{Line, lines},
    markup::escape,
};
use crate::{
    found::{near, route::Route},
    show::{
        days::{BOX, Bars},
        phrases::{self, Finding},
        target::{Row, TargetModel},
        tone::Tone,
    },
};
use dualwatch_core::{
    judge::schedule::late_after_ms,
    measure::{cause::Cause, vicinity::Vicinity},
};
use dualwatch_wire::{
    answer::language::Spoken,
    v1::{PageData, PageTarget, TargetStatus},
};
use dualwatch_words::{
    self_test::phrases::Whole,
    status::{Caption, Said},
};
use leptos::prelude::*;

/// One service.
pub fn card(
    data: &PageData,
    asked: Option<&PageTarget>,
    status: &TargetStatus,
    target: &TargetModel,
    w: &dyn Whole,
    spoken: Spoken,
) -> impl IntoView + use<> {
    let TargetModel { slug, name, url, line, .. } = target;
    let (id, heading) = (format!("service-{slug}"), format!("name-{slug}"));
    // An anchor without an address is no link: `tcp://` is nothing that a browser opens.
    let href = url.starts_with("http").then(|| url.clone());
    let rows: Vec<_> = Route::ALL.into_iter().map(|route| row(data, asked, status, target, route, w)).collect();
    let marks: Vec<_> = Route::ALL.into_iter().map(|route| mark(target, route, w)).collect();
    let cause = |cause: &Cause| Line::new("why", w.pair(w.cause(*cause), w.explain(*cause)));
    let finding = |f: &Finding| Line::new(f.code, &f.text);
    let why: Vec<Line> = target.causes.iter().map(cause).chain(target.findings.iter().map(finding)).collect();
    let tone = target.tone();
    let is_open = !matches!(tone, Tone::Good | Tone::Quiet) || target.is_remarkable();
    let interval_s = crate::found::edge::interval_s(data, slug);
    let without_query = asked.is_some_and(|asked| asked.without_query);
    let late_at = status.last_round_at.map(|at| (at.unix_ms() + late_after_ms(interval_s)).to_string());
    view! {
        <article
            class="service"
            id=id
            data-service=slug.clone()
            data-own-authority=status.has_own_authority().then_some("")
            data-round-at=status.last_round_at.map(|at| at.unix_ms().to_string())
            data-late-at=late_at
            data-tone=tone.code()
            aria-labelledby=heading.clone()
        >
            <details open=is_open>
                <summary>
                    <h3 id=heading.clone()>{name.clone()}</h3>
                    <span class="lead" data-reach=""></span>
                    <span class="marks">{marks}</span>
                    <span class="days" inner_html=bars(&line.bars)></span>
                    <span class="both">
                        {figures(w.caption(Caption::ThirtyDays), &line.shares)}
                        {figures(w.caption(Caption::Now), &line.latencies)}
                    </span>
                </summary>
                <p class="note">{target.uptime.clone()}</p>
                <p class="url">
                    <a href=spoken.link(&format!("/targets/{slug}"))>{w.caption(Caption::Availability)}</a>
                    {(!url.is_empty()).then(|| view! { <a href=href rel="noopener noreferrer">{url.clone()}</a> })}
                    {without_query.then(|| view! { <span class="note">{w.caption(Caption::WithoutQuery)}</span> })}
                </p>
                <ul class="routes">{rows}</ul>
                <p class="advice" data-advice=""></p>
                <p class="note" data-operator=""></p>
                {lines(why)}
            </details>
        </article>
    }
}

/// The name of a route in a line: a narrow one shows the numbers alone.
fn label(route: Route) -> impl IntoView + use<> {
    match route {
        Route::Ipv4 => view! { <span><span class="long">"IPv"</span>"4"</span> }.into_any(),
        Route::Ipv6 => view! { <span><span class="long">"IPv"</span>"6"</span> }.into_any(),
        Route::DualStack => "4+6".into_any(),
    }
}

/// Ninety days, as markup: what cannot be focused is no view.
fn bars(bars: &Bars) -> String {
    let paths = bars
        .paths
        .iter()
        .fold(String::new(), |paths, (class, d)| paths + "<path class=\"" + class + "\" d=\"" + d + "\"/>");
    let words = escape(&bars.words);
    format!(r#"<svg viewBox="{BOX}" preserveAspectRatio="none" role="img" aria-label="{words}">{paths}</svg>"#)
}

/// A figure for each family, IPv4 above; what is not known has a dash.
fn figures(of: &'static str, figures: &[String; 2]) -> impl IntoView + use<> {
    let [ipv4, ipv6] = figures.each_ref().map(|text| if text.is_empty() { "–".to_owned() } else { text.clone() });
    view! {
        <span class="figures">
            <span class="of">{of}</span>
            <span>{ipv4}</span>
            <span>{ipv6}</span>
        </span>
    }
}

/// A route in the line of a service: its state by shape, and in words for who does not see that.
fn mark(target: &TargetModel, route: Route, w: &dyn Whole) -> impl IntoView + use<> {
    let row = target.rows.get(route);
    view! {
        <span class="chip" data-tone=row.tone.code()>
            <span>
                <span class="mark" aria-hidden="true"></span>
                {label(route)}
                <span class="visually-hidden">{w.pair("", &row.verdict_words)}</span>
            </span>
        </span>
    }
}

/// One route.
fn row(
    data: &PageData,
    asked: Option<&PageTarget>,
    status: &TargetStatus,
    target: &TargetModel,
    route: Route,
    w: &dyn Whole,
) -> impl IntoView + use<> {
    let r: &Row = target.rows.get(route);
    let widest = asked.and_then(|target| near::widest(target, status, route));
    let (url, near) = widest.map_or((None, None), |(url, near)| (Some(url.to_owned()), Some(near)));
    let visitor = data.self_test.vicinity;
    let only =
        (r.said.verdict == dualwatch_core::judge::verdict::Verdict::Unpublished).then(|| r.verdict_words.clone());
    view! {
        <li
            class="route"
            data-target=target.slug.clone()
            data-family=route.code()
            data-edge=r.edge_code
            data-browser="not_measured"
            data-verdict=r.said.verdict.code()
            data-cause=r.cause.map_or("", Cause::code)
            data-side=r.said.side.code()
            data-tone=r.tone.code()
            data-why=r.said.why.code()
            data-told=r.edge_code
            data-says=r.facts.edge_says.code()
            data-dns=r.facts.dns.code()
            data-mild=r.mild.code()
            data-but=r.but.as_deref().map(|why| w.say(Said::Also { said: "", why }))
            data-only=only
            data-url=url
            data-near=near
        >
            <h4 class="name"><span class="mark" aria-hidden="true"></span>{route.family().map_or(w.caption(Caption::DualStack), |_| route.label())}</h4>
            <p class="verdict" data-said="">{r.verdict_words.clone()}</p>
            <p class="fact">
                <span class="who">{w.caption(Caption::Edge)}</span>
                <span class="main">{r.edge.main.clone()}</span>
                <span class="detail">{r.edge.detail.clone()}</span>
            </p>
            <p class="fact"><span class="detail" data-found="">{unasked(asked, status, route, visitor, w)}</span></p>
        </li>
    }
}

/// Says why nothing was asked from the browser, as far as that is known here.
fn unasked(
    target: Option<&PageTarget>,
    status: &TargetStatus,
    route: Route,
    visitor: Vicinity,
    w: &dyn Whole,
) -> String {
    let has_any = target.is_some_and(|target| route.endpoint(&target.browser).is_some());
    let is_elsewhere = *near::is_elsewhere(target, status, visitor).get(route);
    phrases::unasked(route, has_any, is_elsewhere, w)
}
