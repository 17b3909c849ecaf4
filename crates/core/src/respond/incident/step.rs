//! The incident step: what one more round makes of the incidents of a target, and what its host shall do about it.
//!
//! Per family, from the health that the vantages agree on:
//!
//! | health | was down in an incident | turn |
//! |---|---|---|
//! | up | yes | recovered: ended in (last bad, first good] |
//! | down | no | went down: began in (last good, first bad] |
//! | down, suspect | yes | still down; its cause is counted |
//! | suspect | no | remembered, until it is confirmed or forgotten |
//! | recovering | | nothing until it is confirmed |
//! | unknown: blind | yes | the incident goes on, with a blind spell |
//! | unknown: not offered any more, twice | yes | withdrawn |
//! | any failure in a maintenance window that expects it | no | excused until the window's end |
//! | up again after failures that confirmed nothing | no | counted: of many of them it is unstable ([`steadiness`]) |
//!
//! Both families together: the first that goes down, or is unstable, opens an incident, or continues the latest where
//! that ended a short time ago; the second joins it; it is resolved when neither is down or unstable. From the third
//! episode on it flaps, and is resolved only after a calm while.
//!
//! An outage of what is unstable is told as an outage of the same incident: it is unstable, down, and unstable again
//! until it has been calm for a whole window. Failures of a confirmed outage are none of those that are counted.
//!
//! [`steadiness`]: crate::judge::steadiness

mod record;
#[cfg(test)]
mod tests;
mod turn;

use turn::{Turn, turn};

use super::{
    Amendment, Answers, Bound, Effect, Ending, Impact, Incident, IncidentId, Kind, Met, Outage, Policy, Rate, State,
    Track, Trouble, Unrest,
};
use crate::{
    judge::{agreement::WellBefore, health::Health, schedule::is_same_round},
    measure::{
        family::{Family, PerFamily},
        round::DualStack,
        sample::Sample,
        time::Timestamp,
        vantage::Standing,
    },
};

/// How far a family is seen, by anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// Since when, up to this round, nobody had seen it: the rounds that were due did not come.
    pub unseen_since: Option<Timestamp>,
    /// Whether what is agreed on speaks of now: who said so may have been heard for the last time a while ago.
    pub is_seen: bool,
}

impl Default for Sight {
    fn default() -> Self {
        Self::CLEAR
    }
}

impl Sight {
    /// Rounds come as they are due.
    pub const CLEAR: Self = Self { unseen_since: None, is_seen: true };
}

/// One family, as the vantages agree on it.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    pub health: Health,
    /// The sample that gives the cause, the vantage it comes from, and when its round began.
    pub sample: &'a Sample,
    pub vantage: &'a str,
    pub heard_at: Timestamp,
    pub sight: Sight,
    pub standing: Standing,
    pub well_before: &'a WellBefore,
    /// The end of a maintenance window that expects this family to be down now.
    pub excused_until: Option<Timestamp>,
}

/// All that is known of a target after a round.
#[derive(Clone, Copy, Debug)]
pub struct Observation<'a> {
    /// When the newest round began. Never goes back.
    pub at: Timestamp,
    /// The clock of who decides; in a replay the same as `at`.
    pub now: Timestamp,
    /// After how many milliseconds without a round the target is late.
    pub late_after_ms: i64,
    /// From which share of failed rounds on, in percent, a family is unstable; `None`: never.
    pub unstable_percent: Option<u8>,
    pub families: PerFamily<Seen<'a>>,
    /// How a dual-stack client fares with that.
    pub dual_stack: DualStack,
}

/// What comes of a round: what to remember, and what to do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    pub state: State,
    pub effects: Vec<Effect>,
    /// The incident that was resolved in this step, as it is to be kept.
    pub resolved: bool,
}

/// What comes of a round where the state is changed in its place: what a [`Step`] has beside it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Requested {
    pub effects: Vec<Effect>,
    pub resolved: bool,
}

/// Returns the state after a round, and the effects that it requests. An observation that is not newer than the one
/// before changes nothing.
pub fn step(mut state: State, seen: &Observation<'_>, policy: &Policy) -> Step {
    let Requested { effects, resolved } = step_in_place(&mut state, seen, policy);
    Step { state, effects, resolved }
}

