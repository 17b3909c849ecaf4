//! What common clients speak of TLS that this prober does not.

use super::text;
use serde::{Deserialize, Serialize};

/// A client as it comes, with its own settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Client {
    /// With OpenSSL.
    Curl,
    Chromium,
    Firefox,
}

impl Client {
    pub const ALL: [Self; 3] = [Self::Curl, Self::Chromium, Self::Firefox];
}

/// What a handshake is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Part {
    CipherSuite,
    /// Of the key exchange.
    Group,
    /// Of the certificate's key and its signatures.
    Signature,
    /// Above TLS (RFC 7301).
    Protocol,
    /// The size of the certificates.
    Certificates,
}

/// What a server answers that broke off our handshake, where it is offered all that common clients offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Offered {
    /// It goes on, with what only others speak.
    Chose {
        part: Part,
        /// Its name in the registry of IANA.
        #[serde(deserialize_with = "text::read")]
        name: String,
        /// Empty: that is not known.
        spoken_by: Vec<Client>,
    },
    /// It breaks off again: nobody gets through.
    RefusedToo,
}

/// Returns the name of a cipher suite of TLS 1.2 that only others speak, and who does.
///
/// As seen in the `ClientHello` of curl 7.88 with OpenSSL 3.0, Chromium 156 and Firefox 153.
pub fn suite(number: u16) -> Option<(&'static str, &'static [Client])> {
    use Client::{Chromium, Curl, Firefox};
    const ALL: &[Client] = &[Curl, Chromium, Firefox];
    const NO_CHROMIUM: &[Client] = &[Curl, Firefox];
    const ONLY_CURL: &[Client] = &[Curl];
    Some(match number {
        0xc013 => ("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", ALL),
        0xc014 => ("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", ALL),
        0x009c => ("TLS_RSA_WITH_AES_128_GCM_SHA256", ALL),
        0x009d => ("TLS_RSA_WITH_AES_256_GCM_SHA384", ALL),
        0x002f => ("TLS_RSA_WITH_AES_128_CBC_SHA", ALL),
        0x0035 => ("TLS_RSA_WITH_AES_256_CBC_SHA", ALL),
        0xc009 => ("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", NO_CHROMIUM),
        0xc00a => ("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", NO_CHROMIUM),
        0xc023 => ("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", ONLY_CURL),
        0xc024 => ("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", ONLY_CURL),
        0xc027 => ("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", ONLY_CURL),
        0xc028 => ("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", ONLY_CURL),
        0x003c => ("TLS_RSA_WITH_AES_128_CBC_SHA256", ONLY_CURL),
        0x003d => ("TLS_RSA_WITH_AES_256_CBC_SHA256", ONLY_CURL),
        0x009e => ("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", ONLY_CURL),
        0x009f => ("TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", ONLY_CURL),
        0xccaa => ("TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", ONLY_CURL),
        0x0033 => ("TLS_DHE_RSA_WITH_AES_128_CBC_SHA", ONLY_CURL),
        0x0039 => ("TLS_DHE_RSA_WITH_AES_256_CBC_SHA", ONLY_CURL),
        0x0067 => ("TLS_DHE_RSA_WITH_AES_128_CBC_SHA256", ONLY_CURL),
        0x006b => ("TLS_DHE_RSA_WITH_AES_256_CBC_SHA256", ONLY_CURL),
        _ => return None,
    })
}

/// Returns the name of a group that only others speak, and who does.
pub fn group(number: u16) -> Option<(&'static str, &'static [Client])> {
    use Client::{Chromium, Curl, Firefox};
    Some(match number {
        0x0019 => ("secp521r1", &[Curl, Firefox]),
        0x001e => ("x448", &[Curl]),
        0x0100 => ("ffdhe2048", &[Curl, Firefox]),
        0x0101 => ("ffdhe3072", &[Curl, Firefox]),
        0x0102 => ("ffdhe4096", &[Curl]),
        // curl has it where its OpenSSL is 3.5 or later.
        0x11ec => ("X25519MLKEM768", &[Chromium, Firefox]),
        _ => return None,
    })
}
