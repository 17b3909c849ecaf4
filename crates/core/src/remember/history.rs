//! What is kept of a target's rounds besides the rounds: one small state, and the rows that fall out of it.
//!
//! The host loads the state, passes it a round, stores the state and the rows in one commit, in the rows' order:
//!
//! ```
//! use dualwatch_core::{
//!     remember::{availability::{Past, Period}, history::{History, Record}, spell::{Facts, Track}},
//!     judge::{diagnosis::Conclusion, schedule::Reach},
//!     measure::{round::DualStack, family::{Family, PerFamily}, sample::Phases, time::{DAY, MINUTE, Timestamp}},
//! };
//!
//! let begin = Timestamp::from_unix_ms(20_000 * DAY);
//! let (mut history, mut spells) = (History::new(begin), Vec::new());
//! for minute in 0..120 {
//!     let facts = Facts {
//!         at: begin + minute * MINUTE,
//!         seen_at: PerFamily { ipv4: begin + minute * MINUTE, ipv6: begin + minute * MINUTE },
//!         conclusions: PerFamily { ipv4: Conclusion::Good { degraded: false }, ipv6: Conclusion::Unpublished(None) },
//!         phases: PerFamily::default(),
//!         dual_stack: DualStack { family: Some(Family::Ipv4), cost_ms: Some(0.0) },
//!         confirmed: PerFamily::default(),
//!         turned: PerFamily::default(),
//!     };
//!     for record in history.round(&facts, Reach::of(60, 10_000)).unwrap_or_default() {
//!         match record {
//!             Record::Spell(Track::Ipv4, spell) => spells.push(spell), // INSERT INTO spells
//!             Record::Spell(..) => {}
//!             Record::Rollup(_bucket, _rollup) => {} // INSERT INTO rollups (bucket.key(), rollup.to_bytes())
//!             Record::Fold(_bucket) => {} // SELECT the rows of bucket.parts(), merge them, INSERT the sum
//!         }
//!     }
//! }
//! let now = begin + 120 * MINUTE;
//! history.advance(now); // for a page: of a copy
//! spells.push(history.lasting(Track::Ipv4));
//! let day = Past { folded: &[], spells: &spells }.over(Period::Day.ending(now));
//! assert_eq!((day.times.up_ms, day.unobserved_ms()), (2 * 3_600_000, 22 * 3_600_000));
//! assert_eq!(day.ratio(), Some(1.0));
//! ```

use crate::{
    judge::schedule::{Reach, is_same_round},
    measure::{
        family::{Family, PerFamily},
        time::Timestamp,
    },
    remember::{
        rollup::{
            Rollup,
            bucket::{Bucket, Size},
            open::Open,
        },
        spell::{
            Cover, Facts, PerTrack, Spell, State, Track,
            timeline::{Lasting, Passed, Stretch, Timeline},
        },
    },
};

mod bytes;

/// A row to store.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// A spell has ended. It begins where the one before it on this track ended.
    Spell(Track, Spell),
    /// Five minutes are over. Buckets in which nothing was known have no row.
    Rollup(Bucket, Box<Rollup>),
    /// An hour or a day is over of which there are rows: the sum of its parts is to be stored.
    Fold(Bucket),
}

/// The state of one target: what the last round said, the spells that last, the five minutes that are not over.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    timeline: Timeline,
    lasting: Lasting,
    /// The five minutes in which something was last known.
    bucket: Bucket,
    open: Open,
    /// Rows were handed out of which the hour, the day is not folded yet.
    is_hour_due: bool,
    is_day_due: bool,
}

impl History {
    /// Returns the history of a target that begins at `at`.
    pub fn new(at: Timestamp) -> Self {
        Self {
            timeline: Timeline::new(at),
            lasting: Lasting::new(at),
            bucket: Size::FiveMinutes.of(at),
            open: Open::default(),
            is_hour_due: false,
            is_day_due: false,
        }
    }

    /// Takes a round that reaches so far. Returns the rows that are complete with it, usually none, or `None` where a round
    /// that began then or later is known: such a one changes nothing.
    pub fn round(&mut self, facts: &Facts, reach: Reach) -> Option<Vec<Record>> {
        let mut records = Vec::new();
        let before = self.timeline.last_round_at;
        let passed = self.timeline.round(facts.at, facts.told(reach))?;
        self.pass(&passed, &mut records);
        // A round that was on its way while time was told counts where it arrived: what is closed stays closed.
        self.enter(Size::FiveMinutes.of(self.timeline.told_to()), &mut records);
        // What another vantage says of the same round is no other one.
        if before.is_none_or(|before| !is_same_round(before, facts.at)) {
            self.open.add_round(facts);
        }
        Some(records)
    }

    /// Says of the time since the round before what this one has confirmed: it was so by then already. What is told stays; to
    /// be called before any time up to the round is told.
    pub fn restate(&mut self, facts: &Facts) {
        if self.timeline.last_round_at.is_some_and(|before| before >= facts.at) {
            return;
        }
        let states = facts.states();
        for family in Family::ALL.into_iter().filter(|family| *facts.turned.get(*family)) {
            for track in [family.into(), Track::DualStack] {
                self.timeline.restate(track, *states.get(track));
            }
        }
    }

    /// Takes what is said otherwise now, of what is not told yet: another vantage was heard, whose round began no later
    /// than the newest.
    pub fn correct(&mut self, facts: &Facts, reach: Reach) {
        self.timeline.correct(facts.told(reach));
    }

