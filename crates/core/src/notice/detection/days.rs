//! Slow degradation: the median of each day against the days of the weeks before.

use super::tuning::Tuning;
use crate::{
    measure::{
        bracket::Bracket,
        bytes::{Reader, Unreadable, Writer},
        time::{DAY, Timestamp},
    },
    remember::baseline::{GAIN_ONE, Quantiles, WIDTH_FLOOR, scale},
};
use serde::{Deserialize, Serialize};

/// Days that must be known before anything is said, days in a row that say it, and days that take it back.
const DAYS_TO_KNOW: u8 = 7;
const DAYS_TO_BEGIN: u8 = 3;
const DAYS_TO_END: u8 = 2;
/// After so many days the new level is the usual one.
const DAYS_TO_SETTLE: u8 = 28;
/// What is usual is learned over four weeks.
const MEMORY_DAYS: i64 = 28;
/// A day with fewer rounds has no median worth comparing.
const MIN_ROUNDS: u16 = 12;

/// The days of one phase of one family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Packed", into = "Packed")]
pub struct Days {
    date: i32,
    today: i32,
    n_today: u16,
    /// The median of days, and what one day usually differs from the day before: a slow change does not widen that.
    usual: Quantiles,
    yesterday: i32,
    n_learned: u8,
    /// The days in a row that were over what is allowed; while a finding is open, all days since it began.
    n_over: u8,
    n_calm: u8,
    /// The first of them, and the last normal day before it.
    first_over: i32,
    last_normal: i32,
    is_open: bool,
}

/// As it is stored: days counted back from the current one.
type Packed = ((i32, i32, u16), (i32, i32, i32, i32), (u8, u8, u8), (i32, i32, bool));

impl From<Packed> for Days {
    fn from((today, usual, counts, over): Packed) -> Self {
        Self {
            date: today.0,
            today: today.1,
            n_today: today.2,
            usual: Quantiles { mid: usual.0, below: usual.1.max(WIDTH_FLOOR), above: usual.2.max(WIDTH_FLOOR) },
            yesterday: usual.3,
            n_learned: counts.0,
            n_over: counts.1,
            n_calm: counts.2,
            first_over: today.0.wrapping_sub(over.0),
            last_normal: today.0.wrapping_sub(over.1),
            is_open: over.2,
        }
    }
}

impl From<Days> for Packed {
    fn from(d: Days) -> Self {
        (
            (d.date, d.today, d.n_today),
            (d.usual.mid, d.usual.below, d.usual.above, d.yesterday),
            (d.n_learned, d.n_over, d.n_calm),
            (d.date.wrapping_sub(d.first_over), d.date.wrapping_sub(d.last_normal), d.is_open),
        )
    }
}

/// What the end of a day brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayChange {
    Began { usual: Quantiles, seen: i32, since: Bracket },
    Returned { at: Bracket },
    Settled { at: Bracket },
}

impl Days {
    pub fn of_first(x: i32, at: Timestamp) -> Self {
        let day = day_of(at);
        Self {
            date: day,
            today: x,
            n_today: 1,
            usual: Quantiles::of_first(x, WIDTH_FLOOR),
            yesterday: x,
            n_learned: 0,
            n_over: 0,
            n_calm: 0,
            first_over: day,
            last_normal: day,
            is_open: false,
        }
    }

    /// Levels are written as distances from the usual one, dates as distances from the day of `base`.
    pub(crate) fn write(self, writer: &mut Writer, base: Timestamp) {
        let ((date, today, n_today), (mid, below, above, yesterday), counts, over): Packed = self.into();
        writer.signed(date.wrapping_sub(day_of(base)));
        for n in [mid, below, above, today.wrapping_sub(mid), yesterday.wrapping_sub(mid), over.0, over.1] {
            writer.signed(n);
        }
        writer.number(n_today);
        for n in [counts.0, counts.1, counts.2] {
            writer.number(n);
        }
        writer.number(over.2);
    }

