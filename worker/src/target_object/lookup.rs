//! What the worker's resolvers say of a target's name to a visitor who wants to compare: asked once for all readers.

use super::{Plan, TargetObject};
use crate::{
    call,
    dial::{self, Edge},
    reply,
};
use dualwatch_core::measure::{
    family::{Family, PerFamily},
    time::{SECOND, Timestamp},
};
use dualwatch_prober::{Clock, resolve::LookupResult};
use dualwatch_wire::{
    answer::limit::Limit,
    v1::{ProbeDns, ProbeLookup, VERSION},
};
use std::cell::{Cell, RefCell};
use worker::{Response, Result};

/// The header that says until when an answer is kept, in milliseconds since 1970.
pub const UNTIL: &str = "kept-until";
/// So long the resolvers may take together, in milliseconds.
const TIMEOUT_MS: u32 = 4_000;
/// Who asks meanwhile looks again after this, in milliseconds, so often.
const LOOK_AGAIN_MS: f64 = 50.0;
const N_LOOKS: usize = 100;

/// The newest answer (of the plan with this text, until when, and as text), and since when another is being asked for.
#[derive(Default)]
pub(super) struct Kept {
    newest: RefCell<Option<(String, Timestamp, String)>>,
    asking_since: Cell<Option<Timestamp>>,
    n_waiting: Cell<usize>,
}

impl Kept {
    fn get(&self, plan: &str, now: Timestamp) -> Option<Result<Response>> {
        let newest = self.newest.borrow();
        let (_, until, text) = newest.as_ref().filter(|(of, until, _)| of == plan && now < *until)?;
        Some(answer(text, *until))
    }

    /// Whether somebody is asking. One that was cut off does not count for ever.
    fn is_asked(&self, now: Timestamp) -> bool {
        let longest = i64::from(TIMEOUT_MS) + SECOND;
        self.asking_since.get().is_some_and(|since| (0..longest).contains(&now.ms_since(since)))
    }
}

impl TargetObject {
    /// Answers with what is kept, or asks; who comes while somebody asks gets the same answer.
    pub(super) async fn look_up(&self, text: &str, plan: &Plan) -> Result<Response> {
        let kept = &self.lookup;
        for _ in 0..N_LOOKS {
            let now = dial::now();
            if let Some(answer) = kept.get(text, now) {
                return answer;
            }
            if !kept.is_asked(now) {
                return self.look_up_anew(text, plan, now).await;
            }
            if kept.n_waiting.get() >= Limit::Lookups.quota() as usize {
                break;
            }
            kept.n_waiting.set(kept.n_waiting.get() + 1);
            Edge.sleep_ms(LOOK_AGAIN_MS).await;
            kept.n_waiting.set(kept.n_waiting.get().saturating_sub(1));
        }
        reply::busy(Limit::Lookups)
    }

    async fn look_up_anew(&self, text: &str, plan: &Plan, now: Timestamp) -> Result<Response> {
        let kept = &self.lookup;
        let prober = self.prober(text, plan)?;
        kept.asking_since.set(Some(now));
        let found = prober.look_up(&plan.target, TIMEOUT_MS).await;
        kept.asking_since.set(None);
        // Those who were cut off while they waited do not count for ever.
        kept.n_waiting.set(0);
        let told: PerFamily<ProbeLookup> = found.map(|_, found| tell(found));
        let kept_ms = Family::ALL.into_iter().map(|family| told.get(family).kept_ms()).min().unwrap_or_default();
        let dns = ProbeDns {
            version: VERSION,
            target: plan.target.slug.clone(),
            nonce: None,
            asked_at: now,
            kept_until: dial::now() + kept_ms,
            ipv4: told.ipv4,
            ipv6: told.ipv6,
        };
        let document = call::json(&dns)?;
        let answered = answer(&document, dns.kept_until);
        *kept.newest.borrow_mut() = Some((text.to_owned(), dns.kept_until, document));
        answered
    }
}

/// Says beside the document until when it is kept, so that it is passed on unread.
fn answer(text: &str, until: Timestamp) -> Result<Response> {
    let response = Response::ok(text)?;
    response.headers().set(UNTIL, &until.unix_ms().to_string())?;
    Ok(response)
}

fn tell(found: LookupResult) -> ProbeLookup {
    match found {
        Ok(found) => ProbeLookup::found(&found.addresses, found.ttl_s, found.elapsed_ms),
        Err(none) => ProbeLookup {
            cause: Some(none.failure.cause),
            rcode: none.failure.evidence.rcode,
            elapsed_ms: none.elapsed_ms,
            ..ProbeLookup::default()
        },
    }
}
