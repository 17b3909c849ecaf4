//! `/probe/dns`: what the worker's own resolvers say of a target's name. Only slugs of the configuration are asked for,
//! and each at most once in the time that its answer is kept: no reader chooses what a resolver is asked.

use crate::{call, dial, kept, reader, reply, target_object::lookup::UNTIL};
use dualwatch_core::measure::{slug::Slug, time::Timestamp};
use dualwatch_wire::{
    answer::limit::Limit,
    door::inner::{ToDirectory, ToTarget},
    v1::ProbeDns,
};
use std::{cell::RefCell, collections::HashMap};
use worker::{Env, Response, Result};

/// So many answers are kept here, of some hundred bytes each.
const MOST_KEPT: usize = 1_000;

/// An answer as text, and how long it is one.
#[derive(Clone)]
struct Kept {
    text: String,
    until: Timestamp,
    /// How many configurations there had been.
    config: u64,
}

impl Kept {
    fn holds(&self, config: u64) -> bool {
        self.config == config && dial::now() < self.until
    }
}

thread_local! {
    static KEPT: RefCell<HashMap<Slug, Kept>> = RefCell::default();
}

pub async fn answer(env: &Env, slug: Slug, nonce: Option<&str>) -> Result<Response> {
    let config = kept::n_configs();
    let known = KEPT.with_borrow(|all| all.get(&slug).filter(|kept| kept.holds(config)).cloned());
    let kept = match known {
        Some(kept) => kept,
        None => match ask(env, &slug, config).await? {
            Ok(kept) => {
                keep(slug, kept.clone());
                kept
            }
            Err(refusal) => return Ok(refusal),
        },
    };
    let mut response = Response::ok(ProbeDns::with_nonce(&kept.text, nonce))?;
    response.headers_mut().set("content-type", reply::JSON)?;
    Ok(response)
}

fn keep(slug: Slug, new: Kept) {
    KEPT.with_borrow_mut(|all| {
        if all.len() >= MOST_KEPT {
            all.retain(|_, kept| kept.holds(new.config));
        }
        if all.len() < MOST_KEPT {
            all.insert(slug, new);
        }
    });
}

async fn ask(env: &Env, slug: &Slug, config: u64) -> Result<std::result::Result<Kept, Response>> {
    // Nobody else makes an object.
    let known = call::directory(env, &ToDirectory::Knows(slug.clone()), None).await?;
    if known.status_code() != 200 {
        return Ok(Err(reply::not_found(format!("there is no target `{slug}`; /api/v1/status lists them all"))?));
    }
    if !reader::public(&known)?.address {
        return Ok(Err(reply::not_found(format!("the addresses of `{slug}` are not public"))?));
    }
    let mut answer = call::target(env, slug, &ToTarget::Lookup, None).await?;
    match answer.status_code() {
        200 => {
            let until = answer.headers().get(UNTIL)?.and_then(|text| text.parse().ok()).unwrap_or_default();
            Ok(Ok(Kept { text: answer.text().await?, until: Timestamp::from_unix_ms(until), config }))
        }
        404 => Ok(Err(reply::not_found("this target has not begun yet")?)),
        _ => Ok(Err(reply::busy(Limit::Lookups)?)),
    }
}
