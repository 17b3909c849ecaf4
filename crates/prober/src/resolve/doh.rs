//! DNS over HTTPS (RFC 8484) by POST over HTTP/1.1, one question after the other on one connection.

use super::{
    Tools,
    message::{self, Reply},
};
use crate::{
    body,
    classify::Failure,
    dial::{Deadline, Dial},
    exchange::{Connection, Limits},
};
use dualwatch_core::{
    cause::Cause,
    family::Family,
    target::{Endpoint, Scheme},
};
use http::{Method, header};
use std::net::SocketAddr;

const MEDIA_TYPE: &str = "application/dns-message";
/// RFC 1035: no message is longer over TCP, nor is it here.
const MAX_ANSWER_BYTES: usize = 65_535;

/// Asks all questions; one result each, in order.
pub async fn ask<D: Dial>(
    tools: &Tools<'_, D>,
    endpoint: &Endpoint,
    address: SocketAddr,
    questions: &[(String, Family)],
    deadline: Deadline,
) -> Vec<Result<Reply, Failure>> {
    let opened = match deadline.bound(tools.dial, open(tools, endpoint, address)).await {
        Some(opened) => opened,
        None => Err("no answer".to_owned()),
    };
    let mut connection = match opened {
        Ok(connection) => connection,
        Err(why) => {
            let failure = Failure::measurement(format!("reach the resolver {endpoint} at {address}: {why}"));
            return questions.iter().map(|_| Err(failure.clone())).collect();
        }
    };
    let mut results = Vec::with_capacity(questions.len());
    for (name, family) in questions {
        results.push(ask_one(tools.dial, &mut connection, endpoint, name, *family, deadline).await);
    }
    results
}

async fn open<D: Dial>(tools: &Tools<'_, D>, endpoint: &Endpoint, address: SocketAddr) -> Result<Connection, String> {
    let stream = tools.dial.connect(address).await.map_err(|e| e.text)?;
    match endpoint.scheme {
        Scheme::Https => {
            let (stream, _) = tools
                .tls
                .handshake(&endpoint.host, tools.now, stream)
                .await
                .map_err(|e| e.failure.evidence.error.unwrap_or_else(|| e.failure.cause.to_string()))?;
            Connection::open(stream).await
        }
        Scheme::Http | Scheme::Tcp => Connection::open(stream).await,
    }
}

async fn ask_one<D: Dial>(
    dial: &D,
    connection: &mut Connection,
    endpoint: &Endpoint,
    name: &str,
    family: Family,
    deadline: Deadline,
) -> Result<Reply, Failure> {
    let question = message::question(name, family, 0)?;
    let request = http::Request::builder()
        .method(Method::POST)
        .uri(&endpoint.path)
        .header(header::HOST, endpoint.authority())
        .header(header::ACCEPT, MEDIA_TYPE)
        .header(header::CONTENT_TYPE, MEDIA_TYPE)
        .header(header::USER_AGENT, crate::exchange::USER_AGENT)
        .body(body::request(question.bytes.clone()))
        .map_err(|e| Failure::measurement(format!("ask {endpoint}: {e}")))?;
    let malformed = |text: String| Failure::with_error(Cause::DnsMalformed, text);
    let limits = Limits { body_bytes: MAX_ANSWER_BYTES };
    let answer = match connection.send(dial, request, limits, deadline).await {
        Ok(answer) => answer,
        Err(failure) if failure.failure.cause == Cause::HttpTimeout => return Err(Failure::bare(Cause::DnsTimeout)),
        Err(failure) => return Err(malformed(failure.failure.to_string())),
    };
    if answer.status != 200 {
        return Err(malformed(format!("the resolver answered HTTP {}", answer.status)));
    }
    let content_type = answer.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("nothing");
    if !content_type.split(';').next().is_some_and(|t| t.trim().eq_ignore_ascii_case(MEDIA_TYPE)) {
        return Err(malformed(format!("the resolver sent {content_type}, not {MEDIA_TYPE}")));
    }
    message::read(&question, &answer.body.bytes)
}
