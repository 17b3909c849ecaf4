//! What everybody may read: the documents, each made by its object and kept.

use crate::{
    kept::{self, Answered, Of, Source},
    reply,
};
use dualwatch_wire::door::Document;
use worker::{Env, Request, Response, Result, web_sys};

/// Answers with a document.
pub async fn answer(request: &Request, env: &Env, document: &Document) -> Result<web_sys::Response> {
    let source = Source::from(document);
    match kept::ask(env, &source).await? {
        Answered::Kept => match kept::serve_new(&source.name, request)? {
            Some(response) => Ok(response),
            None => Err(worker::Error::RustError(format!("{} was kept and is gone", source.name))),
        },
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
