//! The TLS handshake with a literal under the name of the target, keeping what the peer sent.

mod candidates;
pub(crate) mod hello;
mod names;
mod recorder;
mod stream;
mod verified;
mod way;
pub(crate) mod wide;

pub use stream::Stream;

use crate::{bounded::Bounded, classify, crypto};
use dualwatch_core::measure::{
    certificate_fault::Dispute,
    sample::Certificate,
    target::{Host, Policy},
    time::Timestamp,
};
pub use names::{name, text};
use recorder::{Recorder, public_roots};
use rustls::{
    ClientConfig, RootCertStore,
    client::{Resumption, WebPkiServerVerifier},
    crypto::CryptoProvider,
    time_provider::TimeProvider,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject};
use sha2::{Digest, Sha256};
use std::{io, sync::Arc, time::Duration};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;

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
    /// What else may be asked of the server, since it may be we who lack something.
    pub ask: Option<wide::Ask>,
}

/// What the peer presented, trusted or not.
#[derive(Default)]
pub struct Peer {
    pub certificate: Option<Certificate>,
    /// The subjects of all certificates, its own first.
    pub chain: Vec<String>,
    /// Whether what was trusted is vouched for by an authority of the operator's alone.
    pub own_authority: bool,
    /// What is trusted here, and not by every client.
    pub dispute: Option<Dispute>,
    /// Whether it asked for a certificate of ours.
    pub asks_for_certificate: bool,
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
        let recorder = self.recorder().map_err(|e| HandshakeError {
            failure: classify::Failure::measurement(e),
            peer: Peer::default(),
            ask: None,
        })?;
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
            Err(error) => {
                let mut failure = classify::tls(&error);
                recorder.explain(&mut failure);
                let ask = wide::Ask::of(&failure, &error, &peer);
                Err(HandshakeError { failure, peer, ask })
            }
        }
    }

    /// Verifies and summarises a chain as a handshake does; returns what came of it.
    #[cfg(feature = "bench")]
    pub(crate) fn judge(&self, chain: &[CertificateDer<'_>], name: &str, now: Timestamp) -> Result<String, String> {
        let recorder = self.recorder()?;
        let name = ServerName::try_from(name.to_owned()).map_err(|e| e.to_string())?;
        let now = At(now).current_time().ok_or("no time")?;
        let [leaf, intermediates @ ..] = chain else { return Err("no certificate".to_owned()) };
        let result = recorder.verify(leaf, intermediates, &name, now);
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
        let algorithms = self.provider.signature_verification_algorithms.all;
        Ok(Arc::new(Recorder::new(inner, self.pinned.clone(), self.roots_id, algorithms)))
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
            .with_custom_certificate_verifier(recorder.clone())
            .with_client_cert_resolver(recorder);
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

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::measure::time::DAY;
    use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, date_time_ymd};
    use rustls::{CertificateError, Error};

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
        match recorder.verify(presented.der(), &[], &name, now) {
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
