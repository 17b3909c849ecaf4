//! One incident with its report: everything that the document holds, in the order in which one asks for it.

use super::{Frame, Inert, Still, document, list, section, text::rich};
use crate::{
    components::timeline::timeline,
    document::Assets,
    show::{incidents, timeline as shapes, tone::Tone},
};
use dualwatch_core::measure::{
    cause::Cause,
    time::{SECOND, Timestamp},
};
use dualwatch_wire::{
    answer::language::Language,
    v1::{
        IncidentDocument, IncidentReport, PageIncident, RealClients,
        incident::Segment,
        incident_report::{Hypothesis, ReportedCause},
    },
};
use dualwatch_words::{
    self as words,
    pages::{Heading, Told},
    report::moment,
    self_test::phrases::Whole,
};
use leptos::{prelude::*, tachys::html::InertElement};

/// Returns the page of an incident as it stands.
pub fn incident(whole: &IncidentDocument, still: &Still, assets: &Assets) -> String {
    let IncidentDocument { incident, report, .. } = whole;
    let (w, now) = (still.words(), still.now);
    let shown = PageIncident::from(incident);
    let id = &shown.id;
    let frame = Frame {
        title: match still.spoken.language {
            Language::En => report.title.clone(),
            _ => incidents::headline(&shown, w),
        },
        tone: if incident.open { Tone::Bad } else { Tone::Quiet },
        lead: w.happened(incident, report),
        also: vec![
            (w.heading(Heading::ReportAsMarkdown), format!("/api/v1/incidents/{id}/report.md")),
            (w.heading(Heading::AllAsJson), format!("/api/v1/incidents/{id}")),
        ],
    };
    let target = still.link(&format!("/targets/{}", incident.target));
    let so_far = incident.open.then(|| {
        let (is_least, age) = (report.began.after.is_none(), w.length(now.ms_since(report.began.by)));
        match incident.summary.episodes {
            0 | 1 => w.tell(Told::SoFar { age: age.trim_end(), is_least }),
            n => w.tell(Told::FirstOfTurns { n, age: &age, is_least }),
        }
    });
    let bounds = w.bounds(incident, report).into_iter().chain(so_far);
    let when = list(bounds.chain(w.rates(incident)).chain(w.spells(incident)));
    let when = view! { {drawn(&shown, still)} {when} {segments(&report.segments, w)} }.inert();
    let similar = report.similar.iter().map(|s| linked(&s.id, &w.similar(s), still)).collect();
    let changes = list(report.changes.iter().map(|c| w.change(c)));
    let cause = |cause| w.cause(cause).to_owned();
    let addresses = report.addresses.iter().map(|a| words::report::address(w.language(), a, &cause));
    let part = |id, heading, content| section(id, w.heading(heading), content);
    let content = view! {
        <p>{w.heading(Heading::OfService)} <a href=target>{incident.name.clone()}</a></p>
        {part("when", Heading::When, Some(when))}
        {part("causes", Heading::Causes, causes(report, incident.causes_omitted, w))}
        {part("changed", Heading::Changed, changes)}
        {part("affected", Heading::Affected, list(report.affected.iter().map(|a| w.affected(a))))}
        {part("addresses", Heading::Addresses, list(addresses))}
        {part("clients", Heading::RealClients, real_clients(report))}
        {part("behind", Heading::Behind, hypotheses(&report.hypotheses, w))}
        {part("look", Heading::LookAt, checklist(report, w))}
        {part("similar", Heading::Similar, items(similar))}
        {part("detection", Heading::Detection, list(w.detection(incident, report)))}
        {part("since", Heading::SinceThen, Some(regression(whole, still)))}
    };
    document(frame, still, assets, content)
}

/// What real clients do, in the words of the report's language.
fn real_clients(report: &IncidentReport) -> Option<InertElement> {
    list(report.real_clients.iter().flat_map(RealClients::texts).cloned())
}

/// The timeline with what its shapes mean.
fn drawn(incident: &PageIncident, still: &Still) -> impl IntoView + use<> {
    let w = still.words();
    let shapes = shapes::timeline(incident, still.now, w);
    let [from, to] = [shapes.from, shapes.to].map(|t| moment(whole_second(t)));
    view! {
        <div class="card drawn">
            {InertElement::new(timeline(&shapes))}
            <p class="note">{w.tell(Told::DrawnFrom { from: &from, to: &to })} " " {w.heading(Heading::Shapes)}</p>
        </div>
    }
}