/// Does as [`step`], in the state's own place: a round changes a few instants of it, and to move it costs more than that.
pub fn step_in_place(state: &mut State, seen: &Observation<'_>, policy: &Policy) -> Requested {
    if state.last_heard.is_some_and(|last| seen.at < last) {
        return Requested::default();
    }
    state.last_heard = Some(seen.at);
    for (family, seen_of) in seen.families.iter() {
        if let Some(from) = seen_of.sight.unseen_since.filter(|from| *from < seen.at) {
            note_unseen(state, family, from, seen.at);
        }
    }
    let open = state.open.as_deref();
    let bad_before = state.tracks.as_ref().map(|_, track| track.last_bad);
    let turns = PerFamily::from_fn(|family| {
        let is_down = open.is_some_and(|open| open.is_down(family));
        turn(state.tracks.get_mut(family), family, is_down, seen)
    });
    // A failure that no round before has shown; what an announced window excuses is none.
    let is_failure = state.tracks.iter().any(|(family, track)| match (*bad_before.get(family), track.last_bad) {
        (Some(before), Some(last)) => before != last && !is_same_round(before, last),
        (before, last) => before != last,
    });
    count(state, &turns, seen, is_failure);
    let mut requested = Requested::default();
    if state.open.is_none() && !turns.iter().any(|(_, turn)| turn.is_begin()) {
        forget_latest(state, seen.at, policy);
    } else {
        requested.resolved = apply(state, turns, seen, policy, &mut requested.effects);
    }
    for family in Family::ALL {
        let track = state.tracks.get_mut(family);
        if track.pending.is_empty() {
            track.unseen.clear();
        }
    }
    requested
}

/// Notes that nobody has seen a family between two rounds: in what is open, or for what may be confirmed.
fn note_unseen(state: &mut State, family: Family, from: Timestamp, to: Timestamp) {
    let track = state.tracks.get_mut(family);
    match &mut state.open {
        Some(open) if open.now(family).is_some() => open.lost_sight(family, from, to),
        _ if !track.pending.is_empty() => {
            if track.unseen.len() >= MAX_UNSEEN {
                track.unseen.remove(0);
            }
            track.unseen.push((from, to));
        }
        _ => {}
    }
}

/// So many gaps, the newest, are remembered of failures that are not confirmed yet; mostly there is none. An outage is
/// confirmed by at most ten rounds from its first on: what was before these is not of it.
const MAX_UNSEEN: usize = 10;

/// Ends what is open because the target is not measured as before any more; what comes then begins anew.
pub fn abandon(state: State, ending: Ending, now: Timestamp) -> Step {
    let mut effects = Vec::new();
    let Some(mut incident) = state.open else { return Step::default() };
    for family in Family::ALL {
        incident.forget_unshown(family);
    }
    for outage in incident.outages.iter_mut().filter(|o| o.ended.is_none()) {
        let after = state.tracks.get(outage.family).last_bad;
        // What began anew after the last failure has shown none since.
        let after = after.map(|after| after.max(outage.began.by).min(now));
        outage.ended = Some((Bound { after, by: now }, ending));
    }
    for family in Family::ALL {
        incident.sees_again(family, now);
    }
    incident.resolved_at = Some(now);
    let episode = incident.episodes;
    request(&mut incident, &mut effects, now, Kind::Resolve { episode }, true);
    Step { state: State { latest: Some(incident), ..State::default() }, effects, resolved: true }
}

