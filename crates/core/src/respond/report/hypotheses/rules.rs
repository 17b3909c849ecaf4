//! The rules: per hypothesis, which facts speak for it and against it, and how much each weighs.
//!
//! A weight of 60 alone makes a hypothesis likely; a share of the failed rounds has that share of its weight.

use super::{Argument, Code, facts::Facts, now_and_then, told};
use crate::{
    measure::{
        cause::{Cause, Phase},
        family::Family,
        vantage::Standing,
    },
    notice::changes::What,
    remember::baseline::Phase as Timed,
};

/// One hypothesis with all that applies to it.
pub struct Case {
    pub code: Code,
    pub family: Option<Family>,
    pub arguments_for: Vec<(i32, Argument)>,
    pub arguments_against: Vec<(i32, Argument)>,
}

/// One hypothesis about one family: `causes` of which so many failed rounds speak for it with `weight`.
struct Rule {
    code: Code,
    causes: &'static [Cause],
    weight: i32,
    /// How much it weighs that the other family answered: below zero it speaks against.
    other_well: i32,
    /// How much it weighs that both families failed.
    both: i32,
}

const RULES: &[Rule] = &[
    Rule { code: Code::NoListener, causes: &[Cause::TcpRefused], weight: 60, other_well: 20, both: -40 },
    Rule { code: Code::FirewallDrops, causes: &[Cause::TcpTimeout], weight: 45, other_well: 15, both: -25 },
    Rule { code: Code::RouteLost, causes: &[Cause::NetUnreachable], weight: 55, other_well: 10, both: -5 },
    Rule {
        code: Code::RecordRemoved,
        causes: &[Cause::DnsNxdomain, Cause::DnsNodata, Cause::DnsSpecialUse],
        weight: 70,
        other_well: 5,
        both: 5,
    },
    Rule {
        code: Code::NameServers,
        causes: &[Cause::DnsServfail, Cause::DnsRefused, Cause::DnsMalformed],
        weight: 60,
        other_well: -5,
        both: 10,
    },
    Rule { code: Code::ResolverFailed, causes: &[Cause::DnsTimeout], weight: 50, other_well: -10, both: 10 },
    Rule { code: Code::CertificateExpired, causes: &[Cause::TlsExpired], weight: 75, other_well: 5, both: 10 },
    Rule {
        code: Code::OtherVirtualHost,
        causes: &[Cause::TlsNameMismatch, Cause::TlsUntrusted],
        weight: 50,
        other_well: 25,
        both: -30,
    },
    Rule {
        code: Code::CertificateReplaced,
        causes: &[Cause::TlsNameMismatch, Cause::TlsUntrusted, Cause::TlsNotYetValid, Cause::TlsRevoked],
        weight: 40,
        other_well: -10,
        both: 20,
    },
    Rule {
        code: Code::TlsSettings,
        causes: &[Cause::TlsAlert, Cause::TlsProtocol],
        weight: 55,
        other_well: 5,
        both: 10,
    },
    Rule { code: Code::PathMtu, causes: &[Cause::PathMtu], weight: 80, other_well: 10, both: -10 },
    Rule {
        code: Code::Overloaded,
        causes: &[Cause::HttpTimeout, Cause::TlsTimeout],
        weight: 40,
        other_well: -20,
        both: 20,
    },
    Rule {
        code: Code::ApplicationError,
        causes: &[Cause::HttpMalformed, Cause::HttpCoding, Cause::HttpClosed, Cause::HttpTooLarge],
        weight: 40,
        other_well: -10,
        both: 15,
    },
    Rule { code: Code::ContentChanged, causes: &[Cause::HttpBodyMismatch], weight: 60, other_well: -5, both: 10 },
    Rule { code: Code::RedirectLoop, causes: &[Cause::HttpRedirectLoop], weight: 70, other_well: 0, both: 5 },
    Rule {
        code: Code::ConnectionsCut,
        causes: &[Cause::TcpReset, Cause::TlsClosed],
        weight: 55,
        other_well: 5,
        both: 5,
    },
];

/// Large packets that are lost after TCP came up look like this, where the path is not known to be the reason.
const STALLS: &[Cause] = &[Cause::TlsTimeout, Cause::HttpTimeout];
const SILENCE: &[Cause] = &[Cause::TcpTimeout, Cause::NetUnreachable, Cause::TcpNoConnection];

