//! Delivers the spool in order, however long the worker is away.

use super::{bell::Bell, spool::Spool, token::Given, worker::Worker};
use dualwatch_wire::v1::{Outcome, Receipt};
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

const FIRST_RETRY: Duration = Duration::from_secs(1);
const LAST_RETRY: Duration = Duration::from_mins(1);

/// Runs until the bell ends it.
pub fn run(worker: &Worker, given: &Given, spool: &Mutex<Spool>, bell: &Bell) {
    let mut retry = FIRST_RETRY;
    let mut said = String::new();
    loop {
        let seen = bell.n_rung();
        // Never locked while the worker is waited for: measuring goes on.
        let batch = lock(spool).batch();
        let outcome = match &batch {
            Ok(Some(batch)) => given.token_of(&batch.document.vantage).and_then(|token| {
                tell(&worker.deliver(&batch.document, &token)?);
                Ok(lock(spool).acknowledge(batch)?)
            }),
            Ok(None) => {
                if bell.wait(seen) {
                    continue;
                }
                return;
            }
            Err(error) => Err(anyhow::anyhow!("failed to read the spool: {error}")),
        };
        match outcome {
            Ok(()) => {
                if !said.is_empty() {
                    complain!("delivering again");
                    said.clear();
                }
                retry = FIRST_RETRY;
            }
            Err(error) => {
                let text = format!("{error:#}");
                if text != said {
                    complain!("warning: cannot deliver, rounds wait in the spool: {text}");
                    said = text;
                }
                if !bell.sleep(retry) {
                    return;
                }
                retry = (retry * 2).min(LAST_RETRY);
            }
        }
    }
}

/// Says what the worker has not kept. A target that left the configuration is nothing to say.
fn tell(receipt: &Receipt) {
    let n_refused = receipt.received.iter().filter(|r| r.outcome == Outcome::Refused).count();
    if n_refused > 0 {
        complain!(
            "warning: the worker refused {n_refused} rounds: they have a time that cannot be, or that has not come yet there"
        );
    }
}

fn lock(spool: &Mutex<Spool>) -> MutexGuard<'_, Spool> {
    spool.lock().unwrap_or_else(PoisonError::into_inner)
}
