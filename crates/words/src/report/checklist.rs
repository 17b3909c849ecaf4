//! What to look at for each cause, in the order in which it helps.

mod items;

use super::certificates;
use Ask::{Always, Before, Never, Unlike, Whether};
use dualwatch_core::{
    measure::{
        cause::{Cause, Phase},
        certificate_fault::Reason,
        dns_fault::DnsFault,
        family::Family,
    },
    respond::report::known::{Compared, Look},
};
use dualwatch_wire::answer::language::Language;
use items::Item;

/// A question, and where it is one: what the evidence answers is not asked.
#[derive(Clone, Copy)]
enum Ask {
    Always(Item),
    /// Where it was well before.
    Before(Item),
    /// Where it was never well.
    Never(Item),
    /// Whether the families differ: where that is not known.
    Whether(Item),
    /// Why they differ: where they are not known to be alike.
    Unlike(Item),
}

/// Returns what to look at first where it failed now and then for this cause, and answered in between.
pub fn now_and_then(look: &Look, language: Language) -> Vec<String> {
    let cause = look.cause;
    let mut items = vec![Item::EveryMachine, Item::AtMinutes];
    if cause.is_silence() || matches!(cause, Cause::TlsTimeout | Cause::HttpTimeout) {
        items.push(Item::LongerPing);
    }
    items.into_iter().map(|item| filled(item, look, language)).collect()
}

/// Returns over what a cause is to be looked after.
fn families(look: &Look, language: Language) -> String {
    match (look.is_both, language) {
        (false, _) => look.family.to_string(),
        (true, Language::En) => "IPv4 and IPv6".to_owned(),
        (true, Language::De) => "IPv4 und IPv6".to_owned(),
        (true, Language::ZhHans) => "IPv4 和 IPv6".to_owned(),
    }
}

/// Returns an item with what depends on the family.
fn filled(item: Item, look: &Look, language: Language) -> String {
    let (record, wildcard, tables, route) = match (look.family, look.is_both) {
        (_, true) => (
            match language {
                Language::En => "A and the AAAA",
                Language::De => "A- und der AAAA",
                Language::ZhHans => "A 和 AAAA",
            },
            "`0.0.0.0`, `[::]`",
            "`iptables -S`, `ip6tables -S`",
            "`ip -f inet route`, `ip -f inet6 route`",
        ),
        (Family::Ipv4, _) => ("A", "`0.0.0.0`", "`iptables -S`", "`ip -f inet route`"),
        (Family::Ipv6, _) => ("AAAA", "`[::]`", "`ip6tables -S`", "`ip -f inet6 route`"),
    };
    (item.text(language))
        .replace("{family}", &families(look, language))
        .replace("{record}", record)
        .replace("{wildcard}", wildcard)
        .replace("{tables}", tables)
        .replace("{route}", route)
}

