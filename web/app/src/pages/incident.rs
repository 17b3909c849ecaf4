//! One incident with its report: everything that the document holds, in the order in which one asks for it.

use super::{Frame, Inert, document, list, section, text::rich};
use crate::{
    components::timeline::timeline,
    document::Assets,
    show::{incidents, phrases, timeline as shapes, tone::Tone},
};
use dualwatch_core::measure::{
    cause::Cause,
    time::{SECOND, Timestamp},
};
use dualwatch_wire::v1::{
    IncidentDocument, IncidentReport, PageIncident, RealClients,
    incident::Segment,
    incident_report::{Hypothesis, ReportedCause},
};
use dualwatch_words::{self as words, report::moment};
use leptos::{prelude::*, tachys::html::InertElement};

/// Returns the page of an incident as it stands at `now`.
pub fn incident(whole: &IncidentDocument, now: Timestamp, assets: &Assets) -> String {
    let IncidentDocument { incident, report, .. } = whole;
    let shown = PageIncident::from(incident);
    let id = &shown.id;
    let frame = Frame {
        title: report.title.clone(),
        tone: if incident.open { Tone::Bad } else { Tone::Quiet },
        lead: report.sentence.clone(),
        also: vec![
            ("the report as Markdown", format!("/api/v1/incidents/{id}/report.md")),
            ("everything as JSON", format!("/api/v1/incidents/{id}")),
        ],
        now,
    };
    let target = format!("/targets/{}", incident.target);
    let so_far = incident.open.then(|| {
        let least = if report.began.after.is_none() { "at least " } else { "" };
        let age = phrases::age(now.ms_since(report.began.by));
        match incident.summary.episodes {
            0 | 1 => format!("It has lasted {least}{age} so far"),
            n => format!("The first of {n} turns began {least}{age} ago"),
        }
    });
    let bounds = words::report::bounds(incident, report).into_iter().chain(so_far);
    let rates = words::report::rates(incident);
    let when = list(bounds.chain(rates).chain(words::report::spells(incident)));
    let similar = report.similar.iter().map(|s| linked(&s.id, &s.text)).collect();
    let content = view! {
        <p>"The service: " <a href=target>{incident.name.clone()}</a></p>
        {section("when", "When", Some(view! { {drawn(&shown, now)} {when} {segments(&report.segments)} }.inert()))}
        {section("causes", "Causes, in order", causes(report, incident.causes_omitted))}
        {section("changed", "What changed before it", list(report.changes.iter().map(|c| c.text.clone())))}
        {section("affected", "Who was affected", list(report.affected.iter().map(|a| a.text.clone())))}
        {section("clients", "What real clients do then", list(report.real_clients.iter().flat_map(RealClients::texts).cloned()))}
        {section("behind", "What may have been behind it", hypotheses(&report.hypotheses))}
        {section("look", "What to look at", checklist(report))}
        {section("similar", "Similar incidents", items(similar))}
        {section("detection", "How detection did", list(words::report::detection(incident, report)))}
        {section("since", "Since then", Some(regression(report)))}
    };
    document(frame, assets, content)
}

/// The timeline with what its shapes mean.
fn drawn(incident: &PageIncident, now: Timestamp) -> impl IntoView + use<> {
    let shapes = shapes::timeline(incident, now);
    let ends = format!("From {} to {}.", moment(whole_second(shapes.from)), moment(whole_second(shapes.to)));
    view! {
        <div class="card drawn">
            {InertElement::new(timeline(&shapes, None))}
            <p class="note">
                {ends} " Filled: down. Half: unstable. Hatched: nobody could see it. A slope: the moment lies somewhere below it."
            </p>
        </div>
    }
}

