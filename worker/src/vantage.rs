//! `/api/v1/vantage/*`: what further vantages ask for and send. Nothing here is for visitors.

use crate::{
    auth,
    body::{self, Bound},
    call, dial, reply,
};
use dualwatch_wire::{
    answer::condition,
    door::inner::{ToDirectory, ToTarget},
    problem::Problem,
    signature::{self, ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER},
    token,
    v1::{MAX_BATCH_BYTES, Outcome, Plans, Receipt, Received, Round, VERSION, VantageBatch},
};
use futures_util::future::join_all;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashSet};
use worker::{Env, Request, Response, Result, console_error};

const BATCH: Bound = Bound { most_bytes: MAX_BATCH_BYTES, title: "Batch too large", hint: "send fewer rounds" };

/// Tells what is to be measured, credentials of targets included; to a vantage that has it already, only that.
pub async fn plans(request: &Request, env: &Env) -> Result<Response> {
    if let Err(refusal) = holder(request, env)? {
        return Ok(refusal);
    }
    let plans: Plans = call::read(call::directory(env, &ToDirectory::Plans, None).await?).await?;
    let text = call::json(&plans)?;
    // RFC 9110 section 8.8.3: a strong one, for it changes with every byte.
    let etag = format!("\"{:x}\"", Sha256::digest(&text));
    let known = request.headers().get("if-none-match")?.unwrap_or_default();
    let mut response = if condition::names(&known, &etag) {
        Response::empty()?.with_status(304)
    } else {
        let mut response = Response::ok(text)?;
        response.headers_mut().set("content-type", "application/json")?;
        response
    };
    // RFC 9111 section 5.2.2: not for caches on the way, and never used without asking.
    response.headers_mut().set("cache-control", "private, no-cache")?;
    response.headers_mut().set("etag", &etag)?;
    Ok(response)
}

/// A vantage that may ask and send.
struct Holder {
    name: String,
    /// Its own, with which it signs.
    token: String,
}

/// Returns whose token a request bears, or its refusal. It is refused before anything of its body is read.
fn holder(request: &Request, env: &Env) -> Result<std::result::Result<Holder, Response>> {
    let given = auth::bearer(request)?;
    if let Some(name) = token::holder(&auth::VANTAGE.expected(env), &given) {
        return Ok(Ok(Holder { name: name.to_owned(), token: given.clone() }));
    }
    let detail = "send `Authorization: Bearer TOKEN` with the token of this vantage; `dualwatch vantage-token NAME` makes \
                  it of the vantage token of this installation";
    let refusal = auth::refuse(&auth::VANTAGE, request, env, "wrong or missing token", detail)?;
    refusal.headers().set("www-authenticate", "Bearer")?;
    Ok(Err(refusal))
}

/// Takes a batch that is signed by the vantage that it is of. Sending it again changes nothing.
pub async fn take_rounds(mut request: Request, env: &Env) -> Result<Response> {
    let holder = match holder(&request, env)? {
        Ok(holder) => holder,
        Err(refusal) => return Ok(refusal),
    };
    let body = match body::text(&mut request, &BATCH).await? {
        Ok(body) => body,
        Err(refusal) => return Ok(refusal),
    };
    let header = |name: &str| request.headers().get(name).map(Option::unwrap_or_default);
    let (id, timestamp, signed) = (header(ID_HEADER)?, header(TIMESTAMP_HEADER)?, header(SIGNATURE_HEADER)?);
    let now = dial::now();
    if let Err(refusal) = signature::verify(&holder.token, &id, &timestamp, &signed, &body.text, now) {
        return auth::refuse(&auth::VANTAGE, &request, env, refusal.text(), refusal.text());
    }
    let batch: VantageBatch = match serde_json::from_str(&body.text) {
        Ok(batch) => batch,
        Err(error) => return reply::bad_request(format!("failed to read the batch: {error}")),
    };
    if batch.vantage != holder.name {
        let detail = format!("the token is that of `{}`, and `vantage` is another one", holder.name);
        return auth::refuse(&auth::VANTAGE, &request, env, "the token of another vantage", detail);
    }
    if let Some(fault) = batch.fault(&own_name(env)) {
        return reply::problem(&Problem::new(422, "batch", "Batch not accepted", fault));
    }

    let slugs: HashSet<&str> = batch.rounds.iter().map(|r| r.slug.as_str()).collect();
    let known = call::directory(env, &ToDirectory::Known, Some(call::json(&slugs)?)).await?;
    let known: HashSet<String> = call::read(known).await?;
    let mut received = Vec::with_capacity(batch.rounds.len());
    let mut by_slug: BTreeMap<&str, Vec<&Round>> = BTreeMap::new();
    for one in &batch.rounds {
        let outcome = if !known.contains(&one.slug) {
            Outcome::UnknownSlug
        } else if !batch.may_keep(&one.round, now) {
            Outcome::Refused
        } else {
            by_slug.entry(&one.slug).or_default().push(&one.round);
            Outcome::Accepted
        };
        received.push(Received { seq: one.seq, outcome });
    }
    let handed = by_slug.iter().map(|(slug, rounds)| hand_over(env, slug, rounds));
    if join_all(handed).await.iter().any(Result::is_err) {
        return reply::again("not every target took its rounds; send the batch again");
    }
    reply::internal(&Receipt { version: VERSION, received })
}

async fn hand_over(env: &Env, slug: &str, rounds: &[&Round]) -> Result<()> {
    let body = call::json(&rounds)?;
    let why = match call::named_target(env, slug, &ToTarget::Take, Some(body)).await {
        Ok(response) if response.status_code() < 300 => return Ok(()),
        Ok(response) => format!("it answered {}", response.status_code()),
        Err(error) => error.to_string(),
    };
    console_error!("{slug} did not take its rounds: {why}");
    Err(worker::Error::RustError(why))
}

/// The name of the vantage that this worker is.
pub fn own_name(env: &Env) -> String {
    env.var("VANTAGE").map_or_else(|_| "edge".to_owned(), |v| v.to_string())
}
