//! One sentence for what one family of one round gave.

use crate::{absence, cause, cause_in, elapsed, extended_error, handshake, unfit, warning};
use dualwatch_core::measure::{
    absence::Absence,
    cause::{Cause, Phase},
    dns_fault::DnsFault,
    family::Family,
    sample::{Certificate, Evidence, Outcome, Sample},
};
use std::{fmt::Write, net::IpAddr};

/// Returns what happened to a target with this URL as one sentence, with the address and the time after which it failed.
///
/// A failed probe has no latency, so a failure is told with "after" and never with "in".
pub fn sample_sentence(url: &str, family: Family, sample: &Sample) -> String {
    let text = match (sample.outcome, sample.cause) {
        (Outcome::Reached, cause) => reached(sample, cause),
        (Outcome::Skipped, None) => "not asked for".to_owned(),
        (Outcome::Skipped, Some(Cause::DnsNodata)) => match sample.evidence.unfit.first() {
            Some(first) => format!("{}; {}", absence(Absence::Translated, family), unfit(first)),
            None => absence(Absence::of(url, family, sample.is_of_known_addresses()), family),
        },
        (Outcome::Skipped, Some(cause)) => {
            let why = match sample.evidence.unfit.iter().find(|unfit| !unfit.why.is_unpublished()) {
                Some(first) => unfit(first),
                None => format!("{}{}", cause_in(family, cause), afterthought(sample, cause)),
            };
            match sample.evidence.location.as_ref().filter(|_| cause == Cause::PolicyPlatform) {
                Some(location) => {
                    let peer = peer(sample.address, "the service");
                    format!("{peer} redirects to {location}, which is not measured: {why}")
                }
                None => format!("not measured: {why}"),
            }
        }
        (Outcome::Failed, None) => "failed, and no cause is known".to_owned(),
        (Outcome::Failed, Some(cause)) => failed(family, sample, cause),
    };
    format!("{family}: {text}{}", beside(family, sample))
}

/// Returns what else the name has over the family, where it is reached there or not.
fn beside(family: Family, sample: &Sample) -> String {
    let evidence = &sample.evidence;
    let mut text = String::new();
    // Where nothing else is there, it is what is told.
    if sample.address.is_some() {
        for what in &evidence.unfit {
            _ = write!(text, "; {}", unfit(what));
        }
    }
    if evidence.further_addresses > 0 {
        let kept = sample.addresses.len();
        _ = write!(text, "; of {} {family} addresses of the name {kept} are kept", kept + evidence.further_addresses);
    }
    text
}

fn reached(sample: &Sample, cause: Option<Cause>) -> String {
    if let Some(expected) = sample.evidence.measured {
        return format!("failed as it must: {}", crate::cause(expected));
    }
    let mut text = format!("reached {}", peer(sample.address, "the service"));
    if let Some(ms) = sample.latency_ms() {
        _ = write!(text, " in {}", elapsed(ms));
    }
    if let Some(status) = sample.http_status {
        _ = write!(text, " (HTTP {status})");
    }
    if let Some(cause) = cause {
        _ = write!(text, ", but {}", crate::cause(cause));
    }
    if let Some(what) = &sample.evidence.warning {
        _ = write!(text, "; {}", warning(what, sample.evidence.seen.as_deref()));
    }
    text
}

