//! DNS over HTTPS (RFC 8484) by POST over HTTP/1.1, one question after the other on one connection.

use super::{
    Tools,
    message::{self, Extensions, Question, Reply},
};
use crate::{
    body,
    classify::Failure,
    dial::{Deadline, Dial},
    exchange::{Answer, Connection, Limits},
    tls::Speak,
};
use dualwatch_core::measure::{
    cause::{Cause, Phase},
    family::Family,
    target::{Endpoint, Scheme},
};
use hickory_proto::rr::Name;
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
    questions: &[(Name, Family)],
    extensions: Extensions,
    deadline: Deadline,
) -> Vec<Result<Reply, Failure>> {
    let mut connection = None;
    let mut results: Vec<Result<Reply, Failure>> = Vec::with_capacity(questions.len());
    for (name, family) in questions {
        let question = match message::question(name, *family, extensions, 0) {
            Ok(question) => question,
            Err(failure) => {
                results.push(Err(failure));
                continue;
            }
        };
        // The time is over for all questions alike.
        if let Some(Err(failure)) = results.last()
            && failure.cause == Cause::DnsTimeout
        {
            results.push(Err(failure.clone()));
            continue;
        }
        // A server may close after any answer (RFC 9112 section 9.3): then the question goes out on a new connection.
        let is_reused = connection.is_some();
        let mut result = ask_one(tools, endpoint, address, &mut connection, &question, deadline).await;
        if is_reused && matches!(&result, Err(failure) if failure.cause == Cause::HttpClosed) {
            connection = None;
            result = ask_one(tools, endpoint, address, &mut connection, &question, deadline).await;
        }
        results.push(result.and_then(|answer| read(&question, &answer)).map_err(in_dns_terms));
    }
    results
}

/// Causes of the exchange are not the target's here, but the resolver's.
fn in_dns_terms(failure: Failure) -> Failure {
    match failure.cause.phase() {
        Phase::Exchange if failure.cause == Cause::HttpTimeout => Failure::bare(Cause::DnsTimeout),
        Phase::Exchange => Failure::with_error(Cause::DnsMalformed, failure.to_string()),
        _ => failure,
    }
}

async fn open<D: Dial>(tools: &Tools<'_, D>, endpoint: &Endpoint, address: SocketAddr) -> Result<Connection, String> {
    let stream = tools.dial.connect(address).await.map_err(|e| e.text)?;
    match endpoint.scheme {
        Scheme::Https => {
            let (stream, _) = tools
                .tls
                .handshake(&endpoint.host, Speak::Http, tools.now, stream)
                .await
                .map_err(|e| e.failure.evidence.error.unwrap_or_else(|| e.failure.cause.to_string()))?;
            Connection::open(stream).await
        }
        _ => Connection::open(stream).await,
    }
}

async fn ask_one<D: Dial>(
    tools: &Tools<'_, D>,
    endpoint: &Endpoint,
    address: SocketAddr,
    connection: &mut Option<Connection>,
    question: &Question,
    deadline: Deadline,
) -> Result<Answer, Failure> {
    let request = http::Request::builder()
        .method(Method::POST)
        .uri(&endpoint.path)
        .header(header::HOST, endpoint.authority())
        .header(header::ACCEPT, MEDIA_TYPE)
        .header(header::CONTENT_TYPE, MEDIA_TYPE)
        .header(header::USER_AGENT, crate::exchange::USER_AGENT)
        .body(body::request(question.bytes.clone()))
        .map_err(|e| Failure::measurement(format!("ask {endpoint}: {e}")))?;
    let open_one = if let Some(open) = connection {
        open
    } else {
        let opened = deadline.bound(tools.dial, open(tools, endpoint, address)).await;
        let opened = opened
            .unwrap_or_else(|| Err("no answer".to_owned()))
            .map_err(|why| Failure::measurement(format!("reach the resolver {endpoint} at {address}: {why}")))?;
        connection.insert(opened)
    };
    let limits = Limits { body_bytes: MAX_ANSWER_BYTES };
    open_one.send(tools.dial, request, limits, deadline).await.map_err(|unanswered| unanswered.failure)
}

fn read(question: &Question, answer: &Answer) -> Result<Reply, Failure> {
    let malformed = |text: String| Failure::with_error(Cause::DnsMalformed, text);
    if answer.status != 200 {
        let text = format!("the resolver answered HTTP {}", answer.status);
        // RFC 8484 section 4.2.1: no DNS answer at all; 5xx is the resolver's own failure, as SERVFAIL is.
        let is_servers = (500..600).contains(&answer.status);
        return Err(Failure::with_error(if is_servers { Cause::DnsServfail } else { Cause::DnsMalformed }, text));
    }
    if answer.body.is_cut {
        return Err(malformed(format!("the resolver sent more than {MAX_ANSWER_BYTES} bytes")));
    }
    let content_type = answer.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("nothing");
    if !content_type.split(';').next().is_some_and(|t| t.trim().eq_ignore_ascii_case(MEDIA_TYPE)) {
        return Err(malformed(format!("the resolver sent {content_type}, not {MEDIA_TYPE}")));
    }
    message::read(question, &answer.body.bytes)
}
