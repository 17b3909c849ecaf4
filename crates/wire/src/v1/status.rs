//! `GET /api/v1/status`: every target, per family, as published.

use super::{ClientTally, Maintenance, SilentControl, Storage};
use crate::time::{rfc3339, rfc3339_or_null};
use dualwatch_core::{
    judge::{
        clients::Clients,
        consistency::Difference,
        diagnosis::{self, Conclusion},
        health::Health,
        verdict::Edge,
    },
    measure::{
        absence::Absence,
        cause::Cause,
        family::{Family, PerFamily},
        round::DualStack,
        sample::{Sample, Warning},
        time::Timestamp,
        unfit::UnfitAddress,
        vantage::Standing,
    },
    notice::changes::Alternation,
};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Status {
    pub version: u32,
    #[serde(with = "rfc3339")]
    pub published_at: Timestamp,
    pub vantages: Vec<VantageStatus>,
    pub targets: Vec<TargetStatus>,
    /// Where the answer was cut: ask again with `?after=` this slug. Not there: this is all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_after: Option<String>,
    /// Maintenance that goes on, and that is to come. Left out where none is announced.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub maintenance: Vec<Maintenance>,
    /// What is wrong with storing. Not there: nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<Storage>,
}

/// What a vantage has last proven about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VantageStatus {
    pub name: String,
    pub ipv4: Standing,
    pub ipv6: Standing,
    #[serde(with = "rfc3339")]
    pub last_round_at: Timestamp,
    /// Controls that do not answer though others of their family do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub silent_controls: Vec<SilentControl>,
    /// Of each family a target that was reached over it: of all targets together only where that contradicts the controls,
    /// which are silent (`disputed`).
    #[serde(default, skip_serializing_if = "is_none_reached")]
    pub reached: PerFamily<Option<Reached>>,
}

/// A target that a vantage has reached, which proves that the family carries something there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reached {
    /// Its name.
    pub target: String,
    /// Until when that says something: the next round of it has come by then.
    #[serde(with = "rfc3339")]
    pub until: Timestamp,
}

fn is_none_reached(reached: &PerFamily<Option<Reached>>) -> bool {
    reached.iter().all(|(_, reached)| reached.is_none())
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TargetStatus {
    pub slug: String,
    pub name: String,
    /// Without user part, query and fragment. Left out where it is not public.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
    #[serde(with = "rfc3339_or_null")]
    pub last_round_at: Option<Timestamp>,
    pub ipv4: FamilyFacts,
    pub ipv6: FamilyFacts,
    pub dual_stack: DualStack,
    /// By two models of clients: whether racing the families hides an outage, and what becomes of one that tries them in
    /// turn; `null` before the first round, and while none is recent.
    #[serde(default)]
    pub clients: Option<Clients>,
    /// What real clients did when they were run with what is wrong here, counted. Left out where both families work, or none
    /// does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_tally: Option<ClientTally>,
    /// What the families show differently, each the same in every one of some rounds: findings, not failures.
    #[serde(default)]
    pub differences: Vec<Difference>,
    /// What a family shows in turns: machines behind its name that are not alike. Left out where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternations: Vec<Alternation>,
    /// The name under which it is shown together with others. Left out where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// What is known of one family of one target.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[allow(clippy::struct_excessive_bools)] // A document: each is a field with a name of its own.
pub struct FamilyFacts {
    pub state: State,
    /// Reached, but not as well as expected; never hides `down`.
    pub degraded: bool,
    pub maintenance: bool,
    /// It fails again and again: an incident of that kind is open. Left out where it does not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unstable: bool,
    /// The configuration says which addresses are measured, and none is of this family. Left out where it does not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pinned: bool,
    /// Its certificate is vouched for by an authority that the operator names, and by no public one: a visitor's browser
    /// may not know that. Left out where it is not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_authority: bool,
    /// Why the state is not simply `up`.
    pub cause: Option<Cause>,
    #[serde(with = "rfc3339_or_null")]
    pub since: Option<Timestamp>,
    /// `null` where the last probe failed: a failed probe has no latency.
    pub latency_ms: Option<f64>,
    pub address: Option<IpAddr>,
    /// What is not as it should be, where it is reached and degraded for more than that it is slow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<Warning>,
    /// What the measurement itself failed of, in the words of whoever said it; only where the cause is that. Of a body that
    /// was not read the content coding that it came in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Addresses that its name has over the family, and that are no destination of its own: translated ones, which no record
    /// holds, and such as nobody can connect to. Left out where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unfit: Vec<UnfitAddress>,
    /// For whom the certificate is, where the cause is that it is for another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<OtherName>,
    /// The name of the vantage whose cause, latency and address these are: of several the one that is believed.
    #[serde(default)]
    pub known_by: Option<String>,
}

/// So many names of a certificate are published: some have a hundred.
const MAX_NAMES: usize = 3;

/// The names of a certificate, and the one that it lacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OtherName {
    /// The first of them.
    pub names: Vec<String>,
    /// How many there are.
    pub n: usize,
    #[serde(default)]
    pub wanted: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum State {
    #[default]
    Unknown,
    Up,
    Suspect,
    Down,
    Recovering,
}

impl State {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Up => "up",
            Self::Suspect => "suspect",
            Self::Down => "down",
            Self::Recovering => "recovering",
        }
    }
}

