//! The hour and the day that are not over, as the sums of what has come of them: for a past whose rows are too old to be kept.

use super::{
    Rollup,
    bucket::{Bucket, Size},
};

/// What has come so far of an hour and of a day.
///
/// A fold of rows needs all of them. A past is loaded in parts, and between two of them a host may have deleted the rows of
/// the first, which are too old; these sums go from part to part.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Running {
    hour: Option<(Bucket, Rollup)>,
    /// Without that hour.
    day: Option<(Bucket, Rollup)>,
}

impl Running {
    /// Returns the sums from the rows of [`Running::rows`].
    pub fn of(rows: impl IntoIterator<Item = (Bucket, Rollup)>) -> Self {
        let mut running = Self::default();
        for (bucket, rollup) in rows {
            match bucket.size() {
                Size::FiveMinutes => {}
                Size::Hour => running.hour = Some((bucket, rollup)),
                Size::Day => running.day = Some((bucket, rollup)),
            }
        }
        running
    }

    /// Returns the sums, to be stored.
    pub fn rows(&self) -> impl Iterator<Item = &(Bucket, Rollup)> {
        self.hour.iter().chain(&self.day)
    }

    /// Takes five minutes that are over.
    pub fn add(&mut self, minutes: Bucket, rollup: &Rollup) {
        let hour = minutes.within(Size::Hour);
        if self.hour.as_ref().is_some_and(|(bucket, _)| *bucket != hour) {
            self.end_hour();
        }
        add(&mut self.hour, hour, rollup);
    }

    /// Returns the sum of an hour or a day that is over, and forgets it; `None` where nothing came of it.
    pub fn fold(&mut self, bucket: Bucket) -> Option<Rollup> {
        let is_it = |sum: &mut (Bucket, Rollup)| sum.0 == bucket;
        match bucket.size() {
            Size::FiveMinutes => None,
            Size::Hour => {
                let sum = self.hour.as_ref().filter(|(hour, _)| *hour == bucket).map(|(_, sum)| sum.clone());
                self.end_hour();
                sum
            }
            Size::Day => {
                self.end_hour();
                self.day.take_if(is_it).map(|(_, sum)| sum)
            }
        }
    }

    fn end_hour(&mut self) {
        if let Some((hour, sum)) = self.hour.take() {
            add(&mut self.day, hour.within(Size::Day), &sum);
        }
    }
}

fn add(sum: &mut Option<(Bucket, Rollup)>, bucket: Bucket, rollup: &Rollup) {
    match sum {
        Some((of, sum)) if *of == bucket => sum.merge(rollup),
        _ => *sum = Some((bucket, rollup.clone())),
    }
}
