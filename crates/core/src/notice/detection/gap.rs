//! The difference between the families of the same round, with a baseline of its own.

use super::{
    Detection, FamilyState, Finding, FindingChange, Kind, Observed, Origin, Track, Usual,
    finding::tenths,
    is_ordinary, least_allowance,
    run::Allowance,
    tuning::{self, Tuning, gap_tuning},
};
use crate::{
    measure::family::{Family, PerFamily},
    remember::baseline::{Moment, Phase, Series},
};
use serde::{Deserialize, Serialize};

/// Differences have a sign, so they are kept in milliseconds: so many units each.
const UNITS_PER_MS: f64 = 16_384.0;
const PHASES: [Phase; 2] = [Phase::Connect, Phase::FirstByte];
/// While a family's own run is that long, what it will tell comes first.
const OWN_RUN: u16 = 6;

/// IPv6 minus IPv4, for connecting and for the first byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Gaps(pub(super) [Option<Track>; PHASES.len()]);

impl Gaps {
    pub(super) fn step(
        &mut self,
        round: &Observed<'_>,
        moment: &Moment,
        is_near: bool,
        families: &PerFamily<FamilyState>,
    ) {
        let PerFamily { ipv4, ipv6 } = round.samples;
        if is_near || !is_ordinary(ipv4) || !is_ordinary(ipv6) {
            return;
        }
        // The last round in which both were reached is the older of the two.
        let last = families.ipv4.reached_at.min(families.ipv6.reached_at);
        for (phase, slot) in PHASES.into_iter().zip(&mut self.0) {
            let (Some(ms4), Some(ms6)) = (super::value(ipv4, phase), super::value(ipv6, phase)) else { continue };
            let Some(tuning) = gap_tuning(round.scheme, phase) else { continue };
            let x = to_units(ms6 - ms4);
            let track = slot.get_or_insert_with(|| Track(Series::of_first(x, moment), None));
            track.step(x, false, last, moment, |series, _| allowance(series, &tuning, ms4.min(ms6)));
        }
    }

    /// A family's own shift explains its part of the gap.
    pub(super) fn shift(&mut self, family: Family, phase: Phase, by_ms: f64) {
        let Some(i) = PHASES.iter().position(|p| *p == phase) else { return };
        if let Some(Track(series, run)) = &mut self.0[i] {
            *run = None;
            series.shift(to_units(if family == Family::Ipv6 { by_ms } else { -by_ms }));
        }
    }
}

impl Detection {
    pub(super) fn confirm_gaps(&mut self, round: &Observed<'_>, moment: &Moment, changes: &mut Vec<FindingChange>) {
        for (i, phase) in PHASES.into_iter().enumerate() {
            let has_own_run = self.families.iter().any(
                |(_, state)| matches!(state.tracks[phase as usize], Some(Track(_, Some(run))) if run.has(OWN_RUN)),
            );
            let (Some(Track(series, run)), Some(tuning)) = (&mut self.gaps.0[i], gap_tuning(round.scheme, phase))
            else {
                continue;
            };
            let Some(told) = run.filter(|run| run.has(tuning.rounds)) else { continue };
            if has_own_run || round.at.ms_since(told.since.by) < tuning::MIN_LASTING_MS {
                continue;
            }
            *run = None;
            let (expected, level) = (series.expected(moment), told.level());
            let away = level.saturating_sub(expected);
            let least = least_allowance(series);
            if -least.below <= away && away <= least.above {
                continue; // As usual again: no change of level.
            }
            let spread_ms = tenths(series.quantiles().width() as f64 / 2.0 / UNITS_PER_MS);
            series.shift(away);
            let finding = Finding {
                kind: Kind::FamilyGap,
                family: if away > 0 { Family::Ipv6 } else { Family::Ipv4 },
                phase,
                expected: Usual { ms: tenths(to_ms(expected)), spread_ms },
                seen_ms: tenths(to_ms(level)),
                since: told.since,
                confirmed_at: round.at,
                origin: if phase == Phase::Connect { Origin::Route } else { Origin::Server },
                moved: vec![phase],
                is_in_both_families: false,
            };
            self.change_level(finding, changes);
        }
    }
}

/// Half of what counts as different, measured by the faster family.
fn allowance(series: &Series, tuning: &Tuning, faster_ms: f64) -> Allowance {
    let factor = if series.has_seen_a_day() { 1.0 } else { 2.0 };
    let half = to_units(tuning.min_ms.max((tuning.ratio - 1.0) * faster_ms) * factor / 2.0);
    let least = least_allowance(series);
    Allowance { above: half.max(least.above), below: half.max(least.below) }
}

fn to_units(ms: f64) -> i32 {
    (ms * UNITS_PER_MS).round() as i32
}

fn to_ms(units: i32) -> f64 {
    f64::from(units) / UNITS_PER_MS
}
