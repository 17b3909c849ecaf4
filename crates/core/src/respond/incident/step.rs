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
//!
//! Both families together: the first that goes down opens an incident, or continues the latest where that ended a short
//! time ago; the second joins it; it is resolved when neither is down. From the third episode on it flaps, and is
//! resolved only after a calm while.

mod record;
#[cfg(test)]
mod tests;

use super::{
    Amendment, Bound, CauseSpan, Effect, Ending, Impact, Incident, IncidentId, Kind, Outage, Policy, State, Track,
};
use crate::{
    judge::{
        agreement::WellBefore,
        diagnosis::{Conclusion, conclude},
        health::Health,
    },
    measure::{
        cause::Cause,
        family::{Family, PerFamily},
        round::DualStack,
        sample::Sample,
        time::Timestamp,
        vantage::Standing,
    },
};

/// One family, as the vantages agree on it.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    pub health: Health,
    /// The sample that gives the cause, the vantage it comes from, and when its round began.
    pub sample: &'a Sample,
    pub vantage: &'a str,
    pub heard_at: Timestamp,
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
    /// After how many milliseconds without a round nobody has seen the target.
    pub late_after_ms: i64,
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

/// What a round says of one family of the incident.
#[derive(Clone, Debug, PartialEq)]
enum Turn {
    Nothing,
    WentDown {
        began: Bound,
        causes: Vec<CauseSpan>,
    },
    /// With the cause, where this failure was not counted before.
    StillDown(Option<Cause>),
    Ended(Bound, Ending),
    Blind,
}

impl Turn {
    /// Whether it shows that a family of the incident failed.
    const fn is_failure(&self) -> bool {
        matches!(self, Self::WentDown { .. } | Self::StillDown(Some(_)))
    }
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
    let gap = state.last_heard.filter(|last| seen.at.ms_since(*last) > seen.late_after_ms);
    state.last_heard = Some(seen.at);
    if let (Some(from), Some(open)) = (gap, &mut state.open) {
        open.lost_sight(from, seen.at);
    }
    let open = state.open.as_deref();
    let bad_before = state.tracks.as_ref().map(|_, track| track.last_bad);
    let turns = PerFamily::from_fn(|family| {
        let is_down = open.is_some_and(|open| open.is_down(family));
        turn(state.tracks.get_mut(family), family, is_down, seen.families.get(family), seen.at)
    });
    // A failure that no round before has shown; what an announced window excuses is none.
    let is_failure = state.tracks.iter().any(|(family, track)| track.last_bad != *bad_before.get(family));
    count(state, &turns, seen, is_failure);
    if state.open.is_none() && !turns.iter().any(|(_, turn)| matches!(turn, Turn::WentDown { .. })) {
        forget_latest(state, seen.at, policy);
        return Requested::default();
    }
    let mut effects = Vec::new();
    let resolved = apply(state, turns, seen, policy, &mut effects);
    Requested { effects, resolved }
}

