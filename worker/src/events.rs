//! `GET /api/v1/events`: says to whoever stays that something published has changed.
//!
//! Every stream is the directory's, for only who has opened a stream may write to it, and that is who counts the changes.

use crate::{auth, call, reply};
use dualwatch_wire::{
    answer::limit::Limit,
    door::inner::ToDirectory,
    events::{ALIVE_EVERY_MS, Event, Revision},
};
use worker::{
    Env, Headers, Method, Request, Response, Result, State,
    web_sys::{self, ResponseInit},
};

mod js {
    use worker::{wasm_bindgen::prelude::wasm_bindgen, web_sys::ReadableStream, worker_sys::DurableObjectState};

    #[wasm_bindgen(module = "/src/events.js")]
    extern "C" {
        pub fn open(
            state: &DurableObjectState,
            first: &str,
            alive: &str,
            every: u32,
            most: u32,
        ) -> Option<ReadableStream>;

        pub fn close(state: &DurableObjectState);

        pub fn publish(state: &DurableObjectState, change: &str, alive: &str);
    }
}

/// The type of a stream (HTML standard, section 9.2.6).
const EVENT_STREAM: &str = "text/event-stream";
/// What a browser sends that was cut off.
const LAST_EVENT_ID: &str = "last-event-id";

/// Answers with a stream. `since`: what the asker has, as its address says.
pub async fn answer(request: &Request, env: &Env, since: Option<Revision>) -> Result<web_sys::Response> {
    if request.method() == Method::Head {
        return Ok(Response::empty()?.with_headers(headers()?).into());
    }
    // An id that is none of ours is of something else than what is published here.
    let known = request.headers().get(LAST_EVENT_ID)?.filter(|id| !id.is_empty());
    let known = known.map_or(since, |id| Some(Revision::parse(&id).unwrap_or_default()));
    Ok(call::directory(env, &ToDirectory::Events(known), None).await?.into())
}

/// Ends all streams, as the host program asks that is about to end us: workerd does not while somebody reads.
pub async fn end(request: &Request, env: &Env) -> Result<Response> {
    match auth::refuse_without(&auth::HOST, request, env)? {
        Some(refusal) => Ok(refusal),
        None => call::directory(env, &ToDirectory::End, Some(String::new())).await,
    }
}

/// Ends all streams of the directory.
pub fn close(state: &State) -> Result<Response> {
    js::close(state.as_raw());
    Ok(Response::empty()?.with_status(204))
}

/// Opens a stream of the directory to who has the revision `known`, or says none.
pub fn open(state: &State, known: Option<Revision>, revision: Revision) -> Result<Response> {
    let (first, alive) = (Event::first(known, revision), Event::Alive.text(revision));
    let stream = js::open(state.as_raw(), &first, &alive, ALIVE_EVERY_MS, Limit::Streams.quota());
    let Some(stream) = stream else { return reply::busy(Limit::Streams) };
    let init = ResponseInit::new();
    init.set_headers_headers(&headers()?.0);
    Ok(web_sys::Response::new_with_opt_readable_stream_and_init(Some(&stream), &init)?.into())
}

/// Tells every stream of the directory that something has changed.
pub fn publish(state: &State, revision: Revision) {
    js::publish(state.as_raw(), &Event::Change.text(revision), &Event::Alive.text(revision));
}

fn headers() -> Result<Headers> {
    let mut headers = Headers::new();
    headers.set("content-type", EVENT_STREAM)?;
    headers.set("cache-control", "no-store, no-transform")?;
    // nginx would hold it back.
    headers.set("x-accel-buffering", "no")?;
    reply::public(&mut headers)?;
    Ok(headers)
}
