//! Answers DNS questions over HTTPS (RFC 8484), or misbehaves as the path asks: `/dns-query/WORD`.

use super::answer::{Odd, Reply, Transport, Zone};
use crate::{
    service::{Body, endless, full},
    tasks::accept_loop,
    words::Doh,
};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use http_body_util::{BodyExt, Limited};
use hyper::{Method, Request, Response, StatusCode, body::Incoming, header, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use std::{convert::Infallible, future::pending, sync::Arc};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

/// The path of RFC 8484's examples.
pub const PATH: &str = "/dns-query";
const MEDIA_TYPE: &str = "application/dns-message";
/// RFC 5246 section 6.2.1: the first byte of a TLS handshake record.
const TLS_HANDSHAKE: u8 = 0x16;
/// RFC 8484 section 6: a DNS message is at most this long.
const MAX_MESSAGE: usize = 65_535;

/// Answers connections, with and without TLS, until it is dropped.
pub async fn serve(listener: TcpListener, zone: Arc<Zone>, tls: TlsAcceptor) {
    accept_loop(listener, move |stream| {
        let (zone, tls) = (Arc::clone(&zone), tls.clone());
        async move {
            let _ = stream.set_nodelay(true);
            let mut first = [0];
            if !matches!(stream.peek(&mut first).await, Ok(1)) {
                return;
            }
            if first[0] == TLS_HANDSHAKE {
                if let Ok(stream) = tls.accept(stream).await {
                    converse(stream, zone).await;
                }
            } else {
                converse(stream, zone).await;
            }
        }
    })
    .await;
}

async fn converse(stream: impl AsyncRead + AsyncWrite + Unpin, zone: Arc<Zone>) {
    let service = service_fn(move |request| {
        let zone = Arc::clone(&zone);
        async move { Ok::<_, Infallible>(answer(request, &zone).await) }
    });
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(request: Request<Incoming>, zone: &Zone) -> Response<Body> {
    let word = match request.uri().path().strip_prefix(PATH) {
        Some("") => Doh::Good.word(),
        Some(rest) => rest.trim_start_matches('/'),
        None => return plain(StatusCode::NOT_FOUND, "DNS is answered at /dns-query"),
    };
    let Some(doh) = Doh::from_word(word) else {
        return plain(StatusCode::NOT_FOUND, "no such behaviour");
    };
    match doh {
        Doh::Http500 => return plain(StatusCode::INTERNAL_SERVER_ERROR, "the resolver has a bad day"),
        Doh::WrongContentType => return page(),
        Doh::Empty => return message(full(Vec::new())),
        Doh::Endless => return message(endless()),
        Doh::Silent => return pending().await,
        Doh::Good | Doh::Cut => {}
    }
    let question = match question(request).await {
        Ok(question) => question,
        Err((status, why)) => return plain(status, why),
    };
    let (reply, delay) = zone.reply(&question, Transport::Stream);
    tokio::time::sleep(delay).await;
    match reply {
        Reply::Bytes(mut bytes) | Reply::Last(mut bytes) | Reply::Odd(Odd { mut bytes, .. }) => {
            if doh == Doh::Cut {
                bytes.truncate(bytes.len() * 2 / 3);
            }
            message(full(bytes))
        }
        Reply::Silence => pending().await,
        Reply::Close => plain(StatusCode::BAD_REQUEST, "no answer for this"),
    }
}

/// Returns the DNS message of a request (RFC 8484 section 4.1).
async fn question(request: Request<Incoming>) -> Result<Vec<u8>, (StatusCode, &'static str)> {
    match *request.method() {
        Method::GET => {
            let encoded = request.uri().query().unwrap_or_default().split('&').find_map(|p| p.strip_prefix("dns="));
            encoded
                .and_then(|text| BASE64_URL_SAFE_NO_PAD.decode(text).ok())
                .ok_or((StatusCode::BAD_REQUEST, "no dns= parameter in base64url"))
        }
        Method::POST => {
            if request.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind != MEDIA_TYPE) {
                return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "expected application/dns-message"));
            }
            let body = Limited::new(request.into_body(), MAX_MESSAGE).collect().await;
            body.map(|body| body.to_bytes().to_vec()).map_err(|_| (StatusCode::PAYLOAD_TOO_LARGE, "too long"))
        }
        _ => Err((StatusCode::METHOD_NOT_ALLOWED, "expected GET or POST")),
    }
}

fn message(body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(MEDIA_TYPE));
    response
}

fn page() -> Response<Body> {
    let mut response = Response::new(full("<!doctype html><title>Welcome</title><p>Please accept our terms."));
    let html = header::HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    response
}

fn plain(status: StatusCode, why: &'static str) -> Response<Body> {
    let mut response = Response::new(full(why));
    *response.status_mut() = status;
    response
}
