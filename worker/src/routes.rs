//! The public routes: which document answers which path.

use crate::{
    auth,
    body::{self, Bound},
    call, dial, page, probe,
    public::{self, forward},
    reply, vantage,
};
use dualwatch_wire::v1;
use worker::{Env, Method, Request, Response, Result, web_sys};

/// A configuration, and the certificates that it refers to.
const CONFIG: Bound = Bound {
    most_bytes: 2 * 1024 * 1024,
    title: "Configuration too large",
    hint: "spread the targets over several installations",
};

/// Rounds to be loaded: about ten thousand of them.
const LOAD: Bound = Bound { most_bytes: 16 * 1024 * 1024, title: "Too many rounds", hint: "send them in parts" };

/// Answers any request. What may be read with `GET` may be asked for with `HEAD`: the host leaves the body out.
pub async fn answer(request: Request, env: &Env) -> Result<web_sys::Response> {
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
    match (segments.as_slice(), &method) {
        (["healthz"], Method::Get | Method::Head) => Response::ok("ok\n"),
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
    let body = match body::text(&mut request, &LOAD).await? {
        Ok(body) => body,
        Err(refusal) => return Ok(refusal),
    };
    let mut rounds: Vec<v1::Round> = Vec::new();
    for (i, line) in body.text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let round = serde_json::from_str::<v1::Round>(line).map_err(|error| error.to_string());
        match round.and_then(|round| round.time_fault(dial::now()).map_or(Ok(round), Err)) {
            Ok(round) => rounds.push(round),
            Err(why) => return reply::bad_request(format!("line {}: {why}", i + 1)),
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
    let body = match body::text(&mut request, &CONFIG).await? {
        Ok(body) => body,
        Err(refusal) => return Ok(refusal),
    };
    let is_json = request.headers().get("content-type")?.is_some_and(|t| t.starts_with("application/json"));
    let upload = if is_json {
        match serde_json::from_str::<dualwatch_wire::v1::ConfigUpload>(&body.text) {
            Ok(upload) => upload,
            Err(error) => {
                let hint = r#"send {"name": "dualwatch.yml", "text": "...", "files": {}}, or the YAML itself"#;
                return reply::bad_request(format!("{error}; {hint}"));
            }
        }
    } else {
        dualwatch_wire::v1::ConfigUpload {
            name: "dualwatch.yml".to_owned(),
            text: body.text,
            files: std::collections::BTreeMap::new(),
        }
    };
    forward(&call::directory(env, "/config", Some(call::json(&upload)?)).await?)
}
