//! One request from the browser: how it ended, after how long, and what the timing API tells of it.

use crate::{
    found::browser::{Found, Miss, Reach, Timing, is_secure},
    measure::{host, refusal},
};
use dualwatch_core::measure::{cause::Cause, time::Timestamp};
use gloo_timers::callback::Timeout;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, PerformanceResourceTiming, ReferrerPolicy, Request, RequestCache, RequestCredentials, RequestInit,
    RequestMode, Response, SecurityPolicyViolationEvent, Url,
};

/// A request that failed: after how long, and whether our own timer ended it.
#[derive(Clone, Copy, Debug)]
pub struct Ended {
    pub after_ms: f64,
    pub is_timeout: bool,
}

/// An answer whose head has come. The time limit goes on until this is dropped, so that it covers the body, too.
pub struct Answer {
    pub response: Response,
    /// From the request to the head of the answer.
    pub ms: f64,
    _limit: Limit,
}

impl Answer {
    /// Returns when it was sent by the sender's clock: the middle of the second that its `Date` names.
    pub fn date_ms(&self) -> Option<i64> {
        let date = js_sys::Date::parse(&self.response.headers().get("date").ok()??);
        date.is_finite().then(|| date as i64 + 500)
    }

    /// Reads the body as JSON.
    pub async fn json(&self) -> Option<JsValue> {
        JsFuture::from(self.response.json().ok()?).await.ok()
    }
}

/// Aborts a request when its time is over.
struct Limit {
    controller: AbortController,
    is_over: Rc<Cell<bool>>,
    _timer: Timeout,
}

impl Limit {
    fn new(ms: u32) -> Option<Self> {
        let controller = AbortController::new().ok()?;
        let is_over = Rc::new(Cell::new(false));
        let timer = {
            let (controller, is_over) = (controller.clone(), Rc::clone(&is_over));
            Timeout::new(ms, move || {
                is_over.set(true);
                controller.abort();
            })
        };
        Some(Self { controller, is_over, _timer: timer })
    }
}

/// Sends a GET without credentials, past every cache.
pub async fn get(url: &str, mode: RequestMode, timeout_ms: u32) -> Result<Answer, Ended> {
    let began = host::stopwatch_ms();
    let limit = Limit::new(timeout_ms);
    let ended = |limit: Option<&Limit>| Ended {
        after_ms: host::stopwatch_ms() - began,
        is_timeout: limit.is_some_and(|l| l.is_over.get()),
    };
    let Some(limit) = limit else { return Err(ended(None)) };
    let init = RequestInit::new();
    init.set_method("GET");
    init.set_mode(mode);
    init.set_cache(RequestCache::NoStore);
    init.set_credentials(RequestCredentials::Omit);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    init.set_signal(Some(&limit.controller.signal()));
    let Ok(request) = Request::new_with_str_and_init(url, &init) else { return Err(ended(Some(&limit))) };
    match JsFuture::from(host::window().fetch_with_request(&request)).await {
        Ok(response) => {
            Ok(Answer { response: response.unchecked_into(), ms: host::stopwatch_ms() - began, _limit: limit })
        }
        Err(_) => Err(ended(Some(&limit))),
    }
}

/// Returns the phases of the newest request to `url`, as far as its server lets this page see them.
pub fn timing(url: &str) -> Timing {
    let Some(performance) = host::performance() else { return Timing::default() };
    let entries = performance.get_entries_by_name_with_entry_type(&absolute(url), "resource");
    let Ok(entry) = entries.get(entries.length().saturating_sub(1)).dyn_into::<PerformanceResourceTiming>() else {
        return Timing::default();
    };
    // Everything that is hidden is 0, and both ends of a connection that was there already are equal.
    let span = |from: f64, to: f64| (from > 0.0 && to > from).then_some(to - from);
    let secure = entry.secure_connection_start();
    let tcp_end = if secure > 0.0 { secure } else { entry.connect_end() };
    Timing {
        connect: span(entry.connect_start(), tcp_end),
        tls: span(secure, entry.connect_end()),
        first_byte: span(entry.request_start(), entry.response_start()),
    }
}

/// Forgets the timing entries, so that the browser's buffer (250 by default) never fills up.
pub fn forget_timings() {
    if let Some(performance) = host::performance() {
        performance.clear_resource_timings();
    }
}

/// Returns a URL as the browser writes it, without its fragment.
fn absolute(url: &str) -> String {
    Url::new(url).map_or_else(
        |_| url.to_owned(),
        |url| {
            url.set_hash("");
            url.href()
        },
    )
}

/// The addresses that this page's own content security policy has refused.
#[derive(Clone, Default)]
pub struct Violations(Rc<RefCell<Vec<String>>>);

impl Violations {
    /// Listens for as long as the page lives.
    pub fn listen() -> Self {
        let this = Self::default();
        let seen = Rc::clone(&this.0);
        let on_violation = Closure::<dyn FnMut(_)>::new(move |event: SecurityPolicyViolationEvent| {
            seen.borrow_mut().push(event.blocked_uri());
        });
        let added = host::document()
            .add_event_listener_with_callback("securitypolicyviolation", on_violation.as_ref().unchecked_ref());
        if added.is_ok() {
            on_violation.forget();
        }
        this
    }

    /// Whether a request to `url` that has just failed never left the browser.
    pub async fn explain(&self, url: &str) -> bool {
        // The event comes as a task of its own, after the rejection.
        host::sleep(0).await;
        self.0.borrow().contains(&absolute(url))
    }
}

/// Measures one URL of a target. `now` tells the worker's time.
///
/// An answer that may not be read still proves that the target answers, so a refusal to read (which looks like any
/// other failure) is asked again without wanting to read.
pub async fn target(url: &str, timeout_ms: u32, violations: &Violations, now: impl Fn() -> Timestamp) -> Found {
    if let Some(cause) = refusal::certain(&host::protocol(), url) {
        return Found::Refused(cause);
    }
    let readable = get(url, RequestMode::Cors, timeout_ms).await;
    let answer = match readable {
        Err(Ended { is_timeout: false, .. }) => {
            if violations.explain(url).await {
                return Found::Refused(Cause::PolicyBrowserCsp);
            }
            match get(url, RequestMode::NoCors, timeout_ms).await {
                Ok(opaque) => Ok((None, opaque.ms)),
                Err(ended) if ended.is_timeout => Err(ended),
                Err(_) => readable.map(|answer| (None, answer.ms)),
            }
        }
        Err(ended) => Err(ended),
        Ok(answer) => Ok((Some(answer.response.status()), answer.ms)),
    };
    match answer {
        Ok((status, ms)) => {
            Found::Reached(Reach { at: now(), ms, status, is_secure: is_secure(url), timing: timing(url) })
        }
        Err(Ended { after_ms, is_timeout }) => Found::Failed(Miss { at: now(), after_ms, is_timeout }),
    }
}
