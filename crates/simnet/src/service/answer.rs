//! Answers HTTP requests well, as a behaviour words it, so that a prober and a browser page can measure them.

use super::{
    body::{Body, full},
    wire::Scene,
};
use crate::script::Behaviour;
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{self, HeaderMap, HeaderName, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::io::{AsyncRead, AsyncWrite};

/// The paths of a redirect chain: `/redirect/1`, `/redirect/2`, ...
const REDIRECT: &str = "/redirect/";
/// A connection on which no request comes is closed.
const IDLE: Duration = Duration::from_mins(1);

/// Serves HTTP/1.1 with keep-alive until the client goes.
pub async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, scene: Arc<Scene>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let scene = Arc::clone(&scene);
        async move {
            tokio::time::sleep(Duration::from_millis(scene.behaviour.delay_ms)).await;
            Ok::<_, Infallible>(answer(&scene, &request))
        }
    });
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

fn answer(scene: &Scene, request: &Request<Incoming>) -> Response<Body> {
    let (behaviour, path) = (&scene.behaviour, request.uri().path());
    let mut response = Response::new(full(Vec::new()));
    let headers = response.headers_mut();
    open_to_browsers(headers);
    if request.method() == Method::OPTIONS {
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD, POST, OPTIONS"));
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("*"));
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
        *response.status_mut() = StatusCode::NO_CONTENT;
        return response;
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    for (name, value) in &behaviour.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    let (status, location) = outcome(behaviour, path);
    if let Some(location) = location.and_then(|location| HeaderValue::try_from(location).ok()) {
        headers.insert(header::LOCATION, location);
    }
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let mut body =
        behaviour.body.clone().unwrap_or_else(|| format!("{} over {}\n", scene.service, scene.family)).into_bytes();
    let asked = first_bytes(request.headers()).filter(|_| behaviour.ranges && status == 200);
    if let Some(n_bytes) = asked.filter(|n| (1..body.len()).contains(n)) {
        let range = format!("bytes 0-{}/{}", n_bytes - 1, body.len());
        body.truncate(n_bytes);
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        if let Ok(range) = HeaderValue::try_from(range) {
            response.headers_mut().insert(header::CONTENT_RANGE, range);
        }
    }
    // hyper sends no body where RFC 9110 forbids one (HEAD, 204, 304).
    *response.body_mut() = full(body);
    response
}

/// RFC 9110 section 14.2: how many bytes from the beginning are asked for; other ranges are ignored, as they may be.
fn first_bytes(headers: &HeaderMap) -> Option<usize> {
    let last: usize = headers.get(header::RANGE)?.to_str().ok()?.strip_prefix("bytes=0-")?.parse().ok()?;
    last.checked_add(1)
}

/// Returns the status and, for a redirect, where to.
fn outcome(behaviour: &Behaviour, path: &str) -> (u16, Option<String>) {
    let seen = path.strip_prefix(REDIRECT).and_then(|n| n.parse().ok()).unwrap_or(0_u8);
    let redirect = if (300..400).contains(&behaviour.status) { behaviour.status } else { 302 };
    if seen < behaviour.redirects {
        (redirect, Some(format!("{REDIRECT}{}", seen + 1)))
    } else if let Some(to) = &behaviour.redirect_to {
        (redirect, Some(to.clone()))
    } else {
        (behaviour.status, None)
    }
}

/// A page of any origin may read the answer and its timing, and no cache stands between.
pub fn open_to_browsers(headers: &mut HeaderMap) {
    const OPEN: [(&str, &str); 5] = [
        ("access-control-allow-origin", "*"),
        ("access-control-expose-headers", "*"),
        // Private Network Access: a public page asks before it may reach loopback.
        ("access-control-allow-private-network", "true"),
        ("timing-allow-origin", "*"),
        ("cache-control", "no-store"),
    ];
    for (name, value) in OPEN {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_chain_ends_where_the_script_says() {
        let chain = Behaviour { redirects: 2, ..Behaviour::default() };
        assert_eq!(outcome(&chain, "/"), (302, Some("/redirect/1".into())));
        assert_eq!(outcome(&chain, "/redirect/1"), (302, Some("/redirect/2".into())));
        assert_eq!(outcome(&chain, "/redirect/2"), (200, None));
        let away = Behaviour { redirects: 1, redirect_to: Some("/x".into()), status: 308, ..Behaviour::default() };
        assert_eq!(outcome(&away, "/"), (308, Some("/redirect/1".into())));
        assert_eq!(outcome(&away, "/redirect/1"), (308, Some("/x".into())));
    }
}
