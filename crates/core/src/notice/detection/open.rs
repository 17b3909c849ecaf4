//! The list of findings that hold: what begins, replaces another, returns, or has become usual.

use super::{Detection, Ending, Finding, FindingChange, Kind};
use crate::{
    measure::{
        bracket::Bracket,
        time::{DAY, Timestamp},
    },
    remember::baseline::Phase,
};

/// A new level that has lasted so long since it was told is the usual one; the baseline has long learned it.
const SETTLED_AFTER_MS: i64 = 7 * DAY;

impl Detection {
    pub(super) fn begin(&mut self, finding: Finding, changes: &mut Vec<FindingChange>) {
        self.open.push(finding.clone());
        changes.push(FindingChange::Began { finding });
    }

    pub(super) fn end(
        &mut self,
        how: Ending,
        at: Bracket,
        changes: &mut Vec<FindingChange>,
        is_it: impl Fn(&Finding) -> bool,
    ) {
        if let Some(i) = self.open.iter().position(is_it) {
            changes.push(FindingChange::Ended { finding: self.open.remove(i), at, how });
        }
    }

    /// Takes a change of level: back to what was expected before an open finding of the same place, or something new.
    pub(super) fn change_level(&mut self, finding: Finding, changes: &mut Vec<FindingChange>) {
        let is_same_place = |f: &Finding| {
            let is_same_family = f.family == finding.family || f.kind == Kind::FamilyGap;
            f.kind == finding.kind && is_same_family && place(f) == place(&finding)
        };
        let Some(old) = self.open.iter().find(|f| is_same_place(f)) else { return self.begin(finding, changes) };
        let at = finding.since;
        if is_back(old, &finding) {
            self.end(Ending::Returned, at, changes, is_same_place);
        } else {
            self.end(Ending::Replaced, at, changes, is_same_place);
            self.begin(finding, changes);
        }
    }

    pub(super) fn settle_old(&mut self, at: Timestamp, changes: &mut Vec<FindingChange>) {
        let is_old = |f: &Finding| {
            matches!(f.kind, Kind::LatencyShift | Kind::FamilyGap) && at.ms_since(f.confirmed_at) >= SETTLED_AFTER_MS
        };
        while self.open.iter().any(is_old) {
            self.end(Ending::Settled, Bracket::new(None, at), changes, is_old);
        }
    }
}

/// Changes of the way to the target and of the name look-up are independent of each other; a gap has its phase.
fn place(finding: &Finding) -> Phase {
    match (finding.kind, finding.phase) {
        (Kind::LatencyShift, Phase::Resolve) => Phase::Resolve,
        (Kind::LatencyShift, _) => Phase::Total,
        (_, phase) => phase,
    }
}

/// Whether a new level is what was expected before: nearer to it than a third of the way, or within what was usual.
fn is_back(old: &Finding, new: &Finding) -> bool {
    let way = (old.seen_ms - old.expected.ms).abs();
    let rest = (new.seen_ms - old.expected.ms).abs();
    old.phase == new.phase && rest <= (way / 3.0).max(old.expected.spread_ms)
}
