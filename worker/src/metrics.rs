//! `GET /metrics`: what is published as metrics, in the form that the scraper takes.

use crate::{
    auth,
    kept::{self, Answered, Of, Source},
    public, reply,
};
use dualwatch_wire::{
    answer::exposition::Format,
    door::{Asks, inner::ToDirectory},
};
use worker::{Env, Request, Result, web_sys};

/// Answers with metrics; where the installation has a token for them, to who bears it.
pub async fn answer(request: &Request, env: &Env) -> Result<web_sys::Response> {
    if auth::METRICS.is_there(env)
        && let Some(refusal) = auth::refuse_without(&auth::METRICS, request, env)?
    {
        return Ok(refusal.into());
    }
    let format = Format::of(request.headers().get("accept")?.as_deref());
    // No address is such a name: who has no token is never answered before it is looked at.
    let name = format!("metrics as {}", format.code());
    let asks = Asks::Directory(ToDirectory::Metrics(format));
    let source = Source { name, of: Of::Page, asks };
    let response: web_sys::Response = match kept::ask(env, &source).await? {
        Answered::Kept => {
            let gone = || worker::Error::RustError(format!("{} was kept and is gone", source.name));
            kept::serve_new(&source.name, request)?.ok_or_else(gone)?
        }
        Answered::Otherwise(response) => public::forward(&response)?.into(),
        Answered::Unknown => reply::not_found("there are no metrics")?.into(),
    };
    response.headers().set("vary", "accept, accept-encoding")?;
    Ok(response)
}
