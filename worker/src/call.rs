//! Calls from one object to another: JSON over the object's `fetch`, never with a visitor's request inside.

use crate::storage;
use dualwatch_core::measure::slug::Slug;
use dualwatch_wire::door::inner::{ToDirectory, ToTarget};
use serde::{Serialize, de::DeserializeOwned};
use worker::{Env, Error, Method, Request, RequestInit, Response, Result, Stub};

/// Calls the directory: GET without a body, POST with one.
pub async fn directory(env: &Env, ask: &ToDirectory, body: Option<String>) -> Result<Response> {
    storage::note_directory(env, call(&directory_stub(env)?, &ask.encode(), body).await)
}

/// Calls the object of a target. There is one as soon as it is called: whoever calls knows that there is the target.
pub async fn target(env: &Env, slug: &Slug, ask: &ToTarget, body: Option<String>) -> Result<Response> {
    storage::note_target(env, slug.as_str(), call(&target_stub(env, slug)?, &ask.encode(), body).await)
}

/// The same by the name of a target of the configuration, which was read as such when that was taken.
pub async fn named_target(env: &Env, name: &str, ask: &ToTarget, body: Option<String>) -> Result<Response> {
    let slug = Slug::parse(name).ok_or_else(|| Error::RustError(format!("a target has the name {name:?}")))?;
    target(env, &slug, ask, body).await
}

/// Asks the directory for a document, with headers.
pub async fn directory_with(env: &Env, what: &ToDirectory, headers: &[(&str, &str)]) -> Result<Response> {
    storage::note_directory(env, ask(&directory_stub(env)?, &what.encode(), headers).await)
}

/// Asks the object of a target for a document, with headers. There must be the target, as in [`target`].
pub async fn target_with(env: &Env, slug: &Slug, what: &ToTarget, headers: &[(&str, &str)]) -> Result<Response> {
    storage::note_target(env, slug.as_str(), ask(&target_stub(env, slug)?, &what.encode(), headers).await)
}

fn directory_stub(env: &Env) -> Result<Stub> {
    env.durable_object("DIRECTORY")?.id_from_name("directory")?.get_stub()
}

fn target_stub(env: &Env, slug: &Slug) -> Result<Stub> {
    env.durable_object("TARGETS")?.id_from_name(slug.as_str())?.get_stub()
}

async fn ask(stub: &Stub, url: &str, headers: &[(&str, &str)]) -> Result<Response> {
    let mut init = RequestInit::new();
    init.with_headers(headers.iter().copied().collect());
    stub.fetch_with_request(Request::new_with_init(url, &init)?).await
}

async fn call(stub: &Stub, url: &str, body: Option<String>) -> Result<Response> {
    let mut init = RequestInit::new();
    if let Some(body) = body {
        init.with_method(Method::Post).with_body(Some(body.into()));
    }
    stub.fetch_with_request(Request::new_with_init(url, &init)?).await
}

/// Serialises a message.
pub fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::RustError(format!("failed to write a message: {e}")))
}

/// Reads the answer to a call, which must be a success.
pub async fn read<T: DeserializeOwned>(mut response: Response) -> Result<T> {
    let text = response.text().await?;
    if response.status_code() >= 300 {
        return Err(Error::RustError(format!("an object answered {}: {text}", response.status_code())));
    }
    serde_json::from_str(&text).map_err(|e| Error::RustError(format!("failed to read an answer: {e}")))
}
