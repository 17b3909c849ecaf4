//! What is usual for one phase of one family of one target: a level, a spread, and a day's rhythm.
//!
//! A [`Series`] is some 25 bytes when stored. It says nothing before it has seen [`WARM_UP`] rounds, forgets over a
//! week, and follows the time of day once it has seen every quarter of the day on three days. It learns at most once a
//! minute: faster rounds come in bursts, at times that are anything but usual.

mod quantiles;
pub mod scale;

pub use quantiles::{GAIN_ONE, Quantiles};

use crate::measure::{
    bytes::{Reader, Unreadable, Writer},
    time::{DAY, HOUR, SECOND, Timestamp},
};
pub(crate) use quantiles::toward;
use serde::{Deserialize, Serialize};

/// The parts of a round that have a time of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Resolve,
    Connect,
    Tls,
    FirstByte,
    /// From the first packet to the last byte, without the name look-up.
    Total,
}

impl Phase {
    pub const ALL: [Self; 5] = [Self::Resolve, Self::Connect, Self::Tls, Self::FirstByte, Self::Total];
}

/// Rounds before which nothing is said.
pub const WARM_UP: u16 = 30;
/// What is older counts for little: the time in which a baseline forgets all but a third.
const MEMORY_MS: i64 = 7 * DAY;
/// Rounds that are closer together teach nothing new; a little under a minute, for schedules are not exact.
pub const LEARN_EVERY_MS: i64 = 50 * SECOND;
/// A first round is often a slow one (caches are cold): what is far below the first few begins anew.
const STARTING: u16 = 8;
/// Up to this many rounds the gain stays high, so that a first guess is soon forgotten.
const EARLY: u16 = 256;
const EARLY_GAIN: i64 = GAIN_ONE / 64;
/// Counting further changes nothing.
const MAX_COUNT: u16 = 20_000;
/// The narrowest spread that is believed, to each side: 2 % on the scale of latencies, 1.3 ms on that of differences.
pub const WIDTH_FLOOR: i32 = scale::OCTAVE / 50;
/// The spread that is assumed at first: a tenth.
const FIRST_WIDTH: i32 = scale::OCTAVE / 7;

/// Quarters of the day (UTC), and the days on which each must have been seen.
const N_SLOTS: usize = 4;
const SLOT_MS: i64 = 6 * HOUR;
const DAYS_TO_KNOW: u8 = 3;
const _: () = assert!(SLOT_MS * 4 == DAY && N_SLOTS == 4);

/// The time of a round as a baseline sees it: worked out once, for all series of a target.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    pub at: Timestamp,
    /// The quarter of the day, and whether it is the first that is learned in this one.
    slot: usize,
    is_new_quarter: bool,
    /// The quarter whose middle was the last, and how much of the way to the next one's middle has passed.
    from: usize,
    part: i64,
    /// How much of what was known the time since the last round makes one forget; `None` where it was too short.
    gain: Option<i64>,
}

const PART_BITS: u32 = 16;

impl Moment {
    /// Returns the moment of a round; `learned_at` is the last one that was learned.
    pub fn new(at: Timestamp, learned_at: Option<Timestamp>) -> Self {
        let quarter_of = |at: Timestamp| at.unix_ms().div_euclid(SLOT_MS);
        let slot_of = |quarter: i64| usize::try_from(quarter.rem_euclid(DAY / SLOT_MS)).unwrap_or_default();
        let past_middle = at - SLOT_MS / 2;
        let gap_ms = learned_at.map_or(LEARN_EVERY_MS, |learned| at.ms_since(learned));
        let by_time = gap_ms.clamp(0, DAY) * GAIN_ONE / MEMORY_MS;
        Self {
            at,
            slot: slot_of(quarter_of(at)),
            is_new_quarter: learned_at.is_some_and(|learned| quarter_of(learned) != quarter_of(at)),
            from: slot_of(quarter_of(past_middle)),
            part: (past_middle.unix_ms().rem_euclid(SLOT_MS) << PART_BITS) / SLOT_MS,
            gain: (gap_ms >= LEARN_EVERY_MS).then_some(by_time),
        }
    }

    /// Whether the round is to be learned.
    pub const fn is_to_learn(&self) -> bool {
        self.gain.is_some()
    }
}

/// The baseline of one series of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Packed", into = "Packed")]
pub struct Series {
    quantiles: Quantiles,
    /// The median of each quarter of the day, and on how many days it was seen.
    slots: [i32; N_SLOTS],
    days: [u8; N_SLOTS],
    n_learned: u16,
}

/// As it is stored: small numbers, quarters as differences from the median, their days in two bits each.
type Packed = (i32, i32, i32, u16, [i32; N_SLOTS], u8);

impl From<Packed> for Series {
    fn from((mid, below, above, n_learned, slots, days): Packed) -> Self {
        let quantiles = Quantiles { mid, below: below.max(WIDTH_FLOOR), above: above.max(WIDTH_FLOOR) };
        let days = std::array::from_fn(|slot| days >> (2 * slot) & DAYS_TO_KNOW);
        Self { quantiles, slots: slots.map(|slot| mid.wrapping_add(slot)), days, n_learned }
    }
}

