//! Posting a text to where an operator wants it: by the same rule of addresses that holds for what is measured.
//!
//! The name is resolved here, each address is judged, and what was judged is what is connected to. A redirect is not
//! followed: it would lead to where nobody has allowed us to go.

use crate::{
    Prober, body,
    classify::Failure,
    connect::{MAX_ATTEMPTS, NotConnected, connect},
    dial::{Deadline, Dial},
    exchange::{Connection, USER_AGENT},
    resolve::{Tools, resolve},
    tls::Speak,
};
use dualwatch_core::measure::{
    address,
    cause::Cause,
    family::Family,
    target::{Endpoint, Scheme},
};
use http::{HeaderMap, Method, Request, header};
use std::net::{IpAddr, SocketAddr};
use tokio::io::{AsyncRead, AsyncWrite};

/// The head of an answer; its body is not read, however long it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    pub status: u16,
    /// RFC 9110 section 10.2.3, as it was written.
    pub retry_after: Option<String>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotPosted {
    /// No connection, or one that broke; in words.
    Unreachable(String),
    TimedOut,
    /// The host lets nobody connect to these addresses, though they are allowed here.
    HostForbids,
}

impl<D: Dial> Prober<D> {
    /// Posts a text within `within_ms`, over whichever family answers first in the order of RFC 6724: IPv6, then IPv4.
    pub async fn post(
        &self,
        endpoint: &Endpoint,
        headers: &[(&str, String)],
        text: &str,
        within_ms: f64,
    ) -> Result<Posted, NotPosted> {
        let tools = self.tools();
        let deadline = Deadline::after(tools.dial, within_ms);
        let request = request(endpoint, headers, text).map_err(|error| NotPosted::Unreachable(error.to_string()))?;
        let addresses = addresses(&tools, endpoint, deadline).await?;
        let connected =
            connect(tools.dial, &addresses, deadline).await.map_err(|not: NotConnected| match not.cause {
                Cause::PolicyPlatform => NotPosted::HostForbids,
                Cause::TcpTimeout if deadline.remaining_ms(tools.dial) <= 0.0 => NotPosted::TimedOut,
                cause => NotPosted::Unreachable(Failure::new(cause, not.evidence).to_string()),
            })?;
        if endpoint.scheme != Scheme::Https {
            return answer(tools.dial, connected.stream, request, deadline).await;
        }
        let shaken = tools.tls.handshake(&endpoint.host, Speak::Http, tools.now, connected.stream);
        match deadline.bound(tools.dial, shaken).await {
            None => Err(NotPosted::TimedOut),
            Some(Err(error)) => Err(NotPosted::Unreachable(error.failure.to_string())),
            Some(Ok((stream, _))) => answer(tools.dial, stream, request, deadline).await,
        }
    }
}

/// Resolves the host and keeps the addresses that may be connected to, the families in turn.
async fn addresses<D: Dial>(
    tools: &Tools<'_, D>,
    endpoint: &Endpoint,
    deadline: Deadline,
) -> Result<Vec<SocketAddr>, NotPosted> {
    let lookups = resolve(tools, &endpoint.host, &[], &[Family::Ipv6, Family::Ipv4], deadline).await;
    let mut failure = None;
    let mut found: Vec<Vec<IpAddr>> = Vec::new();
    for lookup in lookups {
        match lookup {
            Ok(lookup) => found.push(lookup.addresses),
            // "No such address" over one family says less than anything else over the other.
            Err(no) if failure.is_none() || no.failure.cause != Cause::DnsNodata => failure = Some(no.failure),
            Err(_) => {}
        }
    }
    if found.is_empty() {
        let why = failure.map_or_else(|| "no address".to_owned(), |failure| failure.to_string());
        let is_late = deadline.remaining_ms(tools.dial) <= 0.0;
        return Err(if is_late { NotPosted::TimedOut } else { NotPosted::Unreachable(why) });
    }
    let n = found.iter().map(Vec::len).max().unwrap_or_default();
    let in_turn = (0..n).flat_map(|i| found.iter().filter_map(move |family| family.get(i).copied()));
    let (allowed, refused): (Vec<IpAddr>, Vec<IpAddr>) =
        in_turn.partition(|a| address::is_allowed(*a, tools.policy.allow_private));
    if allowed.is_empty() {
        let refused = refused.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let why = format!("{refused} is not a public address, and private ones are not allowed here");
        return Err(NotPosted::Unreachable(why));
    }
    Ok(allowed.into_iter().take(MAX_ATTEMPTS).map(|a| SocketAddr::new(a, endpoint.port)).collect())
}

fn request(
    endpoint: &Endpoint,
    headers: &[(&str, String)],
    text: &str,
) -> Result<Request<body::RequestBody>, http::Error> {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(&endpoint.path)
        .header(header::HOST, endpoint.authority())
        .header(header::CONNECTION, "close")
        .header(header::USER_AGENT, USER_AGENT);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    request.body(body::request(text.as_bytes().to_vec()))
}

async fn answer<D: Dial, S: AsyncRead + AsyncWrite + Unpin + 'static>(
    dial: &D,
    stream: S,
    request: Request<body::RequestBody>,
    deadline: Deadline,
) -> Result<Posted, NotPosted> {
    let mut connection = Connection::open(stream).await.map_err(NotPosted::Unreachable)?;
    match connection.head(dial, request, deadline).await {
        Ok((status, headers)) => Ok(Posted { status, retry_after: retry_after(&headers) }),
        Err(failure) if failure.cause == Cause::HttpTimeout => Err(NotPosted::TimedOut),
        Err(failure) => Err(NotPosted::Unreachable(failure.to_string())),
    }
}

fn retry_after(headers: &HeaderMap) -> Option<String> {
    Some(headers.get(header::RETRY_AFTER)?.to_str().ok()?.to_owned())
}