fn failed(family: Family, sample: &Sample, failure: Cause) -> String {
    let evidence = &sample.evidence;
    let peer = peer(sample.address, "the service");
    let after = evidence.elapsed_ms.map_or_else(String::new, |ms| format!(" after {}", elapsed(ms)));
    let mut text = match failure {
        Cause::DnsNxdomain | Cause::DnsServfail | Cause::DnsMalformed | Cause::DnsSpecialUse | Cause::DnsNodata => {
            let nobody_asked = of_another_family(family, sample).filter(|_| failure == Cause::DnsNodata);
            nobody_asked.unwrap_or_else(|| format!("{}{}", of_name(family, sample, failure), of_resolver(sample)))
        }
        Cause::DnsRefused if DnsFault::of(failure, evidence).is_some() => {
            format!("{}{}", of_name(family, sample, failure), of_resolver(sample))
        }
        Cause::DnsRefused => format!("{} refuses to answer{after}", resolver(sample)),
        Cause::DnsTimeout => format!("{} does not answer{}", resolver(sample), waited(sample)),
        Cause::TcpRefused => format!("{peer} refused the connection{after}"),
        Cause::TcpReset => format!("{peer} reset the connection{after}"),
        Cause::TcpTimeout => format!("{peer} does not answer{}", waited(sample)),
        Cause::NetUnreachable if after.is_empty() => format!("there is no route to {peer}"),
        Cause::NetUnreachable => format!("there is no route to {peer}, as the network said{after}"),
        Cause::TcpNoConnection => no_connection(sample, &peer, &after),
        Cause::TlsNameMismatch => {
            let (names, n) = names(sample.certificate.as_ref());
            // Where another failure is expected, that is what is expected.
            let wanted = evidence.expected.as_deref().filter(|_| evidence.seen.is_none());
            format!("{peer} {}", certificate_for(names, n, wanted))
        }
        Cause::TlsExpired | Cause::TlsNotYetValid | Cause::TlsUntrusted | Cause::TlsRevoked => {
            format!("{peer} answers, but {}", handshake::refused(sample, failure))
        }
        Cause::TlsAlert => {
            let (with, of) = match evidence.alert.map(|alert| (alert, alert_name(alert))) {
                Some((alert, name)) => (format!(" with alert {alert} ({name})"), format!(" (alert {alert}, {name})")),
                None => Default::default(),
            };
            if evidence.client_certificate {
                format!("{peer} asks for a client certificate, and breaks off where none comes{of}")
            } else {
                format!("{peer} broke off the TLS handshake{with}{after}{}", handshake::offered(sample))
            }
        }
        Cause::TlsClosed if evidence.client_certificate => {
            format!("{peer} asks for a client certificate, and closes the connection where none comes")
        }
        Cause::TlsProtocol if evidence.bytes.is_some() => {
            let bytes = evidence.bytes.unwrap_or_default();
            format!("{peer} sends certificates of {bytes} bytes, more than common clients take")
        }
        Cause::TlsProtocol => format!("{peer} answers, but not with TLS, or with no version that is safe"),
        Cause::TlsClosed => format!("{peer} closed the connection during the TLS handshake{after}"),
        Cause::TlsTimeout => format!("{peer} accepted the connection and then said nothing of TLS{}", waited(sample)),
        Cause::HttpStatus => match sample.http_status {
            Some(status) => format!("{peer} answered HTTP {status}{}{}", method(evidence), wanted(sample)),
            None => format!("{peer} answered with an unexpected HTTP status{}", wanted(sample)),
        },
        Cause::HttpBodyMismatch => format!("{peer} answered otherwise than expected{}", wanted(sample)),
        Cause::HttpRedirectLoop => match &evidence.location {
            Some(location) => format!("{peer} redirects without end, at last to {location}"),
            None => format!("{peer} redirects without end"),
        },
        // 101: what came before was HTTP.
        Cause::HttpMalformed if sample.http_status == Some(101) => {
            let why = evidence.error.as_ref().map_or_else(String::new, |error| format!(": {error}"));
            format!("{peer} agreed to open a WebSocket, and does not speak it{why}")
        }
        Cause::HttpMalformed => format!("{peer} answered with something that is not HTTP, or not well-formed"),
        Cause::HttpCoding => format!("{peer} answered with a body that cannot be unpacked{}", wanted(sample)),
        Cause::HttpClosed => format!("{peer} closed the connection before the answer was whole{after}"),
        Cause::HttpTimeout => format!("{peer} accepted the connection and gave no answer{}", waited(sample)),
        Cause::HttpTooLarge => match evidence.bytes {
            Some(bytes) if bytes > 0 => format!("{peer} sent an answer of more than {bytes} bytes"),
            _ => format!("{peer} sent an answer that is too large"),
        },
        Cause::Slow => format!("{peer} answers slower than expected"),
        Cause::PathMtu => format!("{peer} answers small packets, and large ones are lost on the way{}", waited(sample)),
        Cause::PolicyPlatform
        | Cause::PolicyBrowserCors
        | Cause::PolicyBrowserCsp
        | Cause::PolicyBrowserMixedContent
        | Cause::PolicyBrowserLocalNetwork
        | Cause::PolicyBrowserBlocker => format!("not measured: {}", cause(failure)),
        Cause::VantageNoFamily => format!("cannot tell: this place has no working {family}"),
        Cause::VantageOffline => "cannot tell: this place is offline".to_owned(),
        Cause::VantageCaptivePortal => "cannot tell: a login page answers in place of the Internet".to_owned(),
        Cause::VantageClock => "cannot tell: the clock of this machine is wrong".to_owned(),
        Cause::MeasurementFailed => "the measurement itself failed".to_owned(),
        Cause::MeasurementCut => match evidence.bytes {
            Some(bytes) => format!("the time was over before the answer of {bytes} bytes was looked through"),
            None => "the time was over before the answer was looked through".to_owned(),
        },
        Cause::MeasurementTls => handshake::spoken_by_others(sample, &peer),
        Cause::NotObserved => "no recent round".to_owned(),
    };
    // Where the sentence has no place for it.
    if let Some(ms) = evidence.elapsed_ms.filter(|_| says_when(failure) && !text.contains(" after ")) {
        _ = write!(text, "; known after {}", elapsed(ms));
    }
    if let Some(location) = evidence.location.as_ref().filter(|_| failure.phase() == Phase::Resolve) {
        text = format!("{peer} redirects to {location}, and {text}");
    }
    text += &afterthought(sample, failure);
    text
}

