//! The public routes: which document answers which path.

use crate::{auth, call, dial, page, probe, reply, vantage};
use dualwatch_core::measure::time::{DAY, Timestamp};
use dualwatch_wire::{problem::Problem, time, v1};
use worker::{Env, Method, Request, Response, Result};

/// A configuration and the certificates it refers to are not longer than this.
const MAX_CONFIG_BYTES: usize = 2 * 1024 * 1024;

/// So many bytes of rounds are loaded at once: about ten thousand rounds.
const MAX_LOAD_BYTES: usize = 16 * 1024 * 1024;

/// Answers any request.
pub async fn answer(request: Request, env: &Env) -> Result<Response> {
    let path = request.path();
    let method = request.method();
    if method == Method::Options {
        return preflight();
    }
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    match (segments.as_slice(), &method) {
        (["" | "incidents"] | ["incidents" | "targets", _], Method::Get | Method::Head) => {
            page::answer(&request, env).await
        }
        (["healthz"], Method::Get | Method::Head) => Response::ok("ok\n"),
        (["assets", ..], Method::Get | Method::Head) => assets(request, env).await,
        (["probe", name], _) => probe::answer(request, name).await,
        (["api", "v1", "status"], Method::Get) => forward(&call::directory(env, "/status", None).await?),
        (["api", "v1", "page"], Method::Get) => reply::document(&page::data(&request, env).await?),
        (["api", "v1", "config"], Method::Get) => forward(&call::directory(env, "/config", None).await?),
        (["api", "v1", "config"], Method::Put) => put_config(request, env).await,
        (["api", "v1", "targets", slug], Method::Get) => target(env, slug, "/detail".to_owned()).await,
        (["api", "v1", "targets", slug, "rounds"], Method::Get) => match span(&request)? {
            Ok((from, to)) => target(env, slug, format!("/rounds?from={}&to={}", from.unix_ms(), to.unix_ms())).await,
            Err(detail) => reply::bad_request(detail),
        },
        (["api", "v1", "targets", slug, "availability"], Method::Get) => {
            target(env, slug, "/availability".to_owned()).await
        }
        (["api", "v1", "targets", slug, "history"], Method::Get) => history(&request, env, slug).await,
        (["api", "v1", "targets", slug, "rounds"], Method::Post) => load_rounds(request, env, slug).await,
        (["api", "v1", "incidents"], Method::Get) => incidents(&request, env).await,
        (["api", "v1", "incidents", id], Method::Get) => incident(env, id, "/incident").await,
        (["api", "v1", "incidents", id, "report.md"], Method::Get) => incident(env, id, "/report.md").await,
        (["api", "v1", "vantage", "plans"], Method::Get) => vantage::plans(&request, env).await,
        (["api", "v1", "vantage", "rounds"], Method::Post) => vantage::take_rounds(request, env).await,
        (["api", "v1", "vantage", "plans"], _) => reply::method_not_allowed(&method, "GET"),
        (["api", "v1", "vantage", "rounds"], _) => reply::method_not_allowed(&method, "POST"),
        (["api", "v1", "config"], _) => reply::method_not_allowed(&method, "GET, PUT"),
        (["" | "healthz"] | ["assets" | "incidents" | "targets", ..], _) => {
            reply::method_not_allowed(&method, "GET, HEAD")
        }
        (["api", "v1", "targets", _, "rounds"], _) => reply::method_not_allowed(&method, "GET, POST"),
        (["api", "v1", "status" | "page"] | ["api", "v1", "targets" | "incidents", ..], _) => {
            reply::method_not_allowed(&method, "GET")
        }
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

/// Hands an object's answer to the visitor.
fn forward(response: &Response) -> Result<Response> {
    let status = response.status_code();
    let content_type = response.headers().get("content-type")?;
    let mut public = Response::from_body(response.body().clone())?.with_status(status);
    if let Some(content_type) = content_type {
        public.headers_mut().set("content-type", &content_type)?;
    }
    reply::public(public.headers_mut())?;
    Ok(public)
}

async fn target(env: &Env, slug: &str, path: String) -> Result<Response> {
    // Only names of the configuration wake an object: a visitor cannot make new ones. Asking also re-arms late ones.
    let known = call::directory(env, &format!("/knows/{slug}"), None).await?;
    if known.status_code() != 200 {
        return reply::not_found(format!("there is no target `{slug}`; /api/v1/status lists them all"));
    }
    forward(&call::target(env, slug, &path, None).await?)
}

async fn incident(env: &Env, id: &str, path: &str) -> Result<Response> {
    match call::incident(env, id, path).await? {
        Some(response) => forward(&response),
        None => reply::not_found(format!("`{id}` names no incident; /api/v1/incidents lists them all")),
    }
}

/// `?target=SLUG` and `?before=TIME` narrow the list.
async fn incidents(request: &Request, env: &Env) -> Result<Response> {
    let url = request.url()?;
    let mut query = Vec::new();
    for (key, value) in url.query_pairs() {
        match key.as_ref() {
            "target" if is_slug(&value) => query.push(format!("target={value}")),
            "target" => return reply::bad_request(format!("`target` is the slug of a target, not `{value}`")),
            "before" => match read_time(&value) {
                Ok(before) => query.push(format!("before={}", before.unix_ms())),
                Err(why) => return reply::bad_request(format!("`before` {why}")),
            },
            _ => {}
        }
    }
    forward(&call::directory(env, &format!("/incidents?{}", query.join("&")), None).await?)
}

fn is_slug(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

async fn history(request: &Request, env: &Env, slug: &str) -> Result<Response> {
    let url = request.url()?;
    let size = url.query_pairs().find(|(key, _)| key == "size").map_or_else(|| "1d".to_owned(), |(_, v)| v.into());
    if !matches!(size.as_str(), "5m" | "1h" | "1d") {
        return reply::bad_request(format!("`size` is `5m`, `1h` or `1d`, not `{size}`"));
    }
    let default = if size == "1d" { 90 * DAY } else { DAY };
    match span_of(request, default)? {
        Ok((from, to)) => {
            let query = format!("/history?size={size}&from={}&to={}", from.unix_ms(), to.unix_ms());
            target(env, slug, query).await
        }
        Err(detail) => reply::bad_request(detail),
    }
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

/// Reads `from` and `to` (RFC 3339, or milliseconds since 1970); the last 24 hours where they are left out.
fn span(request: &Request) -> Result<std::result::Result<(Timestamp, Timestamp), String>> {
    span_of(request, DAY)
}

fn read_time(text: &str) -> std::result::Result<Timestamp, String> {
    let ms = text.parse::<i64>().map(Timestamp::from_unix_ms);
    ms.or_else(|_| time::parse(text))
        .map_err(|_| format!("must be a time such as 2026-11-23T10:00:00Z, or milliseconds since 1970, not `{text}`"))
}

/// The same with another length where `from` is left out.
fn span_of(request: &Request, length_ms: i64) -> Result<std::result::Result<(Timestamp, Timestamp), String>> {
    let url = request.url()?;
    let read = |name: &str, default: Timestamp| {
        let Some((_, text)) = url.query_pairs().find(|(key, _)| key == name) else { return Ok(default) };
        read_time(&text).map_err(|why| format!("`{name}` {why}"))
    };
    let to = read("to", dial::now() + 1);
    let span = to.and_then(|to| Ok((read("from", to - length_ms)?, to)));
    Ok(match span {
        Ok((from, to)) if from > to => Err("`from` is later than `to`".to_owned()),
        other => other,
    })
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
