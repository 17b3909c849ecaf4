//! What a settled sample is worth where its target must not be reached.

use crate::measure::{
    cause::Cause,
    sample::{Outcome, Sample},
    target::ExpectedFailure,
};

/// Turns a settled sample round: the expected failure is "reached", an answer is a failure.
///
/// | settled | becomes |
/// |---|---|
/// | failed, as expected | reached; the cause is kept as `measured` |
/// | failed, otherwise | failed with that cause; what was expected is kept |
/// | failed, and it says nothing about the target | stands: nothing was learnt |
/// | skipped: no address, and `dns.nodata` is expected | reached; `measured` is `dns.nodata` |
/// | skipped otherwise | stands |
/// | reached, slow or not | failed with `http.body_mismatch`: it answered, and not as expected |
pub fn must_fail(mut sample: Sample, expected: ExpectedFailure) -> Sample {
    match (sample.outcome, sample.cause) {
        (Outcome::Failed, Some(cause)) if !cause.counts_against_target() => {}
        (Outcome::Failed, Some(cause)) if agrees(expected, cause) => as_expected(&mut sample, cause),
        (Outcome::Skipped, Some(cause @ Cause::DnsNodata)) if expected == ExpectedFailure::Cause(cause) => {
            as_expected(&mut sample, cause);
        }
        (Outcome::Failed, cause) => {
            sample.evidence.expected = Some(shown(expected));
            sample.evidence.seen = cause.map(|c| c.code().to_owned());
        }
        (Outcome::Skipped, _) => {}
        (Outcome::Reached, _) => {
            sample.evidence.elapsed_ms = sample.latency_ms();
            sample.outcome = Outcome::Failed;
            sample.cause = Some(Cause::HttpBodyMismatch);
            // A failure has no latency.
            sample.phases.total = None;
            sample.evidence.expected = Some(shown(expected));
            sample.evidence.seen = Some(sample.http_status.map_or("an answer".to_owned(), |s| format!("HTTP {s}")));
        }
    }
    sample
}

fn as_expected(sample: &mut Sample, cause: Cause) {
    sample.outcome = Outcome::Reached;
    sample.cause = None;
    sample.evidence.measured = Some(cause);
}

/// Where a runtime says only "no connection", that agrees with each cause that it cannot tell apart.
fn agrees(expected: ExpectedFailure, seen: Cause) -> bool {
    const ALIKE: [Cause; 2] = [Cause::TcpRefused, Cause::NetUnreachable];
    match expected {
        ExpectedFailure::Any => true,
        ExpectedFailure::Cause(Cause::TcpNoConnection) => seen == Cause::TcpNoConnection || ALIKE.contains(&seen),
        ExpectedFailure::Cause(cause) => seen == cause || (seen == Cause::TcpNoConnection && ALIKE.contains(&cause)),
    }
}

fn shown(expected: ExpectedFailure) -> String {
    match expected {
        ExpectedFailure::Any => "a failure".to_owned(),
        ExpectedFailure::Cause(cause) => format!("a failure ({})", cause.code()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::diagnosis::{Conclusion, conclude};

    fn check(sample: Sample, expected: &str, outcome: Outcome, cause: Option<Cause>) -> Sample {
        let expected = ExpectedFailure::from_code(expected).unwrap();
        let result = must_fail(sample, expected);
        assert_eq!((result.outcome, result.cause), (outcome, cause), "{}", expected.code());
        result
    }

    #[test]
    fn every_row() {
        use Cause as C;
        use Outcome::{Failed, Reached, Skipped};
        let met = check(Sample::failed(C::TcpRefused), "tcp.refused", Reached, None);
        assert_eq!(met.evidence.measured, Some(C::TcpRefused));
        assert_eq!(conclude(&met), Conclusion::Good { degraded: false });
        check(Sample::failed(C::TlsExpired), "any", Reached, None);
        let other = check(Sample::failed(C::TcpTimeout), "tcp.refused", Failed, Some(C::TcpTimeout));
        assert_eq!(other.evidence.expected.as_deref(), Some("a failure (tcp.refused)"));
        for blind in [C::VantageNoFamily, C::MeasurementFailed, C::NotObserved] {
            check(Sample::failed(blind), "any", Failed, Some(blind));
        }
        check(Sample::skipped(Some(C::DnsNodata)), "dns.nodata", Reached, None);
        check(Sample::skipped(Some(C::DnsNodata)), "any", Skipped, Some(C::DnsNodata));
        check(Sample::skipped(Some(C::PolicyPlatform)), "any", Skipped, Some(C::PolicyPlatform));
        check(Sample::skipped(None), "any", Skipped, None);
    }

    #[test]
    fn an_answer_is_the_failure() {
        let mut answered = Sample::reached();
        answered.phases.total = Some(12.0);
        answered.http_status = Some(200);
        let failed = check(answered, "tcp.refused", Outcome::Failed, Some(Cause::HttpBodyMismatch));
        assert_eq!((failed.latency_ms(), failed.evidence.seen.as_deref()), (None, Some("HTTP 200")));
    }

    #[test]
    fn what_a_runtime_cannot_tell_apart_agrees() {
        check(Sample::failed(Cause::TcpNoConnection), "tcp.refused", Outcome::Reached, None);
        check(Sample::failed(Cause::NetUnreachable), "tcp.no_connection", Outcome::Reached, None);
        let timeout = Some(Cause::TcpTimeout);
        check(Sample::failed(Cause::TcpTimeout), "tcp.no_connection", Outcome::Failed, timeout);
        check(Sample::failed(Cause::TcpNoConnection), "tcp.timeout", Outcome::Failed, Some(Cause::TcpNoConnection));
    }
}