    pub(crate) fn read(reader: &mut Reader<'_>, base: Timestamp) -> Result<Self, Unreadable> {
        let date = day_of(base).wrapping_add(reader.signed()?);
        let (mid, below, above): (i32, i32, i32) = (reader.signed()?, reader.signed()?, reader.signed()?);
        let (today, yesterday) = (mid.wrapping_add(reader.signed()?), mid.wrapping_add(reader.signed()?));
        let (first_over, last_normal) = (reader.signed()?, reader.signed()?);
        let n_today = reader.fitting()?;
        let counts = (reader.fitting()?, reader.fitting()?, reader.fitting()?);
        let over = (first_over, last_normal, reader.flag()?);
        Ok(Self::from(((date, today, n_today), (mid, below, above, yesterday), counts, over)))
    }

    /// Takes a number of a round; says what the day before it brought, if it was the first of a new day.
    ///
    /// `width` is how far apart the numbers of a day usually are: the day's median moves in parts of that.
    pub fn step(&mut self, x: i32, width: i64, at: Timestamp, tuning: &Tuning) -> Option<DayChange> {
        let day = day_of(at);
        let change = if day == self.date { None } else { self.close_day(tuning) };
        if day != self.date {
            (self.date, self.today, self.n_today) = (day, x, 0);
        }
        self.n_today = self.n_today.saturating_add(1);
        // The median of a few hundred numbers that arrive one by one.
        let gain = if self.n_today < 64 { GAIN_ONE / i64::from(self.n_today) } else { GAIN_ONE / 64 };
        self.today = crate::remember::baseline::toward(self.today, x, width / 2, gain);
        change
    }

    /// Takes a new level for usual: a change at once is no slow one.
    pub fn shift(&mut self, by: i32) {
        self.usual.mid = self.usual.mid.saturating_add(by);
        self.today = self.today.saturating_add(by);
        self.yesterday = self.yesterday.saturating_add(by);
    }

    /// Takes what is usual for longer by `ms`.
    pub fn lengthen(&mut self, ms: f64) {
        let mid = self.usual.mid;
        self.shift(scale::from_ms(scale::to_ms(mid) + ms).saturating_sub(mid));
    }

    fn close_day(&mut self, tuning: &Tuning) -> Option<DayChange> {
        if self.n_today < MIN_ROUNDS {
            return None;
        }
        if self.n_learned == 0 {
            self.usual = Quantiles::of_first(self.today, WIDTH_FLOOR);
            self.yesterday = self.today;
        }
        let over = self.today.saturating_sub(self.usual.mid);
        let allowed = self.allowed(tuning);
        if self.n_learned < DAYS_TO_KNOW || (!self.is_open && over <= allowed) {
            self.n_over = 0;
            self.last_normal = self.date;
            self.learn();
            return None;
        }
        self.n_over = self.n_over.saturating_add(1);
        if self.is_open { self.close_open_day(over, allowed) } else { self.close_day_over() }
    }

    fn close_day_over(&mut self) -> Option<DayChange> {
        if self.n_over == 1 {
            self.first_over = self.date;
        }
        if self.n_over < DAYS_TO_BEGIN {
            return None;
        }
        (self.is_open, self.n_calm) = (true, 0);
        // The first different day was different as a whole, the last normal one was not: in between lies the beginning.
        let since = Bracket::new(Some(start_of(self.last_normal)), start_of(self.first_over) + DAY);
        Some(DayChange::Began { usual: self.usual, seen: self.today, since })
    }

    fn close_open_day(&mut self, over: i32, allowed: i32) -> Option<DayChange> {
        self.n_calm = if over <= allowed / 2 { self.n_calm + 1 } else { 0 };
        let at = |n_days: u8| {
            let first = self.date - i32::from(n_days) + 1;
            Bracket::new(Some(start_of(first - 1)), start_of(first) + DAY)
        };
        let change = if self.n_calm >= DAYS_TO_END {
            DayChange::Returned { at: at(DAYS_TO_END) }
        } else if self.n_over >= DAYS_TO_SETTLE {
            (self.usual.mid, self.yesterday) = (self.today, self.today);
            DayChange::Settled { at: at(1) }
        } else {
            return None;
        };
        (self.is_open, self.n_over, self.n_calm, self.last_normal) = (false, 0, 0, self.date);
        Some(change)
    }

