//! What the API is, for people and for programs: files that a build has made, kept as every answer is.

use super::{HTML, STATUS, STILL_POLICY, branding, dressed, keep_for, keep_still, page_headers};
use crate::{arrival, kept, reply, site};
use dualwatch_app::pages;
use dualwatch_wire::{answer::language::Language, door::Described};
use worker::{Env, Method, Request, Result, web_sys};

/// Stands for the style sheet, whose name only this bundle knows.
const STYLE_MARK: &str = "http://style.visit.invalid";

/// Where the addresses of the description begin.
const SERVER: &str = r#""url": "/""#;

fn server() -> String {
    format!(r#""url": "{}/""#, arrival::base())
}

/// Answers with it.
pub async fn answer(request: &Request, env: &Env, described: Described) -> Result<web_sys::Response> {
    let name = described.name();
    if let Some(response) = kept::serve(name, request)? {
        return Ok(response);
    }
    let assets = match dressed(env, STATUS, Language::default()).await? {
        Ok(assets) => assets,
        Err(problem) => return Ok(reply::problem(&problem)?.into()),
    };
    let file = match described {
        Described::People => "/api/page.html",
        Described::Programs => "/api/openapi.json",
    };
    // Files have no host.
    let url = format!("http://assets.invalid{file}");
    let mut found = env.assets("ASSETS")?.fetch_request(Request::new(&url, Method::Get)?).await?;
    if found.status_code() != 200 {
        return Ok(reply::not_found("this bundle has no description of its API")?.into());
    }
    let text = found.text().await?;
    match described {
        Described::People => {
            let text = pages::dressed(&text.replace(STYLE_MARK, &assets.css), &assets.branding, Language::default());
            let text = site::rooted(env, &text).await?;
            let headers = page_headers(STILL_POLICY.to_owned());
            keep_for(branding::KEPT_MS, request, name, &text, HTML, headers)
        }
        // Its addresses begin there.
        Described::Programs => keep_still(request, name, &text.replace(SERVER, &server()), reply::JSON, Vec::new()),
    }
}