/// Ends what is open because the target is not measured as before any more; what comes then begins anew.
pub fn abandon(state: State, ending: Ending, now: Timestamp) -> Step {
    let mut effects = Vec::new();
    let Some(mut incident) = state.open else { return Step::default() };
    for outage in incident.outages.iter_mut().filter(|o| o.ended.is_none()) {
        let after = state.tracks.get(outage.family).last_bad;
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

/// Decides what the round says of one family; see the table above.
fn turn(track: &mut Track, family: Family, is_down: bool, seen: &Seen<'_>, at: Timestamp) -> Turn {
    let conclusion = conclude(seen.sample);
    let is_new = track.last_bad.is_none_or(|last| seen.heard_at > last);
    let failure = match conclusion {
        Conclusion::Bad(cause) if is_new => Some(cause),
        _ => None,
    };
    track.degraded_since = match conclusion {
        Conclusion::Good { degraded: true } => track.degraded_since.or(Some(seen.heard_at)),
        _ => None,
    };
    let not_offered_since = match conclusion {
        Conclusion::Unpublished(_) if is_new => track.not_offered_since.or(Some(seen.heard_at)),
        _ => None,
    };
    track.not_offered_since = not_offered_since;
    match seen.health {
        Health::Up { since } => {
            track.pending.clear();
            track.excused_until = None;
            // Several vantages: the one that speaks may have been up all the time, outvoted until now.
            let is_after = |t: &Timestamp| track.last_bad.is_none_or(|bad| *t > bad);
            let first_good = Some(since).filter(is_after).or(track.first_good.take());
            let by = first_good.filter(is_after).or(Some(seen.heard_at).filter(is_after)).unwrap_or(at);
            let ended = Bound { after: track.last_bad, by };
            track.last_good = track.last_good.max(Some(seen.heard_at));
            if is_down { Turn::Ended(ended, Ending::Recovered) } else { Turn::Nothing }
        }
        Health::Suspect { .. } | Health::Down { .. } if is_down => {
            note_failure(track, failure, seen.heard_at);
            Turn::StillDown(failure)
        }
        Health::Suspect { .. } | Health::Down { .. } if seen.excused_until.is_some() => {
            track.pending.clear();
            track.excused_until = seen.excused_until;
            Turn::Nothing
        }
        Health::Suspect { .. } => {
            note_failure(track, failure, seen.heard_at);
            if let Some(cause) = failure {
                record::add(&mut track.pending, cause, family, seen);
            }
            Turn::Nothing
        }
        Health::Down { since } => {
            note_failure(track, failure, seen.heard_at);
            // What was seen before the last good round does not open anything after it.
            let failure = failure.filter(|_| track.last_good.is_none_or(|good| seen.heard_at > good));
            let suspected = track.pending.first().map(|span| span.from);
            if let Some(cause) = failure {
                record::add(&mut track.pending, cause, family, seen);
            }
            // A vantage that comes back may turn the majority without having seen anything bad itself.
            if track.pending.is_empty() {
                return Turn::Nothing;
            }
            went_down(track, since, suspected.unwrap_or(at), seen)
        }
        Health::Recovering { .. } => {
            let is_good = matches!(conclusion, Conclusion::Good { .. });
            track.first_good = track.first_good.or(is_good.then_some(seen.heard_at));
            Turn::Nothing
        }
        Health::Unknown { .. } => {
            track.pending.clear();
            match (conclusion, not_offered_since) {
                (Conclusion::Unpublished(_), since) => {
                    // Once may be a resolver's slip.
                    let withdrawn = since.filter(|since| is_down && *since < seen.heard_at);
                    // What is not offered is not down either: what fails later began after this.
                    if !is_down || withdrawn.is_some() {
                        track.last_good = track.last_good.max(Some(seen.heard_at));
                    }
                    let ended = |by| Turn::Ended(Bound { after: track.last_bad, by }, Ending::Withdrawn);
                    withdrawn.map_or(Turn::Nothing, ended)
                }
                _ if is_down => Turn::Blind,
                _ => Turn::Nothing,
            }
        }
    }
}

fn note_failure(track: &mut Track, failure: Option<Cause>, at: Timestamp) {
    if failure.is_some() {
        track.last_bad = Some(at);
        track.first_good = None;
    }
}

/// `turned_at` is when the vantages together first called it failing.
fn went_down(track: &mut Track, since: Timestamp, turned_at: Timestamp, seen: &Seen<'_>) -> Turn {
    let causes = std::mem::take(&mut track.pending);
    let (heard_at, well_before) = (seen.heard_at, seen.well_before);
    // Several vantages: what one has seen for long may have been outvoted until now.
    let (first_bad, well) = match track.last_good {
        Some(good) if since <= good => (turned_at.max(good), well_before.newest),
        _ => (since, well_before.first),
    };
    // Another vantage may have been well after that: it says nothing about those that are not.
    let after = track.last_good.map(|good| well.map_or(good, |well| well.min(good)));
    let mut began = Bound { after, by: first_bad };
    if let Some(until) = track.excused_until.take().filter(|until| first_bad <= *until) {
        // Only what outlasts the window is an incident.
        began = Bound { after: Some(until), by: heard_at.max(until) };
    }
    Turn::WentDown { began, causes }
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
    let PerFamily { ipv4, ipv6 } = turns;
    for (family, turn) in [(Family::Ipv4, ipv4), (Family::Ipv6, ipv6)] {
        let heard_at = seen.families.get(family).heard_at;
        if turn != Turn::Blind {
            incident.sees_again(family, heard_at);
        }
        match turn {
            Turn::Nothing => {}
            Turn::Blind => incident.goes_blind(family, state.tracks.get(family).last_bad.unwrap_or(heard_at)),
            Turn::StillDown(failure) => {
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
                incident.add_causes(causes);
                incident.add_outage(Outage { family, began, ended: None });
                if !was_quiet {
                    amendments.push((Amendment::Joined { family }, !incident.flapping));
                }
            }
            Turn::Ended(ended, ending) => {
                incident.end_outage(family, ended, ending);
                amendments.push((Amendment::Parted { family }, !incident.flapping));
            }
        }
    }
    let is_quiet = incident.is_quiet();
    if was_quiet && !is_quiet && !opens {
        incident.episodes = incident.episodes.saturating_add(1);
        amendments.retain(|(change, _)| !matches!(change, Amendment::Parted { .. }));
        amendments.push((Amendment::Relapsed { episode: incident.episodes }, !incident.flapping));
    }
    if incident.episodes >= policy.flapping_from && !incident.flapping {
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
    let mut told: Option<Cause> = None;
    for (change, notify) in amendments {
        let cause = match change {
            Amendment::CauseChanged { cause, .. } if notify => Some(cause),
            _ => None,
        };
        let notify = notify && (cause.is_none() || cause != told);
        told = cause.or(told);
        request(incident, effects, seen.at, Kind::Amend { change }, notify);
    }
    let has_been_calm = |ended: Bound| seen.at.ms_since(ended.by) >= policy.calm_ms;
    let is_over = is_quiet && (!incident.flapping || incident.well_since().is_some_and(has_been_calm));
    if is_over && state.tracks.iter().all(|(_, track)| track.pending.is_empty()) {
        incident.resolved_at = Some(seen.now);
        let episode = incident.episodes;
        request(incident, effects, seen.at, Kind::Resolve { episode }, true);
        state.latest = state.open.take();
        return true;
    }
    false
}

/// Returns the incident that these turns open: the latest once more, where it ended a short time ago.
fn begin(latest: Option<Box<Incident>>, turns: &PerFamily<Turn>, now: Timestamp, policy: &Policy) -> Incident {
    let began = turns.iter().filter_map(|(_, turn)| match turn {
        Turn::WentDown { began, .. } => Some(began.by),
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
            causes: Vec::new(),
            causes_omitted: 0,
            blind: Vec::new(),
            episodes: 1,
            flapping: false,
            confirmed_at: now,
            resolved_at: None,
            impact: Impact::default(),
            changes: Vec::new(),
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
        state.pending_impact = Impact::default();
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
