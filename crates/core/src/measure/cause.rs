//! The closed set of causes: why a sample is not simply "reached". Codes are stable and public.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

/// How far a probe came before the cause ended it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    Resolve,
    Connect,
    Handshake,
    Exchange,
    /// `slow`, `path.mtu`: not tied to one phase.
    Any,
    Policy,
    Vantage,
    Measurement,
}

macro_rules! causes {
    ($($(#[$doc:meta])* $name:ident = $code:literal @ $phase:ident,)+) => {
        /// Why a target could not be reached, or not be judged.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Cause { $($(#[$doc])* $name,)+ }

        impl Cause {
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Returns the stable public code, such as `tcp.refused`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            pub const fn phase(self) -> Phase {
                match self { $(Self::$name => Phase::$phase,)+ }
            }

            /// Returns the cause with this code, if there is one.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

causes! {
    /// RFC 2308: the name does not exist.
    DnsNxdomain = "dns.nxdomain" @ Resolve,
    /// RFC 2308: the name exists, but has no record of this type (no A, or no AAAA).
    DnsNodata = "dns.nodata" @ Resolve,
    DnsServfail = "dns.servfail" @ Resolve,
    DnsRefused = "dns.refused" @ Resolve,
    /// A resolver took the question and did not answer it in time.
    DnsTimeout = "dns.timeout" @ Resolve,
    DnsMalformed = "dns.malformed" @ Resolve,
    /// RFC 6761: `.onion`, `.local`, `.invalid` and their kind are not in the public DNS.
    DnsSpecialUse = "dns.special_use" @ Resolve,
    TcpRefused = "tcp.refused" @ Connect,
    TcpReset = "tcp.reset" @ Connect,
    TcpTimeout = "tcp.timeout" @ Connect,
    NetUnreachable = "net.unreachable" @ Connect,
    /// The runtime says only that no connection came about: refused, unreachable and prohibited look alike.
    TcpNoConnection = "tcp.no_connection" @ Connect,
    TlsNameMismatch = "tls.name_mismatch" @ Handshake,
    TlsExpired = "tls.expired" @ Handshake,
    TlsNotYetValid = "tls.not_yet_valid" @ Handshake,
    TlsUntrusted = "tls.untrusted" @ Handshake,
    TlsRevoked = "tls.revoked" @ Handshake,
    TlsAlert = "tls.alert" @ Handshake,
    /// The peer does not speak TLS, or none of our versions.
    TlsProtocol = "tls.protocol" @ Handshake,
    TlsClosed = "tls.closed" @ Handshake,
    TlsTimeout = "tls.timeout" @ Handshake,
    HttpStatus = "http.status" @ Exchange,
    /// The target answered, and not with what is expected: of a body or header, of what a TCP service says, or that it
    /// must not answer at all.
    HttpBodyMismatch = "http.body_mismatch" @ Exchange,
    HttpRedirectLoop = "http.redirect_loop" @ Exchange,
    HttpMalformed = "http.malformed" @ Exchange,
    /// The body is not in the content coding that it claims (RFC 9110 section 8.4): browsers show an error.
    HttpCoding = "http.coding" @ Exchange,
    /// The connection ended before the answer was whole.
    HttpClosed = "http.closed" @ Exchange,
    HttpTimeout = "http.timeout" @ Exchange,
    HttpTooLarge = "http.too_large" @ Exchange,
    /// Reached, but slower than expected: degraded, not down.
    Slow = "slow" @ Any,
    /// RFC 8201: small packets pass, large ones are lost.
    PathMtu = "path.mtu" @ Any,
    /// This runtime or this configuration does not allow the connection.
    PolicyPlatform = "policy.platform" @ Policy,
    PolicyBrowserCors = "policy.browser.cors" @ Policy,
    PolicyBrowserCsp = "policy.browser.csp" @ Policy,
    PolicyBrowserMixedContent = "policy.browser.mixed_content" @ Policy,
    PolicyBrowserLocalNetwork = "policy.browser.local_network" @ Policy,
    PolicyBrowserBlocker = "policy.browser.blocker" @ Policy,
    /// The vantage has no working connection of this family, but has one of the other.
    VantageNoFamily = "vantage.no_family" @ Vantage,
    /// The vantage reaches none of its controls over either family.
    VantageOffline = "vantage.offline" @ Vantage,
    VantageCaptivePortal = "vantage.captive_portal" @ Vantage,
    VantageClock = "vantage.clock" @ Vantage,
    /// We could not do our job; the evidence says why.
    MeasurementFailed = "measurement.failed" @ Measurement,
    /// The time was over before we had looked through the answer.
    MeasurementCut = "measurement.cut" @ Measurement,
    /// The server speaks TLS with others, in a way that this prober does not know: what others get is not seen.
    MeasurementTls = "measurement.tls" @ Measurement,
    /// No round of this target is recent enough to say anything.
    NotObserved = "not_observed" @ Measurement,
}

impl Cause {
    /// Whether an answer came back from the target itself, which proves the path to it over this family.
    ///
    /// A completed TCP handshake counts: `tls.timeout` and `http.timeout` come after one.
    pub const fn proves_answer(self) -> bool {
        match self.phase() {
            Phase::Handshake | Phase::Exchange => true,
            Phase::Connect => matches!(self, Self::TcpRefused | Self::TcpReset),
            Phase::Any => true,
            Phase::Measurement => matches!(self, Self::MeasurementTls),
            Phase::Resolve | Phase::Policy | Phase::Vantage => false,
        }
    }

    /// Whether nothing came back: silence and "unreachable", which accuse only over a proven family.
    pub const fn is_silence(self) -> bool {
        matches!(self, Self::TcpTimeout | Self::NetUnreachable | Self::TcpNoConnection | Self::DnsTimeout)
    }

    /// Whether it was waited until there was no time left: how long that was, from the first question on, belongs to it.
    pub const fn is_waited_for(self) -> bool {
        matches!(self, Self::DnsTimeout | Self::TcpTimeout | Self::TlsTimeout | Self::HttpTimeout | Self::PathMtu)
    }

    /// Whether the cause says something about the target. `vantage.*`, `measurement.*`, `policy.*` and
    /// `not_observed` never do.
    pub const fn counts_against_target(self) -> bool {
        !matches!(self.phase(), Phase::Policy | Phase::Vantage | Phase::Measurement)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Cause {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Cause {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let code = std::borrow::Cow::<str>::deserialize(d)?;
        Self::from_code(&code).ok_or_else(|| de::Error::custom(format!("`{code}` is not a cause")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_unique_and_reads_back() {
        for (i, cause) in Cause::ALL.iter().enumerate() {
            assert_eq!(Cause::from_code(cause.code()), Some(*cause));
            assert!(Cause::ALL[i + 1..].iter().all(|c| c.code() != cause.code()), "{cause} twice");
        }
    }

    #[test]
    fn nothing_both_answers_and_is_silent() {
        for cause in Cause::ALL {
            assert!(!(cause.proves_answer() && cause.is_silence()), "{cause}");
            if cause.is_silence() {
                assert!(cause.counts_against_target(), "{cause} accuses over a proven family");
            }
        }
    }
}