/// Whether the time until a failure is the target's: not of what the vantage or the measurement itself lacks.
const fn says_when(failure: Cause) -> bool {
    !matches!(failure.phase(), Phase::Resolve | Phase::Policy | Phase::Vantage | Phase::Measurement)
}

/// RFC 8446 section 6 and RFC 6066, RFC 7301: what an alert says, of those that servers send to clients.
const fn alert_name(alert: u8) -> &'static str {
    match alert {
        40 => "handshake failure",
        42 => "bad certificate",
        43 => "unsupported certificate",
        46 => "certificate unknown",
        47 => "illegal parameter",
        48 => "unknown authority",
        49 => "access denied",
        50 => "decode error",
        51 => "decrypt error",
        70 => "protocol version",
        71 => "insufficient security",
        80 => "internal error",
        86 => "inappropriate fallback",
        109 => "missing extension",
        112 => "unrecognized name",
        116 => "certificate required",
        120 => "no application protocol",
        _ => "see RFC 8446",
    }
}

/// What belongs to the sentence whatever the cause is: other addresses, the cause as measured, the error's own text.
fn afterthought(sample: &Sample, failure: Cause) -> String {
    let evidence = &sample.evidence;
    let mut text = String::new();
    if evidence.attempts.len() > 1 {
        _ = write!(text, " ({} addresses were tried)", evidence.attempts.len());
    }
    if let Some(measured) = evidence.measured {
        let what = evidence.unfit.first().filter(|_| measured == Cause::DnsNodata).map(unfit);
        _ = write!(text, " (measured: {})", what.as_deref().unwrap_or_else(|| cause(measured)));
    }
    if let (Cause::MeasurementFailed | Cause::PolicyPlatform, Some(error)) = (failure, &evidence.error) {
        _ = write!(text, ": {error}");
    }
    text
}

fn peer(address: Option<IpAddr>, otherwise: &str) -> String {
    address.map_or_else(|| otherwise.to_owned(), |a| a.to_string())
}

fn resolver(sample: &Sample) -> String {
    sample.evidence.resolver.as_ref().map_or_else(|| "the resolver".to_owned(), |r| format!("the resolver {r}"))
}

/// What is wrong with a name: as it is told, else as the response code has it.
fn of_name(family: Family, sample: &Sample, failure: Cause) -> String {
    match DnsFault::of(failure, &sample.evidence) {
        Some(DnsFault::Signatures) => "the DNSSEC signatures of this name do not hold".to_owned(),
        Some(DnsFault::Blocked) => "the resolver blocks this name".to_owned(),
        Some(DnsFault::Unreachable) => "the resolver reaches no name server of this name".to_owned(),
        Some(DnsFault::Denied) => {
            format!("the name servers deny the whole name for {family}, and have it for {}", family.other())
        }
        Some(DnsFault::Untaken) => "the resolver does not take the question".to_owned(),
        Some(DnsFault::LongAlias) => "an alias of this name leads to a name that is too long".to_owned(),
        Some(DnsFault::Unfit(what)) => unfit(&what),
        None if failure == Cause::DnsNodata => no_record(family).to_owned(),
        None => cause(failure).to_owned(),
    }
}

fn of_resolver(sample: &Sample) -> String {
    let evidence = &sample.evidence;
    let more = evidence.extended.iter().map(extended_error);
    let more = more.fold(String::new(), |more, error| more + "; " + &error);
    match (&evidence.resolver, &evidence.rcode) {
        (Some(resolver), Some(rcode)) => format!(" ({rcode} from {resolver}{more})"),
        (Some(resolver), None) => format!(" (from {resolver})"),
        (None, Some(rcode)) => format!(" ({rcode}{more})"),
        (None, None) => String::new(),
    }
}

