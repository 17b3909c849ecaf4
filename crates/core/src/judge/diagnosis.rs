//! What a sample means, given what its vantage has proven: the place where a cause is decided for good.

use crate::measure::{
    cause::{Cause, Phase},
    sample::{EachAddress, Outcome, Sample},
    vantage::{Nearby, Standing},
};

/// Replaces a cause that the vantage's state does not allow to stand; what was measured is kept as evidence.
///
/// | measured | proven, untested, disputed | `no_family` | offline | captive portal | clock |
/// |---|---|---|---|---|---|
/// | reached, skipped | stands | stands | stands | stands (**) | stands |
/// | silence, no resolver | stands | `vantage.no_family` | `vantage.offline` | `vantage.captive_portal` | stands |
/// | a resolver's answer | stands | stands | `vantage.offline` | stands | stands |
/// | refused, reset | stands | stands, or `vantage.no_family` (*) | stands, or `vantage.offline` (*) | `vantage.captive_portal` | stands |
/// | accepted, then nothing more | stands | stands, or `vantage.no_family` (*) | stands, or `vantage.offline` (*) | `vantage.captive_portal` | stands |
/// | any other answer | stands | stands | stands | `vantage.captive_portal` | stands |
/// | expired, not yet valid | stands | stands | stands | `vantage.captive_portal` | `vantage.clock` |
/// | a policy | stands | stands | stands | stands | stands |
///
/// (*) An answer accuses even when controls are silent, unless the controls fail in the same way: where something near
/// us refuses, or accepts, in everybody's name (`nearby`).
/// (**) Where a portal answers questions in everybody's name, an answer without TLS is the portal's.
pub fn settle(mut sample: Sample, standing: Standing, nearby: Nearby) -> Sample {
    for each in &mut sample.each {
        settle_each(each, standing, nearby);
    }
    let is_portals = sample.outcome == Outcome::Reached
        && nearby == Nearby::Answers
        && sample.http_status.is_some()
        && !is_authenticated(&sample);
    if is_portals {
        sample.outcome = Outcome::Failed;
        sample.cause = Some(Cause::VantageCaptivePortal);
        sample.phases.total = None;
        return sample;
    }
    let (Outcome::Failed, Some(measured)) = (sample.outcome, sample.cause) else { return sample };
    if let Some(blind) = blind_cause(&sample, measured, standing, nearby) {
        sample.evidence.measured = Some(measured);
        sample.cause = Some(blind);
    }
    sample
}

/// The same of one address of several.
fn settle_each(each: &mut EachAddress, standing: Standing, nearby: Nearby) {
    let Some(measured) = each.cause else { return };
    if let Some(blind) = blind_cause(&Sample::failed(measured), measured, standing, nearby) {
        each.detail.get_or_insert_default().measured = Some(measured);
        each.cause = Some(blind);
    }
}

/// Whether the target has shown a certificate that is trusted: then whatever came afterwards came from it.
const fn is_authenticated(sample: &Sample) -> bool {
    sample.phases.tls.is_some()
}

fn blind_cause(sample: &Sample, measured: Cause, standing: Standing, nearby: Nearby) -> Option<Cause> {
    let is_nearbys = match nearby {
        Nearby::Nothing | Nearby::Answers => false,
        Nearby::Refuses => matches!(measured, Cause::TcpRefused | Cause::TcpReset),
        Nearby::Accepts => is_no_more_than_a_connection(measured) && !is_authenticated(sample),
    };
    let says_nothing = measured.is_silence() || measured == Cause::MeasurementFailed || is_nearbys;
    let is_resolvers = measured.phase() == Phase::Resolve;
    match standing {
        Standing::Proven | Standing::Untested | Standing::Disputed => None,
        Standing::NoFamily => says_nothing.then_some(Cause::VantageNoFamily),
        // A resolver that answers on a machine that reaches nothing knows nothing of the Internet either.
        Standing::Offline => (says_nothing || is_resolvers).then_some(Cause::VantageOffline),
        Standing::CaptivePortal => (says_nothing || measured.proves_answer()).then_some(Cause::VantageCaptivePortal),
        Standing::Clock => matches!(measured, Cause::TlsExpired | Cause::TlsNotYetValid).then_some(Cause::VantageClock),
    }
}

/// Whether a connection came about and ended, and nothing was said on it.
const fn is_no_more_than_a_connection(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::TcpReset
            | Cause::TlsClosed
            | Cause::TlsTimeout
            | Cause::HttpClosed
            | Cause::HttpTimeout
            | Cause::PathMtu
    )
}

/// What a settled sample says about the health of its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conclusion {
    Good {
        degraded: bool,
    },
    Bad(Cause),
    /// Nothing can be said about the target, and why.
    Blind(Cause),
    /// The target does not offer this family, and need not (or it is not measured by choice).
    Unpublished(Option<Cause>),
}

/// Concludes from a settled sample.
pub fn conclude(sample: &Sample) -> Conclusion {
    match (sample.outcome, sample.cause) {
        (Outcome::Reached, cause) => {
            Conclusion::Good { degraded: cause.is_some() || sample.evidence.warning.is_some() }
        }
        (Outcome::Skipped, Some(cause)) if cause.phase() != Phase::Resolve => Conclusion::Blind(cause),
        (Outcome::Skipped, cause) => Conclusion::Unpublished(cause),
        (Outcome::Failed, Some(cause)) if cause.counts_against_target() => Conclusion::Bad(cause),
        (Outcome::Failed, cause) => Conclusion::Blind(cause.unwrap_or(Cause::MeasurementFailed)),
    }
}

