//! The seam to the host: sockets, a clock, and the system's resolver where there is one.

use dualwatch_core::measure::time::Timestamp;
use futures_util::future::{Either, select};
use std::{
    net::{IpAddr, SocketAddr},
    pin::pin,
};
use tokio::io::{AsyncRead, AsyncWrite};

/// A clock that tells and waits.
#[allow(async_fn_in_trait)] // Everything here runs on one thread; no future need be `Send`.
pub trait Clock {
    /// Milliseconds since an arbitrary moment; never goes back.
    fn now_ms(&self) -> f64;
    /// The time of day.
    fn wall(&self) -> Timestamp;
    async fn sleep_ms(&self, ms: f64);

    /// Lets others have the thread for a moment.
    async fn pause(&self) {
        self.sleep_ms(0.0).await;
    }
}

/// Reads text in other charsets than UTF-8: their tables are the host's.
pub trait Decode {
    /// Returns the text, with U+FFFD for what is none; `None` for a label that the WHATWG Encoding Standard does not know.
    /// `label` is in lower case. A byte order mark is no longer there.
    fn decode(&self, label: &str, bytes: &[u8]) -> Option<String>;
}

/// Opens TCP connections to literals.
#[allow(async_fn_in_trait)]
pub trait Dial: Clock + Decode {
    type Stream: AsyncRead + AsyncWrite + Unpin + 'static;

    /// Connects; the caller bounds the time.
    async fn connect(&self, to: SocketAddr) -> Result<Self::Stream, DialError>;

    /// Connects and asks the peer for segments that any path carries: RFC 8200 section 5 (1,280 bytes, less the
    /// headers), and RFC 9293 section 3.7.1 for IPv4.
    async fn connect_small(&self, _to: SocketAddr) -> Result<Self::Stream, DialError> {
        Err(DialError::new(DialErrorKind::Unsupported, "this host cannot choose the size of segments"))
    }

    /// Asks the system's resolver for all addresses of a name.
    async fn system_lookup(&self, _name: &str) -> Result<Vec<IpAddr>, DialError> {
        Err(DialError::new(DialErrorKind::Unsupported, "this host has no resolver of its own"))
    }
}

/// Why no connection came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DialErrorKind {
    Refused,
    Reset,
    Unreachable,
    /// The host itself gave up waiting.
    TimedOut,
    /// The host says no more than that there is no connection.
    NoConnection,
    /// The host or its configuration forbids it.
    Forbidden,
    /// Look-ups: the name does not exist.
    NoSuchName,
    /// Look-ups: the name has no address.
    NoAddress,
    Unsupported,
    Unknown,
}

/// A failed connection or look-up, with the host's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialError {
    pub kind: DialErrorKind,
    pub text: String,
}

impl DialError {
    pub fn new(kind: DialErrorKind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into() }
    }
}

/// The moment at which a round or a part of it must be over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    at_ms: f64,
}

impl Deadline {
    pub fn after<C: Clock>(clock: &C, ms: f64) -> Self {
        Self { at_ms: clock.now_ms() + ms }
    }

    pub fn remaining_ms<C: Clock>(self, clock: &C) -> f64 {
        (self.at_ms - clock.now_ms()).max(0.0)
    }

    /// Returns this deadline or the one `ms` from now, whichever comes first.
    pub fn sooner<C: Clock>(self, clock: &C, ms: f64) -> Self {
        Self { at_ms: self.at_ms.min(clock.now_ms() + ms) }
    }

    /// Waits for `future`, at most until the deadline; `None` if that came first.
    pub async fn bound<C: Clock, F: Future>(self, clock: &C, future: F) -> Option<F::Output> {
        let timer = pin!(clock.sleep_ms(self.remaining_ms(clock)));
        match select(pin!(future), timer).await {
            Either::Left((output, _)) => Some(output),
            Either::Right(((), _)) => None,
        }
    }
}

/// Measures the time of one phase, in milliseconds rounded to a thousandth.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch {
    started_ms: f64,
}

impl Stopwatch {
    pub fn start<C: Clock>(clock: &C) -> Self {
        Self { started_ms: clock.now_ms() }
    }

    pub fn elapsed_ms<C: Clock>(self, clock: &C) -> f64 {
        (((clock.now_ms() - self.started_ms) * 1_000.0).round() / 1_000.0).max(0.0)
    }
}
