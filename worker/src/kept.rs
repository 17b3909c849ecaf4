//! Answers that were made once and are kept in the memory of the isolate: plain bytes with their headers, named by a tag.
//!
//! An answer is made of what an object holds: the directory, or a target. Where the object lives in this very isolate, as
//! all do on workerd, it counts its changes here ([`note`]), so that what is served is exact. Elsewhere, as mostly on
//! Cloudflare, nobody counts: so a kept answer is also confirmed at its object once a second, by a call that carries the
//! version that it was made of ([`ask`]). Who finds that due does it; the others are served meanwhile.
//!
//! Nothing of a visitor is in a name: names are canonical paths with parsed values, and what is kept is bounded in bytes.
//! What only a token opens is never here.

mod ask;
mod entry;
mod form;

pub use ask::{Answered, Asked, Source, Version, answer, ask, ask_whole, body, gone, json, known, read};
pub use entry::{Made, Of};

use crate::{arrival, dial::now};
use dualwatch_core::measure::time::{SECOND, Timestamp};
use dualwatch_wire::{
    answer::{allowance::Allowance, language::Language, limit::Limit, shelf::Shelf},
    door::{address, inner},
};
use entry::Kept;
use std::{cell::RefCell, collections::HashMap};
use worker::{Request, Result, js_sys::Math, web_sys};

/// How often what is kept is confirmed at its object.
pub const CONFIRM_EVERY_MS: i64 = SECOND;
/// Cloudflare gives an isolate 128 MB in all.
const MOST_BYTES: usize = 24 * 1024 * 1024;
/// One that is larger is sent and not kept: it would push out too much.
const MOST_BYTES_EACH: usize = MOST_BYTES / 4;

thread_local! {
    static ISOLATE: RefCell<Isolate> = RefCell::new(Isolate::new());
}

struct Isolate {
    /// Tells an object whether whoever asks shares its memory.
    id: String,
    shelf: Shelf<Kept>,
    packing: Allowance,
    n_changes: Changes,
}

/// How often what has changed.
#[derive(Default)]
struct Changes {
    config: u64,
    board: u64,
    incidents: u64,
    targets: HashMap<String, u64>,
}

impl Changes {
    /// Returns what becomes larger whenever something changes that an answer is made of.
    fn stamp(&self, of: &Of) -> Stamp {
        let target = |slug| self.targets.get(slug).copied().unwrap_or_default();
        let news = match of {
            Of::Board => self.board,
            Of::Incidents => self.incidents,
            Of::Page => self.board + self.incidents,
            Of::Target(slug) => target(slug),
            Of::Report(slug) => target(slug) + self.incidents,
            Of::Service(slug) => target(slug) + self.board + self.incidents,
        };
        Stamp { config: self.config, news }
    }
}

/// How often what an answer is made of had changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    pub config: u64,
    pub news: u64,
}

impl Isolate {
    fn new() -> Self {
        let packing = Allowance::new(Limit::Packing.quota() as usize, now());
        Self { id: random(), shelf: Shelf::new(MOST_BYTES), packing, n_changes: Changes::default() }
    }

    /// Answers with what is kept under a name; a form that is made for it weighs from then on.
    fn answer(&mut self, name: &str, request: &web_sys::Request, now: Timestamp) -> Option<Result<web_sys::Response>> {
        let kept = self.shelf.get(name)?;
        let before = kept.bytes();
        let response = kept.response(request, now, &mut self.packing);
        let bytes = kept.bytes();
        if bytes != before {
            self.shelf.weigh(name, bytes);
        }
        Some(response)
    }

    /// Returns what is kept under a name, where it may be served at `now`.
    fn fresh(&mut self, name: &str, now: Timestamp) -> Option<&mut Kept> {
        let Self { shelf, n_changes, .. } = self;
        shelf.get(name).filter(|kept| kept.holds(n_changes.stamp(&kept.of), now) && !kept.is_due(now))
    }

    /// The same; where it is to be confirmed, or to be made anew, that is left to the caller: whoever asks next is served
    /// what there is.
    fn fresh_or_mine(&mut self, name: &str, now: Timestamp) -> Option<&mut Kept> {
        let Self { shelf, n_changes, .. } = self;
        let kept = shelf.get(name)?;
        let stamp = n_changes.stamp(&kept.of);
        if !kept.holds(stamp, now) {
            kept.take(stamp, now);
            return None;
        }
        if kept.is_due(now) {
            kept.age.checked_at = now;
            return None;
        }
        Some(kept)
    }
}

/// Returns text that no other isolate and no other object has.
pub fn random() -> String {
    let part = || (Math::random() * f64::from(u32::MAX)) as u32;
    format!("{:08x}{:08x}", part(), part())
}

/// What has changed.
pub enum Change<'a> {
    /// Another configuration: every answer is made anew.
    Config,
    /// News of a target.
    Board,
    Incidents,
    /// Anything that the target of this name holds.
    Target(&'a str),
}

/// Counts a change, so that nothing is served any more that was made before.
pub fn note(change: &Change) {
    ISOLATE.with_borrow_mut(|Isolate { n_changes: n, .. }| match change {
        Change::Config => n.config += 1,
        Change::Board => n.board += 1,
        Change::Incidents => n.incidents += 1,
        Change::Target(slug) => *n.targets.entry((*slug).to_owned()).or_default() += 1,
    });
}

