//! `/clients` and `/api/v1/clients`: made once from the table in this program, and kept.

use super::{HTML, STATUS, STILL_POLICY, assets, spoken_headers};
use crate::{
    dial,
    kept::{self, Age, Made, Of},
    reply,
};
use dualwatch_app::pages;
use dualwatch_core::measure::time::DAY;
use dualwatch_wire::{
    answer::language::{Language, Spoken},
    door::Page,
    v1::ClientsDocument,
};
use worker::{Env, Request, Result, web_sys};

/// The name of the document.
const NAME: &str = "/api/v1/clients";

/// Answers with the page.
pub fn answer(request: &Request, env: &Env, language: Option<Language>) -> Result<web_sys::Response> {
    let spoken = Spoken::of(language, request.headers().get("accept-language")?.as_deref());
    let name = kept::in_language(&Page::Clients { language }.name(), spoken.language);
    if let Some(response) = kept::serve(&name, request)? {
        return Ok(response);
    }
    let assets = match assets(env, STATUS, spoken.language)? {
        Ok(assets) => assets,
        Err(problem) => return Ok(reply::problem(&problem)?.into()),
    };
    let text = pages::clients(spoken, &assets);
    keep(request, &name, &text, HTML, spoken_headers(STILL_POLICY.to_owned(), spoken))
}

/// Answers with the document.
pub fn document(request: &Request) -> Result<web_sys::Response> {
    if let Some(response) = kept::serve(NAME, request)? {
        return Ok(response);
    }
    let text = serde_json::to_string(&ClientsDocument::whole())?;
    keep(request, NAME, &text, reply::JSON, Vec::new())
}

fn keep(
    request: &Request,
    name: &str,
    text: &str,
    content_type: &str,
    headers: Vec<(&'static str, String)>,
) -> Result<web_sys::Response> {
    // Of nothing that changes: no target has this name.
    let of = Of::Target(String::new());
    let age = Age::new(&of);
    let until = dial::now() + DAY;
    let made =
        Made { content_type: content_type.to_owned(), headers, of, version: String::new(), every_ms: DAY, until };
    kept::keep(name, text.as_bytes(), made, age)?;
    kept::serve_new(name, request)?.ok_or_else(|| kept::gone(name))
}
