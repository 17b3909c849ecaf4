//! One family of one round as metrics, under the names of `blackbox_exporter` where it has one.
//!
//! What is not known is left out, where `blackbox_exporter` writes 0: a failed probe has no duration and no status, a phase
//! that did not complete has no time, and whoever is blind over a family says nothing of the target.

use super::{Exposition, Kind};
use crate::time::{rfc3339, rfc3339_or_null};
use dualwatch_core::measure::{
    cause::Cause,
    family::Family,
    round::Round,
    sample::{Outcome, Phases, Sample},
    target::Scheme,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// What metrics say of a sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Probe {
    /// `None`: nothing can be said of the target, or there is nothing to measure.
    pub is_reached: Option<bool>,
    pub cause: Option<Cause>,
    /// There was an address of this family to go to.
    #[serde(default)]
    pub has_address: bool,
    /// The phases are those of several requests, one after the other.
    #[serde(default)]
    pub is_redirected: bool,
    pub phases: Phases,
    pub http_status: Option<u16>,
    #[serde(default, with = "rfc3339_or_null")]
    pub certificate_ends_at: Option<Timestamp>,
}

/// What one vantage measured last of a target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Probed {
    pub vantage: String,
    /// When the round began.
    #[serde(with = "rfc3339")]
    pub at: Timestamp,
    pub ipv4: Probe,
    pub ipv6: Probe,
}

impl Probed {
    pub const fn probe(&self, family: Family) -> &Probe {
        match family {
            Family::Ipv4 => &self.ipv4,
            Family::Ipv6 => &self.ipv6,
        }
    }
}

impl From<&Round> for Probed {
    fn from(round: &Round) -> Self {
        Self {
            vantage: round.vantage.name.clone(),
            at: round.started_at,
            ipv4: (&round.samples.ipv4).into(),
            ipv6: (&round.samples.ipv6).into(),
        }
    }
}

impl From<&Sample> for Probe {
    fn from(sample: &Sample) -> Self {
        let is_accused = || sample.cause.is_some_and(Cause::counts_against_target);
        Self {
            is_reached: match sample.outcome {
                Outcome::Reached => Some(true),
                Outcome::Failed => is_accused().then_some(false),
                Outcome::Skipped => None,
            },
            cause: sample.cause,
            has_address: sample.address.is_some(),
            is_redirected: sample.evidence.location.is_some(),
            phases: sample.phases,
            http_status: sample.http_status,
            certificate_ends_at: sample.certificate.as_ref().map(|certificate| certificate.not_after),
        }
    }
}

/// A probe with the labels that say whose it is, its family among them.
#[derive(Clone, Copy, Debug)]
pub struct Labelled<'a> {
    pub labels: &'a [(&'a str, &'a str)],
    pub scheme: Scheme,
    pub family: Family,
    pub probe: &'a Probe,
}

/// So many labels a probe has at most, with the one that a family of metrics adds.
const MOST_LABELS: usize = 4;

/// A value, and the label that it has beside those of the probe.
type Value = (Option<(&'static str, &'static str)>, f64);