impl From<&Health> for State {
    fn from(health: &Health) -> Self {
        match health {
            Health::Unknown { .. } => Self::Unknown,
            Health::Up { .. } => Self::Up,
            Health::Suspect { .. } => Self::Suspect,
            Health::Down { .. } => Self::Down,
            Health::Recovering { .. } => Self::Recovering,
        }
    }
}

impl FamilyFacts {
    /// Returns the facts after a round: the health it led to, and what its settled sample says.
    pub fn after_round(health: &Health, sample: &Sample, vantage: &str) -> Self {
        let conclusion = diagnosis::conclude(sample);
        let evidence = &sample.evidence;
        let is_ours = matches!(sample.cause, Some(Cause::MeasurementFailed | Cause::PolicyPlatform));
        let is_other = sample.cause == Some(Cause::TlsNameMismatch) && evidence.seen.is_none();
        let certificate = sample.certificate.as_ref().filter(|_| is_other);
        Self {
            state: health.into(),
            degraded: matches!(conclusion, Conclusion::Good { degraded: true }),
            maintenance: false,
            unstable: false,
            pinned: false,
            own_authority: evidence.own_authority,
            cause: sample.cause,
            since: health.since(),
            latency_ms: sample.latency_ms(),
            address: sample.address,
            unfit: evidence.unfit.clone(),
            warning: evidence.warning.filter(|_| matches!(conclusion, Conclusion::Good { .. })),
            why: match evidence.warning {
                Some(Warning::BodyUnread) => evidence.seen.clone(),
                _ => evidence.error.clone().filter(|_| is_ours),
            },
            certificate: certificate.map(|c| OtherName {
                names: c.subject_names.iter().take(MAX_NAMES).cloned().collect(),
                n: c.n_names(),
                wanted: evidence.expected.clone(),
            }),
            known_by: Some(vantage.to_owned()),
        }
    }

    /// Returns what the edge says of the family. What was measured decides, and a suspicion counts like a failure because it
    /// was measured.
    ///
    /// | state | cause | edge |
    /// |---|---|---|
    /// | up, recovering | any | ok |
    /// | suspect, down | any | failed |
    /// | unknown | none, `dns.nodata` | unpublished |
    /// | unknown | `not_observed` | nothing |
    /// | unknown | any other | blind |
    pub const fn edge(&self) -> Edge {
        match (self.state, self.cause) {
            (State::Up | State::Recovering, _) => Edge::Ok,
            (State::Suspect | State::Down, _) => Edge::Failed,
            (State::Unknown, None | Some(Cause::DnsNodata)) => Edge::Unpublished,
            (State::Unknown, Some(Cause::NotObserved)) => Edge::Nothing,
            (State::Unknown, Some(_)) => Edge::Blind,
        }
    }

    /// Returns what may still be said when no round is recent enough: that it is unknown since then.
    #[must_use]
    pub fn not_observed(since: Option<Timestamp>) -> Self {
        Self { cause: Some(Cause::NotObserved), since, ..Self::default() }
    }
}

impl TargetStatus {
    /// Returns why there is nothing to measure over a family, where that is so.
    pub fn absence(&self, family: Family) -> Absence {
        if self.facts(family).unfit.iter().any(|unfit| unfit.why.is_unpublished()) {
            return Absence::Translated;
        }
        Absence::of(&self.url, family, self.facts(family).pinned)
    }

    /// Whether the target shows a certificate of an authority of the operator's own, over either family.
    pub const fn has_own_authority(&self) -> bool {
        self.ipv4.own_authority || self.ipv6.own_authority
    }

    /// Whether `self` says something that `earlier` did not. Times and latencies alone are no news, and no more is
    /// what a page that is made anew for every visitor shows this time.
    pub fn is_news_after(&self, earlier: &Self) -> bool {
        let lasting = |f: &FamilyFacts| {
            let marks = (f.degraded, f.maintenance, f.unstable, f.pinned, f.own_authority);
            (f.state, marks, f.cause, f.since, f.address, (f.known_by.clone(), f.unfit.clone(), f.warning))
        };
        (&self.slug, &self.name, &self.url, &self.group) != (&earlier.slug, &earlier.name, &earlier.url, &earlier.group)
            || lasting(&self.ipv4) != lasting(&earlier.ipv4)
            || lasting(&self.ipv6) != lasting(&earlier.ipv6)
            || self.alternations != earlier.alternations
            || self.dual_stack.family != earlier.dual_stack.family
            || self.client_tally != earlier.client_tally
            || !self.differences.iter().map(|d| d.aspect).eq(earlier.differences.iter().map(|d| d.aspect))
            || !match (&self.clients, &earlier.clients) {
                (Some(now), Some(then)) => now.is_alike(then),
                (now, then) => now.is_none() == then.is_none(),
            }
    }

