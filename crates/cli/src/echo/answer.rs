//! What is answered to a request: the same as the worker answers at `/probe/*`.

use super::limits::Limits;
use dualwatch_core::measure::{family::Family, time::Timestamp};
use dualwatch_wire::{
    answer::probe::{CLIENT_HEADER, HEADERS, NONCE_HEADER, PREFLIGHT, client, noise, nonce as nonce_text},
    door::{self, MAX_PROBE_BYTES, Probe, Refusal, Route},
    problem::{self, Problem},
    v1::{ProbeAnswer, ProbeSunk, VERSION},
};
use http_body_util::BodyExt as _;
use hyper::{
    Method, Request, Response, StatusCode, Version,
    body::{Body, Bytes, Frame, Incoming, SizeHint},
    header::{self, HeaderName, HeaderValue},
};
use serde::Serialize;
use std::{
    cell::{Cell, RefCell},
    convert::Infallible,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// The longest target of a request, in bytes.
const MAX_TARGET: usize = 8 * 1024;
/// How long a body may take.
const BODY_WITHIN: Duration = Duration::from_secs(15);
/// A large answer is handed over in pieces of this size, so that a connection holds no more of it.
const PIECE: usize = 16 * 1024;

/// What is answered with: bytes that all answers share, piece by piece.
pub struct Pieces(Bytes);

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.0.is_empty() {
            return Poll::Ready(None);
        }
        let n = self.0.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(self.0.split_to(n)))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.len() as u64)
    }
}

/// What all answers are made with.
pub struct Echo {
    pub limits: RefCell<Limits>,
    pub n_answered: Cell<u64>,
    began: Instant,
    noise: Bytes,
}

impl Echo {
    pub fn new(limits: Limits) -> Self {
        Self {
            limits: RefCell::new(limits),
            n_answered: Cell::new(0),
            began: Instant::now(),
            noise: noise(MAX_PROBE_BYTES).into(),
        }
    }

    /// Milliseconds since it began, as [`Limits`] counts.
    pub fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Answers a request of `peer`.
    pub async fn answer(&self, request: Request<Incoming>, peer: SocketAddr) -> Response<Pieces> {
        self.n_answered.set(self.n_answered.get() + 1);
        let answer = match asked(&request) {
            Ok(Route::Options) => preflight(),
            Ok(Route::Health) => Response::new(Pieces(Bytes::from_static(b"ok\n"))),
            Ok(Route::Probe(probe)) => self.probe(request, probe, peer).await,
            Ok(_) => refuse(&nothing()),
            Err(refusal) => refuse(&refusal),
        };
        public(answer)
    }

    async fn probe(&self, request: Request<Incoming>, probe: Probe, peer: SocketAddr) -> Response<Pieces> {
        match probe {
            Probe::Ip { nonce, delay_ms } => {
                let told = tell(&request, peer, nonce);
                delay(delay_ms).await;
                document(StatusCode::OK, "application/json", &told)
            }
            Probe::Large { n_bytes, nonce, delay_ms } => {
                delay(delay_ms).await;
                self.large(request.method(), n_bytes, nonce.as_deref(), peer)
            }
            Probe::Sink { nonce } => sink(request, peer, nonce).await,
            Probe::Dns { .. } => {
                refuse(&Refusal::NotFound("this program asks no resolver; the worker answers /probe/dns".to_owned()))
            }
        }
    }

    fn large(&self, method: &Method, n_bytes: usize, nonce: Option<&str>, peer: SocketAddr) -> Response<Pieces> {
        let is_sent = method != Method::HEAD;
        if is_sent && !self.limits.borrow_mut().take_large(peer.ip(), n_bytes, self.now_ms()) {
            let detail = "large answers are bounded by the second; ask again in a moment";
            let mut response = tell_problem(&Problem::new(429, "too-many", "Too many large answers", detail));
            set(&mut response, header::RETRY_AFTER, "4");
            return response;
        }
        let mut response = Response::new(Pieces(self.noise.slice(..n_bytes.min(self.noise.len()))));
        set(&mut response, header::CONTENT_TYPE, "application/octet-stream");
        set(&mut response, HeaderName::from_static(CLIENT_HEADER), &client(peer.ip(), Some(peer.port())));
        if let Some(nonce) = nonce_text(nonce) {
            set(&mut response, HeaderName::from_static(NONCE_HEADER), nonce);
        }
        response
    }
}

