//! The public routes: who answers what was asked for at the door (`dualwatch_wire::door`).

use crate::{
    asset, auth, badge,
    body::{self, Bound},
    call, dial, events, metrics, page, probe,
    public::{self, forward},
    reader, reply, storage, upptime, vantage, widget,
};
use dualwatch_core::measure::slug::Slug;
use dualwatch_wire::{
    answer::probe::PREFLIGHT,
    door::{
        self, Form, Pace, Page, Refusal, Route,
        inner::{ToDirectory, ToTarget},
    },
    v1,
};
use worker::{Env, Request, Response, Result, console_error, web_sys};

/// A configuration, and the certificates that it refers to.
const CONFIG: Bound = Bound {
    most_bytes: 2 * 1024 * 1024,
    title: "Configuration too large",
    hint: "spread the targets over several installations",
};

/// Rounds to be loaded: about ten thousand of them.
const LOAD: Bound = Bound { most_bytes: 16 * 1024 * 1024, title: "Too many rounds", hint: "send them in parts" };

/// Answers any request. The host leaves the body out where it was asked for with `HEAD`.
///
/// An error of ours is an answer too: a page for people, a problem document for programs.
pub async fn answer(request: Request, env: &Env) -> Result<web_sys::Response> {
    let route = match door::parse(&request.inner().method(), &request.inner().url(), dial::now()) {
        Ok(route) => route,
        Err(Refusal::NoPage(what)) => return page::missing(&request, env, what).await,
        Err(refusal) => return Ok(reply::refuse(&refusal)?.into()),
    };
    let is_data = matches!(route, Route::Page(Page::Status { form: Form::Json, .. }));
    let is_for_people = matches!(route, Route::Page(_)) && !is_data;
    let (path, spoken) = (request.path(), page::asked_in(&request));
    match answer_or_fail(route, request, env).await {
        Ok(response) => Ok(response),
        Err(error) => {
            console_error!("failed to answer {path}: {error}");
            let problem = storage::problem(&error);
            let response = if is_for_people { page::failed(&problem, env, spoken)? } else { reply::problem(&problem)? };
            Ok(response.into())
        }
    }
}

async fn answer_or_fail(route: Route, request: Request, env: &Env) -> Result<web_sys::Response> {
    // What would have to be stored is not even read.
    if matches!(route, Route::TakeConfig | Route::LoadRounds { .. } | Route::TakeRounds)
        && let Some(refusal) = storage::refusal()?
    {
        return Ok(refusal.into());
    }
    let answered = match route {
        Route::Page(page) => return page::answer(&request, env, &page).await,
        Route::Crawled(file) => return page::about::crawled(&request, env, file).await,
        Route::Branded(file) => return page::branding::answer(&request, env, file).await,
        Route::Badge(asked) => return badge::answer(&request, env, &asked).await,
        Route::Upptime(file) => return upptime::answer(&request, env, &file).await,
        Route::Document(document) => return public::answer(&request, env, &document).await,
        Route::Widget { whom, language } => return widget::answer(&request, env, &whom, language).await,
        Route::WidgetCheck { slug, language } => return widget::check(&request, env, &slug, language).await,
        Route::WidgetScript => widget::script(&request, env).await,
        Route::Events { since } => return events::answer(&request, env, since).await,
        Route::Described(described) => return page::described::answer(&request, env, described).await,
        Route::Clients => return page::clients::document(&request),
        Route::Metrics => return metrics::answer(&request, env).await,
        Route::Options => preflight(&request),
        Route::Health => storage::health().and_then(|mut response| {
            reply::public(response.headers_mut())?;
            Ok(response)
        }),
        Route::Asset => asset::answer(&request, env).await,
        Route::Probe(probe) => probe::answer(request, env, probe).await,
        Route::ReadConfig => read_config(&request, env).await,
        Route::TakeConfig => put_config(request, env).await,
        Route::LoadRounds { slug, pace } => load_rounds(request, env, &slug, pace).await,
        Route::Plans => vantage::plans(&request, env).await,
        Route::TakeRounds => vantage::take_rounds(request, env).await,
        Route::TakeEnd => events::end(&request, env).await,
        Route::TakeStorage => storage::take_word(request, env).await,
    };
    Ok(answered?.into())
}

/// RFC 9110 `OPTIONS`, and the preflight of the Fetch standard: everything public may be read from anywhere.
fn preflight(request: &Request) -> Result<Response> {
    let mut response = Response::empty()?.with_status(204);
    let headers = response.headers_mut();
    reply::public(headers)?;
    if let Some(methods) = door::methods(&request.inner().url()) {
        headers.set("allow", &methods)?;
    }
    for (name, value) in PREFLIGHT {
        headers.set(name, value)?;
    }
    Ok(response)
}

/// Loads rounds of the past into a target: lines of JSON as `dualwatch check --json` prints them.
async fn load_rounds(mut request: Request, env: &Env, slug: &Slug, pace: Pace) -> Result<Response> {
    if let Some(refusal) = auth::refuse_without(&auth::ADMIN, &request, env)? {
        return Ok(refusal);
    }
    let known = call::directory_with(env, &ToDirectory::Knows(slug.clone()), &[reader::FOR_OPERATOR]).await?;
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
    forward(&call::target(env, slug, &ToTarget::Load(pace), Some(call::json(&rounds)?)).await?)
}

/// Everything that is measured, and how: for the operator alone.
async fn read_config(request: &Request, env: &Env) -> Result<Response> {
    match auth::refuse_without(&auth::ADMIN, request, env)? {
        Some(refusal) => Ok(refusal),
        None => forward(&call::directory(env, &ToDirectory::Config, None).await?),
    }
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
    forward(&call::directory(env, &ToDirectory::TakeConfig, Some(call::json(&upload)?)).await?)
}
