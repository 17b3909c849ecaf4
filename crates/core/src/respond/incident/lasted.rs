//! How long: time down, time of trouble, and the span from the first beginning to the last end are three numbers.
//!
//! What flaps is well between its turns: that time is in the span, and in neither of the others. What nobody saw may have
//! been well: it is not in the shortest time down, only in the longest.

use super::{BlindSpell, Bound, Incident, Trouble, outline::DurationMs};
use crate::measure::{family::Family, time::Timestamp};
use serde::{Deserialize, Serialize};

/// How long one bad period lasted, each between the shortest and the longest that fit what was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lasted {
    /// At least one family was down; `None` where none ever was.
    pub down: Option<DurationMs>,
    /// At least one family was down, or unstable.
    pub troubled: DurationMs,
    /// From the first beginning to the last end, all that was well in between included.
    pub span: DurationMs,
    /// How often it went from "all well" to "something is wrong".
    pub turns: u32,
}

/// What of outages that are not listed any more is kept, in milliseconds: the sums over one family.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Omitted {
    pub min_ms: i64,
    pub max_ms: i64,
}

/// One outage, as far as its length goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    pub family: Family,
    pub trouble: Trouble,
    pub began: Bound,
    pub ended: Bound,
    /// The record ends before it did: nobody knows how long it went on.
    pub is_cut: bool,
}

impl Piece {
    /// Returns when it was seen: from the first failure to the last; where another of these goes on with it, to that.
    fn seen(&self, others: &[&Self]) -> (i64, i64) {
        let goes_on = others.iter().any(|other| other.family == self.family && other.began == self.ended);
        let last = self.ended.after.filter(|_| !goes_on).unwrap_or(self.ended.by);
        (self.began.by.unix_ms(), last.unix_ms())
    }

    /// Returns when it can have been; `None` where nobody knows since when, or until when.
    fn possible(&self) -> Option<(i64, i64)> {
        if self.is_cut {
            return None;
        }
        Some((self.began.after?.unix_ms(), self.ended.by.unix_ms()))
    }
}

impl Incident {
    /// Returns how long it lasted. What is not over has lasted until `now`, of those who know that; else `None`.
    pub fn lasted(&self, now: Option<Timestamp>) -> Option<Lasted> {
        let mut pieces = Vec::with_capacity(self.outages.len());
        for outage in &self.outages {
            let ended = match (outage.ended, now) {
                (Some((ended, _)), _) => ended,
                (None, now) => now.map(|now| Bound { after: Some(now), by: now })?,
            };
            let (family, trouble, began) = (outage.family, outage.trouble(), outage.began);
            pieces.push(Piece { family, trouble, began, ended, is_cut: outage.is_cut() });
        }
        let ended = self.ended().or(now.map(|now| self.well_since().unwrap_or(Bound { after: Some(now), by: now })))?;
        let span = self.span_to(ended);
        let mut lasted = Lasted::of(&pieces, &self.blind, span, self.episodes);
        if lasted.down.is_some() {
            lasted.down = lasted.down.map(|down| self.with_omitted(down));
            lasted.troubled = self.with_omitted(lasted.troubled);
        }
        Some(lasted)
    }

    /// Adds what is not listed. Both families may have been down at the same time, or one after the other.
    fn with_omitted(&self, listed: DurationMs) -> DurationMs {
        let [a, b] = Family::ALL.map(|family| *self.outages_omitted_ms.get(family));
        let blind: i64 = Family::ALL.iter().map(|family| self.blind_omitted_ms.get(*family)).sum();
        let min = (listed.min + a.min_ms.max(b.min_ms) - blind).max(0);
        DurationMs { min, max: listed.max.map(|max| (max + a.max_ms + b.max_ms).max(min)) }
    }
}

impl Lasted {
    /// Returns the sums over outages, of which any may overlap.
    pub fn of(pieces: &[Piece], blind: &[BlindSpell], span: DurationMs, turns: u32) -> Self {
        let sum = |is_meant: &dyn Fn(&Piece) -> bool| {
            let meant: Vec<&Piece> = pieces.iter().filter(|piece| is_meant(piece)).collect();
            let mut seen = Vec::new();
            for piece in &meant {
                let of = |b: &&BlindSpell| b.family == piece.family;
                let holes =
                    blind.iter().filter(of).map(|b| (b.from.unix_ms(), b.to.unwrap_or(piece.ended.by).unix_ms()));
                without(piece.seen(&meant), holes, &mut seen);
            }
            let min = length(seen);
            let possible: Option<Vec<_>> = meant.iter().map(|piece| piece.possible()).collect();
            DurationMs { min, max: possible.map(|possible| length(possible).max(min)) }
        };
        let has_been_down = pieces.iter().any(|piece| piece.trouble == Trouble::Down);
        Self {
            down: has_been_down.then(|| sum(&|piece| piece.trouble == Trouble::Down)),
            troubled: sum(&|_| true),
            span,
            turns,
        }
    }
}

