//! A reader of a stream of events, as a browser is one (HTML standard, section 9.2), over a connection of its own.

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

/// A stream whose head has come.
pub struct Stream {
    reader: BufReader<TcpStream>,
    pub status: u16,
    /// In lower case.
    pub head: String,
    /// All that has come.
    pub text: String,
    n_read: usize,
}

/// A block of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    pub id: String,
    pub name: String,
    pub data: String,
}

impl Event {
    /// Returns its revision, which its id and its data both tell.
    ///
    /// # Panics
    /// Where they do not.
    pub fn revision(&self) -> i64 {
        let data: serde_json::Value = serde_json::from_str(&self.data).expect("JSON");
        assert_eq!(data["revision"].to_string(), self.id, "{self:?}");
        self.id.parse().expect("a number")
    }
}

impl Stream {
    /// Asks for a stream.
    ///
    /// # Errors
    /// No connection, or no head within `within`.
    pub fn open(address: SocketAddr, path: &str, headers: &[(&str, &str)], within: Duration) -> io::Result<Self> {
        let mut stream = TcpStream::connect_timeout(&address, within)?;
        stream.set_read_timeout(Some(within))?;
        let further = headers.iter().fold(String::new(), |all, (name, value)| format!("{all}{name}: {value}\r\n"));
        stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{further}\r\n").as_bytes())?;
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        Ok(Self { reader, status, head: head.to_lowercase(), text: String::new(), n_read: 0 })
    }

    /// Waits for the next event; `None` at the end of the stream.
    ///
    /// # Errors
    /// Nothing has come within `within`.
    pub fn next(&mut self, within: Duration) -> io::Result<Option<Event>> {
        let deadline = Instant::now() + within;
        loop {
            while let Some(end) = self.text[self.n_read..].find("\n\n") {
                let block = self.text[self.n_read..self.n_read + end].to_owned();
                self.n_read += end + 2;
                let event = event(&block);
                if !event.data.is_empty() {
                    return Ok(Some(event));
                }
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            self.reader.get_ref().set_read_timeout(Some(left))?;
            if !self.read_chunk()? {
                return Ok(None);
            }
        }
    }

    /// Reads a chunk (RFC 9112 section 7.1); `false` where it was the last.
    fn read_chunk(&mut self) -> io::Result<bool> {
        let mut size = String::new();
        self.reader.read_line(&mut size)?;
        let size = usize::from_str_radix(size.trim_end(), 16).unwrap_or_default();
        let mut chunk = vec![0; size + 2];
        self.reader.read_exact(&mut chunk)?;
        self.text += &String::from_utf8_lossy(&chunk[..size]);
        Ok(size > 0)
    }
}

fn event(block: &str) -> Event {
    let mut event = Event::default();
    for (field, value) in block.lines().filter_map(|line| line.split_once(": ")) {
        match field {
            "id" => value.clone_into(&mut event.id),
            "event" => value.clone_into(&mut event.name),
            "data" => event.data += value,
            _ => {}
        }
    }
    event
}
