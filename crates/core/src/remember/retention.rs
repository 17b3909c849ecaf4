//! How long what is kept, and what is to be deleted when.

use crate::{
    measure::time::{DAY, HOUR, Timestamp},
    remember::rollup::bucket::{Bucket, Size},
};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// How long each kind of row is kept.
///
/// A round that is deleted is in its five minutes, these are in their hour, the hour in its day: what is lost is only
/// how finely the past is told. Spells are what makes the windows of an availability exact, so they outlive the longest
/// window; where a target changes so often that there are more than `max_spells`, the oldest go first, and buckets stand
/// in for them ([`crate::remember::availability::Past`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Retention {
    pub rounds_ms: i64,
    pub five_minutes_ms: i64,
    pub hours_ms: i64,
    /// `None`: for ever.
    pub days_ms: Option<i64>,
    pub spells_ms: i64,
    /// Of one target, all tracks together.
    pub max_spells: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            rounds_ms: 7 * DAY,
            five_minutes_ms: 90 * DAY,
            hours_ms: 2 * 365 * DAY,
            days_ms: None,
            spells_ms: 400 * DAY,
            max_spells: 50_000,
        }
    }
}

/// Why periods cannot be kept as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRetention {
    #[error("rounds are kept for at least an hour")]
    Rounds,
    #[error("five-minute sums are kept for at least two days: hours and days are made of them")]
    FiveMinutes,
    #[error("hourly sums are kept at least as long as five-minute sums")]
    Hours,
    #[error("daily sums are kept at least as long as hourly sums")]
    Days,
    #[error("at least 100 spells are kept, for at least a day")]
    Spells,
}

impl Retention {
    /// Returns the periods if they can be kept so.
    pub fn checked(self) -> Result<Self, BadRetention> {
        let rules = [
            (self.rounds_ms >= HOUR, BadRetention::Rounds),
            (self.five_minutes_ms >= 2 * DAY, BadRetention::FiveMinutes),
            (self.hours_ms >= self.five_minutes_ms, BadRetention::Hours),
            (self.days_ms.is_none_or(|days| days >= self.hours_ms), BadRetention::Days),
            (self.max_spells >= 100 && self.spells_ms >= DAY, BadRetention::Spells),
        ];
        rules.into_iter().find(|(holds, _)| !holds).map_or(Ok(self), |(_, why)| Err(why))
    }

    /// Returns the moment before which rounds are deleted.
    pub fn rounds_before(&self, now: Timestamp) -> Timestamp {
        now - self.rounds_ms
    }

    /// Returns the keys of the rows of this size that are to be deleted, whole days of them, so that no page has half a
    /// day; `None` where they are kept for ever. To be asked after the folds are done, once an hour is often enough.
    pub fn expired(&self, size: Size, now: Timestamp) -> Option<Range<i64>> {
        let keep_ms = match size {
            Size::FiveMinutes => self.five_minutes_ms,
            Size::Hour => self.hours_ms,
            Size::Day => self.days_ms?,
        };
        let before = Size::Day.of(now - keep_ms).start().max(Timestamp::from_unix_ms(0));
        Some(size.of(Timestamp::from_unix_ms(0)).key()..size.of(before).key())
    }

    /// Whether all parts of a bucket are kept, so that its sum can be made anew.
    pub fn keeps_parts(&self, bucket: Bucket, now: Timestamp) -> bool {
        let Some(parts) = bucket.parts() else { return false };
        let expired = Size::ALL.into_iter().filter_map(|size| self.expired(size, now));
        expired.into_iter().all(|gone| gone.end <= parts.start || parts.end <= gone.start)
    }

    /// Returns the moment such that spells which ended by then are deleted. `nth_newest_end` is the end of the newest
    /// spell that is one too many (`ORDER BY ended DESC LIMIT 1 OFFSET max_spells`), if there are so many.
    pub fn spells_before(&self, now: Timestamp, nth_newest_end: Option<Timestamp>) -> Timestamp {
        nth_newest_end.map_or(now - self.spells_ms, |end| end.max(now - self.spells_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::time::MINUTE;

    #[test]
    fn rows_go_by_whole_days_after_their_time() {
        let now = Timestamp::from_unix_ms(20_000 * DAY + 5 * HOUR + 7 * MINUTE);
        let keep = Retention::default();
        for (size, days) in [(Size::FiveMinutes, 90), (Size::Hour, 730)] {
            let keys = keep.expired(size, now).unwrap();
            let first_kept = Timestamp::from_unix_ms((20_000 - days) * DAY);
            assert!(keys.contains(&size.of(first_kept - 1).key()) && !keys.contains(&size.of(first_kept).key()));
            assert!(
                Size::ALL.into_iter().all(|other| other == size || !keys.contains(&other.of(first_kept - 1).key()))
            );
        }
        assert_eq!(keep.expired(Size::Day, now), None);
        assert_eq!(keep.expired(Size::Hour, Timestamp::from_unix_ms(DAY)).map(|keys| keys.is_empty()), Some(true));
        assert_eq!(keep.rounds_before(now), now - 7 * DAY);
    }

    #[test]
    fn a_sum_is_made_anew_only_where_all_its_parts_are_kept() {
        let now = Timestamp::from_unix_ms(20_000 * DAY + 5 * HOUR + 7 * MINUTE);
        let (keep, hour) = (Retention::default(), Size::Hour);
        for (size, days) in [(Size::Hour, 90), (Size::Day, 730)] {
            let first_kept = Timestamp::from_unix_ms((20_000 - days) * DAY);
            assert!(keep.keeps_parts(size.of(first_kept), now) && keep.keeps_parts(size.of(now), now));
            assert!(!keep.keeps_parts(size.of(first_kept - 1), now), "{size:?}");
        }
        assert!(keep.keeps_parts(Size::Day.of(now - 100 * DAY), now), "its hours are kept, their minutes are not");
        assert!(!keep.keeps_parts(hour.of(now - 100 * DAY), now) && !keep.keeps_parts(Size::FiveMinutes.of(now), now));
    }

    #[test]
    fn the_oldest_spells_go_where_there_are_too_many() {
        let now = Timestamp::from_unix_ms(20_000 * DAY);
        let keep = Retention::default();
        assert_eq!(keep.spells_before(now, None), now - 400 * DAY);
        assert_eq!(keep.spells_before(now, Some(now - 3 * DAY)), now - 3 * DAY);
        assert_eq!(keep.spells_before(now, Some(now - 500 * DAY)), now - 400 * DAY);
    }

    fn check(change: impl FnOnce(&mut Retention), expected: Option<BadRetention>) {
        let mut retention = Retention::default();
        change(&mut retention);
        assert_eq!(retention.checked().err(), expected, "{retention:?}");
    }

    #[test]
    fn what_is_summed_must_live_until_it_is() {
        check(|_| {}, None);
        check(|keep| keep.days_ms = Some(keep.hours_ms), None);
        check(|keep| keep.rounds_ms = HOUR - 1, Some(BadRetention::Rounds));
        check(|keep| keep.five_minutes_ms = HOUR, Some(BadRetention::FiveMinutes));
        check(|keep| keep.hours_ms = DAY, Some(BadRetention::Hours));
        check(|keep| keep.days_ms = Some(DAY), Some(BadRetention::Days));
        check(|keep| keep.max_spells = 0, Some(BadRetention::Spells));
    }
}
