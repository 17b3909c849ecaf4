//! DNS over TCP (RFC 7766): all questions at once over one connection.

use super::message::{self, Extensions, Question, Reply};
use crate::{
    classify::{self, Failure},
    dial::{Deadline, Dial},
};
use dualwatch_core::measure::{cause::Cause, family::Family};
use hickory_proto::rr::Name;
use std::{io, net::SocketAddr};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Asks all questions; one result each, in order.
///
/// A server may close after any answer: what it left unanswered is asked again on a new connection (RFC 7766 section 6.2.4),
/// as long as each one brings an answer.
pub async fn ask<D: Dial>(
    dial: &D,
    resolver: SocketAddr,
    questions: &[(Name, Family)],
    extensions: Extensions,
    deadline: Deadline,
) -> Vec<Result<Reply, Failure>> {
    let all = |failure: Failure| questions.iter().map(|_| Err(failure.clone())).collect();
    let mut asked = Vec::with_capacity(questions.len());
    for (i, (name, family)) in questions.iter().enumerate() {
        // One connection, one peer: ids need only differ, they are no secret here (RFC 7766 section 6.2.1).
        match message::question(name, *family, extensions, i as u16 + 1) {
            Ok(question) => asked.push(question),
            Err(failure) => return all(failure),
        }
    }
    let mut results: Vec<Option<Result<Reply, Failure>>> = vec![None; asked.len()];
    let rest = loop {
        let n_open = results.iter().filter(|result| result.is_none()).count();
        let failure = ask_open(dial, resolver, &asked, &mut results, deadline).await;
        let n_still_open = results.iter().filter(|result| result.is_none()).count();
        match failure {
            Some(Ended::Closed(_)) if (1..n_open).contains(&n_still_open) => {}
            Some(Ended::Closed(failure) | Ended::Otherwise(failure)) => break failure,
            None => break Failure::bare(Cause::DnsTimeout),
        }
    };
    results.into_iter().map(|r| r.unwrap_or_else(|| Err(rest.clone()))).collect()
}

/// How a connection ended before everything was answered.
enum Ended {
    /// The resolver ended it.
    Closed(Failure),
    Otherwise(Failure),
}

/// Asks what is still open over one connection. `None`: all is answered.
async fn ask_open<D: Dial>(
    dial: &D,
    resolver: SocketAddr,
    asked: &[Question],
    results: &mut [Option<Result<Reply, Failure>>],
    deadline: Deadline,
) -> Option<Ended> {
    let mut stream = match deadline.bound(dial, dial.connect(resolver)).await {
        Some(Ok(stream)) => stream,
        Some(Err(error)) => return Some(Ended::Otherwise(unreachable(resolver, &error.text))),
        None => return Some(Ended::Otherwise(unreachable(resolver, "no answer"))),
    };
    let exchange = exchange(&mut stream, asked, results);
    match deadline.bound(dial, exchange).await {
        None => Some(Ended::Otherwise(Failure::bare(Cause::DnsTimeout))),
        Some(Ok(true)) => None,
        Some(Ok(false)) => {
            let text = "an answer to no question of ours".to_owned();
            Some(Ended::Otherwise(Failure::with_error(Cause::DnsMalformed, text)))
        }
        Some(Err(error)) => {
            let text = format!("the resolver ended the connection: {}", classify::io_text(&error));
            Some(Ended::Closed(Failure::with_error(Cause::DnsMalformed, text)))
        }
    }
}

/// Returns whether everything was answered; not where an answer came to no question of ours.
async fn exchange<S: AsyncReadExt + AsyncWriteExt + Unpin>(
    stream: &mut S,
    asked: &[Question],
    results: &mut [Option<Result<Reply, Failure>>],
) -> io::Result<bool> {
    let mut out = Vec::new();
    let open = asked.iter().zip(results.iter()).filter(|(_, result)| result.is_none());
    for (question, _) in open {
        let length = u16::try_from(question.bytes.len()).map_err(io::Error::other)?;
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(&question.bytes);
    }
    stream.write_all(&out).await?;
    stream.flush().await?;
    while results.iter().any(Option::is_none) {
        let length = stream.read_u16().await?;
        let mut bytes = vec![0; usize::from(length)];
        stream.read_exact(&mut bytes).await?;
        let id = bytes.get(..2).map(|b| u16::from_be_bytes([b[0], b[1]]));
        // A second answer to the same question is as wrong as one to none of ours, and could come without end.
        let is_open = |(i, q): (usize, &Question)| Some(q.id) == id && results[i].is_none();
        let Some(at) = asked.iter().enumerate().position(is_open) else { return Ok(false) };
        results[at] = Some(message::read(&asked[at], &bytes));
    }
    Ok(true)
}

fn unreachable(resolver: SocketAddr, why: &str) -> Failure {
    Failure::measurement(format!("reach the resolver {resolver}: {why}"))
}
