//! The ways from a server's certificate to an authority that is trusted, and what is wrong on each: which certificate
//! it is that clients do not accept, and why.
//!
//! The verifier decides whether a chain is trusted. It is asked here what its error does not tell, what it does not look
//! at (the dates of roots that the operator names, and what keys may be used for), and what it refuses and clients take.

mod judge;

use super::names;
use dualwatch_core::measure::certificate_fault::{CertificateFault, FaultKind};
use rustls_pki_types::{CertificateDer, ServerName, SignatureVerificationAlgorithm, TrustAnchor};
use x509_parser::{
    error::X509Error,
    nom,
    prelude::{FromDer, X509Certificate},
};

/// As many ways are looked at where each costs signatures, and a server may send what it likes.
const MAX_WAYS: usize = 4;
/// As many where it costs none: more than six candidates make, two of a name.
const MAX_WAYS_READ: usize = 64;
/// As many certificates lie on a way.
const MAX_LENGTH: usize = 8;

/// What is asked about.
pub struct Question<'a> {
    pub leaf: &'a CertificateDer<'a>,
    /// Those that lead on from the leaf, and those that are signed by themselves.
    pub presented: &'a [CertificateDer<'a>],
    /// The roots that the operator names.
    pub pinned: &'a [CertificateDer<'a>],
    pub public: &'a [TrustAnchor<'a>],
    pub algorithms: &'a [&'a dyn SignatureVerificationAlgorithm],
    pub name: &'a ServerName<'a>,
    /// Seconds since 1970.
    pub now: i64,
    /// Whether signatures are computed: where the verifier has found them good they need not be.
    pub with_signatures: bool,
}

/// Where a way ends.
#[derive(Clone, Copy)]
enum End<'a> {
    Pinned(&'a X509Certificate<'a>),
    Public(&'a TrustAnchor<'a>),
    /// It leads to nobody who is trusted.
    Nowhere,
}

/// The certificates of a way, the server's own first, without the one at its end.
struct Way<'a> {
    path: Vec<&'a X509Certificate<'a>>,
    end: End<'a>,
}

/// Returns what is wrong on the way on which least is, of what `counts`; empty where nothing is.
pub fn faults(question: &Question<'_>, counts: impl Fn(&CertificateFault) -> bool) -> Vec<CertificateFault> {
    let leaf = match X509Certificate::from_der(question.leaf) {
        Ok((_, leaf)) => leaf,
        Err(error) => return vec![unreadable(&error)],
    };
    let (presented, pinned) = (read_all(question.presented), read_all(question.pinned));
    let max_ways = if question.with_signatures { MAX_WAYS } else { MAX_WAYS_READ };
    let map = Map { presented: &presented, pinned: &pinned, public: question.public, max_ways };
    let mut ways = Vec::new();
    map.walk(vec![&leaf], &mut ways);
    // The verifier has found one that leads to somebody.
    ways.retain(|way| question.with_signatures || !matches!(way.end, End::Nowhere));
    let judged = ways.iter().map(|way| {
        let faults: Vec<CertificateFault> = judge::way(question, way, &map).into_iter().filter(&counts).collect();
        (matches!(way.end, End::Nowhere), faults)
    });
    let best = judged.min_by_key(|(leads_nowhere, faults)| (*leads_nowhere, faults.len()));
    best.map_or_else(Vec::new, |(_, faults)| faults)
}

/// Returns until when the roots are valid that a chain may lead to, in seconds since 1970; `None`: no root that has a date.
pub fn roots_valid_until(question: &Question<'_>) -> Option<i64> {
    let issuers: Vec<Vec<u8>> = [question.leaf]
        .into_iter()
        .chain(question.presented)
        .filter_map(|der| X509Certificate::from_der(der).ok().map(|(_, x509)| x509.issuer().as_raw().to_vec()))
        .collect();
    let of = |der: &CertificateDer<'_>| {
        let (_, x509) = X509Certificate::from_der(der).ok()?;
        issuers.iter().any(|issuer| issuer == x509.subject().as_raw()).then(|| x509.validity().not_after.timestamp())
    };
    question.pinned.iter().filter_map(of).min()
}

/// Returns whether a server's key may be used for no kind of handshake.
pub fn server_usage(leaf: &[u8]) -> Option<CertificateFault> {
    judge::server_usage(&X509Certificate::from_der(leaf).ok()?.1)
}

/// Returns whether a server's key is one that clients hold for too weak.
pub fn weak_key(leaf: &[u8]) -> Option<CertificateFault> {
    judge::weak_key(&X509Certificate::from_der(leaf).ok()?.1, true)
}

