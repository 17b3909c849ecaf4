//! Measures the visitor's own connection with our endpoints: one per family, and one for both.

use crate::{
    found::{
        browser::{Doubt, Found, Miss, Reach, SelfTest},
        route::Route,
    },
    measure::{
        host,
        probe::{self, Ended, Violations},
        refusal,
    },
};
use dualwatch_core::measure::{cause::Cause, time::Timestamp};
use dualwatch_wire::v1::ProbeAnswer;
use web_sys::RequestMode;

/// Asks the endpoint at `origin` once. `now` tells the worker's time.
pub async fn ask(
    origin: &str,
    route: Route,
    timeout_ms: u32,
    violations: &Violations,
    now: impl Fn() -> Timestamp,
) -> SelfTest {
    let nonce = host::nonce();
    let url = format!("{}/probe/ip?nonce={nonce}", origin.trim_end_matches('/'));
    let failed = |found| SelfTest { found, ..SelfTest::default() };
    if let Some(cause) = refusal::certain(&host::protocol(), &url) {
        return failed(Found::Refused(cause));
    }
    let answer = match probe::get(&url, RequestMode::Cors, timeout_ms).await {
        Ok(answer) => answer,
        Err(_) if violations.explain(&url).await => return failed(Found::Refused(Cause::PolicyBrowserCsp)),
        Err(Ended { after_ms, is_timeout }) => return failed(Found::Failed(Miss { at: now(), after_ms, is_timeout })),
    };
    let document: Option<ProbeAnswer> = answer.json().await.and_then(host::read);
    let reach = Reach { at: now(), ms: answer.ms, status: Some(answer.response.status()), timing: probe::timing(&url) };
    judge(document, &nonce, route, reach)
}

/// Decides what an answer proves: it must be to this very question, and over the family that was meant.
fn judge(document: Option<ProbeAnswer>, nonce: &str, route: Route, reach: Reach) -> SelfTest {
    let found = Found::Reached(reach);
    let Some(document) = document.filter(|d| d.nonce.as_deref() == Some(nonce)) else {
        return SelfTest { found, doubt: Some(Doubt::NotOurs), ..SelfTest::default() };
    };
    let is_other = |meant| document.family.is_some_and(|seen| seen != meant);
    SelfTest {
        found,
        doubt: route.family().is_some_and(is_other).then_some(Doubt::WrongFamily),
        family_seen: document.family,
        address_seen: document.ip,
    }
}
