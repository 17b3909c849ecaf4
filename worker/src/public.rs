//! What everybody may read: the documents, each made by its object and kept.

use crate::{
    auth, call,
    kept::{self, Answered, Earlier, Of, Source},
    reply,
    site::Site,
    zone,
};
use dualwatch_wire::{
    door::{Document, IncidentName, inner::ToDirectory},
    place,
    problem::Problem,
};
use worker::{Env, Request, Response, Result, Url, web_sys};

/// Stands for where a report was asked for, which is no part of what its object makes: one is kept for everybody.
pub const SITE_MARK: &str = place::ORIGIN;

/// Answers with a document.
pub async fn answer(request: &Request, env: &Env, document: &Document) -> Result<web_sys::Response> {
    let source = Source::from(document);
    if document.is_ours() && auth::is_operator(request, env)? {
        return whole(env, document, &source, &request.url()?).await;
    }
    match kept::ask(env, &source).await? {
        Answered::Kept => {
            let name = if document.is_placed() {
                placed(env, document, source.name, &request.url()?).await?
            } else {
                source.name
            };
            match kept::serve_new(&name, request)? {
                Some(response) => Ok(response),
                None => Err(worker::Error::RustError(format!("{name} was kept and is gone"))),
            }
        }
        Answered::Otherwise(response) if response.status_code() == 404 => match document {
            Document::Incident(name) | Document::Report(name) => match lost(env, name).await? {
                Some(sentence) => {
                    let problem = Problem::new(410, "history-lost", "History lost", sentence);
                    Ok(reply::problem(&problem)?.into())
                }
                None => Ok(forward(&response)?.into()),
            },
            _ => {
                if let Of::Target(slug) = &source.of {
                    // The directory knows it and it has no plan: it was just configured, or its file was lost.
                    call::directory(env, &ToDirectory::Lacking, Some(call::json(&[slug])?)).await?;
                }
                Ok(forward(&response)?.into())
            }
        },
        Answered::Otherwise(response) => Ok(forward(&response)?.into()),
        Answered::Unknown => unknown(&source),
    }
}

fn unknown(source: &Source) -> Result<web_sys::Response> {
    let detail = match &source.of {
        Of::Report(_) => "there is no incident of this name; /api/v1/incidents lists them all".to_owned(),
        Of::Target(slug) => format!("there is no target `{slug}`; /api/v1/status lists them all"),
        _ => format!("there is nothing at {}", source.name),
    };
    Ok(reply::not_found(detail)?.into())
}

/// Answers the operator: also what is told to nobody else.
async fn whole(env: &Env, document: &Document, source: &Source, url: &Url) -> Result<web_sys::Response> {
    let Some(mut response) = kept::ask_whole(env, source).await? else { return unknown(source) };
    if !document.is_placed() || response.status_code() != 200 {
        return Ok(forward(&response)?.into());
    }
    let text = Site::of(env, url).await?.place(&response.text().await?);
    let placed = Response::ok(zone::beside(env, text).await?)?;
    if let Some(content_type) = response.headers().get("content-type")? {
        placed.headers().set("content-type", &content_type)?;
    }
    Ok(forward(&placed)?.into())
}

/// Writes where it was asked for into an answer that leads to pages, and into a report the operator's clock; returns the name
/// under which that is kept then.
async fn placed(env: &Env, document: &Document, marked: String, url: &Url) -> Result<String> {
    let origin = url.origin().ascii_serialization();
    let placed = format!("{origin}{}", document.name());
    if kept::is_as_new(&placed, &marked) {
        return Ok(placed);
    }
    let Some(Earlier { text, made, age }) = kept::earlier(&marked) else { return Ok(marked) };
    let mut text = Site::of(env, url).await?.place(&text);
    if matches!(document, Document::Report(_)) {
        text = zone::beside(env, text).await?;
    }
    kept::keep(&placed, text.as_bytes(), made, age)?;
    Ok(placed)
}

/// Returns what is said of an incident that the directory knows and its own target does not: its history is lost.
pub async fn lost(env: &Env, name: &IncidentName) -> Result<Option<String>> {
    let mut response = call::directory(env, &ToDirectory::Lost(name.clone()), None).await?;
    if response.status_code() == 200 { response.text().await.map(Some) } else { Ok(None) }
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
