//! What is the same for everybody and changes with no service: `/about`, what crawlers ask for, and the icon.

use super::{HTML, STATUS, STILL_POLICY, branding, dressed, keep_for, keep_still, spoken_headers};
use crate::{
    kept::{self, Answered, Made, Source},
    public, reply,
    site::{self, Site},
};
use dualwatch_app::pages;
use dualwatch_wire::{
    answer::language::{Language, Spoken},
    crawl,
    door::{Crawled, Document, Page},
    v1::Status,
};
use worker::{Env, Request, Result, web_sys};

/// Answers with the page.
pub async fn answer(request: &Request, env: &Env, language: Option<Language>) -> Result<web_sys::Response> {
    let spoken = Spoken::of(language, request.headers().get("accept-language")?.as_deref());
    let name = kept::in_language(&Page::About { language }.name(), spoken.language);
    if let Some(response) = kept::serve(&name, request)? {
        return Ok(response);
    }
    let assets = match dressed(env, STATUS, spoken.language).await? {
        Ok(assets) => assets,
        Err(problem) => return Ok(reply::problem(&problem)?.into()),
    };
    let text = site::rooted(env, &pages::about(spoken, &assets)).await?;
    let headers = spoken_headers(STILL_POLICY.to_owned(), spoken);
    keep_for(branding::KEPT_MS, request, &name, &text, HTML, headers)
}

/// Answers with what crawlers and browsers ask for by themselves.
pub async fn crawled(request: &Request, env: &Env, file: Crawled) -> Result<web_sys::Response> {
    let url = request.url()?;
    let origin = url.origin().ascii_serialization();
    let name = match file {
        Crawled::Icon => file.path().to_owned(),
        Crawled::Robots | Crawled::Sitemap => format!("{origin}{}", file.path()),
    };
    if let Some(response) = kept::serve(&name, request)? {
        return Ok(response);
    }
    let root = Site::of(env, &url).await?.root;
    match file {
        Crawled::Icon => branding::icon(request, env).await,
        Crawled::Robots => keep_still(request, &name, &crawl::robots(&root), "text/plain; charset=utf-8", Vec::new()),
        Crawled::Sitemap => {
            let all = Source::from(&Document::Status { after: None, limit: None });
            match kept::ask(env, &all).await? {
                Answered::Kept => {}
                Answered::Otherwise(response) => return Ok(public::forward(&response)?.into()),
                Answered::Unknown => return Ok(reply::not_found("there is nothing to list")?.into()),
            }
            let earlier = kept::earlier(&all.name).ok_or_else(|| kept::gone(&all.name))?;
            let status: Status = serde_json::from_str(&earlier.text)?;
            let text = crawl::sitemap(&root, status.targets.iter().map(|target| &*target.slug));
            let made =
                Made { content_type: "application/xml; charset=utf-8".to_owned(), headers: Vec::new(), ..earlier.made };
            kept::keep(&name, text.as_bytes(), made, earlier.age)?;
            kept::serve_new(&name, request)?.ok_or_else(|| kept::gone(&name))
        }
    }
}
