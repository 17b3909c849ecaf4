//! What a round says of one family of the incident.

use super::{Observation, Seen, record};
use crate::{
    judge::{
        diagnosis::{Conclusion, conclude},
        health::Health,
        schedule::is_same_round,
        steadiness::WINDOW,
    },
    measure::{cause::Cause, family::Family, time::Timestamp},
    respond::incident::{Bound, CauseSpan, Ending, Rate, Track, Unrest, unrest::Turned},
};

#[derive(Clone, Debug, PartialEq)]
pub enum Turn {
    Nothing,
    WentDown {
        began: Bound,
        causes: Vec<CauseSpan>,
    },
    /// With the cause, where this failure was not counted before; `is_new`: nor one of another vantage in the same round.
    StillDown {
        failure: Option<Cause>,
        is_new: bool,
    },
    /// Down, and answering for so many rounds in a row, which confirm nothing yet.
    Answered {
        in_a_row: u32,
    },
    /// It fails again and again.
    Unstable {
        began: Bound,
        causes: Vec<CauseSpan>,
        rate: Rate,
    },
    /// With what came to it.
    StillUnstable {
        causes: Vec<CauseSpan>,
        rate: Rate,
    },
    /// It is unstable no more, since before so many rounds.
    Steady {
        ended: Bound,
        ending: Ending,
        since: Rate,
    },
    Ended(Bound, Ending),
    Blind,
}

impl Turn {
    /// Whether it begins something that is an incident.
    pub const fn is_begin(&self) -> bool {
        matches!(self, Self::WentDown { .. } | Self::Unstable { .. })
    }

    /// Whether it shows that a family of the incident failed.
    pub const fn is_failure(&self) -> bool {
        match self {
            Self::StillUnstable { rate, .. } => rate.failed > 0,
            _ => {
                matches!(self, Self::WentDown { .. } | Self::StillDown { failure: Some(_), .. } | Self::Unstable { .. })
            }
        }
    }
}

/// Decides what the round says of one family; see the table of [`super`].
pub fn turn(track: &mut Track, family: Family, is_down: bool, observation: &Observation<'_>) -> Turn {
    let (seen, at) = (observation.families.get(family), observation.at);
    let conclusion = conclude(seen.sample);
    let is_new = track.last_bad.is_none_or(|last| seen.heard_at > last);
    // Another vantage may have begun the same round a moment before this one, and know less of it.
    let is_of_newest = track.last_bad.is_some_and(|last| is_same_round(last, seen.heard_at));
    let failure = match conclusion {
        Conclusion::Bad(cause) if is_new || is_of_newest => Some(cause),
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
            track.excused_until = None;
            if is_down { recovered(track, since, observation, seen) } else { good(track, observation, seen) }
        }
        Health::Suspect { .. } | Health::Down { .. } if is_down => {
            note_failure(track, failure, seen.heard_at);
            Turn::StillDown { failure, is_new: failure.is_some() && !is_of_newest }
        }
        Health::Suspect { .. } | Health::Down { .. } if seen.excused_until.is_some() => {
            track.pending.clear();
            track.excused_until = seen.excused_until;
            Turn::Nothing
        }
        Health::Suspect { .. } => {
            note_failure(track, failure, seen.heard_at);
            if let Some(cause) = failure {
                record::add(&mut track.pending, cause, family, seen, None);
            }
            Turn::Nothing
        }
        Health::Down { since } => {
            note_failure(track, failure, seen.heard_at);
            // What was seen before the last good round does not open anything after it.
            let failure = failure.filter(|_| track.last_good.is_none_or(|good| seen.heard_at > good));
            let suspected = track.pending.first().map(|span| span.from);
            if let Some(cause) = failure {
                record::add(&mut track.pending, cause, family, seen, None);
            }
            // A vantage that comes back may turn the majority without having seen anything bad itself.
            if track.pending.is_empty() {
                return Turn::Nothing;
            }
            went_down(track, since, suspected.unwrap_or(at), seen)
        }
        Health::Recovering { successes, .. } => {
            let is_good = matches!(conclusion, Conclusion::Good { .. });
            track.first_good = track.first_good.or(is_good.then_some(seen.heard_at));
            if is_good && is_down { Turn::Answered { in_a_row: successes } } else { Turn::Nothing }
        }
        Health::Unknown { .. } => {
            track.pending.clear();
            let is_troubled = is_down || track.unrest.is_unstable();
            match (conclusion, not_offered_since) {
                (Conclusion::Unpublished(_), since) => {
                    // Once may be a resolver's slip.
                    let withdrawn = since.filter(|since| is_troubled && *since < seen.heard_at);
                    // What is not offered is not down either: what fails later began after this.
                    if !is_down || withdrawn.is_some() {
                        track.last_good = track.last_good.max(Some(seen.heard_at));
                    }
                    let Some(by) = withdrawn else { return Turn::Nothing };
                    track.unrest = Unrest::default();
                    Turn::Ended(Bound { after: track.last_bad, by }, Ending::Withdrawn)
                }
                _ if is_troubled => Turn::Blind,
                _ => Turn::Nothing,
            }
        }
    }
}