/// Returns every case to which at least one rule applies.
pub fn all(facts: &Facts<'_>) -> Vec<Case> {
    let mut cases = Vec::new();
    for family in facts.families() {
        let told = told::by_dns(facts, family);
        // Where the answer says what it is, nothing is guessed from its code.
        let certificate = told::by_certificate(facts, family);
        let is_open = |rule: &&Rule| match rule.code {
            Code::NameServers | Code::RecordRemoved => told.is_none(),
            Code::CertificateExpired => certificate.is_none(),
            // Another one may have been put in its place: where that was seen.
            Code::CertificateReplaced => certificate.is_none() || facts.certificate_change(family).is_some(),
            _ => true,
        };
        cases.extend(RULES.iter().filter(is_open).filter_map(|rule| by_cause(facts, family, rule)));
        cases.extend(told);
        cases.extend(certificate);
        cases.extend(no_connection(facts, family));
        cases.extend(stalled(facts, family));
        cases.extend(told::by_status(facts, family));
        cases.extend(address_changed(facts, family));
        cases.extend(vantage(facts, family));
        cases.extend(now_and_then::of(facts, family));
    }
    cases.extend(both_families(facts));
    cases.extend(provider_wide(facts));
    let mut cases = merge(facts, cases);
    now_and_then::weigh(facts, &mut cases);
    cases
}

/// What the families of one target have in common, where both fail for it.
const fn is_whole(code: Code) -> bool {
    matches!(
        code,
        Code::Overloaded
            | Code::OneOfSeveral
            | Code::RateLimited
            | Code::ApplicationError
            | Code::CertificateReplaced
            | Code::CertificateUnfit
            | Code::CertificateExpired
            | Code::Certificate(_)
            | Code::TlsSettings
            | Code::ContentChanged
            | Code::ContentUnexpected
            | Code::MethodRefused
            | Code::ResolverBlocks
            | Code::SignaturesFail
            | Code::RedirectLoop
            | Code::ConnectionsCut
            | Code::RecordRemoved
            | Code::RecordMissing
            | Code::NameServers
            | Code::ResolverFailed
    )
}

/// The same hypothesis by two rules, or about both families, is one. Where it is about each of them by itself, and both
/// failed at the same time, the other one adds to the arguments and not to the weight: it is told once.
fn merge(facts: &Facts<'_>, cases: Vec<Case>) -> Vec<Case> {
    let mut merged: Vec<Case> = Vec::new();
    for case in cases {
        let is_whole = is_whole(case.code);
        let is_told_once = is_whole || facts.is_together;
        let same = merged
            .iter_mut()
            .find(|m| m.code == case.code && (m.family == case.family || (is_told_once && m.family.is_some())));
        let Some(same) = same else {
            merged.push(case);
            continue;
        };
        let is_twin = !is_whole && same.family != case.family;
        if same.family != case.family {
            same.family = None;
        }
        let add = |list: &mut Vec<(i32, Argument)>, more: Vec<(i32, Argument)>| {
            for (weight, argument) in more {
                let weight = if is_twin { 0 } else { weight };
                match list.iter_mut().find(|(_, known)| *known == argument) {
                    Some((known, _)) => *known = (*known).max(weight),
                    None => list.push((weight, argument)),
                }
            }
        };
        add(&mut same.arguments_for, case.arguments_for);
        add(&mut same.arguments_against, case.arguments_against);
    }
    merged
}

/// Returns the hypothesis that needs no time before, where nobody knows of one: what was never seen well did not change.
pub fn as_known(code: Code, facts: &Facts<'_>, family: Family, cause: Cause, causes: &[Cause]) -> Code {
    match code {
        Code::RecordRemoved if cause == Cause::DnsSpecialUse || !facts.was_well(family) => Code::RecordMissing,
        Code::CertificateReplaced if cause == Cause::TlsRevoked || !facts.may_be_replaced(family, causes) => {
            Code::CertificateUnfit
        }
        Code::ContentChanged if !facts.was_well(family) => Code::ContentUnexpected,
        code => code,
    }
}

impl Case {
    pub fn new(code: Code, family: Option<Family>) -> Self {
        Self { code, family, arguments_for: Vec::new(), arguments_against: Vec::new() }
    }

    /// Adds an argument: with a weight below zero it speaks against.
    pub fn weigh(&mut self, weight: i32, argument: Argument) {
        match weight {
            1.. => self.arguments_for.push((weight, argument)),
            0 => {}
            _ => self.arguments_against.push((-weight, argument)),
        }
    }

