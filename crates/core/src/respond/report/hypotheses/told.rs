//! What an answer says of itself, so that nothing is guessed: a resolver of its error, a status of whose matter it is.

use super::{
    Argument, Code,
    facts::Facts,
    rules::{Case, as_known, failed_for, share},
};
use crate::measure::{cause::Cause, certificate_fault::Reason, dns_fault::DnsFault, family::Family};

/// The resolver, or the other family's answer, says what is at fault with a name.
pub fn by_dns(facts: &Facts<'_>, family: Family) -> Option<Case> {
    const DNS: &[Cause] = &[Cause::DnsNxdomain, Cause::DnsServfail, Cause::DnsRefused, Cause::DnsNodata];
    let (argument, samples, of) = failed_for(facts, family, DNS)?;
    let span = facts.first(family, DNS)?;
    let evidence = &span.exhibit.evidence;
    let fault = DnsFault::of(span.cause, evidence)?;
    let code = match fault {
        DnsFault::Signatures => Code::SignaturesFail,
        DnsFault::Blocked => Code::ResolverBlocks,
        DnsFault::Unreachable => Code::NameServers,
        DnsFault::Untaken => Code::ResolverFailed,
        DnsFault::LongAlias => Code::RecordUnfit,
        DnsFault::Denied => Code::NameDenied,
        // Nobody has published it: that is what is missing.
        DnsFault::Unfit(unfit) if unfit.why.is_unpublished() => return None,
        DnsFault::Unfit(_) if fault.is_none() => Code::ResolverBlocks,
        DnsFault::Unfit(_) => Code::RecordUnfit,
    };
    let mut case = Case::new(code, Some(family));
    case.weigh(share(70, samples, of), argument);
    match (evidence.extended.iter().find(|error| DnsFault::told(error) == Some(fault)), fault) {
        (Some(error), _) => case.weigh(15, Argument::Extended { family, error: error.clone() }),
        // Its owner may have set it.
        (None, DnsFault::Unfit(unfit)) => {
            case.weigh(if fault.is_none() { -15 } else { 15 }, Argument::Unfit { family, unfit });
        }
        // The response code is all that is said of it.
        (None, DnsFault::Untaken | DnsFault::LongAlias) => {}
        (None, _) => case.weigh(15, Argument::ExistsAllTheSame { family }),
    }
    Some(case)
}

/// The causes of which the handshake tells what is wrong with which certificate.
pub const CERTIFICATES: &[Cause] = &[Cause::TlsUntrusted, Cause::TlsExpired, Cause::TlsNotYetValid];

/// A certificate that is not accepted shows why by itself.
pub fn by_certificate(facts: &Facts<'_>, family: Family) -> Option<Case> {
    let (argument, samples, of) = failed_for(facts, family, CERTIFICATES)?;
    let fault = facts.first(family, CERTIFICATES)?.exhibit.evidence.fault.clone()?;
    let code = match fault.reason() {
        // That it ran out has a rule by its cause.
        Reason::CertificateNotRenewed => return None,
        reason => Code::Certificate(reason),
    };
    let mut case = Case::new(code, Some(family));
    case.weigh(share(75, samples, of), argument);
    case.weigh(15, Argument::CertificateFault { family, fault });
    case.weigh_other_family(facts, 5, 10);
    Some(case)
}

/// An HTTP status says by itself whose matter it is (RFC 9110 section 15).
pub fn by_status(facts: &Facts<'_>, family: Family) -> Option<Case> {
    let (argument, samples, of) = failed_for(facts, family, &[Cause::HttpStatus])?;
    let exhibit = &facts.first(family, &[Cause::HttpStatus])?.exhibit;
    let status = exhibit.http_status?;
    let evidence = &exhibit.evidence;
    if let Some(method) = evidence.method.as_ref().filter(|method| *method != "GET") {
        let mut case = Case::new(Code::MethodRefused, Some(family));
        case.weigh(share(75, samples, of), argument);
        case.weigh(5, Argument::MethodRefused { family, method: method.clone(), allow: evidence.allow.clone() });
        case.weigh_other_family(facts, -5, 15);
        return Some(case);
    }
    let (code, weight, other_well, both) = match status {
        429 | 502..=504 => (Code::Overloaded, 50, -15, 15),
        500..=599 => (Code::ApplicationError, 60, -10, 15),
        // Misdirected (421) or not there (404), over one family only: another machine, or another virtual host.
        404 | 421 if facts.other_is_well => (Code::OtherVirtualHost, 45, 20, 0),
        _ => (Code::ContentChanged, 50, -5, 15),
    };
    let code = as_known(code, facts, family, Cause::HttpStatus, &[Cause::HttpStatus]);
    let mut case = Case::new(code, Some(family));
    case.weigh(share(weight, samples, of), argument);
    case.weigh(5, Argument::HttpStatus { family, status });
    case.weigh_other_family(facts, other_well, both);
    Some(case)
}
