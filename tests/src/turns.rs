//! A server on loopback behind which two machines seem to be: each connection meets one of them, by a pattern.

use dualwatch_core::measure::family::{Family, PerFamily};
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::{ServerConfig, crypto::ring};
use rustls_pki_types::{PrivateKeyDer, pem::PemObject};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

const DAY: Duration = Duration::from_hours(24);

/// One of the two machines.
#[derive(Clone)]
pub struct Machine {
    /// What it answers to every request.
    pub answer: String,
    /// How its TLS is set up; `None`: it speaks plain HTTP.
    tls: Option<TlsAcceptor>,
}

/// An authority of its own, by which certificates for `localhost` and loopback are made.
pub struct Authority {
    /// The root that clients are to trust.
    pub ca_pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// Two machines at one port of both families.
pub struct Turns {
    pub port: u16,
    /// How many connections each family has met.
    n: PerFamily<Arc<AtomicUsize>>,
}

impl Machine {
    /// Returns one that speaks plain HTTP.
    pub fn plain(status: &str, body: &str) -> Self {
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
        Self { answer, tls: None }
    }

    /// The same behind TLS, with a certificate that began and ends so many days from now.
    pub fn with_certificate(self, authority: &Authority, from_days: i64, to_days: i64) -> Self {
        let config = authority.config(from_days, to_days).expect("certificates can be made");
        Self { tls: Some(TlsAcceptor::from(Arc::new(config))), ..self }
    }
}

impl Authority {
    /// # Panics
    /// Where no key can be made.
    #[expect(clippy::new_without_default, reason = "it makes keys")]
    pub fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut ca = CertificateParams::new(Vec::new()).expect("no names");
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        ca.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let ca_pem = ca.self_signed(&key).expect("signed").pem();
        Self { ca_pem, issuer: Issuer::new(ca, key) }
    }

    fn config(&self, from_days: i64, to_days: i64) -> Result<ServerConfig, Box<dyn std::error::Error>> {
        let key = KeyPair::generate()?;
        let mut leaf = CertificateParams::new(["localhost", "127.0.0.1", "::1"].map(str::to_owned))?;
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        (leaf.not_before, leaf.not_after) = (days_from_now(from_days).into(), days_from_now(to_days).into());
        let certificate = leaf.signed_by(&key, &self.issuer)?;
        let key = PrivateKeyDer::from_pem_slice(key.serialize_pem().as_bytes())?;
        Ok(ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)?)
    }
}

/// A little more than whole days, so that nothing is at a border while a test runs.
fn days_from_now(days: i64) -> SystemTime {
    let now = SystemTime::now() + DAY / 2;
    if days < 0 { now - DAY * days.unsigned_abs() as u32 } else { now + DAY * days.unsigned_abs() as u32 }
}

impl Turns {
    /// Starts it: connection by connection the letters of `pattern`, again and again, say which of the machines it meets;
    /// each family goes through it for itself.
    ///
    /// # Panics
    /// Where no port can be had.
    pub async fn start(machines: [Machine; 2], pattern: &str) -> Self {
        let (port, listeners) = listeners().await;
        let n = PerFamily { ipv4: Arc::new(AtomicUsize::new(0)), ipv6: Arc::new(AtomicUsize::new(0)) };
        for (family, listener) in listeners {
            let (machines, n) = (machines.clone(), Arc::clone(n.get(family)));
            let pattern: Vec<char> = pattern.chars().collect();
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let letter = pattern[n.fetch_add(1, Ordering::Relaxed) % pattern.len()];
                    tokio::spawn(serve(stream, machines[usize::from(letter != 'A')].clone()));
                }
            });
        }
        Self { port, n }
    }

    /// Returns how many connections a family has met.
    pub fn n_connections(&self, family: Family) -> usize {
        self.n.get(family).load(Ordering::Relaxed)
    }
}

async fn listeners() -> (u16, Vec<(Family, TcpListener)>) {
    for _ in 0..20 {
        let ipv4 = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = ipv4.local_addr().expect("an address").port();
        match TcpListener::bind(("::1", port)).await {
            Ok(ipv6) => return (port, vec![(Family::Ipv4, ipv4), (Family::Ipv6, ipv6)]),
            Err(e) if e.kind() == std::io::ErrorKind::AddrInUse => {}
            Err(_) => return (port, vec![(Family::Ipv4, ipv4)]),
        }
    }
    panic!("no port is free over both families");
}

/// A client that does not trust a certificate, or that goes away, is its own affair.
async fn serve(stream: TcpStream, machine: Machine) {
    match &machine.tls {
        Some(tls) => {
            if let Ok(stream) = tls.accept(stream).await {
                answer(stream, &machine.answer).await;
            }
        }
        None => answer(stream, &machine.answer).await,
    }
}

async fn answer<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, answer: &str) {
    let mut request = Vec::new();
    while !request.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read_buf(&mut request).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
    }
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}
