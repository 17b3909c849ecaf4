//! Incidents of several targets that are one event: what began together, and what the members share.
//!
//! Two incidents belong together where they may have begun at the same moment (their error bars overlap), concern a
//! common family, and either share something that can break (an address, a network, a resolver that failed), or were
//! noticed within [`COINCIDENCE_MS`] of each other. Things that every target shares anyway (the vantage) are told, but
//! link nothing. Each member keeps its own recovery: an event that ends in stages is told so.

mod shared;

pub use shared::{Link, Shared};

use crate::measure::{
    bracket::Bracket,
    cause::{Cause, Phase},
    family::Family,
    time::{HOUR, MINUTE, SECOND},
};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// What grouping looks at in an incident.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Summary {
    /// The incident's identifier; unique.
    pub id: String,
    pub target: String,
    pub families: Vec<Family>,
    pub began: Bracket,
    /// `None` while it lasts.
    pub ended: Option<Bracket>,
    /// The addresses of the failing families, if known.
    pub addresses: Vec<IpAddr>,
    pub resolver: Option<String>,
    pub vantage: String,
    /// In the order in which they were seen.
    pub causes: Vec<Cause>,
}

/// One member of a group, with its own recovery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub id: String,
    pub target: String,
    pub began: Bracket,
    pub ended: Option<Bracket>,
}

/// Incidents that are one event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The time in which a single moment may lie at which all of them began. Where no moment fits all (an outage that
    /// spread, or rounds one after another), from the earliest to the latest.
    pub began: Bracket,
    /// When the last member recovered; `None` while one lasts.
    pub ended: Option<Bracket>,
    /// The families that every member has.
    pub families: Vec<Family>,
    /// What at least two members share, what most of them share first.
    pub shared: Vec<Shared>,
    /// In the order in which they began.
    pub members: Vec<Member>,
}

impl Group {
    /// Returns the number of different recoveries: members that came back further apart than `COINCIDENCE_MS`.
    pub fn n_stages(&self) -> usize {
        let mut ends: Vec<_> = self.members.iter().filter_map(|m| m.ended.map(|ended| ended.by)).collect();
        ends.sort_unstable();
        let n_later = ends.windows(2).filter(|pair| pair[1].ms_since(pair[0]) > COINCIDENCE_MS).count();
        n_later + usize::from(!ends.is_empty())
    }
}

/// Incidents that share nothing known were noticed within so much of each other: one sweep over the targets goes on
/// from one to the next in less, also where every probe runs into its time limit (28 s in a real history).
pub const COINCIDENCE_MS: i64 = 60 * SECOND;
/// With nothing shared but the time, so many targets are no coincidence.
const MIN_COINCIDENT: usize = 3;
/// With something shared, so much apart is the same event, or a round of the slower target, up to an hour.
const SHARED_MS: i64 = 15 * MINUTE;
const MAX_SHARED_MS: i64 = HOUR;
/// Incidents that began further apart are never one event.
pub const MAX_APART_MS: i64 = MAX_SHARED_MS;

/// Groups incidents. What belongs to no event with at least two targets is in no group; an incident is in at most one,
/// and a target at most once in each. The order of the input does not matter.
pub fn group(incidents: &[Summary]) -> Vec<Group> {
    let mut sorted: Vec<&Summary> = incidents.iter().collect();
    sorted.sort_by(|a, b| (a.began.by, a).cmp(&(b.began.by, b)));
    sorted.dedup_by(|a, b| a.id == b.id);
    let mut is_taken = vec![false; sorted.len()];
    let mut groups = Vec::new();
    // Another target's incident may have stood in the way of a later one of the same target until it was taken: what is
    // left is looked at again until nothing comes of it.
    loop {
        let n_before = groups.len();
        for first in 0..sorted.len() {
            if is_taken[first] {
                continue;
            }
            let members = gather(&sorted, &is_taken, first);
            let incidents: Vec<&Summary> = members.iter().map(|i| sorted[*i]).collect();
            let is_event = match incidents.len() {
                0 | 1 => false,
                n if n >= MIN_COINCIDENT => true,
                _ => is_sharing(incidents[0], incidents[1]),
            };
            if is_event {
                for member in members {
                    is_taken[member] = true;
                }
                groups.push(event(&incidents));
            }
        }
        if groups.len() == n_before {
            break;
        }
    }
    groups.sort_by(|a: &Group, b| (a.began.by, &a.members[0].id).cmp(&(b.began.by, &b.members[0].id)));
    groups
}

