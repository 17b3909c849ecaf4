//! Whether an answer is what the target promises.

mod body;

use crate::{
    body::MAX_BODY_BYTES,
    charset::{self, Read},
    classify::{Failure, clip},
    coding::{self, Decoded},
    dial::{Clock, Deadline, Decode},
    exchange::Answer,
    work::Work,
};
use dualwatch_core::measure::{
    cause::Cause,
    sample::{Outcome, Sample, Warning},
    target::{Expect, HeaderExpectation},
    time::Timestamp,
};
use http::header;

/// An answer that is as expected, as far as it can be read here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Met {
    All,
    /// All but what is expected of the body, which came in a coding or charset that is not read here: which one, for people.
    AllButBody(String),
}

/// Checks status, headers and body, in that order.
pub async fn answer<H: Clock + Decode>(
    host: &H,
    deadline: Deadline,
    expect: &Expect,
    answer: &Answer,
) -> Result<Met, Failure> {
    if !expect.accepts_status(answer.status) {
        let mut failure = unexpected(Cause::HttpStatus, accepted(expect), answer.status.to_string());
        failure.evidence.allow = allow(answer);
        return Err(failure);
    }
    for header in &expect.headers {
        check_header(header, answer)?;
    }
    if expect.reads_body() {
        let mut work = Work::new(host, deadline);
        let body = match coding::decode(&mut work, &answer.body, &answer.headers, MAX_BODY_BYTES).await? {
            Decoded::Body(body) => body,
            Decoded::Unread(coding) => return Ok(Met::AllButBody(coding)),
        };
        match charset::read(&mut work, host, &body, &answer.headers, MAX_BODY_BYTES).await? {
            Read::Text { text, is_cut } => body::check(&mut work, expect, &body, &text, is_cut).await?,
            Read::Unread(charset) => return Ok(Met::AllButBody(charset)),
        }
    }
    Ok(Met::All)
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
    // That a body is unread says more: whatever else is there may be there for long.
    if days_left < i64::from(expected_days) && sample.evidence.warning.is_none() {
        let made_for = certificate.not_before.map(|from| certificate.not_after.ms_since(from).div_euclid(DAY_MS));
        let made_for_days = made_for.filter(|days| *days <= i64::from(expected_days));
        sample.evidence.warning = Some(Warning::CertificateExpires { days_left, expected_days, made_for_days });
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

/// Whether a status is about the method that was asked with (RFC 9110 sections 15.5.6 and 15.6.2).
pub const fn is_about_method(status: u16) -> bool {
    matches!(status, 405 | 501)
}

/// What a server takes instead of the method that it was asked with (RFC 9110 section 10.2.1).
fn allow(answer: &Answer) -> Option<String> {
    if !is_about_method(answer.status) {
        return None;
    }
    let values = answer.headers.get_all(header::ALLOW).iter();
    let values: Vec<_> = values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    (!values.is_empty()).then(|| clip(&values.join(", ")))
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