    pub fn weigh_other_family(&mut self, facts: &Facts<'_>, other_well: i32, both: i32) {
        match facts.only {
            Some(only) if facts.other_is_well => {
                self.weigh(other_well, Argument::OtherFamilyWell { family: only.other() });
            }
            Some(_) => {}
            None if facts.is_together => self.weigh(both, Argument::BothFamilies),
            // One after the other: while this one failed, the other did not.
            None => {
                if let Some(family) = self.family {
                    self.weigh(other_well, Argument::OtherFamilyWell { family: family.other() });
                }
            }
        }
    }
}

/// The share of `weight` that `samples` of all failed rounds of a family have.
pub fn share(weight: i32, samples: u32, of: u32) -> i32 {
    let share = i64::from(weight) * i64::from(samples) / i64::from(of.max(1));
    i32::try_from(share).unwrap_or(weight).max(1)
}

pub fn failed_for(facts: &Facts<'_>, family: Family, causes: &[Cause]) -> Option<(Argument, u32, u32)> {
    let (cause, samples) = facts.failed_for(family, causes)?;
    let of = facts.n_failed(family);
    Some((Argument::FailedFor { cause, family, samples, of }, samples, of))
}

fn by_cause(facts: &Facts<'_>, family: Family, rule: &Rule) -> Option<Case> {
    let (main, _) = facts.failed_for(family, rule.causes)?;
    let (argument, samples, of) = failed_for(facts, family, rule.causes)?;
    let mut case = Case::new(as_known(rule.code, facts, family, main, rule.causes), Some(family));
    case.weigh(share(rule.weight, samples, of), argument);
    // That the other family failed for another reason says nothing about this one.
    let is_alike = facts.failed_for(family.other(), rule.causes).is_some();
    case.weigh_other_family(facts, rule.other_well, if is_alike { rule.both } else { 0 });
    let span = facts.first(family, rule.causes)?;
    let elapsed = span.exhibit.evidence.elapsed_ms;
    match (rule.code, elapsed) {
        (Code::NoListener, Some(ms)) => case.weigh(10, Argument::RefusedAfter { family, ms }),
        (Code::FirewallDrops, Some(ms)) => case.weigh(5, Argument::SilentFor { family, ms }),
        _ => {}
    }
    if rule.code == Code::FirewallDrops && facts.has(family, Cause::TcpRefused) {
        case.weigh(-20, failed_for(facts, family, &[Cause::TcpRefused])?.0);
    }
    if let Some(certificate) = &span.exhibit.certificate {
        match rule.code {
            Code::CertificateExpired => {
                case.weigh(10, Argument::CertificateEnded { family, at: certificate.not_after });
            }
            Code::OtherVirtualHost => {
                let (names, further) = (certificate.subject_names.clone(), certificate.further_names);
                case.weigh(10, Argument::CertificateNames { family, names, further });
            }
            _ => {}
        }
    }
    if matches!(rule.code, Code::CertificateReplaced | Code::OtherVirtualHost)
        && let Some(change) = facts.certificate_change(family)
    {
        let weight = if rule.code == Code::CertificateReplaced { 30 } else { 5 };
        case.weigh(weight, Argument::Changed(change.clone()));
    }
    // The way there, or the server, was not as usual before it failed.
    let early = match rule.code {
        Code::RouteLost | Code::FirewallDrops | Code::PathMtu => facts.latency_change(family, Timed::Connect),
        Code::Overloaded => facts.latency_change(family, Timed::FirstByte),
        _ => None,
    };
    if let Some(change) = early {
        let weight = if rule.code == Code::FirewallDrops { -10 } else { 15 };
        case.weigh(weight, Argument::Changed(change.clone()));
    }
    let is_silence = rule.causes.iter().all(|cause| cause.is_silence());
    if is_silence && facts.standing(family) == Some(Standing::Proven) {
        case.weigh(10, Argument::VantageProven { family });
    }
    if rule.code == Code::NoListener
        && let Some(change) = facts.address_change(family)
    {
        case.weigh(-10, Argument::Changed(change.clone()));
    }
    Some(case)
}

/// The runtime only says that no connection came about: what it took for likeliest counts half.
fn no_connection(facts: &Facts<'_>, family: Family) -> Option<Case> {
    let (_, samples, of) = failed_for(facts, family, &[Cause::TcpNoConnection])?;
    let evidence = &facts.first(family, &[Cause::TcpNoConnection])?.exhibit.evidence;
    let likely = evidence.likely?;
    let code = match likely {
        Cause::TcpRefused => Code::NoListener,
        Cause::NetUnreachable => Code::RouteLost,
        _ => Code::FirewallDrops,
    };
    let mut case = Case::new(code, Some(family));
    let argument = Argument::TakenFor { cause: likely, family, confidence: evidence.confidence };
    case.weigh(share(35, samples, of), argument);
    case.weigh_other_family(facts, 15, -15);
    Some(case)
}

