//! How a dual-stack client would fare, computed from what each family measured (RFC 8305).

use crate::{
    judge::meets::Meets,
    measure::{
        cause::{Cause, Phase},
        family::{Family, PerFamily},
        round::DualStack,
        sample::{Outcome, Sample},
    },
};

/// RFC 8305 section 8: how long to wait for AAAA once A is there.
pub const RESOLUTION_DELAY_MS: f64 = 50.0;
/// RFC 8305 section 8: how long one attempt has before the next begins.
pub const CONNECTION_ATTEMPT_DELAY_MS: f64 = 250.0;

/// What a client finds when it tries one family.
enum Path {
    /// No address: this family takes no part.
    Absent,
    /// Cannot be told: the vantage was blind here.
    Blind,
    /// No connection, known `after` so many ms (infinite: silence).
    Dead { resolved: f64, after: f64 },
    /// TCP comes up `after` so many ms; the answer `rest` ms later, if it comes.
    Up { resolved: f64, after: f64, rest: Option<f64> },
}

fn path(sample: &Sample) -> Path {
    let p = &sample.phases;
    let resolved = p.resolve.unwrap_or(0.0);
    match (sample.outcome, sample.cause, p.connect) {
        (Outcome::Skipped, _, _) => Path::Absent,
        (Outcome::Failed, Some(cause), _) if !cause.counts_against_target() => Path::Blind,
        (Outcome::Failed, Some(cause), None) if cause.phase() == Phase::Resolve => Path::Absent,
        (outcome, _, Some(after)) => Path::Up {
            resolved,
            after,
            rest: (outcome == Outcome::Reached)
                .then(|| p.total.map_or(0.0, |total| (total - resolved - after).max(0.0))),
        },
        // Reached, and not recorded how: a foreign record has one number for the whole way.
        (Outcome::Reached, _, None) => {
            Path::Up { resolved, after: p.total.map_or(0.0, |total| (total - resolved).max(0.0)), rest: Some(0.0) }
        }
        (_, cause, None) => Path::Dead {
            resolved,
            after: match cause {
                Some(Cause::TcpTimeout) => f64::INFINITY,
                _ => sample.evidence.elapsed_ms.unwrap_or(0.0),
            },
        },
    }
}

/// Computes the view of an RFC 8305 client. Once TCP is up it stays on that family: browsers do not fall back
/// when TLS or HTTP then fails.
pub fn view(samples: &PerFamily<Sample>) -> DualStack {
    let paths = PerFamily::from_fn(|family| path(samples.get(family)));
    if paths.iter().any(|(_, p)| matches!(p, Path::Blind)) {
        return DualStack::default();
    }
    let resolved = |family| match paths.get(family) {
        Path::Dead { resolved, .. } | Path::Up { resolved, .. } => Some(*resolved),
        Path::Absent | Path::Blind => None,
    };
    // Section 3: AAAA first, unless A has waited the Resolution Delay for it.
    let (first, start_first) = match (resolved(Family::Ipv4), resolved(Family::Ipv6)) {
        (None, None) => return DualStack::default(),
        (Some(v4), None) => (Family::Ipv4, v4),
        (None, Some(v6)) => (Family::Ipv6, v6),
        (Some(v4), Some(v6)) if v6 <= v4 + RESOLUTION_DELAY_MS => (Family::Ipv6, v6),
        (Some(v4), Some(_)) => (Family::Ipv4, v4 + RESOLUTION_DELAY_MS),
    };
    let tcp_up = |family, start: f64| match paths.get(family) {
        Path::Up { after, .. } => start + after,
        Path::Absent | Path::Blind | Path::Dead { .. } => f64::INFINITY,
    };
    // Section 5: the second attempt begins when the first has failed, or after the Connection Attempt Delay.
    let second = first.other();
    let waits = match paths.get(first) {
        Path::Dead { after, .. } => after.min(CONNECTION_ATTEMPT_DELAY_MS),
        Path::Up { .. } | Path::Absent | Path::Blind => CONNECTION_ATTEMPT_DELAY_MS,
    };
    let start_second = resolved(second).map_or(f64::INFINITY, |r| r.max(start_first + waits));
    let (up_first, up_second) = (tcp_up(first, start_first), tcp_up(second, start_second));
    // Where the first is up before the second would even begin, the second never begins: `up_second` is later still.
    let (winner, up_at) = if up_first.is_finite() && up_first <= up_second {
        (first, up_first)
    } else if up_second.is_finite() {
        (second, up_second)
    } else {
        return DualStack::default();
    };
    let Path::Up { rest: Some(rest), .. } = paths.get(winner) else { return DualStack::default() };
    let done = up_at + rest;
    let alone = Family::ALL
        .into_iter()
        .filter_map(|family| match paths.get(family) {
            Path::Up { resolved, after, rest: Some(rest) } => Some(resolved + after + rest),
            _ => None,
        })
        .fold(f64::INFINITY, f64::min);
    DualStack { family: Some(winner), cost_ms: Some(round_ms((done - alone).max(0.0))) }
}

