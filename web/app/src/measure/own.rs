//! Measures the visitor's own connection with our endpoints: one per family, and one for both.

use crate::{
    found::{
        browser::{Found, Miss, Reach, SelfTest, is_secure},
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
    let reach = Reach {
        at: now(),
        ms: answer.ms,
        status: Some(answer.response.status()),
        is_secure: is_secure(&url),
        timing: probe::timing(&url),
    };
    SelfTest::judge(origin, route, &nonce, document, reach)
}
