//! `/probe/*`: what a browser asks to test itself. Nothing of it is stored.

use crate::{
    body::{self, Bound},
    client,
    dial::now,
    flow, reply,
};
use dualwatch_wire::{
    door::{MAX_PROBE_BYTES, Probe},
    v1::{ProbeAnswer, VERSION},
};
use serde::Serialize;
use worker::{Method, Request, Response, Result, js_sys::Uint8Array, web_sys::ResponseInit};

thread_local! {
    /// As many bytes as are ever asked for, made once and shared by all answers.
    static NOISE: Uint8Array = Uint8Array::from(&*noise());
}

const SINK: Bound = Bound { most_bytes: MAX_PROBE_BYTES, title: "Too many bytes", hint: "send fewer" };

pub async fn answer(request: Request, probe: Probe) -> Result<Response> {
    match probe {
        Probe::Ip { nonce } => ip(&request, nonce),
        Probe::Large { n_bytes } => large(&request, n_bytes),
        Probe::Sink => sink(request).await,
    }
}

/// Tells the peer's address, family and port, and repeats its nonce.
fn ip(request: &Request, nonce: Option<String>) -> Result<Response> {
    let client = client::of(request)?;
    reply::document(&ProbeAnswer {
        version: VERSION,
        ip: client.ip,
        family: client.family,
        port: client.port,
        nonce,
        received_at: now(),
        protocol: client.protocol,
    })
}

/// Answers with as many bytes as asked for: large packets are lost on paths where small ones pass (RFC 8201).
fn large(request: &Request, n_bytes: usize) -> Result<Response> {
    let body = NOISE.with(|noise| noise.subarray(0, n_bytes as u32));
    let is_head = request.method() == Method::Head;
    let mut response = Response::from(flow::response(&body, &ResponseInit::new(), is_head)?);
    if response.status_code() != 200 {
        return Ok(response);
    }
    response.headers_mut().set("content-type", "application/octet-stream")?;
    response.headers_mut().set("cache-control", "no-store, no-transform")?;
    reply::public(response.headers_mut())?;
    Ok(response)
}

/// Bytes that are not constant: a compressing proxy must not make them small again.
fn noise() -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let next = |_| {
        // Marsaglia's xorshift32.
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_be_bytes()[0]
    };
    (0..MAX_PROBE_BYTES).map(next).collect()
}

#[derive(Serialize)]
struct Swallowed {
    version: u32,
    received_bytes: usize,
}

/// Counts what it is sent and forgets it.
async fn sink(mut request: Request) -> Result<Response> {
    match body::swallow(&mut request, &SINK).await? {
        Ok(received_bytes) => reply::document(&Swallowed { version: VERSION, received_bytes }),
        Err(refusal) => Ok(refusal),
    }
}
