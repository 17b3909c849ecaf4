//! `/probe/*`: what a browser asks to test itself. Nothing of it is stored.

use crate::{client, dial::now, reply};
use dualwatch_wire::{
    door::{MAX_PROBE_BYTES, Probe},
    v1::{ProbeAnswer, VERSION},
};
use futures_util::StreamExt;
use serde::Serialize;
use worker::{Request, Response, Result};

pub async fn answer(request: Request, probe: Probe) -> Result<Response> {
    match probe {
        Probe::Ip { nonce } => ip(&request, nonce),
        Probe::Large { n_bytes } => large(n_bytes),
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
fn large(n_bytes: usize) -> Result<Response> {
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
        if received_bytes > MAX_PROBE_BYTES {
            return reply::bad_request(format!("the sink takes at most {MAX_PROBE_BYTES} bytes"));
        }
    }
    reply::document(&Swallowed { version: VERSION, received_bytes })
}
