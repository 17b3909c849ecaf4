//! Tells a path that loses large packets (`path.mtu`, RFC 8201) from plain silence.
//!
//! The silent attempt goes on. Beside it two new connections ask again: one so that every packet of the answer is small,
//! and one as before. Where the small answer comes, and neither of the others, large packets are lost on the way.
//!
//! | host | the small question | confidence |
//! |---|---|---|
//! | can choose the size of segments | the same, in small segments | high |
//! | cannot | TLS: a key share that no server takes, so that it asks for another; HTTP: the first 100 bytes | medium |

use crate::{
    body::{self, MAX_BODY_BYTES},
    dial::{Deadline, Dial, DialErrorKind},
    exchange::{Connection, Limits},
    resolve::Tools,
    tls::{
        Speak,
        hello::{FirstAnswer, Share},
    },
};
use dualwatch_core::measure::{
    sample::Confidence,
    target::{Endpoint, Scheme},
};
use futures_util::future::{Either, select};
use http::header;
use std::{cell::Cell, convert::Infallible, net::SocketAddr, pin::pin};
use tokio::io::{AsyncRead, AsyncWrite};

/// Both new attempts end before the silent one does: its silence is the third witness.
const SHARE_OF_REST: f64 = 0.8;
/// RFC 9110 section 14.2. Head and body of such an answer fit into one packet of most servers.
const FIRST_BYTES: &str = "bytes=0-99";

/// Waits for a stage; once half of its time has passed it also looks whether small packets pass.
pub(super) async fn with_look<D: Dial, T>(
    dial: &D,
    deadline: Deadline,
    stage: impl Future<Output = T>,
    look: impl Future<Output = Option<Confidence>>,
) -> (T, Option<Confidence>) {
    let mut stage = pin!(stage);
    let half = pin!(dial.sleep_ms(deadline.remaining_ms(dial) / 2.0));
    let stage = match select(stage.as_mut(), half).await {
        Either::Left((done, _)) => return (done, None),
        Either::Right(((), stage)) => stage,
    };
    let found = Cell::new(None);
    let looking = pin!(async {
        found.set(look.await);
        std::future::pending::<Infallible>().await
    });
    match select(stage, looking).await {
        Either::Left((done, _)) => (done, found.get()),
        Either::Right((never, _)) => match never {},
    }
}

/// Asks a server for its part of the handshake.
pub(super) async fn handshake<D: Dial>(
    tools: &Tools<'_, D>,
    endpoint: &Endpoint,
    speak: Speak,
    address: SocketAddr,
    deadline: Deadline,
) -> Option<Confidence> {
    let first = |share, stream| tools.tls.first_answer(&endpoint.host, speak, tools.now, share, stream);
    let again = async {
        match tools.dial.connect(address).await {
            Ok(stream) => first(Share::Usual, stream).await.is_ok(),
            Err(_) => false,
        }
    };
    let small = async {
        match tools.dial.connect_small(address).await {
            Ok(stream) => {
                let shaken = tools.tls.handshake(&endpoint.host, speak, tools.now, stream).await;
                // A certificate that is not trusted came through as well.
                let has_come = shaken.map_or_else(|e| e.peer.certificate.is_some(), |_| true);
                has_come.then_some(Confidence::High)
            }
            Err(e) if e.kind == DialErrorKind::Unsupported => {
                let stream = tools.dial.connect(address).await.ok()?;
                let answer = first(Share::Nobodys, stream).await.ok()?;
                (answer == FirstAnswer::Retry).then_some(Confidence::Medium)
            }
            Err(_) => None,
        }
    };
    compare(tools.dial, deadline, small, again).await
}

/// Asks a server for the whole answer to a GET, or only for its first bytes.
pub(super) async fn exchange<D: Dial>(
    tools: &Tools<'_, D>,
    endpoint: &Endpoint,
    address: SocketAddr,
    request: impl Fn() -> Option<http::Request<body::RequestBody>>,
    deadline: Deadline,
) -> Option<Confidence> {
    let ask = |stream, is_range: bool| {
        let mut request = request();
        if let Some(request) = request.as_mut().filter(|_| is_range) {
            request.headers_mut().insert(header::RANGE, header::HeaderValue::from_static(FIRST_BYTES));
        }
        async move {
            let request = request?;
            match endpoint.scheme {
                Scheme::Https => {
                    let shaken = tools.tls.handshake(&endpoint.host, Speak::Http, tools.now, stream).await;
                    send(tools.dial, shaken.ok()?.0, request, deadline).await
                }
                _ => send(tools.dial, stream, request, deadline).await,
            }
        }
    };
    let again = async {
        match tools.dial.connect(address).await {
            Ok(stream) => ask(stream, false).await.is_some(),
            Err(_) => false,
        }
    };
    let small = async {
        match tools.dial.connect_small(address).await {
            Ok(stream) => ask(stream, false).await.map(|_| Confidence::High),
            Err(e) if e.kind == DialErrorKind::Unsupported => {
                let stream = tools.dial.connect(address).await.ok()?;
                let status = ask(stream, true).await?;
                // RFC 9110 section 15.3.7: the server did as it was asked.
                (status == 206).then_some(Confidence::Medium)
            }
            Err(_) => None,
        }
    };
    compare(tools.dial, deadline, small, again).await
}

/// Sends a request; the status of an answer that came whole.
async fn send<D: Dial, S: AsyncRead + AsyncWrite + Unpin + 'static>(
    dial: &D,
    stream: S,
    request: http::Request<body::RequestBody>,
    deadline: Deadline,
) -> Option<u16> {
    let mut connection = Connection::open(stream).await.ok()?;
    let limits = Limits { body_bytes: MAX_BODY_BYTES };
    connection.send(dial, request, limits, deadline).await.ok().map(|answer| answer.status)
}

async fn compare<D: Dial>(
    dial: &D,
    deadline: Deadline,
    small: impl Future<Output = Option<Confidence>>,
    again: impl Future<Output = bool>,
) -> Option<Confidence> {
    let soon = deadline.sooner(dial, deadline.remaining_ms(dial) * SHARE_OF_REST);
    let (small, again) = futures_util::join!(soon.bound(dial, small), soon.bound(dial, again));
    small.flatten().filter(|_| again != Some(true))
}
