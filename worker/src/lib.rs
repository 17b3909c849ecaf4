//! The edge host of Dualwatch: it loads, calls the core, commits, and answers.
//!
//! In scope: routes, Durable Objects, sockets of `cloudflare:sockets`. Out of scope: every decision (`dualwatch-core`),
//! how a target is measured (`dualwatch-prober`), every document (`dualwatch-wire`), the page (`dualwatch-app`).
//!
//! ```text
//!  alarm --> TargetObject: plan -> Prober::round -> health::step_round -> SQLite --news, or alive--> DirectoryObject
//!  any request     --> arrival: as its visitor has made it --> wire::door: a route with typed names, or a refusal; then one of these:
//!  GET /, /api/v1/status, ...                --> kept: answers that were made once, in the memory of the isolate
//!    where it has none that is true now      --> public --> DirectoryObject (a board of what is published), TargetObject
//!  PUT /api/v1/config                        --> routes --> DirectoryObject (configuration, newest report of each)
//!  GET /api/v1/vantage/plans, POST .../rounds --> vantage --> DirectoryObject (plans), TargetObject (signed rounds)
//!  GET /widget.js, /api/v1/widget            --> widget --> asset, DirectoryObject (words are put in here)
//!  GET /api/v1/events                         --> DirectoryObject, which holds every stream of events
//!  GET /badge/{slug}.svg, .json               --> badge: drawn from what is kept
//!  GET /probe/*, /hello                       --> probe (no storage)
//!  PUT /host/storage                          --> storage: what the host program sees of its disk
//! ```
//!
//! Bindings: `TARGETS` and `DIRECTORY` (Durable Objects with `SQLite`), `ASSETS` (the page's files), and the texts
//! `ADMIN_TOKEN`, `VANTAGE_TOKEN`, `METRICS_TOKEN` (may be missing: metrics are for everybody then), `VANTAGE` (its own name), `HOST_TOKEN` and `OBJECTS` (of a host program with a disk;
//! none on Cloudflare), `TRUSTED_PROXIES`, `PROXY_HEADERS` and `BASE_PATH` (may be missing), and `PAGE_ASSETS` (JSON: of each of the browser's
//! modules the URLs `boot`, `js`, `wasm`, `css`, `still`, `stream`, `chart_css`, `chart_js`), and `WIDGET_ASSETS` (JSON: the URLs of the scripts of the widget).

mod alarm;
mod arrival;
mod asset;
mod auth;
mod badge;
mod body;
mod call;
mod client;
mod dial;
mod directory_object;
mod events;
mod flow;
mod kept;
mod metrics;
mod outbox;
mod page;
mod probe;
mod public;
mod reader;
mod reply;
mod routes;
mod site;
mod sql;
mod storage;
mod target_object;
mod upptime;
mod vantage;
mod widget;
mod zone;

pub use directory_object::DirectoryObject;
use dualwatch_wire::door::inner::ToDirectory;
pub use target_object::TargetObject;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::{Context, Env, Request, Result, ScheduleContext, ScheduledEvent, console_error, event, web_sys};

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> Result<web_sys::Response> {
    match arrival::take(request, &env)? {
        Ok(request) => routes::answer(request, &env).await,
        Err(response) => Ok(response),
    }
}

/// Returns the answer to a request that is kept as it is, where there is one: asked first, without a promise.
#[wasm_bindgen]
pub fn kept(request: &web_sys::Request) -> Option<web_sys::Response> {
    kept::front(request)
}

/// The cron trigger only re-arms: the schedule itself is the alarm of each target.
#[event(scheduled)]
async fn scheduled(_event: ScheduledEvent, env: Env, _context: ScheduleContext) {
    if let Err(error) = call::directory(&env, &ToDirectory::Rearm, None).await {
        console_error!("failed to re-arm late targets: {error}");
    }
}