fn note_failure(track: &mut Track, failure: Option<Cause>, at: Timestamp) {
    if failure.is_some() {
        track.last_bad = track.last_bad.max(Some(at));
        track.first_good = None;
    }
}

/// Up, and it was down: since when.
fn recovered(track: &mut Track, since: Timestamp, observation: &Observation<'_>, seen: &Seen<'_>) -> Turn {
    track.pending.clear();
    // Several vantages: the one that speaks may have been up all the time, outvoted until now.
    let is_after = |t: &Timestamp| track.last_bad.is_none_or(|bad| *t > bad);
    let first_good = Some(since).filter(is_after).or(track.first_good.take());
    let by = first_good.filter(is_after).or(Some(seen.heard_at).filter(is_after)).unwrap_or(observation.at);
    // How it was before a long outage says nothing any more.
    if track.last_good.is_none_or(|good| is_long(good, by, observation)) {
        track.unrest = Unrest::default();
    }
    track.last_good = track.last_good.max(Some(seen.heard_at));
    Turn::Ended(Bound { after: track.last_bad, by }, Ending::Recovered)
}

/// Up, and it was not down: it may have failed before, too seldom in a row to be called down.
fn good(track: &mut Track, observation: &Observation<'_>, seen: &Seen<'_>) -> Turn {
    let (last_good, last_bad, at) = (track.last_good, track.last_bad, seen.heard_at);
    track.first_good = None;
    track.last_good = last_good.max(Some(at));
    let is_counted = seen.excused_until.is_none() && last_good.is_none_or(|good| at > good);
    if track.pending.is_empty() && track.unrest.is_calm() {
        // Mostly nothing has failed.
        let is_stale = last_good.is_some_and(|good| is_long(good, at, observation));
        if is_stale || observation.unstable_percent.is_none() {
            track.unrest = Unrest::default();
        }
        if is_counted && observation.unstable_percent.is_some() {
            track.unrest.hear_calm();
        }
        return Turn::Nothing;
    }
    let missed = std::mem::take(&mut track.pending);
    let unrest = &mut track.unrest;
    let Some(percent) = observation.unstable_percent else {
        let was_unstable = std::mem::take(unrest).is_unstable();
        let ended = Bound { after: last_bad, by: at };
        let ending = Ending::Reconfigured;
        return if was_unstable { Turn::Steady { ended, ending, since: Rate::default() } } else { Turn::Nothing };
    };
    // Rounds of before are forgotten where nobody has seen any for as long as a window lasts.
    let first = missed.first().map_or(at, |span| span.from);
    if !unrest.is_unstable() && last_good.is_some_and(|good| is_long(good, first, observation)) {
        *unrest = Unrest::default();
    }
    match unrest.hear(missed, last_good, at, is_counted, percent) {
        Turned::Not => Turn::Nothing,
        Turned::Unstable { began, causes, rate } => Turn::Unstable { began, causes, rate },
        Turned::StillUnstable { causes, rate } => Turn::StillUnstable { causes, rate },
        Turned::Steady { ended, since } => Turn::Steady { ended, ending: Ending::Recovered, since },
    }
}

/// Whether it is as long between two rounds as a whole window takes, at least.
fn is_long(from: Timestamp, to: Timestamp, observation: &Observation<'_>) -> bool {
    // One is late after two intervals.
    to.ms_since(from) > i64::from(WINDOW) / 2 * observation.late_after_ms
}

/// `turned_at` is when the vantages together first called it failing.
fn went_down(track: &mut Track, since: Timestamp, turned_at: Timestamp, seen: &Seen<'_>) -> Turn {
    let causes = std::mem::take(&mut track.pending);
    // After an outage counting begins anew, except where it goes on with what was before it.
    if !track.unrest.is_unstable() {
        track.unrest = Unrest::default();
    }
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