/// The parts in which the same families were down.
fn segments(segments: &[Segment]) -> impl IntoView + use<> {
    let row = |s: &Segment| {
        let until = s.ended.map_or_else(|| "it lasts".to_owned(), words::report::bound);
        view! {
            <tr role="row"><th scope="row" role="rowheader">{incidents::troubled(s)}</th><td role="cell">{words::report::bound(s.began)}</td><td role="cell">{until}</td></tr>
        }
    };
    let rows: Vec<_> = segments.iter().map(row).collect();
    view! {
        <table role="table">
            <caption>"What was down from when to when"</caption>
            <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">"Down"</th><th scope="col" role="columnheader">"From"</th><th scope="col" role="columnheader">"Until"</th></tr></thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
}

/// Each cause with its evidence; what a cause means is said the first time.
fn causes(report: &IncidentReport, n_omitted: u32) -> Option<InertElement> {
    let mut explained: Vec<Cause> = Vec::new();
    let mut row = |reported: &ReportedCause| {
        let summary = &reported.summary;
        let is_new = !explained.contains(&summary.cause);
        explained.push(summary.cause);
        let span = if summary.from == summary.to {
            moment(summary.from)
        } else {
            format!("{} to {}", moment(summary.from), moment(summary.to))
        };
        let evidence = serde_json::to_string_pretty(&reported.evidence).unwrap_or_default();
        view! {
            <li>
                <p>{rich(&reported.text)}</p>
                <p class="note">{span} " · " <code>{summary.cause.code()}</code></p>
                {is_new.then(|| view! { <p>{words::explain(summary.cause)}</p> })}
                <details><summary>"The evidence as it was recorded"</summary><pre tabindex="0">{evidence}</pre></details>
            </li>
        }
    };
    let rows: Vec<_> = report.causes.iter().map(&mut row).collect();
    let omitted =
        (n_omitted > 0).then(|| view! { <p class="note">{format!("{n_omitted} more in between are left out.")}</p> });
    (!rows.is_empty()).then(|| view! { <ol class="items">{rows}</ol> {omitted} }.inert())
}

/// The likeliest first, each with what speaks for it and against it.
fn hypotheses(hypotheses: &[Hypothesis]) -> Option<InertElement> {
    let row = |h: &Hypothesis| {
        let arguments = |side: &'static str, class, arguments: &[String]| {
            let line = |text: &String| view! { <li class=class><b>{side}</b> ": " {text.clone()}</li> };
            arguments.iter().map(line).collect::<Vec<_>>()
        };
        view! {
            <li>
                <p><strong>{words::capitalised(h.text.clone())}</strong> " (" {words::report::likelihood(h.confidence)} ")"</p>
                <ul class="arguments">
                    {arguments("For", "for", &h.arguments_for)} {arguments("Against", "against", &h.arguments_against)}
                </ul>
            </li>
        }
    };
    let rows: Vec<_> = hypotheses.iter().map(row).collect();
    (!rows.is_empty()).then(|| view! { <ol class="items">{rows}</ol> }.inert())
}

fn checklist(report: &IncidentReport) -> Option<InertElement> {
    let lists: Vec<_> = (report.checklist.iter())
        .map(|c| view! { <h3>"For: " {words::cause(c.cause)}</h3> {list(c.answered.iter().map(|known| format!("Known: {known}")).chain(c.items.iter().cloned()))} })
        .collect();
    (!lists.is_empty()).then(|| lists.inert())
}

/// A line that leads to an incident.
fn linked(id: &str, text: &str) -> InertElement {
    view! { <a href=format!("/incidents/{id}")>{text.to_owned()}</a> }.inert()
}

fn items(items: Vec<InertElement>) -> Option<InertElement> {
    let items: Vec<_> = items.into_iter().map(|item| view! { <li>{item}</li> }).collect();
    (!items.is_empty()).then(|| view! { <ul class="lines">{items}</ul> }.inert())
}

fn regression(report: &IncidentReport) -> InertElement {
    let text = report.regression.text.clone();
    match &report.regression.incident {
        Some(id) => view! { <p>{linked(id, &text)}</p> }.inert(),
        None => view! { <p>{text}</p> }.inert(),
    }
}

/// The ends of the drawing are no measurements: they need no milliseconds.
fn whole_second(t: Timestamp) -> Timestamp {
    t - t.unix_ms().rem_euclid(SECOND)
}
