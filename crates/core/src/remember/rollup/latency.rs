//! Latencies as counts per bin: a sketch that merges exactly, with a bounded relative error.
//!
//! Bins are those of `HdrHistogram` (and of `DDSketch`'s cheapest mapping, Masson et al. 2019, section 3): the binary
//! exponent of the whole microseconds and the six bits after it. All of it is whole numbers, so that merging is
//! associative to the last bit and edge, browser and program agree. `sketches-ddsketch` and `hdrhistogram` were weighed:
//! dense arrays of at least 1 kB a sketch and sums in floating point; a target has ten sketches and five rounds in a bucket.

use crate::measure::sample::Phases;

/// A part of a probe whose time is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timing {
    Resolve,
    Connect,
    Tls,
    FirstByte,
    Total,
}

impl Timing {
    pub const ALL: &'static [Self] = &[Self::Resolve, Self::Connect, Self::Tls, Self::FirstByte, Self::Total];
    /// Those that say how long the path is, whatever the service answers at its end.
    pub const OF_PATH: &'static [Self] = &[Self::Resolve, Self::Connect, Self::Tls];

    /// Returns the stable code, as in a round's `phases_ms`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::FirstByte => "first_byte",
            Self::Total => "total",
        }
    }

    /// Returns the keys that belong to this timing.
    const fn keys(self) -> std::ops::Range<u16> {
        let first = self as u16 * BINS;
        first..first + BINS
    }
}

/// Bits of a latency that are kept after its highest one.
const FINE_BITS: u32 = 6;
const FINE: u32 = 1 << FINE_BITS;
/// Bins per timing: 64 of one microsecond, then 64 for each power of two, up to 2^32 microseconds (71 minutes).
const BINS: u16 = ((32 - FINE_BITS + 1) * FINE) as u16;
/// Keys of all timings together are below this.
pub(super) const KEYS: u16 = BINS * 5;
const NO_KEY: u16 = u16::MAX;

/// A quantile is off by at most this share of itself: half a bin, from the bin's middle.
pub const MAX_RELATIVE_ERROR: f64 = 1.0 / (2 * FINE) as f64;

/// Returns the bin of a latency in microseconds. Longer ones than the last bin are in it.
const fn bin_of(us: f64) -> u16 {
    if us < FINE as f64 {
        return us as u16;
    }
    (head(us.min(u32::MAX as f64)) - head(FINE as f64) + FINE) as u16
}

/// Returns what a number begins with in floating point: its power of two, and the fine bits after the highest one.
const fn head(us: f64) -> u32 {
    (us.to_bits() >> (f64::MANTISSA_DIGITS - 1 - FINE_BITS)) as u32
}

/// Returns the smallest and the largest latency of a bin, in microseconds.
const fn limits(bin: u16) -> (u64, u64) {
    let bin = bin as u64;
    if bin < 2 * FINE as u64 {
        return (bin, bin);
    }
    let shift = bin / FINE as u64 - 1;
    let low = (FINE as u64 + bin % FINE as u64) << shift;
    (low, low + (1 << shift) - 1)
}

/// Returns the latency that stands for a bin, in milliseconds: as far, relatively, from both of its ends.
fn middle_ms(bin: u16) -> f64 {
    let (low, high) = limits(bin);
    let us = if low == high { low as f64 } else { 2.0 * low as f64 * high as f64 / (low + high) as f64 };
    us / 1_000.0
}

/// The latencies of one family: how many fell into each bin of each timing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Latency {
    /// (timing and bin, count), in the order of the keys, no count 0. One list for all timings: half of a row is this.
    pub(super) bins: Vec<(u16, u32)>,
}

impl Latency {
    /// Tells the keys of a probe's latencies.
    pub(super) fn keys(timings: &[Timing], phases: &Phases, mut tell: impl FnMut(u16)) {
        let Phases { resolve, connect, tls, first_byte, total } = *phases;
        let ms = [resolve, connect, tls, first_byte, total];
        for timing in timings {
            if let Some(us) = ms[*timing as usize].and_then(rounded_us) {
                tell(timing.keys().start + bin_of(us));
            }
        }
    }

