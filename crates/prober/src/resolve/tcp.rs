//! DNS over TCP (RFC 7766): all questions at once over one connection.

use super::message::{self, Question, Reply};
use crate::{
    classify::{self, Failure},
    dial::{Deadline, Dial},
};
use dualwatch_core::measure::{cause::Cause, family::Family};
use hickory_proto::rr::Name;
use std::{io, net::SocketAddr};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Asks all questions; one result each, in order.
pub async fn ask<D: Dial>(
    dial: &D,
    resolver: SocketAddr,
    questions: &[(Name, Family)],
    deadline: Deadline,
) -> Vec<Result<Reply, Failure>> {
    let all = |failure: Failure| questions.iter().map(|_| Err(failure.clone())).collect();
    let mut stream = match deadline.bound(dial, dial.connect(resolver)).await {
        Some(Ok(stream)) => stream,
        Some(Err(error)) => return all(unreachable(resolver, &error.text)),
        None => return all(unreachable(resolver, "no answer")),
    };
    let mut asked = Vec::with_capacity(questions.len());
    for (i, (name, family)) in questions.iter().enumerate() {
        // One connection, one peer: ids need only differ, they are no secret here (RFC 7766 section 6.2.1).
        match message::question(name, *family, i as u16 + 1) {
            Ok(question) => asked.push(question),
            Err(failure) => return all(failure),
        }
    }
    let mut results: Vec<Option<Result<Reply, Failure>>> = vec![None; asked.len()];
    let exchange = exchange(&mut stream, &asked, &mut results);
    let ended = deadline.bound(dial, exchange).await;
    let rest = match ended {
        None => Failure::bare(Cause::DnsTimeout),
        Some(Ok(())) => Failure::with_error(Cause::DnsMalformed, "an answer to no question of ours".to_owned()),
        Some(Err(error)) => Failure::with_error(
            Cause::DnsMalformed,
            format!("the resolver ended the connection: {}", classify::io_text(&error)),
        ),
    };
    results.into_iter().map(|r| r.unwrap_or_else(|| Err(rest.clone()))).collect()
}

async fn exchange<S: AsyncReadExt + AsyncWriteExt + Unpin>(
    stream: &mut S,
    asked: &[Question],
    results: &mut [Option<Result<Reply, Failure>>],
) -> io::Result<()> {
    let mut out = Vec::new();
    for question in asked {
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
        let Some(at) = asked.iter().enumerate().position(is_open) else { return Ok(()) };
        results[at] = Some(message::read(&asked[at], &bytes));
    }
    Ok(())
}

fn unreachable(resolver: SocketAddr, why: &str) -> Failure {
    Failure::measurement(format!("reach the resolver {resolver}: {why}"))
}
