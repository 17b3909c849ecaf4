//! From what went wrong to a cause of the closed set, with its evidence. All of it is decided here.

use crate::{
    bounded::TooMuch,
    dial::{DialError, DialErrorKind},
    texts::{self, When},
    tls as handshake,
};
use dualwatch_core::measure::{
    cause::Cause,
    sample::{Certificate, Confidence, Evidence},
    time::Timestamp,
};
use rustls::{AlertDescription, CertificateError, Error as TlsError};
use sha2::{Digest, Sha256};
use std::{error::Error as StdError, fmt, io};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

/// A cause and what supports it.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    pub cause: Cause,
    /// Boxed: a failure travels through many results.
    pub evidence: Box<Evidence>,
}

impl Failure {
    pub fn new(cause: Cause, evidence: Evidence) -> Self {
        Self { cause, evidence: Box::new(evidence) }
    }

    pub fn bare(cause: Cause) -> Self {
        Self::new(cause, Evidence::default())
    }

    pub fn with_error(cause: Cause, error: impl Into<String>) -> Self {
        // Some libraries repeat what the peer sent, all the names of a certificate for one.
        Self::new(cause, Evidence { error: Some(clip(&error.into())), ..Evidence::default() })
    }

    /// We could not do our job; `error` says why.
    pub fn measurement(error: impl Into<String>) -> Self {
        Self::with_error(Cause::MeasurementFailed, error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.evidence.error {
            Some(error) => write!(f, "{} ({error})", self.cause),
            None => write!(f, "{}", self.cause),
        }
    }
}

/// Connecting: the host says which it was, or that it does not know.
pub fn dial(error: &DialError) -> Cause {
    match error.kind {
        DialErrorKind::Refused => Cause::TcpRefused,
        DialErrorKind::Reset => Cause::TcpReset,
        DialErrorKind::Unreachable => Cause::NetUnreachable,
        DialErrorKind::TimedOut => Cause::TcpTimeout,
        DialErrorKind::NoConnection => Cause::TcpNoConnection,
        DialErrorKind::Forbidden => Cause::PolicyPlatform,
        DialErrorKind::NoSuchName | DialErrorKind::NoAddress | DialErrorKind::Unsupported | DialErrorKind::Unknown => {
            Cause::MeasurementFailed
        }
    }
}

/// Where the host says only "no connection": what it most likely was, from the time it took.
///
/// `elapsed_ms`: until the failure; `twin_connect_ms`: the TCP handshake with the same target over the other family.
///
/// | failed after | likely | confidence |
/// |---|---|---|
/// | about 3 s | a gateway or neighbour that does not answer (Linux gives up after 3 solicitations) | medium |
/// | 600 ms or more, and over 5 times the other family's handshake | the same: somebody else had begun to ask for the neighbour before | medium |
/// | half to twice the other family's handshake | the target, or its firewall, refused | medium |
/// | later than that | the same, but slow to come: the times say less | low |
/// | far sooner than that | no route from here | low |
/// | no other family to compare with | the target refused | low |
pub fn likely(elapsed_ms: f64, twin_connect_ms: Option<f64>) -> (Cause, Confidence) {
    /// RFC 4861 section 10: three solicitations, one second apart.
    const NEIGHBOUR_GIVES_UP_MS: std::ops::Range<f64> = 2_500.0..4_000.0;
    /// Longer than a round trip by a geostationary satellite; a detour of one family is not five times as long as well.
    const NOT_AN_ANSWER_MS: f64 = 600.0;
    /// Both clocks may tick in whole milliseconds.
    const TICK_MS: f64 = 2.0;
    if NEIGHBOUR_GIVES_UP_MS.contains(&elapsed_ms) {
        return (Cause::NetUnreachable, Confidence::Medium);
    }
    match twin_connect_ms {
        // Solicitations that another connection began leave less than the three seconds; no answer of the target is so
        // late.
        Some(twin) if elapsed_ms >= NOT_AN_ANSWER_MS && elapsed_ms > twin * 5.0 => {
            (Cause::NetUnreachable, Confidence::Medium)
        }
        Some(twin) if elapsed_ms + TICK_MS >= twin * 0.5 && elapsed_ms <= twin * 2.0 + TICK_MS => {
            (Cause::TcpRefused, Confidence::Medium)
        }
        Some(twin) if elapsed_ms > twin => (Cause::TcpRefused, Confidence::Low),
        Some(_) => (Cause::NetUnreachable, Confidence::Low),
        None => (Cause::TcpRefused, Confidence::Low),
    }
}

/// The handshake: the TLS library's own reason where there is one, else how the connection ended.
pub fn tls(error: &io::Error) -> Failure {
    match find::<TlsError>(error) {
        Some(reason) => tls_reason(reason),
        None if find::<TooMuch>(error).is_some() => Failure::with_error(Cause::TlsProtocol, io_text(error)),
        None => match how_it_ended(error) {
            Ended::Cut => Failure::with_error(Cause::TlsClosed, io_text(error)),
            Ended::Garbage => Failure::with_error(Cause::TlsProtocol, io_text(error)),
            Ended::Unknown => Failure::measurement(io_text(error)),
        },
    }
}

fn tls_reason(reason: &TlsError) -> Failure {
    let cause = match reason {
        TlsError::InvalidCertificate(why) => match why {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Cause::TlsExpired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Cause::TlsNotYetValid,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Cause::TlsNameMismatch
            }
            CertificateError::Revoked => Cause::TlsRevoked,
            _ => Cause::TlsUntrusted,
        },
        TlsError::AlertReceived(alert) => {
            let mut failure = Failure::with_error(
                match alert {
                    // The peer speaks TLS, but none of our versions.
                    AlertDescription::ProtocolVersion => Cause::TlsProtocol,
                    _ => Cause::TlsAlert,
                },
                reason.to_string(),
            );
            failure.evidence.alert = Some(u8::from(*alert));
            return failure;
        }
        TlsError::NoCertificatesPresented => Cause::TlsUntrusted,
        TlsError::InvalidMessage(_)
        | TlsError::InappropriateMessage { .. }
        | TlsError::InappropriateHandshakeMessage { .. }
        | TlsError::PeerIncompatible(_)
        | TlsError::PeerMisbehaved(_)
        | TlsError::PeerSentOversizedRecord
        | TlsError::DecryptError
        | TlsError::NoApplicationProtocol => Cause::TlsProtocol,
        _ => Cause::MeasurementFailed,
    };
    Failure::with_error(cause, reason.to_string())
}

