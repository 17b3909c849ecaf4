//! The public routes: which document answers which path.

use crate::{
    auth, call, page, probe,
    public::{self, forward},
    reply, storage, vantage,
};
use dualwatch_wire::{problem::Problem, v1};
use worker::{Env, Method, Request, Response, Result, console_error, web_sys};

/// A configuration and the certificates it refers to are not longer than this.
const MAX_CONFIG_BYTES: usize = 2 * 1024 * 1024;

/// So many bytes of rounds are loaded at once: about ten thousand rounds.
const MAX_LOAD_BYTES: usize = 16 * 1024 * 1024;

/// Answers any request. What may be read with `GET` may be asked for with `HEAD`: the host leaves the body out.
///
/// An error of ours is an answer too: a page for people, a problem document for programs.
pub async fn answer(request: Request, env: &Env) -> Result<web_sys::Response> {
    let path = request.path();
    let is_page = matches!(path.split('/').nth(1), Some("" | "incidents" | "targets"));
    match answer_or_fail(request, env).await {
        Ok(response) => Ok(response),
        Err(error) => {
            console_error!("failed to answer {path}: {error}");
            let problem = storage::problem(&error);
            let response = if is_page { page::failed(&problem, env)? } else { reply::problem(&problem)? };
            Ok(response.into())
        }
    }
}

async fn answer_or_fail(request: Request, env: &Env) -> Result<web_sys::Response> {
    if matches!(request.method(), Method::Get | Method::Head) {
        let path = request.path();
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        match segments.as_slice() {
            ["" | "incidents"] | ["incidents" | "targets", _] | ["api", "v1", "page"] => {
                return page::answer(&request, env).await;
            }
            ["api", "v1", below @ ..] => {
                if let Some(wanted) = public::wanted(below, &request.url()?) {
                    return public::answer(&request, env, wanted).await;
                }
            }
            _ => {}
        }
    }
    Ok(other(request, env).await?.into())
}

/// Answers what is not a public document.
async fn other(request: Request, env: &Env) -> Result<Response> {
    let path = request.path();
    let method = request.method();
    if method == Method::Options {
        return preflight();
    }
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    // What would have to be stored is not even read.
    if matches!(method, Method::Put | Method::Post)
        && segments.first() == Some(&"api")
        && let Some(refusal) = storage::refusal()?
    {
        return Ok(refusal);
    }
    match (segments.as_slice(), &method) {
        (["healthz"], Method::Get | Method::Head) => storage::health(),
        (["host", "storage"], Method::Put) => storage::take_word(request, env).await,
        (["assets", ..], Method::Get | Method::Head) => assets(request, env).await,
        (["probe", name], _) => probe::answer(request, name).await,
        (["api", "v1", "config"], Method::Get | Method::Head) => forward(&call::directory(env, "/config", None).await?),
        (["api", "v1", "config"], Method::Put) => put_config(request, env).await,
        (["api", "v1", "targets", slug, "rounds"], Method::Post) => load_rounds(request, env, slug).await,
        (["api", "v1", "vantage", "plans"], Method::Get | Method::Head) => vantage::plans(&request, env).await,
        (["api", "v1", "vantage", "rounds"], Method::Post) => vantage::take_rounds(request, env).await,
        (["api", "v1", "vantage", "plans"], _) => reply::method_not_allowed(&method, "GET, HEAD"),
        (["api", "v1", "vantage", "rounds"], _) => reply::method_not_allowed(&method, "POST"),
        (["api", "v1", "config"], _) => reply::method_not_allowed(&method, "GET, HEAD, PUT"),
        (["api", "v1", "targets", _, "rounds"], _) => reply::method_not_allowed(&method, "GET, HEAD, POST"),
        (
            ["" | "healthz"]
            | ["assets" | "incidents" | "targets", ..]
            | ["api", "v1", "status" | "page"]
            | ["api", "v1", "targets" | "incidents", ..],
            _,
        ) if !matches!(method, Method::Get | Method::Head) => reply::method_not_allowed(&method, "GET, HEAD"),
        _ => reply::not_found(format!("there is nothing at {path}")),
    }
}

