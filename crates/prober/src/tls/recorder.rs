//! The verifier of a handshake: the standard one, with what clients beside it take and refuse, and with a memory of what
//! the peer presented and asked for.

use super::{
    Peer, candidates,
    verified::{self, Authority, Verdict},
    way::{self, Question},
};
use crate::{
    classify::{self, Failure},
    crypto,
};
use dualwatch_core::measure::{
    cause::Cause,
    certificate_fault::{CertificateFault, Dispute, FaultKind},
};
use rustls::{
    CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        ResolvesClientCert, WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    server::ParsedCertificate,
    sign::CertifiedKey,
};
use rustls_pki_types::{CertificateDer, ServerName, SignatureVerificationAlgorithm, UnixTime};
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

/// As many certificates of a chain are kept; public ones have two to four.
const MAX_CHAIN: usize = 10;
/// As many roots that were sent are looked at: none is needed, and one says where the chain ends.
const MAX_ROOTS_SENT: usize = 4;

/// The roots that browsers know, too.
pub fn public_roots() -> RootCertStore {
    RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }
}

/// Verifies, and keeps what was presented, trusted or not.
#[derive(Debug)]
pub struct Recorder {
    inner: Arc<WebPkiServerVerifier>,
    pinned: Arc<Vec<CertificateDer<'static>>>,
    roots_id: [u8; 32],
    algorithms: &'static [&'static dyn SignatureVerificationAlgorithm],
    seen: Mutex<Seen>,
    asks_for_certificate: AtomicBool,
}

#[derive(Debug, Default)]
struct Seen {
    presented: Vec<CertificateDer<'static>>,
    /// What was found of a chain that is trusted.
    verdict: Option<Verdict>,
    /// What is wrong with one that is not.
    fault: Option<CertificateFault>,
}

