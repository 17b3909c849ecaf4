//! A stream over TLS, bounded in what the peer may send beside what it says.

use crate::bounded::{Allowance, Bounded};
use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::client::TlsStream;

/// What may come after the handshake without a byte of data: session tickets, changes of keys, empty records.
const MAX_IDLE_BYTES: usize = 256 * 1024;
/// A record of one byte takes 22 on the wire (RFC 8446 section 5.2).
const MAX_BYTES_OF_ONE: usize = 32;

/// The data; whoever reads it bounds that by itself.
#[derive(Debug)]
pub struct Stream<S> {
    stream: TlsStream<Bounded<S>>,
    allowance: Allowance,
}

impl<S> Stream<S> {
    /// Goes on after the handshake. `allowance` is what the peer may send below TLS.
    pub fn new(stream: TlsStream<Bounded<S>>, allowance: Allowance) -> Self {
        allowance.set(MAX_IDLE_BYTES);
        Self { stream, allowance }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Stream<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, buf))?;
        this.allowance.add(MAX_BYTES_OF_ONE * (buf.filled().len() - before));
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
