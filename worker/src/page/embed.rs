//! `/embed` and its frame: drawn for each request, from what is kept.

use super::{STATUS, Visit, dressed, html};
use crate::{arrival, reply, site::Site, widget};
use dualwatch_app::pages::{self, EmbedPage};
use dualwatch_core::measure::vicinity::Vicinity;
use dualwatch_wire::{
    answer::language::{Language, Spoken},
    door::{Look, Whom},
    v1::Widget,
};
use std::borrow::Cow;
use widget::WidgetAssets;
use worker::{Env, Request, Result, web_sys};

/// Answers with the page, or with the frame.
pub async fn answer(
    request: &Request,
    env: &Env,
    look: &Look,
    is_framed: bool,
    language: Option<Language>,
) -> Result<web_sys::Response> {
    let scripts = match WidgetAssets::of(env) {
        Ok(scripts) => scripts,
        Err(problem) => return Ok(reply::problem(&problem)?.into()),
    };
    let spoken = Spoken::of(language, request.headers().get("accept-language")?.as_deref());
    let url = request.url()?;
    if is_framed {
        let text = pages::embed_frame(look, spoken.language, &scripts.widget, &scripts.frame);
        return Ok(html(&text, &policy(&url, look, "*"), spoken)?.into());
    }
    let assets = match dressed(env, STATUS, spoken.language).await? {
        Ok(assets) => assets,
        Err(problem) => return Ok(reply::problem(&problem)?.into()),
    };
    let all: Widget = match widget::bare(env, &Whom::All).await? {
        Ok(kept) => serde_json::from_str(&kept.text)?,
        Err(response) => return Ok(response.into()),
    };
    let tone = if look.whom == Whom::All {
        Some(all.tone)
    } else {
        match widget::bare(env, &look.whom).await? {
            Ok(kept) => Some(serde_json::from_str::<Widget>(&kept.text)?.tone),
            Err(_) => None,
        }
    };
    let slug = |path: &str| path.trim_start_matches("/targets/").to_owned();
    let targets: Vec<_> = all.targets.into_iter().map(|row| (slug(&row.path), row.name)).collect();
    let site = Site::of(env, &url).await?;
    let is_told = site.is_said || !arrival::front(env).proxies.is_empty();
    let page = EmbedPage {
        origin: &if is_told { Cow::Borrowed(&*site.root) } else { guessed(&site.root, &Visit::of(&url)) },
        look,
        tone,
        spoken,
        targets: &targets,
        script: &scripts.widget,
        integrity: &scripts.integrity,
    };
    Ok(html(&pages::embed(&page, &assets), &policy(&url, look, "'none'"), spoken)?.into())
}

/// Returns where others are to find us, where nobody says it. A proxy may end TLS in front of us and not say so: what is called by a name of
/// the Internet is called securely, since pages that came securely load nothing else.
fn guessed<'r>(root: &'r str, visit: &Visit) -> Cow<'r, str> {
    match root.strip_prefix("http://") {
        Some(host) if visit.vicinity == Vicinity::Elsewhere => Cow::Owned(format!("https://{host}")),
        _ => Cow::Borrowed(root),
    }
}

/// What the page may load: ours. A frame without an origin of its own knows us by name only. Whoever wants to show the check
/// lets it ask the services themselves.
fn policy(url: &worker::Url, look: &Look, ancestors: &str) -> String {
    let own = match url.host_str() {
        Some(host) if !host.starts_with('[') => {
            url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
        }
        // There is no form for an IPv6 literal (CSP level 3).
        _ => String::new(),
    };
    let asked = if look.has_check { " http: https:" } else { "" };
    format!(
        "default-src 'none'; script-src 'self' {own}; style-src 'self'; img-src 'self' data:; connect-src 'self' {own}{asked}; \
         frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
    )
}