/// Returns how many configurations there were here: what was made under an earlier one is not true any more.
pub fn n_configs() -> u64 {
    ISOLATE.with_borrow(|isolate| isolate.n_changes.config)
}

/// Returns the name of an answer that there is in several languages.
pub fn in_language(name: &str, language: Language) -> String {
    format!("{name} in {}", language.code())
}

/// Returns the kept answer to a request as it came in, where there is one: what most requests need, and nothing else.
pub fn front(request: &web_sys::Request) -> Option<web_sys::Response> {
    if !matches!(&*request.method(), "GET" | "HEAD") {
        return None;
    }
    let url = arrival::url(request)?;
    let (authority, path) = address::split(&url)?;
    if inner::is_inner(authority) {
        return None;
    }
    // Whoever bears a token may be told more.
    if path.starts_with("/api/v1/") && request.headers().has("authorization").unwrap_or(true) {
        return None;
    }
    let now = now();
    ISOLATE.with_borrow_mut(|isolate| {
        // What says where it was asked for has its whole address as its name; what there is in several languages, its language
        // as well. What the address itself chooses is read later.
        let spoken = || {
            let field =
                if url.contains("lang=") { return None } else { request.headers().get("accept-language").ok()? };
            let language = Language::negotiate(field.as_deref());
            Some([path, &url].map(|name| in_language(name, language)))
        };
        let name = match [path, &url].into_iter().find(|name| isolate.shelf.get(name).is_some()) {
            Some(name) => name.to_owned(),
            None => spoken()?.into_iter().find(|name| isolate.shelf.get(name).is_some())?,
        };
        isolate.fresh(&name, now)?;
        isolate.answer(&name, request, now)?.ok()
    })
}

/// Returns what is kept under a name, where it may be served. `None`: the caller makes it.
pub fn serve(name: &str, request: &Request) -> Result<Option<web_sys::Response>> {
    let now = now();
    ISOLATE.with_borrow_mut(|isolate| {
        let is_fresh = isolate.fresh_or_mine(name, now).is_some();
        is_fresh.then(|| isolate.answer(name, request.inner(), now)).flatten().transpose()
    })
}

/// Returns what was kept under a name a moment ago, on the request's own behalf.
pub fn serve_new(name: &str, request: &Request) -> Result<Option<web_sys::Response>> {
    ISOLATE.with_borrow_mut(|isolate| isolate.answer(name, request.inner(), now()).transpose())
}

/// The body of what is kept, as text, for another form of the same to be made from it.
pub struct Earlier {
    pub text: String,
    pub made: Made,
    /// Of what this was made of: what is made from it is no newer.
    pub age: Age,
}

/// How new something is.
#[derive(Clone, Copy)]
pub struct Age {
    /// Of what it is made of; taken before it was made, so that what changed meanwhile makes it old at once.
    pub stamp: Stamp,
    pub checked_at: Timestamp,
}

impl Age {
    /// Returns the age of what is made from now on.
    pub fn new(of: &Of) -> Self {
        Self { stamp: ISOLATE.with_borrow(|isolate| isolate.n_changes.stamp(of)), checked_at: now() }
    }
}

/// Returns what was kept under a name a moment ago.
pub fn earlier(name: &str) -> Option<Earlier> {
    ISOLATE.with_borrow_mut(|isolate| {
        let kept = isolate.shelf.get(name)?;
        Some(Earlier {
            text: String::from_utf8(kept.body().to_vec()).ok()?,
            made: kept.made(),
            age: Age { checked_at: kept.confirmed_at, ..kept.age },
        })
    })
}

/// Whether what is kept under a name may still be served, without taking upon oneself what is due.
pub fn is_fresh(name: &str) -> bool {
    ISOLATE.with_borrow_mut(|isolate| isolate.fresh(name, now()).is_some())
}

/// Whether what is kept under a name was made of what is kept under another one, and may still be served.
pub fn is_as_new(name: &str, of: &str) -> bool {
    ISOLATE.with_borrow_mut(|isolate| {
        let Some((made, age)) = isolate.shelf.get(of).map(|kept| (kept.made(), kept.age)) else { return false };
        // Time alone makes another one of the same version, which is true for longer.
        let is_of = |kept: &&mut Kept| kept.version() == made.version && kept.until() == made.until;
        let Some(kept) = isolate.shelf.get(name).filter(is_of) else { return false };
        // Whoever confirmed the one has confirmed the other.
        kept.age = age;
        kept.confirmed_at = age.checked_at;
        true
    })
}

/// Keeps an answer. Returns whether it is not too large for that.
pub fn keep(name: &str, body: &[u8], made: Made, age: Age) -> Result<bool> {
    if body.len() > MOST_BYTES_EACH {
        return Ok(false);
    }
    let kept = Kept::new(body, made, age, now())?;
    ISOLATE.with_borrow_mut(|isolate| isolate.shelf.put(name, kept, body.len()));
    Ok(true)
}

/// Forgets what is kept under a name.
pub fn forget(name: &str) {
    ISOLATE.with_borrow_mut(|isolate| isolate.shelf.remove(name));
}
