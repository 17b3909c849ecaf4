//! How much is packed within a second: readers who make up names have no say in how long others wait.

use dualwatch_core::measure::time::{SECOND, Timestamp};

/// Bytes that may still be packed in the second that began.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    per_second: usize,
    began: Timestamp,
    left: usize,
}

impl Allowance {
    /// Returns one of so many bytes a second.
    pub fn new(per_second: usize, now: Timestamp) -> Self {
        Self { per_second, began: now, left: per_second }
    }

    /// Takes a body of so many bytes. `false`: not within this second, unless it is the first of it.
    pub fn take(&mut self, bytes: usize, now: Timestamp) -> bool {
        // A clock that was set back begins another one.
        if !(0..SECOND).contains(&now.ms_since(self.began)) {
            (self.began, self.left) = (now, self.per_second);
        }
        let is_allowed = bytes <= self.left || self.left == self.per_second;
        if is_allowed {
            self.left = self.left.saturating_sub(bytes.max(1));
        }
        is_allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: Timestamp = Timestamp::from_unix_ms(1_790_000_000_000);

    #[test]
    fn what_is_over_waits_for_the_next_second() {
        let mut allowance = Allowance::new(1_000, T0);
        assert!(allowance.take(600, T0));
        assert!(!allowance.take(600, T0 + 1));
        assert!(allowance.take(400, T0 + 2));
        assert!(!allowance.take(1, T0 + 999));
        assert!(allowance.take(600, T0 + 1_000));
    }

    #[test]
    fn one_that_is_larger_than_all_of_it_is_alone() {
        let mut allowance = Allowance::new(1_000, T0);
        assert!(allowance.take(5_000, T0));
        assert!(!allowance.take(1, T0 + 1));
        assert!(allowance.take(5_000, T0 + 1_000));
    }

    #[test]
    fn a_clock_that_is_set_back_stops_nothing() {
        let mut allowance = Allowance::new(10, T0);
        assert!(allowance.take(10, T0));
        assert!(!allowance.take(10, T0));
        assert!(allowance.take(10, T0 + -60_000));
    }
}
