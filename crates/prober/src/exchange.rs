//! One HTTP/1.1 connection over any stream: requests out, bounded answers in.

use crate::{
    body::{self, Body, RequestBody},
    bounded::{Allowance, Bounded},
    classify::{self, Failure},
    dial::{Clock, Deadline, Stopwatch},
    mended::Mended,
};
use dualwatch_core::measure::cause::Cause;
use futures_util::future::{Either, select};
use http::{HeaderMap, Request};
use http_body_util::BodyExt as _;
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use std::pin::Pin;
use tokio::io::{AsyncRead, AsyncWrite};

pub const USER_AGENT: &str = concat!("dualwatch/", env!("CARGO_PKG_VERSION"));
/// The status line and all headers together, however they come; more is `http.too_large`. Chromium takes as much, curl and
/// Firefox a little more.
pub const MAX_HEAD_BYTES: usize = 256 * 1024;
/// What may come before the head of an answer is whole: interim answers (1xx, RFC 9110 section 15.2), the head, and
/// one buffer of body behind it.
pub const MAX_BYTES_TO_HEAD: usize = 2 * MAX_HEAD_BYTES;
/// More header lines than this are `http.too_large`. Sites with long policies and many cookies have more than the hundred that
/// hyper takes by itself; no client takes more than a few thousand.
const MAX_HEADERS: usize = 1_000;
/// Chunks of one byte take six on the wire (RFC 9112 section 7.1).
const MAX_FRAMING: usize = 8;

#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Reading a body stops here.
    pub body_bytes: usize,
}

/// An answer, whole or cut at the limit.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Body,
    pub first_byte_ms: f64,
}

/// No answer, or not a whole one: how far it came.
#[derive(Debug)]
pub struct Unanswered {
    pub failure: Failure,
    pub status: Option<u16>,
    pub first_byte_ms: Option<f64>,
}

/// Returns how HTTP/1.1 is spoken here.
pub fn speaker() -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .max_buf_size(MAX_HEAD_BYTES)
        // What comes in one read may be more than the buffer is to hold.
        .max_header_size(MAX_HEAD_BYTES)
        .max_headers(MAX_HEADERS)
        // RFC 9112 section 5.2: a user agent must read a header that goes on in the next line.
        .allow_obsolete_multiline_headers_in_responses(true)
        // A space before the colon, and a line that is no header (a control character in its value): browsers and curl read the
        // first, and pass over or keep the second; none calls the whole answer no HTTP.
        .allow_spaces_after_header_name_in_responses(true)
        .ignore_invalid_headers_in_responses(true);
    builder
}

/// An open HTTP/1.1 connection. It works only while a request is under way: there is no task beside it.
pub struct Connection {
    sender: http1::SendRequest<RequestBody>,
    driver: Pin<Box<dyn Future<Output = ()>>>,
    allowance: Allowance,
}

impl Connection {
    pub async fn open<S: AsyncRead + AsyncWrite + Unpin + 'static>(stream: S) -> Result<Self, String> {
        let (stream, allowance) = Bounded::asking_first(stream, MAX_BYTES_TO_HEAD);
        let (sender, connection) =
            speaker().handshake(TokioIo::new(Mended::new(stream))).await.map_err(|e| e.to_string())?;
        // Errors of the connection reach whoever waits for the answer; the driver itself then only rests.
        let driver = Box::pin(async move {
            let _ = connection.await;
            std::future::pending::<()>().await;
        });
        Ok(Self { sender, driver, allowance })
    }

    /// Sends a request and reads the answer. The deadline holds for both.
    pub async fn send<C: Clock>(
        &mut self,
        clock: &C,
        request: Request<RequestBody>,
        limits: Limits,
        deadline: Deadline,
    ) -> Result<Answer, Unanswered> {
        let watch = Stopwatch::start(clock);
        let mut seen = Seen::default();
        self.allowance.set(MAX_BYTES_TO_HEAD);
        let exchange = exchange(&mut self.sender, clock, watch, request, limits, &self.allowance, &mut seen);
        let driven = async {
            match select(std::pin::pin!(exchange), &mut self.driver).await {
                Either::Left((result, _)) => result,
                // The driver never ends.
                Either::Right(((), exchange)) => exchange.await,
            }
        };
        let result = deadline.bound(clock, driven).await.unwrap_or(Err(Failure::bare(Cause::HttpTimeout)));
        result.map_err(|mut failure| {
            failure.evidence.elapsed_ms = Some(watch.elapsed_ms(clock));
            Unanswered { failure, status: seen.status, first_byte_ms: seen.first_byte_ms }
        })
    }
}

impl Connection {
    /// Sends a request and reads the head of the answer. The deadline holds for both.
    pub async fn head<C: Clock>(
        &mut self,
        clock: &C,
        request: Request<RequestBody>,
        deadline: Deadline,
    ) -> Result<(u16, HeaderMap), Failure> {
        self.allowance.set(MAX_BYTES_TO_HEAD);
        let sender = &mut self.sender;
        let exchange = async {
            sender.ready().await.map_err(|e| classify::http(&e))?;
            let response = sender.send_request(request).await.map_err(|e| classify::http(&e))?;
            Ok((response.status().as_u16(), response.headers().clone()))
        };
        let driven = async {
            match select(std::pin::pin!(exchange), &mut self.driver).await {
                Either::Left((result, _)) => result,
                // The driver never ends.
                Either::Right(((), exchange)) => exchange.await,
            }
        };
        deadline.bound(clock, driven).await.unwrap_or(Err(Failure::bare(Cause::HttpTimeout)))
    }
}

/// How far an exchange came, also when it did not end well.
#[derive(Default)]
struct Seen {
    status: Option<u16>,
    first_byte_ms: Option<f64>,
}

async fn exchange<C: Clock>(
    sender: &mut http1::SendRequest<RequestBody>,
    clock: &C,
    watch: Stopwatch,
    request: Request<RequestBody>,
    limits: Limits,
    allowance: &Allowance,
    seen: &mut Seen,
) -> Result<Answer, Failure> {
    sender.ready().await.map_err(|e| classify::http(&e))?;
    let response = sender.send_request(request).await.map_err(|e| classify::http(&e))?;
    allowance.set(MAX_BYTES_TO_HEAD);
    let first_byte_ms = watch.elapsed_ms(clock);
    let (head, incoming) = response.into_parts();
    seen.first_byte_ms = Some(first_byte_ms);
    seen.status = Some(head.status.as_u16());
    // What frames the body may only come with a body.
    let incoming = incoming.map_frame(|frame| {
        allowance.add(MAX_FRAMING * frame.data_ref().map_or(0, Bytes::len));
        frame
    });
    let body = body::read(incoming, limits.body_bytes).await?;
    Ok(Answer { status: head.status.as_u16(), headers: head.headers, body, first_byte_ms })
}
