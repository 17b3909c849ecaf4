//! What is wrong with a certificate that clients do not accept, and which of a chain has it.

use super::{client::Client, text, time::Timestamp};
use serde::{Deserialize, Serialize};

/// What is wrong, as clients take it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Its issuer was not sent, and is not trusted by itself.
    IssuerMissing,
    /// The chain is whole and ends at this authority, which is not trusted.
    RootUntrusted,
    /// The server's own certificate is signed by itself.
    SelfSigned,
    Expired,
    NotYetValid,
    /// It is signed in a way that no client takes any more (SHA-1, MD5).
    WeakSignature,
    /// Its key is too short.
    WeakKey,
    /// The signature is not by the key of its issuer.
    Forged,
    /// It is signed in a way that is not known here.
    UnknownSignature,
    /// It is for another purpose than servers (extended key usage, RFC 5280 section 4.2.1.12).
    Purpose,
    /// Its key may not be used as it is (key usage, RFC 5280 section 4.2.1.3).
    KeyUsage,
    /// An authority above it may not certify such a name (RFC 5280 section 4.2.1.10).
    NameConstraint,
    /// There are more authorities below it than it may have (RFC 5280 section 4.2.1.9).
    PathLength,
    /// An authority shows its own certificate as a server's.
    AuthorityAsServer,
    /// It has signed another one, and is no authority.
    NoAuthority,
    /// It is not of version 3 (RFC 5280 section 4.1.2.1).
    Version,
    /// It has a critical extension that nobody here knows (RFC 5280 section 4.2).
    CriticalExtension,
    Unreadable,
}

/// A fault and the certificate that has it. Only what is known is present.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CertificateFault {
    pub kind: FaultKind,
    /// The subject of the certificate that has it.
    #[serde(deserialize_with = "text::read")]
    pub subject: String,
    /// The issuer that is missing, or that the fault is about.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text::read_option")]
    pub issuer: Option<String>,
    /// The end of its validity, or the beginning where that is what is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Timestamp>,
    /// The algorithm, the size of the key, the usage, the extension or the name that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text::read_option")]
    pub about: Option<String>,
    /// Whether it is the server's own certificate.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_servers: bool,
}

impl CertificateFault {
    /// Makes the texts of the certificate visible ([`text::visible`]).
    pub(super) fn show_texts(&mut self) {
        text::show(&mut self.subject);
        self.issuer.iter_mut().chain(&mut self.about).for_each(text::show);
    }
}

/// What common clients disagree on: some reach the server all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Dispute {
    /// The server's certificate is marked as an authority's.
    AuthorityAsServer,
    /// The server's key is of the curve P-521.
    CurveP521,
}

impl Dispute {
    /// Returns who of the common clients refuses; the others connect.
    pub const fn refused_by(self) -> Client {
        match self {
            Self::AuthorityAsServer => Client::Firefox,
            Self::CurveP521 => Client::Chromium,
        }
    }
}
