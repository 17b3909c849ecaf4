//! The clock on the wall somewhere: how far it is from UTC, and what it is called, as a table that needs no database.

use super::time::{DAY, Timestamp};

/// What the clock is between two moments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Oldest first, never empty.
    pub changes: Vec<Change>,
    /// Nothing is known of later.
    pub until: Timestamp,
}

/// What the clock is from a moment on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub from: Timestamp,
    /// Seconds ahead of UTC.
    pub offset_s: i32,
    /// What people call it then: `CET`, `in Berlin`, `your time`.
    pub name: String,
}

impl Zone {
    /// Returns the table from one moment to another of a clock that says at any moment how far it is from UTC, in seconds,
    /// and what it is called. Of two changes within a day only the time between both may be wrong.
    pub fn between(from: Timestamp, until: Timestamp, clock: impl Fn(Timestamp) -> (i32, String)) -> Self {
        let change = |from, (offset_s, name)| Change { from, offset_s, name };
        let mut changes = vec![change(from, clock(from))];
        let (mut at, mut now) = (from, clock(from));
        while at < until {
            let next = (at + DAY).min(until);
            let then = clock(next);
            if then != now {
                let (mut last, mut first) = (at, next);
                while first.ms_since(last) > 1 {
                    let middle = last + first.ms_since(last) / 2;
                    *(if clock(middle) == now { &mut last } else { &mut first }) = middle;
                }
                changes.push(change(first, then.clone()));
                now = then;
            }
            at = next;
        }
        Self { changes, until }
    }

    /// Returns what the clock is at a moment; `None` where that is not in the table.
    pub fn at(&self, at: Timestamp) -> Option<&Change> {
        self.changes.iter().rev().find(|change| change.from <= at).filter(|_| at <= self.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::time::HOUR;

    #[test]
    fn a_change_is_found_to_the_millisecond_on_both_sides() {
        let begin = Timestamp::from_unix_ms(1_795_428_711_000);
        let (spring, autumn) = (begin + 100 * DAY + 7 * HOUR, begin + 300 * DAY + 1);
        let clock = |at: Timestamp| {
            if at < spring || at >= autumn { (3_600, "CET".to_owned()) } else { (7_200, "CEST".to_owned()) }
        };
        let zone = Zone::between(begin, begin + 365 * DAY, clock);
        let found: Vec<_> = zone.changes.iter().map(|change| (change.from, change.offset_s)).collect();
        assert_eq!(found, [(begin, 3_600), (spring, 7_200), (autumn, 3_600)]);
        let name = |at| zone.at(at).map(|change| change.name.as_str());
        assert_eq!([name(spring - 1), name(spring)], [Some("CET"), Some("CEST")]);
        assert_eq!([name(begin - 1), name(begin + 366 * DAY)], [None, None], "what is not known is not said");
    }
}
