//! What the phases of a connection have in common: the scene they play in, and the stream they play on.

use super::{records::Records, shredded::Shredded};
use crate::script::Behaviour;
use dualwatch_core::measure::family::Family;
use std::io;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy, sink},
    net::TcpStream,
};
use tokio_rustls::server::TlsStream;

/// What every connection of one service over one family meets.
pub struct Scene {
    /// The key in the script.
    pub service: String,
    pub family: Family,
    pub behaviour: Behaviour,
    /// Where the behaviour needs a whole TLS server.
    pub acceptor: Option<tokio_rustls::TlsAcceptor>,
}

/// A stream of bytes that can end in a reset, and has TLS below it or not.
pub trait Wire: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// Makes the next drop send RST instead of FIN (`SO_LINGER` with zero seconds).
    fn reset_on_drop(&self);

    /// Closes the direction to the client below TLS.
    fn cut(&mut self) -> impl Future<Output = io::Result<()>> + Send;

    /// Changes the keys of TLS 1.3 from the next record on, and asks the client to do the same.
    fn new_keys(&mut self) -> io::Result<()> {
        Err(io::Error::other("there is no TLS"))
    }

    /// Goes on by hand, record by record.
    fn into_records(self) -> io::Result<Records>
    where
        Self: Sized,
    {
        Err(io::Error::other("there is no TLS"))
    }
}

impl Wire for TcpStream {
    fn reset_on_drop(&self) {
        let _ = self.set_zero_linger();
    }

    async fn cut(&mut self) -> io::Result<()> {
        self.shutdown().await
    }
}

impl Wire for TlsStream<Shredded> {
    fn reset_on_drop(&self) {
        self.get_ref().0.reset_on_drop();
    }

    async fn cut(&mut self) -> io::Result<()> {
        self.get_mut().0.shutdown().await
    }

    fn new_keys(&mut self) -> io::Result<()> {
        self.get_mut().1.refresh_traffic_keys().map_err(io::Error::other)
    }

    fn into_records(self) -> io::Result<Records> {
        let (stream, connection) = self.into_inner();
        Records::take_over(stream, connection)
    }
}

/// Keeps the connection until the client closes it; what it sends is thrown away.
pub async fn hold(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<()> {
    copy(stream, &mut sink()).await.map(|_| ())
}

/// Reads until `enough` says so or the client stops; at most `limit` bytes.
pub async fn read_until(
    stream: &mut (impl AsyncRead + Unpin),
    limit: usize,
    enough: impl Fn(&[u8]) -> bool,
) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(1024);
    while !enough(&bytes) && bytes.len() < limit {
        if stream.read_buf(&mut bytes).await? == 0 {
            break;
        }
    }
    Ok(bytes)
}
