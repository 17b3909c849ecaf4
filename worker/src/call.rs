//! Calls from one object to another: JSON over the object's `fetch`, never with a visitor's request inside.

use crate::storage;
use serde::{Serialize, de::DeserializeOwned};
use worker::{Env, Error, Method, Request, RequestInit, Response, Result, Stub};

/// Calls the directory: GET without a body, POST with one.
pub async fn directory(env: &Env, path: &str, body: Option<String>) -> Result<Response> {
    let stub = env.durable_object("DIRECTORY")?.id_from_name("directory")?.get_stub()?;
    storage::note_directory(env, call(&stub, path, body).await)
}

/// Calls the object of a target.
pub async fn target(env: &Env, slug: &str, path: &str, body: Option<String>) -> Result<Response> {
    let stub = env.durable_object("TARGETS")?.id_from_name(slug)?.get_stub()?;
    note(env, slug, call(&stub, path, body).await)
}

/// Asks the directory for a document, with headers.
pub async fn directory_with(env: &Env, path: &str, headers: &[(&str, &str)]) -> Result<Response> {
    let stub = env.durable_object("DIRECTORY")?.id_from_name("directory")?.get_stub()?;
    storage::note_directory(env, ask(&stub, path, headers).await)
}

/// Asks the object of a target for a document, with headers.
pub async fn target_with(env: &Env, slug: &str, path: &str, headers: &[(&str, &str)]) -> Result<Response> {
    let stub = env.durable_object("TARGETS")?.id_from_name(slug)?.get_stub()?;
    note(env, slug, ask(&stub, path, headers).await)
}

fn note(env: &Env, slug: &str, result: Result<Response>) -> Result<Response> {
    match &result {
        Ok(_) => storage::note_answer(slug),
        Err(error) => storage::note_failure(env, slug, error),
    }
    result
}

async fn ask(stub: &Stub, path: &str, headers: &[(&str, &str)]) -> Result<Response> {
    let mut init = RequestInit::new();
    init.with_headers(headers.iter().copied().collect());
    stub.fetch_with_request(Request::new_with_init(&format!("https://object{path}"), &init)?).await
}

async fn call(stub: &Stub, path: &str, body: Option<String>) -> Result<Response> {
    let mut init = RequestInit::new();
    if let Some(body) = body {
        init.with_method(Method::Post).with_body(Some(body.into()));
    }
    // The host part is never looked at: the stub is the address.
    stub.fetch_with_request(Request::new_with_init(&format!("https://object{path}"), &init)?).await
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