/// Applies the turns of both families to the incident; returns whether it is resolved.
fn apply(
    state: &mut State,
    turns: PerFamily<Turn>,
    seen: &Observation<'_>,
    policy: &Policy,
    effects: &mut Vec<Effect>,
) -> bool {
    let opens = state.open.is_none();
    if opens {
        state.open = Some(Box::new(begin(state.latest.take(), &turns, seen.now, policy)));
    }
    let Some(incident) = state.open.as_deref_mut() else { return false };
    let was_quiet = opens || incident.is_quiet();
    let n_before = incident.episodes;
    if opens {
        request(incident, effects, seen.at, Kind::Open { episode: n_before }, true);
    }
    let mut amendments = Vec::new();
    let has_failed = turns.iter().any(|(_, turn)| turn.is_failure());
    let unstable = turns.iter().filter_map(|(_, turn)| match turn {
        Turn::Unstable { began, .. } => Some(began.by),
        _ => None,
    });
    if let Some(first) = unstable.min() {
        state.met.take_since(first, &mut state.pending_impact);
    }
    let PerFamily { ipv4, ipv6 } = turns;
    for (family, turn) in [(Family::Ipv4, ipv4), (Family::Ipv6, ipv6)] {
        apply_turn(incident, state.tracks.get(family), family, turn, seen, was_quiet, &mut amendments);
    }
    let is_quiet = incident.is_quiet();
    if was_quiet && !is_quiet && !opens {
        incident.episodes = incident.episodes.saturating_add(1);
        amendments.retain(|(change, _)| !matches!(change, Amendment::Parted { .. }));
        amendments.push((Amendment::Relapsed { episode: incident.episodes }, !incident.flapping));
    }
    let n_worse = incident.outages.iter().filter(|o| matches!(o.ended, Some((_, Ending::WentDown)))).count();
    let n_turns = incident.episodes.max(u32::try_from(n_worse).unwrap_or(u32::MAX));
    if n_turns >= policy.flapping_from && !incident.flapping {
        incident.flapping = true;
        amendments.push((Amendment::Flaps, false));
    }
    if has_failed {
        incident.impact.add(&std::mem::take(&mut state.pending_impact));
    }
    if is_quiet && !was_quiet {
        // Nothing is down any more: that says more than who was the last.
        amendments.retain(|(change, _)| !matches!(change, Amendment::Parted { .. }));
        if incident.flapping {
            amendments.push((Amendment::Calms, false));
        }
    }
    // Both families of one machine change together: one notice says so.
    let mut told: Option<Amendment> = None;
    for (change, notify) in amendments {
        let is_twin = match (told, change) {
            (Some(Amendment::CauseChanged { cause: first, .. }), Amendment::CauseChanged { cause, .. }) => {
                first == cause
            }
            (Some(Amendment::WentDown { .. }), Amendment::WentDown { .. })
            | (Some(Amendment::Unstable { .. }), Amendment::Unstable { .. }) => true,
            _ => false,
        };
        if notify {
            told = Some(change);
        }
        request(incident, effects, seen.at, Kind::Amend { change }, notify && !is_twin);
    }
    let has_been_calm = |ended: Bound| seen.at.ms_since(ended.by) >= policy.calm_ms;
    let is_over = is_quiet && (!incident.flapping || incident.well_since().is_some_and(has_been_calm));
    if is_over && state.tracks.iter().all(|(_, track)| track.pending.is_empty()) {
        incident.resolved_at = Some(seen.now);
        let episode = incident.episodes;
        request(incident, effects, seen.at, Kind::Resolve { episode }, true);
        state.latest = state.open.take();
        // What failed before its end belongs to no other incident.
        for family in Family::ALL {
            state.tracks.get_mut(family).unrest = Unrest::default();
        }
        state.met = Met::default();
        return true;
    }
    false
}

/// Applies what the round says of one family; what is not yet told comes to `amendments`, each with whether it is to be.
fn apply_turn(
    incident: &mut Incident,
    track: &Track,
    family: Family,
    turn: Turn,
    seen: &Observation<'_>,
    was_quiet: bool,
    amendments: &mut Vec<(Amendment, bool)>,
) {
    // The moment since which this is what is known: so far the round before has spoken.
    let is_blind = turn == Turn::Blind || !seen.families.get(family).sight.is_seen;
    let is_end = matches!(turn, Turn::Ended(..));
    if !is_blind {
        incident.sees_again(family, seen.at);
    }
    match turn {
        Turn::Nothing | Turn::Blind => {}
        Turn::Answered { in_a_row } => incident.note_answers(family, in_a_row),
        Turn::StillDown { failure, is_new } => {
            if is_new {
                incident.count_failure(family);
            }
            if let Some(cause) = failure {
                // Another vantage that knows another cause is no change of the target.
                let is_known = incident.has_failed_for(cause, family)
                    || !incident.was_shown_by(seen.families.get(family).vantage, family);
                if incident.add_cause(cause, family, seen.families.get(family)) {
                    let change = Amendment::CauseChanged { family, cause };
                    amendments.push((change, !is_known && !incident.flapping));
                }
            }
        }
        Turn::WentDown { began, causes } => {
            let was_unstable = incident.now(family) == Some(Trouble::Unstable);
            if was_unstable {
                incident.end_outage(family, began, Ending::WentDown);
            }
            incident.add_causes(causes);
            let answers = Answers::default();
            incident.add_outage(Outage { family, began, ended: None, unstable: None, answers });
            for (from, to) in track.unseen.iter().filter(|(_, to)| *to > began.by) {
                incident.lost_sight(family, *from.max(&began.by), *to);
            }
            if was_unstable {
                amendments.push((Amendment::WentDown { family }, !incident.flapping));
            } else if !was_quiet {
                amendments.push((Amendment::Joined { family }, !incident.flapping));
            }
        }
        Turn::Unstable { began, causes, rate } => {
            incident.add_causes(causes);
            let (unstable, answers) = (Some(rate), Answers::default());
            incident.add_outage(Outage { family, began, ended: None, unstable, answers });
            if !was_quiet {
                amendments.push((Amendment::Unstable { family }, !incident.flapping));
            }
        }
        Turn::StillUnstable { causes, rate } => incident.add_failures(family, causes, rate),
        Turn::Steady { ended, ending, since } => {
            incident.settle(family, ended, ending, since);
            amendments.push((Amendment::Parted { family }, !incident.flapping));
        }
        Turn::Ended(ended, ending) => {
            if incident.now(family) == Some(Trouble::Unstable) {
                incident.forget_unshown(family);
            }
            incident.end_outage(family, ended, ending);
            // It was unstable before it was down: whether it still is will show.
            if track.unrest.is_unstable() {
                let (unstable, answers) = (Some(Rate::default()), Answers::default());
                incident.add_outage(Outage { family, began: ended, ended: None, unstable, answers });
                amendments.push((Amendment::Unstable { family }, !incident.flapping));
            } else {
                amendments.push((Amendment::Parted { family }, !incident.flapping));
            }
        }
    }
    if incident.now(family).is_some() {
        if is_blind {
            incident.goes_blind(family, seen.at);
        }
    } else if is_end {
        incident.forget_blind_since_end(family);
    }
}

