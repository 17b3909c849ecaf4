//! The pages for people, as HTML: the status page, readable before and without WebAssembly, and those without scripts.

pub mod about;
pub mod branding;
pub mod clients;
pub mod described;
mod embed;
mod place;
mod still;

use crate::{
    dial,
    kept::{self, Age, Answered, Earlier, Made, Of, Source},
    public, reply, site, storage, zone,
};
use dualwatch_app::{
    Assets,
    pages::{self, Still},
    show,
};
use dualwatch_core::measure::{
    time::{DAY, SECOND},
    vicinity::Vicinity,
};
use dualwatch_wire::{
    answer::language::{Language, Spoken},
    door::{self, Asks, Form, NoPage, Page, inner::ToDirectory},
    problem::Problem,
    v1::{PageData, Storage},
};
use dualwatch_words::{capitalised, pages::Heading, self_test::words};
pub use place::Visit;
use serde::Deserialize;
use std::collections::BTreeMap;
use worker::{Env, Request, Response, Result, web_sys};

/// What a page without scripts may load: its style sheet and its icon.
const STILL_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; \
                            form-action 'none'; frame-ancestors 'none'";

/// The same of a page that is kept up to date.
const LIVE_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; \
                           img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// How often the status page is drawn anew while somebody asks for it: it says how old things are.
const DRAWN_EVERY_MS: i64 = 2 * SECOND;

/// The modules of the self-test, one for each language: its tag is behind this.
const SELF_TEST: &str = "self-test-";

/// Those of the status page; the pages without scripts share its style.
const STATUS: &str = "status-";

/// The type of every page.
const HTML: &str = "text/html; charset=utf-8";

/// Answers with a page.
pub async fn answer(request: &Request, env: &Env, page: &Page) -> Result<web_sys::Response> {
    match page {
        Page::Status { part, search, .. } => status(request, env, page, *part, search.as_deref()).await,
        Page::SelfTest { .. } => status(request, env, page, 1, None).await,
        Page::Embed { look, is_framed, language } => embed::answer(request, env, look, *is_framed, *language).await,
        Page::Clients { search, language } => clients::answer(request, env, search.as_deref(), *language).await,
        Page::About { language } => about::answer(request, env, *language).await,
        Page::Incidents { .. } | Page::Incident(..) | Page::Target(..) => {
            let spoken = spoken(request, page)?;
            match dressed(env, STATUS, spoken.language).await? {
                Ok(assets) => still::answer(request, env, page, spoken, &assets).await,
                Err(problem) => Ok(reply::problem(&problem)?.into()),
            }
        }
    }
}

/// Returns the language that a page is asked for in. Data is the same for everybody.
fn spoken(request: &Request, page: &Page) -> Result<Spoken> {
    if matches!(page, Page::Status { form: Form::Json, .. }) {
        return Ok(Spoken::default());
    }
    Ok(Spoken::of(page.language(), request.headers().get("accept-language")?.as_deref()))
}

/// The same where there is no such page.
fn spoken_of_none(request: &Request) -> Result<Spoken> {
    Ok(Spoken::of(door::language(&request.inner().url()), request.headers().get("accept-language")?.as_deref()))
}

/// Says that there is no such page.
pub async fn missing(request: &Request, env: &Env, what: NoPage) -> Result<web_sys::Response> {
    let spoken = spoken_of_none(request)?;
    let assets = match dressed(env, STATUS, spoken.language).await? {
        Ok(assets) => assets,
        Err(problem) => return Ok(reply::problem(&problem)?.into()),
    };
    let sentence = words(spoken.language).heading(match what {
        NoPage::Incident => Heading::NoIncident,
        NoPage::Target => Heading::NoService,
    });
    let page = pages::missing(sentence, &nowhere(spoken), &assets);
    Ok(html(&page, STILL_POLICY, spoken)?.with_status(404).into())
}

/// A page in place of one.
fn nowhere(spoken: Spoken) -> Still {
    Still { spoken, path: None, now: dial::now(), live: None }
}

/// Says with a page what went wrong, to who asks in this language.
pub fn failed(problem: &Problem, env: &Env, spoken: Spoken) -> Result<Response> {
    let assets = match assets(env, STATUS, spoken.language)? {
        Ok(assets) => assets,
        Err(problem) => return reply::problem(&problem),
    };
    let words = words(spoken.language);
    let (title, sentence) = match (spoken.language, storage::trouble()) {
        // What programs are told, too.
        (Language::En, _) => (&*problem.title, capitalised(format!("{}.", problem.detail.trim_end_matches('.')))),
        (_, Some(since)) => (words.heading(Heading::NotNow), words.stores_nothing(since)),
        (_, None) => (words.heading(Heading::NotNow), words.heading(Heading::OurFault).to_owned()),
    };
    let page = pages::failed(title, &sentence, &nowhere(spoken), &assets);
    Ok(html(&page, STILL_POLICY, spoken)?.with_status(problem.status))
}