    /// Counts latencies by their keys, in any order, and sorts these.
    pub(super) fn add_keys(&mut self, keys: &mut [u16]) {
        keys.sort_unstable();
        let n_before = self.bins.len();
        self.bins.resize(n_before + keys.len(), (0, 0));
        // Which keys are equal is chance: a branch on it would be foreseen badly.
        let (mut n_bins, mut last) = (n_before, NO_KEY);
        for key in &*keys {
            n_bins += usize::from(*key != last);
            let (at, n) = &mut self.bins[n_bins - 1];
            (*at, *n, last) = (*key, *n + 1, *key);
        }
        self.bins.truncate(n_bins);
        if n_before > 0 {
            self.settle();
        }
    }

    /// Counts one latency. What is no duration (negative, not a number, infinite) is not counted.
    pub fn record(&mut self, timing: Timing, ms: f64) {
        if let Some(us) = rounded_us(ms) {
            self.add_keys(&mut [timing.keys().start + bin_of(us)]);
        }
    }

    pub fn merge(&mut self, other: &Self) {
        self.merge_all([other]);
    }

    /// Merges many at once: faster than one after the other, and than sorting them.
    pub fn merge_all<'a>(&mut self, others: impl IntoIterator<Item = &'a Self>) {
        let mut tally = Tally::new();
        tally.add(&self.bins);
        for other in others {
            tally.add(&other.bins);
        }
        self.bins = tally.in_order();
    }

    /// Puts bins in order, and joins equal ones.
    fn settle(&mut self) {
        // The stable sort finds the runs that are in order already, and merges them.
        self.bins.sort_by_key(|(key, _)| *key);
        self.bins.dedup_by(|(key, n), (kept, sum)| {
            let is_same = key == kept;
            if is_same {
                *sum = sum.saturating_add(*n);
            }
            is_same
        });
    }

    fn of(&self, timing: Timing) -> &[(u16, u32)] {
        let keys = timing.keys();
        let first = self.bins.partition_point(|(key, _)| *key < keys.start);
        let end = self.bins.partition_point(|(key, _)| *key < keys.end);
        &self.bins[first..end]
    }

    /// Returns how many latencies of this timing were counted.
    pub fn count(&self, timing: Timing) -> u64 {
        self.of(timing).iter().map(|(_, n)| u64::from(*n)).sum()
    }

    /// Returns the latency in milliseconds below or at which a share `q` (0 to 1) of them lies, by nearest rank, right
    /// to within [`MAX_RELATIVE_ERROR`]; `None` where none was counted.
    pub fn quantile_ms(&self, timing: Timing, q: f64) -> Option<f64> {
        let count = self.count(timing);
        let rank = ((q.clamp(0.0, 1.0) * count as f64).ceil() as u64).max(1);
        let mut seen = 0;
        let (key, _) = self.of(timing).iter().find(|(_, n)| {
            seen += u64::from(*n);
            seen >= rank
        })?;
        Some(middle_ms(key - timing.keys().start))
    }

    pub fn median_ms(&self, timing: Timing) -> Option<f64> {
        self.quantile_ms(timing, 0.5)
    }
}

/// Counts by key. Keys of one power of two of one timing are a block, and of those the latencies of a target meet few.
struct Tally {
    /// Of every block of keys: 1 + its place below; 0 where no key of it was met.
    places: [u8; N_BLOCKS],
    blocks: Vec<Block>,
}

#[derive(Clone, Copy)]
struct Block {
    /// A bit for each key that was met.
    met: u64,
    sums: [u32; FINE as usize],
}

const N_BLOCKS: usize = KEYS.div_ceil(FINE as u16) as usize;
/// So many blocks are met without growing, usually.
const USUAL_BLOCKS: usize = 32;

