//! Deliveries: what becomes of a notice between the step that asked for it and the receiver that has it.
//!
//! A step requests notices as values; they are stored with the state in one commit, each as an [`Entry`] per channel. The
//! host then delivers what is [`due`], tells [`step`] how it went, and stores what comes back. A crash in between repeats
//! a delivery with the same key; it loses none and invents none.
//!
//! Order: of one incident and channel only the oldest pending entry is delivered; the next one waits until that one is
//! settled, so that "resolved" never arrives before "opened". Something new about an incident makes the one that waits
//! for its next try due at once, unless the receiver itself asked for patience: long pauses are for receivers that nobody
//! has news for. Such a try is one more, it takes none of the ten away.
//!
//! Bounds: [`MAX_PENDING`] entries wait; [`admit`] says which give way.
//!
//! ```
//! use dualwatch_core::{respond::delivery::{Entry, Outcome, State, due, next_due_at, step}, measure::time::{SECOND, Timestamp}};
//!
//! let now = Timestamp::from_unix_ms(1_795_428_711_000);
//! let entry = Entry::new("inc-7:opened", "inc-7", "ops", now);
//! let mut outbox = vec![entry];
//! assert_eq!(due(&outbox, now).len(), 1);
//!
//! outbox[0].state = step(&outbox[0], &Outcome::answered(503), now);
//! assert!(matches!(outbox[0].state, State::Pending { attempts: 1, .. }));
//! assert!(due(&outbox, now).is_empty());
//! let next = next_due_at(&outbox).unwrap();
//! assert!(next.ms_since(now) >= 5 * SECOND && next.ms_since(now) <= 6 * SECOND);
//!
//! outbox[0].state = step(&outbox[0], &Outcome::answered(204), next);
//! assert_eq!(outbox[0].state, State::Delivered { at: next, attempts: 2 });
//! ```

mod channel;
mod outbox;

pub use channel::{Channel, Means};
pub use outbox::{MAX_PENDING, admit, disable, due, hasten, next_due_at};

use crate::{
    judge::schedule::fnv1a,
    measure::time::{DAY, HOUR, MINUTE, SECOND, Timestamp},
};
use serde::{Deserialize, Serialize};

/// The pauses between tries, those that Standard Webhooks recommends
/// (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>, "Deliverability and
/// reliability"): ten tries within three days and a half.
pub const PAUSES_MS: [i64; 9] =
    [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];

/// The longest wait that a receiver may ask for with `Retry-After`.
pub const MAX_RETRY_AFTER_MS: i64 = DAY;

/// A notice on its way through one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The same in every try; what a receiver knows repetitions by. Unique within a channel.
    pub key: String,
    /// Notices about the same thing are delivered in order: the incident.
    pub subject: String,
    /// The name of the channel.
    pub channel: String,
    pub state: State,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    Pending {
        /// Tries that failed in their turn; one that was made earlier because of news does not count.
        attempts: u32,
        due_at: Timestamp,
        /// The receiver asked for no try before, whatever the news.
        #[serde(default)]
        hold_until: Option<Timestamp>,
    },
    Delivered {
        at: Timestamp,
        /// Tries, the one that succeeded included.
        attempts: u32,
    },
    GaveUp {
        at: Timestamp,
        why: GaveUp,
    },
    /// The receiver wants nothing more through this channel.
    Disabled {
        at: Timestamp,
    },
}

impl State {
    /// Whether nothing more will become of it.
    pub const fn is_settled(&self) -> bool {
        !matches!(self, Self::Pending { .. })
    }
}

/// Why a notice will never arrive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum GaveUp {
    /// No try succeeded; how the last one went.
    Exhausted { last: Outcome },
    /// Its channel is gone from the configuration, or may not be delivered to.
    Refused { why: String },
    /// Too many others waited.
    Crowded,
}

/// How one try went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    Answered {
        status: u16,
        /// What `Retry-After` asks for.
        retry_after_ms: Option<i64>,
    },
    /// No answer within the time limit.
    TimedOut,
    /// No connection, or one that broke.
    Unreachable { error: String },
    /// We may not deliver there.
    Refused { why: String },
}

impl Outcome {
    /// Returns an answer without `Retry-After`.
    pub const fn answered(status: u16) -> Self {
        Self::Answered { status, retry_after_ms: None }
    }
}

impl Entry {
    /// Returns a notice that is due at once.
    pub fn new(key: &str, subject: &str, channel: &str, now: Timestamp) -> Self {
        Self {
            key: key.to_owned(),
            subject: subject.to_owned(),
            channel: channel.to_owned(),
            state: State::Pending { attempts: 0, due_at: now, hold_until: None },
        }
    }

    pub const fn is_pending(&self) -> bool {
        !self.state.is_settled()
    }
}

/// Returns what becomes of an entry after a try.
///
/// | answer | |
/// |---|---|
/// | 2xx | delivered |
/// | 410 | disabled: the receiver is gone on purpose; the host calls [`disable`] for the rest of the channel |
/// | 429, 503 with `Retry-After` | again after that, and not before the schedule |
/// | any other, 3xx included (a redirect is not followed: it is not what was configured), or none | again by the schedule |
/// | refused by ourselves | given up: no try would go differently |
///
/// A 4xx is tried again like a 5xx: a receiver between two deployments answers 404, one whose secret is being changed
/// 401, and neither is to lose an incident. An entry that is settled stays as it is.
pub fn step(entry: &Entry, outcome: &Outcome, now: Timestamp) -> State {
    let State::Pending { attempts, .. } = entry.state else { return entry.state.clone() };
    let attempts = attempts.saturating_add(1);
    let hold_until = match outcome {
        Outcome::Answered { status: 200..=299, .. } => return State::Delivered { at: now, attempts },
        Outcome::Answered { status: 410, .. } => return State::Disabled { at: now },
        Outcome::Refused { why } => return State::GaveUp { at: now, why: GaveUp::Refused { why: why.clone() } },
        Outcome::Answered { status: 429 | 503, retry_after_ms } => {
            retry_after_ms.map(|ms| now + ms.clamp(0, MAX_RETRY_AFTER_MS))
        }
        Outcome::Answered { .. } | Outcome::TimedOut | Outcome::Unreachable { .. } => None,
    };
    match pause_ms(&entry.key, attempts) {
        Some(pause) => {
            let due_at = (now + pause).max(hold_until.unwrap_or(now));
            State::Pending { attempts, due_at, hold_until }
        }
        None => State::GaveUp { at: now, why: GaveUp::Exhausted { last: outcome.clone() } },
    }
}

/// Returns how long to wait after so many tries of a key that failed; none: that was the last one.
///
/// Up to a tenth is added, by the key, so that what failed together does not come again together; the same key waits as
/// long in every replay.
pub fn pause_ms(key: &str, attempts: u32) -> Option<i64> {
    let pause = *PAUSES_MS.get(usize::try_from(attempts).ok()?.checked_sub(1)?)?;
    let jitter = i64::from(fnv1a(&format!("{key}#{attempts}")) % 1_000);
    Some(pause + pause * jitter / 10_000)
}

#[cfg(test)]
mod tests;
