//! A request as its bytes are: nothing is made nicer on the way, as every HTTP library does.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

const WITHIN: Duration = Duration::from_secs(20);

/// One request without a body, over a connection of its own.
pub struct Request<'a> {
    pub method: &'a str,
    /// What stands behind the method, as it is.
    pub target: &'a [u8],
    pub host: &'a str,
    pub headers: &'a [(&'a str, &'a str)],
}

/// Sends it; returns the status and everything that came, of a stream of events up to the first one. `None`: the other side
/// hung up without an answer.
///
/// # Errors
/// No connection, or no end within 20 seconds.
pub fn ask(address: SocketAddr, request: &Request) -> io::Result<Option<(u16, String)>> {
    let mut stream = TcpStream::connect_timeout(&address, WITHIN)?;
    stream.set_read_timeout(Some(WITHIN))?;
    let mut head = [request.method.as_bytes(), b" ", request.target, b" HTTP/1.1\r\n"].concat();
    head.extend(format!("host: {}\r\nconnection: close\r\n", request.host).bytes());
    if matches!(request.method, "POST" | "PUT") {
        head.extend(b"content-length: 0\r\n");
    }
    for (name, value) in request.headers {
        head.extend(format!("{name}: {value}\r\n").bytes());
    }
    head.extend(b"\r\n");
    let mut answer = Vec::new();
    // Who refuses a head does not wait for its end.
    let done = stream.write_all(&head).and_then(|()| read(&mut stream, &mut answer));
    let text = String::from_utf8_lossy(&answer).into_owned();
    match (text.split(' ').nth(1).and_then(|status| status.parse().ok()), done) {
        (Some(status), _) => Ok(Some((status, text))),
        (None, Err(error)) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => Err(error),
        (None, _) => Ok(None),
    }
}

fn read(stream: &mut TcpStream, answer: &mut Vec<u8>) -> io::Result<()> {
    let mut piece = [0; 16_384];
    loop {
        let n = stream.read(&mut piece)?;
        answer.extend(&piece[..n]);
        let is_stream = String::from_utf8_lossy(&answer[..answer.len().min(1_024)]).contains("text/event-stream\r\n");
        if n == 0 || is_stream && answer.ends_with(b"\n\n\r\n") {
            return Ok(());
        }
    }
}
