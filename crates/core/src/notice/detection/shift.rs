//! A latency shift: runs that lasted long enough, told as one change per family, with the phase that changed first.

use super::{Detection, Ending, Finding, FindingChange, Kind, Observed, Origin, Track, finding::tenths, tuning, usual};
use crate::{
    measure::{
        bracket::Bracket,
        family::{Family, PerFamily},
    },
    remember::baseline::{Moment, Phase, Series, scale},
};

/// Phases that one change moves together: a longer way lengthens all of them.
const GROUPS: [&[Phase]; 2] = [&[Phase::Resolve], &[Phase::Connect, Phase::Tls, Phase::FirstByte, Phase::Total]];
/// A run goes along with a confirmed one when it has come this part of the way.
const GOES_ALONG: u16 = 3;

impl Detection {
    pub(super) fn confirm_shifts(&mut self, round: &Observed<'_>, moment: &Moment, changes: &mut Vec<FindingChange>) {
        for group in GROUPS {
            if let Some(is_up) = self.confirmed_direction(group, round, moment) {
                self.adopt(group, is_up, round, moment, changes);
            }
        }
    }

    /// Returns the direction of the first run of a group that is confirmed. One whose last rounds are as usual again
    /// was no change of level: it is dropped.
    fn confirmed_direction(&mut self, group: &[Phase], round: &Observed<'_>, moment: &Moment) -> Option<bool> {
        let mut found = None;
        for family in Family::ALL {
            for phase in group {
                let Some(Track(series, run)) = &mut self.families.get_mut(family).tracks[*phase as usize] else {
                    continue;
                };
                let (Some(told), Some(tuning)) = (*run, tuning(round.scheme, *phase)) else { continue };
                if !told.has(tuning.rounds) || round.at.ms_since(told.since.by) < tuning::MIN_LASTING_MS {
                    continue;
                }
                let expected = series.expected(moment);
                let away = told.level().saturating_sub(expected);
                let allowance = super::phase_allowance(series, expected, &tuning);
                if if told.is_up { away > allowance.above } else { -away > allowance.below } {
                    found = found.or(Some(told.is_up));
                } else {
                    *run = None;
                }
            }
        }
        found
    }

    /// Takes the new level of everything that moved for usual, and tells it: one finding per family.
    fn adopt(
        &mut self,
        group: &[Phase],
        is_up: bool,
        round: &Observed<'_>,
        moment: &Moment,
        changes: &mut Vec<FindingChange>,
    ) {
        let moved = PerFamily::from_fn(|family| self.moved(family, group, is_up, round));
        let lead = |family: Family| moved.get(family).first().copied();
        let is_in_both_families = lead(Family::Ipv4).is_some() && lead(Family::Ipv4) == lead(Family::Ipv6);
        for family in Family::ALL {
            let mut told: Option<Finding> = None;
            for phase in moved.get(family) {
                let Some((expected, seen, since)) = self.take_level(family, *phase, moment) else { continue };
                told.get_or_insert_with(|| Finding {
                    kind: Kind::LatencyShift,
                    family,
                    phase: *phase,
                    expected,
                    seen_ms: tenths(seen),
                    since,
                    confirmed_at: round.at,
                    origin: origin(*phase, is_in_both_families),
                    moved: moved.get(family).clone(),
                    is_in_both_families,
                });
            }
            if let Some(finding) = told {
                if finding.phase == Phase::Connect {
                    self.follow(family, finding.seen_ms - finding.expected.ms, &finding.moved, moment);
                }
                // What one family alone explains is no matter between the two any more.
                let (at, phase) = (Bracket::new(None, round.at), finding.phase);
                self.end(Ending::Replaced, at, changes, |f| f.kind == Kind::FamilyGap && f.phase == phase);
                self.change_level(finding, changes);
            }
        }
    }

