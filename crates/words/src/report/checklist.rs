//! What to look at for each cause, in the order in which it helps.

use Ask::{Always, Before, Never, Unlike, Whether};
use dualwatch_core::{
    measure::{
        cause::{Cause, Phase},
        dns_fault::DnsFault,
        family::Family,
    },
    respond::report::known::{Compared, Look},
};

/// A question, and where it is one: what the evidence answers is not asked.
#[derive(Clone, Copy)]
enum Ask {
    Always(&'static str),
    /// Where it was well before.
    Before(&'static str),
    /// Where it was never well.
    Never(&'static str),
    /// Whether the families differ: where that is not known.
    Whether(&'static str),
    /// Why they differ: where they are not known to be alike.
    Unlike(&'static str),
}

const SAME_CERTIFICATE: &str = "Do IPv4 and IPv6 show the same certificate?";
const VIRTUAL_HOST: &str = "Does the virtual host listen on {family} too, or does the default one answer?";

/// Returns what the evidence has answered already.
pub fn answered(look: &Look) -> Vec<String> {
    let known = look.compared.map(|compared| match compared {
        Compared::SameCertificate => "IPv4 and IPv6 show the same certificate.".to_owned(),
        Compared::OtherCertificate => "IPv4 and IPv6 show different certificates.".to_owned(),
        Compared::SameStatus(status) => format!("The HTTP status is the same over both families: {status}."),
        Compared::OtherStatus(status) => {
            format!("The HTTP status differs: {} over IPv4, {} over IPv6.", status.ipv4, status.ipv6)
        }
        Compared::Alike => "Both families fail alike.".to_owned(),
        Compared::Served(family) => format!("{family} served at the same time."),
    });
    known.into_iter().collect()
}

/// Returns what to look at first where it failed now and then for this cause, and answered in between.
pub fn now_and_then(look: &Look) -> Vec<String> {
    let cause = look.cause;
    let mut items = vec![
        "Does every machine behind the name or the balancer answer, each asked by itself?".to_owned(),
        "Do the failures come after so many requests in a time, or at certain minutes (jobs, backups, limits)?"
            .to_owned(),
    ];
    if cause.is_silence() || matches!(cause, Cause::TlsTimeout | Cause::HttpTimeout) {
        let over = families(look);
        items.push(format!("Does a longer ping or trace over {over} lose packets, and from which hop on?"));
    }
    items
}

/// Returns over what a cause is to be looked after.
fn families(look: &Look) -> String {
    if look.is_both { "IPv4 and IPv6".to_owned() } else { look.family.to_string() }
}

/// Returns the checklist of a cause: what the evidence leaves open.
#[allow(clippy::too_many_lines)] // One table, read from top to bottom.
pub fn checklist(look: &Look) -> Vec<String> {
    let Look { cause, family, is_both, was_well, is_method, dns, compared } = *look;
    let items: &[Ask] = match cause {
        _ if dns == Some(DnsFault::Signatures) => &[
            Always(
                "Have the zone's signatures expired, or does a DS record at the parent match no key? (a DNSSEC analyser shows it)",
            ),
            Before("Was a key changed, or was the zone moved to another provider just before?"),
            Always("Does a resolver that does not check signatures still answer? Then it is this."),
        ],
        _ if dns == Some(DnsFault::Blocked) => &[
            Always("Does another resolver answer the same question? Then it is the resolver that blocks the name."),
            Always("Is the name on a list of malware or advertisements, or was it taken from its owner?"),
        ],
        _ if dns.is_some_and(DnsFault::is_none) => &[
            Always(
                "Does another resolver answer the same question with an address? Then it is the resolver that blocks the name.",
            ),
            Always(
                "Does the zone itself hold this {record} record? Then it is to be taken out: an address that means none is no answer.",
            ),
        ],
        _ if matches!(dns, Some(DnsFault::Unfit(unfit)) if !unfit.why.is_unpublished()) => &[
            Always(
                "Who writes the {record} record (by hand, DHCP, dynamic DNS)? It took an address that is no destination.",
            ),
            Always("Which public address has the machine? That one belongs into the record, or none."),
        ],
        _ if dns == Some(DnsFault::Denied) => &[
            Always(
                "Do the name servers answer NOERROR without records where there is no {record} record? NXDOMAIN says that no record of any type is there, and a resolver may deny the other family next (RFC 8020).",
            ),
            Always("Does a load balancer answer for the zone? Those are known for this fault (RFC 4074)."),
        ],
        Cause::DnsNxdomain => {
            &[Always("Is the domain registered and delegated?"), Always("Is the name spelled as in the zone?")]
        }
        Cause::DnsSpecialUse => {
            &[Always("Is the name meant to be public? Then it needs one that the public DNS can hold.")]
        }
        Cause::DnsNodata => &[
            Always("Does the zone hold the {record} record?"),
            Before("Was the record removed by a deployment or a DNS provider's panel?"),
        ],
        Cause::DnsServfail => &[
            Always("Do all name servers of the zone answer (ask each by address)?"),
            Always("Is DNSSEC broken: expired signatures, or a DS record that matches no key?"),
        ],
        Cause::DnsRefused | Cause::DnsTimeout | Cause::DnsMalformed => &[
            Always("Does another resolver answer the same question?"),
            Always("Is there something between here and the resolver that filters port 53 or 443?"),
        ],
        Cause::TcpRefused => &[
            Always("Does the service listen on {family}? (`ss -ltn` on the machine: look for {wildcard} and the port)"),
            Unlike("Was it bound to the other family only after a restart or an update?"),
            Always("Does a firewall reject (not drop) the port on {family}? (`nft list ruleset`, {tables})"),
            Always("Does the {record} record hold the address of the right machine?"),
        ],
        Cause::TcpReset => &[
            Always("Do the server's logs show a limit (connections, backlog, fail2ban)?"),
            Always("Does a load balancer or firewall in front have no healthy server behind it?"),
        ],
        Cause::TcpTimeout => &[
            Always("Is the machine on, and does it have its {family} address? (`ip addr`)"),
            Always("Does a firewall or security group drop the port on {family}?"),
            Always("Does a trace over {family} end before the provider's network?"),
            Always("Is the neighbour or the default route of {family} there on the machine? ({route})"),
        ],
        Cause::NetUnreachable => &[
            Always("Is the prefix announced? (a looking glass shows it)"),
            Always("Does a router on the way answer `unreachable` or `prohibited`, and who runs it?"),
            Before("Was the address moved or its delegation ended?"),
        ],
        Cause::TcpNoConnection => &[
            Always("Does `dualwatch check` from another machine say more: refused, unreachable, or silence?"),
            Always("Does the service listen on {family}?"),
            Unlike("Does a firewall treat {family} otherwise than the other family?"),
        ],
        Cause::TlsUntrusted => &[
            Whether(SAME_CERTIFICATE),
            Always("Is the whole chain sent, with the intermediate?"),
            Unlike(VIRTUAL_HOST),
        ],
        Cause::TlsNameMismatch => &[
            Whether(SAME_CERTIFICATE),
            Always("Does the {record} record lead to the right server?"),
            Unlike(VIRTUAL_HOST),
        ],
        Cause::TlsRevoked => {
            &[Whether(SAME_CERTIFICATE), Always("Was a new certificate issued, and does every server show it?")]
        }
        Cause::TlsExpired | Cause::TlsNotYetValid => &[
            Always("Did the renewal run, and was the server reloaded after it?"),
            Always("Is the clock of the issuing machine right?"),
            Always("Do all machines behind the name serve the new certificate?"),
        ],
        Cause::TlsAlert | Cause::TlsProtocol | Cause::TlsClosed => &[
            Always("Which TLS versions and cipher suites does the server offer?"),
            Always("Does it ask for a client certificate, or for another server name?"),
        ],
        Cause::TlsTimeout | Cause::HttpTimeout => &[
            Always("Does the server accept connections and then hang: threads, database, disk?"),
            Unlike(
                "Do small answers pass and large ones not? Then look at the path MTU over {family} (1280 bytes must pass).",
            ),
        ],
        Cause::PathMtu => &[
            Always("Is `Packet Too Big` (ICMPv6 type 2; ICMP type 3 code 4) let through everywhere?"),
            Always("Is there a tunnel on the way, and is the TCP MSS clamped to it?"),
            Always("Does a lower MTU on the server's interface help at once?"),
        ],
        Cause::HttpStatus if is_method => &[
            Always("Is the method meant to be taken there? If not, measure with GET: that is what visitors ask with."),
            Before("Was a rule for methods added just before, in the server or in front of it?"),
        ],
        Cause::HttpStatus => &[
            Always("What do the server's error logs say at the time of the first failure?"),
            Before("Was something deployed just before?"),
            Whether("Does the status differ between the families? Then another server answers one of them."),
        ],
        Cause::HttpBodyMismatch | Cause::HttpRedirectLoop => &[
            Before("Was the page changed on purpose? Then change the expectation."),
            Never("Is the expectation right? It was never met."),
            Unlike("Does another server answer on {family}?"),
        ],
        Cause::HttpMalformed | Cause::HttpCoding | Cause::HttpClosed | Cause::HttpTooLarge => &[
            Always("Does the service crash or restart while it answers?"),
            Always("Does a proxy in front cut the answer?"),
        ],
        Cause::Slow => &[Always("Which phase became slower: connect (the way there) or first byte (the server)?")],
        Cause::PolicyPlatform
        | Cause::PolicyBrowserCors
        | Cause::PolicyBrowserCsp
        | Cause::PolicyBrowserMixedContent
        | Cause::PolicyBrowserLocalNetwork
        | Cause::PolicyBrowserBlocker => {
            &[Always("The target is not at fault: look at the policy that forbids to measure it.")]
        }
        Cause::VantageNoFamily
        | Cause::VantageOffline
        | Cause::VantageCaptivePortal
        | Cause::VantageClock
        | Cause::MeasurementFailed
        | Cause::MeasurementCut
        | Cause::NotObserved => &[Always("The target is not at fault: look at the place that measures.")],
    };
    let (record, wildcard, tables, route) = match (family, is_both) {
        (_, true) => (
            "A and the AAAA",
            "`0.0.0.0`, `[::]`",
            "`iptables -S`, `ip6tables -S`",
            "`ip -f inet route`, `ip -f inet6 route`",
        ),
        (Family::Ipv4, _) => ("A", "`0.0.0.0`", "`iptables -S`", "`ip -f inet route`"),
        (Family::Ipv6, _) => ("AAAA", "`[::]`", "`ip6tables -S`", "`ip -f inet6 route`"),
    };
    let is_open = |ask: &Ask| match *ask {
        Always(text) => Some(text),
        Before(text) => was_well.then_some(text),
        Never(text) => (!was_well).then_some(text),
        // That the other family served says nothing of its certificate.
        Whether(text) => match compared {
            None => Some(text),
            Some(Compared::Served(_) | Compared::Alike) if cause.phase() == Phase::Handshake => Some(text),
            Some(_) => None,
        },
        Unlike(text) => (!compared.is_some_and(Compared::is_alike)).then_some(text),
    };
    (items.iter())
        .filter_map(is_open)
        .map(|item| {
            item.replace("{family}", &families(look))
                .replace("{record}", record)
                .replace("{wildcard}", wildcard)
                .replace("{tables}", tables)
                .replace("{route}", route)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::measure::family::PerFamily;

    fn look(cause: Cause, was_well: bool, compared: Option<Compared>) -> Look {
        let is_both = compared == Some(Compared::Alike);
        Look { cause, family: Family::Ipv6, is_both, was_well, is_method: false, dns: None, compared }
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
    fn what_was_never_well_did_not_change() {
        for cause in Cause::ALL.iter().filter(|cause| cause.counts_against_target()) {
            let items = checklist(&look(*cause, false, None));
            assert!(!items.is_empty(), "{cause}");
            let of_a_change = ["removed", "just before", "moved", "still", "changed on purpose"];
            assert!(items.iter().all(|item| !of_a_change.iter().any(|word| item.contains(word))), "{cause}: {items:?}");
        }
    }
}
