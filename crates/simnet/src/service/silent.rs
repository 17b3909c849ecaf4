//! A port whose kernel drops every SYN: a listening socket with a full queue, proven by a connect that gets nothing.

use crate::ports::bind;
use socket2::{Socket, Type};
use std::{io, net::SocketAddr, time::Duration};
use tokio::{net::TcpStream, time::timeout};

/// On loopback the kernel completes a handshake within the connect call; what is not answered by now never is.
/// (Linux sends the SYN again after 1 s, RFC 6298 section 2.)
const NO_ANSWER: Duration = Duration::from_millis(150);
/// Linux takes `backlog + 1` connections; other systems round up.
const MAX_FILLERS: usize = 256;

/// Holds the queue full for as long as it lives.
pub struct Silence {
    _listener: Socket,
    _fillers: Vec<TcpStream>,
}

impl Silence {
    /// Listens without ever accepting and fills the queue, until a connect gets no answer.
    pub async fn begin(at: SocketAddr) -> io::Result<Self> {
        let listener = bind(at, Type::STREAM)?;
        listener.listen(0)?;
        let mut fillers = Vec::new();
        while fillers.len() < MAX_FILLERS {
            match timeout(NO_ANSWER, TcpStream::connect(at)).await {
                Ok(connected) => fillers.push(connected?),
                Err(_) => return Ok(Self { _listener: listener, _fillers: fillers }),
            }
        }
        Err(io::Error::other(format!("{at} still answers with {MAX_FILLERS} connections waiting")))
    }
}
