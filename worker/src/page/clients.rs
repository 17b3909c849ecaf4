//! `/clients` and `/api/v1/clients`: made once from the table in this program, and kept.

use super::{HTML, STATUS, STILL_POLICY, branding, dressed, html, keep_for, keep_still, spoken_headers};
use crate::{kept, reply, site};
use dualwatch_app::pages;
use dualwatch_wire::{
    answer::language::{Language, Spoken},
    door::Page,
    v1::ClientsDocument,
};
use worker::{Env, Request, Result, web_sys};

/// The name of the document.
const NAME: &str = "/api/v1/clients";

/// Answers with the page, or with the clients of it that are looked for. Of those nothing is kept: there are too many ways to ask.
pub async fn answer(
    request: &Request,
    env: &Env,
    search: Option<&str>,
    language: Option<Language>,
) -> Result<web_sys::Response> {
    let spoken = Spoken::of(language, request.headers().get("accept-language")?.as_deref());
    let name = kept::in_language(&Page::Clients { search: None, language }.name(), spoken.language);
    if search.is_none()
        && let Some(response) = kept::serve(&name, request)?
    {
        return Ok(response);
    }
    let assets = match dressed(env, STATUS, spoken.language).await? {
        Ok(assets) => assets,
        Err(problem) => return Ok(reply::problem(&problem)?.into()),
    };
    let text = site::rooted(env, &pages::clients(spoken, search, &assets)).await?;
    // Its form asks for this page again.
    let policy = STILL_POLICY.replace("form-action 'none'", "form-action 'self'");
    match search {
        Some(_) => Ok(html(&text, &policy, spoken)?.into()),
        None => keep_for(branding::KEPT_MS, request, &name, &text, HTML, spoken_headers(policy, spoken)),
    }
}

/// Answers with the document.
pub fn document(request: &Request) -> Result<web_sys::Response> {
    if let Some(response) = kept::serve(NAME, request)? {
        return Ok(response);
    }
    let text = serde_json::to_string(&ClientsDocument::whole())?;
    keep_still(request, NAME, &text, reply::JSON, Vec::new())
}
