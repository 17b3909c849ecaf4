//! What to look at for each cause, in the order in which it helps.

use dualwatch_core::measure::{cause::Cause, family::Family};

/// Returns what to look at first where it failed now and then for this cause, and answered in between.
pub fn now_and_then(cause: Cause, family: Family) -> Vec<String> {
    let mut items = vec![
        "Does every machine behind the name or the balancer answer, each asked by itself?".to_owned(),
        "Do the failures come after so many requests in a time, or at certain minutes (jobs, backups, limits)?"
            .to_owned(),
    ];
    if cause.is_silence() || matches!(cause, Cause::TlsTimeout | Cause::HttpTimeout) {
        items.push(format!("Does a longer ping or trace over {family} lose packets, and from which hop on?"));
    }
    items
}

/// Returns the checklist of a cause.
#[allow(clippy::too_many_lines)] // One table, read from top to bottom.
pub fn checklist(cause: Cause, family: Family) -> Vec<String> {
    let items: &[&str] = match cause {
        Cause::DnsNxdomain | Cause::DnsSpecialUse => {
            &["Is the domain still registered and delegated?", "Is the name spelled as in the zone?"]
        }
        Cause::DnsNodata => &[
            "Does the zone still hold the {record} record?",
            "Was the record removed by a deployment or a DNS provider's panel?",
        ],
        Cause::DnsServfail => &[
            "Do all name servers of the zone answer (ask each by address)?",
            "Is DNSSEC broken: expired signatures, or a DS record that matches no key?",
        ],
        Cause::DnsRefused | Cause::DnsTimeout | Cause::DnsMalformed => &[
            "Does another resolver answer the same question?",
            "Is there something between here and the resolver that filters port 53 or 443?",
        ],
        Cause::TcpRefused => &[
            "Does the service listen on {family}? (`ss -ltn` on the machine: look for {wildcard} and the port)",
            "Was it bound to the other family only after a restart or an update?",
            "Does a firewall reject (not drop) the port on {family}? (`nft list ruleset`, {tables})",
            "Does the {record} record hold the address of the right machine?",
        ],
        Cause::TcpReset => &[
            "Do the server's logs show a limit (connections, backlog, fail2ban)?",
            "Does a load balancer or firewall in front have no healthy server behind it?",
        ],
        Cause::TcpTimeout => &[
            "Is the machine on, and does it have its {family} address? (`ip addr`)",
            "Does a firewall or security group drop the port on {family}?",
            "Does a trace over {family} end before the provider's network?",
            "Is the neighbour or the default route of {family} still there on the machine? (`ip -f {inet} route`)",
        ],
        Cause::NetUnreachable => &[
            "Is the prefix still announced? (a looking glass shows it)",
            "Does a router on the way answer `unreachable` or `prohibited`, and who runs it?",
            "Was the address moved or its delegation ended?",
        ],
        Cause::TcpNoConnection => &[
            "Does `dualwatch check` from another machine say more: refused, unreachable, or silence?",
            "Does the service listen on {family}?",
            "Does a firewall treat {family} otherwise than the other family?",
        ],
        Cause::TlsNameMismatch | Cause::TlsUntrusted | Cause::TlsRevoked => &[
            "Does the server on {family} serve the same certificate as on the other family?",
            "Is the whole chain sent, with the intermediate?",
            "Does the virtual host listen on {family} too, or does the default one answer?",
        ],
        Cause::TlsExpired | Cause::TlsNotYetValid => &[
            "Did the renewal run, and was the server reloaded after it?",
            "Is the clock of the issuing machine right?",
            "Do all machines behind the name serve the new certificate?",
        ],
        Cause::TlsAlert | Cause::TlsProtocol | Cause::TlsClosed => &[
            "Which TLS versions and cipher suites does the server offer since its last change?",
            "Does it ask for a client certificate, or for another server name?",
        ],
        Cause::TlsTimeout | Cause::HttpTimeout => &[
            "Does the server accept connections and then hang: threads, database, disk?",
            "Do small answers pass and large ones not? Then look at the path MTU over {family} (1280 bytes must pass).",
        ],
        Cause::PathMtu => &[
            "Is `Packet Too Big` (ICMPv6 type 2; ICMP type 3 code 4) let through everywhere?",
            "Is there a tunnel on the way, and is the TCP MSS clamped to it?",
            "Does a lower MTU on the server's interface help at once?",
        ],
        Cause::HttpStatus => &[
            "What do the server's error logs say at the time of the first failure?",
            "Was something deployed just before?",
            "Does the status differ between the families? Then another server answers one of them.",
        ],
        Cause::HttpBodyMismatch | Cause::HttpRedirectLoop => &[
            "Was the page changed on purpose? Then change the expectation.",
            "Does another server answer on {family}?",
        ],
        Cause::HttpMalformed | Cause::HttpCoding | Cause::HttpClosed | Cause::HttpTooLarge => {
            &["Does the service crash or restart while it answers?", "Does a proxy in front cut the answer?"]
        }
        Cause::Slow => &["Which phase became slower: connect (the way there) or first byte (the server)?"],
        Cause::PolicyPlatform
        | Cause::PolicyBrowserCors
        | Cause::PolicyBrowserCsp
        | Cause::PolicyBrowserMixedContent
        | Cause::PolicyBrowserLocalNetwork
        | Cause::PolicyBrowserBlocker => {
            &["The target is not at fault: look at the policy that forbids to measure it."]
        }
        Cause::VantageNoFamily
        | Cause::VantageOffline
        | Cause::VantageCaptivePortal
        | Cause::VantageClock
        | Cause::MeasurementFailed
        | Cause::MeasurementCut
        | Cause::NotObserved => &["The target is not at fault: look at the place that measures."],
    };
    let (record, wildcard, tables, inet) = match family {
        Family::Ipv4 => ("A", "`0.0.0.0`", "`iptables -S`", "inet"),
        Family::Ipv6 => ("AAAA", "`[::]`", "`ip6tables -S`", "inet6"),
    };
    (items.iter())
        .map(|item| {
            item.replace("{family}", &family.to_string())
                .replace("{record}", record)
                .replace("{wildcard}", wildcard)
                .replace("{tables}", tables)
                .replace("{inet}", inet)
        })
        .collect()
}
