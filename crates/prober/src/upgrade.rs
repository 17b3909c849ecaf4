//! The one HTTP/1.1 exchange after which a connection speaks another protocol (RFC 9110 section 7.8).

use crate::{
    body::RequestBody,
    bounded::{Allowance, Bounded},
    classify::{self, Failure},
    dial::{Clock, Deadline, Stopwatch},
    exchange::{MAX_BYTES_TO_HEAD, Unanswered, speaker},
    mended::Mended,
};
use dualwatch_core::measure::cause::Cause;
use http::{HeaderMap, Request, StatusCode};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use std::{
    future::poll_fn,
    pin::pin,
    task::{Context, Poll},
};
use tokio::io::{AsyncRead, AsyncWrite};

/// What the server answered; a stream only where it switches.
pub struct Opening<S> {
    pub status: u16,
    pub headers: HeaderMap,
    pub first_byte_ms: f64,
    pub switched: Option<Switched<S>>,
}

/// A connection that speaks the other protocol from here on.
pub struct Switched<S> {
    pub stream: Bounded<S>,
    /// How many bytes more the server may send.
    pub allowance: Allowance,
    /// What came with the answer, and belongs to the other protocol already.
    pub first: Bytes,
}

/// Sends a request that asks for an upgrade and reads the head of the answer, within the deadline.
pub async fn upgrade<C: Clock, S: AsyncRead + AsyncWrite + Unpin>(
    clock: &C,
    stream: S,
    request: Request<RequestBody>,
    deadline: Deadline,
) -> Result<Opening<S>, Unanswered> {
    let watch = Stopwatch::start(clock);
    let opened = deadline.bound(clock, open(clock, watch, stream, request)).await;
    opened.unwrap_or(Err(Failure::bare(Cause::HttpTimeout))).map_err(|mut failure| {
        failure.evidence.elapsed_ms = Some(watch.elapsed_ms(clock));
        Unanswered { failure, status: None, first_byte_ms: None }
    })
}

/// hyper's own upgrades want a stream that is `Send`, which a worker's is not. So its connection is driven by hand, and
/// taken apart once the answer says that the protocol changes.
async fn open<C: Clock, S: AsyncRead + AsyncWrite + Unpin>(
    clock: &C,
    watch: Stopwatch,
    stream: S,
    request: Request<RequestBody>,
) -> Result<Opening<S>, Failure> {
    let (stream, allowance) = Bounded::asking_first(stream, MAX_BYTES_TO_HEAD);
    let stream = TokioIo::new(Mended::new(stream));
    let (mut sender, mut connection) =
        speaker().handshake(stream).await.map_err(|e| Failure::measurement(e.to_string()))?;
    let mut is_over = false;
    // Its errors reach whoever waits for the answer.
    let mut drive = |cx: &mut Context<'_>| {
        is_over = is_over || connection.poll_without_shutdown(cx).is_ready();
        is_over
    };
    let response = {
        let mut send = pin!(async {
            sender.ready().await?;
            sender.send_request(request).await
        });
        poll_fn(|cx| {
            drive(cx);
            send.as_mut().poll(cx)
        })
        .await
        .map_err(|e| classify::http(&e))?
    };
    let first_byte_ms = watch.elapsed_ms(clock);
    let (head, _body) = response.into_parts();
    let mut opening = Opening { status: head.status.as_u16(), headers: head.headers, first_byte_ms, switched: None };
    if head.status == StatusCode::SWITCHING_PROTOCOLS {
        poll_fn(|cx| if drive(cx) { Poll::Ready(()) } else { Poll::Pending }).await;
        let parts = connection.into_parts();
        let (stream, unread) = parts.io.into_inner().into_parts();
        let first = if unread.is_empty() { parts.read_buf } else { [&parts.read_buf[..], &unread].concat().into() };
        opening.switched = Some(Switched { stream, allowance, first });
    }
    Ok(opening)
}
