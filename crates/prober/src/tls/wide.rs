//! A `ClientHello` that offers what common clients offer, for servers that broke off ours: it tells a server that nobody
//! gets through to from one that wants what only we lack.
//!
//! Nothing is encrypted: what the server chooses stands in its `ServerHello`, and in TLS 1.2 also its certificates and
//! the group of its key exchange do.

mod answer;
mod hello;

use super::{Peer, Speak, way};
use crate::classify::Failure;
use answer::{Answer, read};
use dualwatch_core::measure::{
    cause::Cause,
    client::{Client, Offered, Part},
    target::Host,
};
use rustls::{Error, InvalidMessage};
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// So much is read of an answer: more than the largest certificates that clients take.
const MAX_ANSWER: usize = 192 * 1024;
/// The most bytes of certificates that OpenSSL and Chromium take (`SSL_MAX_CERT_LIST_DEFAULT`); Firefox takes more.
const MAX_CERTIFICATES: usize = 100 * 1024;

/// What OpenSSL verifies of all that is offered, and neither we do nor browsers, where the certificate itself is not seen.
const UNSEEN_KEY: &str = "a key of Ed448, or of RSA for PSS alone";

/// What is asked of a server that broke off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// What it chooses of all that clients offer, after this alert.
    Choice { alert: Option<u8> },
    /// How large its certificates are: more than we read.
    Size,
    /// Whether it breaks off also where all is offered but the signatures that only others verify.
    OurSignatures,
}

impl Ask {
    /// Returns what may be asked after a failure: nothing where it is about who we are, or about the server's name.
    pub fn of(failure: &Failure, error: &io::Error, peer: &Peer) -> Option<Self> {
        /// RFC 8446 section 6: of the version, the name, and certificates of clients, nothing else can be offered.
        const ABOUT_OTHERS: [u8; 10] = [42, 43, 44, 45, 46, 48, 49, 70, 112, 116];
        let is_too_large = crate::classify::find::<Error>(error)
            .is_some_and(|e| matches!(e, Error::InvalidMessage(InvalidMessage::HandshakePayloadTooLarge)));
        let has_spoken = peer.certificate.is_some() || peer.asks_for_certificate;
        match (failure.cause, failure.evidence.alert) {
            _ if is_too_large => Some(Self::Size),
            (Cause::TlsAlert, Some(alert)) if ABOUT_OTHERS.contains(&alert) => None,
            (Cause::TlsAlert | Cause::TlsClosed, alert) if !has_spoken => Some(Self::Choice { alert }),
            _ => None,
        }
    }
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Offered(Offered),
    /// More bytes of certificates than clients take.
    TooLarge(u64),
    /// It goes on with suite and group that we offer too: what is left is the kind of its key, which cannot be seen.
    UnseenKey,
}

/// Returns what is said of a key that cannot be seen.
pub fn unseen_key() -> Offered {
    Offered::Chose { part: Part::Signature, name: UNSEEN_KEY.to_owned(), spoken_by: vec![Client::Curl] }
}

/// Asks over a new connection; `None`: nothing came of it. The caller bounds the time.
pub async fn ask<S: AsyncRead + AsyncWrite + Unpin>(
    host: &Host,
    speak: Speak,
    ask: Ask,
    mut stream: S,
) -> io::Result<Option<Found>> {
    let hello = hello::bytes(host, speak, ask)?;
    stream.write_all(&hello).await?;
    stream.flush().await?;
    let mut bytes = Vec::new();
    loop {
        let is_over = bytes.len() >= MAX_ANSWER || stream.read_buf(&mut bytes).await? == 0;
        let answer = read(&bytes);
        if is_over || answer.is_complete(ask) {
            return Ok(conclude(ask, speak, &answer));
        }
    }
}

fn conclude(ask: Ask, speak: Speak, answer: &Answer) -> Option<Found> {
    let chose = |part, name: &str, spoken_by: &[Client]| {
        let (name, spoken_by) = (name.to_owned(), spoken_by.to_vec());
        Some(Found::Offered(Offered::Chose { part, name, spoken_by }))
    };
    match ask {
        Ask::Size => match answer.certificates {
            Some(n) if n > MAX_CERTIFICATES => Some(Found::TooLarge(n as u64)),
            Some(n) => chose(Part::Certificates, &format!("{} kB", (n + 500) / 1_000), &Client::ALL),
            // Over TLS 1.3 it cannot be seen.
            None => chose(Part::Certificates, "more than 65,535 bytes", &[]),
        },
        Ask::OurSignatures => {
            (answer.suite.is_none() && answer.is_refused).then_some(Found::Offered(Offered::RefusedToo))
        }
        Ask::Choice { alert } => {
            let Some(suite) = answer.suite else {
                return (answer.is_refused && alert.is_some()).then_some(Found::Offered(Offered::RefusedToo));
            };
            if let Some((name, by)) = dualwatch_core::measure::client::suite(suite) {
                return chose(Part::CipherSuite, name, by);
            }
            if let Some((name, by)) = answer.group.and_then(dualwatch_core::measure::client::group) {
                return chose(Part::Group, name, by);
            }
            match answer.leaf.as_deref().and_then(way::unusual_key) {
                // RFC 8422 section 5.1: over TLS 1.2 the curve of its key must be among the groups, where it is not one of ours.
                Some(key @ way::UnusualKey::P521) => {
                    return chose(Part::Signature, key.name(), &[Client::Curl, Client::Firefox]);
                }
                Some(key) => return chose(Part::Signature, key.name(), &[Client::Curl]),
                None => {}
            }
            // RFC 7301 section 3.2: no_application_protocol.
            let is_h2 = speak == Speak::Http && (answer.is_h2 || alert == Some(120));
            if is_h2 {
                return chose(Part::Protocol, "HTTP/2", &Client::ALL);
            }
            // Over TLS 1.3 the certificates cannot be seen. Suite and group are such as we offer too: what is left is the kind
            // of its key, for which it found no signature among ours (RFC 8446 section 4.4.2.2).
            let is_about_keys = alert == Some(40) && answer.certificates.is_none() && answer.group.is_some();
            is_about_keys.then_some(Found::UnseenKey)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_choice_of_ours_is_the_kind_of_key() {
        let answer = |group, certificates| {
            let mut answer = Answer::default();
            (answer.suite, answer.group, answer.certificates) = (Some(0x1301), group, certificates);
            answer
        };
        let found = |alert, answer| conclude(Ask::Choice { alert }, Speak::Http, &answer);
        assert_eq!(found(Some(40), answer(Some(0x1d), None)), Some(Found::UnseenKey));
        // It said what it is about, or broke off without a word, or shows its certificates.
        assert!(matches!(found(Some(120), answer(Some(0x1d), None)), Some(Found::Offered(Offered::Chose { .. }))));
        assert_eq!(found(None, answer(Some(0x1d), None)), None);
        assert_eq!(found(Some(40), answer(Some(0x1d), Some(700))), None);
        let mut refused = Answer::default();
        refused.is_refused = true;
        let again = |answer: &Answer| conclude(Ask::OurSignatures, Speak::Http, answer);
        assert_eq!(again(&refused), Some(Found::Offered(Offered::RefusedToo)));
        assert_eq!(again(&answer(Some(0x1d), None)), None);
    }
}
