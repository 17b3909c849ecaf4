//! The pages without scripts: asks the objects for the documents that each is made of.

use super::{HTML, STILL_POLICY, gone, html, page_headers};
use crate::{
    call, dial,
    kept::{self, Answered, Made, Of, Source},
    public, storage,
};
use dualwatch_app::{Assets, pages};
use dualwatch_core::measure::time::{MINUTE, SECOND};
use dualwatch_wire::v1::{IncidentDocument, Incidents, TargetAvailability, TargetHistory, TargetStatus};
use serde::de::DeserializeOwned;
use worker::{Env, Request, Result, web_sys};

/// How often such a page is drawn anew while somebody asks for it: it says as of when it is true.
const DRAWN_EVERY_MS: i64 = 10 * SECOND;

/// The HTML; or a status, and the HTML of a page that says what there is none of.
type Page = std::result::Result<String, (u16, String)>;

/// Answers with the page at a path.
pub async fn answer(request: &Request, env: &Env, path: &str, assets: &Assets) -> Result<web_sys::Response> {
    let url = request.url()?;
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let before = match segments[..] {
        ["incidents"] => public::value(&url, "before").and_then(|ms| ms.parse::<i64>().ok()),
        _ => None,
    };
    let name = before.map_or_else(|| path.to_owned(), |before| format!("{path}?before={before}"));
    if let Some(response) = kept::serve(&name, request)? {
        return Ok(response);
    }
    let of = match segments[..] {
        ["incidents", id] => public::incident(id, "", "/incident").map_or(Of::Incidents, |source| source.of),
        ["targets", slug] => Of::Report(slug.to_owned()),
        _ => Of::Incidents,
    };
    let age = kept::Age::new(&of);
    let page = match segments[..] {
        ["incidents", id] => incident(env, id, assets).await,
        ["targets", slug] => target(env, slug, assets).await,
        _ => incidents(env, before, assets).await,
    };
    let text = match page {
        Ok(Ok(text)) => text,
        Ok(Err((status, text))) => return Ok(html(text, STILL_POLICY)?.with_status(status).into()),
        // What cannot be drawn anew just now is served as it was; it says as of when it is true.
        Err(error) => match kept::serve_new(&name, request)?.filter(|_| storage::trouble().is_some()) {
            Some(response) => return Ok(response),
            None => return Err(error),
        },
    };
    let made = Made {
        content_type: HTML.to_owned(),
        headers: page_headers(STILL_POLICY.to_owned()),
        of,
        version: String::new(),
        every_ms: DRAWN_EVERY_MS,
        until: dial::now() + MINUTE,
    };
    if !kept::keep(&name, text.as_bytes(), made, age)? {
        return Ok(html(text, STILL_POLICY)?.into());
    }
    kept::serve_new(&name, request)?.ok_or_else(|| gone(&name))
}

/// `GET /incidents`; with `?before=MS` those that began earlier.
async fn incidents(env: &Env, before: Option<i64>, assets: &Assets) -> Result<Page> {
    let all: Option<Incidents> = document(env, &public::list_of_incidents(None, before)).await?;
    let all = all.ok_or_else(|| gone("the list of incidents"))?;
    Ok(Ok(pages::incidents(&all, dial::now(), assets)))
}

/// `GET /incidents/{id}`.
async fn incident(env: &Env, id: &str, assets: &Assets) -> Result<Page> {
    let is_name = id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let missing = || missing(&format!("There is no incident with the name “{id}”: it may be mistyped."), assets);
    let Some(source) = public::incident(id, "", "/incident").filter(|_| is_name) else { return Ok(missing()) };
    let found: Option<IncidentDocument> = document(env, &source).await?;
    if let Some(document) = found {
        return Ok(Ok(pages::incident(&document, dial::now(), assets)));
    }
    Ok(match public::lost(env, &source).await? {
        Some(sentence) => Err((410, pages::failed("Its history was lost", &sentence, dial::now(), assets))),
        None => missing(),
    })
}

/// `GET /targets/{slug}`.
async fn target(env: &Env, slug: &str, assets: &Assets) -> Result<Page> {
    let facts = call::directory(env, &format!("/target/{slug}"), None).await?;
    if facts.status_code() == 404 {
        let sentence = format!("There is no service with the name “{slug}”: it may be mistyped, or was removed.");
        return Ok(missing(&sentence, assets));
    }
    let (status, interval_s): (TargetStatus, u32) = call::read(facts).await?;
    let now = dial::now();
    let history = pages::TargetPage::history_from(now).unix_ms();
    let history = format!("/history?size=1d&from={history}&to={}", now.unix_ms() + 1);
    let availability: Option<TargetAvailability> = document(env, &public::availability(slug)).await?;
    let history: TargetHistory = call::read(call::target(env, slug, &history, None).await?).await?;
    let own: Option<Incidents> = document(env, &public::list_of_incidents(Some(slug), None)).await?;
    let page = pages::TargetPage {
        status: &status,
        interval_s,
        availability: &availability.ok_or_else(|| gone("the availability"))?,
        history: &history,
        incidents: &own.ok_or_else(|| gone("the list of incidents"))?.incidents,
        now,
    };
    Ok(Ok(pages::target(&page, assets)))
}

fn missing(sentence: &str, assets: &Assets) -> Page {
    Err((404, pages::missing(sentence, dial::now(), assets)))
}

/// Asks for a document; `None` where there is none.
async fn document<T: DeserializeOwned>(env: &Env, source: &Source) -> Result<Option<T>> {
    match kept::ask(env, source).await? {
        Answered::Kept => {
            let kept = kept::earlier(&source.name).ok_or_else(|| gone(&source.name))?;
            Ok(Some(serde_json::from_str(&kept.text)?))
        }
        Answered::Otherwise(response) if response.status_code() == 404 => Ok(None),
        Answered::Otherwise(response) => call::read(response).await.map(Some),
        Answered::Unknown => Ok(None),
    }
}