/// A conversation that is not HTTP: the TLS alert that ended it, or how the connection ended.
pub fn stream(error: &io::Error) -> Failure {
    match find::<TlsError>(error) {
        Some(reason) => tls_reason(reason),
        None if find::<TooMuch>(error).is_some() => Failure::with_error(Cause::HttpTooLarge, io_text(error)),
        None => match how_it_ended(error) {
            Ended::Cut => Failure::with_error(Cause::HttpClosed, io_text(error)),
            Ended::Garbage => Failure::with_error(Cause::HttpMalformed, io_text(error)),
            Ended::Unknown => Failure::measurement(io_text(error)),
        },
    }
}

/// The exchange: what hyper says, the TLS alert below it if that is what ended it, or how the connection ended.
pub fn http(error: &hyper::Error) -> Failure {
    if let Some(reason) = find::<TlsError>(error) {
        return tls_reason(reason);
    }
    let text = full_text(error);
    // hyper tells a head that is too large from a malformed one by its text only (hyper 1.12, `Parse::TooLarge`), and so
    // what stands around chunks: "chunk extensions over limit", "chunk trailers bytes over limit", "chunk trailers count
    // overflow".
    let is_too_large = match find::<io::Error>(error) {
        Some(error) if error.kind() == io::ErrorKind::InvalidData => {
            let text = error.to_string();
            text.ends_with("over limit") || text.ends_with("count overflow")
        }
        _ => error.is_parse() && text.contains("message head is too large"),
    };
    let cause = if is_too_large || find::<TooMuch>(error).is_some() {
        Cause::HttpTooLarge
    } else if error.is_parse() || error.is_parse_status() {
        Cause::HttpMalformed
    } else if error.is_incomplete_message() || error.is_closed() || error.is_canceled() {
        Cause::HttpClosed
    } else {
        match find::<io::Error>(error).map(how_it_ended) {
            Some(Ended::Cut) => Cause::HttpClosed,
            Some(Ended::Garbage) => Cause::HttpMalformed,
            Some(Ended::Unknown) | None => Cause::MeasurementFailed,
        }
    };
    Failure::with_error(cause, text)
}

