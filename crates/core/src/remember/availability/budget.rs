//! The error budget: how much downtime an objective allows, and how much of that is spent.
//!
//! Google, The Site Reliability Workbook, chapter 5 "Alerting on SLOs", with time in place of requests.

use super::Times;
use crate::measure::target::Slo;

/// Where an objective stands over a window.
///
/// It is of the time that the availability is of: maintenance promises nothing, and of time that nobody observed nobody
/// knows whether it was up. So a budget is overspent exactly where the ratio is below the objective.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorBudget {
    /// The downtime that the objective allows in the observed time.
    pub allowed_ms: u64,
    /// The downtime that was measured.
    pub spent_ms: u64,
}

impl ErrorBudget {
    pub fn of(slo: Slo, times: &Times) -> Self {
        let parts = 1_000_000 - u128::from(slo.ppm());
        let allowed = u128::from(times.observed_ms()) * parts / 1_000_000;
        Self { allowed_ms: allowed as u64, spent_ms: times.down_ms }
    }

    /// Returns what is left, in milliseconds; below 0 the objective is missed.
    pub const fn left_ms(&self) -> i64 {
        self.allowed_ms.cast_signed().saturating_sub(self.spent_ms.cast_signed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::time::{DAY, MINUTE, SECOND};
    use proptest::prelude::*;

    fn check(ppm: u32, [up, down, maintenance]: [i64; 3], allowed: i64, left: i64) {
        let [up_ms, down_ms, maintenance_ms] = [up, down, maintenance].map(i64::cast_unsigned);
        let times = Times { up_ms, degraded_ms: 0, down_ms, maintenance_ms };
        let budget = ErrorBudget::of(Slo::from_ppm(ppm).unwrap(), &times);
        assert_eq!((budget.allowed_ms.cast_signed(), budget.left_ms()), (allowed, left), "{times:?}");
    }

    #[test]
    fn three_nines_allow_forty_three_minutes_a_month() {
        let allowed = 43 * MINUTE + 12 * SECOND;
        check(999_000, [30 * DAY, 0, 0], allowed, allowed);
        check(999_000, [29 * DAY, DAY, 0], allowed, allowed - DAY);
        check(999_000, [30 * DAY - allowed, allowed, 0], allowed, 0);
        check(999_990, [365 * DAY, 0, 0], 315_360, 315_360);
    }

    #[test]
    fn only_observed_time_has_a_budget() {
        let allowed = 43 * MINUTE + 12 * SECOND;
        check(999_000, [15 * DAY, 0, 15 * DAY], allowed / 2, allowed / 2);
        check(999_000, [15 * DAY, 0, 0], allowed / 2, allowed / 2);
        check(500_000, [0, 0, 30 * DAY], 0, 0);
        check(999_000, [0, MINUTE, 0], 60, 60 - MINUTE);
    }

    proptest! {
        #[test]
        fn it_is_overspent_exactly_where_the_objective_is_missed(
            ppm in 1u32..1_000_000, up in 0u64..40_000_000_000, down in 0u64..40_000_000_000,
        ) {
            let times = Times { up_ms: up, degraded_ms: 0, down_ms: down, maintenance_ms: 7 };
            let is_met = u128::from(up) * 1_000_000 >= u128::from(up + down) * u128::from(ppm);
            prop_assert_eq!(ErrorBudget::of(Slo::from_ppm(ppm).unwrap(), &times).left_ms() >= 0, is_met);
        }
    }
}
