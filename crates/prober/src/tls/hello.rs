//! A `ClientHello` whose only answer can be a small one, for paths that may lose large packets.

use super::{Speak, Tls};
use dualwatch_core::measure::{target::Host, time::Timestamp};
use rustls::{
    ClientConnection, Error, NamedGroup, ProtocolVersion, SupportedCipherSuite,
    crypto::{ActiveKeyExchange, CryptoProvider, SharedSecret, SupportedKxGroup},
};
use rustls_pki_types::ServerName;
use std::{io, sync::Arc};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// RFC 8446 section 4.1.3: the random value by which a `ServerHello` is a `HelloRetryRequest`.
const RETRY_RANDOM: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
    0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];
/// Where it stands: after the headers of the record (5 bytes) and of the message (4), and the version (2).
const RANDOM_AT: usize = 11;
/// RFC 8446 sections 5.1 and 6: a record of an alert is its type, a version, its length and two bytes.
const ALERT_BYTES: usize = 7;
const ALERT: u8 = 21;
const FATAL: u8 = 2;

/// Which key share is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Share {
    /// As in every handshake: the answer is the server's whole flight, with its certificates.
    Usual,
    /// Of a group that nobody has (RFC 8701), under TLS 1.3 alone: a server of TLS 1.3 asks for another share, in about
    /// 100 bytes; one of TLS 1.2 finds nothing in common and says so in an alert of 7 (RFC 5246 section 7.2.2).
    Nobodys,
}

/// What came first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FirstAnswer {
    /// The server asks for another key share.
    Retry,
    /// The server refuses the handshake.
    Refusal,
    Other,
}

impl Tls {
    /// Sends a `ClientHello` and waits for the first bytes of the answer; the caller bounds the time.
    pub(crate) async fn first_answer<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        host: &Host,
        speak: Speak,
        now: Timestamp,
        share: Share,
        mut stream: S,
    ) -> io::Result<FirstAnswer> {
        let recorder = self.recorder().map_err(io::Error::other)?;
        let provider = match share {
            Share::Usual => self.provider.clone(),
            Share::Nobodys => Arc::new(with_nobodys_share(&self.provider)),
        };
        let config = Self::config_with(provider, recorder, speak, now)?;
        let name: ServerName<'static> = match host {
            Host::Name(name) => ServerName::try_from(name.clone()).map_err(io::Error::other)?,
            Host::Address(address) => ServerName::IpAddress((*address).into()),
        };
        let mut hello = Vec::new();
        ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?.write_tls(&mut hello)?;
        stream.write_all(&hello).await?;
        stream.flush().await?;
        let mut answer = Vec::with_capacity(RANDOM_AT + RETRY_RANDOM.len());
        // Some servers leave the connection open behind their refusal.
        while answer.len() < RANDOM_AT + RETRY_RANDOM.len() && read(&answer) == FirstAnswer::Other {
            if stream.read_buf(&mut answer).await? == 0 {
                break;
            }
        }
        Ok(read(&answer))
    }
}

/// RFC 8446 sections 5.1 and 4: a record of type handshake (22) that begins with a `ServerHello` (2), or a fatal alert. A
/// warning refuses nothing: the server's flight follows it.
fn read(answer: &[u8]) -> FirstAnswer {
    if let [ALERT, _, _, 0, 2, FATAL, _] = answer.get(..ALERT_BYTES).unwrap_or_default() {
        return FirstAnswer::Refusal;
    }
    let random = answer.get(RANDOM_AT..RANDOM_AT + RETRY_RANDOM.len());
    let is_hello = answer.first() == Some(&22) && answer.get(5) == Some(&2);
    if is_hello && random == Some(&RETRY_RANDOM[..]) { FirstAnswer::Retry } else { FirstAnswer::Other }
}

fn with_nobodys_share(provider: &CryptoProvider) -> CryptoProvider {
    let mut provider = provider.clone();
    provider.kx_groups.insert(0, &NobodysGroup);
    // Servers that are older than TLS 1.3 do not read which versions are meant, only the suites.
    provider.cipher_suites.retain(|suite| matches!(suite, SupportedCipherSuite::Tls13(_)));
    provider
}

/// RFC 8701 section 2: a group that every server ignores.
#[derive(Debug)]
struct NobodysGroup;

const NOBODYS: NamedGroup = NamedGroup::Unknown(0x0a0a);

impl SupportedKxGroup for NobodysGroup {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        Ok(Box::new(NobodysShare))
    }

    fn name(&self) -> NamedGroup {
        NOBODYS
    }

    fn usable_for_version(&self, _version: ProtocolVersion) -> bool {
        true
    }
}

#[derive(Debug)]
struct NobodysShare;

impl ActiveKeyExchange for NobodysShare {
    fn complete(self: Box<Self>, _peer: &[u8]) -> Result<SharedSecret, Error> {
        Err(Error::General("no server has this group".to_owned()))
    }

    fn pub_key(&self) -> &[u8] {
        &[0]
    }

    fn group(&self) -> NamedGroup {
        NOBODYS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_request_for_another_share_or_a_refusal_is_one() {
        let answer = |record, message, random: &[u8]| {
            [&[record, 3, 3, 0, 88, message, 0, 0, 84, 3, 3][..], random, &[0; 10]].concat()
        };
        assert_eq!(read(&answer(22, 2, &RETRY_RANDOM)), FirstAnswer::Retry);
        assert_eq!(read(&answer(22, 2, &[7; 32])), FirstAnswer::Other);
        assert_eq!(read(&answer(21, 2, &RETRY_RANDOM)), FirstAnswer::Other);
        // protocol_version (70), as a refusal and as a warning, and the flight behind a warning.
        assert_eq!(read(&[21, 3, 3, 0, 2, 2, 70]), FirstAnswer::Refusal);
        assert_eq!(read(&[21, 3, 3, 0, 2, 1, 112]), FirstAnswer::Other);
        assert_eq!(read(&[&[21, 3, 3, 0, 2, 1, 112][..], &answer(22, 2, &[7; 32])].concat()), FirstAnswer::Other);
        assert_eq!(read(&[21, 3, 3, 0, 2, 2]), FirstAnswer::Other);
        assert_eq!(read(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"), FirstAnswer::Other);
        assert_eq!(read(&answer(22, 2, &RETRY_RANDOM)[..20]), FirstAnswer::Other);
        assert_eq!(read(&[]), FirstAnswer::Other);
    }
}
