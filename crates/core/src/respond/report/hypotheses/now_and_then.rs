//! The rules for what fails again and again and answers in between: what is gone altogether does not do that.

use super::{
    Argument, Code,
    facts::Facts,
    rules::{Case, failed_for, share},
};
use crate::measure::{cause::Cause, family::Family};

/// A hypothesis: `causes` of which so many failed rounds speak for it with `weight`.
struct Rule {
    code: Code,
    causes: &'static [Cause],
    weight: i32,
}

const RULES: &[Rule] = &[
    // Where some answers are right and others wrong, more than one machine answers.
    Rule {
        code: Code::OneOfSeveral,
        causes: &[
            Cause::TlsNameMismatch,
            Cause::TlsExpired,
            Cause::TlsUntrusted,
            Cause::TlsAlert,
            Cause::TlsProtocol,
            Cause::HttpBodyMismatch,
        ],
        weight: 55,
    },
    Rule {
        code: Code::OneOfSeveral,
        causes: &[Cause::TcpRefused, Cause::HttpMalformed, Cause::HttpCoding, Cause::HttpClosed],
        weight: 40,
    },
    Rule { code: Code::OneOfSeveral, causes: &[Cause::TcpReset, Cause::TlsClosed], weight: 20 },
    Rule { code: Code::RateLimited, causes: &[Cause::TcpReset, Cause::TlsClosed], weight: 25 },
    Rule { code: Code::PacketLoss, causes: &[Cause::TcpTimeout, Cause::TlsTimeout, Cause::HttpTimeout], weight: 30 },
    Rule { code: Code::Overloaded, causes: &[Cause::HttpTimeout, Cause::TcpReset, Cause::HttpClosed], weight: 10 },
];

/// How much it speaks for these that there were answers in between, or against those.
const fn answers_between(code: Code) -> i32 {
    match code {
        Code::OneOfSeveral | Code::RateLimited | Code::PacketLoss => 20,
        Code::Overloaded | Code::NameServers => 10,
        Code::ApplicationError | Code::ConnectionsCut | Code::ProviderWide | Code::Vantage | Code::ResolverFailed => 0,
        Code::PathMtu
        | Code::AddressChanged
        | Code::TlsSettings
        | Code::CertificateReplaced
        | Code::CertificateUnfit
        | Code::Certificate(_) => -20,
        Code::FirewallDrops
        | Code::RouteLost
        | Code::OtherVirtualHost
        | Code::ContentChanged
        | Code::ContentUnexpected
        | Code::MethodRefused
        | Code::NameDenied
        | Code::RecordUnfit
        | Code::ResolverBlocks
        | Code::SignaturesFail
        | Code::RedirectLoop => -30,
        Code::NoListener
        | Code::HostDown
        | Code::ServiceStopped
        | Code::RecordRemoved
        | Code::RecordMissing
        | Code::CertificateExpired => -50,
    }
}

/// Returns the cases of a family that answered in between, all the time.
pub fn of(facts: &Facts<'_>, family: Family) -> Vec<Case> {
    if !is_about(facts, family) {
        return Vec::new();
    }
    let mut cases: Vec<Case> = RULES.iter().filter_map(|rule| by_cause(facts, family, rule)).collect();
    cases.extend(by_status(facts, family));
    cases
}

/// Adds to every case of such a family what it means that it answered in between.
pub fn weigh(facts: &Facts<'_>, cases: &mut [Case]) {
    for family in facts.families().filter(|family| is_about(facts, *family)) {
        let Some(rate) = facts.incident.rate(family) else { continue };
        let argument = Argument::FailedNowAndThen { family, failed: rate.failed, of: rate.of };
        for case in cases.iter_mut().filter(|case| case.family.is_none_or(|of| of == family)) {
            case.weigh(answers_between(case.code), argument.clone());
        }
    }
}

fn is_about(facts: &Facts<'_>, family: Family) -> bool {
    facts.incident.outages.iter().filter(|o| o.family == family).all(|o| o.rate().is_some())
}

fn by_cause(facts: &Facts<'_>, family: Family, rule: &Rule) -> Option<Case> {
    let (argument, samples, of) = failed_for(facts, family, rule.causes)?;
    let mut case = Case::new(rule.code, Some(family));
    case.weigh(share(rule.weight, samples, of), argument);
    Some(case)
}

/// 429 says it in so many words (RFC 6585, section 4); a gateway that finds nobody behind it, nearly.
fn by_status(facts: &Facts<'_>, family: Family) -> Option<Case> {
    let (argument, samples, of) = failed_for(facts, family, &[Cause::HttpStatus])?;
    let status = facts.first(family, &[Cause::HttpStatus])?.exhibit.http_status?;
    let (code, weight) = match status {
        429 => (Code::RateLimited, 70),
        _ => (Code::OneOfSeveral, 35),
    };
    let mut case = Case::new(code, Some(family));
    case.weigh(share(weight, samples, of), argument);
    case.weigh(5, Argument::HttpStatus { family, status });
    Some(case)
}
