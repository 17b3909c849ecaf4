//! What makes the pages the operator's own: asked of the directory with another configuration, and now and then.

use super::keep_for;
use crate::{call, dial, kept, reply};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use dualwatch_app::pages;
use dualwatch_core::measure::time::{MINUTE, SECOND, Timestamp};
use dualwatch_wire::{
    door::{Branded, Crawled, inner::ToDirectory},
    v1::{Branding, Pictures, branding::Picture},
};
use std::{cell::RefCell, rc::Rc};
use worker::{Env, Request, Result, web_sys};

/// Where the directory lives elsewhere, another configuration is seen after this.
const EVERY_MS: i64 = 10 * SECOND;

/// For so long what is made of it is kept, where nobody counts changes.
pub const KEPT_MS: i64 = MINUTE;

/// Of a picture of others: it is shown as a picture only, and where somebody opens it by itself nothing in it runs or asks
/// for anything. Styles are its own: an SVG has its colours in them.
const PICTURE_POLICY: &str = "sandbox; script-src 'none'; connect-src 'none'; frame-src 'none'; object-src 'none'; \
                              img-src data:; font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

struct Known {
    n_configs: u64,
    asked_at: Timestamp,
    branding: Rc<Branding>,
}

thread_local! {
    static KNOWN: RefCell<Option<Known>> = const { RefCell::new(None) };
}

/// Returns what is known of it without asking anybody.
pub fn known() -> Rc<Branding> {
    KNOWN.with_borrow(|known| known.as_ref().map(|known| known.branding.clone()).unwrap_or_default())
}

/// Returns it as it is now; where the directory cannot be asked, as it was: pages are there all the same.
pub async fn of(env: &Env) -> Rc<Branding> {
    let (now, n_configs) = (dial::now(), kept::n_configs());
    let is_new = |known: &&Known| known.n_configs == n_configs && (0..EVERY_MS).contains(&now.ms_since(known.asked_at));
    if let Some(branding) = KNOWN.with_borrow(|known| known.as_ref().filter(is_new).map(|known| known.branding.clone()))
    {
        return branding;
    }
    let asked = async { call::read(call::directory(env, &ToDirectory::Branding, None).await?).await };
    let Ok(branding) = asked.await else { return known() };
    let branding: Rc<Branding> = Rc::new(branding);
    KNOWN.set(Some(Known { n_configs, asked_at: now, branding: branding.clone() }));
    branding
}

/// Answers with a file.
pub async fn answer(request: &Request, env: &Env, file: Branded) -> Result<web_sys::Response> {
    if let Some(response) = kept::serve(file.path(), request)? {
        return Ok(response);
    }
    let branding = of(env).await;
    match file {
        Branded::Style => {
            keep_for(KEPT_MS, request, file.path(), pages::style(&branding), "text/css; charset=utf-8", Vec::new())
        }
        Branded::Logo => {
            let content = pictures(env).await?.logo;
            picture(request, file.path(), branding.logo, content)
        }
    }
}

/// Answers with the icon: the operator's, or ours.
pub async fn icon(request: &Request, env: &Env) -> Result<web_sys::Response> {
    let path = Crawled::Icon.path();
    if let Some(response) = kept::serve(path, request)? {
        return Ok(response);
    }
    match of(env).await.favicon {
        None => keep_for(KEPT_MS, request, path, pages::ICON, Picture::Svg.media_type(), Vec::new()),
        favicon => picture(request, path, favicon, pictures(env).await?.favicon),
    }
}

async fn pictures(env: &Env) -> Result<Pictures> {
    call::read(call::directory(env, &ToDirectory::Pictures, None).await?).await
}

fn picture(
    request: &Request,
    path: &'static str,
    picture: Option<Picture>,
    content: Option<String>,
) -> Result<web_sys::Response> {
    let (Some(picture), Some(Ok(bytes))) = (picture, content.map(|text| BASE64_STANDARD.decode(text))) else {
        return Ok(reply::not_found(
            "this installation has no picture of its own; `page` in its configuration names one",
        )?
        .into());
    };
    let name = format!("attachment; filename=\"{}.{}\"", path.trim_start_matches('/'), picture.extension());
    let headers = vec![("content-security-policy", PICTURE_POLICY.to_owned()), ("content-disposition", name)];
    keep_for(KEPT_MS, request, path, bytes, picture.media_type(), headers)
}
