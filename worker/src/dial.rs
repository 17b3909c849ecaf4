//! Sockets of `cloudflare:sockets`, and the runtime's clock.

use dualwatch_core::measure::time::Timestamp;
use dualwatch_prober::{
    Clock, Decode, Dial, DialError,
    texts::{self, When},
};
use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use wasm_bindgen_futures::spawn_local;
use web_sys::TextDecoder;
use worker::{Date, Delay, SecureTransport, Socket};

/// The host that a round runs in at the edge.
#[derive(Clone, Copy, Debug, Default)]
pub struct Edge;

impl Clock for Edge {
    /// Whole milliseconds; the clock of a deployed worker advances only across an await, which is where it is read.
    fn now_ms(&self) -> f64 {
        Date::now().as_millis() as f64
    }

    fn wall(&self) -> Timestamp {
        now()
    }

    async fn sleep_ms(&self, ms: f64) {
        Delay::from(Duration::from_millis(ms.ceil().max(0.0) as u64)).await;
    }
}

/// Returns the time of day.
pub fn now() -> Timestamp {
    Timestamp::from_unix_ms(i64::try_from(Date::now().as_millis()).unwrap_or(i64::MAX))
}

impl Decode for Edge {
    /// The runtime has the tables of all charsets that browsers read (workerd 2026-11-17).
    fn decode(&self, label: &str, bytes: &[u8]) -> Option<String> {
        TextDecoder::new_with_label(label).ok()?.decode_with_u8_array(bytes).ok()
    }
}

impl Dial for Edge {
    type Stream = EdgeStream;

    async fn connect(&self, to: SocketAddr) -> Result<EdgeStream, DialError> {
        // Literals of IPv6 need their brackets here.
        let host = match to {
            SocketAddr::V4(a) => a.ip().to_string(),
            SocketAddr::V6(a) => format!("[{}]", a.ip()),
        };
        let socket = Socket::builder()
            .secure_transport(SecureTransport::Off)
            .connect(host, to.port())
            .map_err(|e| dial_error(&e))?;
        // From here on the socket is closed when it is dropped, also when the caller does not wait for it.
        let stream = EdgeStream { socket: Some(socket) };
        if let Some(socket) = &stream.socket {
            socket.opened().await.map_err(|e| dial_error(&e))?;
        }
        Ok(stream)
    }
}

fn dial_error(error: &worker::Error) -> DialError {
    let text = error.to_string();
    DialError::new(texts::meaning(When::Connecting, &text), text)
}

/// A socket that closes itself when it is dropped.
#[derive(Debug)]
pub struct EdgeStream {
    socket: Option<Socket>,
}

impl Drop for EdgeStream {
    fn drop(&mut self) {
        if let Some(mut socket) = self.socket.take() {
            // Nobody waits for the end: closing a socket that never opened may stay pending.
            spawn_local(async move {
                let _ = socket.close().await;
            });
        }
    }
}

impl EdgeStream {
    fn socket(&mut self) -> io::Result<Pin<&mut Socket>> {
        self.socket.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl AsyncRead for EdgeStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.socket()?.poll_read(cx, buf)
    }
}

impl AsyncWrite for EdgeStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.socket()?.poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket()?.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket()?.poll_shutdown(cx)
    }
}
