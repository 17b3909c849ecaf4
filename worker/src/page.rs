//! The pages for people, as HTML: the status page, readable before and without WebAssembly, and those without scripts.

mod still;

use crate::{call, dial, reply};
use dualwatch_app::Assets;
use dualwatch_core::measure::target::BrowserEndpoints;
use dualwatch_wire::{problem::Problem, v1::PageData};
use serde::Deserialize;
use std::{collections::BTreeSet, net::IpAddr};
use worker::{Env, Request, Response, Result, Url};

/// What a page without scripts may load: its style sheet and its icon.
const STILL_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; \
                            form-action 'none'; frame-ancestors 'none'";

/// Renders the page at the path of the request.
pub async fn answer(request: &Request, env: &Env) -> Result<Response> {
    let Ok(assets) = serde_json::from_str::<AssetUrls>(&env.var("PAGE_ASSETS")?.to_string()) else {
        return reply::problem(&Problem::new(
            500,
            "misconfigured",
            "Misconfigured",
            "PAGE_ASSETS is not a JSON object with boot, js, wasm and css; the build writes it",
        ));
    };
    let assets = assets.into();
    let path = request.path();
    let page = match path.split('/').skip(1).collect::<Vec<_>>()[..] {
        ["incidents"] => still::incidents(request, env, &assets).await?,
        ["incidents", id] => still::incident(env, id, &assets).await?,
        ["targets", slug] => still::target(env, slug, &assets).await?,
        _ => {
            let data = data(request, env).await?;
            return html(dualwatch_app::render(&data, &assets), &content_security_policy(&data));
        }
    };
    match page {
        Ok(page) => html(page, STILL_POLICY),
        Err(sentence) => {
            let page = dualwatch_app::pages::missing(&sentence, dial::now(), &assets);
            Ok(html(page, STILL_POLICY)?.with_status(404))
        }
    }
}

fn html(html: String, policy: &str) -> Result<Response> {
    let mut response = Response::from_html(html)?;
    let headers = response.headers_mut();
    headers.set("content-security-policy", policy)?;
    headers.set("referrer-policy", "no-referrer")?;
    headers.set("x-content-type-options", "nosniff")?;
    headers.set("cache-control", "no-store")?;
    Ok(response)
}

/// Asks the directory for what the page shows, and adds what depends on how the page was asked for.
pub async fn data(request: &Request, env: &Env) -> Result<PageData> {
    let mut data: PageData = call::read(call::directory(env, "/page", None).await?).await?;
    let url = request.url()?;
    data.self_test.same_machine = is_loopback(&url);
    if data.self_test.same_machine {
        let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
        let origin = |host: &str| Some(format!("{}://{host}{port}", url.scheme()));
        let configured = std::mem::take(&mut data.self_test.origins);
        data.self_test.origins = BrowserEndpoints {
            ipv4: configured.ipv4.or_else(|| origin("127.0.0.1")),
            ipv6: configured.ipv6.or_else(|| origin("[::1]")),
            dual_stack: configured.dual_stack.or_else(|| origin("localhost")),
        };
    } else if data.self_test.origins.dual_stack.is_none() {
        data.self_test.origins.dual_stack = Some(url.origin().ascii_serialization());
    }
    Ok(data)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host == "localhost"
        || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

/// Nothing runs or loads but our own files; connections go to our probes and to targets that may be measured.
fn content_security_policy(data: &PageData) -> String {
    let endpoints = std::iter::once(&data.self_test.origins).chain(data.targets.iter().map(|t| &t.browser));
    let origins: BTreeSet<String> = endpoints
        .flat_map(|e| [&e.ipv4, &e.ipv6, &e.dual_stack])
        .flatten()
        .filter_map(|url| Url::parse(url).ok())
        .map(|url| match url.host() {
            // CSP level 3 has no form for an IPv6 literal; its scheme is the narrowest source that covers it.
            Some(worker::url::Host::Ipv6(_)) => format!("{}:", url.scheme()),
            _ => url.origin().ascii_serialization(),
        })
        .collect();
    let connect = origins.into_iter().collect::<Vec<_>>().join(" ");
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self' {connect}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// The `PAGE_ASSETS` binding.
#[derive(Deserialize)]
struct AssetUrls {
    boot: String,
    js: String,
    wasm: String,
    css: String,
}

impl From<AssetUrls> for Assets {
    fn from(urls: AssetUrls) -> Self {
        Self { boot: urls.boot, js: urls.js, wasm: urls.wasm, css: urls.css }
    }
}
