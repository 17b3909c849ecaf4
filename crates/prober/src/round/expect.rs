//! Whether an answer is what the target promises.

use crate::{classify::Failure, exchange::Answer};
use dualwatch_core::{
    cause::Cause,
    sample::{Outcome, Sample},
    target::{Expect, HeaderExpectation},
};

/// Checks status, headers and body, in that order.
pub fn answer(expect: &Expect, answer: &Answer) -> Result<(), Failure> {
    if !expect.accepts_status(answer.status) {
        return Err(unexpected(Cause::HttpStatus, accepted(expect), answer.status.to_string()));
    }
    for header in &expect.headers {
        check_header(header, answer)?;
    }
    let text = || String::from_utf8_lossy(&answer.body.bytes);
    let mismatch = |expected| {
        let seen = format!("{} bytes", answer.body.bytes.len());
        // A text that may stand behind the limit is not missing: it was not looked for.
        let cause = if answer.body.is_cut { Cause::HttpTooLarge } else { Cause::HttpBodyMismatch };
        let mut failure = unexpected(cause, expected, seen);
        failure.evidence.bytes = Some(answer.body.bytes.len() as u64);
        failure
    };
    for wanted in &expect.body_contains {
        if !text().contains(wanted.as_str()) {
            return Err(mismatch(format!("the body contains {wanted:?}")));
        }
    }
    for unwanted in &expect.body_lacks {
        if text().contains(unwanted.as_str()) {
            let mut failure = mismatch(format!("the body does not contain {unwanted:?}"));
            failure.cause = Cause::HttpBodyMismatch;
            return Err(failure);
        }
    }
    Ok(())
}

/// Marks a target as slow that was reached, but later than it promises.
pub fn speed(sample: &mut Sample, expect: &Expect, answered_ms: f64) {
    let Some(max) = expect.max_response_ms.filter(|max| answered_ms > f64::from(*max)) else { return };
    debug_assert_eq!(sample.outcome, Outcome::Reached);
    sample.cause = Some(Cause::Slow);
    sample.evidence.expected = Some(format!("within {max} ms"));
    sample.evidence.seen = Some(format!("{answered_ms:.0} ms"));
}

fn check_header(header: &HeaderExpectation, answer: &Answer) -> Result<(), Failure> {
    let values: Vec<String> = answer
        .headers
        .get_all(&header.name)
        .iter()
        .map(|v| String::from_utf8_lossy(v.as_bytes()).into_owned())
        .collect();
    let is_met = match &header.contains {
        None => !values.is_empty(),
        Some(text) => values.iter().any(|v| v.contains(text.as_str())),
    };
    if is_met {
        return Ok(());
    }
    let expected = match &header.contains {
        None => format!("the header {}", header.name),
        Some(text) => format!("the header {} contains {text:?}", header.name),
    };
    let seen = if values.is_empty() { "no such header".to_owned() } else { values.join(", ") };
    Err(unexpected(Cause::HttpBodyMismatch, expected, seen))
}

fn accepted(expect: &Expect) -> String {
    if expect.status.is_empty() {
        return if expect.max_redirects == 0 { "200-399" } else { "200-299" }.to_owned();
    }
    expect.status.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn unexpected(cause: Cause, expected: String, seen: String) -> Failure {
    let mut failure = Failure::bare(cause);
    failure.evidence.expected = Some(expected);
    failure.evidence.seen = Some(seen);
    failure
}