const fn no_record(family: Family) -> &'static str {
    match family {
        Family::Ipv4 => "no A record is published, though IPv4 is expected",
        Family::Ipv6 => "no AAAA record is published, though IPv6 is expected",
    }
}

/// Says that an address that was written down is of the other family, where that is why there is none: nobody was asked.
fn of_another_family(family: Family, sample: &Sample) -> Option<String> {
    let seen = sample.evidence.seen.as_ref().filter(|_| sample.is_of_known_addresses())?;
    Some(if seen.contains(',') {
        format!("none of {seen} is an {family} address")
    } else {
        format!("{seen} is no {family} address")
    })
}

fn waited(sample: &Sample) -> String {
    let Evidence { elapsed_ms, spent_ms, .. } = sample.evidence;
    match (spent_ms, elapsed_ms) {
        // What is mostly its own is told as a whole.
        (Some(spent), Some(own)) if own < 0.8 * spent => {
            format!("; gave up after {}, of which it had {}", elapsed(spent), elapsed(own))
        }
        (Some(ms), _) | (None, Some(ms)) => format!("; gave up after {}", elapsed(ms)),
        (None, None) => String::new(),
    }
}

fn no_connection(sample: &Sample, peer: &str, after: &str) -> String {
    let mut text = format!("no connection to {peer} came about");
    if !after.is_empty() {
        _ = write!(text, "; failed{after}");
    }
    if let Some(likely) = sample.evidence.likely {
        _ = write!(text, ", most likely: {}", cause(likely));
    }
    text
}

/// So many names of a certificate are told.
const MAX_NAMES: usize = 3;

/// Returns for whom a certificate of `n` names, the first of which these are, is and for whom it is not: "shows a
/// certificate for a.example, not for b.example".
pub fn certificate_for(names: &[String], n: usize, wanted: Option<&str>) -> String {
    let told = &names[..names.len().min(MAX_NAMES)];
    let whom = if told.is_empty() { "nobody".to_owned() } else { names_and_more(told, n.saturating_sub(told.len())) };
    let not = wanted.map_or_else(String::new, |wanted| {
        let address = wanted.trim_start_matches('[').trim_end_matches(']');
        // What is there in so many letters and is not accepted stands in the wrong place (RFC 9525 section 6.4).
        if address.parse::<IpAddr>().is_ok() && names.iter().any(|name| name == address) {
            format!(
                ", and not for the address {wanted}: that stands there as a DNS name, and counts only as an address \
                 (`iPAddress`, RFC 5280 section 4.2.1.6)"
            )
        } else {
            format!(", not for {wanted}")
        }
    });
    format!("shows a certificate for {whom}{not}")
}

/// Returns the names of a certificate that are listed, and how many it has.
pub(crate) fn names(certificate: Option<&Certificate>) -> (&[String], usize) {
    certificate.map_or((&[], 0), |certificate| (&certificate.subject_names, certificate.n_names()))
}

/// Returns names in a row, and how many more there are.
pub fn names_and_more(names: &[String], n_more: usize) -> String {
    let names = names.join(", ");
    if n_more == 0 { names } else { format!("{names} and {n_more} more") }
}

/// What a status says that is about the method: ` to HEAD; it takes: GET`.
fn method(evidence: &Evidence) -> String {
    let Some(method) = &evidence.method else { return String::new() };
    let takes = evidence.allow.as_ref().map_or_else(String::new, |allow| format!(" (it takes: {allow})"));
    format!(" to {method}{takes}")
}

fn wanted(sample: &Sample) -> String {
    let evidence = &sample.evidence;
    // The status is in the sentence already.
    let seen = evidence.seen.as_ref().filter(|_| sample.cause != Some(Cause::HttpStatus));
    match (&evidence.expected, seen) {
        (Some(expected), Some(seen)) => format!("; expected: {}; seen: {}", in_words(expected), in_words(seen)),
        (Some(expected), None) => format!("; expected: {}", in_words(expected)),
        (None, _) => String::new(),
    }
}

/// Puts the phrase of a cause in place of its code.
fn in_words(text: &str) -> String {
    let known = Cause::ALL.iter().filter(|c| c.code().contains('.') && text.contains(c.code()));
    known.fold(text.to_owned(), |text, c| text.replace(c.code(), cause(*c)))
}

#[cfg(test)]
mod tests;
