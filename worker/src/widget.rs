//! The widget on pages of others: its script, and what it shows.

use crate::{
    asset, client,
    kept::{self, Answered, Earlier, Made, Of, Source},
    page::Visit,
    public::forward,
    reply,
};
use dualwatch_core::measure::{slug::Slug, vicinity};
use dualwatch_wire::{
    answer::language::Language,
    door::{Asks, Whom, inner::ToDirectory},
    problem::Problem,
    v1::{Widget, WidgetFacts},
};
use serde::Deserialize;
use worker::{Env, Request, Response, Result, web_sys};

/// Under one address it may be another one after an upgrade; under that of its digest it never is.
const SCRIPT_CACHE: &str = "public, max-age=600, stale-while-revalidate=86400";

/// A site's reader asks once a minute at most, and not again for each page.
const DATA_CACHE: &str = "public, max-age=30";

/// How old an answer is by our clock: a script of another origin reads only what it is shown.
const EXPOSED: &str = "age, date";

/// The URLs of the scripts of the widget, from the root of the site.
#[derive(Deserialize)]
pub struct WidgetAssets {
    /// The element, and its digest as `integrity` has it.
    pub widget: String,
    pub integrity: String,
    /// What tells the page around a frame how high the widget in it is.
    pub frame: String,
}

impl WidgetAssets {
    /// Reads the binding.
    pub fn of(env: &Env) -> std::result::Result<Self, Problem> {
        let text = env.var("WIDGET_ASSETS").map(|text| text.to_string()).unwrap_or_default();
        serde_json::from_str(&text).map_err(|_| {
            let detail = "WIDGET_ASSETS has no widget with its integrity; the build writes it";
            Problem::new(500, "misconfigured", "Misconfigured", detail)
        })
    }
}

/// Answers with the script as it is now.
pub async fn script(request: &Request, env: &Env) -> Result<Response> {
    match WidgetAssets::of(env) {
        Ok(assets) => asset::file(request, env, &assets.widget, SCRIPT_CACHE).await,
        Err(problem) => reply::problem(&problem),
    }
}

/// Answers with what a widget shows. The document is made once for every language, and then for each in its words.
pub async fn answer(request: &Request, env: &Env, whom: &Whom, language: Language) -> Result<web_sys::Response> {
    let name = whom.name(language);
    if let Some(response) = kept::serve(&name, request)? {
        return Ok(response);
    }
    let Earlier { text, made, age } = match bare(env, whom).await? {
        Ok(earlier) => earlier,
        Err(response) => return Ok(response.into()),
    };
    let mut widget: Widget = serde_json::from_str(&text)?;
    dualwatch_words::widget::put(&mut widget, language);
    let text = serde_json::to_string(&widget)?;
    let headers = vec![("cache-control", DATA_CACHE.to_owned()), ("access-control-expose-headers", EXPOSED.to_owned())];
    keep(&name, &text, Made { headers, ..made }, age, request)
}

/// Returns what the directory has of these targets, without words.
pub async fn bare(env: &Env, whom: &Whom) -> Result<std::result::Result<Earlier, Response>> {
    ask(env, &format!("data of {}", whom.name(Language::default())), ToDirectory::Widget(whom.clone())).await
}

/// Answers with what a browser needs that is to ask a target itself, as near as it is asked for.
pub async fn check(request: &Request, env: &Env, slug: &Slug, language: Language) -> Result<web_sys::Response> {
    let url = request.url()?;
    let visit = Visit::of(&url);
    // A page of somebody else's cannot tell who asks, as ours do: it is seen here.
    let vicinity = vicinity::of_visitor(url.host_str().unwrap_or_default(), client::of(request, env).ip);
    let code = language.code();
    let name = format!("{}/api/v1/widget/check?target={slug}&lang={code} for {vicinity:?}", visit.origin);
    if let Some(response) = kept::serve(&name, request)? {
        return Ok(response);
    }
    let asked = ask(env, &format!("facts of widget {slug}"), ToDirectory::WidgetFacts(slug.clone())).await?;
    let Earlier { text, made, age } = match asked {
        Ok(earlier) => earlier,
        Err(response) => return Ok(response.into()),
    };
    let mut facts: WidgetFacts = serde_json::from_str(&text)?;
    facts.self_test.origins = visit.origins(facts.self_test.origins);
    facts.self_test.vicinity = vicinity;
    let text = dualwatch_app::widget::check(&facts, language, crate::dial::now());
    keep(&name, &text, made, age, request)
}

async fn ask(env: &Env, name: &str, asks: ToDirectory) -> Result<std::result::Result<Earlier, Response>> {
    let source = Source { name: name.to_owned(), of: Of::Board, asks: Asks::Directory(asks) };
    match kept::ask(env, &source).await? {
        Answered::Kept => {
            kept::earlier(name).map(Ok).ok_or_else(|| worker::Error::RustError(format!("{name} was kept and is gone")))
        }
        Answered::Otherwise(response) => Ok(Err(forward(&response)?)),
        Answered::Unknown => Ok(Err(reply::not_found("there is no target and no group of this name")?)),
    }
}

fn keep(name: &str, text: &str, made: Made, age: kept::Age, request: &Request) -> Result<web_sys::Response> {
    kept::keep(name, text.as_bytes(), made, age)?;
    kept::serve_new(name, request)?.ok_or_else(|| worker::Error::RustError(format!("{name} was kept and is gone")))
}