/// The parts in which the same families were down.
fn segments(segments: &[Segment], w: &dyn Whole) -> impl IntoView + use<> {
    let row = |s: &Segment| {
        let until = s.ended.map_or_else(|| w.heading(Heading::ItLasts).to_owned(), |ended| w.bound(ended));
        view! {
            <tr role="row"><th scope="row" role="rowheader">{incidents::troubled(s, w)}</th><td role="cell">{w.bound(s.began)}</td><td role="cell">{until}</td></tr>
        }
    };
    let rows: Vec<_> = segments.iter().map(row).collect();
    let heads: Vec<_> = [Heading::WhatWasDown, Heading::From, Heading::Until]
        .map(|head| view! { <th scope="col" role="columnheader">{w.heading(head)}</th> })
        .into_iter()
        .collect();
    view! {
        <table role="table">
            <caption>{w.heading(Heading::PartsOf)}</caption>
            <thead role="rowgroup"><tr role="row">{heads}</tr></thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
}

/// Each cause with its evidence; what a cause means is said the first time.
fn causes(report: &IncidentReport, n_omitted: u32, w: &dyn Whole) -> Option<InertElement> {
    let mut explained: Vec<Cause> = Vec::new();
    let mut row = |reported: &ReportedCause| {
        let summary = &reported.summary;
        let is_new = !explained.contains(&summary.cause);
        explained.push(summary.cause);
        let span = if summary.from == summary.to { moment(summary.from) } else { w.spanning(summary.from, summary.to) };
        let evidence = serde_json::to_string_pretty(&reported.evidence).unwrap_or_default();
        view! {
            <li>
                <p>{rich(&w.reported(reported))}</p>
                <p class="note">{span} " · " <code>{summary.cause.code()}</code></p>
                {is_new.then(|| view! { <p>{w.explain(summary.cause)}</p> })}
                <details><summary>{w.heading(Heading::Evidence)}</summary><pre tabindex="0">{evidence}</pre></details>
            </li>
        }
    };
    let rows: Vec<_> = report.causes.iter().map(&mut row).collect();
    let omitted = (n_omitted > 0).then(|| view! { <p class="note">{w.tell(Told::MoreCauses(n_omitted))}</p> });
    (!rows.is_empty()).then(|| view! { <ol class="items">{rows}</ol> {omitted} }.inert())
}

/// The likeliest first, each with what speaks for it and against it.
fn hypotheses(hypotheses: &[Hypothesis], w: &dyn Whole) -> Option<InertElement> {
    let row = |h: &Hypothesis| {
        let arguments = |side: Heading, class, arguments: &[String]| {
            let line = |text: &String| view! { <li class=class><b>{w.heading(side)}</b> ": " {text.clone()}</li> };
            arguments.iter().map(line).collect::<Vec<_>>()
        };
        view! {
            <li>
                <p><strong>{words::capitalised(w.hypothesis(h))}</strong> " (" {w.likelihood(h.confidence)} ")"</p>
                <ul class="arguments">
                    {arguments(Heading::For, "for", &h.arguments_for)} {arguments(Heading::Against, "against", &h.arguments_against)}
                </ul>
            </li>
        }
    };
    let rows: Vec<_> = hypotheses.iter().map(row).collect();
    (!rows.is_empty()).then(|| view! { <ol class="items">{rows}</ol> }.inert())
}

fn checklist(report: &IncidentReport, w: &dyn Whole) -> Option<InertElement> {
    let lists: Vec<_> = (report.checklist.iter())
        .map(|c| {
            let known = c.answered.iter().map(|known| w.pair(w.heading(Heading::Known), known));
            view! { <h3>{w.heading(Heading::LookFor)} {w.cause(c.cause)}</h3> {list(known.chain(c.items.iter().cloned()))} }
        })
        .collect();
    (!lists.is_empty()).then(|| lists.inert())
}

/// A line that leads to an incident.
fn linked(id: &str, text: &str, still: &Still) -> InertElement {
    view! { <a href=still.link(&format!("/incidents/{id}"))>{text.to_owned()}</a> }.inert()
}

fn items(items: Vec<InertElement>) -> Option<InertElement> {
    let items: Vec<_> = items.into_iter().map(|item| view! { <li>{item}</li> }).collect();
    (!items.is_empty()).then(|| view! { <ul class="lines">{items}</ul> }.inert())
}

fn regression(whole: &IncidentDocument, still: &Still) -> InertElement {
    let regression = &whole.report.regression;
    let text = still.words().regression(&whole.incident, regression);
    match &regression.incident {
        Some(id) => view! { <p>{linked(id, &text, still)}</p> }.inert(),
        None => view! { <p>{text}</p> }.inert(),
    }
}

/// The ends of the drawing are no measurements: they need no milliseconds.
fn whole_second(t: Timestamp) -> Timestamp {
    t - t.unix_ms().rem_euclid(SECOND)
}
