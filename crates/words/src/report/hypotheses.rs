//! Hypotheses and their arguments, in words.

use super::{certificates, changes::change, moment};
use crate::{cause, cause_in, elapsed, extended_error, names_and_more};
use dualwatch_core::{
    measure::{family::Family, sample::Confidence},
    respond::report::hypotheses::{Argument, Code},
};
use dualwatch_wire::answer::language::Language;

/// Returns a hypothesis as a phrase, such as "no listener or a rejecting firewall on IPv6".
pub fn hypothesis(code: Code, family: Option<Family>) -> String {
    let on = family.map_or(String::new(), |family| format!(" on {family}"));
    let over = family.map_or(String::new(), |family| format!(" over {family}"));
    match code {
        Code::NoListener => format!("no listener or a rejecting firewall{on}"),
        Code::FirewallDrops => format!("a firewall that drops packets{on}"),
        Code::HostDown => "the machine or its network was off".to_owned(),
        Code::ServiceStopped => "the service was not running, its machine was on".to_owned(),
        Code::RouteLost => format!("no route led there{on}"),
        Code::AddressChanged => format!("the address was changed to one that does not serve{over}"),
        Code::RecordRemoved => format!("the DNS records were taken out{over}"),
        Code::RecordMissing => format!("the DNS holds no such records{over}"),
        Code::NameServers => "the name servers of the domain failed".to_owned(),
        Code::ResolverFailed => "the resolver that was asked failed".to_owned(),
        Code::CertificateExpired => "the certificate was not renewed in time".to_owned(),
        Code::OtherVirtualHost => format!("another server or virtual host answers{over}"),
        Code::CertificateReplaced => "the certificate was replaced by one that clients do not accept".to_owned(),
        Code::CertificateUnfit => "the server is set up with a certificate that clients do not accept".to_owned(),
        Code::TlsSettings => format!("the TLS settings of the server do not fit those of clients{over}"),
        Code::PathMtu => format!("large packets are lost on the way{over} (path MTU)"),
        Code::OneOfSeveral => format!("one of several machines behind the name fails{over}"),
        Code::RateLimited => format!("something admits only so many requests in a time{over}"),
        Code::PacketLoss => format!("packets are lost on the way now and then{over}"),
        Code::Overloaded => "the server was overloaded or hung".to_owned(),
        Code::ApplicationError => "the application failed".to_owned(),
        Code::ContentChanged => "the page was moved or its content changed".to_owned(),
        Code::ContentUnexpected => "the service never answered what the configuration expects".to_owned(),
        Code::MethodRefused => "the server does not take the method that it is asked with".to_owned(),
        Code::SignaturesFail => "the signatures of the zone do not hold (DNSSEC)".to_owned(),
        Code::ResolverBlocks => "the resolver that was asked blocks the name".to_owned(),
        Code::NameDenied => {
            format!(
                "the name servers wrongly deny the whole name{over}, in place of saying that there is no such record"
            )
        }
        Code::RecordUnfit => format!("what the DNS holds is no address that anybody can connect to{over}"),
        Code::RedirectLoop => "the redirects lead in a circle".to_owned(),
        Code::ConnectionsCut => format!("something in front of the server cuts connections off{over}"),
        Code::ProviderWide => "the provider or its network failed for several services".to_owned(),
        Code::Vantage => format!("the place that measured had trouble itself{over}"),
        Code::Certificate(reason) => certificates::hypothesis(reason, Language::En).to_owned(),
    }
}

pub fn argument(argument: &Argument) -> String {
    match argument {
        Argument::FailedFor { cause, family, samples, of } if samples == of => {
            format!("all {of} failed rounds over {family} had this: {}", cause_in(*family, *cause))
        }
        Argument::FailedFor { cause, family, samples, of } => {
            format!("{samples} of {of} failed rounds over {family} had this: {}", cause_in(*family, *cause))
        }
        Argument::RefusedAfter { family, ms } => {
            format!("the refusal over {family} came back after {}: something at the address answered", elapsed(*ms))
        }
        Argument::SilentFor { family, ms } => format!("nothing came back over {family} within {}", elapsed(*ms)),
        Argument::TcpCameUp { family, ms } => {
            format!("TCP came up over {family} in {}: address, route and port are right", elapsed(*ms))
        }
        Argument::OtherFamilyWell { family } => format!("{family} answered at the same time"),
        Argument::BothFamilies => "both families failed".to_owned(),
        Argument::OneFamilyOnly { family } => format!("only {family} failed"),
        Argument::Changed(c) => change(c),
        Argument::NothingChanged => "nothing was seen to change before".to_owned(),
        Argument::CertificateNames { family, names, .. } if names.is_empty() => {
            format!("the certificate over {family} names nobody")
        }
        Argument::CertificateNames { family, names, further } => {
            format!("the certificate over {family} is for {}", names_and_more(names, *further))
        }
        Argument::CertificateEnded { family, at } => format!("the certificate over {family} ended {}", moment(*at)),
        Argument::CertificateFresh { family, until } => {
            format!("the certificate over {family} is good until {}", moment(*until))
        }
        Argument::CertificateFault { family, fault } => {
            format!("over {family} the handshake shows what is wrong: {}", certificates::fault(fault, Language::En))
        }
        Argument::HttpStatus { family, status } => format!("HTTP status {status} over {family}"),
        Argument::Extended { family, error } => {
            format!("over {family} the resolver said what it is about: {}", extended_error(error))
        }
        Argument::Unfit { family, unfit } => format!("over {family} the name has {}", crate::unfit(unfit)),
        Argument::ExistsAllTheSame { family } => {
            format!(
                "the name does not exist for {family}, and for {} it does: the two answers contradict",
                family.other()
            )
        }
        Argument::MethodRefused { family, method, allow: Some(allow) } => {
            format!("over {family} it does not take {method}, and says what it takes: {allow}")
        }
        Argument::MethodRefused { family, method, allow: None } => {
            format!("over {family} it answered that it does not take {method}")
        }
        Argument::TakenFor { cause: likely, family, confidence } => {
            let sure = match confidence {
                Some(Confidence::High) => ", with high confidence",
                Some(Confidence::Medium) => ", with medium confidence",
                Some(Confidence::Low) => ", with low confidence",
                None => "",
            };
            format!("the platform does not say more over {family}; by its timing it was: {}{sure}", cause(*likely))
        }
        Argument::FailedNowAndThen { family, failed, of } => {
            format!("{failed} of {of} rounds over {family} failed, and it answered in between")
        }
        Argument::Flaps { episodes } => format!("it came and went {episodes} times"),
        Argument::Peers { names, share_network } => {
            let with = if *share_network { " in the same network" } else { "" };
            format!("went down at the same time{with}: {}", names.join(", "))
        }
        Argument::NoPeers => "no other target went down at the same time".to_owned(),
        Argument::SeenBy { vantages } => match &vantages[..] {
            [only] => format!("only {only} saw it"),
            several => format!("seen by {}", several.join(", ")),
        },
        Argument::VantageProven { family } => {
            format!("the place that measured had just proven that its own {family} works")
        }
        Argument::VantageUntested { family } => {
            format!("no control was there to prove that the {family} of the place that measured works")
        }
        Argument::Blind { family } => format!("nobody could see it over {family} for a while"),
    }
}
