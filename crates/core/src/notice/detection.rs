//! What is not as it usually is: findings beside up and down, learned from the target's own rounds.
//!
//! [`Detection`] is the memory of one target at one vantage. [`Detection::observe`] takes a round, says which findings
//! began or ended with it, and learns. A failed phase teaches nothing, and neither does a round that came twice or late.
//!
//! | finding | what it looks at | file |
//! |---|---|---|
//! | `latency_shift` | a phase against its own baseline: lasting, at once | `detection/shift.rs` |
//! | `slow_degradation` | the median of a day against the weeks before | `detection/days.rs` |
//! | `family_gap` | IPv6 minus IPv4 of the same round | `detection/gap.rs` |
//! | `impossible_round_trip` | a connection sooner than the target could answer | `detection/nearness.rs` |
//! | `body_unread` | a body that could be read before, and cannot now | `detection/unread.rs` |
//!
//! How much counts, per protocol and phase: `detection/tuning.rs`.

mod bytes;
mod days;
mod finding;
mod gap;
mod nearness;
mod open;
mod run;
mod shift;
mod tuning;
mod unread;

pub use finding::{Ending, Finding, FindingChange, Kind, Origin, Usual};
pub use nearness::{Impossible, in_series as impossible_in_series};
pub use tuning::{Tuning, gap_tuning, tuning};

use crate::{
    measure::{
        family::{Family, PerFamily},
        sample::{Outcome, Sample},
        target::Scheme,
        time::Timestamp,
    },
    remember::baseline::{Moment, Phase, Series, scale},
};
use days::{DayChange, Days};
use finding::tenths;
use nearness::{Nearness, NearnessChange};
use run::{Allowance, Run};
use serde::{Deserialize, Serialize};

/// One round of a target, as far as detection looks at it.
#[derive(Clone, Copy, Debug)]
pub struct Observed<'a> {
    pub at: Timestamp,
    pub scheme: Scheme,
    pub samples: &'a PerFamily<Sample>,
    /// Whether the caller knows that this round is not an ordinary one (a maintenance window, an open incident): nothing
    /// is concluded from it and nothing is learned.
    pub is_flagged: bool,
}

/// What is usual for a target, what departs from it at the moment, and what was said of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Detection {
    seen_at: Option<Timestamp>,
    learned_at: Option<Timestamp>,
    families: PerFamily<FamilyState>,
    gaps: gap::Gaps,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    open: Vec<Finding>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct FamilyState {
    /// The last round in which this family was reached, and read as far as something is expected of its body.
    reached_at: Option<Timestamp>,
    tracks: [Option<Track>; Phase::ALL.len()],
    /// Connecting and the first byte.
    days: [Option<Days>; 2],
    #[serde(skip_serializing_if = "Option::is_none")]
    nearness: Option<Nearness>,
}

/// The baseline of a series, and the run of rounds that depart from it, if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Track(Series, Option<Run>);

impl Detection {
    /// Takes a round, and returns which findings began or ended with it.
    ///
    /// A round that is not later than the one before changes nothing.
    pub fn observe(&mut self, round: &Observed<'_>) -> Vec<FindingChange> {
        let at = round.at;
        if round.is_flagged || self.seen_at.is_some_and(|seen| at <= seen) {
            return Vec::new();
        }
        self.seen_at = Some(at);
        let moment = Moment::new(at, self.learned_at);
        if moment.is_to_learn() {
            self.learned_at = Some(at);
        }

        let mut changes = Vec::new();
        for family in Family::ALL {
            self.observe_nearness(family, round, &mut changes);
        }
        for family in Family::ALL {
            self.observe_phases(family, round, &moment, &mut changes);
        }
        let is_near = Family::ALL.iter().any(|family| self.families.get(*family).nearness.is_some());
        for family in Family::ALL {
            self.observe_unread(family, round, &mut changes);
        }
        self.gaps.step(round, &moment, is_near, &self.families);
        self.confirm_shifts(round, &moment, &mut changes);
        self.confirm_gaps(round, &moment, &mut changes);
        self.settle_old(at, &mut changes);
        for family in Family::ALL {
            let sample = round.samples.get(family);
            if is_ordinary(sample) && !unread::is_unread(sample) {
                self.families.get_mut(family).reached_at = Some(at);
            }
        }
        changes
    }

