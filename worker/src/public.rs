//! What everybody may read: for each public document its canonical name, and the object that makes it.

use crate::{
    call, dial,
    kept::{self, Answered, Of, Source},
    reply,
};
use dualwatch_core::measure::time::{DAY, Timestamp};
use dualwatch_wire::{
    problem::Problem,
    time,
    v1::{self, board::MAX_TARGETS},
};
use worker::{Env, Request, Response, Result, Url, web_sys};

/// What is asked for, or why it cannot be.
pub type Wanted = std::result::Result<Source, String>;

/// Returns what a path below `/api/v1` asks for, where it is a document that everybody may read and that does not depend
/// on where it is asked for.
pub fn wanted(segments: &[&str], url: &Url) -> Option<Wanted> {
    Some(match segments {
        ["status"] => status(url),
        ["targets", slug] => Ok(of_target(slug, "", "/detail")),
        ["targets", slug, "rounds"] => rounds(slug, url),
        ["targets", slug, "availability"] => Ok(availability(slug)),
        ["targets", slug, "history"] => history(slug, url),
        ["incidents"] => incidents(url),
        ["incidents", id] => Ok(incident(id, "", "/incident")?),
        ["incidents", id, "report.md"] => Ok(incident(id, "/report.md", "/report.md")?),
        _ => return None,
    })
}

/// Answers with a document.
pub async fn answer(request: &Request, env: &Env, wanted: Wanted) -> Result<web_sys::Response> {
    let source = match wanted {
        Ok(source) => source,
        Err(detail) => return Ok(reply::bad_request(detail)?.into()),
    };
    match kept::ask(env, &source).await? {
        Answered::Kept => match kept::serve_new(&source.name, request)? {
            Some(response) => Ok(response),
            None => Err(worker::Error::RustError(format!("{} was kept and is gone", source.name))),
        },
        Answered::Otherwise(response) if response.status_code() == 404 => {
            if let Some(sentence) = lost(env, &source).await? {
                let problem = Problem::new(410, "history-lost", "History lost", sentence);
                return Ok(reply::problem(&problem)?.into());
            }
            if let Of::Target(slug) = &source.of {
                // The directory knows it and it has no plan: it was just configured, or its file was lost.
                call::directory(env, "/lacking", Some(call::json(&[slug])?)).await?;
            }
            Ok(forward(&response)?.into())
        }
        Answered::Otherwise(response) => Ok(forward(&response)?.into()),
        Answered::Unknown => {
            let detail = match source.of {
                Of::Report(_) => "there is no incident of this name; /api/v1/incidents lists them all".to_owned(),
                _ => format!("there is nothing at {}; /api/v1/status lists all targets", source.name),
            };
            Ok(reply::not_found(detail)?.into())
        }
    }
}

/// Returns what is said of an incident that the directory knows and its own target does not: its history is lost.
pub async fn lost(env: &Env, source: &Source) -> Result<Option<String>> {
    let Some((_, id)) = source.path.split_once("?id=").filter(|_| matches!(source.of, Of::Report(_))) else {
        return Ok(None);
    };
    let response = call::directory(env, "/lost", Some(id.to_owned())).await?;
    if response.status_code() != 200 {
        return Ok(None);
    }
    let incident: v1::Incident = call::read(response).await?;
    Ok(Some(dualwatch_words::storage::lost(&incident.name, incident.summary.began.by)))
}

/// Hands an object's answer to the visitor.
pub fn forward(response: &Response) -> Result<Response> {
    let status = response.status_code();
    let content_type = response.headers().get("content-type")?;
    let mut public = Response::from_body(response.body().clone())?.with_status(status);
    if let Some(content_type) = content_type {
        public.headers_mut().set("content-type", &content_type)?;
    }
    reply::public(public.headers_mut())?;
    Ok(public)
}

/// `?after=SLUG` and `?limit=N`.
fn status(url: &Url) -> Wanted {
    let mut query = Query::default();
    if let Some(slug) = value(url, "after") {
        query.push("after", &slug_of("after", &slug)?);
    }
    if let Some(text) = value(url, "limit") {
        match text.parse::<usize>() {
            Ok(n) if (1..=MAX_TARGETS).contains(&n) => query.push("limit", &n.to_string()),
            _ => return Err(format!("`limit` is a number from 1 to {MAX_TARGETS}, not `{text}`")),
        }
    }
    Ok(of_directory(Of::Board, &format!("/api/v1/status{}", query.0), format!("/status{}", query.0)))
}

fn of_directory(of: Of, name: &str, path: String) -> Source {
    Source { name: name.to_owned(), of, target: None, path }
}