/// Returns what an RFC 8305 client meets that is not served (`view` names no family): it is stuck on the family that came
/// up and failed then, or has waited for the one that never says anything. `Unknown` where a family was not seen.
pub fn meets(samples: &PerFamily<Sample>) -> Meets {
    let paths = PerFamily::from_fn(|family| path(samples.get(family)));
    if paths.iter().any(|(_, p)| matches!(p, Path::Blind)) {
        return Meets::Unknown;
    }
    // IPv6 is tried first.
    let of = |is: &dyn Fn(&Path) -> bool| {
        [Family::Ipv6, Family::Ipv4].into_iter().find(|family| is(paths.get(*family))).map(|family| samples.get(family))
    };
    let stuck = of(&|path| matches!(path, Path::Up { rest: None, .. }));
    let silent = || of(&|path| matches!(path, Path::Dead { after, .. } if after.is_infinite()));
    let dead = || of(&|path| matches!(path, Path::Dead { .. }));
    let unresolved = || samples.iter().map(|(_, sample)| sample).find(|sample| sample.outcome == Outcome::Failed);
    stuck.or_else(silent).or_else(dead).or_else(unresolved).map_or(Meets::Unknown, Meets::of_sample)
}

/// Rounds to a thousandth of a millisecond, the finest that any of our clocks tells.
fn round_ms(ms: f64) -> f64 {
    (ms * 1_000.0).round() / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::sample::Phases;

    fn up(resolve: f64, connect: f64, total: f64) -> Sample {
        let phases = Phases { resolve: Some(resolve), connect: Some(connect), total: Some(total), ..Phases::default() };
        Sample { phases, ..Sample::reached() }
    }

    fn dead(cause: Cause, elapsed: f64) -> Sample {
        let mut sample = Sample::failed(cause);
        sample.phases.resolve = Some(1.0);
        sample.evidence.elapsed_ms = Some(elapsed);
        sample
    }

    fn check(ipv4: Sample, ipv6: Sample, family: Option<Family>, cost_ms: Option<f64>) {
        assert_eq!(view(&PerFamily { ipv4, ipv6 }), DualStack { family, cost_ms });
    }

    #[test]
    fn ipv6_wins_when_both_are_well() {
        check(up(1.0, 10.0, 41.0), up(1.0, 10.0, 41.0), Some(Family::Ipv6), Some(0.0));
        // Slower, but up within the attempt delay: the client stays there and pays.
        check(up(1.0, 10.0, 41.0), up(1.0, 200.0, 231.0), Some(Family::Ipv6), Some(190.0));
    }

    #[test]
    fn a_refusal_costs_its_own_time_and_silence_the_attempt_delay() {
        check(up(1.0, 10.0, 41.0), dead(Cause::TcpRefused, 12.0), Some(Family::Ipv4), Some(12.0));
        check(up(1.0, 10.0, 41.0), dead(Cause::TcpTimeout, 5_000.0), Some(Family::Ipv4), Some(250.0));
    }

    #[test]
    fn a_family_without_addresses_costs_nothing() {
        check(up(1.0, 10.0, 41.0), Sample::skipped(Some(Cause::DnsNodata)), Some(Family::Ipv4), Some(0.0));
    }

    #[test]
    fn what_was_reached_is_never_dead() {
        let mut imported = Sample::reached();
        imported.phases.total = Some(41.0);
        check(imported.clone(), Sample::skipped(None), Some(Family::Ipv4), Some(0.0));
        check(Sample::reached(), Sample::skipped(None), Some(Family::Ipv4), Some(0.0));
        check(imported, dead(Cause::TcpRefused, 12.0), Some(Family::Ipv4), Some(13.0));
    }

    #[test]
    fn there_is_no_way_back_once_tcp_is_up() {
        let mut bad_certificate = Sample::failed(Cause::TlsNameMismatch);
        bad_certificate.phases.connect = Some(5.0);
        check(up(0.0, 10.0, 40.0), bad_certificate, None, None);
    }

    #[test]
    fn what_a_client_meets_that_is_not_served() {
        let check = |ipv4: Sample, ipv6: Sample, expected| assert_eq!(meets(&PerFamily { ipv4, ipv6 }), expected);
        let stuck = |cause, status| {
            let mut sample = Sample::failed(cause);
            sample.phases.connect = Some(5.0);
            sample.http_status = status;
            sample
        };
        let refused = || dead(Cause::TcpRefused, 1.0);
        check(up(0.0, 10.0, 40.0), stuck(Cause::TlsNameMismatch, None), Meets::CertificateWarning);
        check(stuck(Cause::HttpStatus, Some(503)), stuck(Cause::HttpStatus, Some(500)), Meets::ErrorPage);
        check(stuck(Cause::HttpStatus, Some(503)), refused(), Meets::ErrorPage);
        check(refused(), refused(), Meets::NoConnection);
        check(dead(Cause::TcpTimeout, 5_000.0), refused(), Meets::Silence);
        check(Sample::failed(Cause::DnsNxdomain), Sample::failed(Cause::DnsNxdomain), Meets::NoAddress);
        check(refused(), Sample::failed(Cause::VantageNoFamily), Meets::Unknown);
    }

    #[test]
    fn slow_to_come_up_is_overtaken() {
        // IPv4 begins at 251 and is up at 261, long before IPv6.
        check(up(1.0, 10.0, 41.0), up(1.0, 900.0, 931.0), Some(Family::Ipv4), Some(250.0));
        // AAAA is late beyond the Resolution Delay: IPv4 begins at 51.
        check(up(1.0, 10.0, 41.0), up(400.0, 10.0, 441.0), Some(Family::Ipv4), Some(50.0));
    }

    #[test]
    fn nothing_is_said_of_what_was_not_seen() {
        check(up(1.0, 10.0, 41.0), Sample::failed(Cause::VantageNoFamily), None, None);
        check(dead(Cause::TcpRefused, 1.0), dead(Cause::TcpRefused, 1.0), None, None);
        check(Sample::failed(Cause::DnsNxdomain), Sample::failed(Cause::DnsNxdomain), None, None);
    }
}
