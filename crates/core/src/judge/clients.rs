//! Who suffers, by two models: what an outage of one family means for a client that races the families, and for one that tries
//! them in turn. What real clients do was measured, and is another matter: `dualwatch-clients`.

use crate::{
    judge::{
        diagnosis::{Conclusion, conclude},
        meets::Meets,
    },
    measure::{
        cause::Cause,
        family::{Family, PerFamily},
        round::DualStack,
        sample::{Outcome, Sample},
    },
};
use serde::{Deserialize, Serialize};

/// What clients meet, computed from one settled round.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Clients {
    /// A published family is down, and RFC 8305 clients do not notice: they are served over the other one.
    pub hidden_outage: bool,
    pub sequential: Sequential,
}

/// A model, and no measurement: a client that tries the addresses one after the other in the order of RFC 6724 (IPv6 first),
/// and does not go back once TCP is up. What real clients did with the fault, counted, is `client_tally` beside it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "fate", rename_all = "snake_case")]
pub enum Sequential {
    /// It is served over `family`, `cost_ms` later because of the family that it tried first.
    Served { family: Family, cost_ms: f64 },
    /// It is served over IPv4 after its own connect timeout has run out. How long that is depends on the client.
    WaitsForTimeout,
    /// It is not served.
    Fails {
        #[serde(default)]
        meets: Meets,
    },
    /// It cannot be told: the vantage was blind in a family.
    Unknown,
}

impl Clients {
    /// Whether clients meet the same kind of thing as `other` says; by how many milliseconds does not count.
    pub fn is_alike(&self, other: &Self) -> bool {
        let kind = |clients: &Self| match clients.sequential {
            Sequential::Served { family, .. } => Sequential::Served { family, cost_ms: 0.0 },
            sequential => sequential,
        };
        self.hidden_outage == other.hidden_outage && kind(self) == kind(other)
    }
}

/// Computes what clients meet. `dual_stack` is the view of an RFC 8305 client on the same samples.
pub fn clients(samples: PerFamily<&Sample>, dual_stack: DualStack) -> Clients {
    let is_down = |family: Family| matches!(conclude(samples.get(family)), Conclusion::Bad(_));
    Clients {
        hidden_outage: dual_stack.family.is_some_and(|served| is_down(served.other())),
        sequential: sequential(samples),
    }
}

fn sequential(samples: PerFamily<&Sample>) -> Sequential {
    let is_blind = |s: &Sample| matches!(conclude(s), Conclusion::Blind(_));
    if is_blind(samples.ipv4) || is_blind(samples.ipv6) {
        return Sequential::Unknown;
    }
    let served = |family, cost_ms| match samples.get(family).outcome {
        Outcome::Reached => Sequential::Served { family, cost_ms },
        Outcome::Failed | Outcome::Skipped => fails(samples.get(family)),
    };
    let v6 = samples.ipv6;
    match (v6.outcome, v6.cause) {
        (Outcome::Reached, _) => served(Family::Ipv6, 0.0),
        // No address, so nothing is tried.
        (Outcome::Skipped, _) => served(Family::Ipv4, 0.0),
        (Outcome::Failed, _) if v6.address.is_none() => served(Family::Ipv4, 0.0),
        // TCP came up: this is where it stays.
        (Outcome::Failed, _) if v6.phases.connect.is_some() => fails(v6),
        (Outcome::Failed, Some(Cause::TcpTimeout)) => match served(Family::Ipv4, 0.0) {
            Sequential::Served { .. } => Sequential::WaitsForTimeout,
            // What is not even published over IPv4 leaves IPv6 alone.
            Sequential::Fails { meets: Meets::NoAddress | Meets::Unknown } => fails(v6),
            other => other,
        },
        (Outcome::Failed, _) => match served(Family::Ipv4, v6.evidence.elapsed_ms.unwrap_or(0.0)) {
            Sequential::Fails { meets: Meets::NoAddress | Meets::Unknown } => fails(v6),
            other => other,
        },
    }
}

const fn fails(sample: &Sample) -> Sequential {
    Sequential::Fails { meets: Meets::of_sample(sample) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::dual_stack;

    fn reached() -> Sample {
        let mut sample = Sample::reached();
        sample.phases.connect = Some(10.0);
        sample.phases.total = Some(40.0);
        sample
    }

    fn failed(cause: Cause, connect_ms: Option<f64>) -> Sample {
        let mut sample = Sample::failed(cause);
        sample.address = Some("2001:db8::1".parse().unwrap());
        sample.phases.connect = connect_ms;
        sample.evidence.elapsed_ms = Some(12.0);
        sample
    }

    fn check(ipv4: Sample, ipv6: Sample, hidden_outage: bool, sequential: Sequential) {
        let samples = PerFamily { ipv4, ipv6 };
        let view = dual_stack::view(&samples);
        assert_eq!(clients(samples.as_ref(), view), Clients { hidden_outage, sequential }, "{samples:?}");
    }

    #[test]
    fn milliseconds_do_not_make_another_kind() {
        let served =
            |family, cost_ms| Clients { hidden_outage: false, sequential: Sequential::Served { family, cost_ms } };
        let one = served(Family::Ipv4, 1.0);
        assert!(one.is_alike(&served(Family::Ipv4, 2.0)) && !one.is_alike(&served(Family::Ipv6, 1.0)));
        assert!(!one.is_alike(&Clients { hidden_outage: true, ..one }));
        assert!(!one.is_alike(&Clients { sequential: Sequential::Fails { meets: Meets::Silence }, ..one }));
    }

    #[test]
    fn who_suffers() {
        use Sequential::{Fails, Served, Unknown, WaitsForTimeout};
        let v4 = |cost_ms| Served { family: Family::Ipv4, cost_ms };
        check(reached(), reached(), false, Served { family: Family::Ipv6, cost_ms: 0.0 });
        check(reached(), Sample::skipped(Some(Cause::DnsNodata)), false, v4(0.0));
        check(reached(), failed(Cause::TcpRefused, None), true, v4(12.0));
        check(reached(), failed(Cause::TcpTimeout, None), true, WaitsForTimeout);
        // Browsers do not fall back either once TCP is up: nothing is hidden.
        check(reached(), failed(Cause::TlsNameMismatch, Some(5.0)), false, Fails { meets: Meets::CertificateWarning });
        check(failed(Cause::TcpRefused, None), reached(), true, Served { family: Family::Ipv6, cost_ms: 0.0 });
        let fails = |meets| Fails { meets };
        check(failed(Cause::TcpRefused, None), failed(Cause::TcpTimeout, None), false, fails(Meets::NoConnection));
        check(failed(Cause::TcpTimeout, None), failed(Cause::TcpRefused, None), false, fails(Meets::Silence));
        let absent = || Sample::skipped(Some(Cause::DnsNodata));
        check(absent(), failed(Cause::TcpTimeout, None), false, fails(Meets::Silence));
        check(failed(Cause::TlsAlert, Some(5.0)), absent(), false, fails(Meets::NoSecureConnection));
        check(reached(), failed(Cause::VantageNoFamily, None), false, Unknown);
    }
}
