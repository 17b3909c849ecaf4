//! What the charts of a page are drawn from: the page asks the target's object for it, and nobody else does. The same figures
//! are public, in other steps, at `GET /api/v1/targets/{slug}/history`.

use super::{Day, history::BucketTimes};
use dualwatch_core::{
    measure::{
        family::{Family, PerFamily},
        time::{DAY, HOUR, MINUTE, Timestamp},
    },
    remember::{
        availability::{Period, Times, Window},
        retention::Retention,
        rollup::{
            Rollup,
            bucket::{Bucket, Size},
            latency::{Latency, Timing},
        },
    },
};
use serde::{Deserialize, Serialize};

/// In which steps a range is told, and of which rows each is the sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grain {
    pub size: Size,
    pub step_ms: i64,
}

impl Grain {
    /// Returns the steps of a range; coarser ones where finer rows are not kept for so long.
    pub fn of(period: Period, retention: &Retention) -> Self {
        let (size, step_ms) = match period {
            Period::Day => (Size::FiveMinutes, 10 * MINUTE),
            Period::Days7 => (Size::Hour, HOUR),
            Period::Days30 => (Size::Hour, 4 * HOUR),
            Period::Days90 | Period::Year => (Size::Day, DAY),
        };
        let kept = |size: &Size| match size {
            Size::FiveMinutes => retention.five_minutes_ms,
            Size::Hour => retention.hours_ms,
            Size::Day => retention.days_ms.unwrap_or(i64::MAX),
        };
        let sizes = Size::ALL.into_iter().filter(|one| *one >= size);
        let size = sizes.into_iter().find(|size| kept(size) >= period.length_ms()).unwrap_or(Size::Day);
        Self { size, step_ms: step_ms.max(size.ms()) }
    }

    /// Returns the window of a range that ends now: whole steps, of which the last is not over.
    pub fn window(self, period: Period, now: Timestamp) -> Window {
        let begun = now - now.unix_ms().rem_euclid(self.step_ms);
        Window { from: begun + self.step_ms - period.length_ms().max(self.step_ms), to: now }
    }
}

/// What is usual is what was so in the last so many days, or in the range where that is longer.
pub const USUAL_DAYS: i64 = 30;
/// Fewer answers say nothing of what is usual.
const LEAST_ANSWERS: u64 = 20;

/// The sums of a range, in steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChartSums {
    pub from: Timestamp,
    pub to: Timestamp,
    pub step_ms: i64,
    /// Of the whole time of answers; left out of few.
    pub usual: PerFamily<Option<Usual>>,
    /// Oldest first. Steps of which nothing is known are left out.
    pub steps: Vec<ChartStep>,
}

/// Between these eight of ten answers took.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Usual {
    pub p10_ms: f64,
    pub p90_ms: f64,
    /// So many days of rows are in it.
    pub days: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChartStep {
    pub from: Timestamp,
    pub ipv4: FamilyStep,
    pub ipv6: FamilyStep,
}