fn of_target(slug: &str, rest: &str, path: &str) -> Source {
    Source {
        name: format!("/api/v1/targets/{slug}{rest}"),
        of: Of::Target(slug.to_owned()),
        target: Some((slug.to_owned(), format!("/knows/{slug}"))),
        path: path.to_owned(),
    }
}

pub fn availability(slug: &str) -> Source {
    of_target(slug, "/availability", "/availability")
}

/// `from` and `to` (RFC 3339, or milliseconds since 1970); the last 24 hours where they are left out.
fn rounds(slug: &str, url: &Url) -> Wanted {
    let query = span(url, DAY)?;
    Ok(of_target(slug, &format!("/rounds{}", query.0), &format!("/rounds{}", query.0)))
}

fn history(slug: &str, url: &Url) -> Wanted {
    let size = value(url, "size").unwrap_or_else(|| "1d".to_owned());
    if !matches!(size.as_str(), "5m" | "1h" | "1d") {
        return Err(format!("`size` is `5m`, `1h` or `1d`, not `{size}`"));
    }
    let mut query = Query::default();
    query.push("size", &size);
    let span = span(url, if size == "1d" { 90 * DAY } else { DAY })?;
    let query = query.0 + &span.0.replacen('?', "&", 1);
    Ok(of_target(slug, &format!("/history{query}"), &format!("/history{query}")))
}

/// `?target=SLUG` and `?before=TIME` narrow the list.
fn incidents(url: &Url) -> Wanted {
    let mut query = Query::default();
    if let Some(slug) = value(url, "target") {
        query.push("target", &slug_of("target", &slug)?);
    }
    if let Some(before) = value(url, "before") {
        query.push("before", &read_time("before", &before)?.unix_ms().to_string());
    }
    Ok(incidents_with(&query))
}

fn incidents_with(query: &Query) -> Source {
    of_directory(Of::Incidents, &format!("/api/v1/incidents{}", query.0), format!("/incidents{}", query.0))
}

/// The incidents of a target, or those of all that began before a time.
pub fn list_of_incidents(target: Option<&str>, before: Option<i64>) -> Source {
    let mut query = Query::default();
    if let Some(slug) = target {
        query.push("target", slug);
    }
    if let Some(before) = before {
        query.push("before", &before.to_string());
    }
    incidents_with(&query)
}

/// An incident; its public name says whose it is. `None` where it is no such name.
pub fn incident(id: &str, rest: &str, path: &str) -> Option<Source> {
    let slug = v1::incident::slug_of(id).filter(|slug| is_slug(slug))?;
    Some(Source {
        name: format!("/api/v1/incidents/{id}{rest}"),
        of: Of::Report(slug.to_owned()),
        target: Some((slug.to_owned(), format!("/has/{id}"))),
        path: format!("{path}?id={id}"),
    })
}

/// A canonical query: values that were read, in an order of ours.
#[derive(Default)]
struct Query(String);

impl Query {
    fn push(&mut self, key: &str, value: &str) {
        let sign = if self.0.is_empty() { '?' } else { '&' };
        self.0.extend([sign]);
        self.0.extend([key, "=", value]);
    }
}

/// Returns a parameter, the first of its name.
pub fn value(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn slug_of(name: &str, text: &str) -> std::result::Result<String, String> {
    if is_slug(text) { Ok(text.to_owned()) } else { Err(format!("`{name}` is the slug of a target, not `{text}`")) }
}

fn is_slug(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn read_time(name: &str, text: &str) -> std::result::Result<Timestamp, String> {
    let ms = text.parse::<i64>().map(Timestamp::from_unix_ms);
    ms.or_else(|_| time::parse(text)).map_err(|_| {
        format!("`{name}` must be a time such as 2026-11-23T10:00:00Z, or milliseconds since 1970, not `{text}`")
    })
}

/// Reads `from` and `to`. What is left out stays out of the name: it goes with the time, as `length`, in milliseconds.
fn span(url: &Url, length: i64) -> std::result::Result<Query, String> {
    let read = |name: &str| value(url, name).map(|text| read_time(name, &text)).transpose();
    let (from, to) = (read("from")?, read("to")?);
    let until = to.unwrap_or_else(|| dial::now() + 1);
    if from.is_some_and(|from| from > until) {
        return Err("`from` is later than `to`".to_owned());
    }
    let mut query = Query::default();
    match from {
        Some(from) => query.push("from", &from.unix_ms().to_string()),
        None => query.push("last", &length.to_string()),
    }
    if let Some(to) = to {
        query.push("to", &to.unix_ms().to_string());
    }
    Ok(query)
}
