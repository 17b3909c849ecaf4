//! A stream that gives out no more bytes than it is allowed to, whatever the peer sends.

use std::{
    cell::Cell,
    fmt, io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
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
}

impl<S> Bounded<S> {
    pub fn new(stream: S, bytes: usize) -> (Self, Allowance) {
        let allowance = Allowance(Rc::new(Cell::new(bytes)));
        (Self { stream, allowance: allowance.clone() }, allowance)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Bounded<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
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
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
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
    use tokio::io::AsyncReadExt;

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
    }
}
