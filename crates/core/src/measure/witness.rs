//! Targets that were reached lately: who is asked of a family whose controls are all silent.
//!
//! In a network that lets only some connections out no control ever answers, and yet targets are reached. What one of them
//! answers at the same moment proves the family as well as a control's answer does.

use crate::measure::{
    address::{Scope, embedded_v4, is_allowed, scope},
    cause::Phase,
    family::{Family, PerFamily},
    sample::{Outcome, Sample},
    target::Target,
};
use std::{
    collections::VecDeque,
    net::{IpAddr, SocketAddr},
};

/// So many targets of a family are remembered, the newest first.
const MAX_KEPT: usize = 4;
/// So many of them are asked.
const MAX_ASKED: usize = 2;

/// Whether something came back from where a settled sample was measured, so that its family carried it.
///
/// | outcome | cause | answered |
/// |---|---|---|
/// | reached, also over redirects, also too slowly | | yes |
/// | failed | of the handshake (a certificate, an alert) or of the exchange (a status, a body), `path.mtu` | yes |
/// | failed | refused, reset: something nearer may have done that | no |
/// | failed | silence, names | no |
/// | failed | the vantage's own, a policy, the measurement itself | no |
/// | reached, because it failed as it must | as the cause that it must fail with | as there |
/// | skipped | | no |
pub fn answers(sample: &Sample) -> bool {
    let came_back = |phase| matches!(phase, Phase::Handshake | Phase::Exchange | Phase::Any);
    match (sample.outcome, sample.cause, sample.evidence.measured) {
        (Outcome::Reached, _, Some(measured)) => came_back(measured.phase()),
        (Outcome::Reached, _, None) => true,
        (Outcome::Failed, Some(cause), _) => came_back(cause.phase()),
        (Outcome::Failed | Outcome::Skipped, ..) => false,
    }
}

/// Whether an answer from an address proves a family as the Internet has it: from this machine or network, or where the
/// packets are translated on their way, it does not.
pub fn is_far(address: IpAddr) -> bool {
    let is_translated = matches!(address, IpAddr::V6(v6) if embedded_v4(v6).is_some());
    let is_near = matches!(scope(address), Scope::Loopback | Scope::Private);
    // Laboratories, which may measure private addresses, use those of documentations as if they were public.
    is_allowed(address, true) && !is_near && !is_translated
}

/// Whether a settled sample contradicts whoever says that its family is missing.
pub fn contradicts(sample: &Sample) -> bool {
    answers(sample) && sample.address.is_some_and(is_far)
}

/// The memory of a vantage for the targets that it has reached over each family.
#[derive(Clone, Debug, Default)]
pub struct Witnesses(PerFamily<VecDeque<Witness>>);

#[derive(Clone, Debug)]
struct Witness {
    url: String,
    address: SocketAddr,
}

impl Witnesses {
    /// Notes what came of a visit: a target that has answered can be asked from then on, one that has not is forgotten.
    pub fn note(&mut self, target: &Target, family: Family, sample: &Sample) {
        let url = target.url();
        let known = self.0.get_mut(family);
        known.retain(|witness| witness.url != url);
        // Over a redirect it was another one's address in the end.
        let own = sample.address.filter(|a| sample.addresses.contains(a)).or(sample.addresses.first().copied());
        if let Some(address) = own.filter(|address| answers(sample) && is_far(*address)) {
            known.push_front(Witness { url, address: SocketAddr::new(address, target.endpoint.port) });
            known.truncate(MAX_KEPT);
        }
    }

