//! The TLS handshake with a literal under the name of the target, keeping what the peer sent.

mod candidates;
pub(crate) mod hello;
mod stream;
mod verified;

pub use stream::Stream;

use crate::{bounded::Bounded, classify, crypto};
use dualwatch_core::measure::{
    sample::Certificate,
    target::{Host, Policy},
    time::Timestamp,
};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        Resumption, WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    crypto::CryptoProvider,
    server::ParsedCertificate,
    time_provider::TimeProvider,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject};
use sha2::{Digest, Sha256};
use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use verified::Authority;

/// What may come before the handshake is over; certificates alone are at most 64 KiB in rustls.
const MAX_HANDSHAKE_BYTES: usize = 256 * 1024;

/// Trusted roots and cryptography, prepared once.
#[derive(Clone, Debug)]
pub struct Tls {
    provider: Arc<CryptoProvider>,
    roots: Arc<RootCertStore>,
    /// The extra roots as they are: a server may present one of them itself.
    pinned: Arc<Vec<CertificateDer<'static>>>,
    /// Stands for all the extra roots.
    roots_id: [u8; 32],
}

/// A handshake that did not succeed, and what the peer had presented.
pub struct HandshakeError {
    pub failure: classify::Failure,
    pub peer: Peer,
}

/// What the peer presented, trusted or not.
#[derive(Default)]
pub struct Peer {
    pub certificate: Option<Certificate>,
    /// The subjects of all certificates, its own first.
    pub chain: Vec<String>,
    /// Whether what was trusted is vouched for by an authority of the operator's alone.
    pub own_authority: bool,
}

/// Which protocol the peer is asked to speak over TLS (RFC 7301).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speak {
    Http,
    /// None is named: a server of anything answers as it does.
    Anything,
}

impl Tls {
    /// Trusts the public roots and those of the policy. Fails with a text for the operator.
    pub fn new(policy: &Policy) -> Result<Self, String> {
        let mut roots = public_roots();
        let mut pinned = Vec::new();
        let mut roots_id = Sha256::new();
        for (i, pem) in policy.extra_roots_pem.iter().enumerate() {
            for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
                let certificate = certificate.map_err(|e| format!("read extra root {}: {e}", i + 1))?;
                roots_id.update(Sha256::digest(&certificate));
                pinned.push(certificate.clone());
                roots.add(certificate).map_err(|e| format!("use extra root {}: {e}", i + 1))?;
            }
        }
        Ok(Self {
            provider: crypto::provider(),
            roots: Arc::new(roots),
            pinned: Arc::new(pinned),
            roots_id: roots_id.finalize().into(),
        })
    }

    /// Shakes hands as a client of `host`. `now` judges the certificate's dates.
    pub async fn handshake<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        host: &Host,
        speak: Speak,
        now: Timestamp,
        stream: S,
    ) -> Result<(Stream<S>, Peer), HandshakeError> {
        let recorder = self
            .recorder()
            .map_err(|e| HandshakeError { failure: classify::Failure::measurement(e), peer: Peer::default() })?;
        let (stream, allowance) = Bounded::new(stream, MAX_HANDSHAKE_BYTES);
        let attempt = async {
            let name = match host {
                Host::Name(name) => ServerName::try_from(name.clone()).map_err(io::Error::other)?,
                Host::Address(address) => ServerName::IpAddress((*address).into()),
            };
            let connector = TlsConnector::from(Arc::new(self.config(recorder.clone(), speak, now)?));
            connector.connect(name, stream).await
        };
        let result = attempt.await;
        let peer = recorder.peer();
        match result {
            Ok(stream) => Ok((Stream::new(stream, allowance), peer)),
            Err(error) => Err(HandshakeError { failure: classify::tls(&error), peer }),
        }
    }

    /// Verifies and summarises a chain as a handshake does; returns what came of it.
    #[cfg(feature = "bench")]
    pub(crate) fn judge(&self, chain: &[CertificateDer<'_>], name: &str, now: Timestamp) -> Result<String, String> {
        let recorder = self.recorder()?;
        let name = ServerName::try_from(name.to_owned()).map_err(|e| e.to_string())?;
        let now = At(now).current_time().ok_or("no time")?;
        let [leaf, intermediates @ ..] = chain else { return Err("no certificate".to_owned()) };
        let result = recorder.verify_server_cert(leaf, intermediates, &name, &[], now);
        let names = recorder.peer().certificate.map_or(0, |certificate| certificate.subject_names.len());
        Ok(match result {
            Ok(_) => format!("trusted, {names} names"),
            Err(error) => format!("{}, {names} names", classify::tls(&io::Error::other(error)).cause),
        })
    }

    fn recorder(&self) -> Result<Arc<Recorder>, String> {
        let inner = WebPkiServerVerifier::builder_with_provider(self.roots.clone(), self.provider.clone())
            .build()
            .map_err(|e| e.to_string())?;
        let (pinned, roots_id) = (self.pinned.clone(), self.roots_id);
        let (presented, own_authority) = (Mutex::new(Vec::new()), AtomicBool::new(false));
        Ok(Arc::new(Recorder { inner, pinned, roots_id, presented, own_authority }))
    }

    fn config(&self, recorder: Arc<Recorder>, speak: Speak, now: Timestamp) -> io::Result<ClientConfig> {
        Self::config_with(self.provider.clone(), recorder, speak, now)
    }

    fn config_with(
        provider: Arc<CryptoProvider>,
        recorder: Arc<Recorder>,
        speak: Speak,
        now: Timestamp,
    ) -> io::Result<ClientConfig> {
        let clock = Arc::new(At(now));
        let mut config = ClientConfig::builder_with_details(provider, clock)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .dangerous() // Not less strict: the recorder asks the standard verifier.
            .with_custom_certificate_verifier(recorder)
            .with_no_client_auth();
        if speak == Speak::Http {
            config.alpn_protocols = vec![b"http/1.1".to_vec()];
        }
        // A resumed session would hide the certificate.
        config.resumption = Resumption::disabled();
        Ok(config)
    }
}

