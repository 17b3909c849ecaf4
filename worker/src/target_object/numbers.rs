//! What Upptime's files say of a target, reckoned now and then: it is a year of rows.

use super::Stores;
use dualwatch_core::{
    measure::{
        family::Family,
        time::{DAY, MINUTE, Timestamp},
    },
    remember::{
        availability::{Availability, Period, Window},
        rollup::{
            Rollup,
            bucket::{Bucket, Size},
            latency::Timing,
        },
        spell::Track,
    },
};
use dualwatch_wire::{
    door::badge::PERIODS,
    time,
    upptime::numbers::{Numbers, Span},
    v1::Days,
};
use worker::Result;

/// How long they stand; Upptime reckons once a day.
const RECKONED_EVERY_MS: i64 = 10 * MINUTE;
/// The same of a target that has been known for less than a day: each round changes much.
const RECKONED_YOUNG_EVERY_MS: i64 = MINUTE;

impl Stores {
    /// Returns the numbers; `None` before anything is known.
    pub(super) fn numbers(&self, now: Timestamp) -> Result<Option<Numbers>> {
        if let Some((at, numbers)) = self.numbers.borrow().as_ref() {
            let is_young = numbers.since.is_none_or(|since| now.ms_since(since) < DAY);
            let every = if is_young { RECKONED_YOUNG_EVERY_MS } else { RECKONED_EVERY_MS };
            if (0..every).contains(&now.ms_since(*at)) {
                return Ok(Some(numbers.clone()));
            }
        }
        let Some(mut history) = self.past.state()? else { return Ok(None) };
        // Of a copy: what is not stored yet counts, and stays for the next round.
        let fresh = history.advance(now);
        let since = self.past.known_from(&fresh, &history)?;
        let window = |span| match span {
            Span::All => Window { from: since.unwrap_or(now), to: now },
            Span::Day => Period::Day.ending(now),
            Span::Week => Period::Days7.ending(now),
            Span::Month => Period::Days30.ending(now),
            Span::Year => Period::Year.ending(now),
        };
        let windows = Span::ALL.map(window);
        let over = self.past.over(&fresh, &windows, Track::DualStack, &history)?;
        let mut numbers = Numbers { since, ..Numbers::default() };
        for track in Track::ALL {
            let over = self.past.over(&fresh, &PERIODS.map(|period| period.ending(now)), track, &history)?;
            for (shares, over) in numbers.shares.iter_mut().zip(&over) {
                *shares.get_mut(track) = over.ratio();
            }
        }
        let hours = self.past.series(&fresh, windows[Span::Day as usize], Size::Hour, &history)?.rows;
        let days = self.past.series(&fresh, windows[Span::Year as usize], Size::Day, &history)?.rows;
        for (i, window) in windows.iter().enumerate() {
            numbers.uptime[i] = over.get(i).and_then(Availability::ratio);
            let rows = if i == Span::Day as usize { &hours } else { &days };
            let within = rows.iter().filter(|(bucket, _)| bucket.end() > window.from && bucket.start() < window.to);
            numbers.time_ms[i] = mean_ms(within);
        }
        for (bucket, rollup) in &days {
            let minutes = rollup.times.dual_stack.down_ms.div_ceil(MINUTE.cast_unsigned()).min(1_440);
            if let (Ok(minutes @ 1..), Some(day)) = (u32::try_from(minutes), time::format(bucket.start()).get(..10)) {
                numbers.minutes_down.insert(day.to_owned(), minutes);
            }
        }
        numbers.days = Days::of(days.iter().map(|(bucket, rollup)| (bucket.start(), &rollup.times)), now);
        *self.numbers.borrow_mut() = Some((now, numbers.clone()));
        Ok(Some(numbers))
    }
}

/// Returns the mean of the medians of both families, each for as many answers as it is of.
fn mean_ms<'a>(rows: impl Iterator<Item = &'a (Bucket, Rollup)>) -> Option<f64> {
    let (mut n, mut sum) = (0.0, 0.0);
    for (_, rollup) in rows {
        for family in Family::ALL {
            let latency = rollup.latency.get(family);
            if let Some(median) = latency.median_ms(Timing::Total) {
                let count = latency.count(Timing::Total) as f64;
                n += count;
                sum += count * median;
            }
        }
    }
    (n > 0.0).then(|| sum / n)
}
