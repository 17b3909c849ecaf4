//! One answer that is kept.

use super::{Age, Stamp};
use crate::{flow, reply};
use dualwatch_core::measure::time::Timestamp;
use dualwatch_wire::answer::condition;
use std::hash::{DefaultHasher, Hasher};
use worker::{
    Headers, Result,
    js_sys::Uint8Array,
    web_sys::{self, ResponseInit},
};

/// What an answer is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    /// What is published of all targets.
    Board,
    Incidents,
    /// Both.
    Page,
    /// What the target of this name holds.
    Target(String),
    /// That, and what the directory knows of incidents at the same time.
    Report(String),
}

/// What goes with the body of an answer.
#[derive(Clone, Debug)]
pub struct Made {
    pub content_type: String,
    /// Further headers, such as a policy.
    pub headers: Vec<(&'static str, String)>,
    pub of: Of,
    /// Of what it is made of, as its object counts.
    pub version: String,
    /// How often it is to be confirmed, or made anew where it says how old things are.
    pub every_ms: i64,
    /// From then on it is not true any more.
    pub until: Timestamp,
}

/// What is confirmed is so within this after it is due.
const CONFIRMED_WITHIN_MS: i64 = 2_000;

/// For so many bytes of an answer it is spared a millisecond: 0.3 s of 650 kB, which take some 15 ms to make.
const SPARED_BYTES_PER_MS: i64 = 2_048;

pub struct Kept {
    /// Outside of the WebAssembly memory, so that nothing is copied to serve it.
    pub body: Uint8Array,
    pub of: Of,
    pub age: Age,
    /// When it was last found to be so; `age` says when somebody set out to find that.
    pub confirmed_at: Timestamp,
    made: Made,
    etag: String,
    made_at: Timestamp,
    headers: Headers,
    /// The second that the `Date` among the headers says.
    dated: i64,
}

impl Kept {
    pub fn new(body: &[u8], made: Made, age: Age, now: Timestamp) -> Result<Self> {
        // RFC 9110 section 8.8.3: a strong one, for it changes with every byte.
        let mut hasher = DefaultHasher::new();
        hasher.write(body);
        let etag = format!("\"{:016x}\"", hasher.finish());
        let mut headers = Headers::new();
        headers.set("content-type", &made.content_type)?;
        headers.set("etag", &etag)?;
        // RFC 9111 section 5.2.2.4: stored by whoever likes, and never used without asking.
        headers.set("cache-control", "no-cache")?;
        for (name, value) in &made.headers {
            headers.set(name, value)?;
        }
        reply::public(&mut headers)?;
        let body = Uint8Array::from(body);
        let dated = now.unix_ms() / 1_000;
        let confirmed_at = age.checked_at;
        Ok(Self { body, of: made.of.clone(), age, confirmed_at, made, etag, made_at: now, headers, dated })
    }

    pub fn version(&self) -> &str {
        &self.made.version
    }

    pub fn made(&self) -> Made {
        self.made.clone()
    }

    /// Whether it is still true, as far as anybody here knows.
    ///
    /// Another configuration is seen at once, and so are news, but for a moment after it was made where it is large: when
    /// a thousand targets fall within a minute, readers would otherwise have it made anew for each of them.
    pub fn holds(&self, stamp: Stamp, now: Timestamp) -> bool {
        let spared_ms = match self.of {
            Of::Board | Of::Incidents | Of::Page => i64::from(self.body.length()) / SPARED_BYTES_PER_MS,
            Of::Target(_) | Of::Report(_) => 0,
        };
        let is_spared = (0..spared_ms).contains(&now.ms_since(self.made_at));
        let Stamp { config, news } = self.age.stamp;
        config == stamp.config && (news == stamp.news || is_spared) && self.is_true_at(now)
    }

    /// Whether time alone has not made it wrong.
    pub fn is_true_at(&self, now: Timestamp) -> bool {
        now < self.made.until
    }

    /// Whether its object is to be asked. A clock that was set back asks, too.
    pub fn is_due(&self, now: Timestamp) -> bool {
        !(0..self.made.every_ms).contains(&now.ms_since(self.age.checked_at))
    }

    /// Returns the answer, or that the asker has it. The host leaves the body out where it was asked for with `HEAD`.
    pub fn response(&mut self, request: &web_sys::Request, now: Timestamp) -> Result<web_sys::Response> {
        let second = now.unix_ms() / 1_000;
        if second != self.dated {
            self.dated = second;
            reply::date(&self.headers, now)?;
        }
        let init = ResponseInit::new();
        // RFC 9111 section 5.1: who gets what could not be confirmed is told how old it is.
        let age_s = now.ms_since(self.confirmed_at) / 1_000;
        if age_s * 1_000 > self.made.every_ms + CONFIRMED_WITHIN_MS {
            let headers = self.headers.clone();
            headers.set("age", &age_s.to_string())?;
            init.set_headers_headers(&headers.0);
        } else {
            init.set_headers_headers(&self.headers.0);
        }
        let known = request.headers().get("if-none-match")?;
        if known.is_some_and(|known| condition::names(&known, &self.etag)) {
            init.set_status(304);
            return Ok(web_sys::Response::new_with_opt_str_and_init(None, &init)?);
        }
        flow::response(&self.body, &init, request.method() == "HEAD")
    }
}
