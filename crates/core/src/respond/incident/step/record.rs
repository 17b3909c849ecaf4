//! How an incident keeps what a round adds to it, within bounds.

use super::Seen;
use crate::{
    judge::{agreement::exactness, schedule::is_same_round},
    measure::{cause::Cause, family::Family, time::Timestamp},
    respond::incident::{
        Answers, BlindSpell, Bound, CauseSpan, Ending, Exhibit, Incident, Outage, Rate, Trouble, outline::DurationMs,
    },
};

/// At most so many are kept; of more, those after the first eight go first.
const MAX_OUTAGES: usize = 40;
const MAX_CAUSES: usize = 32;
const MAX_BLIND: usize = 16;
const KEEP_FIRST: usize = 8;

/// Counts one failure: in the newest span of its family where that has the same cause, else in a new one. Returns
/// whether it follows a failure for another cause.
///
/// What another vantage says of the same round is no other failure: where it knows more, it is told instead, and where
/// that cause was there just before, it goes on. `since` is when the turn began whose spans these are.
pub fn add(
    spans: &mut Vec<CauseSpan>,
    cause: Cause,
    family: Family,
    seen: &Seen<'_>,
    since: Option<Timestamp>,
) -> bool {
    let at = seen.heard_at;
    let mut of = (0..spans.len()).rev().filter(|i| spans[*i].family == family);
    let (newest, before) = (of.next(), of.next());
    let Some(newest) = newest else {
        spans.push(span_of(cause, family, seen));
        return false;
    };
    let span = &mut spans[newest];
    let is_same = is_same_round(span.to, at);
    if span.cause == cause {
        span.samples = span.samples.saturating_add(u32::from(!is_same));
        span.to = span.to.max(at);
        return false;
    }
    // Who says something else than it said itself a moment ago has seen a change.
    if !is_same || span.exhibit.vantage == seen.vantage {
        spans.push(span_of(cause, family, seen));
        return true;
    }
    if exactness(Some(cause)) <= exactness(Some(span.cause)) {
        return false;
    }
    span.samples = span.samples.saturating_sub(1);
    let is_unseen = span.samples == 0;
    let is_of_turn = |span: &CauseSpan| since.is_none_or(|since| span.to >= since || is_same_round(span.to, since));
    match before {
        Some(before) if spans[before].cause == cause && is_of_turn(&spans[before]) => {
            spans[before].samples = spans[before].samples.saturating_add(1);
            spans[before].to = spans[before].to.max(at);
            if is_unseen {
                spans.remove(newest);
            }
        }
        _ => spans.push(span_of(cause, family, seen)),
    }
    false
}

fn span_of(cause: Cause, family: Family, seen: &Seen<'_>) -> CauseSpan {
    let exhibit = Exhibit::of(seen.sample, seen.vantage, seen.standing);
    CauseSpan { cause, family, from: seen.heard_at, to: seen.heard_at, samples: 1, exhibit }
}

impl Incident {
    /// Counts one failure; returns whether the cause has changed.
    pub(super) fn add_cause(&mut self, cause: Cause, family: Family, seen: &Seen<'_>) -> bool {
        let lasting = self.outages.iter().rev().find(|o| o.family == family && o.ended.is_none());
        let has_changed = add(&mut self.causes, cause, family, seen, lasting.map(|o| o.began.by));
        self.keep_causes_within_bounds();
        has_changed
    }

    /// Counts a failure of what is down: what was answered just before was no end.
    pub(super) fn count_failure(&mut self, family: Family) {
        let Some(at) = self.outages.iter().rposition(|o| o.family == family && o.ended.is_none()) else { return };
        let outage = &mut self.outages[at];
        if outage.answers.failed == 0 {
            // Those that confirmed it, and this one is not among them yet.
            let of = self.causes.iter().filter(|span| span.family == family && span.from >= outage.began.by);
            outage.answers.failed = of.fold(0, |sum: u32, span| sum.saturating_add(span.samples));
        }
        let Answers { failed, answered, lately } = &mut outage.answers;
        *failed = failed.saturating_add(1);
        *answered = answered.saturating_add(std::mem::take(lately));
    }

    /// Notes that what is down has answered so many rounds in a row.
    pub(super) fn note_answers(&mut self, family: Family, in_a_row: u32) {
        if let Some(outage) = self.outages.iter_mut().rfind(|o| o.family == family && o.ended.is_none()) {
            outage.answers.lately = in_a_row;
        }
    }

    /// Counts failures of a family that is unstable: a span for each cause, however they take turns.
    pub(super) fn add_failures(&mut self, family: Family, spans: Vec<CauseSpan>, rate: Rate) {
        let lasting = self.outages.iter_mut().rev().find(|o| o.family == family && o.ended.is_none());
        let Some(Outage { began, unstable: Some(sum), .. }) = lasting else { return };
        sum.failed = sum.failed.saturating_add(rate.failed);
        sum.of = sum.of.saturating_add(rate.of);
        let began = began.by;
        for span in spans {
            let is_same = |s: &&mut CauseSpan| s.family == family && s.cause == span.cause && s.from >= began;
            match self.causes.iter_mut().rev().find(is_same) {
                Some(known) => {
                    known.to = span.to;
                    known.samples = known.samples.saturating_add(span.samples);
                }
                None => self.causes.push(span),
            }
        }
        self.keep_causes_within_bounds();
    }

