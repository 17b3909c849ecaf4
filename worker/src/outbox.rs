//! The outbox of a target: notices that were requested, from the commit that requested them until they are settled.
//!
//! ```text
//! state and requests: one commit (no await in between) --> deliver: what is due --> settled, in the order of answers
//! ```
//!
//! What happens between is decided in `core::delivery`. A crash after an answer and before its commit repeats that
//! delivery, with the same key.

mod send;
mod store;

use crate::dial;
use dualwatch_core::{
    measure::{
        target::Policy,
        time::{DAY, Timestamp},
    },
    respond::delivery::{Channel, Entry, Outcome, State, admit, disable, due, hasten, next_due_at, step},
};
use futures_util::future::join_all;
use std::cell::Cell;
use store::Store;
use worker::{Result, SqlStorage, console_error, console_warn};

/// So many deliveries run at once: Cloudflare has six connections per invocation, and the prober wants some.
const AT_ONCE: usize = 3;
/// So many deliveries are made in one turn; what is left is due at once in the next one.
const PER_TURN: usize = 12;
/// Settled entries are kept so long: to say what became of a notice, and so that a key is never used again.
const KEEP_SETTLED_MS: i64 = 30 * DAY;

/// A notice that a step requests.
pub struct Notice<'n> {
    /// Unique for ever within the target: `inc-7:opened`.
    pub key: &'n str,
    /// The incident; what is told of it is told in order.
    pub subject: &'n str,
    /// The JSON text of a `wire::webhook::Event`; every try sends these bytes.
    pub body: &'n str,
}

pub struct Outbox {
    store: Store,
    /// One turn at a time: a second one would repeat what the first has on its way.
    is_delivering: Cell<bool>,
}

impl Outbox {
    pub fn open(sql: SqlStorage) -> Result<Self> {
        Ok(Self { store: Store::open(sql)?, is_delivering: Cell::new(false) })
    }

    /// Stores a notice for each of the channels. One whose key is there already changes nothing.
    ///
    /// Output gate: it does not await, so it is one commit with whatever the caller writes around it.
    pub fn request(&self, notice: &Notice<'_>, channels: &[Channel], now: Timestamp) -> Result<()> {
        for channel in channels {
            let mut entry = Entry::new(notice.key, notice.subject, &channel.name, now);
            if self.store.knows(&entry)? {
                continue;
            }
            if self.store.is_disabled(channel)? {
                entry.state = State::Disabled { at: now };
                self.store.add(&entry, notice.body)?;
                continue;
            }
            let pending = self.store.pending()?;
            for crowded in admit(&pending, now) {
                console_error!("gave up {} on {}: too many notices wait", crowded.key, crowded.channel);
                self.store.set(&crowded)?;
            }
            if let Some(hastened) = hasten(&pending, &entry, now) {
                self.store.set(&hastened)?;
            }
            self.store.add(&entry, notice.body)?;
        }
        self.store.forget_before(now - KEEP_SETTLED_MS)
    }

    /// Returns when `deliver` is to be called next, if at all.
    pub fn next_due_at(&self) -> Result<Option<Timestamp>> {
        Ok(next_due_at(&self.store.pending()?))
    }

    /// Delivers what is due, through the channels that are configured now, and settles it. Returns when it is to be called
    /// next, if at all; where another turn is at it, that turn knows. No failure of a receiver is an error.
    pub async fn deliver(&self, channels: &[Channel], policy: &Policy) -> Result<Option<Timestamp>> {
        if self.is_delivering.replace(true) {
            return Ok(None);
        }
        let _end = Reset(&self.is_delivering);
        let mut n_left = PER_TURN;
        while n_left > 0 {
            let pending = self.store.pending()?;
            let batch: Vec<&Entry> = due(&pending, dial::now()).into_iter().take(AT_ONCE.min(n_left)).collect();
            if batch.is_empty() {
                break;
            }
            n_left -= batch.len();
            let tries = batch.iter().map(|entry| self.attempt(entry, channels, policy));
            for result in join_all(tries).await {
                result?;
            }
        }
        self.next_due_at()
    }

    /// Makes one try and settles it as soon as it is answered, whatever the others of its batch do.
    async fn attempt(&self, entry: &Entry, channels: &[Channel], policy: &Policy) -> Result<()> {
        let channel = channels.iter().find(|channel| channel.name == entry.channel);
        let outcome = match (channel, self.store.body(entry)?) {
            (Some(channel), Some(body)) => match channel.means.refusal(policy.allow_private) {
                Some(why) => Outcome::Refused { why },
                None => send::send(channel, entry, &body, policy).await,
            },
            (None, _) => Outcome::Refused { why: "its channel is not configured any more".to_owned() },
            (_, None) => Outcome::Refused { why: "its text is lost".to_owned() },
        };
        // Input gate: while we waited, a newer notice may have made this one due, or it gave way to others.
        let Some(entry) = self.store.pending()?.into_iter().find(|e| e.key == entry.key && e.channel == entry.channel)
        else {
            return Ok(());
        };
        let now = dial::now();
        let state = step(&entry, &outcome, now);
        match &state {
            State::Delivered { .. } => {}
            State::Pending { attempts, .. } => {
                console_warn!("{} on {} was not taken ({attempts} tries): {outcome:?}", entry.key, entry.channel);
            }
            State::GaveUp { why, .. } => console_error!("gave up {} on {}: {why:?}", entry.key, entry.channel),
            State::Disabled { .. } => {
                console_error!("{} wants no more notices (410 Gone): change its webhook or secret", entry.channel);
                if let Some(channel) = channel {
                    self.store.set_disabled(channel, now)?;
                }
                for other in disable(&self.store.pending()?, &entry.channel, now) {
                    self.store.set(&other)?;
                }
            }
        }
        self.store.set(&Entry { state, ..entry })
    }
}

/// Ends a turn also where it is cut off.
struct Reset<'c>(&'c Cell<bool>);

impl Drop for Reset<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}
