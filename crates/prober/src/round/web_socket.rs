//! What is said over a WebSocket (RFC 6455): messages sent, messages expected.

mod terms;

pub use terms::Terms;

use super::dialogue::{self, End, MAX_BYTES};
use crate::{
    classify::{self, Failure, clip},
    dial::{Clock, Deadline, Stopwatch},
    upgrade::Switched,
};
use dualwatch_core::measure::target::{Octets, Target};
use memchr::memmem;
use std::io::{self, Read, Write};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tungstenite::{
    Error, Message,
    protocol::{CloseFrame, Role, WebSocketConfig, WebSocketContext, frame::coding::CloseCode},
};

/// All that may come after the opening handshake: messages, and the frames around and between them.
const MAX_WIRE_BYTES: usize = 4 * MAX_BYTES;
/// Read at once.
const CHUNK: usize = 8 * 1024;

/// Sends what is to be sent, then reads until all that is expected has come, and takes leave.
///
/// The causes are those of [`dialogue::converse`], for messages in place of bytes; a frame that breaks RFC 6455 is
/// `http.malformed`, a message of more than 64 KiB `http.too_large`.
pub async fn converse<C: Clock, S: AsyncRead + AsyncWrite + Unpin>(
    clock: &C,
    switched: Switched<S>,
    target: &Target,
    deadline: Deadline,
) -> Result<(), Failure> {
    let watch = Stopwatch::start(clock);
    switched.allowance.set(MAX_WIRE_BYTES);
    let mut socket = Socket::new(switched.stream, switched.first.to_vec());
    let mut seen = Seen::default();
    let ended = deadline.bound(clock, talk(&mut socket, target, &mut seen)).await;
    let result = dialogue::judge(ended, &target.expect.receives, &seen.bytes).map_err(|mut failure| {
        failure.evidence.elapsed_ms = Some(watch.elapsed_ms(clock));
        if failure.evidence.error.is_none() {
            failure.evidence.error = seen.farewell;
        }
        failure
    });
    if result.is_ok() {
        // It has answered: whether it hears our leave changes nothing.
        let _ = deadline.bound(clock, socket.close()).await;
    }
    result
}

#[derive(Default)]
struct Seen {
    /// Of all messages, one behind the other.
    bytes: Vec<u8>,
    /// How the server took leave.
    farewell: Option<String>,
}

async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    socket: &mut Socket<S>,
    target: &Target,
    seen: &mut Seen,
) -> Result<End, Failure> {
    if let Some(send) = &target.request.send {
        socket.send(send).await?;
    }
    let mut missing: Vec<&[u8]> = target.expect.receives.iter().map(Octets::as_bytes).collect();
    while !missing.is_empty() {
        let Some(message) = socket.receive().await? else { return Ok(End::Closed) };
        match message {
            Message::Text(_) | Message::Binary(_) => {
                let data = message.into_data();
                missing.retain(|wanted| memmem::find(&data, wanted).is_none());
                let room = MAX_BYTES - seen.bytes.len();
                seen.bytes.extend_from_slice(&data[..data.len().min(room)]);
                if data.len() > room && !missing.is_empty() {
                    return Ok(End::TooLong);
                }
            }
            Message::Close(frame) => {
                seen.farewell = Some(farewell(frame.as_ref()));
                return Ok(End::Closed);
            }
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
        }
    }
    Ok(End::AllCame)
}

fn farewell(frame: Option<&CloseFrame>) -> String {
    match frame {
        Some(frame) if frame.reason.is_empty() => format!("the server closed with code {}", u16::from(frame.code)),
        Some(frame) => clip(&format!("the server closed with code {}: {}", u16::from(frame.code), frame.reason)),
        None => "the server closed without a code".to_owned(),
    }
}

/// A WebSocket over any stream. The protocol works on memory; between its steps the memory is exchanged with the stream.
struct Socket<S> {
    stream: S,
    protocol: WebSocketContext,
    memory: Memory,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Socket<S> {
    fn new(stream: S, first: Vec<u8>) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(CHUNK)
            .max_frame_size(Some(MAX_BYTES))
            .max_message_size(Some(MAX_BYTES));
        let protocol = WebSocketContext::from_partially_read(first, Role::Client, Some(config));
        Self { stream, protocol, memory: Memory::default() }
    }

    async fn send(&mut self, octets: &Octets) -> Result<(), Failure> {
        let message = match octets {
            Octets::Text(text) => Message::text(text),
            Octets::Bytes(bytes) => Message::binary(bytes.clone()),
        };
        self.protocol.write(&mut self.memory, message).map_err(|e| broken(&e))?;
        self.flush().await
    }

    /// Returns the next message, whole; `None` where the stream has ended.
    async fn receive(&mut self) -> Result<Option<Message>, Failure> {
        loop {
            match self.protocol.read(&mut self.memory) {
                Ok(message) => return Ok(Some(message)),
                Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(Error::ConnectionClosed | Error::AlreadyClosed) => return Ok(None),
                Err(_) if self.memory.has_ended => return Ok(None),
                Err(error) => return Err(broken(&error)),
            }
            // Pings have been answered in memory.
            self.flush().await?;
            let mut chunk = Vec::with_capacity(CHUNK);
            let n = self.stream.read_buf(&mut chunk).await.map_err(|e| classify::stream(&e))?;
            self.memory.has_ended = n == 0;
            self.memory.incoming = io::Cursor::new(chunk);
        }
    }

    /// Says that nothing more comes (RFC 6455 section 7.1.2), without waiting for the answer.
    async fn close(&mut self) -> Result<(), Failure> {
        let frame = CloseFrame { code: CloseCode::Normal, reason: "".into() };
        self.protocol.close(&mut self.memory, Some(frame)).map_err(|e| broken(&e))?;
        self.flush().await
    }

    async fn flush(&mut self) -> Result<(), Failure> {
        self.protocol.flush(&mut self.memory).map_err(|e| broken(&e))?;
        let bytes = std::mem::take(&mut self.memory.outgoing);
        let written = async {
            self.stream.write_all(&bytes).await?;
            self.stream.flush().await
        };
        written.await.map_err(|e| classify::stream(&e))
    }
}

fn broken(error: &Error) -> Failure {
    classify::web_socket(error)
}

/// What has been read and not understood yet, and what is to be written.
#[derive(Default)]
struct Memory {
    incoming: io::Cursor<Vec<u8>>,
    has_ended: bool,
    outgoing: Vec<u8>,
}

impl Read for Memory {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match Read::read(&mut self.incoming, buffer)? {
            0 if !self.has_ended => Err(io::ErrorKind::WouldBlock.into()),
            n => Ok(n),
        }
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Write::write(&mut self.outgoing, bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