/// A WebSocket after its opening handshake: what its protocol says of the frames that came.
pub fn web_socket(error: &tungstenite::Error) -> Failure {
    use tungstenite::Error;
    let cause = match error {
        Error::Io(error) => return stream(error),
        Error::Capacity(_) => Cause::HttpTooLarge,
        Error::Protocol(_) | Error::Utf8(_) | Error::AttackAttempt => Cause::HttpMalformed,
        Error::ConnectionClosed | Error::AlreadyClosed => Cause::HttpClosed,
        _ => Cause::MeasurementFailed,
    };
    Failure::with_error(cause, error.to_string())
}

enum Ended {
    Cut,
    Garbage,
    Unknown,
}

fn how_it_ended(error: &io::Error) -> Ended {
    match error.kind() {
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::NotConnected => Ended::Cut,
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => Ended::Garbage,
        _ => match texts::meaning(When::Connected, &error.to_string()) {
            DialErrorKind::Reset => Ended::Cut,
            _ => Ended::Unknown,
        },
    }
}

/// Finds the first error of type `E` in the chain of sources, looking into `io::Error`s as well.
pub(crate) fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        // `io::Error` names as its source what is below the error it wraps, not that error itself.
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match wrapped {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

fn full_text(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let next = error.to_string();
        if !text.contains(&next) {
            text = format!("{text}: {next}");
        }
        source = error.source();
    }
    text
}

/// Shortens what a peer sent to what evidence needs: rounds are kept, and peers may be hostile.
pub fn clip(text: &str) -> String {
    /// Enough for a sentence and for most URLs.
    const MAX_CHARS: usize = 300;
    match text.char_indices().nth(MAX_CHARS) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// Prints an I/O error without the operating system's number: it differs between systems.
pub fn io_text(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error ") {
        Some(at) => text[..at].to_owned(),
        None => text,
    }
}

/// Prints bytes as lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        use fmt::Write;
        let _ = write!(hex, "{byte:02x}"); // Writing to a String does not fail.
        hex
    })
}

/// Returns from when to when a certificate is valid, in seconds since 1970; `None` where it cannot be read.
pub fn validity(der: &[u8]) -> Option<(i64, i64)> {
    let (_, x509) = X509Certificate::from_der(der).ok()?;
    Some((x509.validity().not_before.timestamp(), x509.validity().not_after.timestamp()))
}

/// Returns the subject of a certificate; `None` where it cannot be read.
pub fn subject(der: &[u8]) -> Option<String> {
    let (_, x509) = X509Certificate::from_der(der).ok()?;
    Some(handshake::name(x509.subject()))
}

/// As many names of a certificate are kept, the others counted; large operators put a hundred into one.
const MAX_NAMES: usize = 100;

