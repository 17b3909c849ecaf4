//! `/probe/dns`: what the worker's own resolvers say of a target's name. Only slugs of the configuration are asked for,
//! and each at most once in the time that its answer is kept: no reader chooses what a resolver is asked.

use crate::{call, dial, kept, reply};
use dualwatch_core::measure::{family::Family, slug::Slug};
use dualwatch_wire::{
    door::inner::{ToDirectory, ToTarget},
    v1::ProbeDns,
};
use std::{cell::RefCell, collections::HashMap};
use worker::{Env, Response, Result};

/// So many answers are kept here, of some hundred bytes each.
const MOST_KEPT: usize = 1_000;

thread_local! {
    /// By slug, with the number of configurations that there had been.
    static KEPT: RefCell<HashMap<Slug, (u64, ProbeDns)>> = RefCell::default();
}

pub async fn answer(env: &Env, slug: Slug, family: Option<Family>, nonce: Option<String>) -> Result<Response> {
    let config = kept::n_configs();
    let now = dial::now();
    let known = KEPT.with_borrow(|kept| {
        kept.get(&slug).filter(|(of, dns)| *of == config && now < dns.kept_until).map(|(_, dns)| dns.clone())
    });
    let mut dns = match known {
        Some(dns) => dns,
        None => match ask(env, &slug).await? {
            Ok(dns) => {
                keep(slug, config, &dns);
                dns
            }
            Err(refusal) => return Ok(refusal),
        },
    };
    dns.nonce = nonce;
    match family {
        Some(Family::Ipv4) => dns.ipv6 = None,
        Some(Family::Ipv6) => dns.ipv4 = None,
        None => {}
    }
    reply::document(&dns)
}

fn keep(slug: Slug, config: u64, dns: &ProbeDns) {
    KEPT.with_borrow_mut(|kept| {
        if kept.len() >= MOST_KEPT {
            let now = dial::now();
            kept.retain(|_, (of, dns)| *of == config && now < dns.kept_until);
        }
        if kept.len() < MOST_KEPT {
            kept.insert(slug, (config, dns.clone()));
        }
    });
}

async fn ask(env: &Env, slug: &Slug) -> Result<std::result::Result<ProbeDns, Response>> {
    // Nobody else makes an object.
    if call::directory(env, &ToDirectory::Knows(slug.clone()), None).await?.status_code() != 200 {
        return Ok(Err(reply::not_found(format!("there is no target `{slug}`; /api/v1/status lists them all"))?));
    }
    let answer = call::target(env, slug, &ToTarget::Lookup, None).await?;
    match answer.status_code() {
        200 => call::read(answer).await.map(Ok),
        404 => Ok(Err(reply::not_found("this target has not begun yet")?)),
        _ => Ok(Err(reply::busy("the resolvers are being asked; ask again in a moment")?)),
    }
}