impl Recorder {
    pub fn new(
        inner: Arc<WebPkiServerVerifier>,
        pinned: Arc<Vec<CertificateDer<'static>>>,
        roots_id: [u8; 32],
        algorithms: &'static [&'static dyn SignatureVerificationAlgorithm],
    ) -> Self {
        let (seen, asks_for_certificate) = (Mutex::default(), AtomicBool::new(false));
        Self { inner, pinned, roots_id, algorithms, seen, asks_for_certificate }
    }

    /// Returns what the peer has shown and asked for so far.
    pub fn peer(&self) -> Peer {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        Peer {
            certificate: seen.presented.first().and_then(|leaf| classify::certificate(leaf)),
            chain: seen.presented.iter().filter_map(|der| classify::subject(der)).collect(),
            own_authority: seen.verdict.is_some_and(|verdict| verdict.by == Authority::Own),
            dispute: seen.verdict.and_then(|verdict| verdict.dispute),
            asks_for_certificate: self.asks_for_certificate.load(Ordering::Relaxed),
        }
    }

    /// Adds to a failure what is wrong with which certificate, and that one of ours was asked for.
    pub fn explain(&self, failure: &mut Failure) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(fault) = seen.fault.take() {
            failure.cause = match fault.kind {
                FaultKind::Expired => Cause::TlsExpired,
                FaultKind::NotYetValid => Cause::TlsNotYetValid,
                _ => failure.cause,
            };
            failure.evidence.fault = Some(fault);
        }
        failure.evidence.client_certificate = self.asks_for_certificate.load(Ordering::Relaxed);
    }

    fn note(&self, note: impl FnOnce(&mut Seen)) {
        note(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Verifies a chain as every common client does; what is wrong is kept for [`Self::explain`].
    pub fn verify(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.note(|seen| {
            let all = [leaf].into_iter().chain(intermediates).take(MAX_CHAIN);
            seen.presented = all.map(|der| der.clone().into_owned()).collect();
        });
        let chain: Vec<&CertificateDer<'_>> = [leaf].into_iter().chain(intermediates).collect();
        let key = verified::Key::of(&self.roots_id, name, &chain);
        if let Some(verdict) = verified::recall(&key, now) {
            self.note(|seen| seen.verdict = Some(verdict));
            return Ok(ServerCertVerified::assertion());
        }
        let candidates = candidates::of(leaf, intermediates);
        let question = Question {
            leaf,
            presented: &[],
            pinned: &self.pinned,
            public: webpki_roots::TLS_SERVER_ROOTS,
            algorithms: self.algorithms,
            name,
            now: i64::try_from(now.as_secs()).unwrap_or(i64::MAX),
            with_signatures: true,
        };
        match self.inner.verify_server_cert(leaf, &candidates, name, &[], now) {
            Ok(verified) => {
                let question = Question { presented: &candidates, with_signatures: false, ..question };
                // The verifier does not look at these, and all clients do.
                let counts = |fault: &CertificateFault| {
                    matches!(fault.kind, FaultKind::KeyUsage | FaultKind::Expired | FaultKind::NotYetValid)
                };
                if let Some(fault) = way::faults(&question, counts).into_iter().next() {
                    self.note(|seen| seen.fault = Some(fault));
                    return Err(CertificateError::ApplicationVerificationFailure.into());
                }
                let by = self.authority(leaf, &candidates, name, now)?;
                let dispute = (way::unusual_key(leaf) == Some(way::UnusualKey::P521)).then_some(Dispute::CurveP521);
                let verdict = Verdict { by, dispute };
                verified::remember(key, &chain, way::roots_valid_until(&question), verdict);
                self.note(|seen| seen.verdict = Some(verdict));
                Ok(verified)
            }
            // What `openssl req -x509` makes is its own CA, and webpki takes no CA for a server. Where the operator
            // trusts this very certificate, that is what it was made for; name, dates and usage must still be right.
            Err(Error::InvalidCertificate(_)) if self.pinned.iter().any(|pinned| pinned == leaf) => {
                let verified = self.verify_pinned(leaf, name, now)?;
                self.note(|seen| seen.verdict = Some(Verdict { by: Authority::Own, dispute: None }));
                Ok(verified)
            }
            Err(Error::InvalidCertificate(why)) => {
                let roots_sent = intermediates.iter().filter(|der| candidates::is_root(der)).take(MAX_ROOTS_SENT);
                let presented: Vec<CertificateDer<'_>> = candidates.iter().chain(roots_sent).cloned().collect();
                let faults = way::faults(&Question { presented: &presented, ..question }, |_| true);
                let verdict = self.verdict_of_clients(&why, &faults, leaf, name);
                self.note(|seen| {
                    seen.fault = fault_behind(&why, faults);
                    seen.verdict = verdict;
                });
                verdict.map(|_| ServerCertVerified::assertion()).ok_or_else(|| why.into())
            }
            result => result,
        }
    }

    /// Returns what is to be said of a chain that the verifier refuses and that clients take: the certificate of an
    /// authority as a server's, and dates that it cannot read (before 1970). All else must be good.
    fn verdict_of_clients(
        &self,
        why: &CertificateError,
        faults: &[CertificateFault],
        leaf: &CertificateDer<'_>,
        name: &ServerName<'_>,
    ) -> Option<Verdict> {
        let dispute = match (why, faults) {
            (CertificateError::BadEncoding, []) => None,
            (CertificateError::Other(_) | CertificateError::BadEncoding, [only])
                if only.kind == FaultKind::AuthorityAsServer && only.is_servers =>
            {
                Some(Dispute::AuthorityAsServer)
            }
            _ => return None,
        };
        verify_server_name(&ParsedCertificate::try_from(leaf).ok()?, name).ok()?;
        // Who vouches for it the verifier does not say: with roots of the operator's own it is taken for theirs.
        let by = if self.pinned.is_empty() { Authority::Public } else { Authority::Own };
        Some(Verdict { by, dispute })
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

    fn verify_pinned(
        &self,
        leaf: &CertificateDer<'_>,
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        match classify::validity(leaf) {
            None => return Err(CertificateError::BadEncoding.into()),
            Some((not_before, _)) if seconds < not_before => return Err(CertificateError::NotValidYet.into()),
            Some((_, not_after)) if seconds > not_after => return Err(CertificateError::Expired.into()),
            Some(_) => {}
        }
        if let Some(fault) = way::server_usage(leaf) {
            self.note(|seen| seen.fault = Some(fault));
            return Err(CertificateError::ApplicationVerificationFailure.into());
        }
        verify_server_name(&ParsedCertificate::try_from(leaf)?, name)?;
        Ok(ServerCertVerified::assertion())
    }

    /// A key that is too weak to be used here gives no signature that can be verified: that is no forgery.
    fn explain_signature<T>(&self, leaf: &CertificateDer<'_>, result: Result<T, Error>) -> Result<T, Error> {
        if let (Err(_), Some(weak)) = (&result, way::weak_key(leaf)) {
            self.note(|seen| seen.fault = Some(weak));
            return Err(CertificateError::ApplicationVerificationFailure.into());
        }
        result
    }
}

/// Returns the fault that the verifier's reason is about.
fn fault_behind(why: &CertificateError, faults: Vec<CertificateFault>) -> Option<CertificateFault> {
    let of = |kind: FaultKind| faults.iter().find(|fault| fault.kind == kind).cloned();
    match why {
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => None,
        CertificateError::Revoked => None,
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => of(FaultKind::Expired),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => of(FaultKind::NotYetValid),
        // Dates have causes of their own, which the verifier has not found.
        _ => faults.into_iter().find(|f| !matches!(f.kind, FaultKind::Expired | FaultKind::NotYetValid)),
    }
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.verify(leaf, intermediates, name, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.explain_signature(certificate, self.inner.verify_tls12_signature(message, certificate, signature))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.explain_signature(certificate, self.inner.verify_tls13_signature(message, certificate, signature))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

/// There is none of ours to send; that one was asked for is what a refusal is about.
impl ResolvesClientCert for Recorder {
    fn resolve(&self, _issuers: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asks_for_certificate.store(true, Ordering::Relaxed);
        None
    }

    fn has_certs(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests;