/// RFC 9110 `OPTIONS`, and the preflight of the Fetch standard: everything public may be read from anywhere.
fn preflight() -> Result<Response> {
    let mut response = Response::empty()?.with_status(204);
    let headers = response.headers_mut();
    reply::public(headers)?;
    headers.set("access-control-allow-methods", "GET, HEAD, POST")?;
    headers.set("access-control-allow-headers", "content-type")?;
    headers.set("access-control-max-age", "86400")?;
    Ok(response)
}

/// Loads rounds of the past into a target: lines of JSON as `dualwatch check --json` prints them.
async fn load_rounds(mut request: Request, env: &Env, slug: &str) -> Result<Response> {
    if let Some(refusal) = auth::refuse_without(&auth::ADMIN, &request, env)? {
        return Ok(refusal);
    }
    let known = call::directory(env, &format!("/knows/{slug}"), None).await?;
    if known.status_code() != 200 {
        return reply::not_found(format!("there is no target `{slug}`; /api/v1/status lists them all"));
    }
    let body = request.text().await?;
    if body.len() > MAX_LOAD_BYTES {
        let detail = format!("{} bytes; at most {MAX_LOAD_BYTES} are taken: send them in parts", body.len());
        return reply::problem(&Problem::new(413, "too-large", "Too many rounds", detail));
    }
    let mut rounds: Vec<v1::Round> = Vec::new();
    for (i, line) in body.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str(line) {
            Ok(round) => rounds.push(round),
            Err(error) => return reply::bad_request(format!("line {}: {error}", i + 1)),
        }
    }
    let url = request.url()?;
    let mut query = Vec::new();
    for (key, value) in url.query_pairs() {
        let range = match key.as_ref() {
            "confirm" => 1..=10,
            "interval" => 5..=7 * 86_400,
            _ => continue,
        };
        match value.parse::<u32>() {
            Ok(n) if range.contains(&n) => query.push(format!("{key}={n}")),
            _ => {
                let (from, to) = (range.start(), range.end());
                return reply::bad_request(format!("`{key}` is a number from {from} to {to}, not `{value}`"));
            }
        }
    }
    forward(&call::target(env, slug, &format!("/load?{}", query.join("&")), Some(call::json(&rounds)?)).await?)
}

async fn assets(request: Request, env: &Env) -> Result<Response> {
    let response = env.assets("ASSETS")?.fetch_request(request).await?;
    if response.status_code() != 200 {
        return Ok(response);
    }
    let headers = response.headers().clone();
    // The name of a file holds a digest of its content.
    headers.set("cache-control", "public, max-age=31536000, immutable")?;
    headers.set("x-content-type-options", "nosniff")?;
    Ok(response.with_headers(headers))
}

async fn put_config(mut request: Request, env: &Env) -> Result<Response> {
    if let Some(refusal) = auth::refuse_without(&auth::ADMIN, &request, env)? {
        return Ok(refusal);
    }
    let body = request.text().await?;
    if body.len() > MAX_CONFIG_BYTES {
        let detail = format!("{} bytes; at most {MAX_CONFIG_BYTES} are taken", body.len());
        return reply::problem(&Problem::new(413, "too-large", "Configuration too large", detail));
    }
    let is_json = request.headers().get("content-type")?.is_some_and(|t| t.starts_with("application/json"));
    let upload = if is_json {
        match serde_json::from_str::<dualwatch_wire::v1::ConfigUpload>(&body) {
            Ok(upload) => upload,
            Err(error) => {
                let hint = r#"send {"name": "dualwatch.yml", "text": "...", "files": {}}, or the YAML itself"#;
                return reply::bad_request(format!("{error}; {hint}"));
            }
        }
    } else {
        dualwatch_wire::v1::ConfigUpload {
            name: "dualwatch.yml".to_owned(),
            text: body,
            files: std::collections::BTreeMap::new(),
        }
    };
    forward(&call::directory(env, "/config", Some(call::json(&upload)?)).await?)
}
