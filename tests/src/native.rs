//! Rounds measured by this process, as the program measures them.

use dualwatch_core::measure::{round::Round, target::Target};
use dualwatch_prober::{Prober, native::Tokio};
use futures_util::{StreamExt as _, stream};

/// How many targets are measured at the same time: with all of them at once, the timeouts of a table of hundreds would measure
/// how busy the machine is.
const AT_ONCE: usize = 24;

/// Measures one round of every target; returns them in the order of the targets.
pub async fn rounds(prober: &Prober<Tokio>, targets: &[Target]) -> Vec<Round> {
    stream::iter(targets).map(|target| Box::pin(prober.round(target))).buffered(AT_ONCE).collect().await
}
