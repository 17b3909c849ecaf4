//! All entries of one host together: which are due, which wait for another, which give way.
//!
//! Entries are in the order in which they were requested; settled ones may be among them or not.

use super::{Entry, GaveUp, State};
use crate::measure::time::Timestamp;
use std::collections::HashSet;

/// So many entries of one target wait at most. A receiver that is away for three days misses no incident of a target
/// that has less than two hundred changes in them.
pub const MAX_PENDING: usize = 200;

/// Returns the entries to try now, oldest first: due, and the first of their incident and channel.
pub fn due(entries: &[Entry], now: Timestamp) -> Vec<&Entry> {
    heads(entries).filter(|(_, due_at)| *due_at <= now).map(|(entry, _)| entry).collect()
}

/// Returns when the next try is due.
pub fn next_due_at(entries: &[Entry]) -> Option<Timestamp> {
    heads(entries).map(|(_, due_at)| due_at).min()
}

/// The pending entries that wait for no other.
fn heads(entries: &[Entry]) -> impl Iterator<Item = (&Entry, Timestamp)> {
    let mut seen = HashSet::new();
    entries.iter().filter_map(move |entry| match entry.state {
        State::Pending { due_at, .. } => {
            seen.insert((entry.channel.as_str(), entry.subject.as_str())).then_some((entry, due_at))
        }
        _ => None,
    })
}

/// Returns the entry that is to be tried earlier because `new` waits behind it, as it is to be stored: at once, or as soon
/// as its receiver is willing. The try does not count: should it fail, the next pause is as long as this one was.
pub fn hasten(entries: &[Entry], new: &Entry, now: Timestamp) -> Option<Entry> {
    let is_ahead = |e: &&Entry| e.key != new.key && e.channel == new.channel && e.subject == new.subject;
    let head = heads(entries).map(|(entry, _)| entry).find(is_ahead)?;
    let State::Pending { attempts, due_at, hold_until } = head.state else { return None };
    let earlier = hold_until.map_or(now, |until| until.max(now));
    if earlier >= due_at {
        return None;
    }
    let state = State::Pending { attempts: attempts.saturating_sub(1), due_at: earlier, hold_until };
    Some(Entry { state, ..head.clone() })
}

/// Returns the entries that give way to one more, as they are to be stored; none while there is room.
///
/// First goes what tells least: an entry in the middle of its incident, whose successor says more. Only where every
/// incident has at most its first and its last word waiting, the oldest entry goes.
pub fn admit(entries: &[Entry], now: Timestamp) -> Vec<Entry> {
    let mut pending: Vec<&Entry> = entries.iter().filter(|e| e.is_pending()).collect();
    let mut given_way = Vec::new();
    while pending.len() >= MAX_PENDING {
        let at = middle(&pending).unwrap_or(0);
        let entry = pending.remove(at);
        given_way.push(Entry { state: State::GaveUp { at: now, why: GaveUp::Crowded }, ..entry.clone() });
    }
    given_way
}

/// The oldest entry that has both an older and a newer one of its incident and channel beside it.
fn middle(pending: &[&Entry]) -> Option<usize> {
    let is_same = |a: &Entry, b: &Entry| a.channel == b.channel && a.subject == b.subject;
    (0..pending.len()).find(|&at| {
        let (before, after) = (&pending[..at], &pending[at + 1..]);
        before.iter().any(|e| is_same(e, pending[at])) && after.iter().any(|e| is_same(e, pending[at]))
    })
}

/// Returns the pending entries of a channel whose receiver wants nothing more, as they are to be stored.
pub fn disable(entries: &[Entry], channel: &str, now: Timestamp) -> Vec<Entry> {
    let of_it = entries.iter().filter(|e| e.is_pending() && e.channel == channel);
    of_it.map(|e| Entry { state: State::Disabled { at: now }, ..e.clone() }).collect()
}
