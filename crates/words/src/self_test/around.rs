//! What the page of the self-test says around its questions: what it noticed, why something was not asked, and where the
//! time went.

use crate::elapsed;
use dualwatch_core::{
    measure::cause::Cause,
    self_test::{
        answer::{Phases, Protocol},
        environment::{Condition, Fact},
        place::NotAsked,
    },
};

/// Returns what is noticed.
pub const fn fact(fact: Fact) -> &'static str {
    match fact {
        Fact::Online => "What your device says of its connection",
        Fact::Secure => "How this page reached you",
        Fact::Policy => "This page's own rules",
        Fact::MixedContent => "Insecure addresses on a secure page",
        Fact::LocalNetwork => "The permission for your local network",
        Fact::Addresses => "The addresses of your device",
    }
}

/// Returns how it is.
pub const fn condition(fact: Fact, condition: Condition) -> &'static str {
    match (condition, fact) {
        (Condition::Unseen, _) => "waiting…",
        (Condition::Fine, Fact::Online) => "connected",
        (Condition::Fine, Fact::Secure) => "securely",
        (Condition::Fine, Fact::Policy | Fact::MixedContent) => "nothing was held back",
        (Condition::Fine, Fact::LocalNetwork) => "granted",
        (Condition::Fine, Fact::Addresses) => "your browser tells their kinds",
        (Condition::Bad, Fact::Online) => "offline",
        (Condition::Bad, Fact::Secure) => "without encryption: some things cannot be tested",
        (Condition::Bad, Fact::Policy) => "they forbid a question",
        (Condition::Bad, Fact::MixedContent) => "a test server has no encryption and may not be asked from here",
        (Condition::Bad, Fact::LocalNetwork) => "denied",
        (Condition::Bad, Fact::Addresses) => "none",
        (Condition::Untold, _) => "your browser does not say",
        (Condition::NotNeeded, _) => "not asked for: it was not needed",
    }
}

/// Returns why a question was not asked.
pub const fn not_asked(why: NotAsked) -> &'static str {
    match why {
        NotAsked::NoEndpoint => "not asked: no server is set up for it here",
        NotAsked::NoTls => "not asked: it needs a secure page",
        NotAsked::SmallFailed => "not asked: the simpler question was not answered",
    }
}

/// Returns where the time of an answer went; empty where the browser shows nothing.
pub fn phases(phases: &Phases) -> String {
    let named = [
        ("name", phases.resolve_ms),
        ("connection", phases.connect_ms),
        ("encryption", phases.tls_ms),
        ("answer", phases.first_byte_ms),
    ];
    let mut parts: Vec<String> =
        named.into_iter().filter_map(|(name, ms)| Some(format!("{name} {}", elapsed(f64::from(ms?))))).collect();
    parts.extend(phases.protocol.map(|protocol| self::protocol(protocol).to_owned()));
    parts.join(" · ")
}

const fn protocol(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Http1 => "HTTP/1.1",
        Protocol::Http2 => "HTTP/2",
        Protocol::Http3 => "HTTP/3",
    }
}

/// Returns whose network the visitor comes from, as the host knows it.
pub fn network(asn: Option<u32>, name: Option<&str>) -> String {
    let number = asn.map(|asn| format!("AS{asn}"));
    let parts: Vec<&str> = [number.as_deref(), name].into_iter().flatten().collect();
    if parts.is_empty() { String::new() } else { format!("Your network: {}.", parts.join(" ")) }
}

/// The page's own server did not say what its resolvers find.
pub const NO_RECORDS_TOLD: &str = "this page's own server does not say";

/// Returns what the resolvers of the page's own server say of a name over one family: the addresses, or why there is none.
pub fn records(addresses: &[&str], n_private: usize, cause: Option<Cause>) -> String {
    let mut parts: Vec<String> = addresses.iter().map(|address| (*address).to_owned()).collect();
    if n_private > 0 {
        parts.push(format!("{n_private} of a private network"));
    }
    match cause {
        Some(cause) if parts.is_empty() => format!("none ({})", cause.code()),
        _ if parts.is_empty() => "none".to_owned(),
        _ => parts.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_left_out_and_never_zero() {
        assert_eq!(phases(&Phases::default()), "");
        let some = Phases { connect_ms: Some(302), protocol: Some(Protocol::Http2), ..Phases::default() };
        assert_eq!(phases(&some), "connection 302 ms · HTTP/2");
        assert_eq!(network(None, None), "");
        assert_eq!(network(Some(64_500), Some("Example")), "Your network: AS64500 Example.");
    }

    #[test]
    fn a_name_without_records_says_why() {
        assert_eq!(records(&["192.0.2.1"], 1, None), "192.0.2.1, 1 of a private network");
        assert_eq!(records(&[], 0, Some(Cause::DnsNodata)), format!("none ({})", Cause::DnsNodata.code()));
    }

    #[test]
    fn what_is_in_the_way_is_never_said_as_what_is_well() {
        for noticed in Fact::ALL {
            assert!(!fact(noticed).is_empty());
            for bad in Condition::ALL.into_iter().filter(|c| *c != Condition::Fine) {
                assert_ne!(condition(noticed, bad), condition(noticed, Condition::Fine), "{noticed:?}");
            }
        }
    }
}
