//! The program `dualwatch echo`, as people run it, and clients of it that send bytes as they are.

use crate::{program::program, usage, worker::eventually};
use dualwatch_core::measure::family::Family;
use dualwatch_edgehost::{Log, Process, tied_command};
use std::{
    ffi::OsStr,
    fs,
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    process::ExitStatus,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

const SOON: Duration = Duration::from_secs(20);

/// A running `dualwatch echo` on free ports of the loopback addresses.
pub struct Echo {
    process: Process,
    lines: Arc<Mutex<Vec<String>>>,
    /// As it has told them: the family, the scheme and the address.
    pub listeners: Vec<(Family, String, SocketAddr)>,
}

impl Echo {
    /// Starts one with further arguments, such as `--http 0`.
    ///
    /// # Panics
    /// Where it does not begin.
    pub fn start(arguments: &[&OsStr]) -> Self {
        let mut command = tied_command(program());
        command.args(["echo", "--ipv4", "127.0.0.1", "--ipv6", "::1", "--allow-root"]).args(arguments);
        let lines = Arc::new(Mutex::new(Vec::new()));
        let log: Log = {
            let lines = lines.clone();
            Arc::new(move |line| {
                println!("echo: {line}");
                lines.lock().unwrap_or_else(PoisonError::into_inner).push(line.to_owned());
            })
        };
        let process = Process::spawn(command, &log).expect("the program starts");
        let is_of = |scheme: &str| arguments.iter().any(|argument| *argument == OsStr::new(scheme));
        let n_ports = usize::from(is_of("--http")) + usize::from(is_of("--https"));
        let mut echo = Self { process, lines, listeners: Vec::new() };
        echo.listeners = eventually("the listeners", SOON, || {
            assert!(echo.process.ended().expect("a status").is_none(), "it has ended: {:?}", echo.log());
            let n_absent = echo.log().iter().filter(|line| line.starts_with("warning: no IPv")).count();
            let told: Vec<_> = echo.log().iter().filter_map(|line| listener(line)).collect();
            (told.len() + n_absent == n_ports * 2).then_some(told)
        });
        echo
    }

    /// Returns where a family is served by a scheme; `None`: this machine does not have the family.
    pub fn address(&self, family: Family, scheme: &str) -> Option<SocketAddr> {
        self.listeners.iter().find(|(of, by, _)| *of == family && by == scheme).map(|(.., address)| *address)
    }

    /// Returns what it has written so far.
    pub fn log(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The sockets that it has open, the listening ones among them.
    pub fn n_sockets(&self) -> usize {
        let entries = fs::read_dir(format!("/proc/{}/fd", self.process.id())).expect("its files");
        let is_tcp =
            |path: std::path::PathBuf| fs::read_link(path).is_ok_and(|to| to.to_string_lossy().starts_with("socket:"));
        entries.flatten().filter(|entry| is_tcp(entry.path())).count()
    }

    pub fn memory(&self) -> usage::Memory {
        usage::memory(self.process.id())
    }

    /// Ends it as a service manager does; returns how it ended.
    ///
    /// # Panics
    /// Where it cannot be told.
    pub fn stop(&self) -> ExitStatus {
        self.process.stop().expect("stopped")
    }
}

/// Reads `IPv4: http://127.0.0.1:8080`.
fn listener(line: &str) -> Option<(Family, String, SocketAddr)> {
    let (family, url) = line.split_once(": ")?;
    let (scheme, address) = url.split_once("://")?;
    let family = Family::ALL.into_iter().find(|f| f.to_string() == family)?;
    Some((family, scheme.to_owned(), address.parse().ok()?))
}

/// A connection that sends bytes as they are and reads until the other side hangs up.
pub struct Raw {
    pub stream: TcpStream,
}

impl Raw {
    /// # Panics
    /// Where nobody listens.
    pub fn connect(to: SocketAddr) -> Self {
        let stream = TcpStream::connect_timeout(&to, SOON).expect("somebody listens");
        stream.set_read_timeout(Some(Duration::from_mins(1))).expect("a timeout");
        stream.set_write_timeout(Some(Duration::from_mins(1))).expect("a timeout");
        Self { stream }
    }

    pub fn send(mut self, bytes: &[u8]) -> Self {
        // Who refuses a head does not wait for its end.
        let _ = self.stream.write_all(bytes);
        self
    }

    pub fn half_close(self) -> Self {
        // It may have hung up already.
        let _ = self.stream.shutdown(Shutdown::Write);
        self
    }

    /// Reads to the end; `Err` where it did not come within a minute. A reset is an end.
    ///
    /// # Errors
    /// No end.
    pub fn end(mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut piece = [0; 16 * 1024];
        loop {
            match self.stream.read(&mut piece) {
                Ok(0) => return Ok(bytes),
                Ok(n) => bytes.extend_from_slice(&piece[..n]),
                Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                    return Err(error);
                }
                Err(_) => return Ok(bytes),
            }
        }
    }
}

/// An answer as its bytes were.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// Reads one answer that ends with the connection or in chunks.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&bytes[..end]);
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let is_chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
        let rest = &bytes[end + 4..];
        let body = if is_chunked { unchunked(rest)? } else { rest.to_vec() };
        Some(Self { status, headers, body })
    }

    /// Returns a header; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(of, _)| of == name).map_or("", |(_, value)| value)
    }
}

/// RFC 9112 section 7.1.
fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?.trim(), 16).ok()?;
        rest = &rest[end + 2..];
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size + 2..)?;
    }
}
