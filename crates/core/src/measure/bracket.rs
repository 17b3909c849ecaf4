//! A moment known to lie between two rounds: when something changed, with its error bar.

use crate::measure::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The half-open interval (`after`, `by`] in which something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Bracket {
    /// The last time at which it had not happened; `None` where nothing was known before.
    pub after: Option<Timestamp>,
    /// The first time at which it had.
    pub by: Timestamp,
}

impl Bracket {
    pub const fn new(after: Option<Timestamp>, by: Timestamp) -> Self {
        Self { after, by }
    }

    /// Returns the width of the error bar in milliseconds, if it has one.
    pub fn width_ms(&self) -> Option<i64> {
        self.after.map(|after| self.by.ms_since(after).max(0))
    }

    /// Whether both may have happened at the same moment.
    pub fn overlaps(&self, other: &Self) -> bool {
        let begins_before = |a: &Self, b: &Self| a.after.is_none_or(|after| after < b.by);
        begins_before(self, other) && begins_before(other, self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_overlap_where_one_moment_fits_both() {
        let check = |a: (Option<i64>, i64), b: (Option<i64>, i64), expected: bool| {
            let bracket = |(after, by): (Option<i64>, i64)| {
                Bracket::new(after.map(Timestamp::from_unix_ms), Timestamp::from_unix_ms(by))
            };
            assert_eq!(bracket(a).overlaps(&bracket(b)), expected, "{a:?} {b:?}");
            assert_eq!(bracket(b).overlaps(&bracket(a)), expected, "{b:?} {a:?}");
        };
        check((Some(0), 10), (Some(5), 15), true);
        check((Some(0), 10), (Some(10), 20), false); // half open: 10 belongs to the first alone
        check((Some(0), 10), (Some(9), 20), true);
        check((None, 10), (Some(9), 20), true);
        check((None, 10), (None, 900), true);
        check((None, 10), (Some(10), 20), false);
    }
}