/// Returns the incident that these turns open: the latest once more, where it ended a short time ago.
fn begin(latest: Option<Box<Incident>>, turns: &PerFamily<Turn>, now: Timestamp, policy: &Policy) -> Incident {
    let began = turns.iter().filter_map(|(_, turn)| match turn {
        Turn::WentDown { began, .. } | Turn::Unstable { began, .. } => Some(began.by),
        _ => None,
    });
    let began = began.min().unwrap_or(now);
    let is_relapse = |latest: &Incident| {
        // Before that end too: somebody who was outvoted had seen it already.
        latest.ended().is_some_and(|ended| began.ms_since(ended.by) <= policy.relapse_within_ms)
    };
    match latest {
        Some(latest) if is_relapse(&latest) => {
            Incident { episodes: latest.episodes.saturating_add(1), resolved_at: None, ..*latest }
        }
        _ => Incident {
            id: IncidentId(began),
            outages: Vec::new(),
            outages_omitted: 0,
            outages_omitted_ms: PerFamily::default(),
            causes: Vec::new(),
            causes_omitted: 0,
            blind: Vec::new(),
            blind_omitted_ms: PerFamily::default(),
            episodes: 1,
            flapping: false,
            confirmed_at: now,
            resolved_at: None,
            impact: Impact::default(),
            changes: Vec::new(),
            addresses: Vec::new(),
            n_effects: 0,
        },
    }
}

fn request(incident: &mut Incident, effects: &mut Vec<Effect>, at: Timestamp, kind: Kind, notify: bool) {
    incident.n_effects = incident.n_effects.saturating_add(1);
    effects.push(Effect { incident: incident.id, n: incident.n_effects, at, kind, notify });
}

/// Remembers who meets failures, until it is known whether they belong to an incident.
fn count(state: &mut State, turns: &PerFamily<Turn>, seen: &Observation<'_>, is_failure: bool) {
    let is_pending = state.tracks.iter().any(|(_, track)| !track.pending.is_empty());
    if !is_pending && !turns.iter().any(|(_, turn)| turn.is_failure()) {
        let forgotten = std::mem::take(&mut state.pending_impact);
        let first = || state.tracks.iter().filter_map(|(_, track)| track.unrest.first_failure()).min();
        if !forgotten.is_none() && first().is_some() {
            state.met.keep(seen.at, forgotten);
        }
        if !state.met.is_empty() {
            let first = first();
            state.met.forget_before(first);
        }
    } else if is_failure {
        state.pending_impact.count(seen.families.map(|_, seen| seen.sample), seen.dual_stack);
    }
}

/// A relapse can continue the latest incident only so long.
fn forget_latest(state: &mut State, at: Timestamp, policy: &Policy) {
    let is_past = |latest: &Incident| {
        latest.ended().is_none_or(|ended| at.ms_since(ended.by) > policy.relapse_within_ms)
            // A failure that began in time may still wait for its confirmation.
            && state.tracks.iter().all(|(_, track)| track.pending.is_empty())
    };
    if state.latest.as_deref().is_some_and(is_past) {
        state.latest = None;
    }
}
