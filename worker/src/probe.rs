//! `/probe/*`: what a browser asks to test itself. Nothing of it is stored.

use crate::{
    body::{self, Bound},
    client,
    dial::now,
    flow, reply,
};
use dualwatch_wire::v1::{ProbeAnswer, VERSION};
use serde::Serialize;
use worker::{Method, Request, Response, Result, js_sys::Uint8Array, web_sys::ResponseInit};

/// The longest large answer, and the most that the sink takes.
const MAX_BYTES: usize = 1024 * 1024;
/// Larger than any packet, and than the first flight of a fresh connection (RFC 6928): several full-size segments.
const DEFAULT_BYTES: u32 = 16 * 1024;
thread_local! {
    /// As many bytes as are ever asked for, made once and shared by all answers.
    static NOISE: Uint8Array = Uint8Array::from(&*noise());
}

const SINK: Bound = Bound { most_bytes: MAX_BYTES, title: "Too many bytes", hint: "send fewer" };
/// A nonce is repeated, so it is short.
const MAX_NONCE_CHARS: usize = 64;

pub async fn answer(request: Request, path: &str) -> Result<Response> {
    match (path, request.method()) {
        ("ip", Method::Get | Method::Head) => ip(&request),
        ("large", Method::Get | Method::Head) => large(&request),
        ("sink", Method::Post) => sink(request).await,
        ("ip" | "large", method) => reply::method_not_allowed(&method, "GET, HEAD"),
        ("sink", method) => reply::method_not_allowed(&method, "POST"),
        _ => reply::not_found("the probes are /probe/ip, /probe/large?bytes=N and /probe/sink"),
    }
}

/// Tells the peer's address, family and port, and repeats its nonce.
fn ip(request: &Request) -> Result<Response> {
    let client = client::of(request)?;
    let nonce = query(request, "nonce")?.map(|n| n.chars().take(MAX_NONCE_CHARS).collect());
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
fn large(request: &Request) -> Result<Response> {
    let n_bytes = match query(request, "bytes")?.map(|text| text.parse::<u32>()) {
        None => DEFAULT_BYTES,
        Some(Ok(n)) if (1..=MAX_BYTES as u32).contains(&n) => n,
        Some(_) => return reply::bad_request(format!("bytes must be a number from 1 to {MAX_BYTES}")),
    };
    let body = NOISE.with(|noise| noise.subarray(0, n_bytes));
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
    (0..MAX_BYTES).map(next).collect()
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

fn query(request: &Request, name: &str) -> Result<Option<String>> {
    let url = request.url()?;
    Ok(url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()))
}
