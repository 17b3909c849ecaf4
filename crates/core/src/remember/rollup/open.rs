//! The roll-up that is still growing: a round is added without a search.

use super::{
    Rollup,
    latency::{KEYS, Latency},
};
use crate::{
    measure::{
        bytes::{Reader, Unreadable, Writer},
        family::{Family, PerFamily},
    },
    remember::spell::{Facts, timeline::Stretch},
};

/// So many latencies of a family wait to be sorted in, all at once. Five one-minute rounds have 25.
const MAX_LOOSE: usize = 32;

/// A roll-up, and the latencies that are not sorted into it yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Open {
    sum: Rollup,
    /// Keys of bins, as they came.
    loose: PerFamily<Vec<u16>>,
}

impl Open {
    pub fn add_round(&mut self, facts: &Facts) {
        self.sum.count(facts);
        for family in Family::ALL {
            let loose = self.loose.get_mut(family);
            Latency::keys(facts.timings(family), facts.phases.get(family), |key| loose.push(key));
            if loose.len() >= MAX_LOOSE {
                self.sum.latency.get_mut(family).add_keys(loose);
                loose.clear();
            }
        }
    }

    pub fn add_time(&mut self, stretch: &Stretch) {
        self.sum.add_time(stretch);
    }

    pub fn is_empty(&self) -> bool {
        self.sum.is_empty()
    }

    /// Returns the sum so far.
    pub fn sum(&self) -> Rollup {
        let mut sum = self.sum.clone();
        for family in Family::ALL {
            sum.latency.get_mut(family).add_keys(&mut self.loose.get(family).clone());
        }
        sum
    }

    /// Returns the sum and begins a new one, in the memory of the old.
    pub fn replace(&mut self) -> Rollup {
        let mut sum = std::mem::take(&mut self.sum);
        for family in Family::ALL {
            sum.latency.get_mut(family).add_keys(self.loose.get_mut(family));
            self.loose.get_mut(family).clear();
        }
        sum
    }

    /// Returns the bytes of this to end a row with.
    pub(crate) fn write(&self, mut writer: Writer) -> Vec<u8> {
        for family in Family::ALL {
            let loose = self.loose.get(family);
            writer.number(loose.len() as u64);
            for key in loose {
                writer.number(*key);
            }
        }
        self.sum.write(writer)
    }

    pub(crate) fn read(mut reader: Reader<'_>) -> Result<Self, Unreadable> {
        let mut open = Self::default();
        for family in Family::ALL {
            let n = reader.number()?;
            if n >= MAX_LOOSE as u64 {
                return Err(Unreadable::Range);
            }
            for _ in 0..n {
                let key = reader.number()?;
                let is_key = key < u64::from(KEYS);
                open.loose.get_mut(family).push(if is_key { key as u16 } else { return Err(Unreadable::Range) });
            }
        }
        open.sum = Rollup::read(reader)?;
        Ok(open)
    }
}