    /// Returns the findings that hold at the moment, the oldest first.
    pub fn open(&self) -> &[Finding] {
        &self.open
    }

    /// Returns what is usual at a time; `None` before enough was seen.
    pub fn usual(&self, family: Family, phase: Phase, at: Timestamp) -> Option<Usual> {
        let Track(series, _) = self.families.get(family).tracks[phase as usize].as_ref()?;
        series.is_warm().then(|| usual(series, &Moment::new(at, None)))
    }

    fn observe_nearness(&mut self, family: Family, round: &Observed<'_>, changes: &mut Vec<FindingChange>) {
        let (suspect, other) = (round.samples.get(family), round.samples.get(family.other()));
        let Some(is_impossible) = nearness::is_impossible(suspect, other) else { return };
        let state = self.families.get_mut(family);
        let (after, change) = nearness::step(state.nearness, is_impossible, state.reached_at, round.at);
        state.nearness = after;
        match change {
            None => {}
            Some(NearnessChange::Ended(at)) => {
                self.end(Ending::Returned, at, changes, |f| f.kind == Kind::ImpossibleRoundTrip && f.family == family);
            }
            Some(NearnessChange::Began(since)) => {
                let far = other.phases.connect.unwrap_or_default();
                let measured = Usual { ms: tenths(far), spread_ms: 0.0 };
                let finding = Finding {
                    kind: Kind::ImpossibleRoundTrip,
                    family,
                    phase: Phase::Connect,
                    expected: self.usual(family.other(), Phase::Connect, round.at).unwrap_or(measured),
                    seen_ms: tenths(suspect.phases.connect.unwrap_or_default()),
                    since,
                    confirmed_at: round.at,
                    origin: Origin::Middlebox,
                    moved: vec![Phase::Connect],
                    is_in_both_families: false,
                };
                self.begin(finding, changes);
            }
        }
    }

    fn observe_phases(
        &mut self,
        family: Family,
        round: &Observed<'_>,
        moment: &Moment,
        changes: &mut Vec<FindingChange>,
    ) {
        let sample = round.samples.get(family);
        if !is_ordinary(sample) {
            return;
        }
        let state = self.families.get_mut(family);
        let mut day_changes = [None, None];
        // Whether the way may have become longer: then it matters what the phases on it do, also where they stay.
        let mut is_kept = false;
        for phase in Phase::ALL {
            // A connect time that tells of something else is no connect time of the target.
            let is_false = phase == Phase::Connect && state.nearness.is_some();
            let (Some(ms), Some(tuning), false) = (value(sample, phase), tuning(round.scheme, phase), is_false) else {
                continue;
            };
            let x = scale::from_ms(ms);
            let track = state.tracks[phase as usize].get_or_insert_with(|| Track(Series::of_first(x, moment), None));
            track.step(x, is_kept, state.reached_at, moment, |series, expected| {
                phase_allowance(series, expected, &tuning)
            });
            is_kept |= phase == Phase::Connect && track.1.is_some_and(|run| run.has(1));
            let width = track.0.quantiles().width();
            if let (Some(slow), true) = (tuning::slow_tuning(phase), track.0.is_warm()) {
                let i = usize::from(phase == Phase::FirstByte);
                let days = state.days[i].get_or_insert_with(|| Days::of_first(x, moment.at));
                day_changes[i] = days.step(x, width, moment.at, &slow).map(|change| (phase, change));
            }
        }
        for (phase, change) in day_changes.into_iter().flatten() {
            self.tell_day(family, phase, change, moment.at, changes);
        }
    }