    /// A longer way lengthens every phase by its round trips, also where that is too little to be seen there by itself.
    /// One round trip each is certain (RFC 8446 section 2 for TLS 1.3); the rest is learned. But who answers there may
    /// be as near as before, so a phase follows as far as its last rounds show.
    fn follow(&mut self, family: Family, by_ms: f64, moved: &[Phase], moment: &Moment) {
        let round_trips = [(Phase::Tls, 1.0), (Phase::FirstByte, 1.0), (Phase::Total, 3.0)];
        for (phase, n_round_trips) in round_trips.into_iter().filter(|(phase, _)| !moved.contains(phase)) {
            let state = self.families.get_mut(family);
            let Some(Track(series, Some(run))) = state.tracks[phase as usize] else { continue };
            let come = come_ms(&series, run.level(), by_ms * n_round_trips, moment);
            if come == 0.0 {
                continue;
            }
            let mut longer = series;
            longer.lengthen(come);
            state.tracks[phase as usize] = Some(Track(longer, None));
            if let Some(days) = state.days[1].as_mut().filter(|_| phase == Phase::FirstByte) {
                days.lengthen(come);
            }
            self.gaps.shift(family, phase, come);
        }
    }

    /// Returns the phases of a family that depart in the same direction, the first one first.
    fn moved(&self, family: Family, group: &[Phase], is_up: bool, round: &Observed<'_>) -> Vec<Phase> {
        let goes_along = |phase: &&Phase| {
            let (Some(Track(_, Some(run))), Some(tuning)) =
                (&self.families.get(family).tracks[**phase as usize], tuning(round.scheme, **phase))
            else {
                return false;
            };
            run.is_up == is_up && run.has(tuning.rounds / GOES_ALONG)
        };
        group.iter().filter(goes_along).copied().collect()
    }

    /// Moves the baseline to the level of the run; returns what was usual, the new level and since when.
    fn take_level(&mut self, family: Family, phase: Phase, moment: &Moment) -> Option<(super::Usual, f64, Bracket)> {
        let state = self.families.get_mut(family);
        let Track(series, run) = state.tracks[phase as usize].as_mut()?;
        let run = run.take()?;
        let (expected, level) = (series.expected(moment), run.level());
        let before = usual(series, moment);
        let by = level.saturating_sub(expected);
        series.shift(by);
        let days = match phase {
            Phase::Connect => state.days[0].as_mut(),
            Phase::FirstByte => state.days[1].as_mut(),
            _ => None,
        };
        if let Some(days) = days {
            days.shift(by);
        }
        let (old, new) = (scale::to_ms(expected), scale::to_ms(level));
        self.gaps.shift(family, phase, new - old);
        Some((before, new, run.since))
    }
}

/// Returns how far a phase has come of the way that it is thought to: all of it or nothing, whichever its level is
/// nearer to, or what was seen where it is neither.
fn come_ms(series: &Series, level: i32, most_ms: f64, moment: &Moment) -> f64 {
    let expected = series.expected(moment);
    let (old_ms, seen_ms) = (scale::to_ms(expected), scale::to_ms(level));
    let super::Allowance { above, below } = super::least_allowance(series);
    let from_old = level.saturating_sub(expected).abs();
    let from_new = level.saturating_sub(scale::from_ms(old_ms + most_ms)).abs();
    if from_old.min(from_new) > above.max(below) {
        (seen_ms - old_ms).clamp(most_ms.min(0.0), most_ms.max(0.0))
    } else if from_new <= from_old {
        most_ms
    } else {
        0.0
    }
}

/// | changed first | in one family | in both |
/// |---|---|---|
/// | resolve | resolver | resolver |
/// | connect | route | service or vantage |
/// | tls | handshake | handshake |
/// | first byte | server | server |
/// | total | transfer | transfer |
const fn origin(lead: Phase, is_in_both_families: bool) -> Origin {
    match lead {
        Phase::Resolve => Origin::Resolver,
        Phase::Connect if is_in_both_families => Origin::ServiceOrVantage,
        Phase::Connect => Origin::Route,
        Phase::Tls => Origin::Handshake,
        Phase::FirstByte => Origin::Server,
        Phase::Total => Origin::Transfer,
    }
}
