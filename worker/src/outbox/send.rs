//! One try of one delivery, through each kind of channel.

use crate::dial::{self, Edge};
use dualwatch_core::{
    measure::target::{Endpoint, Policy},
    respond::delivery::{Channel, Entry, Means, Outcome},
};
use dualwatch_prober::{
    Prober,
    post::{NotPosted, Posted},
};
use dualwatch_wire::webhook::{self, Secret};
use futures_util::future::{Either, select};
use std::{pin::pin, time::Duration};
use worker::{
    AbortController, Delay, Fetch, Headers, Method, Request, RequestInit, RequestRedirect, Response, Result,
    console_log, wasm_bindgen::JsValue,
};

/// Within this a receiver answers. Standard Webhooks recommends 15 to 30 s; a target that is measured every 5 s has other
/// things to do.
const TIME_LIMIT: Duration = Duration::from_secs(15);

/// Delivers a text to where a channel leads, as far as its addresses are allowed.
pub async fn send(channel: &Channel, entry: &Entry, body: &str, policy: &Policy) -> Outcome {
    match &channel.means {
        Means::Log => {
            console_log!("notice {} {body}", entry.key);
            Outcome::answered(200)
        }
        Means::Webhook { endpoint, authorization, secret } => {
            let Some(secret) = Secret::parse(secret) else {
                return Outcome::Refused { why: "its secret cannot be read".to_owned() };
            };
            let headers = headers(authorization.as_deref(), &secret, &entry.key, body);
            post(endpoint, &headers, body, policy).await
        }
    }
}

async fn post(endpoint: &Endpoint, headers: &[(&str, String)], body: &str, policy: &Policy) -> Outcome {
    let prober = match Prober::new(Edge, policy.clone(), "") {
        Ok(prober) => prober,
        Err(error) => return Outcome::Refused { why: format!("its request cannot be made: failed to {error}") },
    };
    // Boxed: it is larger than all that waits for it.
    match Box::pin(prober.post(endpoint, headers, body, TIME_LIMIT.as_secs_f64() * 1_000.0)).await {
        Ok(Posted { status, retry_after }) => Outcome::Answered {
            status,
            retry_after_ms: retry_after.and_then(|value| webhook::retry_after_ms(&value, dial::now())),
        },
        Err(NotPosted::TimedOut) => Outcome::TimedOut,
        Err(NotPosted::Unreachable(error)) => Outcome::Unreachable { error },
        // Cloudflare opens no socket to its own addresses, behind which many receivers are. Those that the name has were
        // found to be allowed, and its `fetch` reaches public ones only.
        Err(NotPosted::HostForbids) => fetch(endpoint, headers, body).await,
    }
}

async fn fetch(endpoint: &Endpoint, headers: &[(&str, String)], body: &str) -> Outcome {
    let request = match request(endpoint, headers, body) {
        Ok(request) => Fetch::Request(request),
        Err(error) => return Outcome::Refused { why: format!("its request cannot be made: {error}") },
    };
    let abort = AbortController::default();
    let signal = abort.signal();
    let answer = pin!(request.send_with_signal(&signal));
    let outcome = match select(answer, pin!(Delay::from(TIME_LIMIT))).await {
        Either::Left((Ok(response), _)) => answered(&response),
        Either::Left((Err(error), _)) => Outcome::Unreachable { error: error.to_string() },
        Either::Right(_) => Outcome::TimedOut,
    };
    // What a receiver says beside its status is not read, however long it is.
    abort.abort();
    outcome
}

fn answered(response: &Response) -> Outcome {
    let retry_after = response.headers().get("retry-after").ok().flatten();
    Outcome::Answered {
        status: response.status_code(),
        retry_after_ms: retry_after.and_then(|value| webhook::retry_after_ms(&value, dial::now())),
    }
}

/// Signed anew in every try: receivers refuse what was signed more than five minutes ago.
fn headers(authorization: Option<&str>, secret: &Secret, key: &str, body: &str) -> Vec<(&'static str, String)> {
    let mut headers = vec![("content-type", webhook::CONTENT_TYPE.to_owned())];
    headers.extend(authorization.map(|value| ("authorization", value.to_owned())));
    headers.extend(webhook::headers(secret, key, dial::now(), body));
    headers
}

fn request(endpoint: &Endpoint, headers: &[(&str, String)], body: &str) -> Result<Request> {
    let all = Headers::new();
    all.set("user-agent", concat!("dualwatch/", env!("CARGO_PKG_VERSION")))?;
    for (name, value) in headers {
        all.set(name, value)?;
    }
    let mut init = RequestInit::new();
    init.with_method(Method::Post)
        .with_headers(all)
        .with_body(Some(JsValue::from_str(body)))
        // A redirect leads to where nobody has allowed us to go.
        .with_redirect(RequestRedirect::Manual);
    Request::new_with_init(&endpoint.to_string(), &init)
}
