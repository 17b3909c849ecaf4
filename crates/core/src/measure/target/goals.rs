//! What its operator asks of a target, and how long its history is kept.

use crate::measure::time::DAY;
use serde::{Deserialize, Serialize};

/// A service level objective: the share of observed time in which a target is to be up, in parts per million.
///
/// Whole parts, so that a configuration is equal to itself after it was stored: 99.9 % is 999,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Slo(u32);

impl Slo {
    /// Returns the objective of so many parts per million; none for 0 and for all of them: the one asks nothing, the
    /// other leaves no error budget.
    pub const fn from_ppm(ppm: u32) -> Option<Self> {
        if ppm > 0 && ppm < 1_000_000 { Some(Self(ppm)) } else { None }
    }

    pub const fn ppm(self) -> u32 {
        self.0
    }

    /// Returns the objective in percent: 99.9.
    pub fn percent(self) -> f64 {
        f64::from(self.0) / 10_000.0
    }
}

/// How long each resolution of the history is kept, in whole seconds. Daily sums are kept for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// Rounds as they were measured.
    pub rounds_s: u32,
    pub five_minutes_s: u32,
    pub hourly_s: u32,
}

impl Default for Retention {
    /// A week, 90 days, two years.
    fn default() -> Self {
        const DAY_S: u32 = (DAY / 1_000) as u32;
        Self { rounds_s: 7 * DAY_S, five_minutes_s: 90 * DAY_S, hourly_s: 2 * 365 * DAY_S }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_objective_asks_something_and_leaves_a_budget() {
        for (ppm, is_one) in [(0, false), (1, true), (999_999, true), (1_000_000, false)] {
            assert_eq!(Slo::from_ppm(ppm).is_some(), is_one, "{ppm}");
        }
        assert!(Slo::from_ppm(999_900).is_some_and(|slo| (slo.percent() - 99.99).abs() < 1e-9));
    }
}
