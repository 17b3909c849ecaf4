//! Records of TLS 1.3 encrypted by hand, for what no library of a server sends.

use super::shredded::Shredded;
use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use rustls::{ConnectionTrafficSecrets, ProtocolVersion, ServerConnection};
use std::io;
use tokio::io::AsyncWriteExt;

/// RFC 8446 section 5.2: every encrypted record looks like data of TLS 1.2.
const APPLICATION_DATA: u8 = 23;
const TLS_1_2: [u8; 2] = [3, 3];

/// The server's direction of a connection after its handshake.
pub struct Records {
    stream: Shredded,
    key: LessSafeKey,
    iv: [u8; 12],
    sequence: u64,
}

impl Records {
    /// Takes the keys out of a connection that has nothing more to send.
    pub fn take_over(stream: Shredded, connection: ServerConnection) -> io::Result<Self> {
        if connection.protocol_version() != Some(ProtocolVersion::TLSv1_3) {
            return Err(io::Error::other("records are written in TLS 1.3 only"));
        }
        let (sequence, secrets) = connection.dangerous_extract_secrets().map_err(io::Error::other)?.tx;
        let (algorithm, key, iv) = match &secrets {
            ConnectionTrafficSecrets::Aes128Gcm { key, iv } => (&AES_128_GCM, key, iv),
            ConnectionTrafficSecrets::Aes256Gcm { key, iv } => (&AES_256_GCM, key, iv),
            ConnectionTrafficSecrets::Chacha20Poly1305 { key, iv } => (&CHACHA20_POLY1305, key, iv),
            _ => return Err(io::Error::other("a cipher that is not known here")),
        };
        let key = UnboundKey::new(algorithm, key.as_ref()).map_err(|_| io::Error::other("a key of another length"))?;
        let iv = iv.as_ref().try_into().map_err(io::Error::other)?;
        Ok(Self { stream, key: LessSafeKey::new(key), iv, sequence })
    }

    /// Sends one record of this content type (RFC 8446 sections 5.2 and 5.3).
    pub async fn send(&mut self, kind: u8, content: &[u8]) -> io::Result<()> {
        let mut nonce = self.iv;
        for (byte, of_sequence) in nonce[4..].iter_mut().zip(self.sequence.to_be_bytes()) {
            *byte ^= of_sequence;
        }
        self.sequence += 1;
        let mut inner = [content, &[kind]].concat();
        let length = u16::try_from(inner.len() + self.key.algorithm().tag_len()).map_err(io::Error::other)?;
        let [high, low] = length.to_be_bytes();
        let head = [APPLICATION_DATA, TLS_1_2[0], TLS_1_2[1], high, low];
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(head), &mut inner)
            .map_err(|_| io::Error::other("a record that cannot be encrypted"))?;
        self.stream.write_all(&[&head[..], &inner].concat()).await?;
        self.stream.flush().await
    }

    pub fn stream(&mut self) -> &mut Shredded {
        &mut self.stream
    }
}
