//! An answer in one of its forms: as it is, or packed.

use super::Made;
use crate::{flow, reply};
use dualwatch_core::measure::time::Timestamp;
use dualwatch_wire::answer::{coding::Coding, condition};
use worker::{
    Headers, Result,
    js_sys::Uint8Array,
    web_sys::{self, ResponseInit},
};

pub struct Form {
    /// Outside of the WebAssembly memory, so that nothing is copied to serve it.
    pub body: Uint8Array,
    coding: Coding,
    etag: String,
    headers: Headers,
    /// The second that the `Date` among the headers says.
    dated: i64,
}

impl Form {
    /// `hash`: of the body before it was packed.
    pub fn new(body: Uint8Array, coding: Coding, hash: &str, made: &Made, now: Timestamp) -> Result<Self> {
        let etag = coding.tag(hash);
        let mut headers = Headers::new();
        headers.set("content-type", &made.content_type)?;
        headers.set("etag", &etag)?;
        headers.set("vary", "accept-encoding")?;
        if let Some(name) = coding.content_encoding() {
            headers.set("content-encoding", name)?;
        }
        // RFC 9111 section 5.2.2.4: stored by whoever likes, and never used without asking.
        headers.set("cache-control", "no-cache")?;
        for (name, value) in &made.headers {
            headers.set(name, value)?;
        }
        reply::public(&mut headers)?;
        Ok(Self { body, coding, etag, headers, dated: now.unix_ms() / 1_000 })
    }

    /// Returns the answer, or that the asker has it. The host leaves the body out where it was asked for with `HEAD`.
    /// `age_s`: where it could not be confirmed, the seconds since it was.
    pub fn response(
        &mut self,
        request: &web_sys::Request,
        now: Timestamp,
        age_s: Option<i64>,
    ) -> Result<web_sys::Response> {
        let second = now.unix_ms() / 1_000;
        if second != self.dated {
            self.dated = second;
            reply::date(&self.headers, now)?;
        }
        let init = ResponseInit::new();
        match age_s {
            None => init.set_headers_headers(&self.headers.0),
            Some(age_s) => {
                let headers = self.headers.clone();
                headers.set("age", &age_s.to_string())?;
                init.set_headers_headers(&headers.0);
            }
        }
        if self.coding != Coding::Identity {
            flow::as_it_is(&init);
        }
        let known = request.headers().get("if-none-match")?;
        if known.is_some_and(|known| condition::names(&known, &self.etag)) {
            init.set_status(304);
            return Ok(web_sys::Response::new_with_opt_str_and_init(None, &init)?);
        }
        flow::response(&self.body, &init, request.method() == "HEAD")
    }
}
