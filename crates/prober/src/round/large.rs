//! Tells a path that loses large packets (`path.mtu`, RFC 8201) from plain silence.
//!
//! The silent attempt goes on. Beside it two new connections ask again: one so that every packet of the answer is small,
//! and one as before. Where the small answer comes, and neither of the others, large packets are lost on the way.
//!
//! | host | the small question | confidence |
//! |---|---|---|
//! | can choose the size of segments | the same, in small segments | high |
//! | cannot | TLS: a handshake under TLS 1.3 with a share that nobody has, which is refused or asked for again | medium |
//! | | HTTP: the first 100 bytes; or a HEAD, where the same answer came whole over the other family and is large | medium |

use super::whole::Whole;
use crate::{
    body::{self, MAX_BODY_BYTES},
    dial::{Deadline, Dial, DialErrorKind},
    exchange::{Answer, Connection, Limits},
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
use http::{Method, header};
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
                matches!(answer, FirstAnswer::Retry | FirstAnswer::Refusal).then_some(Confidence::Medium)
            }
            Err(_) => None,
        }
    };
    compare(tools.dial, deadline, small, again).await
}

/// How much of an answer is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    All,
    FirstBytes,
    /// RFC 9110 section 9.3.2: what a GET would send, less the body.
    Head,
}

/// Asks a server for the whole answer to a GET, or only for its beginning. `twin` is what came over the other family.
pub(super) async fn exchange<D: Dial>(
    tools: &Tools<'_, D>,
    endpoint: &Endpoint,
    address: SocketAddr,
    request: impl Fn() -> Option<http::Request<body::RequestBody>>,
    twin: impl Fn() -> Option<Whole>,
    deadline: Deadline,
) -> Option<Confidence> {
    let ask = |stream, part: Part| {
        let mut request = request();
        match request.as_mut() {
            Some(request) if part == Part::FirstBytes => {
                request.headers_mut().insert(header::RANGE, header::HeaderValue::from_static(FIRST_BYTES));
            }
            Some(request) if part == Part::Head => *request.method_mut() = Method::HEAD,
            _ => {}
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
            Ok(stream) => ask(stream, Part::All).await.is_some(),
            Err(_) => false,
        }
    };
    let first_bytes = async {
        let answer = ask(tools.dial.connect(address).await.ok()?, Part::FirstBytes).await?;
        // RFC 9110 section 15.3.7: the server did as it was asked.
        (answer.status == 206).then_some(Confidence::Medium)
    };
    // A server may answer HEAD and be stuck in GET. The other family shows that this one is not, and that what it would
    // send is large.
    let head = async {
        let whole = twin().filter(|whole| whole.is_large())?;
        if request()?.method() != Method::GET {
            return None;
        }
        let answer = ask(tools.dial.connect(address).await.ok()?, Part::Head).await?;
        (answer.status == whole.status).then_some(Confidence::Medium)
    };
    let small = async {
        match tools.dial.connect_small(address).await {
            Ok(stream) => ask(stream, Part::All).await.map(|_| Confidence::High),
            Err(e) if e.kind == DialErrorKind::Unsupported => first_of(first_bytes, head).await,
            Err(_) => None,
        }
    };
    compare(tools.dial, deadline, small, again).await
}

/// Returns what the first of two finds that finds something.
async fn first_of<T>(a: impl Future<Output = Option<T>>, b: impl Future<Output = Option<T>>) -> Option<T> {
    match select(pin!(a), pin!(b)).await {
        Either::Left((Some(found), _)) | Either::Right((Some(found), _)) => Some(found),
        Either::Left((None, other)) => other.await,
        Either::Right((None, other)) => other.await,
    }
}

/// Sends a request; an answer that came whole.
async fn send<D: Dial, S: AsyncRead + AsyncWrite + Unpin + 'static>(
    dial: &D,
    stream: S,
    request: http::Request<body::RequestBody>,
    deadline: Deadline,
) -> Option<Answer> {
    let mut connection = Connection::open(stream).await.ok()?;
    let limits = Limits { body_bytes: MAX_BODY_BYTES };
    connection.send(dial, request, limits, deadline).await.ok()
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