/// The time of the round as rustls's clock.
#[derive(Debug)]
struct At(Timestamp);

impl TimeProvider for At {
    fn current_time(&self) -> Option<UnixTime> {
        u64::try_from(self.0.unix_ms()).ok().map(|ms| UnixTime::since_unix_epoch(Duration::from_millis(ms)))
    }
}

/// As many certificates of a chain are kept; public ones have two to four.
const MAX_CHAIN: usize = 10;

/// The standard verifier, which also keeps what was presented, trusted or not.
#[derive(Debug)]
struct Recorder {
    inner: Arc<WebPkiServerVerifier>,
    pinned: Arc<Vec<CertificateDer<'static>>>,
    roots_id: [u8; 32],
    presented: Mutex<Vec<CertificateDer<'static>>>,
    /// Whether what was trusted is vouched for by one of the extra roots alone.
    own_authority: AtomicBool,
}

impl Recorder {
    fn peer(&self) -> Peer {
        let Ok(presented) = self.presented.lock() else { return Peer::default() };
        Peer {
            certificate: presented.first().and_then(|leaf| classify::certificate(leaf)),
            chain: presented.iter().filter_map(|der| classify::subject(der)).collect(),
            own_authority: self.own_authority.load(Ordering::Relaxed),
        }
    }

    fn note(&self, by: Authority) {
        self.own_authority.store(by == Authority::Own, Ordering::Relaxed);
    }

    /// Returns who vouches for a chain that is trusted: asked once for each, since that is remembered.
    fn authority(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<Authority, Error> {
        if self.pinned.is_empty() {
            return Ok(Authority::Public);
        }
        let public = WebPkiServerVerifier::builder_with_provider(public_roots().into(), crypto::provider())
            .build()
            .map_err(|e| Error::General(e.to_string()))?;
        let is_public = public.verify_server_cert(leaf, intermediates, name, &[], now).is_ok();
        Ok(if is_public { Authority::Public } else { Authority::Own })
    }
}

/// The roots that browsers know, too.
fn public_roots() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

fn verify_pinned(leaf: &CertificateDer<'_>, name: &ServerName<'_>, now: UnixTime) -> Result<ServerCertVerified, Error> {
    let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    match classify::validity(leaf) {
        None => return Err(CertificateError::BadEncoding.into()),
        Some((not_before, _)) if seconds < not_before => return Err(CertificateError::NotValidYet.into()),
        Some((_, not_after)) if seconds > not_after => return Err(CertificateError::Expired.into()),
        Some(_) => {}
    }
    verify_server_name(&ParsedCertificate::try_from(leaf)?, name)?;
    Ok(ServerCertVerified::assertion())
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Ok(mut presented) = self.presented.lock() {
            let all = [leaf].into_iter().chain(intermediates).take(MAX_CHAIN);
            *presented = all.map(|der| der.clone().into_owned()).collect();
        }
        let chain: Vec<&CertificateDer<'_>> = [leaf].into_iter().chain(intermediates).collect();
        let key = verified::Key::of(&self.roots_id, name, &chain);
        if let Some(by) = verified::recall(&key, now) {
            self.note(by);
            return Ok(ServerCertVerified::assertion());
        }
        let candidates = candidates::of(leaf, intermediates);
        match self.inner.verify_server_cert(leaf, &candidates, name, ocsp, now) {
            Ok(verified) => {
                let by = self.authority(leaf, &candidates, name, now)?;
                verified::remember(key, &chain, by);
                self.note(by);
                Ok(verified)
            }
            // What `openssl req -x509` makes is its own CA, and webpki takes no CA for a server. Where the operator
            // trusts this very certificate, that is what it was made for; name and dates must still be right.
            Err(Error::InvalidCertificate(_)) if self.pinned.iter().any(|pinned| pinned == leaf) => {
                let verified = verify_pinned(leaf, name, now)?;
                self.note(Authority::Own);
                Ok(verified)
            }
            result => result,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::measure::time::DAY;
    use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, date_time_ymd};

    /// 2026-11-23
    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_392_000_000);

