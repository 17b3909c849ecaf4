//! A stream that gives out no more bytes than it is allowed to, whatever the peer sends, and none out of turn.

use std::{
    cell::Cell,
    fmt, io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How many bytes may still be read; shared with the stream that it bounds.
#[derive(Clone, Debug)]
pub struct Allowance(Rc<Cell<usize>>);

impl Allowance {
    /// Replaces what is left.
    pub fn set(&self, bytes: usize) {
        self.0.set(bytes);
    }

    /// Adds to what is left.
    pub fn add(&self, bytes: usize) {
        self.0.set(self.0.get().saturating_add(bytes));
    }
}

/// The peer sent more than was allowed. Reading ends with it, inside of an [`io::Error`].
#[derive(Clone, Copy, Debug)]
pub struct TooMuch;

impl fmt::Display for TooMuch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the peer sends without end")
    }
}

impl std::error::Error for TooMuch {}

#[derive(Debug)]
pub struct Bounded<S> {
    stream: S,
    allowance: Allowance,
    turn: Turn,
}

/// Whether the peer is heard.
#[derive(Debug)]
enum Turn {
    /// Only once something was said to it.
    Ours(Option<Waker>),
    Anybodys,
}

impl<S> Bounded<S> {
    pub fn new(stream: S, bytes: usize) -> (Self, Allowance) {
        let allowance = Allowance(Rc::new(Cell::new(bytes)));
        (Self { stream, allowance: allowance.clone(), turn: Turn::Anybodys }, allowance)
    }

    /// As [`Bounded::new`], for a peer that is to answer: what it says before it was asked is read as its answer, as every
    /// client does that asks first and then reads. hyper, which reads all the time, would take it for no answer to anything.
    pub fn asking_first(stream: S, bytes: usize) -> (Self, Allowance) {
        let (bounded, allowance) = Self::new(stream, bytes);
        (Self { turn: Turn::Ours(None), ..bounded }, allowance)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Bounded<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if let Turn::Ours(waiting) = &mut this.turn {
            *waiting = Some(cx.waker().clone());
            return Poll::Pending;
        }
        let left = this.allowance.0.get();
        if left == 0 {
            return Poll::Ready(Err(io::Error::other(TooMuch)));
        }
        let before = buf.filled().len();
        let result = Pin::new(&mut this.stream).poll_read(cx, buf);
        // One buffer more than allowed is no harm: the reader bounds its size.
        this.allowance.0.set(left.saturating_sub(buf.filled().len() - before));
        result
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Bounded<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(cx, bytes);
        if written.is_ready()
            && let Turn::Ours(waiting) = std::mem::replace(&mut this.turn, Turn::Anybodys)
            && let Some(waiting) = waiting
        {
            waiting.wake();
        }
        written
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test]
    async fn reading_ends_where_it_is_told_to() {
        let (mut stream, allowance) = Bounded::new(&[7_u8; 64][..], 10);
        let mut buffer = [0; 8];
        assert_eq!(stream.read(&mut buffer).await.unwrap(), 8);
        assert_eq!(stream.read(&mut buffer).await.unwrap(), 8);
        let error = stream.read(&mut buffer).await.unwrap_err();
        assert!(error.downcast::<TooMuch>().is_ok());
        allowance.set(1);
        assert_eq!(stream.read(&mut buffer).await.unwrap(), 8);
        allowance.add(1);
        assert_eq!(stream.read(&mut buffer).await.unwrap(), 8);
    }

    #[tokio::test]
    async fn who_is_to_answer_is_heard_once_it_was_asked() {
        let (mut peer, ours) = tokio::io::duplex(64);
        let (stream, _) = Bounded::asking_first(ours, 10);
        peer.write_all(b"early").await.unwrap();
        let (mut read, mut write) = tokio::io::split(stream);
        let mut buffer = [0; 8];
        let (heard, asked) = futures_util::join!(read.read(&mut buffer), async {
            tokio::task::yield_now().await;
            write.write_all(b"question").await
        });
        assert_eq!((heard.unwrap(), asked.is_ok()), (5, true));
    }
}
