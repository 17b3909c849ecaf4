//! Whether anything can be stored: what the host program says of its disk, which stored files cannot be used, and rounds
//! that wait in memory.
//!
//! A commit that fails breaks its object after the fact, so nobody here finds out by writing. The host program sees the disk
//! and tells us ([`take_word`]); as long as it says that there is trouble, nothing here writes. On workerd all objects live
//! in this one isolate, so what is known is known to all. Cloudflare has no such host, and no such disk.

use crate::{
    auth,
    body::{self, Bound},
    call,
    dial::now,
    kept::{self, Change},
    reply,
};
use dualwatch_core::{
    measure::time::{MINUTE, Timestamp},
    remember::{
        storage::{Since, Trouble},
        unstored::Unstored,
    },
};
use dualwatch_wire::{
    door::inner::ToDirectory,
    object,
    problem::Problem,
    v1::{Round, Storage, StorageTrouble},
};
use dualwatch_words::storage as words;
use std::{cell::RefCell, time::Duration};
use worker::{Delay, Env, Error, Request, Response, Result, console_error, console_warn};

/// The host repeats itself every ten seconds: what it has not said for so long is not so any more.
const BELIEVED_MS: i64 = MINUTE;
/// The log hears so often of a file that cannot be used.
const LOG_EVERY_MS: i64 = 10 * MINUTE;
/// So much of what could not be stored is kept: about ten thousand rounds.
const MOST_BYTES: usize = 32 * 1024 * 1024;
/// Where it is asked again whether the trouble is over.
const ASK_EVERY: Duration = Duration::from_millis(250);
/// The host's word is a line.
const WORD: Bound = Bound { most_bytes: 1_024, title: "Too long", hint: "send what is wrong and since when" };
/// What workerd says to a caller in place of a reason, which only its log has.
const NO_REASON: &str = "internal error";

thread_local! {
    static STATE: RefCell<State> = const { RefCell::new(State::new()) };
}

struct State {
    /// What the host said, and when.
    told: Option<(Since, Timestamp)>,
    unstored: Unstored,
    /// The files of targets that cannot be used, and when the log heard of each.
    unusable: Vec<(String, Timestamp)>,
    /// The same of the directory's.
    directory_unusable: Option<Timestamp>,
}

impl State {
    const fn new() -> Self {
        let unstored = Unstored::new(MOST_BYTES);
        Self { told: None, unstored, unusable: Vec::new(), directory_unusable: None }
    }
}

/// Returns why nothing can be stored now, where that is so.
pub fn trouble() -> Option<Since> {
    let (since, heard_at) = STATE.with_borrow(|state| state.told)?;
    (now().ms_since(heard_at) < BELIEVED_MS).then_some(since)
}

/// Returns what everybody is told of it.
pub fn published() -> Option<Storage> {
    let trouble = trouble().map(|Since { trouble, since }| StorageTrouble { kind: trouble, since });
    Storage::of(trouble, unusable())
}

/// Takes the host's word, and sees to it that everybody goes on when the trouble is over.
pub async fn take_word(mut request: Request, env: &Env) -> Result<Response> {
    if let Some(refusal) = auth::refuse_without(&auth::HOST, &request, env)? {
        return Ok(refusal);
    }
    let body = match body::text(&mut request, &WORD).await? {
        Ok(body) => body,
        Err(refusal) => return Ok(refusal),
    };
    let told: Storage = match serde_json::from_str(&body.text) {
        Ok(told) => told,
        Err(error) => return reply::bad_request(format!("failed to read what is told: {error}")),
    };
    let before = trouble();
    let is = told.trouble.map(|StorageTrouble { kind, since }| Since { trouble: kind, since });
    STATE.with_borrow_mut(|state| state.told = is.map(|since| (since, now())));
    if before != is {
        kept::note(&Change::Board);
    }
    if before.is_some() && is.is_none() {
        // Alarms that failed meanwhile are tried again late, or never.
        call::directory(env, &ToDirectory::Resume, Some(String::new())).await?;
    }
    Ok(Response::empty()?.with_status(204))
}

/// Returns the refusal of what would have to be stored, where nothing can be.
pub fn refusal() -> Result<Option<Response>> {
    trouble().map(|since| reply::problem(&refused(since, words::refused(since)))).transpose()
}

/// RFC 4918 section 11.5 has a status for a disk that is full.
fn refused(since: Since, detail: String) -> Problem {
    let status = if since.trouble == Trouble::Full { 507 } else { 503 };
    Problem::new(status, "storage", words::title(since.trouble), detail)
}

/// Waits until something can be stored again.
pub async fn outlast() {
    while trouble().is_some() {
        Delay::from(ASK_EVERY).await;
    }
}

/// The same, until a time at the latest.
pub async fn outlast_until(at: Timestamp) {
    while trouble().is_some() && now() < at {
        Delay::from(ASK_EVERY).await;
    }
}

/// Keeps a round in memory that cannot be stored.
pub fn hold(slug: &str, round: &Round) -> Result<()> {
    let text = call::json(round)?;
    STATE.with_borrow_mut(|state| state.unstored.push(slug, text));
    Ok(())
}

