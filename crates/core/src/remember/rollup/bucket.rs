//! Which bucket a moment belongs to: five minutes, hours and days of UTC, each a whole number of the next smaller.

use crate::{
    measure::time::{DAY, HOUR, MINUTE, Timestamp},
    remember::availability::Window,
};

/// The length of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Size {
    FiveMinutes,
    Hour,
    Day,
}

impl Size {
    pub const ALL: [Self; 3] = [Self::FiveMinutes, Self::Hour, Self::Day];

    pub const fn ms(self) -> i64 {
        match self {
            Self::FiveMinutes => 5 * MINUTE,
            Self::Hour => HOUR,
            Self::Day => DAY,
        }
    }

    /// Returns the stable code, such as `5m`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::FiveMinutes => "5m",
            Self::Hour => "1h",
            Self::Day => "1d",
        }
    }

    /// Returns the keys of all buckets of this size from the one that holds a moment on.
    pub const fn keys_from(self, at: Timestamp) -> std::ops::Range<i64> {
        self.of(at).key()..(self as i64 + 1) << KEY_SIZE_SHIFT
    }

    /// Returns the bucket of this size that holds a moment. A day is a day of UTC.
    pub const fn of(self, at: Timestamp) -> Bucket {
        Bucket { size: self, index: at.unix_ms().div_euclid(self.ms()) }
    }
}

/// One of the buckets into which time is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bucket {
    size: Size,
    /// Counted from the beginning of 1970.
    index: i64,
}

/// The place of the size in a key: above every index until the year 20,000.
const KEY_SIZE_SHIFT: u32 = 32;

impl Bucket {
    pub const fn size(self) -> Size {
        self.size
    }

    pub const fn start(self) -> Timestamp {
        Timestamp::from_unix_ms(self.index * self.size.ms())
    }

    pub const fn end(self) -> Timestamp {
        Timestamp::from_unix_ms((self.index + 1) * self.size.ms())
    }

    pub const fn window(self) -> Window {
        Window { from: self.start(), to: self.end() }
    }

    /// Returns the larger bucket around this one.
    pub const fn within(self, size: Size) -> Self {
        size.of(self.start())
    }

    pub const fn next(self) -> Self {
        Self { size: self.size, index: self.index + 1 }
    }

    /// Returns the keys of the next smaller buckets that this one is the sum of; `None` of the smallest.
    pub fn parts(self) -> Option<std::ops::Range<i64>> {
        let smaller = match self.size {
            Size::FiveMinutes => return None,
            Size::Hour => Size::FiveMinutes,
            Size::Day => Size::Hour,
        };
        Some(smaller.of(self.start()).key()..smaller.of(self.end()).key())
    }

    /// Returns the number under which the bucket is stored: one integer key for size and time together, which `SQLite`
    /// keeps as the row's own, in order of time within a size.
    pub const fn key(self) -> i64 {
        ((self.size as i64) << KEY_SIZE_SHIFT) + self.index
    }

    /// Returns the bucket with this key, if it is one.
    pub fn from_key(key: i64) -> Option<Self> {
        let size = *Size::ALL.get(usize::try_from(key >> KEY_SIZE_SHIFT).ok()?)?;
        Some(Self { size, index: key & ((1 << KEY_SIZE_SHIFT) - 1) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_hold_their_moments_and_nest() {
        for ms in [0, 1, 299_999, 300_000, 1_795_428_711_042, -1] {
            let at = Timestamp::from_unix_ms(ms);
            for size in Size::ALL {
                let bucket = size.of(at);
                assert!(bucket.start() <= at && at < bucket.end(), "{ms} {size:?}");
                assert_eq!(bucket.next().start(), bucket.end());
                for larger in Size::ALL.into_iter().filter(|s| *s >= size) {
                    let around = bucket.within(larger);
                    assert_eq!(around, larger.of(at));
                    assert!(around.start() <= bucket.start() && bucket.end() <= around.end());
                }
            }
        }
    }

    #[test]
    fn keys_read_back_and_keep_the_order_of_time() {
        let mut last = i64::MIN;
        for size in Size::ALL {
            for ms in [0, 300_000, 1_795_428_711_042, 250_000_000_000_000] {
                let bucket = size.of(Timestamp::from_unix_ms(ms));
                assert_eq!(Bucket::from_key(bucket.key()), Some(bucket));
                assert!(bucket.key() >= last, "{bucket:?}");
                assert!(size.keys_from(bucket.start()).contains(&bucket.next().key()));
                assert!(!size.keys_from(bucket.end()).contains(&bucket.key()));
                last = bucket.key();
            }
        }
        assert_eq!(Bucket::from_key(3 << KEY_SIZE_SHIFT), None);
        assert_eq!(Bucket::from_key(-1), None);
    }
}
