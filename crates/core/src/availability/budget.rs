//! The error budget: how much downtime an objective allows, how much is spent, and how fast it goes.
//!
//! Google, The Site Reliability Workbook, chapter 5 "Alerting on SLOs", with time in place of requests.

use super::{Availability, Times};
use serde::{Deserialize, Serialize};

/// A burn rate over the last hour at which 2 % of the budget of 30 days go in that hour (chapter 5, table 5-8).
pub const FAST_BURN: f64 = 14.4;
/// A burn rate over the last six hours at which 5 % of the budget of 30 days go in them (chapter 5, table 5-8).
pub const SLOW_BURN: f64 = 6.0;

const MILLION: u64 = 1_000_000;

/// The share of time in which a target shall be up, in millionths: above 0, below 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Objective(u32);

impl Objective {
    /// Returns `None` for 0, and for all of the time: no measurement can tell that from "up so far", and a budget of
    /// nothing burns infinitely fast.
    pub const fn from_millionths(millionths: u32) -> Option<Self> {
        if 0 < millionths && (millionths as u64) < MILLION { Some(Self(millionths)) } else { None }
    }

    pub const fn millionths(self) -> u32 {
        self.0
    }

    /// Returns the share of time that may be lost, above 0, below 1.
    pub fn allowance(self) -> f64 {
        (MILLION - u64::from(self.0)) as f64 / MILLION as f64
    }
}

impl TryFrom<u32> for Objective {
    type Error = &'static str;

    fn try_from(millionths: u32) -> Result<Self, Self::Error> {
        Self::from_millionths(millionths).ok_or("an objective is above 0 and below 1000000 millionths")
    }
}

impl From<Objective> for u32 {
    fn from(objective: Objective) -> Self {
        objective.0
    }
}

/// Where an objective stands over its window.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ErrorBudget {
    pub objective: Objective,
    /// The downtime that the objective allows in the window, less maintenance: also of time that nobody observed, for
    /// what is promised does not depend on who looks.
    pub allowed_ms: u64,
    /// The downtime that was measured.
    pub spent_ms: u64,
    /// Below 0: the objective is missed.
    pub left_ms: i64,
    /// How many times faster than allowed the last hour spent it; `None` where nothing of it was observed.
    pub burn_1h: Option<f64>,
    /// The same of the last six hours.
    pub burn_6h: Option<f64>,
}

impl ErrorBudget {
    /// Reckons the budget from the window of the objective, the last hour and the last six.
    pub fn reckon(objective: Objective, over: &Availability, last_1h: &Times, last_6h: &Times) -> Self {
        let eligible_ms = over.window.length_ms().saturating_sub(over.times.maintenance_ms);
        let allowed = u128::from(eligible_ms) * u128::from(MILLION - u64::from(objective.0)) / u128::from(MILLION);
        let (allowed_ms, spent_ms) = (allowed as u64, over.times.down_ms);
        let burn = |times: &Times| {
            let observed = times.observed_ms();
            (observed > 0).then(|| times.down_ms as f64 / observed as f64 / objective.allowance())
        };
        Self {
            objective,
            allowed_ms,
            spent_ms,
            left_ms: allowed_ms.cast_signed().saturating_sub(spent_ms.cast_signed()),
            burn_1h: burn(last_1h),
            burn_6h: burn(last_6h),
        }
    }

    /// Whether the budget goes so fast that somebody should act now.
    pub fn is_burning(&self) -> bool {
        self.burn_1h.is_some_and(|rate| rate >= FAST_BURN) || self.burn_6h.is_some_and(|rate| rate >= SLOW_BURN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        availability::Window,
        time::{DAY, HOUR, MINUTE, SECOND, Timestamp},
    };

    fn times(up: i64, down: i64, maintenance: i64) -> Times {
        Times { up_ms: up as u64, degraded_ms: 0, down_ms: down as u64, maintenance_ms: maintenance as u64 }
    }

    fn check(millionths: u32, month: Times, hour: Times, allowed: i64, left: i64, burn: Option<f64>) -> ErrorBudget {
        let window = Window::ending(Timestamp::from_unix_ms(400 * DAY), 30 * DAY);
        let over = Availability { window, times: month, blurred_ms: 0 };
        let objective = Objective::from_millionths(millionths).unwrap();
        let budget = ErrorBudget::reckon(objective, &over, &hour, &hour);
        assert_eq!((budget.allowed_ms, budget.left_ms), (allowed as u64, left), "{month:?}");
        match (burn, budget.burn_1h) {
            (Some(expected), Some(found)) => assert!((found - expected).abs() < 1e-9, "{found} is not {expected}"),
            (expected, found) => assert_eq!(found, expected),
        }
        budget
    }

    #[test]
    fn three_nines_allow_forty_three_minutes_a_month() {
        let allowed = 43 * MINUTE + 12 * SECOND;
        let idle = times(HOUR, 0, 0);
        check(999_000, times(30 * DAY, 0, 0), idle, allowed, allowed, Some(0.0));
        check(999_000, times(29 * DAY, DAY, 0), idle, allowed, allowed - DAY, Some(0.0));
        // Maintenance promises nothing; what nobody observed does.
        check(999_000, times(15 * DAY, 0, 15 * DAY), idle, allowed / 2, allowed / 2, Some(0.0));
        check(999_000, times(15 * DAY, 0, 0), idle, allowed, allowed, Some(0.0));
    }

    #[test]
    fn the_burn_rate_is_of_observed_time() {
        let month = times(30 * DAY, 0, 0);
        let of_hour = |hour, burn| check(990_000, month, hour, 30 * DAY / 100, 30 * DAY / 100, burn).is_burning();
        assert!(of_hour(times(0, HOUR, 0), Some(100.0)));
        assert!(of_hour(times(0, MINUTE, 0), Some(100.0)));
        assert!(!of_hour(times(99 * SECOND, SECOND, 0), Some(1.0)));
        assert!(!of_hour(times(0, 0, HOUR), None));
    }

    #[test]
    fn an_objective_leaves_a_budget() {
        for (millionths, is_one) in [(0, false), (1, true), (999_999, true), (1_000_000, false)] {
            assert_eq!(Objective::from_millionths(millionths).is_some(), is_one, "{millionths}");
        }
    }
}