/// Returns the rounds of a target that wait in memory, the oldest first.
pub fn held(slug: &str) -> Vec<Round> {
    let texts = STATE.with_borrow(|state| state.unstored.of(slug));
    texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect()
}

pub fn n_held(slug: &str) -> usize {
    STATE.with_borrow(|state| state.unstored.len(slug))
}

/// Forgets rounds that are stored now.
pub fn stored(slug: &str, n: usize) {
    let n_lost = STATE.with_borrow_mut(|state| state.unstored.stored(slug, n));
    if n_lost > 0 {
        console_error!("{n_lost} rounds of {slug} are lost: more waited for space than fit into memory");
    }
}

/// Notes that the object of a target has answered, or that it has failed.
pub fn note_target<T>(env: &Env, slug: &str, result: Result<T>) -> Result<T> {
    match &result {
        Ok(_) => note_answer(slug),
        Err(error) => note_failure(env, slug, error),
    }
    result
}

fn note_answer(slug: &str) {
    let is_news = STATE.with_borrow_mut(|state| {
        let place = state.unusable.iter().position(|(known, _)| known == slug);
        place.map(|place| state.unusable.remove(place)).is_some()
    });
    if is_news {
        console_warn!("what is stored of {slug} can be used again");
        kept::note(&Change::Board);
    }
}

/// Where its file seems to be the reason the log hears that, with the file.
fn note_failure(env: &Env, slug: &str, error: &Error) {
    let text = error.to_string();
    if trouble().is_some() || !text.contains(NO_REASON) {
        return;
    }
    let now = now();
    let (is_news, is_said) =
        STATE.with_borrow_mut(|state| match state.unusable.iter_mut().find(|(known, _)| known == slug) {
            Some((_, said_at)) if now.ms_since(*said_at) < LOG_EVERY_MS => (false, false),
            Some((_, said_at)) => {
                *said_at = now;
                (false, true)
            }
            None => {
                state.unusable.push((slug.to_owned(), now));
                (true, true)
            }
        });
    if is_said {
        let file = file(env, object::TARGETS, slug);
        console_error!("what is stored of {slug} cannot be used: {file} ({text}); {}", words::DOCTOR);
    }
    if is_news {
        kept::note(&Change::Board);
    }
}

/// Whether the target's file cannot be used, as far as is known.
pub fn is_unusable(slug: &str) -> bool {
    STATE.with_borrow(|state| state.unusable.iter().any(|(known, _)| known == slug))
}

fn unusable() -> Vec<String> {
    STATE.with_borrow(|state| state.unusable.iter().map(|(slug, _)| slug.clone()).collect())
}

/// Notes that the directory has answered, or why it has not.
pub fn note_directory<T>(env: &Env, result: Result<T>) -> Result<T> {
    let now = now();
    let failure = match &result {
        Ok(_) => None,
        Err(error) => Some(error.to_string()).filter(|text| trouble().is_none() && text.contains(NO_REASON)),
    };
    let is_said = STATE.with_borrow_mut(|state| {
        let said_at = state.directory_unusable;
        let is_said = failure.is_some() && said_at.is_none_or(|at| now.ms_since(at) >= LOG_EVERY_MS);
        match (&result, is_said) {
            (Ok(_), _) => state.directory_unusable = None,
            (Err(_), true) => state.directory_unusable = Some(now),
            (Err(_), false) => {}
        }
        is_said
    });
    if let Some(text) = failure.filter(|_| is_said) {
        let file = file(env, object::DIRECTORY, object::DIRECTORY_NAME);
        console_error!("the directory's file cannot be used: {file} ({text}); {}", words::DOCTOR);
    }
    result
}

/// Returns the path of an object's file, as far as the host says where its objects are.
fn file(env: &Env, class: &str, name: &str) -> String {
    let folder = env.var("OBJECTS").map(|folder| format!("{folder}/")).unwrap_or_default();
    folder + &object::file(class, name)
}

/// Answers `GET /healthz`.
pub fn health() -> Result<Response> {
    let unhealthy = |line: String| Response::error(line + "\n", 503);
    if let Some(since) = trouble() {
        return unhealthy(words::health(since));
    }
    if STATE.with_borrow(|state| state.directory_unusable.is_some()) {
        return unhealthy("storage: the file of the directory cannot be used; the log names it".to_owned());
    }
    // One of many targets is no reason to start anew: it is said, and nothing else.
    match unusable().len() {
        0 => Response::ok("ok\n"),
        // Not everybody may know which.
        n => Response::ok(format!("ok, but what is stored of {n} of the targets cannot be used; the log names them\n")),
    }
}

/// Returns the problem behind an error of ours on the way to an answer.
pub fn problem(error: &Error) -> Problem {
    let text = error.to_string();
    if let Some(since) = trouble() {
        return Problem { status: 503, ..refused(since, words::unread(since)) };
    }
    let is_about_files = text.contains("SQLITE_") || text.contains(NO_REASON);
    if is_about_files {
        let detail = "what is stored of it cannot be used at the moment; the log names the file";
        return Problem::new(503, "storage", "Not readable", detail);
    }
    Problem::new(500, "internal", "Internal error", "this is a fault of ours; the log has more of it")
}
