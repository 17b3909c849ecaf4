//! How an answer is asked for at the object that makes it, and how the object answers.

use super::{Age, CONFIRM_EVERY_MS, Earlier, ISOLATE, Made, Of, earlier, forget, keep, random};
use crate::{call, dial::now, flow, reader, reply, storage};
use dualwatch_core::measure::time::Timestamp;
use dualwatch_wire::door::{Asks, Document};
use serde::de::DeserializeOwned;
use worker::{Env, Error, Headers, Request, Response, Result, js_sys::Uint8Array, web_sys::ResponseInit};

/// The name that the asker keeps the answer under.
const NAME: &str = "kept-name";
/// The isolate of the asker.
const ISOLATE_ID: &str = "kept-isolate";
/// The version that the asker has, and the one that the answer is of.
const VERSION: &str = "kept-version";
/// Milliseconds since 1970, after which the answer is not true any more.
const UNTIL: &str = "kept-until";

/// The one header of an answer of an object that readers see as well.
const MODIFIED: &str = "last-modified";

/// An answer as it can be asked for.
#[derive(Clone, Debug)]
pub struct Source {
    /// The canonical path and query.
    pub name: String,
    pub of: Of,
    pub asks: Asks,
}

impl From<&Document> for Source {
    fn from(document: &Document) -> Self {
        let of = match document {
            Document::Status { .. } => Of::Board,
            Document::Incidents { .. } | Document::Feed { .. } | Document::Months { .. } => Of::Incidents,
            Document::Statuspage { .. } => Of::Page,
            Document::Detail(slug)
            | Document::Rounds(slug, _)
            | Document::Availability(slug)
            | Document::History(slug, ..) => Of::Target(slug.to_string()),
            Document::Incident(name) | Document::Report(name) => Of::Report(name.slug().to_string()),
        };
        // What has marks in it is kept under a name that nobody can ask for.
        let name = document.name();
        let name = if document.is_placed() { format!("marked {name}") } else { name };
        Self { name, of, asks: document.asks() }
    }
}

/// What became of asking.
pub enum Answered {
    /// It is kept under its name.
    Kept,
    /// It is not one that is kept: a refusal, or too large.
    Otherwise(Response),
    /// The directory does not know what is asked for.
    Unknown,
}

/// Sees to it that an answer is kept that is true now.
pub async fn ask(env: &Env, source: &Source) -> Result<Answered> {
    let Source { name, of, .. } = source;
    let mine = ISOLATE.with_borrow_mut(|isolate| {
        let now = now();
        if isolate.fresh_or_mine(name, now).is_some() {
            return None;
        }
        let known = isolate.shelf.get(name).filter(|kept| kept.is_true_at(now));
        Some((isolate.id.clone(), known.map(|kept| kept.version().to_owned()).unwrap_or_default()))
    });
    let Some((isolate, version)) = mine else { return Ok(Answered::Kept) };
    let age = Age::new(of);
    let headers = [(NAME, &**name), (ISOLATE_ID, &isolate), (VERSION, &version)];
    let asked = match ask_object(env, source, &headers).await {
        Ok(asked) => asked,
        // What cannot be read just now is not forgotten: it is served with its age.
        Err(_) if storage::trouble().is_some() && is_there(name) => return Ok(Answered::Kept),
        Err(error) => {
            forget(name);
            return Err(error);
        }
    };
    let Some(mut response) = asked else {
        forget(name);
        return Ok(Answered::Unknown);
    };
    match response.status_code() {
        // It is as it was, or was kept by the object itself.
        304 | 204 => {
            let is_kept = ISOLATE.with_borrow_mut(|isolate| {
                // One that the object has kept itself may be of later than we asked.
                let kept = isolate.shelf.get(name)?;
                kept.age = Age { stamp: kept.age.stamp.max(age.stamp), checked_at: now() };
                kept.confirmed_at = kept.age.checked_at;
                Some(())
            });
            if is_kept.is_some() { Ok(Answered::Kept) } else { again(env, source).await }
        }
        200 => {
            let header = |name: &str| Ok::<_, worker::Error>(response.headers().get(name)?.unwrap_or_default());
            let made = Made {
                content_type: header("content-type")?,
                headers: response.headers().get(MODIFIED)?.map(|at| (MODIFIED, at)).into_iter().collect(),
                of: of.clone(),
                version: header(VERSION)?,
                every_ms: CONFIRM_EVERY_MS,
                until: Timestamp::from_unix_ms(header(UNTIL)?.parse().unwrap_or_default()),
            };
            let body = response.bytes().await?;
            if keep(name, &body, made.clone(), age)? {
                return Ok(Answered::Kept);
            }
            forget(name);
            let headers = Headers::new();
            headers.set("content-type", &made.content_type)?;
            let init = ResponseInit::new();
            init.set_headers_headers(&headers.0);
            let whole = flow::response(&Uint8Array::from(&*body), &init, false)?;
            Ok(Answered::Otherwise(whole.into()))
        }
        _ => {
            forget(name);
            Ok(Answered::Otherwise(response))
        }
    }
}

fn is_there(name: &str) -> bool {
    ISOLATE.with_borrow_mut(|isolate| isolate.shelf.get(name).is_some())
}

