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
    /// The issuer that is missing, or that the fault is about; of an authority that ran out its own.
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

/// What a fault comes to: what somebody has done, or left undone. Each kind of fault has its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CertificateReason"))]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The server's own certificate ran out.
    CertificateNotRenewed,
    /// A certificate between the server's and a root ran out.
    IntermediateExpired,
    /// A root ran out, which no certificate below it helps.
    RootExpired,
    /// The server's own certificate is not valid yet.
    CertificateEarly,
    /// That of an authority is not.
    AuthorityEarly,
    IntermediateMissing,
    AuthorityUnknown,
    CertificateSelfMade,
    SignatureWeak,
    KeyWeak,
    /// An issuer of the same name has another key.
    IssuerOther,
    SignatureUnusual,
    PurposeOther,
    /// The server's key may not be used for TLS.
    UsageOther,
    /// An authority's key may not sign certificates.
    AuthorityMayNotSign,
    NameNotAllowed,
    ChainTooLong,
    AuthorityShown,
    IssuerNoAuthority,
    VersionOld,
    ExtensionUnknown,
    CertificateUnreadable,
}

impl Reason {
    pub const ALL: [Self; 22] = [
        Self::CertificateNotRenewed,
        Self::IntermediateExpired,
        Self::RootExpired,
        Self::CertificateEarly,
        Self::AuthorityEarly,
        Self::IntermediateMissing,
        Self::AuthorityUnknown,
        Self::CertificateSelfMade,
        Self::SignatureWeak,
        Self::KeyWeak,
        Self::IssuerOther,
        Self::SignatureUnusual,
        Self::PurposeOther,
        Self::UsageOther,
        Self::AuthorityMayNotSign,
        Self::NameNotAllowed,
        Self::ChainTooLong,
        Self::AuthorityShown,
        Self::IssuerNoAuthority,
        Self::VersionOld,
        Self::ExtensionUnknown,
        Self::CertificateUnreadable,
    ];
}

impl CertificateFault {
    /// Returns what the fault comes to.
    pub fn reason(&self) -> Reason {
        match self.kind {
            FaultKind::Expired if self.is_servers => Reason::CertificateNotRenewed,
            FaultKind::Expired if self.is_of_root() => Reason::RootExpired,
            FaultKind::Expired => Reason::IntermediateExpired,
            FaultKind::NotYetValid if self.is_servers => Reason::CertificateEarly,
            FaultKind::NotYetValid => Reason::AuthorityEarly,
            FaultKind::IssuerMissing => Reason::IntermediateMissing,
            FaultKind::RootUntrusted => Reason::AuthorityUnknown,
            FaultKind::SelfSigned => Reason::CertificateSelfMade,
            FaultKind::WeakSignature => Reason::SignatureWeak,
            FaultKind::WeakKey => Reason::KeyWeak,
            FaultKind::Forged => Reason::IssuerOther,
            FaultKind::UnknownSignature => Reason::SignatureUnusual,
            FaultKind::Purpose => Reason::PurposeOther,
            FaultKind::KeyUsage if self.is_servers => Reason::UsageOther,
            FaultKind::KeyUsage => Reason::AuthorityMayNotSign,
            FaultKind::NameConstraint => Reason::NameNotAllowed,
            FaultKind::PathLength => Reason::ChainTooLong,
            FaultKind::AuthorityAsServer => Reason::AuthorityShown,
            FaultKind::NoAuthority => Reason::IssuerNoAuthority,
            FaultKind::Version => Reason::VersionOld,
            FaultKind::CriticalExtension => Reason::ExtensionUnknown,
            FaultKind::Unreadable => Reason::CertificateUnreadable,
        }
    }

    /// Whether the certificate is its own issuer's: of others nothing is told of that.
    fn is_of_root(&self) -> bool {
        self.issuer.as_ref() == Some(&self.subject)
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ran_out_is_told_apart() {
        let of = |is_servers, issuer: &str| {
            let fault = CertificateFault {
                kind: FaultKind::Expired,
                subject: "CN=Root".to_owned(),
                issuer: Some(issuer.to_owned()),
                date: None,
                about: None,
                is_servers,
            };
            fault.reason()
        };
        assert_eq!(of(true, "CN=Root"), Reason::CertificateNotRenewed);
        assert_eq!(of(false, "CN=Root"), Reason::RootExpired);
        assert_eq!(of(false, "CN=Other"), Reason::IntermediateExpired);
    }
}
