//! `/probe/*`: what a browser asks to test itself. Nothing of it is stored.

use crate::{client, dial::now, reply};
use dualwatch_wire::v1::{ProbeAnswer, VERSION};
use futures_util::StreamExt;
use serde::Serialize;
use worker::{Method, Request, Response, Result};

/// The longest large answer, and the most that the sink takes.
const MAX_BYTES: usize = 1024 * 1024;
/// Larger than any packet, and than the first flight of a fresh connection (RFC 6928): several full-size segments.
const DEFAULT_BYTES: usize = 16 * 1024;
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
    let n_bytes = match query(request, "bytes")?.map(|text| text.parse::<usize>()) {
        None => DEFAULT_BYTES,
        Some(Ok(n)) if (1..=MAX_BYTES).contains(&n) => n,
        Some(_) => return reply::bad_request(format!("bytes must be a number from 1 to {MAX_BYTES}")),
    };
    // Not constant: a compressing proxy must not make it small again.
    let mut state = 0x9e37_79b9_u32;
    let bytes = (0..n_bytes)
        .map(|_| {
            // Marsaglia's xorshift32.
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state.to_be_bytes()[0]
        })
        .collect();
    let mut response = Response::from_bytes(bytes)?;
    response.headers_mut().set("cache-control", "no-store, no-transform")?;
    reply::public(response.headers_mut())?;
    Ok(response)
}

#[derive(Serialize)]
struct Swallowed {
    version: u32,
    received_bytes: usize,
}

/// Counts what it is sent and forgets it.
async fn sink(mut request: Request) -> Result<Response> {
    let mut received_bytes = 0;
    let mut stream = request.stream()?;
    while let Some(chunk) = stream.next().await {
        received_bytes += chunk?.len();
        if received_bytes > MAX_BYTES {
            return reply::bad_request(format!("the sink takes at most {MAX_BYTES} bytes"));
        }
    }
    reply::document(&Swallowed { version: VERSION, received_bytes })
}

fn query(request: &Request, name: &str) -> Result<Option<String>> {
    let url = request.url()?;
    Ok(url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()))
}
