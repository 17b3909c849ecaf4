//! One answer that is kept.

use super::{Age, Stamp, form::Form};
use crate::reply;
use dualwatch_core::measure::time::Timestamp;
use dualwatch_wire::answer::{
    allowance::Allowance,
    asset::WORTH_PACKING_BYTES,
    coding::{Accepted, Coding},
    limit::Limit,
};
use std::hash::{DefaultHasher, Hasher};
use worker::{Result, js_sys::Uint8Array, web_sys};

mod js {
    use worker::{js_sys::Uint8Array, wasm_bindgen::prelude::wasm_bindgen};

    #[wasm_bindgen(module = "/src/pack.js")]
    extern "C" {
        pub fn brotli(body: &Uint8Array) -> Uint8Array;
        pub fn gzip(body: &Uint8Array) -> Uint8Array;
    }
}

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
    /// All of that, and what is published of all targets: a page about this one.
    Service(String),
}

impl Of {
    /// Whether every target changes it.
    const fn is_of_all(&self) -> bool {
        matches!(self, Self::Board | Self::Incidents | Self::Page)
    }
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

/// The same of a page, which takes longer to draw: 0.4 s of 200 kB.
const SPARED_BYTES_OF_A_PAGE_PER_MS: i64 = 512;

/// Whoever sets out to make something anew has it within this, or has given up.
const MADE_WITHIN_MS: i64 = 1_000;

pub struct Kept {
    pub of: Of,
    pub age: Age,
    /// When it was last found to be so; `age` says when somebody set out to find that.
    pub confirmed_at: Timestamp,
    /// When somebody set out to make it anew because of news.
    taken_at: Option<Timestamp>,
    made: Made,
    made_at: Timestamp,
    /// Of the body.
    hash: String,
    plain: Form,
    /// Made when somebody asks for them first.
    brotli: Option<Form>,
    gzip: Option<Form>,
}

impl Kept {
    pub fn new(body: &[u8], made: Made, age: Age, now: Timestamp) -> Result<Self> {
        let mut hasher = DefaultHasher::new();
        hasher.write(body);
        let hash = format!("{:016x}", hasher.finish());
        let plain = Form::new(Uint8Array::from(body), Coding::Identity, &hash, &made, now)?;
        let confirmed_at = age.checked_at;
        let of = made.of.clone();
        Ok(Self { of, age, confirmed_at, taken_at: None, made, made_at: now, hash, plain, brotli: None, gzip: None })
    }

    pub fn version(&self) -> &str {
        &self.made.version
    }

    pub fn until(&self) -> Timestamp {
        self.made.until
    }

    pub fn made(&self) -> Made {
        self.made.clone()
    }

    /// Returns the body as it is.
    pub fn body(&self) -> &Uint8Array {
        &self.plain.body
    }

    /// Returns how many bytes all of its forms have.
    pub fn bytes(&self) -> usize {
        let forms = [Some(&self.plain), self.brotli.as_ref(), self.gzip.as_ref()];
        forms.into_iter().flatten().map(|form| form.body.length() as usize).sum()
    }

    /// Whether it is still true, as far as anybody here knows.
    ///
    /// Another configuration is seen at once, and so are news, but for a moment after it was made where it is large: when
    /// a thousand targets fall within a minute, readers would otherwise have it made anew for each of them. And while one
    /// reader makes it anew, the others are served what there is: each would make the same, one after the other.
    pub fn holds(&self, stamp: Stamp, now: Timestamp) -> bool {
        let Stamp { config, news } = self.age.stamp;
        if config != stamp.config || !self.is_true_at(now) {
            return false;
        }
        news == stamp.news || (0..self.spared_ms()).contains(&now.ms_since(self.made_at)) || self.is_taken(now)
    }

    /// Takes it upon the caller to make it anew, where others are to be served meanwhile.
    pub fn take(&mut self, stamp: Stamp, now: Timestamp) {
        if self.of.is_of_all() && self.age.stamp.config == stamp.config && self.is_true_at(now) {
            self.taken_at = Some(now);
        }
    }

    fn is_taken(&self, now: Timestamp) -> bool {
        self.taken_at.is_some_and(|at| (0..MADE_WITHIN_MS).contains(&now.ms_since(at)))
    }

    /// For how long after it was made news are not looked at.
    fn spared_ms(&self) -> i64 {
        let is_page = self.made.content_type.starts_with("text/html");
        let per_ms = if is_page { SPARED_BYTES_OF_A_PAGE_PER_MS } else { SPARED_BYTES_PER_MS };
        if self.of.is_of_all() { i64::from(self.body().length()) / per_ms } else { 0 }
    }

    /// Whether time alone has not made it wrong.
    pub fn is_true_at(&self, now: Timestamp) -> bool {
        now < self.made.until
    }

    /// Whether its object is to be asked. A clock that was set back asks, too.
    pub fn is_due(&self, now: Timestamp) -> bool {
        !(0..self.made.every_ms).contains(&now.ms_since(self.age.checked_at))
    }

    /// Returns the answer in the form that the asker takes, or that the asker has it. A form that nobody asked for before
    /// is made, as far as that is allowed.
    pub fn response(
        &mut self,
        request: &web_sys::Request,
        now: Timestamp,
        allowance: &mut Allowance,
    ) -> Result<web_sys::Response> {
        let field = request.headers().get("accept-encoding")?;
        let accepted = Accepted::of(field.as_deref());
        let bytes = self.body().length() as usize;
        // RFC 9111 section 5.1: who gets what could not be confirmed is told how old it is.
        let age_s = now.ms_since(self.confirmed_at) / 1_000;
        let age_s = (age_s * 1_000 > self.made.every_ms + CONFIRMED_WITHIN_MS).then_some(age_s);
        let form = match accepted.choose(bytes >= WORTH_PACKING_BYTES) {
            Some(coding @ (Coding::Brotli | Coding::Gzip)) => match self.packed(coding, now, allowance)? {
                Some(form) => form,
                None if accepted.choose(false) == Some(Coding::Identity) => &mut self.plain,
                None => return Ok(reply::busy(Limit::Packing)?.into()),
            },
            Some(Coding::Identity) => &mut self.plain,
            None => return Ok(reply::not_acceptable()?.into()),
        };
        form.response(request, now, age_s)
    }

    /// Returns the body packed so; `None` where it is not yet, and may not be now.
    fn packed(&mut self, coding: Coding, now: Timestamp, allowance: &mut Allowance) -> Result<Option<&mut Form>> {
        let plain = &self.plain.body;
        let slot = if coding == Coding::Gzip { &mut self.gzip } else { &mut self.brotli };
        if slot.is_none() && allowance.take(plain.length() as usize, now) {
            let body = if coding == Coding::Gzip { js::gzip(plain) } else { js::brotli(plain) };
            *slot = Some(Form::new(body, coding, &self.hash, &self.made, now)?);
        }
        Ok(slot.as_mut())
    }
}
