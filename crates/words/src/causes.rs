//! A short phrase for every cause: what comes after "down:".

use crate::absence::no_record;
use dualwatch_core::measure::{cause::Cause, family::Family};

/// Returns the phrase of a cause, such as "connection refused".
pub const fn cause(cause: Cause) -> &'static str {
    match cause {
        Cause::DnsNxdomain => "the name does not exist",
        Cause::DnsNodata => "no address of this family is published",
        Cause::DnsServfail => "the name servers of this name fail",
        Cause::DnsRefused => "the resolver refuses to answer",
        Cause::DnsTimeout => "the resolver does not answer",
        Cause::DnsMalformed => "the resolver's answer cannot be read",
        Cause::DnsSpecialUse => "this kind of name is not in the public DNS",
        Cause::TcpRefused => "connection refused",
        Cause::TcpReset => "connection reset",
        Cause::TcpTimeout => "no answer",
        Cause::NetUnreachable => "no route to the address",
        Cause::TcpNoConnection => "no connection came about",
        Cause::TlsNameMismatch => "the certificate is for another name",
        Cause::TlsExpired => "the certificate has expired",
        Cause::TlsNotYetValid => "the certificate is not valid yet",
        Cause::TlsUntrusted => "the certificate is not trusted",
        Cause::TlsRevoked => "the certificate has been revoked",
        Cause::TlsAlert => "the server broke off the TLS handshake",
        Cause::TlsProtocol => "the server does not speak TLS as we do",
        Cause::TlsClosed => "connection closed during the TLS handshake",
        Cause::TlsTimeout => "connected, then silence in the TLS handshake",
        Cause::HttpStatus => "unexpected HTTP status",
        Cause::HttpBodyMismatch => "the answer does not hold what is expected",
        Cause::HttpRedirectLoop => "too many redirects",
        Cause::HttpMalformed => "the answer is not HTTP",
        Cause::HttpCoding => "the answer's body cannot be unpacked",
        Cause::HttpClosed => "connection closed before the answer was whole",
        Cause::HttpTimeout => "connected, then no HTTP answer",
        Cause::HttpTooLarge => "the answer is larger than allowed",
        Cause::Slow => "slower than expected",
        Cause::PathMtu => "large packets are lost on the way",
        Cause::PolicyPlatform => "connecting there is not allowed here",
        Cause::PolicyBrowserCors => "the service does not let this page read its answer",
        Cause::PolicyBrowserCsp => "this page's own policy does not allow the request",
        Cause::PolicyBrowserMixedContent => "a secure page may not fetch an http address",
        Cause::PolicyBrowserLocalNetwork => "the browser does not let this page reach the local network",
        Cause::PolicyBrowserBlocker => "a blocker in the browser stops the request",
        Cause::VantageNoFamily => "the place that measures has no connection of this family",
        Cause::VantageOffline => "the place that measures is offline",
        Cause::VantageCaptivePortal => "something else answers in place of the Internet",
        Cause::VantageClock => "the clock of the place that measures is wrong",
        Cause::MeasurementFailed => "the measurement itself failed",
        Cause::MeasurementCut => "the time was over before the answer was looked through",
        Cause::MeasurementTls => "it speaks TLS with others, and not as this prober does",
        Cause::NotObserved => "no recent round",
    }
}

/// Returns the phrase of a cause where the family is known and says it better.
pub const fn cause_in(family: Family, cause: Cause) -> &'static str {
    match (cause, family) {
        (Cause::DnsNodata, family) => no_record(family),
        (Cause::VantageNoFamily, Family::Ipv6) => "the place that measures has no working IPv6",
        (Cause::VantageNoFamily, Family::Ipv4) => "the place that measures has no working IPv4",
        _ => self::cause(cause),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain;

    #[test]
    fn every_phrase_is_a_fragment_of_its_own() {
        for (i, c) in Cause::ALL.iter().enumerate() {
            let phrase = cause(*c);
            assert!(phrase.len() > 5 && phrase.len() < 70, "{c}: {phrase}");
            assert!(phrase.starts_with(char::is_lowercase) && !phrase.ends_with('.'), "{c}: {phrase}");
            assert!(Cause::ALL[i + 1..].iter().all(|other| cause(*other) != phrase), "{c}: {phrase} twice");
        }
    }

    #[test]
    fn every_explanation_is_one_sentence_and_more_than_the_phrase() {
        for c in Cause::ALL {
            let text = explain(*c);
            assert!(text.starts_with(char::is_uppercase) && text.ends_with('.'), "{c}: {text}");
            assert!(!text.contains(". ") && text.len() > 40 && text.len() < 240, "{c}: {text}");
            assert_ne!(text, cause(*c));
        }
    }

    #[test]
    fn a_missing_record_that_something_failed_for_is_no_design() {
        assert_eq!(cause_in(Family::Ipv6, Cause::DnsNodata), "no AAAA record");
        assert_eq!(cause_in(Family::Ipv4, Cause::DnsNodata), "no A record");
        assert_eq!(cause_in(Family::Ipv6, Cause::TcpRefused), "connection refused");
    }
}