/// Whether what a settled sample shows of an answer (status, certificate, headers) is the target's own: where the
/// vantage is at fault, something near it may have answered.
pub fn shows_target(sample: &Sample) -> bool {
    !matches!(conclude(sample), Conclusion::Blind(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(measured: Cause, standing: Standing, expected: Cause) {
        let settled = settle(Sample::failed(measured), standing, Nearby::Nothing);
        assert_eq!(settled.cause, Some(expected), "{measured} over {standing:?}");
        assert_eq!(settled.evidence.measured, (expected != measured).then_some(measured));
    }

    #[test]
    fn silence_accuses_only_over_a_family_that_is_not_held_for_dead() {
        for silent in [Cause::TcpTimeout, Cause::NetUnreachable, Cause::TcpNoConnection, Cause::DnsTimeout] {
            check(silent, Standing::Proven, silent);
            check(silent, Standing::Untested, silent);
            check(silent, Standing::Disputed, silent);
            check(silent, Standing::NoFamily, Cause::VantageNoFamily);
            check(silent, Standing::Offline, Cause::VantageOffline);
        }
    }

    #[test]
    fn an_answer_accuses_even_when_controls_are_silent() {
        for answer in [Cause::TcpRefused, Cause::TcpReset, Cause::TlsAlert, Cause::TlsNameMismatch, Cause::HttpStatus] {
            check(answer, Standing::NoFamily, answer);
            check(answer, Standing::Offline, answer);
            check(answer, Standing::CaptivePortal, Cause::VantageCaptivePortal);
        }
        check(Cause::TlsExpired, Standing::Clock, Cause::VantageClock);
        check(Cause::TlsNameMismatch, Standing::Clock, Cause::TlsNameMismatch);
    }

    #[test]
    fn a_refusal_in_everybodys_name_is_no_answer_of_the_target() {
        for (standing, blind) in
            [(Standing::Offline, Cause::VantageOffline), (Standing::NoFamily, Cause::VantageNoFamily)]
        {
            let settled = settle(Sample::failed(Cause::TcpRefused), standing, Nearby::Refuses);
            assert_eq!((settled.cause, settled.evidence.measured), (Some(blind), Some(Cause::TcpRefused)));
            let alert = settle(Sample::failed(Cause::TlsAlert), standing, Nearby::Refuses);
            assert_eq!(alert.cause, Some(Cause::TlsAlert));
        }
    }

    #[test]
    fn a_connection_that_a_tunnel_accepts_is_no_answer_of_the_target() {
        let settled = |cause, tls: Option<f64>| {
            let mut sample = Sample::failed(cause);
            sample.phases.tls = tls;
            settle(sample, Standing::NoFamily, Nearby::Accepts).cause
        };
        for cause in [Cause::TlsTimeout, Cause::TlsClosed, Cause::HttpTimeout, Cause::HttpClosed, Cause::TcpReset] {
            assert_eq!(settled(cause, None), Some(Cause::VantageNoFamily), "{cause}");
        }
        assert_eq!(settled(Cause::HttpTimeout, Some(9.0)), Some(Cause::HttpTimeout), "its certificate was trusted");
        assert_eq!(settled(Cause::TlsAlert, None), Some(Cause::TlsAlert), "the tunnel carried an answer");
    }

    #[test]
    fn what_a_portal_answers_is_not_the_target_reached() {
        let reached = |status, tls: Option<f64>| {
            let mut sample = Sample::reached();
            sample.http_status = status;
            sample.phases.tls = tls;
            sample.phases.total = Some(10.0);
            settle(sample, Standing::CaptivePortal, Nearby::Answers)
        };
        let settled = reached(Some(200), None);
        assert_eq!((settled.outcome, settled.cause), (Outcome::Failed, Some(Cause::VantageCaptivePortal)));
        assert_eq!(settled.latency_ms(), None);
        assert_eq!(reached(Some(200), Some(9.0)).outcome, Outcome::Reached);
        assert_eq!(reached(None, None).outcome, Outcome::Reached);
    }

    #[test]
    fn a_resolver_on_an_offline_machine_says_nothing() {
        check(Cause::DnsNxdomain, Standing::Offline, Cause::VantageOffline);
        check(Cause::DnsNxdomain, Standing::NoFamily, Cause::DnsNxdomain);
    }

    #[test]
    fn nothing_that_the_vantage_or_a_policy_explains_is_ever_bad() {
        for cause in Cause::ALL {
            let bad = matches!(conclude(&Sample::failed(*cause)), Conclusion::Bad(_));
            assert_eq!(bad, cause.counts_against_target(), "{cause}");
        }
        assert_eq!(conclude(&Sample::skipped(Some(Cause::DnsNodata))), Conclusion::Unpublished(Some(Cause::DnsNodata)));
        assert_eq!(conclude(&Sample::skipped(Some(Cause::PolicyPlatform))), Conclusion::Blind(Cause::PolicyPlatform));
    }
}
