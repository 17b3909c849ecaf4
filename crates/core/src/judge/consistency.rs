//! What differs between the families of one target: findings, never failures.

use crate::{
    judge::diagnosis::shows_target,
    measure::{
        family::PerFamily,
        sample::{Outcome, Sample},
        veil::{HIDDEN, Veil},
    },
};
use serde::{Deserialize, Serialize};

/// What can differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// How many addresses the name has: as many machines or networks carry each family, or not. Which they are cannot
    /// be compared, and a name that is published over one family only is no difference but a design.
    Addresses,
    /// The HTTP status: often another virtual host, or another machine.
    Status,
    /// The certificate, by its SHA-256: an old machine behind one family shows its old one.
    Certificate,
    /// Where the last redirect led.
    Redirect,
    /// The `Server` header.
    Server,
    /// The body. Pages that are made anew for every visitor differ always; steady ones should not.
    Body,
}

/// One difference, as both families show it; addresses stand side by side with spaces between them, and behind them, as
/// `+36`, how many more there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Difference {
    pub aspect: Aspect,
    pub ipv4: String,
    pub ipv6: String,
}

/// Takes out of differences what is not told of the target.
pub fn veil(found: &mut Vec<Difference>, veil: &Veil) {
    found.retain(|difference| difference.aspect != Aspect::Addresses || !veil.hides_address());
    for Difference { aspect, ipv4, ipv6 } in found {
        for value in [ipv4, ipv6] {
            match aspect {
                Aspect::Certificate | Aspect::Body => veil.digest(value),
                Aspect::Redirect if veil.hides_url() => HIDDEN.clone_into(value),
                Aspect::Redirect | Aspect::Server => veil.text(value),
                Aspect::Addresses | Aspect::Status => {}
            }
        }
    }
}

/// Returns the differences of a round. Only what both families showed is compared; the body only where both answered
/// as expected, for an error page is another page. Addresses come from a resolver; of an answer nothing is compared
/// that may not be the target's: a captive portal has another certificate.
pub fn differences(samples: &PerFamily<Sample>) -> Vec<Difference> {
    let mut found = Vec::new();
    let n = |sample: &Sample| sample.addresses.len() + sample.evidence.further_addresses;
    let (n4, n6) = (n(&samples.ipv4), n(&samples.ipv6));
    if n4 > 0 && n6 > 0 && n4 != n6 {
        found.push(Difference { aspect: Aspect::Addresses, ipv4: list(&samples.ipv4), ipv6: list(&samples.ipv6) });
    }
    if samples.iter().any(|(_, sample)| !shows_target(sample)) {
        return found;
    }
    let mut compare = |aspect, read: &dyn Fn(&Sample) -> Option<String>| {
        if let (Some(ipv4), Some(ipv6)) = (read(&samples.ipv4), read(&samples.ipv6))
            && ipv4 != ipv6
        {
            found.push(Difference { aspect, ipv4, ipv6 });
        }
    };
    compare(Aspect::Status, &|s| s.http_status.map(|status| status.to_string()));
    compare(Aspect::Certificate, &|s| s.certificate.as_ref().map(|c| c.sha256.clone()));
    compare(Aspect::Redirect, &|s| s.evidence.location.clone());
    compare(Aspect::Server, &|s| s.evidence.server.clone());
    compare(Aspect::Body, &|s| s.evidence.body_digest.clone().filter(|_| s.outcome == Outcome::Reached));
    found
}

/// So many addresses are told of each family: the others are counted.
const MAX_LISTED: usize = 8;

fn list(sample: &Sample) -> String {
    let Sample { addresses, evidence, .. } = sample;
    let listed = &addresses[..addresses.len().min(MAX_LISTED)];
    let n_more = addresses.len() - listed.len() + evidence.further_addresses;
    let mut parts: Vec<String> = listed.iter().map(ToString::to_string).collect();
    if n_more > 0 {
        parts.push(format!("+{n_more}"));
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::cause::Cause;

    fn check(edit: impl FnOnce(&mut Sample), expected: &[Aspect]) {
        let mut ipv4 = Sample::reached();
        ipv4.http_status = Some(200);
        ipv4.evidence.server = Some("a".into());
        ipv4.evidence.body_digest = Some("00".into());
        let mut ipv6 = ipv4.clone();
        edit(&mut ipv6);
        let aspects: Vec<Aspect> = differences(&PerFamily { ipv4, ipv6 }).into_iter().map(|d| d.aspect).collect();
        assert_eq!(aspects, expected);
    }

    #[test]
    fn only_what_both_families_showed_is_compared() {
        check(|_| {}, &[]);
        check(|s| s.http_status = Some(204), &[Aspect::Status]);
        check(|s| s.evidence.server = Some("b".into()), &[Aspect::Server]);
        check(|s| s.evidence.server = None, &[]);
        check(|s| s.evidence.body_digest = Some("01".into()), &[Aspect::Body]);
        check(|s| *s = Sample::failed(Cause::TcpRefused), &[]);
        let error_page = |s: &mut Sample| {
            s.outcome = Outcome::Failed;
            s.cause = Some(Cause::HttpStatus);
            s.http_status = Some(503);
            s.evidence.body_digest = Some("02".into());
        };
        check(error_page, &[Aspect::Status]);
    }

    #[test]
    fn what_a_portal_shows_is_no_difference_of_the_target() {
        let portal = |cause| {
            move |s: &mut Sample| {
                s.outcome = Outcome::Failed;
                s.cause = Some(cause);
                s.http_status = Some(511);
                s.evidence.server = Some("portal".into());
                s.addresses = vec!["2001:db8::1".parse().unwrap()];
            }
        };
        check(portal(Cause::VantageCaptivePortal), &[]);
        check(portal(Cause::HttpStatus), &[Aspect::Status, Aspect::Server]);
    }

    #[test]
    fn the_number_of_addresses_is_compared_where_both_families_have_some() {
        let check = |ipv4: &[&str], ipv6: &[&str], expected: Option<(&str, &str)>| {
            let sample = |addresses: &[&str]| Sample {
                addresses: addresses.iter().map(|a| a.parse().unwrap()).collect(),
                ..Sample::reached()
            };
            let found = differences(&PerFamily { ipv4: sample(ipv4), ipv6: sample(ipv6) });
            let found: Vec<_> = found.iter().map(|d| (d.aspect, d.ipv4.as_str(), d.ipv6.as_str())).collect();
            let expected: Vec<_> = expected.map(|(ipv4, ipv6)| (Aspect::Addresses, ipv4, ipv6)).into_iter().collect();
            assert_eq!(found, expected);
        };
        check(&["192.0.2.1"], &["2001:db8::1"], None);
        check(&["192.0.2.1", "192.0.2.2"], &["2001:db8::1"], Some(("192.0.2.1 192.0.2.2", "2001:db8::1")));
        let many: Vec<String> = (0..10).map(|i| format!("192.0.2.{i}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let listed = many[..8].join(" ") + " +2";
        check(&many, &["2001:db8::1"], Some((&listed, "2001:db8::1")));
        check(&["192.0.2.1"], &[], None);
        check(&[], &["2001:db8::1", "2001:db8::2"], None);
    }
}
