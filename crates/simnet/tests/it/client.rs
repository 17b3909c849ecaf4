//! A plain client: it says what it saw, and knows nothing of the lab's own code.

use dualwatch_simnet::Lab;
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use rustls_pki_types::{CertificateDer, ServerName, pem::PemObject};
use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, timeout, timeout_at},
};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// How long to wait where silence is expected: everything here answers within milliseconds.
pub const QUIET: Duration = Duration::from_millis(600);
/// How long to wait where an answer is expected, on a machine that is busy with other things.
pub const PATIENT: Duration = Duration::from_secs(20);
/// On loopback the kernel answers within the connect call, however busy the machine is.
const QUIET_KERNEL: Duration = Duration::from_millis(200);

/// How reading ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Closed,
    Reset,
    Quiet,
    /// More came than the client wanted.
    More,
}

pub struct Seen {
    pub bytes: Vec<u8>,
    pub end: End,
}

impl Seen {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// Returns the body of an HTTP answer.
    pub fn body(&self) -> &[u8] {
        let at = self.bytes.windows(4).position(|w| w == b"\r\n\r\n").map_or(self.bytes.len(), |at| at + 4);
        &self.bytes[at..]
    }
}

/// Reads until the end, at most `limit` bytes and for as long as given.
pub async fn read_all(stream: &mut (impl AsyncRead + Unpin), limit: usize, wait: Duration) -> Seen {
    let until = Instant::now() + wait;
    let mut bytes = Vec::new();
    let end = loop {
        if bytes.len() > limit {
            break End::More;
        }
        match timeout_at(until, stream.read_buf(&mut bytes)).await {
            Err(_) => break End::Quiet,
            Ok(Ok(0)) => break End::Closed,
            Ok(Ok(_)) => {}
            Ok(Err(e)) if e.kind() == ErrorKind::UnexpectedEof => break End::Closed,
            Ok(Err(_)) => break End::Reset,
        }
    };
    Seen { bytes, end }
}

/// Connects, or says why not: `refused`, `silent`, or another error's text.
pub async fn connect(at: SocketAddr) -> Result<TcpStream, String> {
    connect_within(at, QUIET_KERNEL).await
}

/// Connects, or says why not: `refused`, `unreachable`, `prohibited`, `silent`, or another error's text.
pub async fn connect_within(at: SocketAddr, limit: Duration) -> Result<TcpStream, String> {
    let Ok(connected) = timeout(limit, TcpStream::connect(at)).await else { return Err("silent".to_owned()) };
    connected.map_err(|e| match e.kind() {
        ErrorKind::ConnectionRefused => "refused".to_owned(),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => "unreachable".to_owned(),
        ErrorKind::PermissionDenied => "prohibited".to_owned(),
        _ => e.to_string(),
    })
}

/// Sends a request for a path and reads what comes.
pub async fn get(at: SocketAddr, path: &str) -> Seen {
    get_within(at, path, PATIENT).await
}

pub async fn get_within(at: SocketAddr, path: &str, wait: Duration) -> Seen {
    request(at, &format!("GET {path} HTTP/1.1\r\nHost: lab.test\r\nConnection: close\r\n\r\n"), wait).await
}

pub async fn request(at: SocketAddr, request: &str, wait: Duration) -> Seen {
    let mut stream = connect(at).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    read_all(&mut stream, 4 << 20, wait).await
}

/// Shakes hands with trust in the lab's CA alone; TLS 1.2 and 1.3, ALPN `http/1.1`.
pub async fn shake(lab: &Lab, at: SocketAddr, name: &str, wait: Duration) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(lab.ca_pem().as_bytes()).unwrap()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let stream = connect(at).await.map_err(io::Error::other)?;
    let name = ServerName::try_from(name.to_owned()).unwrap();
    timeout(wait, TlsConnector::from(Arc::new(config)).connect(name, stream)).await?
}

/// Returns what a TLS client can tell of an error, shortened to its kind.
pub fn tls_error(e: &io::Error) -> String {
    if let Some(e) = e.get_ref().and_then(|e| e.downcast_ref::<rustls::Error>()) {
        let text = format!("{e:?}");
        return text.split(['{', ' ']).next().unwrap_or_default().to_owned();
    }
    match e.kind() {
        ErrorKind::TimedOut => "silent".to_owned(),
        ErrorKind::UnexpectedEof => "closed".to_owned(),
        ErrorKind::ConnectionReset => "reset".to_owned(),
        _ => e.to_string(),
    }
}
