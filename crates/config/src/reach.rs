//! Whether an address or a host may be a destination at all.

use crate::finding::{Place, Report};
use dualwatch_core::measure::{
    address::{Scope, is_allowed, scope},
    target::Host,
    unfit::Unfit,
};
use std::net::IpAddr;

pub(crate) const ALLOW_HINT: &str = "to measure it all the same: `network: { allow_private: true }`";

/// Returns message and hint for an address that may not be connected to.
pub(crate) fn refuse_address(address: IpAddr, allow_private: bool) -> Option<(String, &'static str)> {
    if is_allowed(address, allow_private) {
        return None;
    }
    let kind = match (Unfit::of(address), scope(address)) {
        (Some(Unfit::LinkLocal), _) => "link-local: it needs a zone, and a zone means something on one machine only",
        (Some(Unfit::Multicast), _) => "multicast, and no destination",
        (Some(Unfit::Broadcast), _) => "broadcast, and no destination",
        (Some(Unfit::Unspecified), _) => "no destination: it means \"none\"",
        (_, Scope::Loopback) => "a loopback address",
        (_, Scope::Private) => "a private address",
        (_, Scope::Public | Scope::Special) => "an address that is not routed",
    };
    let hint = if is_allowed(address, true) { ALLOW_HINT } else { "nothing answers there; write another address" };
    Some((format!("{address} is {kind}"), hint))
}

/// Says of an address that stands for one of IPv4 what it is.
pub(crate) fn warn_of_translation(address: IpAddr, at: Place, report: &mut Report) {
    if let Some(Unfit::Translated { holds }) = Unfit::of(address) {
        let what = holds.map_or_else(|| "an IPv4 address".to_owned(), |holds| holds.to_string());
        let message = format!("{address} stands for {what}: a translator (NAT64), which says nothing of IPv6 there");
        report.warning(at, "translated_address", message, "write the service's own address, or leave IPv6 out");
    }
}

/// Returns message and hint for a host that may not be connected to, as far as the name itself tells.
pub(crate) fn refuse_host(host: &Host, allow_private: bool) -> Option<(String, &'static str)> {
    match host {
        Host::Address(address) => refuse_address(*address, allow_private),
        Host::Name(name) => {
            (is_localhost(name) && !allow_private).then(|| (format!("{name} is this machine itself"), ALLOW_HINT))
        }
    }
}

/// RFC 6761, 6.3: `localhost` and everything below it is loopback.
pub(crate) fn is_localhost(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_measured() {
        let check = |address: &str, allow, part: Option<&str>| {
            let refusal = refuse_address(address.parse().unwrap(), allow).map(|(m, h)| format!("{m}; {h}"));
            match (refusal, part) {
                (Some(text), Some(part)) => assert!(text.contains(part), "{text}"),
                (refusal, part) => assert_eq!(refusal.as_deref(), part, "{address}"),
            }
        };
        check("9.9.9.9", false, None);
        check("127.0.0.1", false, Some("loopback address; to measure it"));
        check("127.0.0.1", true, None);
        check("10.0.0.1", false, Some("private address"));
        check("192.0.2.1", false, Some("not routed; to measure it"));
        check("0.0.0.0", true, Some("0.0.0.0 is no destination: it means \"none\"; nothing answers"));
        check("ff02::1", true, Some("multicast, and no destination"));
        check("255.255.255.255", true, Some("broadcast"));
        check("fe80::1", true, Some("link-local: it needs a zone"));
        check("240.0.0.1", true, Some("not routed; nothing answers"));
        check("::ffff:127.0.0.1", false, Some("loopback"));
        assert!(refuse_host(&Host::Name("a.localhost".to_owned()), false).is_some());
        assert!(refuse_host(&Host::Name("localhost".to_owned()), true).is_none());
        assert!(refuse_host(&Host::Name("notlocalhost".to_owned()), false).is_none());
    }
}
