//! A connection below TLS that sends records, or all bytes, in smaller pieces than TLS does.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// RFC 8446 section 5.1: the type, the version and the length of a record.
const HEAD: usize = 5;
const HANDSHAKE: u8 = 22;

#[derive(Debug)]
pub struct Shredded {
    stream: TcpStream,
    /// Bytes of a record of the handshake; 0: as they come.
    record_bytes: usize,
    /// Bytes of a write; 0: as many as there are.
    piece_bytes: usize,
    /// Written by TLS, and no whole record yet.
    partial: Vec<u8>,
    /// To be sent.
    out: Vec<u8>,
    n_sent: usize,
}

impl Shredded {
    pub fn new(stream: TcpStream, record_bytes: usize, piece_bytes: usize) -> Self {
        Self { stream, record_bytes, piece_bytes, partial: Vec::new(), out: Vec::new(), n_sent: 0 }
    }

    pub fn reset_on_drop(&self) {
        let _ = self.stream.set_zero_linger();
    }

    /// Divides the records of the handshake that are not encrypted. Once keys are in use, every record is of another type:
    /// in TLS 1.3 by its form, in TLS 1.2 but for the last one, which comes behind `ChangeCipherSpec`.
    fn shred(&mut self, bytes: &[u8]) {
        self.partial.extend_from_slice(bytes);
        while let [kind, major, minor, high, low, rest @ ..] = &self.partial[..] {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            if rest.len() < length {
                return;
            }
            if *kind == HANDSHAKE && self.record_bytes > 0 {
                for part in rest[..length].chunks(self.record_bytes) {
                    let [high, low] = (part.len() as u16).to_be_bytes();
                    self.out.extend_from_slice(&[*kind, *major, *minor, high, low]);
                    self.out.extend_from_slice(part);
                }
            } else {
                self.record_bytes = 0;
                self.out.extend_from_slice(&self.partial[..HEAD + length]);
            }
            self.partial.drain(..HEAD + length);
        }
    }

    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.n_sent < self.out.len() {
            let left = &self.out[self.n_sent..];
            let piece = if self.piece_bytes == 0 { left } else { &left[..left.len().min(self.piece_bytes)] };
            self.n_sent += ready!(Pin::new(&mut self.stream).poll_write(cx, piece))?;
        }
        self.out.clear();
        self.n_sent = 0;
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Shredded {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Shredded {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_send(cx))?;
        if self.record_bytes == 0 && self.piece_bytes == 0 && self.partial.is_empty() {
            return Pin::new(&mut self.stream).poll_write(cx, bytes);
        }
        self.shred(bytes);
        // What does not go out now does before the next bytes are taken.
        match self.poll_send(cx) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            _ => Poll::Ready(Ok(bytes.len())),
        }
    }

    /// TLS writes several records at once where it can: the alert that ends a handshake, too.
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_send(cx))?;
        if self.record_bytes == 0 && self.piece_bytes == 0 && self.partial.is_empty() {
            return Pin::new(&mut self.stream).poll_write_vectored(cx, buffers);
        }
        let all: Vec<u8> = buffers.iter().flat_map(|buffer| buffer.iter().copied()).collect();
        self.poll_write(cx, &all)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_send(cx))?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_send(cx))?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
