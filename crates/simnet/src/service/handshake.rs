//! The TLS side of a connection: a real server with a scripted certificate, or hand-written records.

mod old;

use super::{
    shredded::Shredded,
    wire::{Scene, Wire, hold, read_until},
};
use crate::{authority::Authority, script::Behaviour, words::Tls};
use rustls::{
    DEFAULT_VERSIONS, RootCertStore, ServerConfig,
    crypto::ring::{self, sign::any_supported_type},
    server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier},
    sign::{CertifiedKey, SingleCertAndKey},
    version::TLS12,
};
use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};
use tokio::{
    io::{AsyncRead, AsyncWriteExt, copy},
    net::TcpStream,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// RFC 8446 section 5.1: a record is a header of five bytes and at most this much (`ClientHello` is not encrypted).
const MAX_RECORD: usize = 5 + (1 << 14);
/// RFC 8446 appendix B.1: content types and the legacy version of records.
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const FATAL: u8 = 2;
/// How many session tickets `many_tickets` sends; servers send two to four.
const N_TICKETS: usize = 100;
/// How much of the server's flight is sent where it breaks off: within `ServerHello`.
const BROKEN_OFF_AT: usize = 100;

/// The TLS servers of a lab, built when first needed.
pub struct Certificates {
    authority: Mutex<Authority>,
    acceptors: Mutex<HashMap<(Tls, Vec<String>), TlsAcceptor>>,
}

impl Certificates {
    pub fn new(authority: Authority) -> Self {
        Self { authority: Mutex::new(authority), acceptors: Mutex::default() }
    }

    pub fn with_authority<T>(&self, work: impl FnOnce(&Authority) -> T) -> T {
        work(&self.authority.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns the TLS server of a behaviour for these names.
    pub fn acceptor(&self, tls: Tls, names: &[String]) -> io::Result<TlsAcceptor> {
        let key = (tls, names.to_vec());
        if let Some(acceptor) = self.acceptors.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(acceptor.clone());
        }
        let mut authority = self.authority.lock().unwrap_or_else(PoisonError::into_inner);
        let presented = authority.present(tls, names, SystemTime::now())?;
        let provider = Arc::new(ring::default_provider());
        let versions = if matches!(
            tls,
            Tls::LargeChainTls12 | Tls::BigCertificateTls12 | Tls::GoodTls12 | Tls::ClientCertificateTls12
        ) {
            &[&TLS12][..]
        } else {
            DEFAULT_VERSIONS
        };
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(versions)
            .map_err(io::Error::other)?;
        let builder = if matches!(tls, Tls::ClientCertificate | Tls::ClientCertificateTls12) {
            let mut roots = RootCertStore::empty();
            roots.add(authority.ca_der()?).map_err(io::Error::other)?;
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.map_err(io::Error::other)?)
        } else {
            builder.with_no_client_auth()
        };
        // Not `with_single_cert`, which reads the certificate: some of ours are more than it takes.
        let signer = any_supported_type(&presented.key).map_err(io::Error::other)?;
        let certified = CertifiedKey::new(presented.chain, signer);
        let resolver: Arc<dyn ResolvesServerCert> = match tls {
            Tls::NamedOnly => Arc::new(Named(Arc::new(certified))),
            _ => Arc::new(SingleCertAndKey::from(certified)),
        };
        let mut config = builder.with_cert_resolver(resolver);
        config.alpn_protocols = match tls {
            Tls::NoAlpn => Vec::new(),
            Tls::Http2Only => vec![b"h2".to_vec()],
            _ => vec![b"http/1.1".to_vec()],
        };
        if tls == Tls::ManyTickets {
            config.send_tls13_tickets = N_TICKETS;
        }
        // For servers that go on record by record.
        config.enable_secret_extraction = true;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        self.acceptors.lock().unwrap_or_else(PoisonError::into_inner).insert(key, acceptor.clone());
        Ok(acceptor)
    }
}

/// A certificate for whoever names the host; who names none gets an alert.
#[derive(Debug)]
struct Named(Arc<CertifiedKey>);

impl ResolvesServerCert for Named {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        hello.server_name().map(|_| Arc::clone(&self.0))
    }
}

