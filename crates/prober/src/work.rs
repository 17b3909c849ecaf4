//! Work on what a target sent: the thread is given back after every piece of it, and the deadline ends it.

use crate::{
    classify::Failure,
    dial::{Clock, Deadline},
};
use dualwatch_core::measure::cause::Cause;

/// As much is done without giving the thread back, counted in words of 64 bits that are touched: less than what hashing
/// the largest body takes.
pub const PIECE_WORDS: usize = 4 * 1024 * 1024;

/// How long the thread is held is counted before, and not measured: the clock of the edge stands still meanwhile.
pub struct Work<'c, C> {
    clock: &'c C,
    deadline: Deadline,
    /// Since the thread was given back.
    n_words: usize,
}

impl<'c, C: Clock> Work<'c, C> {
    pub fn new(clock: &'c C, deadline: Deadline) -> Self {
        Self { clock, deadline, n_words: 0 }
    }

    /// Announces work that touches so many words. Gives the thread back first where it would be too much at once; then
    /// fails with `measurement.cut` where the time is over.
    pub async fn takes(&mut self, n_words: usize) -> Result<(), Failure> {
        if self.n_words > 0 && self.n_words.saturating_add(n_words) > PIECE_WORDS {
            self.clock.pause().await;
            self.n_words = 0;
            if self.deadline.remaining_ms(self.clock) <= 0.0 {
                return Err(Failure::bare(Cause::MeasurementCut));
            }
        }
        self.n_words = self.n_words.saturating_add(n_words);
        Ok(())
    }
}

/// A clock for tests: it goes on by a millisecond with every pause, and counts them.
#[cfg(test)]
pub mod testing {
    use crate::dial::Clock;
    use dualwatch_core::measure::time::Timestamp;
    use std::cell::Cell;

    #[derive(Default)]
    pub struct Counting(pub Cell<u32>);

    impl crate::dial::Decode for Counting {
        fn decode(&self, label: &str, bytes: &[u8]) -> Option<String> {
            crate::native::decode(label, bytes)
        }
    }

    impl Clock for Counting {
        fn now_ms(&self) -> f64 {
            f64::from(self.0.get())
        }

        fn wall(&self) -> Timestamp {
            Timestamp::from_unix_ms(0)
        }

        async fn sleep_ms(&self, _ms: f64) {}

        async fn pause(&self) {
            self.0.set(self.0.get() + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{testing::Counting, *};

    #[tokio::test]
    async fn the_thread_is_given_back_after_every_piece_and_the_deadline_ends_it() {
        let clock = Counting::default();
        let mut work = Work::new(&clock, Deadline::after(&clock, 3.0));
        for _ in 0..4 {
            work.takes(PIECE_WORDS / 2).await.unwrap();
        }
        assert_eq!(clock.0.get(), 1);
        // Not divisible: alone.
        work.takes(usize::MAX).await.unwrap();
        assert_eq!(clock.0.get(), 2);
        assert_eq!(work.takes(1).await.unwrap_err().cause, Cause::MeasurementCut);
    }
}