/// Summarises a certificate; `None` where it cannot be read.
pub fn certificate(der: &[u8]) -> Option<Certificate> {
    let (_, x509) = X509Certificate::from_der(der).ok()?;
    let mut subject_names: Vec<String> = x509
        .subject_alternative_name()
        .ok()
        .flatten()
        .into_iter()
        .flat_map(|extension| &extension.value.general_names)
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some((*name).to_owned()),
            GeneralName::IPAddress([a, b, c, d]) => Some(std::net::Ipv4Addr::new(*a, *b, *c, *d).to_string()),
            GeneralName::IPAddress(bytes) => {
                <[u8; 16]>::try_from(*bytes).ok().map(|b| std::net::Ipv6Addr::from(b).to_string())
            }
            _ => None,
        })
        .collect();
    // Without alternative names no client of today accepts it, but people look for the common name.
    if subject_names.is_empty() {
        subject_names.extend(x509.subject().iter_common_name().map(|name| handshake::text(name.attr_value())));
    }
    let sha256 = hex(&Sha256::digest(der));
    let mut certificate = Certificate {
        subject_names,
        further_names: 0,
        issuer: handshake::name(x509.issuer()),
        not_before: Some(Timestamp::from_unix_ms(x509.validity().not_before.timestamp().saturating_mul(1_000))),
        not_after: Timestamp::from_unix_ms(x509.validity().not_after.timestamp().saturating_mul(1_000)),
        sha256,
    };
    certificate.list_names(MAX_NAMES);
    Some(certificate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_connection_is_read_from_the_time_it_took() {
        let check = |elapsed, twin, cause, confidence| {
            assert_eq!(likely(elapsed, twin), (cause, confidence), "{elapsed} {twin:?}");
        };
        check(21.0, Some(20.0), Cause::TcpRefused, Confidence::Medium);
        check(1.0, Some(20.0), Cause::NetUnreachable, Confidence::Low);
        check(3_071.0, Some(20.0), Cause::NetUnreachable, Confidence::Medium);
        check(3_071.0, None, Cause::NetUnreachable, Confidence::Medium);
        check(2_306.0, Some(20.0), Cause::NetUnreachable, Confidence::Medium);
        check(803.0, Some(20.0), Cause::NetUnreachable, Confidence::Medium);
        check(590.0, Some(20.0), Cause::TcpRefused, Confidence::Low);
        check(1_200.0, Some(300.0), Cause::TcpRefused, Confidence::Low);
        // On loopback everything takes a tick or none.
        check(1.0, Some(0.0), Cause::TcpRefused, Confidence::Medium);
        check(0.0, Some(1.0), Cause::TcpRefused, Confidence::Medium);
        check(15.0, None, Cause::TcpRefused, Confidence::Low);
        check(90.0, Some(20.0), Cause::TcpRefused, Confidence::Low);
    }

    #[test]
    fn the_names_that_are_not_kept_are_counted() {
        let names = |n: usize| (0..n).map(|i| format!("n{i}.example")).collect::<Vec<_>>();
        for (n, kept, further) in [(1, 1, 0), (100, 100, 0), (201, 100, 101)] {
            let made = rcgen::generate_simple_self_signed(names(n)).expect("a certificate");
            let summary = certificate(made.cert.der()).expect("it can be read");
            assert_eq!((summary.subject_names.len(), summary.further_names), (kept, further));
        }
    }

    #[test]
    fn a_tls_reason_is_found_inside_of_io_errors() {
        let alert = TlsError::AlertReceived(AlertDescription::HandshakeFailure);
        let failure = tls(&io::Error::new(io::ErrorKind::InvalidData, alert));
        assert_eq!((failure.cause, failure.evidence.alert), (Cause::TlsAlert, Some(40)));
        let name = TlsError::InvalidCertificate(CertificateError::NotValidForName);
        assert_eq!(tls(&io::Error::new(io::ErrorKind::InvalidData, name)).cause, Cause::TlsNameMismatch);
        assert_eq!(tls(&io::ErrorKind::UnexpectedEof.into()).cause, Cause::TlsClosed);
        assert_eq!(tls(&io::Error::other("Error: Network connection lost.")).cause, Cause::TlsClosed);
        let unknown = tls(&io::Error::other("internal error; reference = x"));
        assert_eq!(unknown.cause, Cause::MeasurementFailed);
        assert_eq!(unknown.evidence.error.as_deref(), Some("internal error; reference = x"));
    }
}
