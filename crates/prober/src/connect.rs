//! Connects to one family's addresses, one after the other, until one answers.

use crate::{
    classify,
    dial::{Deadline, Dial, Stopwatch},
};
use dualwatch_core::measure::{
    cause::Cause,
    sample::{Attempt, Evidence},
};
use std::net::SocketAddr;

/// At most this many addresses of a family are tried in one round.
pub const MAX_ATTEMPTS: usize = 3;

/// A connection, and what came before it.
pub struct Connected<S> {
    pub stream: S,
    pub address: SocketAddr,
    pub connect_ms: f64,
    /// The attempts that failed before this one.
    pub failed: Vec<Attempt>,
}

/// No connection: the cause of the family, the address it is about, and the evidence.
pub struct NotConnected {
    pub cause: Cause,
    pub address: SocketAddr,
    pub evidence: Evidence,
}

/// Tries `addresses` (not empty) in order. Each gets an equal share of the time that is left.
pub async fn connect<D: Dial>(
    dial: &D,
    addresses: &[SocketAddr],
    deadline: Deadline,
) -> Result<Connected<D::Stream>, NotConnected> {
    let addresses = &addresses[..addresses.len().min(MAX_ATTEMPTS)];
    let mut failed: Vec<(Attempt, Option<String>)> = Vec::new();
    for (i, &address) in addresses.iter().enumerate() {
        let share = deadline.remaining_ms(dial) / (addresses.len() - i) as f64;
        let watch = Stopwatch::start(dial);
        let result = deadline.sooner(dial, share).bound(dial, dial.connect(address)).await;
        let elapsed_ms = watch.elapsed_ms(dial);
        let (cause, text) = match result {
            Some(Ok(stream)) => {
                let failed = failed.into_iter().map(|(attempt, _)| attempt).collect();
                return Ok(Connected { stream, address, connect_ms: elapsed_ms, failed });
            }
            Some(Err(error)) => (classify::dial(&error), Some(error.text)),
            None => (Cause::TcpTimeout, None),
        };
        failed.push((Attempt { address, cause: Some(cause), elapsed_ms }, text));
    }
    Err(summary(failed))
}

/// The attempt that says most stands for all: one that got an answer, else the last.
fn summary(failed: Vec<(Attempt, Option<String>)>) -> NotConnected {
    let answered = failed.iter().position(|(a, _)| a.cause.is_some_and(Cause::proves_answer));
    let chosen = answered.unwrap_or(failed.len() - 1);
    let (attempt, error) = failed[chosen].clone();
    NotConnected {
        cause: attempt.cause.unwrap_or(Cause::MeasurementFailed),
        address: attempt.address,
        evidence: Evidence {
            elapsed_ms: Some(attempt.elapsed_ms),
            error,
            attempts: if failed.len() > 1 { failed.into_iter().map(|(a, _)| a).collect() } else { Vec::new() },
            ..Evidence::default()
        },
    }
}
