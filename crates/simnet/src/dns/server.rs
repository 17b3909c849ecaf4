//! Answers DNS questions over UDP and over TCP (RFC 7766).

use super::answer::{Odd, Reply, Transport, Zone};
use crate::tasks::accept_loop;
use std::{io, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, UdpSocket},
    sync::mpsc,
    task::JoinSet,
};

/// RFC 6891 section 6.2.5: no requester sends more.
const MAX_DATAGRAM: usize = 4096;
/// RFC 7766 section 6.2.3: idle connections are closed.
const IDLE: Duration = Duration::from_secs(30);

/// Answers datagrams until it is dropped.
pub async fn serve_udp(socket: UdpSocket, zone: Arc<Zone>) {
    let socket = Arc::new(socket);
    let mut waiting = JoinSet::new();
    let mut buffer = vec![0; MAX_DATAGRAM];
    loop {
        let (length, peer) = tokio::select! {
            received = socket.recv_from(&mut buffer) => match received {
                Ok(received) => received,
                // An ICMP error for an earlier answer; the socket goes on.
                Err(_) => continue,
            },
            Some(_) = waiting.join_next(), if !waiting.is_empty() => continue,
        };
        let (reply, delay) = zone.reply(&buffer[..length], Transport::Udp);
        if let Reply::Bytes(bytes) | Reply::Last(bytes) | Reply::Odd(Odd { bytes, .. }) = reply {
            let socket = Arc::clone(&socket);
            waiting.spawn(async move {
                tokio::time::sleep(delay).await;
                let _ = socket.send_to(&bytes, peer).await;
            });
        }
    }
}

/// Answers connections until it is dropped.
pub async fn serve_tcp(listener: TcpListener, zone: Arc<Zone>) {
    accept_loop(listener, move |stream| {
        let zone = Arc::clone(&zone);
        async move {
            let _ = converse(stream, &zone).await;
        }
    })
    .await;
}

/// Answers the questions of one connection, each as soon as it can be (RFC 7766 section 6.2.1.1).
async fn converse(stream: TcpStream, zone: &Zone) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (mut read, mut write) = stream.into_split();
    let (answers, mut ready) = mpsc::channel::<Odd>(64);
    let writer = async move {
        while let Some(Odd { bytes, length, piece, pause }) = ready.recv().await {
            let framed = [&length.to_be_bytes()[..], &bytes].concat();
            // One write, if nothing else is said: some clients take the length and the message from one segment.
            for piece in framed.chunks(piece) {
                write.write_all(piece).await?;
                tokio::time::sleep(pause).await;
            }
        }
        write.shutdown().await
    };
    let reader = async move {
        let mut waiting = JoinSet::new();
        loop {
            let Ok(length) = tokio::time::timeout(IDLE, read.read_u16()).await else { break };
            let Ok(length) = length else { break };
            let mut question = vec![0; usize::from(length)];
            read.read_exact(&mut question).await?;
            let (reply, delay) = zone.reply(&question, Transport::Stream);
            let answer = match reply {
                Reply::Bytes(bytes) => {
                    Odd { length: bytes.len() as u16, bytes, piece: usize::MAX, pause: Duration::ZERO }
                }
                Reply::Odd(odd) => odd,
                Reply::Last(bytes) => {
                    let odd = Odd { length: bytes.len() as u16, bytes, piece: usize::MAX, pause: Duration::ZERO };
                    let _ = answers.send(odd).await;
                    drop(answers);
                    // What is left unread would reset the connection, and the answer with it.
                    let _ = tokio::io::copy(&mut read, &mut tokio::io::sink()).await;
                    return Ok(());
                }
                Reply::Silence => continue,
                Reply::Close => return Ok(()),
            };
            let answers = answers.clone();
            waiting.spawn(async move {
                tokio::time::sleep(delay).await;
                let _ = answers.send(answer).await;
            });
        }
        waiting.join_all().await;
        Ok(())
    };
    tokio::try_join!(writer, reader).map(|_| ())
}