    /// Ends that a family is unstable; `since` is what came after the end.
    pub(super) fn settle(&mut self, family: Family, ended: Bound, ending: Ending, since: Rate) {
        let lasting = |o: &Outage| o.family == family && o.ended.is_none();
        if let Some(Outage { unstable: Some(rate), .. }) = self.outages.iter_mut().rev().find(|o| lasting(o)) {
            rate.failed = rate.failed.saturating_sub(since.failed);
            rate.of = rate.of.saturating_sub(since.of);
        }
        self.forget_unshown(family);
        self.end_outage(family, ended, ending);
    }

    /// Forgets that something lasts of which nothing was seen: after it was down nothing failed any more.
    pub(super) fn forget_unshown(&mut self, family: Family) {
        let is_unshown =
            |o: &Outage| o.family == family && o.ended.is_none() && o.unstable.is_some_and(|rate| rate.failed == 0);
        if self.outages.iter().any(|o| !is_unshown(o)) {
            self.outages.retain(|o| !is_unshown(o));
        }
    }

    /// Takes over what was counted before it was confirmed.
    pub(super) fn add_causes(&mut self, spans: Vec<CauseSpan>) {
        self.causes.extend(spans);
        self.keep_causes_within_bounds();
    }

    fn keep_causes_within_bounds(&mut self) {
        while self.causes.len() > MAX_CAUSES {
            self.causes.remove(KEEP_FIRST);
            self.causes_omitted = self.causes_omitted.saturating_add(1);
        }
    }

    pub(super) fn has_failed_for(&self, cause: Cause, family: Family) -> bool {
        self.causes.iter().any(|span| span.family == family && span.cause == cause)
    }

    /// Whether the newest cause of a family comes from this vantage.
    pub(super) fn was_shown_by(&self, vantage: &str, family: Family) -> bool {
        let newest = self.causes.iter().rev().find(|span| span.family == family);
        newest.is_none_or(|span| span.exhibit.vantage == vantage)
    }

    pub(super) fn add_outage(&mut self, mut outage: Outage) {
        // Of several vantages one may have been well after another had failed.
        outage.began.after = outage.began.after.min(Some(outage.began.by));
        self.outages.push(outage);
        if self.outages.len() > MAX_OUTAGES
            && let Some(at) = (KEEP_FIRST..self.outages.len()).find(|at| self.outages[*at].ended.is_some())
        {
            let gone = self.outages.remove(at);
            if let (Trouble::Down, Some((ended, _))) = (gone.trouble(), gone.ended) {
                let DurationMs { min, max } = DurationMs::between(gone.began, ended);
                let omitted = self.outages_omitted_ms.get_mut(gone.family);
                omitted.min_ms += min;
                omitted.max_ms += max.unwrap_or(min);
            }
            self.outages_omitted = self.outages_omitted.saturating_add(1);
        }
    }

    pub(super) fn end_outage(&mut self, family: Family, mut ended: Bound, ending: Ending) {
        if let Some(outage) = self.outages.iter_mut().rev().find(|o| o.family == family && o.ended.is_none()) {
            // Of several vantages the last bad round of one may be older than the moment at which they turned.
            ended.after = ended.after.max(Some(outage.began.by));
            ended.by = ended.by.max(outage.began.by);
            ended.after = ended.after.min(Some(ended.by));
            outage.ended = Some((ended, ending));
        }
    }

    /// Forgets what nobody saw after the end of a family's last outage, before that was confirmed: it is none of it.
    pub(super) fn forget_blind_since_end(&mut self, family: Family) {
        let ends = self.outages.iter().filter(|o| o.family == family).filter_map(|o| Some(o.ended?.0.by));
        let Some(end) = ends.max() else { return };
        self.blind.retain(|b| b.family != family || b.from < end);
        for spell in self.blind.iter_mut().filter(|b| b.family == family) {
            spell.to = Some(spell.to.map_or(end, |to| to.min(end)));
        }
    }

    /// Notes that nobody has seen a family between two rounds.
    pub(super) fn lost_sight(&mut self, family: Family, from: Timestamp, to: Timestamp) {
        self.add_blind(BlindSpell { family, from, to: Some(to) });
    }

    pub(in crate::respond::incident) fn goes_blind(&mut self, family: Family, from: Timestamp) {
        self.add_blind(BlindSpell { family, from, to: None });
    }

    pub(super) fn sees_again(&mut self, family: Family, at: Timestamp) {
        for spell in self.blind.iter_mut().filter(|b| b.family == family && b.to.is_none()) {
            spell.to = Some(at);
        }
        // Another vantage may see at the very moment at which one has lost sight.
        self.blind.retain(|b| b.to.is_none_or(|to| b.from < to));
    }

    fn add_blind(&mut self, spell: BlindSpell) {
        match self.blind.iter_mut().rev().find(|b| b.family == spell.family) {
            // It lasts, or goes on.
            Some(last) if last.to.is_none_or(|to| to >= spell.from) => {
                last.to = last.to.and(spell.to);
                return;
            }
            // In the order of time, whichever family is confirmed first.
            _ => {
                let at = self.blind.partition_point(|known| known.from <= spell.from);
                self.blind.insert(at, spell);
            }
        }
        if self.blind.len() > MAX_BLIND
            && let Some(at) = (KEEP_FIRST..self.blind.len()).find(|at| self.blind[*at].to.is_some())
        {
            let spell = self.blind.remove(at);
            let length = spell.to.map_or(0, |to| to.ms_since(spell.from).max(0));
            *self.blind_omitted_ms.get_mut(spell.family) += length;
        }
    }
}