impl ChartStep {
    pub const fn family(&self, family: Family) -> &FamilyStep {
        match family {
            Family::Ipv4 => &self.ipv4,
            Family::Ipv6 => &self.ipv6,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FamilyStep {
    pub times: BucketTimes,
    /// The median in milliseconds of each timing, in the order of [`Timing::ALL`].
    pub medians: [Option<f64>; 5],
}

impl FamilyStep {
    pub const fn median(&self, timing: Timing) -> Option<f64> {
        self.medians[timing as usize]
    }

    /// Returns the worst of it that matters; `passed_ms` are over of the step.
    pub fn state(&self, passed_ms: i64) -> Day {
        let ms = |seconds: crate::seconds::Seconds| seconds.ms().max(0).cast_unsigned();
        let BucketTimes { up_s, degraded_s, down_s, maintenance_s } = self.times;
        let times = Times {
            up_ms: ms(up_s),
            degraded_ms: ms(degraded_s),
            down_ms: ms(down_s),
            maintenance_ms: ms(maintenance_s),
        };
        Day::of(&times, passed_ms.max(0).cast_unsigned())
    }

    fn of(rollup: &Rollup, family: Family) -> Self {
        let latency = rollup.latency.get(family);
        Self {
            times: rollup.times.get(family.into()).into(),
            medians: std::array::from_fn(|i| Timing::ALL.get(i).and_then(|timing| latency.median_ms(*timing))),
        }
    }
}

impl ChartSums {
    /// Puts the rows of a window together in steps; `usual` are the days that say what is usual.
    pub fn of(rows: &[(Bucket, Rollup)], usual: &[(Bucket, Rollup)], window: Window, grain: Grain) -> Self {
        let mut sums: Vec<(Timestamp, Rollup)> = Vec::new();
        for (bucket, rollup) in rows {
            let from = bucket.start() - bucket.start().unix_ms().rem_euclid(grain.step_ms);
            match sums.last_mut().filter(|(of, _)| *of == from) {
                Some((_, sum)) => sum.merge(rollup),
                None => sums.push((from, rollup.clone())),
            }
        }
        let step = |(from, sum): &(Timestamp, Rollup)| ChartStep {
            from: *from,
            ipv4: FamilyStep::of(sum, Family::Ipv4),
            ipv6: FamilyStep::of(sum, Family::Ipv6),
        };
        let told = sums.iter().filter(|(from, _)| *from >= window.from && *from < window.to);
        let usual = PerFamily::from_fn(|family| {
            let mut all = Latency::default();
            all.merge_all(usual.iter().map(|(_, rollup)| rollup.latency.get(family)));
            let enough = all.count(Timing::Total) >= LEAST_ANSWERS;
            let (p10_ms, p90_ms) = (all.quantile_ms(Timing::Total, 0.1)?, all.quantile_ms(Timing::Total, 0.9)?);
            enough.then_some(Usual { p10_ms, p90_ms, days: usual.len().try_into().ok()? })
        });
        Self { from: window.from, to: window.to, step_ms: grain.step_ms, usual, steps: told.map(step).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualwatch_core::remember::spell::State;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_unix_ms(20_000 * DAY + ms)
    }

    fn row(size: Size, from: i64, totals: &[f64]) -> (Bucket, Rollup) {
        let mut rollup = Rollup::default();
        for ms in totals {
            rollup.latency.ipv4.record(Timing::Total, *ms);
        }
        rollup.times.ipv4.add(State::Up, 1_000);
        (size.of(at(from)), rollup)
    }

    #[test]
    fn a_step_is_the_sum_of_its_rows_and_what_is_missing_is_left_out() {
        let grain = Grain::of(Period::Day, &Retention::default());
        let window = grain.window(Period::Day, at(DAY + 25 * MINUTE));
        assert_eq!((window.from, window.to), (at(30 * MINUTE), at(DAY + 25 * MINUTE)), "144 steps, the last not over");
        let five = |from: i64, totals: &[f64]| row(Size::FiveMinutes, from * MINUTE, totals);
        let rows = [five(20, &[9.0]), five(30, &[20.0, 21.0]), five(35, &[40.0]), five(60, &[])];
        let usual = [row(Size::Day, 0, &[30.0; 19]), row(Size::Day, DAY, &[60.0; 2])];
        let sums = ChartSums::of(&rows, &usual, window, grain);
        let told: Vec<_> = sums
            .steps
            .iter()
            .map(|s| (s.from, s.ipv4.median(Timing::Total).map(f64::round), s.ipv4.times.up_s.ms()))
            .collect();
        assert_eq!(told, [(at(30 * MINUTE), Some(21.0), 2_000), (at(60 * MINUTE), None, 1_000)]);
        let known = sums.usual.ipv4.unwrap();
        assert_eq!((known.p10_ms.round(), known.p90_ms.round(), known.days), (30.0, 30.0, 2));
        assert_eq!((sums.usual.ipv6, sums.steps[0].ipv6.median(Timing::Total)), (None, None));
        let few = ChartSums::of(&rows, &usual[..1], window, grain);
        assert_eq!(few.usual.ipv4, None, "nineteen answers");
        let text = serde_json::to_string(&sums).unwrap();
        let read: ChartSums = serde_json::from_str(&text).unwrap();
        assert_eq!((read.from, read.steps.len(), read.usual.ipv4.unwrap().days), (sums.from, 2, 2));
        assert_eq!(read.steps[1], sums.steps[1]);
    }

    #[test]
    fn steps_are_as_fine_as_what_is_kept() {
        let grain = |period, five, hours| {
            let keep = Retention { five_minutes_ms: five * DAY, hours_ms: hours * DAY, ..Retention::default() };
            let grain = Grain::of(period, &keep);
            (grain.size, grain.step_ms / MINUTE, Period::length_ms(period) / grain.step_ms)
        };
        assert_eq!(grain(Period::Day, 90, 730), (Size::FiveMinutes, 10, 144));
        assert_eq!(grain(Period::Days7, 90, 730), (Size::Hour, 60, 168));
        assert_eq!(grain(Period::Days30, 90, 730), (Size::Hour, 240, 180));
        assert_eq!(grain(Period::Days90, 90, 730), (Size::Day, 1_440, 90));
        assert_eq!(grain(Period::Year, 90, 730), (Size::Day, 1_440, 365));
        assert_eq!(grain(Period::Days30, 2, 2), (Size::Day, 1_440, 30), "hours are gone after two days");
    }
}
