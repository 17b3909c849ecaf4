//! Leads one accepted connection through the phases of its behaviour.

use super::{
    answer, exchange, handshake, play, web_socket,
    wire::{Scene, Wire, hold},
};
use crate::words::{Connect, Http, Tcp};
use std::{io, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncWriteExt, copy, split},
    net::TcpStream,
};

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
    if let Some(script) = &scene.behaviour.play {
        // A client that goes, however it does, ends the conversation.
        let _ = play::serve(stream, script).await;
        return;
    }
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