    /// Returns whom to ask over a family beside `target`: other targets.
    pub fn beside(&self, target: &Target, family: Family) -> Vec<SocketAddr> {
        let url = target.url();
        let others = self.0.get(family).iter().filter(|witness| witness.url != url);
        others.map(|witness| witness.address).take(MAX_ASKED).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{
        cause::Cause,
        target::{Endpoint, Host, Scheme},
    };

    fn at(address: &str, mut sample: Sample) -> Sample {
        sample.address = Some(address.parse().unwrap());
        sample.addresses = vec![address.parse().unwrap()];
        sample
    }

    #[test]
    fn every_cause_is_an_answer_or_none() {
        let answering: Vec<&str> =
            Cause::ALL.iter().filter(|c| answers(&Sample::failed(**c))).map(|cause| cause.code()).collect();
        assert_eq!(
            answering,
            [
                "tls.name_mismatch",
                "tls.expired",
                "tls.not_yet_valid",
                "tls.untrusted",
                "tls.revoked",
                "tls.alert",
                "tls.protocol",
                "tls.closed",
                "tls.timeout",
                "http.status",
                "http.body_mismatch",
                "http.redirect_loop",
                "http.malformed",
                "http.coding",
                "http.closed",
                "http.timeout",
                "http.too_large",
                "slow",
                "path.mtu",
            ]
        );
        assert!(answers(&Sample::reached()) && !answers(&Sample::skipped(None)));
        // What must fail, and did.
        let as_it_must = |cause| {
            let mut sample = Sample::reached();
            sample.evidence.measured = Some(cause);
            answers(&sample)
        };
        assert!(as_it_must(Cause::TlsExpired) && !as_it_must(Cause::TcpTimeout) && !as_it_must(Cause::TcpRefused));
        // What was measured does not count where the vantage is at fault.
        let mut portals = Sample::failed(Cause::VantageCaptivePortal);
        portals.evidence.measured = Some(Cause::TlsUntrusted);
        assert!(!answers(&portals));
    }

    #[test]
    fn what_is_near_or_translated_proves_nothing() {
        for far in ["9.9.9.9", "2620:fe::fe", "192.0.2.1", "2001:db8::1"] {
            assert!(contradicts(&at(far, Sample::reached())), "{far}");
            assert!(!contradicts(&at(far, Sample::failed(Cause::TcpTimeout))), "{far}");
        }
        for near in [
            "127.0.0.1",
            "::1",
            "10.0.0.7",
            "100.64.0.1",
            "fd00::1",
            "fe80::1",
            "64:ff9b::909:909",
            "2002:909:909::1",
            "0.0.0.0",
            "224.0.0.1",
            "::",
        ] {
            assert!(!contradicts(&at(near, Sample::reached())), "{near}");
        }
        assert!(!contradicts(&Sample::reached()), "nobody knows where");
    }

    fn target(name: &str) -> Target {
        let host = Host::Name(format!("{name}.example"));
        Target::new(name, Endpoint { scheme: Scheme::Https, host, port: 443, path: "/".into() })
    }

    #[test]
    fn others_that_were_reached_last_are_asked_and_never_the_target_itself() {
        let mut known = Witnesses::default();
        let note = |known: &mut Witnesses, name: &str, ipv6: Sample| {
            known.note(&target(name), Family::Ipv6, &ipv6);
        };
        let reached = |n: u8| at(&format!("2001:db8::{n}"), Sample::reached());
        let asked = |known: &Witnesses, name: &str| {
            let list = known.beside(&target(name), Family::Ipv6);
            list.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(asked(&known, "a"), "");
        for (n, name) in [(1, "a"), (2, "b"), (3, "c")] {
            note(&mut known, name, reached(n));
        }
        assert_eq!(asked(&known, "a"), "[2001:db8::3]:443 [2001:db8::2]:443");
        assert_eq!(asked(&known, "c"), "[2001:db8::2]:443 [2001:db8::1]:443");
        assert_eq!(known.beside(&target("a"), Family::Ipv4), []);
        // One that is silent now is no witness any more; one with a wrong certificate still is.
        note(&mut known, "c", at("2001:db8::3", Sample::failed(Cause::TcpTimeout)));
        note(&mut known, "b", at("2001:db8::2", Sample::failed(Cause::TlsExpired)));
        assert_eq!(asked(&known, "a"), "[2001:db8::2]:443");
        // Where a redirect ended is not where the target is.
        let mut redirected = reached(9);
        redirected.address = Some("2001:db8:ffff::1".parse().unwrap());
        note(&mut known, "d", redirected);
        assert_eq!(asked(&known, "b"), "[2001:db8::9]:443 [2001:db8::1]:443");
        for n in 10..30 {
            note(&mut known, &format!("t{n}"), reached(n));
        }
        assert_eq!(known.0.ipv6.len(), MAX_KEPT);
    }
}
