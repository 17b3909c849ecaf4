//! `/probe/*`: what a browser asks to test itself. Nothing of it is stored.

mod dns;

use crate::{
    body::{self, Bound},
    client,
    dial::{Edge, now},
    flow, reply,
};
use dualwatch_core::measure::time::Timestamp;
use dualwatch_prober::Clock;
use dualwatch_wire::{
    answer::{
        limit::Limit,
        probe::{CLIENT_HEADER, HEADERS, NONCE_HEADER, client as client_text, noise, nonce as nonce_text},
    },
    door::{MAX_PROBE_BYTES, Probe},
    v1::{ProbeAnswer, ProbeSunk, VERSION},
};
use std::cell::RefCell;
use worker::{Env, Headers, Method, Request, Response, Result, js_sys::Uint8Array, web_sys::ResponseInit};

thread_local! {
    /// As many bytes as are ever asked for, made once and shared by all answers.
    static NOISE: Uint8Array = Uint8Array::from(&*noise(MAX_PROBE_BYTES));
    /// Until when answers are held back. Each counts until then, for the host forgets those of who hangs up, and does not
    /// say so.
    static DELAYED: RefCell<Vec<Timestamp>> = const { RefCell::new(Vec::new()) };
}

const SINK: Bound = Bound { most_bytes: MAX_PROBE_BYTES, title: "Too many bytes", hint: "send fewer" };

pub async fn answer(request: Request, env: &Env, probe: Probe) -> Result<Response> {
    let mut response = match probe {
        Probe::Ip { nonce, delay_ms } => {
            let told = tell(&request, env, nonce);
            if let Some(refusal) = delay(delay_ms).await? {
                return Ok(refusal);
            }
            reply::document(&told)
        }
        Probe::Large { n_bytes, nonce, delay_ms } => {
            if let Some(refusal) = delay(delay_ms).await? {
                return Ok(refusal);
            }
            large(&request, env, n_bytes, nonce.as_deref())
        }
        Probe::Sink { nonce } => sink(request, env, nonce).await,
        Probe::Dns { slug, nonce } => dns::answer(env, slug, nonce.as_deref()).await,
    }?;
    public(response.headers_mut())?;
    Ok(response)
}

/// What every answer here has, a refusal too.
fn public(headers: &mut Headers) -> Result<()> {
    for (name, value) in HEADERS {
        headers.set(name, value)?;
    }
    reply::date(headers, now())
}

/// Tells the peer's address, family and port, and repeats its nonce.
fn tell(request: &Request, env: &Env, nonce: Option<String>) -> ProbeAnswer {
    let client = client::of(request, env);
    ProbeAnswer {
        version: VERSION,
        ip: client.ip,
        family: client.family,
        port: client.port,
        nonce,
        received_at: now(),
        protocol: client.protocol,
        asn: client.asn,
        network: client.network,
    }
}

/// Holds an answer back as long as it was asked for, or says that too many are.
async fn delay(ms: u32) -> Result<Option<Response>> {
    if ms == 0 {
        return Ok(None);
    }
    let has_room = DELAYED.with_borrow_mut(|delayed| {
        let now = now();
        delayed.retain(|until| *until > now);
        let has_room = delayed.len() < Limit::Delayed.quota() as usize;
        if has_room {
            delayed.push(now + i64::from(ms));
        }
        has_room
    });
    if !has_room {
        return reply::busy(Limit::Delayed).map(Some);
    }
    Edge.sleep_ms(f64::from(ms)).await;
    Ok(None)
}

/// Answers with as many bytes as asked for: large packets are lost on paths where small ones pass (RFC 8201).
fn large(request: &Request, env: &Env, n_bytes: usize, nonce: Option<&str>) -> Result<Response> {
    let body = NOISE.with(|noise| noise.subarray(0, n_bytes as u32));
    let is_head = request.method() == Method::Head;
    let mut response = Response::from(flow::response(&body, &ResponseInit::new(), is_head)?);
    if response.status_code() != 200 {
        return Ok(response);
    }
    let headers = response.headers_mut();
    headers.set("content-type", "application/octet-stream")?;
    let client = client::of(request, env);
    if let Some(ip) = client.ip {
        headers.set(CLIENT_HEADER, &client_text(ip, client.port))?;
    }
    if let Some(nonce) = nonce_text(nonce) {
        headers.set(NONCE_HEADER, nonce)?;
    }
    Ok(response)
}

/// Counts what it is sent and forgets it.
async fn sink(mut request: Request, env: &Env, nonce: Option<String>) -> Result<Response> {
    let answer = tell(&request, env, nonce);
    match body::swallow(&mut request, &SINK).await? {
        Ok(received_bytes) => reply::document(&ProbeSunk { answer, received_bytes }),
        Err(refusal) => Ok(refusal),
    }
}