/// Asks for the whole answer: what was kept a moment ago had to give way already.
async fn again(env: &Env, source: &Source) -> Result<Answered> {
    let whole = ask_object(env, source, &[(NAME, &source.name)]).await?;
    Ok(whole.map_or(Answered::Unknown, Answered::Otherwise))
}

/// Asks on behalf of the operator, to whom nothing is hidden: the answer is kept nowhere. `None`: there is nothing of the kind.
pub async fn ask_whole(env: &Env, source: &Source) -> Result<Option<Response>> {
    ask_object(env, source, &[reader::FOR_OPERATOR]).await
}

async fn ask_object(env: &Env, source: &Source, headers: &[(&str, &str)]) -> Result<Option<Response>> {
    match &source.asks {
        Asks::Directory(ask) => call::directory_with(env, ask, headers).await.map(Some),
        Asks::Target { slug, first, then } => {
            let known = call::directory_with(env, first, headers).await?;
            if known.status_code() != 200 {
                return Ok(None);
            }
            let public = reader::public(&known)?.code();
            let headers = [headers, &[(reader::PUBLIC, public)]].concat();
            call::target_with(env, slug, then, &headers).await.map(Some)
        }
    }
}

/// What an object is asked for, by whom.
pub struct Asked {
    name: String,
    version: String,
    is_here: bool,
    /// When it was asked: what changes while the answer is made is not in it.
    age: Age,
}

impl Asked {
    pub fn of(request: &Request, made: &Made) -> Result<Self> {
        let header = |name: &str| Ok::<_, worker::Error>(request.headers().get(name)?.unwrap_or_default());
        let isolate = header(ISOLATE_ID)?;
        let is_here = ISOLATE.with_borrow(|own| own.id == isolate);
        Ok(Self { name: header(NAME)?, version: header(VERSION)?, is_here, age: Age::new(&made.of) })
    }
}

/// Returns the answer of an object to who has it already, or to whom it is kept in our common memory.
pub fn known(asked: &Asked, made: &Made) -> Result<Option<Response>> {
    if asked.version == made.version {
        return Ok(Some(Response::empty()?.with_status(304)));
    }
    let is_kept = asked.is_here
        && ISOLATE.with_borrow_mut(|isolate| {
            let kept = isolate.shelf.get(&asked.name);
            kept.is_some_and(|kept| kept.version() == made.version && kept.holds(asked.age.stamp, now()))
        });
    if is_kept { Ok(Some(Response::empty()?.with_status(204))) } else { Ok(None) }
}

/// Answers at an object: as [`known`], or with what `write` makes of what the object holds. Where the asker shares our
/// memory it is kept for it, and for all who ask at the same time.
pub fn answer(asked: &Asked, made: &Made, write: impl FnOnce() -> Result<Vec<u8>>) -> Result<Response> {
    if let Some(known) = known(asked, made)? {
        return Ok(known);
    }
    let body = write()?;
    if asked.is_here && keep(&asked.name, &body, made.clone(), asked.age)? {
        return Ok(Response::empty()?.with_status(204));
    }
    let mut response = Response::from_bytes(body)?;
    let headers = response.headers_mut();
    headers.set("content-type", &made.content_type)?;
    headers.set(VERSION, &made.version)?;
    headers.set(UNTIL, &made.until.unix_ms().to_string())?;
    for (name, value) in &made.headers {
        headers.set(name, value)?;
    }
    Ok(response)
}

/// What an object counts by: one more with each change, under a name that no other object has.
pub struct Version {
    object: String,
    n: std::cell::Cell<u64>,
}

impl Default for Version {
    fn default() -> Self {
        Self { object: random(), n: std::cell::Cell::default() }
    }
}

impl Version {
    pub fn advance(&self) {
        self.n.set(self.n.get() + 1);
    }

    pub fn text(&self) -> String {
        format!("{}-{}", self.object, self.n.get())
    }
}

/// Returns a document of an object as the body of an answer.
pub fn body<T: serde::Serialize>(document: &T) -> Result<Vec<u8>> {
    call::json(document).map(String::into_bytes)
}

/// Returns what goes with a document of an object.
pub fn json(of: Of, version: &Version, until: Timestamp) -> Made {
    Made {
        content_type: reply::JSON.to_owned(),
        headers: Vec::new(),
        of,
        version: version.text(),
        every_ms: CONFIRM_EVERY_MS,
        until,
    }
}

/// Reads what an object says, and what goes with it; `None`: there is no such target.
pub async fn read<T: DeserializeOwned>(env: &Env, source: &Source) -> Result<Option<(T, Earlier)>> {
    match ask(env, source).await? {
        Answered::Kept => {
            let earlier = earlier(&source.name).ok_or_else(|| gone(&source.name))?;
            Ok(Some((serde_json::from_str(&earlier.text)?, earlier)))
        }
        Answered::Otherwise(response) if response.status_code() == 404 => Ok(None),
        Answered::Otherwise(response) => {
            Err(Error::RustError(format!("{} was answered with {}", source.name, response.status_code())))
        }
        Answered::Unknown => Ok(None),
    }
}

/// What cannot be: an answer that was kept a moment ago is not there.
pub fn gone(name: &str) -> Error {
    Error::RustError(format!("{name} was kept and is gone"))
}