/// Returns what is asked for. Only the self-test is answered here, whatever else the worker has.
fn asked(request: &Request<Incoming>) -> Result<Route, Refusal> {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    if target.len() > MAX_TARGET {
        return Err(Refusal::Bad(format!("an address has at most {MAX_TARGET} bytes")));
    }
    let path = target.split('?').next().unwrap_or_default();
    if request.method() != Method::OPTIONS && !path.starts_with("/probe/") && !matches!(path, "/hello" | "/healthz") {
        return Err(nothing());
    }
    door::parse(request.method().as_str(), &format!("http://echo{target}"), now())
}

fn nothing() -> Refusal {
    Refusal::NotFound(
        "this is `dualwatch echo`: /probe/ip (also as /hello), /probe/large?bytes=N and /probe/sink are here"
            .to_owned(),
    )
}

fn tell(request: &Request<Incoming>, peer: SocketAddr, nonce: Option<String>) -> ProbeAnswer {
    let protocol = if request.version() == Version::HTTP_10 { "HTTP/1.0" } else { "HTTP/1.1" };
    ProbeAnswer {
        version: VERSION,
        ip: Some(peer.ip()),
        family: Some(Family::of(peer.ip())),
        port: Some(peer.port()),
        nonce,
        received_at: now(),
        protocol: Some(protocol.to_owned()),
        // Nothing here knows whose networks are whose.
        asn: None,
        network: None,
    }
}

/// Counts what it is sent and forgets it.
async fn sink(request: Request<Incoming>, peer: SocketAddr, nonce: Option<String>) -> Response<Pieces> {
    let answer = tell(&request, peer, nonce);
    let mut body = request.into_body();
    let too_many = || {
        let detail = format!("at most {MAX_PROBE_BYTES} bytes are taken at once; send fewer");
        last(tell_problem(&Problem::new(413, "too-large", "Too many bytes", detail)))
    };
    // What announces too much is refused before any of it is read.
    if body.size_hint().lower() > MAX_PROBE_BYTES as u64 {
        return too_many();
    }
    let swallow = async {
        let mut n_bytes = 0;
        while let Some(frame) = body.frame().await {
            n_bytes += frame?.data_ref().map_or(0, Bytes::len);
            if n_bytes > MAX_PROBE_BYTES {
                break;
            }
        }
        Ok::<_, hyper::Error>(n_bytes)
    };
    match tokio::time::timeout(BODY_WITHIN, swallow).await {
        Ok(Ok(received_bytes)) if received_bytes <= MAX_PROBE_BYTES => {
            document(StatusCode::OK, "application/json", &ProbeSunk { answer, received_bytes })
        }
        Ok(Ok(_)) => too_many(),
        Ok(Err(_)) => last(refuse(&Refusal::Bad("the body cannot be read".to_owned()))),
        Err(_) => {
            let detail = format!("a body may take {} s", BODY_WITHIN.as_secs());
            last(tell_problem(&Problem::new(408, "too-slow", "Too slow", detail)))
        }
    }
}

async fn delay(ms: u32) {
    if ms > 0 {
        tokio::time::sleep(Duration::from_millis(ms.into())).await;
    }
}

fn preflight() -> Response<Pieces> {
    let mut response = Response::new(Pieces(Bytes::new()));
    *response.status_mut() = StatusCode::NO_CONTENT;
    for (name, value) in PREFLIGHT {
        set(&mut response, HeaderName::from_static(name), value);
    }
    response
}

fn refuse(refusal: &Refusal) -> Response<Pieces> {
    let mut response = tell_problem(&refusal.problem());
    if let Refusal::Method(allowed) = refusal {
        set(&mut response, header::ALLOW, allowed);
    }
    response
}

fn tell_problem(problem: &Problem) -> Response<Pieces> {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    document(status, problem::CONTENT_TYPE, problem)
}

fn document<T: Serialize>(status: StatusCode, content_type: &str, value: &T) -> Response<Pieces> {
    // These documents have no part that JSON cannot hold.
    let mut response = Response::new(Pieces(serde_json::to_vec(value).unwrap_or_default().into()));
    *response.status_mut() = status;
    set(&mut response, header::CONTENT_TYPE, content_type);
    response
}

/// Nothing else is read of this connection.
fn last(mut response: Response<Pieces>) -> Response<Pieces> {
    set(&mut response, header::CONNECTION, "close");
    response
}

/// What every answer has.
fn public(mut response: Response<Pieces>) -> Response<Pieces> {
    for (name, value) in HEADERS {
        set(&mut response, HeaderName::from_static(name), value);
    }
    response
}

fn set(response: &mut Response<Pieces>, name: HeaderName, value: &str) {
    // Nothing that came from outside is a value without having been looked at.
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_ms(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}