/// TCP comes up, and then nothing more: large packets may be lost. Where both families hang alike it is the server: they
/// have no path in common that loses them.
fn stalled(facts: &Facts<'_>, family: Family) -> Option<Case> {
    let (argument, samples, of) = failed_for(facts, family, STALLS)?;
    if facts.is_together && facts.failed_for(family.other(), STALLS).is_some() {
        return None;
    }
    let mut case = Case::new(Code::PathMtu, Some(family));
    case.weigh(share(20, samples, of), argument);
    if let Some(ms) = facts.first(family, STALLS)?.exhibit.connect_ms {
        case.weigh(10, Argument::TcpCameUp { family, ms });
    }
    case.weigh_other_family(facts, 25, -25);
    Some(case)
}

fn address_changed(facts: &Facts<'_>, family: Family) -> Option<Case> {
    let change = facts.address_change(family)?;
    let mut case = Case::new(Code::AddressChanged, Some(family));
    case.weigh(45, Argument::Changed(change.clone()));
    if let Some(lowered) = facts.ttl_lowered(family) {
        case.weigh(10, Argument::Changed(lowered.clone()));
    }
    let is_elsewhere = |cause: &Cause| matches!(cause.phase(), Phase::Connect | Phase::Handshake);
    let elsewhere: Vec<Cause> = Cause::ALL.iter().copied().filter(is_elsewhere).collect();
    if let Some((argument, samples, of)) = failed_for(facts, family, &elsewhere) {
        case.weigh(share(25, samples, of), argument);
    }
    case.weigh_other_family(facts, 10, 0);
    Some(case)
}

/// Both families fail alike: then it is the machine, or the service on it.
fn both_families(facts: &Facts<'_>) -> Vec<Case> {
    if facts.only.is_some() || !facts.is_together {
        return Vec::new();
    }
    let alike = |code: Code, causes: &[Cause], weight: i32| {
        let found: Option<Vec<_>> = Family::ALL.iter().map(|family| failed_for(facts, *family, causes)).collect();
        let mut case = Case::new(code, None);
        for (argument, samples, of) in found? {
            case.weigh(share(weight, samples, of), argument);
        }
        case.weigh(25, Argument::BothFamilies);
        Some(case)
    };
    let host_down = alike(Code::HostDown, SILENCE, 25).map(|mut case| {
        for family in Family::ALL {
            let answers: Vec<Cause> = Cause::ALL.iter().copied().filter(|c| c.proves_answer()).collect();
            if let Some((argument, ..)) = failed_for(facts, family, &answers) {
                case.weigh(-25, argument);
            }
        }
        case
    });
    [host_down, alike(Code::ServiceStopped, &[Cause::TcpRefused], 30)].into_iter().flatten().collect()
}

fn provider_wide(facts: &Facts<'_>) -> Option<Case> {
    let n = i32::try_from(facts.peers.len()).unwrap_or(i32::MAX).min(5);
    if n == 0 {
        return None;
    }
    let share_network = facts.peers.iter().any(|peer| peer.shares_network);
    let names = facts.peers.iter().map(|peer| peer.name.clone()).collect();
    let mut case = Case::new(Code::ProviderWide, None);
    case.weigh(40 + 8 * n + if share_network { 20 } else { 0 }, Argument::Peers { names, share_network });
    Some(case)
}

/// Only silence can be the fault of who measured; an answer of the target rules it out.
fn vantage(facts: &Facts<'_>, family: Family) -> Option<Case> {
    let (_, samples, of) = failed_for(facts, family, SILENCE)?;
    let mut case = Case::new(Code::Vantage, Some(family));
    if facts.vantages.len() == 1 {
        case.weigh(share(15, samples, of), Argument::SeenBy { vantages: facts.vantages.clone() });
    } else {
        case.weigh(-20, Argument::SeenBy { vantages: facts.vantages.clone() });
    }
    match facts.standing(family) {
        Some(Standing::Proven) => case.weigh(-25, Argument::VantageProven { family }),
        _ => case.weigh(share(20, samples, of), Argument::VantageUntested { family }),
    }
    if facts.incident.blind.iter().any(|spell| spell.family == family) {
        case.weigh(10, Argument::Blind { family });
    }
    if let Some(change) = facts.changes(family).find(|c| matches!(c.what, What::Addresses { .. })) {
        case.weigh(-10, Argument::Changed(change.clone()));
    }
    Some(case)
}
