//! Who reads what an object answers: everybody, or the operator, who bears the admin token.
//!
//! Objects are told in headers of calls between them, which no request from outside has any part in.

use dualwatch_core::measure::{public::Public, veil::Veil};
use worker::{Request, Response, Result};

/// Says to an object who reads.
const READER: &str = "read-by";
const OPERATOR: &str = "operator";
/// Says to the object of a target what of it is public, as the directory has it.
pub const PUBLIC: &str = "public";

/// The header of a call on behalf of the operator.
pub const FOR_OPERATOR: (&str, &str) = (READER, OPERATOR);

/// Whether the operator reads the answer.
pub fn is_operator(request: &Request) -> Result<bool> {
    Ok(request.headers().get(READER)?.as_deref() == Some(OPERATOR))
}

/// Returns what is taken out of what a target with this URL answers. Where nobody says what is public, nothing but its name is.
pub fn veil(request: &Request, url: &str) -> Result<Veil> {
    if is_operator(request)? {
        return Ok(Veil::lifted());
    }
    let code = request.headers().get(PUBLIC)?.unwrap_or_default();
    Ok(Veil::new(Public::of_code(&code), url))
}

/// Says yes, and what of the target is public.
pub fn yes(public: Public) -> Result<Response> {
    let response = Response::ok("")?;
    response.headers().set(PUBLIC, public.code())?;
    Ok(response)
}

/// Returns what such an answer says.
pub fn public(response: &Response) -> Result<Public> {
    Ok(Public::of_code(&response.headers().get(PUBLIC)?.unwrap_or_default()))
}
