//! The files that a page loads, in the form that the asker takes: a build has packed them beside themselves.
//!
//! On Cloudflare, files that exist are answered without us, and packed on the way.

use crate::reply;
use dualwatch_wire::answer::{
    asset::{self, Asset},
    coding::{Accepted, Coding},
    condition,
};
use worker::{EncodeBody, Env, Method, Request, Response, Result};

/// The name of a file holds a digest of its content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Answers with a file, or with what it is not.
pub async fn answer(request: &Request, env: &Env) -> Result<Response> {
    file(request, env, &request.path(), FOR_EVER).await
}

/// Answers with the file at a path, which may be kept as `cache` says.
pub async fn file(request: &Request, env: &Env, path: &str, cache: &str) -> Result<Response> {
    let Some(file) = asset::of_path(path) else { return missing() };
    let field = request.headers().get("accept-encoding")?;
    let Some(wanted) = Accepted::of(field.as_deref()).choose(file.content_type.is_some()) else {
        return reply::not_acceptable();
    };
    let known = request.headers().get("if-none-match")?.unwrap_or_default();
    let files = env.assets("ASSETS")?;
    // A host may have the files without their forms.
    let further = (wanted != Coding::Identity).then_some(Coding::Identity);
    for coding in [wanted].into_iter().chain(further) {
        let etag = coding.tag(file.name);
        let is_known = condition::names(&known, &etag);
        let method = if is_known { Method::Head } else { request.method() };
        let url = request.url()?.join(&format!("{path}{}", coding.ending()))?;
        let found = files.fetch_request(Request::new(url.as_str(), method)?).await?;
        if found.status_code() == 200 {
            let found = dressed(found, &file, coding, &etag, cache)?;
            if !is_known {
                return Ok(found);
            }
            let headers = found.headers().clone();
            headers.delete("content-length")?;
            return Ok(Response::empty()?.with_status(304).with_headers(headers));
        }
    }
    missing()
}

/// Puts the headers on a file.
fn dressed(found: Response, file: &Asset, coding: Coding, etag: &str, cache: &str) -> Result<Response> {
    let headers = found.headers().clone();
    headers.set("cache-control", cache)?;
    // Scripts of the widget are loaded from pages of others, where their digest is checked.
    headers.set("access-control-allow-origin", "*")?;
    headers.set("cross-origin-resource-policy", "cross-origin")?;
    headers.set("x-content-type-options", "nosniff")?;
    headers.set("etag", etag)?;
    headers.set("vary", "accept-encoding")?;
    if let Some(content_type) = file.content_type {
        headers.set("content-type", content_type)?;
    }
    let Some(name) = coding.content_encoding() else { return Ok(found.with_headers(headers)) };
    headers.set("content-encoding", name)?;
    // It is packed already; the host would do it once more.
    Ok(found.with_headers(headers).with_encode_body(EncodeBody::Manual))
}

fn missing() -> Result<Response> {
    reply::not_found("there is no such file of the page")
}
