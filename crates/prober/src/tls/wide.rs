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

/// What is asked of a server that broke off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// What it chooses of all that clients offer, after this alert.
    Choice { alert: Option<u8> },
    /// How large its certificates are: more than we read.
    Size,
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
}

/// Asks over a new connection; `None`: nothing came of it. The caller bounds the time.
pub async fn ask<S: AsyncRead + AsyncWrite + Unpin>(
    host: &Host,
    speak: Speak,
    ask: Ask,
    mut stream: S,
) -> io::Result<Option<Found>> {
    let hello = hello::bytes(host, speak, ask == Ask::Size)?;
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
            Some(n) => chose(Part::Certificates, &format!("{n} bytes"), &Client::ALL),
            // Over TLS 1.3 it cannot be seen.
            None => chose(Part::Certificates, "more than 65,535 bytes", &[]),
        },
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
            // RFC 8422 section 5.1: over TLS 1.2 the curve of its key must be among the groups, where it is not one of ours.
            if answer.leaf.as_ref().is_some_and(|leaf| way::has_key_of_p521(leaf)) {
                return chose(Part::Signature, "its key is of P-521", &[Client::Curl, Client::Firefox]);
            }
            // RFC 7301 section 3.2: no_application_protocol.
            let is_h2 = speak == Speak::Http && (answer.is_h2 || alert == Some(120));
            is_h2.then(|| chose(Part::Protocol, "HTTP/2", &Client::ALL)).flatten()
        }
    }
}
