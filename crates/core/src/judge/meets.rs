//! What people meet where something fails: an error page is no silence, and a warning is no error page.

use crate::measure::{cause::Cause, sample::Sample};
use serde::{Deserialize, Serialize};

/// What a client shows to the person in front of it, or to its log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Meets {
    /// The name cannot be found, or has no address.
    NoAddress,
    /// Turned away at once: refused, cut off, no way there.
    NoConnection,
    /// Nothing comes back until the client gives up.
    Silence,
    /// A warning of the certificate in place of the service.
    CertificateWarning,
    /// The handshake comes to nothing, and no warning can be passed over.
    NoSecureConnection,
    /// The service's own words that it cannot serve.
    ErrorPage,
    /// An answer, and not the one that is expected.
    OtherAnswer,
    /// Redirects that lead nowhere.
    EndlessRedirect,
    /// An answer that breaks off or cannot be read.
    BrokenAnswer,
    /// What it is cannot be told; also of what was stored before it was told apart.
    #[default]
    Unknown,
}

impl Meets {
    /// Returns what people meet who end up with this cause; `status` is that of the answer, if there was one.
    pub const fn of(cause: Cause, status: Option<u16>) -> Self {
        match cause {
            Cause::DnsNxdomain
            | Cause::DnsNodata
            | Cause::DnsServfail
            | Cause::DnsRefused
            | Cause::DnsTimeout
            | Cause::DnsMalformed
            | Cause::DnsSpecialUse => Self::NoAddress,
            Cause::TcpRefused | Cause::TcpReset | Cause::NetUnreachable | Cause::TcpNoConnection => Self::NoConnection,
            Cause::TcpTimeout | Cause::TlsTimeout | Cause::HttpTimeout | Cause::PathMtu => Self::Silence,
            Cause::TlsNameMismatch
            | Cause::TlsExpired
            | Cause::TlsNotYetValid
            | Cause::TlsUntrusted
            | Cause::TlsRevoked => Self::CertificateWarning,
            Cause::TlsAlert | Cause::TlsProtocol | Cause::TlsClosed => Self::NoSecureConnection,
            Cause::HttpStatus => match status {
                Some(..400) => Self::OtherAnswer,
                Some(_) | None => Self::ErrorPage,
            },
            Cause::HttpBodyMismatch | Cause::Slow => Self::OtherAnswer,
            Cause::HttpRedirectLoop => Self::EndlessRedirect,
            Cause::HttpMalformed | Cause::HttpCoding | Cause::HttpClosed | Cause::HttpTooLarge => Self::BrokenAnswer,
            Cause::PolicyPlatform
            | Cause::PolicyBrowserCors
            | Cause::PolicyBrowserCsp
            | Cause::PolicyBrowserMixedContent
            | Cause::PolicyBrowserLocalNetwork
            | Cause::PolicyBrowserBlocker
            | Cause::VantageNoFamily
            | Cause::VantageOffline
            | Cause::VantageCaptivePortal
            | Cause::VantageClock
            | Cause::MeasurementFailed
            | Cause::MeasurementCut
            | Cause::MeasurementTls
            | Cause::NotObserved => Self::Unknown,
        }
    }

    /// Returns what people meet who end up with this sample.
    pub const fn of_sample(sample: &Sample) -> Self {
        match sample.cause {
            Some(cause) => Self::of(cause, sample.http_status),
            None => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::cause::Phase;

    #[test]
    fn whoever_has_answered_is_not_called_silent() {
        for cause in Cause::ALL.iter().filter(|cause| cause.counts_against_target()) {
            let meets = Meets::of(*cause, Some(503));
            assert_ne!(meets, Meets::Unknown, "{cause}");
            assert_eq!(meets == Meets::NoAddress, cause.phase() == Phase::Resolve, "{cause}");
            let is_timeout = cause.code().ends_with(".timeout") || *cause == Cause::PathMtu;
            assert_eq!(meets == Meets::Silence, is_timeout && cause.phase() != Phase::Resolve, "{cause}");
        }
        assert_eq!(Meets::of(Cause::HttpStatus, Some(200)), Meets::OtherAnswer, "204 was expected");
    }
}
