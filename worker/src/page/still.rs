//! The pages without scripts: asks the objects for the documents that each is made of.

use super::{HTML, STILL_POLICY, html, page_headers};
use crate::{
    call, dial,
    kept::{self, Answered, Made, Of, Source},
    public, storage, zone,
};
use dualwatch_app::{Assets, pages};
use dualwatch_core::{
    measure::{
        slug::Slug,
        time::{MINUTE, SECOND, Timestamp},
    },
    remember::rollup::bucket::Size,
};
use dualwatch_wire::{
    door::{
        Begin, Document, IncidentName, Page, Span,
        inner::{ToDirectory, ToTarget},
    },
    v1::{IncidentDocument, Incidents, Maintenance, TargetAvailability, TargetDetail, TargetHistory, TargetStatus},
};
use serde::de::DeserializeOwned;
use worker::{Env, Request, Result, web_sys};

/// How often such a page is drawn anew while somebody asks for it: it says as of when it is true.
const DRAWN_EVERY_MS: i64 = 10 * SECOND;

/// The HTML; or a status, and the HTML of a page that says what there is none of.
type Drawn = std::result::Result<String, (u16, String)>;

/// Answers with a page.
pub async fn answer(request: &Request, env: &Env, page: &Page, assets: &Assets) -> Result<web_sys::Response> {
    let name = page.name();
    if let Some(response) = kept::serve(&name, request)? {
        return Ok(response);
    }
    let of = match page {
        Page::Incident(incident) => Of::Report(incident.slug().to_string()),
        Page::Target(slug) => Of::Report(slug.to_string()),
        Page::Incidents { .. }
        | Page::Status { .. }
        | Page::SelfTest { .. }
        | Page::Embed { .. }
        | Page::Clients { .. } => Of::Incidents,
    };
    let age = kept::Age::new(&of);
    let drawn = match page {
        Page::Incident(incident) => draw_incident(env, incident, assets).await,
        Page::Target(slug) => target(env, slug, assets).await,
        Page::Incidents { before } => incidents(env, *before, assets).await,
        Page::Status { .. } | Page::SelfTest { .. } | Page::Embed { .. } | Page::Clients { .. } => {
            Ok(missing("There is no such page.", assets))
        }
    };
    let text = match drawn {
        Ok(Ok(text)) => zone::beside(env, text).await?,
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
    kept::serve_new(&name, request)?.ok_or_else(|| kept::gone(&name))
}

/// `GET /incidents`; with `?before=MS` those that began earlier.
async fn incidents(env: &Env, before: Option<Timestamp>, assets: &Assets) -> Result<Drawn> {
    let all: Option<Incidents> = document(env, &Document::Incidents { target: None, before }).await?;
    let all = all.ok_or_else(|| kept::gone("the list of incidents"))?;
    Ok(Ok(pages::incidents(&all, dial::now(), assets)))
}

/// `GET /incidents/{name}`.
async fn draw_incident(env: &Env, name: &IncidentName, assets: &Assets) -> Result<Drawn> {
    let found: Option<IncidentDocument> = document(env, &Document::Incident(name.clone())).await?;
    if let Some(document) = found {
        return Ok(Ok(pages::incident(&document, dial::now(), assets)));
    }
    Ok(match public::lost(env, name).await? {
        Some(sentence) => Err((410, pages::failed("Its history was lost", &sentence, dial::now(), assets))),
        None => missing(&format!("There is no incident with the name “{name}”: it may be mistyped."), assets),
    })
}

/// `GET /targets/{slug}`.
async fn target(env: &Env, slug: &Slug, assets: &Assets) -> Result<Drawn> {
    let facts = call::directory(env, &ToDirectory::Target(slug.clone()), None).await?;
    if facts.status_code() == 404 {
        let sentence = format!("There is no service with the name “{slug}”: it may be mistyped, or was removed.");
        return Ok(missing(&sentence, assets));
    }
    let (status, interval_s, maintenance): (TargetStatus, u32, Vec<Maintenance>) = call::read(facts).await?;
    let now = dial::now();
    let span = Span { begin: Begin::At(pages::TargetPage::history_from(now)), to: Some(now + 1) };
    let availability: Option<TargetAvailability> = document(env, &Document::Availability(slug.clone())).await?;
    let history = call::target(env, slug, &ToTarget::History(Size::Day, span), None).await?;
    let history: TargetHistory = call::read(history).await?;
    let own = Document::Incidents { target: Some(slug.clone()), before: None };
    let own: Option<Incidents> = document(env, &own).await?;
    let detail: Option<TargetDetail> = self::document(env, &Document::Detail(slug.clone())).await?;
    let page = pages::TargetPage {
        status: &status,
        interval_s,
        maintenance: &maintenance,
        own: &crate::vantage::own_name(env),
        availability: &availability.ok_or_else(|| kept::gone("the availability"))?,
        history: &history,
        real_clients: detail.as_ref().and_then(|detail| detail.real_clients.as_ref()),
        incidents: &own.ok_or_else(|| kept::gone("the list of incidents"))?.incidents,
        now,
    };
    Ok(Ok(pages::target(&page, assets)))
}

fn missing(sentence: &str, assets: &Assets) -> Drawn {
    Err((404, pages::missing(sentence, dial::now(), assets)))
}

/// Asks for a document; `None` where there is none.
async fn document<T: DeserializeOwned>(env: &Env, document: &Document) -> Result<Option<T>> {
    let source = Source::from(document);
    match kept::ask(env, &source).await? {
        Answered::Kept => {
            let kept = kept::earlier(&source.name).ok_or_else(|| kept::gone(&source.name))?;
            Ok(Some(serde_json::from_str(&kept.text)?))
        }
        Answered::Otherwise(response) if response.status_code() == 404 => Ok(None),
        Answered::Otherwise(response) => call::read(response).await.map(Some),
        Answered::Unknown => Ok(None),
    }
}