/// One family of metrics of probes.
struct Series {
    name: &'static str,
    kind: Kind,
    help: &'static str,
    values: fn(&Labelled<'_>) -> Vec<Value>,
}

fn plain(value: Option<f64>) -> Vec<Value> {
    value.map(|value| (None, value)).into_iter().collect()
}

fn seconds(ms: Option<f64>) -> Option<f64> {
    // To the microsecond: dividing makes digits that were never measured.
    ms.map(|ms| (ms * 1_000.0).round() / 1_000_000.0)
}

fn bit(value: bool) -> f64 {
    f64::from(u8::from(value))
}

/// In the order in which they are written.
const SERIES: [Series; 9] = [
    Series {
        name: "probe_success",
        kind: Kind::Gauge,
        help: "1: reached as expected; 0: not, and it is the target's; absent: nothing can be said of the target.",
        values: |of| plain(of.probe.is_reached.map(bit)),
    },
    Series {
        name: "probe_duration_seconds",
        kind: Kind::Gauge,
        help: "From the first question to the last byte; absent where the probe failed.",
        values: |of| plain(seconds(of.probe.phases.total)),
    },
    Series {
        name: "probe_dns_lookup_time_seconds",
        kind: Kind::Gauge,
        help: "How long the name took to be looked up.",
        values: |of| plain(seconds(of.probe.phases.resolve)),
    },
    Series {
        name: "probe_ip_protocol",
        kind: Kind::Gauge,
        help: "4 or 6, where there was an address of that family.",
        values: |of| plain(of.probe.has_address.then_some(if of.family == Family::Ipv4 { 4.0 } else { 6.0 })),
    },
    Series {
        name: "probe_http_status_code",
        kind: Kind::Gauge,
        help: "The status of the last answer; absent where none came.",
        values: |of| plain(of.probe.http_status.map(f64::from)),
    },
    Series {
        name: "probe_http_ssl",
        kind: Kind::Gauge,
        help: "Whether an answer came over TLS.",
        values: |of| plain(of.probe.http_status.map(|_| bit(of.probe.phases.tls.is_some()))),
    },
    Series {
        name: "probe_http_duration_seconds",
        kind: Kind::Gauge,
        help: "How long each phase took that completed.",
        values: phases,
    },
    Series {
        name: "probe_ssl_earliest_cert_expiry",
        kind: Kind::Gauge,
        help: "When the certificate that was shown ends, in seconds since 1970.",
        values: |of| plain(of.probe.certificate_ends_at.map(|at| at.unix_ms() as f64 / 1_000.0)),
    },
    Series {
        name: "dualwatch_probe_cause",
        kind: Kind::Info,
        help: "Why the probe is not simply good: a code of the closed set.",
        values: |of| of.probe.cause.map(|cause| (Some(("cause", cause.code())), 1.0)).into_iter().collect(),
    },
];

/// The phases of HTTP as `blackbox_exporter` names them.
fn phases(of: &Labelled<'_>) -> Vec<Value> {
    if !of.scheme.is_http() {
        return Vec::new();
    }
    let Probe { phases, is_redirected, .. } = *of.probe;
    let rest = phases.total.filter(|_| !is_redirected).map(|total| {
        let known = [phases.resolve, phases.connect, phases.tls, phases.first_byte];
        (total - known.into_iter().flatten().sum::<f64>()).max(0.0)
    });
    [
        ("resolve", phases.resolve),
        ("connect", phases.connect),
        ("tls", phases.tls),
        ("processing", phases.first_byte),
        ("transfer", rest),
    ]
    .into_iter()
    .filter_map(|(phase, ms)| Some((Some(("phase", phase)), seconds(ms)?)))
    .collect()
}

/// Writes every family of metrics that probes have.
pub fn write<'a>(all: &mut Exposition, probes: &(impl Iterator<Item = Labelled<'a>> + Clone)) {
    for Series { name, kind, help, values } in &SERIES {
        let mut family = all.family(name, *kind, help);
        for probe in probes.clone() {
            for (further, value) in values(&probe) {
                let mut labels = [("", ""); MOST_LABELS];
                let given = probe.labels.iter().copied().chain(further);
                let n = given.zip(&mut labels).map(|(label, slot)| *slot = label).count();
                family.sample(&labels[..n], value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::exposition::Format;
    use dualwatch_core::measure::sample::Certificate;

    fn written(scheme: Scheme, sample: &Sample) -> Vec<String> {
        let mut all = Exposition::new(Format::Text);
        let probe = Probe::from(sample);
        let labels = [("target", "shop"), ("family", "ipv6"), ("vantage", "edge")];
        let probe = Labelled { labels: &labels, scheme, family: Family::Ipv6, probe: &probe };
        write(&mut all, &std::iter::once(probe));
        let text = all.finish().replace("target=\"shop\",family=\"ipv6\",vantage=\"edge\"", "L");
        text.lines().filter(|line| !line.starts_with('#')).map(ToOwned::to_owned).collect()
    }

    #[test]
    fn a_page_that_is_reached_says_all_that_was_measured() {
        let mut sample = Sample::reached();
        sample.address = "2001:db8::1".parse().ok();
        sample.phases = Phases {
            resolve: Some(1.5),
            connect: Some(10.0),
            tls: Some(20.0),
            first_byte: Some(12.25),
            total: Some(44.1),
        };
        sample.http_status = Some(200);
        sample.certificate = Some(Certificate {
            subject_names: Vec::new(),
            further_names: 0,
            not_before: None,
            issuer: String::new(),
            not_after: Timestamp::from_unix_ms(1_800_000_000_000),
            sha256: String::new(),
        });
        assert_eq!(
            written(Scheme::Https, &sample),
            [
                "probe_success{L} 1",
                "probe_duration_seconds{L} 0.0441",
                "probe_dns_lookup_time_seconds{L} 0.0015",
                "probe_ip_protocol{L} 6",
                "probe_http_status_code{L} 200",
                "probe_http_ssl{L} 1",
                "probe_http_duration_seconds{L,phase=\"resolve\"} 0.0015",
                "probe_http_duration_seconds{L,phase=\"connect\"} 0.01",
                "probe_http_duration_seconds{L,phase=\"tls\"} 0.02",
                "probe_http_duration_seconds{L,phase=\"processing\"} 0.01225",
                "probe_http_duration_seconds{L,phase=\"transfer\"} 0.00035",
                "probe_ssl_earliest_cert_expiry{L} 1800000000",
            ]
        );
        // Of redirects nobody knows which part was the transfer; what is no HTTP has no phases of it.
        sample.evidence.location = Some("https://elsewhere.example/".into());
        let lines = written(Scheme::Https, &sample);
        assert!(!lines.iter().any(|line| line.contains("transfer")), "{lines:?}");
        let lines = written(Scheme::Tls, &Sample { http_status: None, ..sample });
        assert!(!lines.iter().any(|line| line.contains("http")), "{lines:?}");
    }

    /// Nothing is 0 that was not measured, and who is blind does not accuse.
    #[test]
    fn what_is_not_known_is_left_out() {
        let mut refused = Sample::failed(Cause::TcpRefused);
        refused.address = "2001:db8::1".parse().ok();
        refused.evidence.elapsed_ms = Some(11.0);
        for (sample, lines) in [
            (
                refused,
                vec![
                    "probe_success{L} 0",
                    "probe_ip_protocol{L} 6",
                    "dualwatch_probe_cause_info{L,cause=\"tcp.refused\"} 1",
                ],
            ),
            (
                Sample::failed(Cause::VantageNoFamily),
                vec!["dualwatch_probe_cause_info{L,cause=\"vantage.no_family\"} 1"],
            ),
            (Sample::skipped(Some(Cause::DnsNodata)), vec!["dualwatch_probe_cause_info{L,cause=\"dns.nodata\"} 1"]),
            (Sample::skipped(None), vec![]),
        ] {
            assert_eq!(written(Scheme::Https, &sample), lines, "{sample:?}");
        }
    }
}
