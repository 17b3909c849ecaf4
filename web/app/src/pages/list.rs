//! All incidents: those that last, then the others by month.

use super::{Frame, document, section};
use crate::{
    components::incidents::{card, line},
    document::Assets,
    incidents,
    model::Tone,
    phrases,
};
use dualwatch_core::time::Timestamp;
use dualwatch_wire::v1::{Incidents, PageIncident};
use leptos::prelude::*;

/// Returns the page.
pub fn incidents(all: &Incidents, now: Timestamp, assets: &Assets) -> String {
    let all: Vec<PageIncident> = all.incidents.iter().map(Into::into).collect();
    let n_open = all.iter().filter(|i| i.open).count();
    let title = match (n_open, all.len()) {
        (0, 0) => "No incident is on record".to_owned(),
        (0, _) => "No incident is open".to_owned(),
        (1, _) => "1 incident is open".to_owned(),
        (n, _) => format!("{n} incidents are open"),
    };
    let frame = Frame {
        title,
        tone: if n_open > 0 { Tone::Bad } else { Tone::Quiet },
        lead: "Each is one bad period of one service, with its causes and a report.".to_owned(),
        also: vec![("the same as JSON", "/api/v1/incidents".to_owned())],
        now,
    };
    let open: Vec<_> = all.iter().filter(|i| i.open).map(|i| card(&incidents::open(i, now))).collect();
    let content = view! { {open} {over(&all, now)} };
    document(frame, assets, content)
}

/// Returns those that are over, under the month in which they began.
pub fn over(all: &[PageIncident], now: Timestamp) -> Option<AnyView> {
    let month = |i: &&PageIncident| i.began().and_then(|began| phrases::date(began.by).get(..7).map(str::to_owned));
    let all: Vec<&PageIncident> = all.iter().filter(|i| !i.open).collect();
    let months: Vec<_> = (all.chunk_by(|a, b| month(a) == month(b)))
        .map(|chunk| {
            let lines: Vec<_> = chunk.iter().map(|i| line(&incidents::over(i, now))).collect();
            let month = month(&chunk[0]).unwrap_or_default();
            view! { <h3>{phrases::month(&month)}</h3> <ul class="over">{lines}</ul> }
        })
        .collect();
    let content = (!months.is_empty()).then(|| view! { <div>{months}</div> }.into_any());
    content.is_some().then(|| section("over", "Over", content))
}
