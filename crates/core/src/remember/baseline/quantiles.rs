//! The middle of a stream of numbers and what is usual around it, learned one number at a time.

use super::WIDTH_FLOOR;

/// The median, and how far below and above it the first and the last tenth begin.
///
/// Each of the three moves a little towards the number seen: up by `q`, down by `1 - q` of a step, where `q` is its
/// quantile (stochastic approximation, Robbins and Monro 1951; for quantiles, Tierney 1983). The step is measured in the spread itself,
/// so that it fits any scale, and one wild number moves nothing by more than one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantiles {
    pub mid: i32,
    /// From the tenth percentile up to the median, and from there up to the ninetieth.
    pub below: i32,
    pub above: i32,
}

/// The gain of a step as a fraction: this is 1.
pub const GAIN_ONE: i64 = 1 << 20;

impl Quantiles {
    /// Returns what is believed after one number: a spread that is too wide rather than too narrow.
    pub fn of_first(x: i32, width: i32) -> Self {
        Self { mid: x, below: width.max(WIDTH_FLOOR), above: width.max(WIDTH_FLOOR) }
    }

    /// Learns the number `x`, where `expected` was expected: the median of all, or one that knows the time of day.
    ///
    /// For a normal distribution the steps below make a gain of `1/n` the best one there is, and a constant gain
    /// forget with `e^(-gain * n)`.
    pub fn learn(&mut self, x: i32, expected: i32, gain: i64) {
        let width = self.width();
        self.mid = toward(self.mid, x, width / 2, gain);
        self.above = widen(self.above, x.saturating_sub(expected), width, gain);
        self.below = widen(self.below, expected.saturating_sub(x), width, gain);
    }

    /// Returns how far it is from the tenth to the ninetieth percentile.
    pub fn width(&self) -> i64 {
        i64::from(self.below) + i64::from(self.above)
    }
}

/// Returns the median after one number.
pub fn toward(median: i32, x: i32, step: i64, gain: i64) -> i32 {
    let step = scaled(step, gain);
    // Never beyond what was seen: a wide step does not overshoot.
    match x.cmp(&median) {
        std::cmp::Ordering::Greater => median.saturating_add(step).min(x),
        std::cmp::Ordering::Less => median.saturating_sub(step).max(x),
        std::cmp::Ordering::Equal => median,
    }
}

/// One number in ten is to lie beyond: up by nine parts, down by one.
fn widen(side: i32, deviation: i32, width: i64, gain: i64) -> i32 {
    if deviation > side {
        side.saturating_add(scaled(width * 2, gain))
    } else {
        side.saturating_sub(scaled(width * 2 / 9, gain)).max(WIDTH_FLOOR)
    }
}

fn scaled(step: i64, gain: i64) -> i32 {
    i32::try_from((step * gain + GAIN_ONE / 2) / GAIN_ONE).unwrap_or(i32::MAX)
}