/// Returns the language in which an error is told.
pub fn asked_in(request: &Request) -> Spoken {
    spoken_of_none(request).unwrap_or_default()
}

/// Returns what a page in a language loads, as the operator has it.
async fn dressed(env: &Env, page: &str, language: Language) -> Result<std::result::Result<Assets, Problem>> {
    let branding = branding::of(env).await;
    Ok(assets(env, page, language)?.map(|assets| Assets { branding, ..assets }))
}

/// Returns what a page in a language loads, and of the operator's what is known without asking.
fn assets(env: &Env, page: &str, language: Language) -> Result<std::result::Result<Assets, Problem>> {
    let module = [page, language.code()].concat();
    let urls: serde_json::Result<BTreeMap<String, AssetUrls>> =
        serde_json::from_str(&env.var("PAGE_ASSETS")?.to_string());
    let found = urls.ok().and_then(|mut urls| urls.remove(&module)).map(Assets::from);
    Ok(found.map(|assets| Assets { branding: branding::known(), ..assets }).ok_or_else(|| {
        let detail = format!(
            "PAGE_ASSETS has no {module} with boot, js, wasm, css, chart_css and chart_js; the build writes it"
        );
        Problem::new(500, "misconfigured", "Misconfigured", detail)
    }))
}

/// The status page, or its data. Both are made once for everybody; only where it was asked for is written into it then.
async fn status(
    request: &Request,
    env: &Env,
    page: &Page,
    part: u32,
    search: Option<&str>,
) -> Result<web_sys::Response> {
    let Ok(url) = request.url() else {
        return Ok(reply::bad_request("this host has no name that can be read")?.into());
    };
    let visit = Visit::of(&url);
    let spoken = spoken(request, page)?;
    // Where the browser says in which language, one address is several answers; they are looked up before anything else
    // ([`kept::front`]).
    let canonical = match page {
        Page::Status { form: Form::Json, .. } => page.name(),
        _ => kept::in_language(&page.name(), spoken.language),
    };
    let name = format!("{}{canonical}", visit.origin);
    if let Some(response) = kept::serve(&name, request)? {
        return Ok(response);
    }
    let whom = match visit.vicinity {
        Vicinity::Machine => "this machine",
        Vicinity::Network => "this network",
        Vicinity::Elsewhere => "others",
    };
    let drawn = format!("{canonical} for {whom}");
    if !kept::is_fresh(&drawn) {
        let of = match search {
            Some(query) => found(env, query).await?,
            None => part_of(env, part).await?,
        };
        let of = match of {
            Ok(of) => of,
            Err(Answered::Otherwise(response)) => return Ok(public::forward(&response)?.into()),
            Err(_) => return Ok(reply::not_found("there is no such page")?.into()),
        };
        // While we asked, somebody else may have drawn it.
        if !kept::is_fresh(&drawn) {
            let module = if matches!(page, Page::SelfTest { .. }) { SELF_TEST } else { STATUS };
            let assets = match dressed(env, module, spoken.language).await? {
                Ok(assets) => assets,
                Err(problem) => return Ok(reply::problem(&problem)?.into()),
            };
            draw(env, page, &drawn, of, &visit, spoken, &assets).await?;
        }
    }
    let Earlier { text, made, age } = kept::earlier(&drawn).ok_or_else(|| kept::gone(&drawn))?;
    let (text, headers) = visit.place(&text, &made.headers);
    kept::keep(&name, text.as_bytes(), Made { headers, ..made }, age)?;
    kept::serve_new(&name, request)?.ok_or_else(|| kept::gone(&name))
}

/// The directory's data of a page, and how new it is.
type Drawable = (PageData, Earlier);

/// Returns the data of one part of the services.
async fn part_of(env: &Env, part: u32) -> Result<std::result::Result<Drawable, Answered>> {
    let asks = Asks::Directory(ToDirectory::Page(part));
    let data = Source { name: format!("data of page {part}"), of: Of::Page, asks };
    match kept::ask(env, &data).await? {
        Answered::Kept => {}
        other => return Ok(Err(other)),
    }
    let earlier = kept::earlier(&data.name).ok_or_else(|| kept::gone(&data.name))?;
    let page = serde_json::from_str(&earlier.text)
        .map_err(|e| worker::Error::RustError(format!("failed to read {}: {e}", data.name)))?;
    Ok(Ok((page, earlier)))
}

