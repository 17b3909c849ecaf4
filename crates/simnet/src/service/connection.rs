//! Leads one accepted connection through the phases of its behaviour.

use super::{answer, exchange, handshake, web_socket};
use crate::{
    script::Behaviour,
    words::{Connect, Http, Tcp},
};
use dualwatch_core::measure::family::Family;
use std::{io, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy, sink, split},
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

/// A stream of bytes that can end in a reset.
pub trait Wire: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// Makes the next drop send RST instead of FIN (`SO_LINGER` with zero seconds).
    fn reset_on_drop(&self);
}

impl Wire for TcpStream {
    fn reset_on_drop(&self) {
        let _ = self.set_zero_linger();
    }
}

impl Wire for TlsStream<TcpStream> {
    fn reset_on_drop(&self) {
        self.get_ref().0.reset_on_drop();
    }
}

/// Serves one connection to its end.
pub async fn serve(stream: TcpStream, scene: Arc<Scene>) {
    // Each write is a segment of its own: slow servers are to be slow on the wire.
    let _ = stream.set_nodelay(true);
    if scene.behaviour.connect == Connect::Reset {
        stream.reset_on_drop();
        return;
    }
    let Some(tls) = scene.behaviour.tls else { return after_handshake(stream, scene).await };
    let delay = Duration::from_millis(scene.behaviour.tls_delay_ms);
    if let Ok(Some(stream)) = handshake::accept(stream, tls, delay, &scene).await {
        // Boxed: a TLS stream is large, and most connections have none.
        Box::pin(after_handshake(stream, scene)).await;
    }
}

async fn after_handshake(stream: impl Wire, scene: Arc<Scene>) {
    if let Some(word) = scene.behaviour.web_socket {
        let _ = web_socket::serve(stream, word, &scene.behaviour.greeting).await;
        return;
    }
    match (scene.behaviour.tcp, scene.behaviour.http) {
        (Some(tcp), _) => {
            let _ = plain_tcp(stream, tcp, &scene.behaviour.greeting).await;
        }
        (None, Http::Answer) => answer::serve(stream, scene).await,
        (None, http) => {
            let _ = exchange::serve(stream, http).await;
        }
    }
}

async fn plain_tcp(mut stream: impl Wire, tcp: Tcp, greeting: &str) -> io::Result<()> {
    match tcp {
        Tcp::Hold => hold(&mut stream).await,
        Tcp::Greet => {
            stream.write_all(greeting.as_bytes()).await?;
            stream.flush().await?;
            hold(&mut stream).await
        }
        Tcp::Echo => {
            let (mut read, mut write) = split(stream);
            copy(&mut read, &mut write).await?;
            write.shutdown().await
        }
        Tcp::Close => stream.shutdown().await,
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
