//! Many rounds as one row: counts per cause, time per state, and latencies, over five minutes, an hour, a day or any
//! sum of these.
//!
//! A roll-up is a sum and nothing else, in whole numbers: merging roll-ups gives, bit for bit, the roll-up of the whole.

use crate::{
    judge::diagnosis::Conclusion,
    measure::{
        cause::Cause,
        family::{Family, PerFamily},
    },
    remember::{
        availability::Times,
        spell::{Facts, PerTrack, Track, timeline::Stretch},
    },
};

pub mod bucket;
pub mod bytes;
pub mod latency;
#[cfg(test)]
mod laws;
pub mod open;
pub mod running;
pub mod series;

use latency::{Latency, Timing};

/// How often each cause was given, in the order of the causes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CauseCounts(Vec<(Cause, u32)>);

impl CauseCounts {
    pub fn add(&mut self, cause: Cause, n: u32) {
        match self.0.binary_search_by_key(&cause, |(cause, _)| *cause) {
            Ok(i) => self.0[i].1 = self.0[i].1.saturating_add(n),
            Err(_) if n == 0 => {}
            Err(i) => self.0.insert(i, (cause, n)),
        }
    }

    pub fn merge(&mut self, other: &Self) {
        for (cause, n) in other.iter() {
            self.add(cause, n);
        }
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = (Cause, u32)> {
        self.0.iter().copied()
    }

    pub fn get(&self, cause: Cause) -> u32 {
        self.0.iter().find(|(c, _)| *c == cause).map_or(0, |(_, n)| *n)
    }

    pub fn total(&self) -> u32 {
        self.0.iter().fold(0, |sum, (_, n)| sum.saturating_add(*n))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What the rounds said of one family. Every round is in exactly one of these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Reached, and as it should be.
    pub good: u32,
    pub degraded: u32,
    pub bad: CauseCounts,
    pub blind: CauseCounts,
    pub unpublished: u32,
}

impl Counts {
    pub fn add(&mut self, conclusion: Conclusion) {
        match conclusion {
            Conclusion::Good { degraded: false } => self.good = self.good.saturating_add(1),
            Conclusion::Good { degraded: true } => self.degraded = self.degraded.saturating_add(1),
            Conclusion::Bad(cause) => self.bad.add(cause, 1),
            Conclusion::Blind(cause) => self.blind.add(cause, 1),
            Conclusion::Unpublished(_) => self.unpublished = self.unpublished.saturating_add(1),
        }
    }

    pub fn merge(&mut self, other: &Self) {
        self.good = self.good.saturating_add(other.good);
        self.degraded = self.degraded.saturating_add(other.degraded);
        self.bad.merge(&other.bad);
        self.blind.merge(&other.blind);
        self.unpublished = self.unpublished.saturating_add(other.unpublished);
    }

    pub fn n_rounds(&self) -> u32 {
        [self.good, self.degraded, self.bad.total(), self.blind.total(), self.unpublished]
            .into_iter()
            .fold(0, u32::saturating_add)
    }
}

impl Facts {
    /// Returns the latencies of a family that are kept: `resolve`, `connect` and `tls` of every probe in which that phase
    /// completed, whatever came after (a path is as long to a server that answers 503); `first_byte` and `total` only of
    /// targets that were reached (how fast an error page comes says nothing of the service). Nothing of a blind probe: it
    /// may be a captive portal's.
    const fn timings(&self, family: Family) -> &'static [Timing] {
        match self.conclusions.get(family) {
            Conclusion::Good { .. } => Timing::ALL,
            Conclusion::Bad(_) => Timing::OF_PATH,
            Conclusion::Blind(_) | Conclusion::Unpublished(_) => &[],
        }
    }
}

/// The sum of a target's rounds and time over a bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rollup {
    pub counts: PerFamily<Counts>,
    pub latency: PerFamily<Latency>,
    pub times: PerTrack<Times>,
}

impl Rollup {
    /// Adds what a round said: its counts, and its latencies ([`Facts::timings`]).
    pub fn add_round(&mut self, facts: &Facts) {
        self.count(facts);
        for family in Family::ALL {
            let latency = self.latency.get_mut(family);
            Latency::keys(facts.timings(family), facts.phases.get(family), |key| latency.add_keys(&mut [key]));
        }
    }

    fn count(&mut self, facts: &Facts) {
        for family in Family::ALL {
            self.counts.get_mut(family).add(*facts.conclusions.get(family));
        }
    }

    /// Adds time; the caller has cut it to the bucket.
    pub fn add_time(&mut self, stretch: &Stretch) {
        let ms = stretch.to.ms_since(stretch.from).max(0).cast_unsigned();
        for track in Track::ALL {
            self.times.get_mut(track).add(*stretch.states.get(track), ms);
        }
    }

    pub fn merge(&mut self, other: &Self) {
        self.merge_all(std::slice::from_ref(other));
    }

    /// Returns the sum of the parts of an hour, of a day.
    pub fn sum(parts: &[Self]) -> Self {
        let mut sum = Self::default();
        sum.merge_all(parts);
        sum
    }

    fn merge_all(&mut self, others: &[Self]) {
        for family in Family::ALL {
            self.latency.get_mut(family).merge_all(others.iter().map(|other| other.latency.get(family)));
            for other in others {
                self.counts.get_mut(family).merge(other.counts.get(family));
            }
        }
        for track in Track::ALL {
            for other in others {
                self.times.get_mut(track).merge(other.times.get(track));
            }
        }
    }

    /// Whether it says nothing: no round, and no time that is known.
    pub fn is_empty(&self) -> bool {
        self.times.iter().all(|(_, times)| times.known_ms() == 0)
            && self.counts.iter().all(|(_, counts)| counts.n_rounds() == 0)
    }
}