impl Tally {
    fn new() -> Self {
        Self { places: [0; N_BLOCKS], blocks: Vec::with_capacity(USUAL_BLOCKS) }
    }

    fn add(&mut self, bins: &[(u16, u32)]) {
        for (key, n) in bins {
            let (place, i) = (&mut self.places[usize::from(key / FINE as u16)], key % FINE as u16);
            if *place == 0 {
                self.blocks.push(Block { met: 0, sums: [0; FINE as usize] });
                *place = self.blocks.len() as u8;
            }
            let block = &mut self.blocks[usize::from(*place) - 1];
            let sum = &mut block.sums[usize::from(i)];
            *sum = sum.saturating_add(*n);
            block.met |= 1 << i;
        }
    }

    /// Returns the keys that were met, in order, with their sums.
    fn in_order(&self) -> Vec<(u16, u32)> {
        let n: u32 = self.blocks.iter().map(|block| block.met.count_ones()).sum();
        let mut bins = Vec::with_capacity(n as usize);
        for (first, place) in (0..).step_by(FINE as usize).zip(self.places).filter(|(_, place)| *place > 0) {
            let Block { met, sums } = &self.blocks[usize::from(place) - 1];
            let mut rest = *met;
            while rest != 0 {
                let i = rest.trailing_zeros();
                bins.push((first + i as u16, sums[i as usize]));
                rest &= rest - 1;
            }
        }
        bins
    }
}

/// Returns a duration in microseconds whose whole part is the nearest; `None` where it is no duration.
fn rounded_us(ms: f64) -> Option<f64> {
    (ms.is_finite() && ms >= 0.0).then_some(ms * 1_000.0 + 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bins_are_seamless_and_fine_enough() {
        let mut next = 0;
        for bin in 0..BINS {
            let (low, high) = limits(bin);
            assert_eq!(low, next, "bin {bin}");
            next = high + 1;
            for us in [low, high] {
                let us = u32::try_from(us).unwrap();
                assert_eq!([0.0, 0.999].map(|part| bin_of(f64::from(us) + part)), [bin; 2], "{us}");
                let off = (middle_ms(bin) * 1_000.0 - f64::from(us)).abs();
                assert!(off <= MAX_RELATIVE_ERROR * f64::from(us), "{us} is off by {off}");
            }
        }
        assert_eq!(next, 1 << 32);
    }

    #[test]
    fn what_is_no_duration_is_not_counted() {
        let mut latency = Latency::default();
        for ms in [-1.0, f64::NAN, f64::INFINITY] {
            latency.record(Timing::Total, ms);
        }
        assert_eq!((latency.count(Timing::Total), latency.median_ms(Timing::Total)), (0, None));
        latency.record(Timing::Total, 1e12);
        latency.record(Timing::Total, 0.0);
        assert_eq!(latency.count(Timing::Total), 2);
        assert_eq!(latency.median_ms(Timing::Total), Some(0.0));
    }

    proptest! {
        #[test]
        fn quantiles_are_right_to_within_the_error(
            us in prop::collection::vec(1u32..4_000_000_000, 1..200), q in 0.0f64..=1.0, other in 0u32..5_000,
        ) {
            let mut latency = Latency::default();
            for us in &us {
                latency.record(Timing::Connect, f64::from(*us) / 1_000.0);
                latency.record(Timing::Resolve, f64::from(other) / 1_000.0);
                latency.record(Timing::Tls, f64::from(other) / 1_000.0);
            }
            let mut sorted = us;
            sorted.sort_unstable();
            let rank = ((q * sorted.len() as f64).ceil() as usize).max(1);
            let exact = f64::from(sorted[rank - 1]) / 1_000.0;
            let found = latency.quantile_ms(Timing::Connect, q).unwrap();
            prop_assert!((found - exact).abs() <= MAX_RELATIVE_ERROR * exact * 1.000_001, "{found} is not {exact}");
        }
    }
}
