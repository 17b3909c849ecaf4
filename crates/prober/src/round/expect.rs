//! Whether an answer is what the target promises.

use super::json::{self, Found};
use crate::{
    body::{Body, MAX_BODY_BYTES},
    classify::{Failure, clip},
    coding,
    exchange::Answer,
};
use dualwatch_core::measure::{
    cause::Cause,
    sample::{Outcome, Sample, Warning},
    target::{Expect, HeaderExpectation, JsonExpectation, MAX_REGEX_BYTES},
    time::Timestamp,
};
use regex_lite::RegexBuilder;

/// Checks status, headers and body, in that order.
pub fn answer(expect: &Expect, answer: &Answer) -> Result<(), Failure> {
    if !expect.accepts_status(answer.status) {
        return Err(unexpected(Cause::HttpStatus, accepted(expect), answer.status.to_string()));
    }
    for header in &expect.headers {
        check_header(header, answer)?;
    }
    if expect.reads_body() {
        let body = coding::decode(&answer.body, &answer.headers, MAX_BODY_BYTES)?;
        check_body(expect, &body)?;
    }
    Ok(())
}

fn check_body(expect: &Expect, body: &Body) -> Result<(), Failure> {
    let text = String::from_utf8_lossy(&body.bytes);
    for wanted in &expect.body_contains {
        if !text.contains(wanted.as_str()) {
            return Err(missing(body, format!("the body contains {wanted:?}")));
        }
    }
    for unwanted in &expect.body_lacks {
        if text.contains(unwanted.as_str()) {
            let mut failure = missing(body, format!("the body does not contain {unwanted:?}"));
            failure.cause = Cause::HttpBodyMismatch;
            return Err(failure);
        }
    }
    for wanted in &expect.body_matches {
        let regex = RegexBuilder::new(wanted)
            .size_limit(MAX_REGEX_BYTES)
            .build()
            .map_err(|e| Failure::measurement(format!("compile {wanted:?}: {e}")))?;
        if !regex.is_match(&text) {
            return Err(missing(body, format!("the body matches {wanted:?}")));
        }
    }
    expect.body_json.iter().try_for_each(|wanted| check_json(wanted, body))
}

fn check_json(wanted: &JsonExpectation, body: &Body) -> Result<(), Failure> {
    let seen = match json::find(&body.bytes, &wanted.path) {
        Ok(found) => {
            let is_met = match (&found, &wanted.equals) {
                (Found::Nothing, _) => false,
                (_, None) => true,
                (Found::Scalar(value), Some(wanted)) => value.is_same(wanted),
                (Found::Array | Found::Object, Some(_)) => false,
            };
            if is_met {
                return Ok(());
            }
            found.to_string()
        }
        Err(_) if body.is_cut => return Err(missing(body, wanted.to_string())),
        Err(error) => format!("no JSON: {error}"),
    };
    Err(unexpected(Cause::HttpBodyMismatch, wanted.to_string(), clip(&seen)))
}

/// A text that is not there. One that may stand behind the limit is not missing: it was not looked for.
fn missing(body: &Body, expected: String) -> Failure {
    let cause = if body.is_cut { Cause::HttpTooLarge } else { Cause::HttpBodyMismatch };
    let mut failure = unexpected(cause, expected, format!("{} bytes", body.bytes.len()));
    failure.evidence.bytes = Some(body.bytes.len() as u64);
    failure
}

/// Marks a target as slow that was reached, but later than it promises.
pub fn speed(sample: &mut Sample, expect: &Expect, answered_ms: f64) {
    let Some(max) = expect.max_response_ms.filter(|max| answered_ms > f64::from(*max)) else { return };
    debug_assert_eq!(sample.outcome, Outcome::Reached);
    sample.cause = Some(Cause::Slow);
    sample.evidence.expected = Some(format!("within {max} ms"));
    sample.evidence.seen = Some(format!("{answered_ms:.0} ms"));
}

/// Warns of a certificate that expires sooner than it may.
pub fn certificate(sample: &mut Sample, expect: &Expect, now: Timestamp) {
    const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
    let (Some(expected_days), Some(certificate)) = (expect.certificate_days, &sample.certificate) else { return };
    let days_left = certificate.not_after.unix_ms().saturating_sub(now.unix_ms()).div_euclid(DAY_MS);
    if days_left < i64::from(expected_days) {
        sample.evidence.warning = Some(Warning::CertificateExpires { days_left, expected_days });
    }
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
    let seen = if values.is_empty() { "no such header".to_owned() } else { clip(&values.join(", ")) };
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