    fn tell_day(
        &mut self,
        family: Family,
        phase: Phase,
        change: DayChange,
        confirmed_at: Timestamp,
        changes: &mut Vec<FindingChange>,
    ) {
        let is_it = move |f: &Finding| f.kind == Kind::SlowDegradation && f.family == family && f.phase == phase;
        let origin = if phase == Phase::Connect { Origin::Route } else { Origin::Server };
        match change {
            DayChange::Returned { at } => self.end(Ending::Returned, at, changes, is_it),
            DayChange::Settled { at } => self.end(Ending::Settled, at, changes, is_it),
            DayChange::Began { usual, seen, since } => {
                let spread_ms = tenths(scale::to_ms(usual.mid + usual.above) - scale::to_ms(usual.mid));
                let expected = Usual { ms: tenths(scale::to_ms(usual.mid)), spread_ms };
                let finding = Finding {
                    kind: Kind::SlowDegradation,
                    family,
                    phase,
                    expected,
                    seen_ms: tenths(scale::to_ms(seen)),
                    since,
                    confirmed_at,
                    origin,
                    moved: vec![phase],
                    is_in_both_families: false,
                };
                self.begin(finding, changes);
            }
        }
    }
}

impl Track {
    /// Takes a number: a warm series is compared first; what departs from it for some time is not learned. The last
    /// numbers are remembered while one departs, or `is_kept`.
    fn step(
        &mut self,
        x: i32,
        is_kept: bool,
        last: Option<Timestamp>,
        moment: &Moment,
        allow: impl FnOnce(&Series, i32) -> Allowance,
    ) {
        const ROUNDS_TO_DISTRUST: u16 = 3;
        let Self(series, run) = self;
        let expected = series.expected(moment);
        if series.is_warm() {
            let deviation = x.saturating_sub(expected);
            let narrow = least_allowance(series);
            // Most rounds end here: as usual, after others that were as usual.
            if is_kept || run.is_some() || deviation > narrow.above || -deviation > narrow.below {
                *run = run::step(*run, x, expected, allow(series, expected), is_kept, last, moment.at);
            }
        }
        if !run.is_some_and(|run| run.has(ROUNDS_TO_DISTRUST)) {
            series.learn(x, expected, moment);
        }
    }
}

/// Whether the target was reached as it usually is: only then its times say something.
fn is_ordinary(sample: &Sample) -> bool {
    sample.outcome == Outcome::Reached && sample.evidence.measured.is_none()
}

fn value(sample: &Sample, phase: Phase) -> Option<f64> {
    match phase {
        Phase::Resolve => sample.phases.resolve,
        Phase::Connect => sample.phases.connect,
        Phase::Tls => sample.phases.tls,
        Phase::FirstByte => sample.phases.first_byte,
        Phase::Total => sample.latency_ms(),
    }
}

/// Nothing counts that is within one and a half times of what is usual.
fn least_allowance(series: &Series) -> Allowance {
    let quantiles = series.quantiles();
    let wider = |side: i32| side.saturating_add(side / 2);
    Allowance { above: wider(quantiles.above), below: wider(quantiles.below) }
}

/// Half of what counts as different, so that this counts fully; before a whole day was seen, twice as much.
fn phase_allowance(series: &Series, expected: i32, tuning: &Tuning) -> Allowance {
    let factor = if series.has_seen_a_day() { 1.0 } else { 2.0 };
    let (ratio, away) = (1.0 + (tuning.ratio - 1.0) * factor, tuning.min_ms * factor);
    let ms = scale::to_ms(expected);
    let least = least_allowance(series);
    let above = (scale::from_ms((ms * ratio).max(ms + away)) - expected) / 2;
    let lower = (ms / ratio).min(ms - away);
    // A time that is that short already cannot become so much shorter.
    let below = if lower > 0.0 { (expected - scale::from_ms(lower)) / 2 } else { i32::MAX / 4 };
    Allowance { above: above.max(least.above), below: below.max(least.below) }
}

fn usual(series: &Series, moment: &Moment) -> Usual {
    let expected = series.expected(moment);
    let quantiles = series.quantiles();
    let (low, high) = (scale::to_ms(expected - quantiles.below), scale::to_ms(expected + quantiles.above));
    Usual { ms: tenths(scale::to_ms(expected)), spread_ms: tenths((high - low) / 2.0) }
}
