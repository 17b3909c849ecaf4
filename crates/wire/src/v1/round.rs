//! One round: printed by `dualwatch check --json`, stored by the worker, served by `/api/v1/targets/{slug}/rounds`.

use crate::{
    signature::TOLERANCE_S,
    time::{self, rfc3339},
};
use dualwatch_core::measure::{
    cause::Cause,
    controls,
    family::{Family, PerFamily},
    round::{self, DualStack},
    sample::{self, EachAddress, Evidence, Outcome, Phases},
    text,
    time::{SECOND, Timestamp},
    vantage::Standing,
};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Round {
    #[serde(deserialize_with = "super::this_version")]
    pub version: u32,
    /// The URL, without credentials.
    #[serde(deserialize_with = "text::read")]
    pub target: String,
    #[serde(with = "rfc3339")]
    pub started_at: Timestamp,
    pub vantage: Vantage,
    pub ipv4: Sample,
    pub ipv6: Sample,
    pub dual_stack: DualStack,
}

/// Nothing that is read here was measured before: 2000-01-01T00:00:00Z.
const EARLIEST: Timestamp = Timestamp::from_unix_ms(946_684_800_000);

impl Round {
    /// Returns why no round can have begun when this one says, as somebody knows who reads it at `now`: clocks differ a
    /// little, and who sends a time of long before us would have us count each day since.
    pub fn time_fault(&self, now: Timestamp) -> Option<String> {
        let at = time::format(self.started_at);
        if self.started_at < EARLIEST {
            Some(format!("`started_at` is {at}; nothing was measured before the year 2000"))
        } else if self.started_at.ms_since(now) > TOLERANCE_S * SECOND {
            Some(format!("`started_at` is {at}, which has not come yet"))
        } else {
            None
        }
    }