    pub const fn facts(&self, family: Family) -> &FamilyFacts {
        match family {
            Family::Ipv4 => &self.ipv4,
            Family::Ipv6 => &self.ipv6,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::{
        judge::{clients::Sequential, consistency::Aspect},
        measure::sample::Certificate,
    };

    /// Of 201 names a round lists a hundred, and the page three.
    #[test]
    fn names_of_a_certificate_that_no_round_lists_are_counted() {
        let names = (0..100).map(|i| format!("{i}.example")).collect();
        let mut sample = Sample::failed(Cause::TlsNameMismatch);
        sample.certificate = Some(Certificate {
            subject_names: names,
            further_names: 101,
            not_before: None,
            issuer: "CN=Test CA".into(),
            not_after: Timestamp::from_unix_ms(0),
            sha256: String::new(),
        });
        let facts = FamilyFacts::after_round(&Health::default(), &sample, "edge");
        let certificate = facts.certificate.unwrap();
        assert_eq!((certificate.names.len(), certificate.n), (MAX_NAMES, 201));
    }

    #[test]
    fn the_form_is_pinned() {
        let t = Timestamp::from_unix_ms(1_795_428_711_042);
        let status = Status {
            version: 1,
            published_at: t,
            vantages: vec![VantageStatus {
                name: "edge".into(),
                ipv4: Standing::Proven,
                ipv6: Standing::NoFamily,
                last_round_at: t,
                silent_controls: Vec::new(),
                reached: PerFamily::default(),
            }],
            targets: vec![TargetStatus {
                slug: "service".into(),
                name: "Service".into(),
                url: "https://service.example/".into(),
                last_round_at: Some(t),
                ipv4: FamilyFacts {
                    state: State::Up,
                    since: Some(t),
                    latency_ms: Some(12.5),
                    address: Some("192.0.2.1".parse().unwrap()),
                    known_by: Some("edge".into()),
                    ..FamilyFacts::default()
                },
                ipv6: FamilyFacts { cause: Some(Cause::VantageNoFamily), ..FamilyFacts::default() },
                dual_stack: DualStack::default(),
                clients: Some(Clients { hidden_outage: false, sequential: Sequential::Unknown }),
                client_tally: None,
                differences: vec![Difference { aspect: Aspect::Status, ipv4: "200".into(), ipv6: "404".into() }],
                alternations: Vec::new(),
                group: None,
            }],
            next_after: None,
            maintenance: Vec::new(),
            storage: None,
        };
        let text = serde_json::to_string(&status).unwrap();
        assert_eq!(
            text,
            concat!(
                r#"{"version":1,"published_at":"2026-11-23T10:11:51.042Z","#,
                r#""vantages":[{"name":"edge","ipv4":"proven","ipv6":"no_family","last_round_at":"2026-11-23T10:11:51.042Z"}],"#,
                r#""targets":[{"slug":"service","name":"Service","url":"https://service.example/","#,
                r#""last_round_at":"2026-11-23T10:11:51.042Z","#,
                r#""ipv4":{"state":"up","degraded":false,"maintenance":false,"cause":null,"since":"2026-11-23T10:11:51.042Z","#,
                r#""latency_ms":12.5,"address":"192.0.2.1","known_by":"edge"},"#,
                r#""ipv6":{"state":"unknown","degraded":false,"maintenance":false,"cause":"vantage.no_family","since":null,"#,
                r#""latency_ms":null,"address":null,"known_by":null},"dual_stack":{"family":null,"cost_ms":null},"#,
                r#""clients":{"hidden_outage":false,"sequential":{"fate":"unknown"}},"#,
                r#""differences":[{"aspect":"status","ipv4":"200","ipv6":"404"}]}]}"#,
            )
        );
        assert_eq!(serde_json::from_str::<Status>(&text).unwrap(), status);

        let earlier = &status.targets[0];
        let mut later = earlier.clone();
        later.ipv4.latency_ms = Some(13.0);
        later.last_round_at = Some(t + 60_000);
        assert!(!later.is_news_after(earlier));
        later.differences[0].ipv6 = "410".into();
        assert!(!later.is_news_after(earlier));
        let news = |edit: fn(&mut TargetStatus)| {
            let mut later = later.clone();
            edit(&mut later);
            later.is_news_after(earlier)
        };
        assert!(news(|t| t.ipv6.cause = Some(Cause::TcpRefused)));
        assert!(news(|t| t.ipv4.unstable = true));
        assert!(news(|t| t.ipv4.own_authority = true));
        assert!(news(|t| t.ipv4.known_by = Some("local".into())));
        assert!(news(|t| t.differences.clear()));
        assert!(news(|t| t.clients = None));
        assert!(news(|t| t.clients = Some(Clients { hidden_outage: true, sequential: Sequential::Unknown })));
    }
}