    /// What `openssl req -x509` makes: signed by itself, and marked as a CA.
    fn self_made(names: &[&str]) -> rcgen::Certificate {
        let mut params = CertificateParams::new(names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.not_before = date_time_ymd(2026, 11, 1);
        params.not_after = date_time_ymd(2026, 12, 1);
        params.self_signed(&KeyPair::generate().unwrap()).unwrap()
    }

    fn judge(
        trusted: &rcgen::Certificate,
        presented: &rcgen::Certificate,
        name: &str,
        now: Timestamp,
    ) -> Option<CertificateError> {
        judge_by(trusted, presented, name, now).err()
    }

    /// Returns whether an authority of the operator's alone vouches for what is trusted.
    fn judge_by(
        trusted: &rcgen::Certificate,
        presented: &rcgen::Certificate,
        name: &str,
        now: Timestamp,
    ) -> Result<bool, CertificateError> {
        let policy = Policy { extra_roots_pem: vec![trusted.pem()], ..Policy::default() };
        let recorder = Tls::new(&policy).unwrap().recorder().unwrap();
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let now = At(now).current_time().unwrap();
        match recorder.verify_server_cert(presented.der(), &[], &name, &[], now) {
            Ok(_) => Ok(recorder.peer().own_authority),
            Err(Error::InvalidCertificate(why)) => Err(why),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn a_chain_that_was_good_is_judged_by_name_date_and_root_again() {
        let mut ca = CertificateParams::new(Vec::new()).unwrap();
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        ca.not_before = date_time_ymd(2026, 1, 1);
        ca.not_after = date_time_ymd(2036, 1, 1);
        let key = KeyPair::generate().unwrap();
        let root = ca.self_signed(&key).unwrap();
        let mut leaf = CertificateParams::new(vec!["chain.example".to_owned(), "twin.example".to_owned()]).unwrap();
        leaf.not_before = date_time_ymd(2026, 11, 1);
        leaf.not_after = date_time_ymd(2026, 12, 1);
        let leaf = leaf.signed_by(&KeyPair::generate().unwrap(), &rcgen::Issuer::new(ca, key)).unwrap();
        // The second time by heart.
        assert_eq!(judge_by(&root, &leaf, "chain.example", NOW), Ok(true));
        assert_eq!(judge_by(&root, &leaf, "chain.example", NOW), Ok(true));
        assert!(judge(&self_made(&["other.example"]), &leaf, "chain.example", NOW).is_some());
        assert!(judge(&root, &leaf, "other.example", NOW).is_some());
        assert_eq!(judge(&root, &leaf, "twin.example", NOW), None);
        for (moment, expected) in [(NOW + 30 * DAY, "Expired"), (NOW - 30 * DAY, "NotValidYet")] {
            let why = format!("{:?}", judge(&root, &leaf, "chain.example", moment));
            assert!(why.contains(expected), "{why}");
        }
    }

    #[test]
    fn a_self_made_certificate_is_trusted_where_the_operator_names_it() {
        let own = self_made(&["service.example"]);
        assert_eq!(judge_by(&own, &own, "service.example", NOW), Ok(true));
        assert!(judge(&self_made(&["service.example"]), &own, "service.example", NOW).is_some());
        // Name and dates must be right all the same.
        assert!(matches!(
            judge(&own, &own, "other.example", NOW),
            Some(CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. })
        ));
        assert_eq!(judge(&own, &own, "service.example", NOW + 30 * DAY), Some(CertificateError::Expired));
        assert_eq!(judge(&own, &own, "service.example", NOW - 30 * DAY), Some(CertificateError::NotValidYet));
    }
}