/// Returns the data of the services that are looked for. It is of what is kept: the parts, which all searches share, are
/// asked for where they are not as new as they must be, and nothing else is.
async fn found(env: &Env, query: &str) -> Result<std::result::Result<Drawable, Answered>> {
    let (first, earlier) = match part_of(env, 1).await? {
        Ok(first) => first,
        Err(other) => return Ok(Err(other)),
    };
    let n_pages = first.part.map_or(1, |part| part.n_pages);
    let mut pages = vec![first];
    for part in 2..=n_pages {
        match part_of(env, part).await? {
            Ok((page, _)) => pages.push(page),
            // There were as many a moment ago.
            Err(Answered::Unknown) => break,
            Err(Answered::Otherwise(response)) if response.status_code() == 404 => break,
            Err(other) => return Ok(Err(other)),
        }
    }
    let page = PageData::search(pages, query, show::model::judge).ok_or_else(|| kept::gone("the first part"))?;
    Ok(Ok((page, earlier)))
}

/// Makes the page, or its data, from the directory's, with marks where a visit is written in.
async fn draw(
    env: &Env,
    asked: &Page,
    name: &str,
    (mut page, Earlier { made, age, .. }): Drawable,
    visit: &Visit,
    spoken: Spoken,
    assets: &Assets,
) -> Result<()> {
    let marked = visit.mark(&mut page);
    let (text, made) = match asked {
        Page::Status { form: Form::Json, .. } => (serde_json::to_string(&page)?, made),
        Page::SelfTest { is_embedded, .. } => {
            // It says when each round was, so that a browser can tell what is late by then.
            let headers = spoken_headers(place::policy(&page, marked, *is_embedded, false), spoken);
            let made = Made { content_type: HTML.to_owned(), headers, ..made };
            (site::rooted(env, &pages::self_test(&page, *is_embedded, spoken, assets)).await?, made)
        }
        _ => {
            // What it says of ages is of now; what it says of the targets is as new as it was.
            page.now = dial::now();
            // The directory may be what cannot be read.
            let unusable = page.status.storage.take().map(|told| told.unusable).unwrap_or_default();
            page.status.storage = Storage::of(storage::published().and_then(|storage| storage.trouble), unusable);
            let headers = spoken_headers(place::policy(&page, marked, false, true), spoken);
            let made = Made { content_type: HTML.to_owned(), headers, every_ms: DRAWN_EVERY_MS, ..made };
            // Who runs scripts will see the own clock in its place.
            let text = zone::beside(env, pages::status(&page, spoken, assets)).await?;
            (site::rooted(env, &text).await?, made)
        }
    };
    kept::keep(name, text.as_bytes(), made, age).map(drop)
}

fn page_headers(policy: String) -> Vec<(&'static str, String)> {
    vec![("content-security-policy", policy), ("referrer-policy", "no-referrer".to_owned())]
}

/// The same of a page that is there in several languages.
fn spoken_headers(policy: String, spoken: Spoken) -> Vec<(&'static str, String)> {
    let mut headers = page_headers(policy);
    headers.push(("content-language", spoken.language.code().to_owned()));
    headers.push(("vary", "accept-encoding, accept-language".to_owned()));
    headers
}

/// Keeps what nothing changes, for a day, and answers with it.
fn keep_still(
    request: &Request,
    name: &str,
    text: &str,
    content_type: &str,
    headers: Vec<(&'static str, String)>,
) -> Result<web_sys::Response> {
    keep_for(DAY, request, name, text, content_type, headers)
}

/// Keeps what only another configuration changes, for so long, and answers with it.
fn keep_for(
    every_ms: i64,
    request: &Request,
    name: &str,
    body: impl AsRef<[u8]>,
    content_type: &str,
    headers: Vec<(&'static str, String)>,
) -> Result<web_sys::Response> {
    // No target has this name.
    let of = Of::Target(String::new());
    let age = Age::new(&of);
    let until = dial::now() + every_ms;
    let made = Made { content_type: content_type.to_owned(), headers, of, version: String::new(), every_ms, until };
    kept::keep(name, body.as_ref(), made, age)?;
    kept::serve_new(name, request)?.ok_or_else(|| kept::gone(name))
}

/// A page that is not kept.
fn html(html: &str, policy: &str, spoken: Spoken) -> Result<Response> {
    let mut response = Response::from_html(site::based(html))?;
    let headers = response.headers_mut();
    headers.set("content-security-policy", policy)?;
    headers.set("referrer-policy", "no-referrer")?;
    headers.set("content-language", spoken.language.code())?;
    headers.set("vary", "accept-language")?;
    reply::public(headers)?;
    Ok(response)
}

/// What the `PAGE_ASSETS` binding has of each module.
#[derive(Deserialize)]
struct AssetUrls {
    boot: String,
    js: String,
    wasm: String,
    css: String,
    still: String,
    stream: String,
    chart_css: String,
    chart_js: String,
}

impl From<AssetUrls> for Assets {
    fn from(urls: AssetUrls) -> Self {
        let AssetUrls { boot, js, wasm, css, still, stream, chart_css, chart_js } = urls;
        Self { css, boot, js, wasm, still, stream, chart_css, chart_js, ..Self::default() }
    }
}