/// Returns the checklist of a cause: what the evidence leaves open.
#[allow(clippy::too_many_lines)] // One table, read from top to bottom.
pub fn checklist(look: &Look, language: Language) -> Vec<String> {
    let Look { cause, was_well, is_method, dns, fault, compared, .. } = *look;
    let items: &[Ask] = match cause {
        _ if dns == Some(DnsFault::Signatures) => {
            &[Always(Item::Signatures), Before(Item::KeyChanged), Always(Item::Unchecked)]
        }
        _ if dns == Some(DnsFault::Blocked) => &[Always(Item::OtherResolverBlocks), Always(Item::OnAList)],
        _ if dns.is_some_and(DnsFault::is_none) => &[Always(Item::OtherHasAddress), Always(Item::RecordOfNone)],
        _ if matches!(dns, Some(DnsFault::Unfit(unfit)) if !unfit.why.is_unpublished()) => {
            &[Always(Item::WhoWrites), Always(Item::PublicAddress)]
        }
        _ if dns == Some(DnsFault::Untaken) => &[Always(Item::OtherResolver), Always(Item::FilteredPort)],
        _ if dns == Some(DnsFault::LongAlias) => &[Always(Item::LongAlias)],
        _ if dns == Some(DnsFault::Denied) => &[Always(Item::NoError), Always(Item::BalancerForZone)],
        Cause::DnsNxdomain => &[Always(Item::Registered), Always(Item::Spelled)],
        Cause::DnsSpecialUse => &[Always(Item::Public)],
        Cause::DnsNodata => &[Always(Item::RecordThere), Before(Item::RecordRemoved)],
        Cause::DnsServfail => &[Always(Item::AllNameServers), Always(Item::DnssecBroken)],
        Cause::DnsRefused | Cause::DnsTimeout | Cause::DnsMalformed => {
            &[Always(Item::OtherResolver), Always(Item::FilteredPort)]
        }
        Cause::TcpRefused => &[
            Always(Item::ListensOnPort),
            Unlike(Item::BoundToOther),
            Always(Item::FirewallRejects),
            Always(Item::RecordIsRight),
        ],
        Cause::TcpReset => &[Always(Item::ServerLimit), Always(Item::NoneHealthyBehind)],
        Cause::TcpTimeout => {
            &[Always(Item::MachineOn), Always(Item::FirewallDrops), Always(Item::TraceEnds), Always(Item::DefaultRoute)]
        }
        Cause::NetUnreachable => {
            &[Always(Item::PrefixAnnounced), Always(Item::RouterAnswers), Before(Item::AddressMoved)]
        }
        Cause::TcpNoConnection => &[Always(Item::OtherMachine), Always(Item::Listens), Unlike(Item::TreatsOtherwise)],
        Cause::TlsUntrusted if matches!(fault, Some(Reason::AuthorityUnknown | Reason::CertificateSelfMade)) => {
            &[Whether(Item::SameCertificate), Always(Item::PrivateAuthority), Unlike(Item::VirtualHost)]
        }
        Cause::TlsUntrusted if fault.is_some_and(|fault| fault != Reason::IntermediateMissing) => {
            &[Whether(Item::SameCertificate), Always(Item::IssueAgain), Unlike(Item::VirtualHost)]
        }
        Cause::TlsUntrusted => &[Whether(Item::SameCertificate), Always(Item::WholeChain), Unlike(Item::VirtualHost)],
        Cause::TlsNameMismatch => {
            &[Whether(Item::SameCertificate), Always(Item::RecordLeads), Unlike(Item::VirtualHost)]
        }
        Cause::TlsRevoked => &[Whether(Item::SameCertificate), Always(Item::NewCertificate)],
        Cause::TlsExpired | Cause::TlsNotYetValid if fault.is_some() => {
            &[Always(Item::IssuerClock), Always(Item::EveryMachineNew)]
        }
        Cause::TlsExpired | Cause::TlsNotYetValid => {
            &[Always(Item::RenewalRan), Always(Item::IssuerClock), Always(Item::EveryMachineNew)]
        }
        Cause::TlsAlert | Cause::TlsProtocol | Cause::TlsClosed => {
            &[Always(Item::TlsVersions), Always(Item::ClientCertificate), Always(Item::OpensslFurther)]
        }
        Cause::TlsTimeout | Cause::HttpTimeout => &[Always(Item::AcceptsAndHangs), Unlike(Item::SmallPass)],
        Cause::PathMtu => &[Always(Item::PacketTooBig), Always(Item::Tunnel), Always(Item::LowerMtu)],
        Cause::HttpStatus if is_method => &[Always(Item::MethodMeant), Before(Item::MethodRule)],
        Cause::HttpStatus => &[Always(Item::ErrorLogs), Before(Item::Deployed), Whether(Item::StatusDiffers)],
        Cause::HttpBodyMismatch | Cause::HttpRedirectLoop => {
            &[Before(Item::ChangedOnPurpose), Never(Item::ExpectationRight), Unlike(Item::OtherServer)]
        }
        Cause::HttpMalformed | Cause::HttpCoding | Cause::HttpClosed | Cause::HttpTooLarge => {
            &[Always(Item::Crashes), Always(Item::ProxyCuts)]
        }
        Cause::Slow => &[Always(Item::WhichPhase)],
        Cause::PolicyPlatform
        | Cause::PolicyBrowserCors
        | Cause::PolicyBrowserCsp
        | Cause::PolicyBrowserMixedContent
        | Cause::PolicyBrowserLocalNetwork
        | Cause::PolicyBrowserBlocker => &[Always(Item::Policy)],
        Cause::VantageNoFamily
        | Cause::VantageOffline
        | Cause::VantageCaptivePortal
        | Cause::VantageClock
        | Cause::MeasurementFailed
        | Cause::MeasurementCut
        | Cause::MeasurementTls
        | Cause::NotObserved => &[Always(Item::Vantage)],
    };
    let is_open = |ask: &Ask| match *ask {
        Always(item) => Some(item),
        Before(item) => was_well.then_some(item),
        Never(item) => (!was_well).then_some(item),
        // That the other family served says nothing of its certificate.
        Whether(item) => match compared {
            None => Some(item),
            Some(Compared::Served(_) | Compared::Alike) if cause.phase() == Phase::Handshake => Some(item),
            Some(_) => None,
        },
        Unlike(item) => (!compared.is_some_and(Compared::is_alike)).then_some(item),
    };
    // What each kind of fault has of its own comes first.
    let own = fault.filter(|_| cause.phase() == Phase::Handshake).map(|reason| certificates::lines(reason, language));
    let own = own.into_iter().flatten().map(|line| (*line).to_owned());
    own.chain(items.iter().filter_map(is_open).map(|item| filled(item, look, language))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::self_test::words;
    use dualwatch_core::measure::family::PerFamily;

    fn checklist(look: &Look) -> Vec<String> {
        super::checklist(look, Language::En)
    }

    fn answered(look: &Look) -> Vec<String> {
        look.compared.map(|compared| words(Language::En).compared(compared)).into_iter().collect()
    }

    fn look(cause: Cause, was_well: bool, compared: Option<Compared>) -> Look {
        let is_both = compared == Some(Compared::Alike);
        Look { cause, family: Family::Ipv6, is_both, was_well, is_method: false, dns: None, fault: None, compared }
    }

    #[test]
    fn what_the_evidence_answers_is_not_asked() {
        let asks = |look: &Look, part: &str| checklist(look).iter().any(|item| item.contains(part));
        let certificate = |compared| look(Cause::TlsNameMismatch, true, compared);
        assert!(asks(&certificate(None), "the same certificate"));
        for known in [Compared::SameCertificate, Compared::OtherCertificate] {
            assert!(!asks(&certificate(Some(known)), "the same certificate"));
            assert_eq!(answered(&certificate(Some(known))).len(), 1);
        }
        assert!(asks(&certificate(Some(Compared::OtherCertificate)), "virtual host"));
        assert!(!asks(&certificate(Some(Compared::SameCertificate)), "virtual host"));
        let status = PerFamily { ipv4: 503, ipv6: 200 };
        for known in [Compared::SameStatus(503), Compared::OtherStatus(status), Compared::Served(Family::Ipv4)] {
            assert!(!asks(&look(Cause::HttpStatus, true, Some(known)), "status differ"), "{known:?}");
        }
        assert!(!asks(&look(Cause::TcpRefused, true, Some(Compared::Alike)), "the other family only"));
    }

    #[test]
    fn what_failed_over_both_families_is_looked_after_over_both() {
        let both = checklist(&look(Cause::TcpRefused, true, Some(Compared::Alike)));
        assert_eq!(
            both,
            [
                "Does the service listen on IPv4 and IPv6? (`ss -ltn` on the machine: look for `0.0.0.0`, `[::]` and the port)",
                "Does a firewall reject (not drop) the port on IPv4 and IPv6? (`nft list ruleset`, `iptables -S`, `ip6tables \
                 -S`)",
                "Does the A and the AAAA record hold the address of the right machine?",
            ]
        );
        let one = checklist(&look(Cause::TcpRefused, true, Some(Compared::Served(Family::Ipv4))));
        assert!(one.iter().all(|item| !item.contains("IPv4") && !item.contains("0.0.0.0")), "{one:?}");
        for cause in Cause::ALL.iter().filter(|cause| cause.counts_against_target()) {
            for item in checklist(&look(*cause, true, Some(Compared::Alike))) {
                assert!(!item.contains('{') && !item.contains("other family"), "{cause}: {item}");
            }
        }
    }

    #[test]
    fn what_is_no_matter_of_the_chain_does_not_ask_for_it() {
        for cause in [Cause::TlsNameMismatch, Cause::TlsRevoked] {
            assert!(checklist(&look(cause, true, None)).iter().all(|item| !item.contains("chain")), "{cause}");
        }
    }

    #[test]
    fn what_is_missing_is_asked_for_only_where_something_is() {
        let asks = |fault| {
            let look = Look { fault, ..look(Cause::TlsUntrusted, true, None) };
            checklist(&look).iter().any(|item| item.contains("whole chain"))
        };
        assert!(asks(None) && asks(Some(Reason::IntermediateMissing)));
        assert!(!asks(Some(Reason::AuthorityUnknown)) && !asks(Some(Reason::UsageOther)));
    }

    #[test]
    fn each_kind_of_certificate_fault_is_looked_after_in_its_own_way() {
        for language in Language::ALL {
            let of = |reason| {
                let look = Look { fault: Some(reason), ..look(Cause::TlsUntrusted, true, None) };
                super::checklist(&look, language).remove(0)
            };
            let firsts = Reason::ALL.map(of);
            for (i, first) in firsts.iter().enumerate() {
                assert!(!first.contains('{') && !firsts[..i].contains(first), "{first}");
            }
        }
    }

    #[test]
    fn what_was_never_well_did_not_change() {
        for cause in Cause::ALL.iter().filter(|cause| cause.counts_against_target()) {
            let items = checklist(&look(*cause, false, None));
            assert!(!items.is_empty(), "{cause}");
            let of_a_change = ["removed", "just before", "moved", "still", "changed on purpose"];
            assert!(items.iter().all(|item| !of_a_change.iter().any(|word| item.contains(word))), "{cause}: {items:?}");
        }
    }
}