    /// The table's numbers, and never less than three times what days usually differ by.
    fn allowed(&self, tuning: &Tuning) -> i32 {
        let ms = scale::to_ms(self.usual.mid);
        let least = scale::from_ms((ms * tuning.ratio).max(ms + tuning.min_ms)) - self.usual.mid;
        least.max(self.usual.above.saturating_mul(3))
    }

    fn learn(&mut self) {
        let gain = GAIN_ONE / (i64::from(self.n_learned) + 2).min(MEMORY_DAYS);
        self.usual.learn(self.today, self.yesterday, gain);
        self.yesterday = self.today;
        self.n_learned = self.n_learned.saturating_add(1);
    }
}

fn day_of(at: Timestamp) -> i32 {
    i32::try_from(at.unix_ms().div_euclid(DAY)).unwrap_or(i32::MAX)
}

const fn start_of(day: i32) -> Timestamp {
    Timestamp::from_unix_ms(day as i64 * DAY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{measure::time::HOUR, notice::detection::tuning::slow_tuning, remember::baseline::Phase};

    /// Feeds days of 24 equal rounds each; expects one letter a day: `.`, `B`egan, `R`eturned, `S`ettled.
    fn check(days: impl IntoIterator<Item = f64>, expected: &str) -> Vec<DayChange> {
        let tuning = slow_tuning(Phase::Connect).unwrap();
        let mut state: Option<Days> = None;
        let (mut told, mut changes) = (String::new(), Vec::new());
        let days: Vec<f64> = days.into_iter().collect();
        for (day, ms) in days.iter().enumerate() {
            for hour in 0..24 {
                let at = Timestamp::from_unix_ms(i64::try_from(day).unwrap() * DAY + hour * HOUR);
                let x = scale::from_ms(*ms);
                let change = state.get_or_insert_with(|| Days::of_first(x, at)).step(x, 60_000, at, &tuning);
                if hour == 0 && day > 0 {
                    told.push(match change {
                        None => '.',
                        Some(DayChange::Began { .. }) => 'B',
                        Some(DayChange::Returned { .. }) => 'R',
                        Some(DayChange::Settled { .. }) => 'S',
                    });
                }
                changes.extend(change);
            }
        }
        assert_eq!(told.trim_end_matches('.'), expected);
        changes
    }

    #[test]
    fn three_days_over_the_weeks_before_are_a_finding_and_two_calm_ones_its_end() {
        let days = [vec![40.0; 10], vec![60.0; 5], vec![41.0; 5]].concat();
        let changes = check(days, "............B...R");
        let DayChange::Began { since, .. } = changes[0] else { panic!("{changes:?}") };
        assert_eq!(since, Bracket::new(Some(start_of(9)), start_of(11)));
        assert_eq!(changes[1], DayChange::Returned { at: Bracket::new(Some(start_of(14)), start_of(16)) });
    }

    #[test]
    fn a_percent_a_day_is_found_within_six_weeks() {
        let days: Vec<f64> = (0..60).map(|day| 40.0 * 1.01_f64.powi((day - 10).max(0))).collect();
        let changes = check(days, &format!("{}B", ".".repeat(37)));
        let DayChange::Began { usual, seen, .. } = changes[0] else { panic!("{changes:?}") };
        assert_eq!((scale::to_ms(usual.mid).round(), scale::to_ms(seen).round()), (41.0, 52.0));
    }

    #[test]
    fn less_than_three_days_or_a_weekly_rhythm_say_nothing() {
        check([vec![40.0; 10], vec![80.0; 2], vec![40.0; 10]].concat(), "");
        check((0..60).map(|day| if day % 7 < 2 { 44.0 } else { 40.0 }), "");
    }

    #[test]
    fn what_lasts_four_weeks_is_usual() {
        let changes = check([vec![40.0; 10], vec![60.0; 40]].concat(), &format!("............B{}S", ".".repeat(24)));
        assert!(matches!(changes[1], DayChange::Settled { .. }));
    }
}
