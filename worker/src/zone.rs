//! The operator's clock beside UTC, in what is read where no script runs.

use crate::{call, dial};
use dualwatch_core::measure::{time::DAY, zone::Zone};
use dualwatch_wire::door::inner::ToDirectory;
use worker::{Env, Result};

/// Texts speak of so long ago at most; of later than now only a little.
const BEFORE_MS: i64 = 10 * 366 * DAY;
const AFTER_MS: i64 = 400 * DAY;

/// Returns the clock of the operator's zone, if there is one.
pub async fn clock(env: &Env) -> Result<Option<Zone>> {
    let name: Option<String> = call::read(call::directory(env, &ToDirectory::Timezone, None).await?).await?;
    let now = dial::now();
    Ok(name.and_then(|name| dualwatch_config::zone(&name, now - BEFORE_MS, now + AFTER_MS)))
}

/// Returns a text, Markdown or HTML, with the clock of the operator's zone behind its times, if there is one.
pub async fn beside(env: &Env, text: String) -> Result<String> {
    Ok(match clock(env).await? {
        Some(zone) => dualwatch_words::beside(&text, &zone, dial::now()),
        None => text,
    })
}
