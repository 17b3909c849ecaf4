//! Opens a WebSocket and misbehaves on it, frame by frame.

use super::{
    exchange::MAX_REQUEST_HEAD,
    wire::{Wire, hold, read_until},
};
use crate::words::WebSocket;
use base64::{Engine, prelude::BASE64_STANDARD};
use futures_util::{SinkExt, StreamExt};
use sha1::{Digest, Sha1};
use std::io;
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        self, Message,
        protocol::{
            CloseFrame, Role,
            frame::{Frame, coding},
        },
    },
};

/// RFC 6455 section 5.2: a whole text frame of 2^62 bytes begins so. Nothing that we write is masked: servers do not.
const ENDLESS_FRAME: [u8; 10] = [0x81, 127, 0x40, 0, 0, 0, 0, 0, 0, 0];
/// A whole frame of no bytes: ping.
const PING: [u8; 2] = [0x89, 0];
/// Read as a frame, its first line announces 50 bytes more: those must come as well before a client can judge.
const NOT_FRAMES: &[u8] = b"220 mail.example ESMTP ready\r\n";
const PIECE: usize = 100;

/// Answers one request for a WebSocket as scripted.
pub async fn serve(mut stream: impl Wire, word: WebSocket, greeting: &str) -> io::Result<()> {
    let head = read_until(&mut stream, MAX_REQUEST_HEAD, |bytes| bytes.windows(4).any(|w| w == b"\r\n\r\n")).await?;
    let Some(key) = key(&head) else {
        // RFC 6455 section 4.2.1: whoever asks for less than a WebSocket gets an error.
        stream.write_all(b"HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n").await?;
        return stream.shutdown().await;
    };
    let accept = accept(if word == WebSocket::WrongAccept { "another key" } else { &key });
    let upgrade = if word == WebSocket::NoUpgradeHeader { "" } else { "Upgrade: websocket\r\n" };
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\n{upgrade}Connection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.flush().await?;
    match word {
        WebSocket::WrongAccept | WebSocket::NoUpgradeHeader | WebSocket::Silent => hold(&mut stream).await,
        WebSocket::Drop => {
            stream.shutdown().await?;
            hold(&mut stream).await
        }
        WebSocket::NotFrames => send_and_hold(stream, &NOT_FRAMES.repeat(10)).await,
        WebSocket::EndlessFrame => endless(stream, &ENDLESS_FRAME, &[b'x'; PIECE]).await,
        WebSocket::EndlessPings => endless(stream, &[], &PING.repeat(PIECE)).await,
        // A first fragment, then others (opcode 0), none of them the last.
        WebSocket::EndlessFragments => endless(stream, &[0x01, 1, b'x'], &piece(0x00)).await,
        WebSocket::EndlessMessages => endless(stream, &[], &piece(0x81)).await,
        WebSocket::Echo | WebSocket::OtherEcho | WebSocket::Greet | WebSocket::Ping | WebSocket::Close => {
            let socket = WebSocketStream::from_raw_socket(stream, Role::Server, None).await;
            // A client that goes, however it does, ends the conversation.
            let _ = converse(socket, word, greeting).await;
            Ok(())
        }
    }
}

async fn converse(
    mut socket: WebSocketStream<impl Wire>,
    word: WebSocket,
    greeting: &str,
) -> Result<(), tungstenite::Error> {
    match word {
        WebSocket::Greet => socket.send(Message::text(greeting)).await?,
        WebSocket::Ping => socket.send(Message::Ping("still there?".into())).await?,
        WebSocket::Close => {
            let frame = CloseFrame { code: coding::CloseCode::Error, reason: "out of order".into() };
            socket.close(Some(frame)).await?;
        }
        _ => {}
    }
    let mut waits_for_pong = word == WebSocket::Ping;
    let mut kept = Vec::new();
    while let Some(message) = socket.next().await {
        let message = message?;
        waits_for_pong &= !message.is_pong();
        if message.is_text() || message.is_binary() {
            kept.push(message);
        }
        if waits_for_pong {
            continue;
        }
        for message in kept.drain(..) {
            match word {
                WebSocket::Echo => socket.send(message).await?,
                WebSocket::OtherEcho => socket.send(Message::text("something else")).await?,
                WebSocket::Ping => {
                    let data = message.into_data();
                    let (first, rest) = data.split_at(data.len() / 2);
                    let text = coding::OpCode::Data(coding::Data::Text);
                    let more = coding::OpCode::Data(coding::Data::Continue);
                    socket.send(Message::Frame(Frame::message(first.to_vec(), text, false))).await?;
                    socket.send(Message::Frame(Frame::message(rest.to_vec(), more, true))).await?;
                }
                _ => {}
            }
        }
    }
    Ok(())
}

async fn send_and_hold(mut stream: impl Wire, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes).await?;
    stream.flush().await?;
    hold(&mut stream).await
}

async fn endless(mut stream: impl Wire, first: &[u8], again: &[u8]) -> io::Result<()> {
    stream.write_all(first).await?;
    loop {
        stream.write_all(again).await?;
    }
}

/// A frame of [`PIECE`] bytes; `first` is its first byte: FIN and opcode.
fn piece(first: u8) -> Vec<u8> {
    [&[first, PIECE as u8][..], &[b'x'; PIECE]].concat()
}

/// Returns what a server must answer to a request for a WebSocket (RFC 6455 section 4.2.2), if it is one.
pub fn accept_of(head: &[u8]) -> Option<String> {
    key(head).map(|key| accept(&key))
}

/// Returns the key of a request that asks for a WebSocket.
fn key(head: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(head);
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let value = |name: &str| {
        lines.clone().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
    };
    let asks = value("upgrade").is_some_and(|v| v.eq_ignore_ascii_case("websocket"))
        && value("connection").is_some_and(|v| v.eq_ignore_ascii_case("upgrade"))
        && value("sec-websocket-version").as_deref() == Some("13");
    value("sec-websocket-key").filter(|_| asks)
}

/// RFC 6455 section 4.2.2, step 5.
fn accept(key: &str) -> String {
    BASE64_STANDARD.encode(Sha1::digest(format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_rfc() {
        let head = "GET /chat HTTP/1.1\r\nHost: server.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
        assert_eq!(accept(&key(head.as_bytes()).unwrap()), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assert_eq!(key(head.replace("13", "8").as_bytes()), None);
    }
}
