//! Sockets, timers and look-ups of tokio, for the native program.

use crate::{
    classify,
    dial::{Clock, Decode, Dial, DialError, DialErrorKind},
    texts::{self, When},
};
use dualwatch_core::measure::time::Timestamp;
use std::{
    io,
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use tokio::net::{TcpSocket, TcpStream};

/// The host that the native program runs in.
#[derive(Clone, Debug)]
pub struct Tokio {
    started: Instant,
}

impl Tokio {
    pub fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Default for Tokio {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for Tokio {
    fn now_ms(&self) -> f64 {
        self.started.elapsed().as_secs_f64() * 1_000.0
    }

    fn wall(&self) -> Timestamp {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_unix_ms(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }

    async fn sleep_ms(&self, ms: f64) {
        tokio::time::sleep(Duration::from_secs_f64((ms / 1_000.0).max(0.0))).await;
    }

    async fn pause(&self) {
        tokio::task::yield_now().await;
    }
}

impl Decode for Tokio {
    fn decode(&self, label: &str, bytes: &[u8]) -> Option<String> {
        decode(label, bytes)
    }
}

/// Reads text as [`Decode::decode`] is to.
pub(crate) fn decode(label: &str, bytes: &[u8]) -> Option<String> {
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes())?;
    Some(encoding.decode_without_bom_handling(bytes).0.into_owned())
}

impl Dial for Tokio {
    type Stream = TcpStream;

    async fn connect(&self, to: SocketAddr) -> Result<TcpStream, DialError> {
        let stream = TcpStream::connect(to).await.map_err(|e| DialError::new(kind(&e), classify::io_text(&e)))?;
        // Small requests must not wait for an acknowledgement: that would be measured as the target's time.
        stream.set_nodelay(true).map_err(|e| DialError::new(kind(&e), classify::io_text(&e)))?;
        Ok(stream)
    }

    async fn connect_small(&self, to: SocketAddr) -> Result<TcpStream, DialError> {
        let failed = |e: io::Error| DialError::new(kind(&e), classify::io_text(&e));
        let (socket, mss) = match to {
            SocketAddr::V4(_) => (TcpSocket::new_v4().map_err(failed)?, SMALL_MSS_V4),
            SocketAddr::V6(_) => (TcpSocket::new_v6().map_err(failed)?, SMALL_MSS_V6),
        };
        set_mss(&socket, mss)?;
        let stream = socket.connect(to).await.map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        Ok(stream)
    }

    async fn system_lookup(&self, name: &str) -> Result<Vec<IpAddr>, DialError> {
        let found = tokio::net::lookup_host((name, 0)).await.map_err(|e| {
            let text = e.to_string();
            DialError::new(texts::meaning(When::Connecting, &text), text)
        })?;
        let mut addresses: Vec<IpAddr> = found.map(|a| a.ip().to_canonical()).collect();
        addresses.dedup();
        Ok(addresses)
    }
}

/// RFC 9293 section 3.7.1: what is sent to who names no size.
const SMALL_MSS_V4: u32 = 536;
/// RFC 8200 section 5: every link carries 1,280 bytes, of which 60 are headers.
const SMALL_MSS_V6: u32 = 1_220;

/// Set before connecting, it is what the peer is told.
#[cfg(unix)]
fn set_mss(socket: &TcpSocket, mss: u32) -> Result<(), DialError> {
    socket2::SockRef::from(socket)
        .set_tcp_mss(mss)
        .map_err(|e| DialError::new(DialErrorKind::Unsupported, classify::io_text(&e)))
}

#[cfg(not(unix))]
fn set_mss(_socket: &TcpSocket, _mss: u32) -> Result<(), DialError> {
    Err(DialError::new(DialErrorKind::Unsupported, "this system does not let programs choose the size of segments"))
}

/// What the operating system's error means for a connection that was being opened.
fn kind(error: &io::Error) -> DialErrorKind {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => DialErrorKind::Refused,
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => DialErrorKind::Reset,
        // No address of our own (EADDRNOTAVAIL) is how a host without IPv6 says "unreachable"; EACCES and EPERM
        // come from a `prohibit` route or a local firewall.
        io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkDown
        | io::ErrorKind::AddrNotAvailable
        | io::ErrorKind::PermissionDenied => DialErrorKind::Unreachable,
        io::ErrorKind::TimedOut => DialErrorKind::TimedOut,
        // EAFNOSUPPORT: the kernel has no IPv6 at all.
        _ if error.raw_os_error() == Some(EAFNOSUPPORT) => DialErrorKind::Unreachable,
        _ => DialErrorKind::Unknown,
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
const EAFNOSUPPORT: i32 = 97;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const EAFNOSUPPORT: i32 = 47;
