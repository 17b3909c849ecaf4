//! Answers: documents, problems, and the headers they carry.

use crate::dial;
use dualwatch_core::measure::time::Timestamp;
use dualwatch_wire::{
    answer::limit::{Limit, RETRY_AFTER_S, RETRY_STORAGE_AFTER_S},
    door::Refusal,
    problem::{self, Problem},
};
use serde::Serialize;
use worker::{Headers, Response, Result, js_sys::Date};

/// The type of every document.
pub const JSON: &str = "application/json";

/// A document for everybody: readable from any origin, never cached without asking.
pub fn document<T: Serialize>(value: &T) -> Result<Response> {
    let mut response = Response::from_json(value)?;
    public(response.headers_mut())?;
    Ok(response)
}

/// A document for other objects of ours.
pub fn internal<T: Serialize>(value: &T) -> Result<Response> {
    Response::from_json(value)
}

/// A problem document.
pub fn problem(problem: &Problem) -> Result<Response> {
    let mut response = Response::from_json(problem)?.with_status(problem.status);
    response.headers_mut().set("content-type", problem::CONTENT_TYPE)?;
    if matches!(problem.status, 503 | 507) {
        response.headers().set("retry-after", &RETRY_STORAGE_AFTER_S.to_string())?;
    }
    public(response.headers_mut())?;
    Ok(response)
}

pub fn not_found(detail: impl Into<String>) -> Result<Response> {
    refuse(&Refusal::NotFound(detail.into()))
}

pub fn bad_request(detail: impl Into<String>) -> Result<Response> {
    refuse(&Refusal::Bad(detail.into()))
}

/// Says that there is no room for this just now, and of what (RFC 9110 section 15.6.4).
pub fn busy(limit: Limit) -> Result<Response> {
    let response = again(limit.detail())?;
    response.headers().set("ratelimit-policy", &limit.policy())?;
    response.headers().set("ratelimit", &limit.spent())?;
    Ok(response)
}

/// Says that the same may be answered in a moment.
pub fn again(detail: &str) -> Result<Response> {
    let response = problem(&Problem::new(503, "unavailable", "Try again", detail))?;
    response.headers().set("retry-after", &RETRY_AFTER_S.to_string())?;
    Ok(response)
}

/// Says that every coding of an answer was refused, its absence included (RFC 9110 section 12.5.3).
pub fn not_acceptable() -> Result<Response> {
    let detail = "Accept-Encoding refuses br, gzip and identity; name one of them";
    let response = problem(&Problem::new(406, "not-acceptable", "No such form", detail))?;
    response.headers().set("vary", "accept-encoding")?;
    Ok(response)
}

/// Says why a request went no further than the door.
pub fn refuse(refusal: &Refusal) -> Result<Response> {
    let response = problem(&refusal.problem())?;
    if let Refusal::Method(allowed) = refusal {
        response.headers().set("allow", allowed)?;
    }
    Ok(response)
}

/// Lets any page read the answer and its timing: these are public facts, and no cookie is ever looked at.
pub fn public(headers: &mut Headers) -> Result<()> {
    headers.set("access-control-allow-origin", "*")?;
    headers.set("timing-allow-origin", "*")?;
    headers.set("cross-origin-resource-policy", "cross-origin")?;
    headers.set("x-content-type-options", "nosniff")?;
    if headers.get("cache-control")?.is_none() {
        headers.set("cache-control", "no-store")?;
    }
    date(headers, dial::now())
}

/// Says when this is answered (RFC 9110 section 6.6.1): what is answered may have been made earlier, and a page sets its
/// clock by this. workerd says nothing of its own; ECMA-262 has this form of a date as `toUTCString`.
pub fn date(headers: &Headers, now: Timestamp) -> Result<()> {
    let text: String = Date::new(&(now.unix_ms() as f64).into()).to_utc_string().into();
    headers.set("date", &text)
}