/// Returns the TLS stream, or nothing where the behaviour ends the connection in the handshake.
pub async fn accept(
    mut stream: TcpStream,
    tls: Tls,
    delay: Duration,
    scene: &Scene,
) -> io::Result<Option<TlsStream<Shredded>>> {
    if !delay.is_zero() {
        // Wait for ClientHello without taking it, so that the delay is the server's.
        stream.peek(&mut [0]).await?;
        tokio::time::sleep(delay).await;
    }
    if let Some(alert) = tls.alert() {
        client_hello(&mut stream).await?;
        stream.write_all(&[ALERT, 3, 3, 0, 2, FATAL, alert]).await?;
        stream.shutdown().await?;
        return hold(&mut stream).await.map(|()| None);
    }
    match tls {
        Tls::ProtocolTooOld => {
            client_hello(&mut stream).await?;
            stream.write_all(&server_hello_of_tls_1_0()).await?;
            hold(&mut stream).await?;
        }
        Tls::OldSuites | Tls::OtherGroup | Tls::OtherSignature => {
            let hello = client_hello(&mut stream).await?;
            stream.write_all(&old::answer(tls, &hello)).await?;
            stream.shutdown().await?;
            hold(&mut stream).await?;
        }
        Tls::PlainHttp => {
            client_hello(&mut stream).await?;
            let body = "400 Bad Request\n";
            let head = format!(
                "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            stream.write_all((head + body).as_bytes()).await?;
            stream.shutdown().await?;
            hold(&mut stream).await?;
        }
        Tls::Garbage => {
            client_hello(&mut stream).await?;
            stream.write_all(b"SSH-2.0-OpenSSH_9.9\r\n").await?;
            hold(&mut stream).await?;
        }
        Tls::Silent => {
            client_hello(&mut stream).await?;
            hold(&mut stream).await?;
        }
        Tls::Close => {
            client_hello(&mut stream).await?;
            stream.shutdown().await?;
        }
        Tls::Reset => {
            client_hello(&mut stream).await?;
            stream.reset_on_drop();
        }
        Tls::SilentAfterServerHello => {
            broken_flight(&mut stream, scene).await?;
            hold(&mut stream).await?;
        }
        Tls::ResetMidFlight => {
            broken_flight(&mut stream, scene).await?;
            // RST overtakes what the client has not read yet; give it a moment to read.
            tokio::time::sleep(Duration::from_millis(20)).await;
            stream.reset_on_drop();
        }
        _ => {
            let Behaviour { tls_record_bytes, tls_piece_bytes, .. } = scene.behaviour;
            let stream = Shredded::new(stream, tls_record_bytes, tls_piece_bytes);
            return match acceptor(scene)?.accept(stream).into_fallible().await {
                Ok(stream) => Ok(Some(stream)),
                // Whoever closes with something unread sends RST, and that overtakes the alert.
                Err((error, mut stream)) => {
                    stream.shutdown().await?;
                    hold(&mut stream).await?;
                    Err(error)
                }
            };
        }
    }
    Ok(None)
}

fn acceptor(scene: &Scene) -> io::Result<&TlsAcceptor> {
    scene.acceptor.as_ref().ok_or_else(|| io::Error::other("no TLS server for this behaviour"))
}

/// Reads the first record, which holds `ClientHello`.
pub async fn client_hello(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let whole = |bytes: &[u8]| match bytes {
        [_, _, _, high, low, rest @ ..] => rest.len() >= usize::from(u16::from_be_bytes([*high, *low])),
        _ => false,
    };
    let hello = read_until(stream, MAX_RECORD, whole).await?;
    if hello.is_empty() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(hello) }
}

/// Sends the beginning of a real server's first flight.
async fn broken_flight(stream: &mut TcpStream, scene: &Scene) -> io::Result<()> {
    let hello = client_hello(stream).await?;
    // A real server on a pipe gives the bytes; the client gets the first of them.
    let (mut ours, theirs) = tokio::io::duplex(64 * 1024);
    ours.write_all(&hello).await?;
    let accepting = acceptor(scene)?.accept(theirs);
    let flight = read_until(&mut ours, BROKEN_OFF_AT, |bytes| bytes.len() >= BROKEN_OFF_AT);
    let flight = tokio::select! {
        flight = flight => flight?,
        ended = accepting => return ended.map(|_| ()),
    };
    copy(&mut &flight[..BROKEN_OFF_AT.min(flight.len())], stream).await.map(|_| ())
}

/// RFC 2246 section 7.4.1.3: a `ServerHello` that chooses TLS 1.0, which no client of today accepts.
fn server_hello_of_tls_1_0() -> Vec<u8> {
    const TLS_1_0: [u8; 2] = [3, 1];
    const SERVER_HELLO: u8 = 2;
    const TLS_RSA_WITH_AES_128_CBC_SHA: [u8; 2] = [0, 0x2f];
    let mut body = TLS_1_0.to_vec();
    body.extend_from_slice(&[0x5a; 32]); // random
    body.push(0); // no session id
    body.extend_from_slice(&TLS_RSA_WITH_AES_128_CBC_SHA);
    body.push(0); // no compression
    let length = body.len() as u8;
    let mut record = vec![HANDSHAKE, TLS_1_0[0], TLS_1_0[1], 0, length + 4, SERVER_HELLO, 0, 0, length];
    record.extend_from_slice(&body);
    record
}