/// Returns the indices of the event that begins with `first`: whatever is linked to a member, one incident per target.
fn gather(sorted: &[&Summary], is_taken: &[bool], first: usize) -> Vec<usize> {
    let mut members = vec![first];
    let mut next = 0;
    while let Some(member) = members.get(next).copied() {
        next += 1;
        for (i, candidate) in sorted.iter().enumerate().skip(first + 1) {
            // Sorted by the time at which they were noticed: nothing later can be linked.
            if candidate.began.by.ms_since(sorted[member].began.by) > MAX_SHARED_MS {
                break;
            }
            let is_free = !is_taken[i] && members.iter().all(|m| *m != i && sorted[*m].target != candidate.target);
            if is_free && is_linked(sorted[member], candidate) {
                members.push(i);
            }
        }
    }
    members.sort_unstable();
    members
}

fn is_linked(a: &Summary, b: &Summary) -> bool {
    let has_common_family = a.families.iter().any(|family| b.families.contains(family));
    let apart = (a.began.by.ms_since(b.began.by)).abs();
    if !has_common_family || !a.began.overlaps(&b.began) || is_over_before(a, b) || is_over_before(b, a) {
        return false;
    }
    apart <= COINCIDENCE_MS || (apart <= shared_window(a, b) && is_sharing(a, b))
}

/// Whether one had ended before the other was noticed at all: with wide error bars they still could have begun together,
/// but then the other one would have been seen during it.
fn is_over_before(a: &Summary, b: &Summary) -> bool {
    a.ended.is_some_and(|ended| b.began.after.is_some_and(|after| ended.by <= after))
}

/// A target that is measured once an hour notices up to an hour later.
fn shared_window(a: &Summary, b: &Summary) -> i64 {
    let width = |s: &Summary| s.began.width_ms().unwrap_or(0);
    width(a).min(width(b)).clamp(SHARED_MS, MAX_SHARED_MS)
}

/// Whether both share something that can break.
fn is_sharing(a: &Summary, b: &Summary) -> bool {
    let links = shared::links(a);
    shared::links(b).iter().any(|link| link.can_break() && links.contains(link))
}

fn event(incidents: &[&Summary]) -> Group {
    let families = Family::ALL.into_iter().filter(|f| incidents.iter().all(|s| s.families.contains(f))).collect();
    let members =
        incidents.iter().map(|s| Member { id: s.id.clone(), target: s.target.clone(), began: s.began, ended: s.ended });
    let ends: Option<Vec<Bracket>> = incidents.iter().map(|s| s.ended).collect();
    Group {
        began: common_beginning(incidents),
        ended: ends.and_then(|ends| ends.into_iter().max_by_key(|ended| ended.by)),
        families,
        shared: shared::of(incidents),
        members: members.collect(),
    }
}

fn common_beginning(incidents: &[&Summary]) -> Bracket {
    let afters = || incidents.iter().map(|s| s.began.after);
    let bys = || incidents.iter().map(|s| s.began.by);
    // The members are never none; the first is one of them.
    let first = incidents[0].began;
    let tightest = Bracket::new(afters().max().flatten(), bys().min().unwrap_or(first.by));
    if tightest.after.is_none_or(|after| after < tightest.by) {
        return tightest;
    }
    // `None` is the least: where one is not known, the earliest is not known.
    Bracket::new(afters().min().flatten(), bys().max().unwrap_or(first.by))
}

/// Whether a failure was one of looking the name up: only then its resolver is a suspect.
fn is_of_resolver(summary: &Summary) -> bool {
    summary.causes.iter().any(|cause| cause.phase() == Phase::Resolve)
}

#[cfg(test)]
mod tests;