impl From<Series> for Packed {
    fn from(s: Series) -> Self {
        let Quantiles { mid, below, above } = s.quantiles;
        let days = s.days.iter().rev().fold(0, |packed, days| packed << 2 | days);
        (mid, below, above, s.n_learned, s.slots.map(|slot| slot.wrapping_sub(mid)), days)
    }
}

impl Series {
    /// Returns the baseline after its first number.
    pub fn of_first(x: i32, moment: &Moment) -> Self {
        let mut days = [0; N_SLOTS];
        days[moment.slot] = 1;
        let quantiles = Quantiles::of_first(x, FIRST_WIDTH);
        Self { quantiles, slots: [x; N_SLOTS], days, n_learned: 1 }
    }

    pub(crate) fn write(self, writer: &mut Writer) {
        let (mid, below, above, n_learned, slots, days): Packed = self.into();
        for n in [mid, below, above].into_iter().chain(slots) {
            writer.signed(n);
        }
        writer.number(n_learned);
        writer.number(days);
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Unreadable> {
        let (mid, below, above) = (reader.signed()?, reader.signed()?, reader.signed()?);
        let slots = [reader.signed()?, reader.signed()?, reader.signed()?, reader.signed()?];
        Ok(Self::from((mid, below, above, reader.fitting()?, slots, reader.fitting()?)))
    }

    /// Whether enough was seen to say what is usual.
    pub const fn is_warm(&self) -> bool {
        self.n_learned >= WARM_UP
    }

    /// Whether the rhythm of the day is known.
    pub fn knows_day(&self) -> bool {
        self.days.iter().all(|days| *days >= DAYS_TO_KNOW)
    }

    /// Whether every quarter of the day was seen once: before that, the rhythm of the day is not even in the spread.
    pub fn has_seen_a_day(&self) -> bool {
        self.days.iter().all(|days| *days > 0)
    }

    /// Returns what is expected at a time: between the middles of two quarters where the rhythm of the day is known,
    /// and otherwise the median of all.
    pub fn expected(&self, moment: &Moment) -> i32 {
        if !self.knows_day() {
            return self.quantiles.mid;
        }
        let (from, to) = (i64::from(self.slots[moment.from]), i64::from(self.slots[(moment.from + 1) % N_SLOTS]));
        let between = from + (((to - from) * moment.part) >> PART_BITS);
        i32::try_from(between).unwrap_or(self.quantiles.mid)
    }

    pub const fn quantiles(&self) -> &Quantiles {
        &self.quantiles
    }

    /// Learns a number; `expected` is what was expected of it. Not where the moment is too close to the one before.
    pub fn learn(&mut self, x: i32, expected: i32, moment: &Moment) {
        let Some(by_time) = moment.gain else { return };
        let n = self.n_learned;
        if n < STARTING && expected.saturating_sub(x) / 4 > self.quantiles.below {
            *self = Self::of_first(x, moment);
            return;
        }
        let gain = if n < EARLY {
            (GAIN_ONE / (i64::from(n) + 1)).max(EARLY_GAIN)
        } else if by_time * i64::from(n) >= GAIN_ONE {
            0 // So much was seen that only the time counts.
        } else {
            GAIN_ONE / i64::from(n)
        };
        let gain = gain.max(by_time).min(GAIN_ONE / 4);
        self.learn_slot(x, moment, gain);
        self.quantiles.learn(x, expected, gain);
        self.n_learned = n.saturating_add(1).min(MAX_COUNT);
    }

    /// A quarter of the day is seen a quarter of the time, so it learns four times as much of each number.
    fn learn_slot(&mut self, x: i32, moment: &Moment, gain: i64) {
        let slot = moment.slot;
        let days = self.days[slot];
        if days == 0 {
            self.slots[slot] = self.quantiles.mid;
        }
        if days == 0 || moment.is_new_quarter {
            self.days[slot] = (days + 1).min(DAYS_TO_KNOW);
        }
        let gain = (gain * DAY / SLOT_MS).min(GAIN_ONE / 4);
        self.slots[slot] = toward(self.slots[slot], x, self.quantiles.width() / 2, gain);
    }

    /// Takes what is usual for longer by `ms`, on the scale of latencies.
    pub fn lengthen(&mut self, ms: f64) {
        let mid = self.quantiles.mid;
        self.shift(scale::from_ms(scale::to_ms(mid) + ms).saturating_sub(mid));
    }

    /// Takes a new level for usual: everything moves by `by`, and is then refined quickly.
    pub fn shift(&mut self, by: i32) {
        self.quantiles.mid = self.quantiles.mid.saturating_add(by);
        self.slots = self.slots.map(|slot| slot.saturating_add(by));
        // Still warm, so it goes on to speak, and young, so it learns fast.
        self.n_learned = self.n_learned.min(WARM_UP);
    }
}

#[cfg(test)]
mod tests;
