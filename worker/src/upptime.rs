//! The files of an Upptime repository, and what its pages ask of a code host, made from answers that are kept.

use crate::{
    dial,
    kept::{self, Answered, Earlier, Made, Of, Source},
    reply,
    site::Site,
};
use dualwatch_core::measure::{
    slug::Slug,
    time::{DAY, HOUR, Timestamp},
};
use dualwatch_core::remember::rollup::bucket::Size;
use dualwatch_wire::{
    door::{
        Asks, Begin, Document, Span as TimeSpan,
        inner::ToDirectory,
        upptime::{Issues, Upptime},
    },
    upptime::{Badge, SummaryItem, graph, numbers::Span},
    v1::{Incident, Incidents, TargetDetail, TargetHistory},
};
use dualwatch_words::upptime as words;
use serde_json::Value;
use worker::{Env, Request, Result, web_sys};

const PNG: &str = "image/png";
const YAML: &str = "text/yaml; charset=utf-8";

/// Answers with a file.
pub async fn answer(request: &Request, env: &Env, file: &Upptime) -> Result<web_sys::Response> {
    let url = request.url()?;
    let origin = url.origin().ascii_serialization();
    // Issues lead to pages of ours: whose name has its whole address is kept for that.
    let name = match file {
        Upptime::Issues(_) | Upptime::Issue(_) | Upptime::Comments(_) => format!("{origin}{}", file.name()),
        _ => file.name(),
    };
    if let Some(response) = kept::serve(&name, request)? {
        return Ok(response);
    }
    if !make(env, file, &name, &Site::of(env, &url).await?.root).await? {
        return Ok(reply::not_found(format!("there is nothing at {}", file.name()))?.into());
    }
    kept::serve_new(&name, request)?.ok_or_else(|| kept::gone(&name))
}

/// Makes a file and keeps it. `false`: there is no such target, or incident.
async fn make(env: &Env, file: &Upptime, name: &str, origin: &str) -> Result<bool> {
    let keep = |body: &[u8], content_type: &str, earlier: Earlier| {
        let made = Made { content_type: content_type.to_owned(), headers: Vec::new(), ..earlier.made };
        kept::keep(name, body, made, earlier.age)
    };
    let json = |value: &Value, earlier: Earlier| keep(value.to_string().as_bytes(), reply::JSON, earlier);
    match file {
        Upptime::Summary => {
            let source = summary();
            match kept::ask(env, &source).await? {
                Answered::Kept => {
                    let earlier = kept::earlier(&source.name).ok_or_else(|| kept::gone(&source.name))?;
                    let text = earlier.text.clone();
                    keep(text.as_bytes(), reply::JSON, earlier)
                }
                _ => Err(kept::gone(&source.name)),
            }
        }
        Upptime::Uptime(slug, span) | Upptime::ResponseTime(slug, span) => {
            let Some((items, earlier)) = kept::read::<Vec<SummaryItem>>(env, &summary()).await? else {
                return Ok(false);
            };
            let Some(item) = items.iter().find(|item| item.slug == slug.as_str()) else { return Ok(false) };
            let badge: Badge = match file {
                Upptime::Uptime(..) => item.uptime_badge(*span),
                _ => item.response_time_badge(*span),
            };
            keep(serde_json::to_string(&badge)?.as_bytes(), reply::JSON, earlier)
        }
        Upptime::History(slug) => {
            let detail = Source::from(&Document::Detail(slug.clone()));
            let Some((detail, earlier)) = kept::read::<TargetDetail>(env, &detail).await? else { return Ok(false) };
            keep(dualwatch_wire::upptime::history::yaml(&detail).as_bytes(), YAML, earlier)
        }
        Upptime::Graph(slug, span) => {
            let Some((history, earlier)) =
                kept::read::<TargetHistory>(env, &Source::from(&series(slug, *span))).await?
            else {
                return Ok(false);
            };
            let values = dualwatch_wire::upptime::history::medians(&history);
            keep(&graph::png(&values), PNG, earlier)
        }
        Upptime::Issues(asked) => {
            let (incidents, earlier) = incidents(env).await?;
            let listed = incidents.iter().filter(|incident| is_listed(incident, asked));
            json(&listed.map(|incident| words::issue(incident, origin)).collect(), earlier)
        }
        Upptime::Issue(number) | Upptime::Comments(number) => {
            let (incidents, earlier) = incidents(env).await?;
            let is_it =
                |incident: &&Incident| words::number(&incident.summary.id, incident.summary.began.by) == *number;
            let Some(found) = incidents.iter().find(is_it) else { return Ok(false) };
            let value = if matches!(file, Upptime::Issue(_)) {
                words::issue(found, origin)
            } else {
                words::comments(found, origin)
            };
            json(&value, earlier)
        }
        // The pages draw a line of these, and none where there are none.
        Upptime::Commits => json(&Value::Array(Vec::new()), incidents(env).await?.1),
    }
}

fn summary() -> Source {
    Source { name: "summary".to_owned(), of: Of::Board, asks: Asks::Directory(ToDirectory::Upptime) }
}

/// The newest incidents, as many as are in one answer.
async fn incidents(env: &Env) -> Result<(Vec<Incident>, Earlier)> {
    let source = Source::from(&Document::Incidents { target: None, before: None });
    let (list, earlier) = kept::read::<Incidents>(env, &source).await?.ok_or_else(|| kept::gone(&source.name))?;
    Ok((list.incidents, earlier))
}

fn is_listed(incident: &Incident, asked: &Issues) -> bool {
    !asked.is_none
        && asked.is_open.is_none_or(|is_open| incident.open == is_open)
        && asked.slug.as_ref().is_none_or(|slug| incident.target == slug.as_str())
}

/// What a graph is drawn of: whole hours or days, so that it is asked for under few names.
fn series(slug: &Slug, span: Span) -> Document {
    let now = dial::now();
    let (size, length) = match span {
        Span::Day => (Size::Hour, DAY),
        Span::Week => (Size::Hour, 7 * DAY),
        Span::Month => (Size::Day, 30 * DAY),
        Span::All | Span::Year => (Size::Day, 365 * DAY),
    };
    let step = if size == Size::Hour { HOUR } else { DAY };
    let to = (now.unix_ms().div_euclid(step) + 1) * step;
    let span =
        TimeSpan { begin: Begin::At(Timestamp::from_unix_ms(to - length)), to: Some(Timestamp::from_unix_ms(to)) };
    Document::History(slug.clone(), size, span)
}