    /// Whether text begins and ends as a round of this version is written: one that a store holds is then whole.
    pub fn is_as_stored(text: &str) -> bool {
        text.starts_with("{\"version\":1,\"target\":\"") && text.ends_with('}')
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Vantage {
    #[serde(deserialize_with = "text::read")]
    pub name: String,
    pub ipv4: Standing,
    pub ipv6: Standing,
    /// Controls that do not answer though others of their family do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub silent_controls: Vec<SilentControl>,
}

/// A control that does not answer though others of its family do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SilentControl {
    pub control: SocketAddr,
    #[serde(with = "rfc3339")]
    pub since: Timestamp,
    /// Whether the vantage asks it no more in every round.
    pub is_dropped: bool,
}

impl From<&controls::SilentControl> for SilentControl {
    fn from(c: &controls::SilentControl) -> Self {
        Self { control: c.control, since: c.since, is_dropped: c.is_dropped }
    }
}

impl From<SilentControl> for controls::SilentControl {
    fn from(c: SilentControl) -> Self {
        Self { control: c.control, since: c.since, is_dropped: c.is_dropped }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sample {
    pub outcome: Outcome,
    pub cause: Option<Cause>,
    /// The evidence, or `null` where the cause needs none.
    pub detail: Option<Evidence>,
    pub addresses: Vec<IpAddr>,
    pub address: Option<IpAddr>,
    pub phases_ms: Phases,
    pub http_status: Option<u16>,
    pub certificate: Option<Certificate>,
    /// What was found at each address that was visited for itself; left out where that is not asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub each: Vec<EachAddress>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Certificate {
    #[serde(deserialize_with = "text::read_list")]
    pub subject_names: Vec<String>,
    /// How many more it has that are not listed; absent where that is none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub further_names: usize,
    #[serde(deserialize_with = "text::read")]
    pub issuer: String,
    #[serde(with = "rfc3339")]
    pub not_after: Timestamp,
    #[serde(deserialize_with = "text::read")]
    pub sha256: String,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // The signature is serde's.
const fn is_zero(n: &usize) -> bool {
    *n == 0
}

impl From<&sample::Sample> for Sample {
    fn from(s: &sample::Sample) -> Self {
        Self {
            outcome: s.outcome,
            cause: s.cause,
            detail: (s.evidence != Evidence::default()).then(|| s.evidence.clone()),
            addresses: s.addresses.clone(),
            address: s.address,
            phases_ms: s.phases,
            http_status: s.http_status,
            certificate: s.certificate.as_ref().map(Into::into),
            each: s.each.clone(),
        }
    }
}

impl From<&sample::Certificate> for Certificate {
    fn from(c: &sample::Certificate) -> Self {
        Self {
            subject_names: c.subject_names.clone(),
            further_names: c.further_names,
            issuer: c.issuer.clone(),
            not_after: c.not_after,
            sha256: c.sha256.clone(),
        }
    }
}

impl From<Sample> for sample::Sample {
    fn from(s: Sample) -> Self {
        Self {
            outcome: s.outcome,
            cause: s.cause,
            evidence: s.detail.unwrap_or_default(),
            addresses: s.addresses,
            address: s.address,
            phases: s.phases_ms,
            http_status: s.http_status,
            certificate: s.certificate.map(|c| sample::Certificate {
                subject_names: c.subject_names,
                further_names: c.further_names,
                not_before: None,
                issuer: c.issuer,
                not_after: c.not_after,
                sha256: c.sha256,
            }),
            each: s.each,
        }
    }
}

impl From<&round::Round> for Round {
    fn from(r: &round::Round) -> Self {
        Self {
            version: super::VERSION,
            target: r.target.clone(),
            started_at: r.started_at,
            vantage: Vantage {
                name: r.vantage.name.clone(),
                ipv4: r.vantage.standing.ipv4,
                ipv6: r.vantage.standing.ipv6,
                silent_controls: r.vantage.silent_controls.iter().map(SilentControl::from).collect(),
            },
            ipv4: (&r.samples.ipv4).into(),
            ipv6: (&r.samples.ipv6).into(),
            dual_stack: r.dual_stack,
        }
    }
}

impl From<Round> for round::Round {
    fn from(r: Round) -> Self {
        Self {
            target: r.target,
            started_at: r.started_at,
            vantage: round::Vantage {
                name: r.vantage.name,
                standing: PerFamily { ipv4: r.vantage.ipv4, ipv6: r.vantage.ipv6 },
                silent_controls: r.vantage.silent_controls.into_iter().map(Into::into).collect(),
            },
            samples: PerFamily { ipv4: r.ipv4.into(), ipv6: r.ipv6.into() },
            dual_stack: r.dual_stack,
        }
    }
}

impl Round {
    pub const fn sample(&self, family: Family) -> &Sample {
        match family {
            Family::Ipv4 => &self.ipv4,
            Family::Ipv6 => &self.ipv6,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pins the form that `dualwatch check --json` prints: field for field, in this order.
    #[test]
    fn the_form_is_pinned() {
        let mut reached = sample::Sample::reached();
        reached.addresses = vec!["192.0.2.1".parse().unwrap()];
        reached.address = Some("192.0.2.1".parse().unwrap());
        reached.phases = Phases {
            resolve: Some(1.5),
            connect: Some(10.0),
            tls: Some(20.0),
            first_byte: Some(12.25),
            total: Some(44.0),
        };
        reached.http_status = Some(200);
        reached.certificate = Some(sample::Certificate {
            subject_names: vec!["service.example".into()],
            further_names: 0,
            not_before: None,
            issuer: "CN=Test CA".into(),
            not_after: Timestamp::from_unix_ms(1_800_000_000_000),
            sha256: "ab".repeat(32),
        });
        let mut refused = sample::Sample::failed(Cause::TcpRefused);
        refused.addresses = vec!["2001:db8::1".parse().unwrap()];
        refused.address = Some("2001:db8::1".parse().unwrap());
        refused.phases.resolve = Some(1.5);
        refused.evidence.elapsed_ms = Some(11.0);
        let round = round::Round {
            target: "https://service.example/".into(),
            started_at: Timestamp::from_unix_ms(1_795_428_711_042),
            vantage: round::Vantage {
                name: "here".into(),
                standing: PerFamily { ipv4: Standing::Proven, ipv6: Standing::NoFamily },
                silent_controls: Vec::new(),
            },
            samples: PerFamily { ipv4: reached, ipv6: refused },
            dual_stack: DualStack { family: Some(Family::Ipv4), cost_ms: Some(11.0) },
        };
        let document = Round::from(&round);
        let text = serde_json::to_string(&document).unwrap();
        assert_eq!(
            text,
            concat!(
                r#"{"version":1,"target":"https://service.example/","started_at":"2026-11-23T10:11:51.042Z","#,
                r#""vantage":{"name":"here","ipv4":"proven","ipv6":"no_family"},"#,
                r#""ipv4":{"outcome":"reached","cause":null,"detail":null,"addresses":["192.0.2.1"],"address":"192.0.2.1","#,
                r#""phases_ms":{"resolve":1.5,"connect":10.0,"tls":20.0,"first_byte":12.25,"total":44.0},"http_status":200,"#,
                r#""certificate":{"subject_names":["service.example"],"issuer":"CN=Test CA","#,
                r#""not_after":"2027-01-15T08:00:00.000Z","#,
                r#""sha256":"abababababababababababababababababababababababababababababababab"}},"#,
                r#""ipv6":{"outcome":"failed","cause":"tcp.refused","detail":{"elapsed_ms":11.0},"#,
                r#""addresses":["2001:db8::1"],"address":"2001:db8::1","phases_ms":{"resolve":1.5},"http_status":null,"#,
                r#""certificate":null},"dual_stack":{"family":"ipv4","cost_ms":11.0}}"#,
            )
        );
        let back: Round = serde_json::from_str(&text).unwrap();
        assert_eq!(round::Round::from(back), round);
    }

    #[test]
    fn a_round_has_a_time_that_can_be() {
        let now = Timestamp::from_unix_ms(1_795_428_711_042);
        let mut round = Round::from(&round::Round {
            target: String::new(),
            started_at: now,
            vantage: round::Vantage {
                name: "here".into(),
                standing: PerFamily { ipv4: Standing::Proven, ipv6: Standing::Proven },
                silent_controls: Vec::new(),
            },
            samples: PerFamily { ipv4: sample::Sample::reached(), ipv6: sample::Sample::reached() },
            dual_stack: DualStack::default(),
        });
        let mut fault = |at: &str| {
            round.started_at = time::parse(at).unwrap();
            round.time_fault(now)
        };
        for good in ["2026-11-23T10:11:51Z", "2000-01-01T00:00:00Z", "2026-11-23T10:16:51Z"] {
            assert_eq!(fault(good), None, "{good}");
        }
        for (bad, why) in [
            ("0001-01-01T00:00:00Z", "`started_at` is 0001-01-01T00:00:00.000Z; nothing was measured before"),
            ("1999-12-31T23:59:59.999Z", "nothing was measured before the year 2000"),
            ("2026-11-23T10:16:52Z", "`started_at` is 2026-11-23T10:16:52.000Z, which has not come yet"),
            ("9999-12-30T00:00:00Z", "which has not come yet"),
        ] {
            let said = fault(bad).unwrap_or_default();
            assert!(said.contains(why), "{bad}: {said}");
        }
    }
}