/// A key of a kind that not all clients take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnusualKey {
    P521,
    Ed448,
    PssAlone,
}

impl UnusualKey {
    pub const fn name(self) -> &'static str {
        match self {
            Self::P521 => "a key of P-521, over TLS 1.2",
            Self::Ed448 => "a key of Ed448",
            Self::PssAlone => "a key of RSA for PSS alone",
        }
    }
}

/// Returns of which unusual kind the key of a certificate is (RFC 5480 section 2.1.1.1, RFC 8410 section 3, RFC 4055 section
/// 1.2).
pub fn unusual_key(leaf: &[u8]) -> Option<UnusualKey> {
    const SECP521R1: &str = "1.3.132.0.35";
    let (_, x509) = X509Certificate::from_der(leaf).ok()?;
    let algorithm = &x509.public_key().algorithm;
    let curve = algorithm.parameters.as_ref().and_then(|curve| curve.as_oid().ok());
    match &*algorithm.algorithm.to_id_string() {
        "1.3.101.113" => Some(UnusualKey::Ed448),
        "1.2.840.113549.1.1.10" => Some(UnusualKey::PssAlone),
        _ => curve.is_some_and(|curve| curve.to_id_string() == SECP521R1).then_some(UnusualKey::P521),
    }
}

fn read_all<'a>(ders: &'a [CertificateDer<'a>]) -> Vec<X509Certificate<'a>> {
    ders.iter().filter_map(|der| X509Certificate::from_der(der).ok().map(|(_, x509)| x509)).collect()
}

fn unreadable(error: &nom::Err<X509Error>) -> CertificateFault {
    let about = match error {
        nom::Err::Error(why) | nom::Err::Failure(why) => why.to_string(),
        nom::Err::Incomplete(_) => "it is cut off".to_owned(),
    };
    let (kind, subject) = (FaultKind::Unreadable, String::new());
    CertificateFault { kind, subject, issuer: None, date: None, about: Some(about), is_servers: true }
}

/// All certificates that a way may lead over.
struct Map<'a> {
    presented: &'a [X509Certificate<'a>],
    pinned: &'a [X509Certificate<'a>],
    public: &'a [TrustAnchor<'a>],
    max_ways: usize,
}

impl<'a> Map<'a> {
    fn walk(&self, path: Vec<&'a X509Certificate<'a>>, ways: &mut Vec<Way<'a>>) {
        let Some(last) = path.last().copied() else { return };
        let issuer = last.issuer().as_raw();
        let n_before = ways.len();
        let pinned = self.pinned.iter().filter(|root| root.subject().as_raw() == issuer).map(End::Pinned);
        let public = self.public.iter().filter(|root| Some(root.subject.as_ref()) == content(issuer)).map(End::Public);
        for end in pinned.chain(public) {
            if ways.len() < self.max_ways {
                ways.push(Way { path: path.clone(), end });
            }
        }
        let leads_on = |next: &&X509Certificate<'_>| {
            let is_new = path.iter().all(|known| known.as_raw() != next.as_raw());
            next.subject().as_raw() == issuer && !is_self_issued(next) && is_new
        };
        for next in self.presented.iter().filter(leads_on) {
            if path.len() < MAX_LENGTH && ways.len() < self.max_ways {
                let mut on = path.clone();
                on.push(next);
                self.walk(on, ways);
            }
        }
        if ways.len() == n_before {
            ways.push(Way { path, end: End::Nowhere });
        }
    }

    /// Whether the authority was sent that a way ends before, signed by itself.
    fn is_sent(&self, issuer: &[u8]) -> bool {
        self.presented.iter().any(|sent| is_self_issued(sent) && sent.subject().as_raw() == issuer)
    }
}

fn is_self_issued(x509: &X509Certificate<'_>) -> bool {
    x509.subject().as_raw() == x509.issuer().as_raw()
}

fn subject(x509: &X509Certificate<'_>) -> String {
    names::name(x509.subject())
}

/// Returns what a DER value holds, without its tag and length (X.690 section 8.1).
fn content(der: &[u8]) -> Option<&[u8]> {
    split(der).map(|(content, _)| content)
}

/// Splits DER into what its first value holds and what comes behind it.
fn split(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = match *der.get(1)? {
        short @ 0..0x80 => (usize::from(short), der.get(2..)?),
        long => {
            let n = usize::from(long & 0x7f);
            let bytes = der.get(2..2 + n).filter(|_| n <= 4)?;
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), der.get(2 + n..)?)
        }
    };
    rest.split_at_checked(length)
}