/// Adds a stretch without its holes, which are in order.
fn without(stretch: (i64, i64), holes: impl Iterator<Item = (i64, i64)>, to: &mut Vec<(i64, i64)>) {
    let (mut from, end) = stretch;
    for (hole, until) in holes.filter(|(hole, until)| hole < until) {
        if hole < end && from < until {
            to.push((from, hole.max(from)));
            from = until;
        }
    }
    to.push((from, end));
}

/// Returns the length of what stretches cover, each moment once.
fn length(mut stretches: Vec<(i64, i64)>) -> i64 {
    stretches.sort_unstable();
    let (mut covered_to, mut sum) = (i64::MIN, 0);
    for (from, to) in stretches {
        let from = from.max(covered_to);
        if from < to {
            sum += to - from;
            covered_to = to;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::time::SECOND;

    fn at(s: i64) -> Timestamp {
        Timestamp::from_unix_ms(s * SECOND)
    }

    /// An outage of a family (`4`, `6`; unstable: `5`, `7`) that was seen from second to second, five seconds apart.
    fn piece((family, from, to): (u8, i64, i64)) -> Piece {
        Piece {
            family: if matches!(family, 4 | 5) { Family::Ipv4 } else { Family::Ipv6 },
            trouble: if matches!(family, 5 | 7) { Trouble::Unstable } else { Trouble::Down },
            began: Bound { after: Some(at(from - 5)), by: at(from) },
            ended: Bound { after: Some(at(to)), by: at(to + 5) },
            is_cut: false,
        }
    }

    /// Expects time down and time of trouble, both as seconds from and to.
    fn check(pieces: &[(u8, i64, i64)], blind: &[(i64, i64)], expected: (Option<(i64, i64)>, (i64, i64))) {
        let pieces: Vec<Piece> = pieces.iter().copied().map(piece).collect();
        let blind: Vec<BlindSpell> = (blind.iter())
            .map(|(from, to)| BlindSpell { family: Family::Ipv6, from: at(*from), to: Some(at(*to)) })
            .collect();
        let span = DurationMs { min: 0, max: Some(0) };
        let lasted = Lasted::of(&pieces, &blind, span, 1);
        let seconds = |d: DurationMs| (d.min / SECOND, d.max.unwrap() / SECOND);
        assert_eq!((lasted.down.map(seconds), seconds(lasted.troubled)), expected, "{pieces:?} {blind:?}");
    }

    #[test]
    fn what_is_well_between_two_turns_is_not_down() {
        check(&[(6, 10, 50), (6, 100, 140)], &[], (Some((80, 100)), (80, 100)));
    }

    #[test]
    fn what_both_families_share_counts_once() {
        check(&[(6, 10, 50), (4, 30, 70)], &[], (Some((60, 70)), (60, 70)));
        check(&[(6, 10, 50), (4, 10, 50)], &[], (Some((40, 50)), (40, 50)));
    }

    #[test]
    fn unstable_is_trouble_and_not_down() {
        check(&[(7, 10, 50)], &[], (None, (40, 50)));
        check(&[(7, 10, 50), (6, 60, 80)], &[], (Some((20, 30)), (60, 80)));
        // What ends because it went down goes on without a pause.
        check(&[(7, 10, 50), (6, 55, 80)], &[], (Some((25, 35)), (70, 80)));
    }

    #[test]
    fn what_nobody_saw_may_have_been_well() {
        check(&[(6, 10, 50)], &[(20, 40)], (Some((20, 50)), (20, 50)));
        check(&[(6, 10, 50)], &[(0, 5), (20, 30), (35, 40), (60, 90)], (Some((25, 50)), (25, 50)));
        // The other family was seen down meanwhile.
        check(&[(6, 10, 50), (4, 10, 50)], &[(20, 40)], (Some((40, 50)), (40, 50)));
    }

    #[test]
    fn what_began_before_anybody_looked_has_no_longest() {
        let mut first = piece((6, 10, 50));
        first.began.after = None;
        let span = DurationMs::between(first.began, first.ended);
        let lasted = Lasted::of(&[first], &[], span, 1);
        assert_eq!(lasted.down, Some(DurationMs { min: 40 * SECOND, max: None }));
    }

    #[test]
    fn what_the_record_ends_before_has_no_longest() {
        let cut = Piece { is_cut: true, ..piece((6, 100, 140)) };
        let span = DurationMs { min: 0, max: None };
        let lasted = Lasted::of(&[piece((6, 10, 50)), cut], &[], span, 2);
        assert_eq!(lasted.down, Some(DurationMs { min: 80 * SECOND, max: None }));
    }
}