    /// Notes that by `at` no round has begun since the newest. Returns of each track until when that one speaks then:
    /// what lies between this and `at` is seen by nobody. No time is told with that.
    pub fn lapse(&mut self, at: Timestamp) -> PerTrack<Timestamp> {
        self.timeline.lapse(at)
    }

    /// Returns since when nobody sees a family, where no round has begun since the newest by `now`; `None` of what that one
    /// still speaks of. It is what the next round will note with [`lapse`](Self::lapse).
    pub fn unseen_since(&self, now: Timestamp) -> PerFamily<Option<Timestamp>> {
        let mut timeline = self.timeline;
        let spoken_until = timeline.lapse(now);
        PerFamily::from_fn(|family: Family| Some(*spoken_until.get(family.into())).filter(|until| *until < now))
    }

    /// Returns when the next family goes out of sight, if no round comes; `None` where both are.
    pub fn next_unseen(&self, now: Timestamp) -> Option<Timestamp> {
        let ends = Family::ALL.map(|family| self.timeline.measured.get(family.into()).spoken.holds_until + 1);
        ends.into_iter().filter(|at| *at > now).min()
    }

    /// Lets time pass until `to` without a round. A host looks at a copy: what is stored is advanced by rounds alone, and
    /// what they say of the time until the next one is not final before that has come, or has not.
    pub fn advance(&mut self, to: Timestamp) -> Vec<Record> {
        let mut records = Vec::new();
        let passed = self.timeline.advance(to);
        self.pass(&passed, &mut records);
        self.close_until(to, &mut records);
        records
    }

    /// Opens or closes maintenance at `at`, between the rounds before and after it.
    pub fn cover(&mut self, at: Timestamp, cover: PerTrack<Cover>) -> Vec<Record> {
        let records = self.advance(at);
        self.timeline.cover(at, cover);
        records
    }

    /// Returns how far the time is told; nothing lasts beyond.
    pub const fn told_to(&self) -> Timestamp {
        self.timeline.told_to()
    }

    /// Returns when the newest round began; `None` before the first.
    pub const fn last_round_at(&self) -> Option<Timestamp> {
        self.timeline.last_round_at()
    }

    /// Returns the spell of a track that lasts, as far as it is told.
    pub const fn lasting(&self, track: Track) -> Spell {
        self.lasting.spell(track, self.timeline.told_to())
    }

    /// Ends a past where the present begins, or where there is none yet, now: what the last round still speaks for is
    /// told, and beyond that nothing; an open window of maintenance says nothing then either.
    pub fn close(&mut self, at: Timestamp) -> Vec<Record> {
        let ends = self.lapse(at);
        let end = ends.iter().map(|(_, end)| *end).max().unwrap_or(at).clamp(self.told_to().min(at), at);
        let mut records = self.cover(end, PerTrack::default());
        records.extend(self.advance(at));
        records
    }

    /// Notes that no other round comes: the last one speaks until the next was due, and no longer.
    pub fn expect_no_more(&mut self) {
        self.timeline.expect_no_more();
    }

    /// Returns the sums that are to be made anew after rows of an earlier past were stored, which ends at `live_from`,
    /// where this history begins: the hour and the day in which the one becomes the other, where they are over. Those
    /// that are not will be made of all their parts in time.
    ///
    /// What the past says of the very five minutes in which this history begins has no row; its spells have it.
    pub fn seam(&self, live_from: Timestamp) -> impl Iterator<Item = Bucket> + use<> {
        let told_to = self.told_to();
        let around = [Size::Hour, Size::Day].into_iter().map(move |size| size.of(live_from));
        around.filter(move |bucket| bucket.start() < live_from && bucket.end() <= told_to)
    }

    /// Returns the five minutes that are not over, and what they have so far.
    pub fn open(&self) -> (Bucket, Rollup) {
        (self.bucket, self.open.sum())
    }

    fn pass(&mut self, passed: &Passed, records: &mut Vec<Record>) {
        for stretch in passed.iter().flatten() {
            self.lasting.pass(stretch, |track, spell| records.push(Record::Spell(track, spell)));
            if stretch.states == PerTrack::<State>::default() {
                continue; // nothing is known of it: no row says so
            }
            let mut from = stretch.from;
            while from < stretch.to {
                self.enter(Size::FiveMinutes.of(from), records);
                let to = stretch.to.min(self.bucket.end());
                self.open.add_time(&Stretch { states: stretch.states, from, to });
                from = to;
            }
        }
    }

    fn enter(&mut self, bucket: Bucket, records: &mut Vec<Record>) {
        if bucket > self.bucket {
            self.close_until(bucket.start(), records);
            self.bucket = bucket;
        }
    }

    fn close_until(&mut self, at: Timestamp, records: &mut Vec<Record>) {
        if self.bucket.end() > at {
            return;
        }
        if !self.open.is_empty() {
            records.push(Record::Rollup(self.bucket, Box::new(self.open.replace())));
            (self.is_hour_due, self.is_day_due) = (true, true);
        }
        for (is_due, size) in [(&mut self.is_hour_due, Size::Hour), (&mut self.is_day_due, Size::Day)] {
            let around = self.bucket.within(size);
            if *is_due && around.end() <= at {
                records.push(Record::Fold(around));
                *is_due = false;
            }
        }
    }
}

#[cfg(test)]
mod tests;
