//! Bodies of requests: read as far as they may be, and not a byte further.
//!
//! Every body that comes from outside is read here. What announces too much is refused before anything of it is read;
//! what announces nothing, or lies, is cut at the bound and cancelled. What is read at the same time is bounded as well,
//! so that nobody makes us hold many of the largest at once.

use crate::reply;
use dualwatch_wire::{answer::limit::Limit, problem::Problem};
use futures_util::{Stream, StreamExt};
use std::cell::Cell;
use worker::{Request, Response, Result};

thread_local! {
    /// So many bytes of bodies are held by all requests together.
    static HELD: Cell<usize> = const { Cell::new(0) };
}

/// What is said of a body that is too large: it depends on what is sent there.
#[derive(Clone, Copy)]
pub struct Bound {
    pub most_bytes: usize,
    /// The title of the problem.
    pub title: &'static str,
    /// What to do instead.
    pub hint: &'static str,
}

impl Bound {
    /// Returns the refusal of a body that is larger.
    pub fn refuse(&self) -> Result<Response> {
        let detail = format!("at most {} bytes are taken at once; {}", self.most_bytes, self.hint);
        reply::problem(&Problem::new(413, "too-large", self.title, detail))
    }

    /// Whether a request announces more.
    fn is_broken_by(&self, request: &Request) -> Result<bool> {
        Ok(announced(request)?.is_some_and(|length| length > self.most_bytes))
    }
}

/// A body that was read whole. It counts as held until it is dropped.
pub struct Body {
    pub text: String,
    _room: Room,
}

/// Reads a body as text (UTF-8), or returns why it is not taken.
pub async fn text(request: &mut Request, bound: &Bound) -> Result<std::result::Result<Body, Response>> {
    if bound.is_broken_by(request)? {
        return Ok(Err(bound.refuse()?));
    }
    let mut room = Room::default();
    let mut bytes = Vec::new();
    // Dropped where reading ends, which cancels what was not read.
    let mut stream = chunks(request)?;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk?;
        if bytes.len() + chunk.len() > bound.most_bytes {
            return Ok(Err(bound.refuse()?));
        }
        if !room.take(chunk.len()) {
            return Ok(Err(reply::busy(Limit::Bodies)?));
        }
        bytes.extend_from_slice(&chunk);
    }
    // What the Fetch standard's `text()` leaves out as well: a byte order mark.
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Ok(Body { text, _room: room })),
        Err(error) => {
            let at = error.utf8_error().valid_up_to() + 1;
            Ok(Err(reply::bad_request(format!("the body is not UTF-8: its byte {at} begins no character"))?))
        }
    }
}

/// Counts the bytes of a body and keeps none of them, or returns why it is not taken.
pub async fn swallow(request: &mut Request, bound: &Bound) -> Result<std::result::Result<usize, Response>> {
    if bound.is_broken_by(request)? {
        return Ok(Err(bound.refuse()?));
    }
    let mut n_bytes = 0;
    let mut stream = chunks(request)?;
    while let Some(chunk) = stream.next().await {
        n_bytes += chunk?.len();
        if n_bytes > bound.most_bytes {
            return Ok(Err(bound.refuse()?));
        }
    }
    Ok(Ok(n_bytes))
}

/// The pieces of a body as they come in; none of a request without one.
fn chunks(request: &mut Request) -> Result<impl Stream<Item = Result<Vec<u8>>> + Unpin> {
    let stream = if request.inner().body().is_some() { Some(request.stream()?) } else { None };
    Ok(futures_util::stream::iter(stream).flatten())
}

/// RFC 9110 section 8.6: the length that a body will have. `None`: it comes in chunks.
fn announced(request: &Request) -> Result<Option<usize>> {
    let length = request.headers().get("content-length")?;
    // More digits than a number holds are more bytes, too.
    Ok(length.filter(|text| text.bytes().all(|b| b.is_ascii_digit())).map(|text| text.parse().unwrap_or(usize::MAX)))
}

/// The part of [`Limit::Bodies`] that one body has.
#[derive(Default)]
struct Room {
    n_bytes: usize,
}

impl Room {
    /// Takes more; `false` where there is not so much left.
    fn take(&mut self, n_bytes: usize) -> bool {
        let held = HELD.get() + n_bytes;
        if held > Limit::Bodies.quota() as usize {
            return false;
        }
        HELD.set(held);
        self.n_bytes += n_bytes;
        true
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        HELD.set(HELD.get().saturating_sub(self.n_bytes));
    }
}
