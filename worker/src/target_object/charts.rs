//! What the charts of a target's page are drawn from: the roll-ups that are kept anyway.

use super::{Plan, TargetObject};
use crate::{dial, reply};
use dualwatch_core::{
    measure::time::DAY,
    remember::{
        availability::{Period, Window},
        rollup::bucket::Size,
    },
};
use dualwatch_wire::v1::chart::{ChartSums, Grain, USUAL_DAYS};
use worker::{Response, Result};

impl TargetObject {
    /// Who asks keeps the page that is made of it, not this.
    pub(super) fn charts(&self, plan: &Plan, period: Period) -> Result<Response> {
        let now = dial::now();
        let stores = self.stores()?;
        let (history, fresh) = stores.told(now)?;
        let grain = Grain::of(period, &plan.retention());
        let window = grain.window(period, now);
        let rows = stores.past.series(&fresh, window, grain.size, &history)?.rows;
        // Where the range is longer than what is usual, and told in days, its own rows say that.
        let is_own = grain.size == Size::Day && period.length_ms() >= USUAL_DAYS * DAY;
        if is_own {
            return reply::internal(&ChartSums::of(&rows, &rows, window, grain));
        }
        let today = now - now.unix_ms().rem_euclid(DAY);
        let days = Window { from: today - (USUAL_DAYS - 1) * DAY, to: now };
        let usual = stores.past.series(&fresh, days, Size::Day, &history)?.rows;
        reply::internal(&ChartSums::of(&rows, &usual, window, grain))
    }
}
