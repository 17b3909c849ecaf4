//! Whether a family is unstable: it fails again and again, never often enough in a row to be called down.
//!
//! Looked at are the newest [`WINDOW`] rounds that were observed outside of confirmed outages. Rounds are counted, not
//! minutes: a share says as much at an interval of five seconds as at one of an hour, and at the usual interval of a
//! minute the window is an hour. What is blind, late, missing or excused by maintenance is no observed round.
//!
//! | failed among them | was steady | was unstable |
//! |---|---|---|
//! | of at least [`MIN_ROUNDS`] at least [`MIN_FAILURES`], and the threshold or more | unstable | unstable |
//! | less, but more than a quarter of the threshold | steady | unstable |
//! | a quarter of the threshold or less, of a whole window | steady | steady |
//! | the same, of fewer rounds | steady | unstable |
//!
//! The gap between opening and ending keeps one that is just at the threshold from opening again and again.

use serde::{Deserialize, Serialize};

/// How many rounds are looked at: an hour of them at the usual interval.
pub const WINDOW: u8 = 60;

/// Fewer failures are no pattern. Of a whole window it takes twice as many at the usual threshold: somebody who loses one
/// round of twenty by chance gets there in one window of 28,000.
pub const MIN_FAILURES: u32 = 6;

/// Before so many rounds were observed no share of them says anything.
pub const MIN_ROUNDS: u32 = 12;

/// One is steady again at this part of the threshold: three rounds of sixty at the usual one, as chance may bring.
const STEADY_AGAIN: u32 = 4;

/// How many failures a calm window may have.
const fn most_of_calm(percent: u32) -> u32 {
    WINDOW as u32 * percent / 100 / STEADY_AGAIN
}

/// Whether what is down answers again and again, of rounds from the first failure to the last: more than chance brings, as
/// with failures of what is up. Then more than one machine answers, and not all of them are down.
pub const fn alternates(failed: u32, answered: u32) -> bool {
    let of = failed.saturating_add(answered);
    of >= MIN_ROUNDS && answered >= MIN_FAILURES / 2 && answered.saturating_mul(10) >= of
}

const MASK: u64 = (1 << WINDOW) - 1;

/// The newest rounds of a family: which of them failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lately {
    /// The newest is the lowest bit; set: it failed.
    bits: u64,
    n: u8,
}

impl Lately {
    /// Reads what [`Lately::parts`] returned; none for what no rounds lead to.
    pub const fn from_parts(bits: u64, n: u8) -> Option<Self> {
        // Behind the oldest there is none.
        if n <= WINDOW && bits >> n == 0 { Some(Self { bits, n }) } else { None }
    }

    /// Returns which rounds failed, the newest in the lowest bit, and how many rounds there are.
    pub const fn parts(self) -> (u64, u8) {
        (self.bits, self.n)
    }

    /// Takes one more round; returns whether a failed one has left the window for it.
    pub const fn push(&mut self, is_failed: bool) -> bool {
        let has_left = self.bits >> (WINDOW - 1) & 1 != 0;
        self.bits = (self.bits << 1 | is_failed as u64) & MASK;
        if self.n < WINDOW {
            self.n += 1;
        }
        has_left
    }

    pub const fn n_failed(self) -> u32 {
        self.bits.count_ones()
    }

    pub const fn n_rounds(self) -> u32 {
        self.n as u32
    }

    /// Returns how many rounds there are from the first that failed on.
    pub const fn n_since_first_failure(self) -> u32 {
        u64::BITS - self.bits.leading_zeros()
    }

    /// Decides by the table above; `percent` is the threshold.
    pub const fn is_unstable(self, was_unstable: bool, percent: u8) -> bool {
        let (failed, of, percent) = (self.n_failed(), self.n_rounds(), percent as u32);
        if was_unstable {
            self.n < WINDOW || failed > most_of_calm(percent)
        } else {
            failed >= MIN_FAILURES && of >= MIN_ROUNDS && failed * 100 >= of * percent
        }
    }
}

impl Lately {
    /// Returns how many rounds came after the last failure that belongs to those that have left the window, when it is
    /// calm; `None` where none of the window does. One belongs to the one before it where they are nearer than if as
    /// many as a calm window may have were spread over it.
    pub fn n_after_last(self, percent: u8) -> Option<u32> {
        let near = u32::from(WINDOW) / (most_of_calm(percent.into()) + 1);
        let (mut last, mut found) = (u32::from(WINDOW), None);
        for place in (0..u32::from(WINDOW)).rev().filter(|place| self.bits >> place & 1 != 0) {
            if last - place > near {
                break;
            }
            (last, found) = (place, Some(place));
        }
        found
    }

    /// Returns how many of the newest `n` rounds failed.
    pub const fn n_failed_of(self, n: u32) -> u32 {
        let newest = if n < u64::BITS { (1 << n) - 1 } else { u64::MAX };
        (self.bits & newest).count_ones()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Feeds rounds, `f`ailed and `g`ood, again and again; expects the numbers of the rounds at which it turns.
    fn check(pattern: &str, n: usize, percent: u8, expected: &[usize]) {
        let (mut lately, mut is_unstable, mut turns) = (Lately::default(), false, Vec::new());
        for (i, letter) in pattern.chars().cycle().take(n).enumerate() {
            lately.push(letter == 'f');
            let next = lately.is_unstable(is_unstable, percent);
            if next != is_unstable {
                turns.push(i + 1);
            }
            is_unstable = next;
        }
        assert_eq!(turns, expected, "{pattern}");
    }

    #[test]
    fn the_share_decides() {
        check("fg", 200, 20, &[12]);
        check("fggg", 200, 20, &[21]);
        check("fgggg", 200, 20, &[26]);
        check("ggggf", 200, 20, &[30]);
        check("fggggg", 400, 20, &[]);
        check("fggggggggg", 400, 20, &[]);
        check("fggggggggg", 400, 10, &[51]);
        check("fg", 200, 50, &[12]);
        check("f", 200, 90, &[12]);
    }

    #[test]
    fn what_is_down_and_answers_again_and_again_alternates() {
        assert!(alternates(26, 14) && alternates(10, 3) && !alternates(6, 3) && !alternates(20, 2));
        assert!(!alternates(100, 9) && alternates(90, 10) && !alternates(0, 0));
    }

    #[test]
    fn it_ends_after_a_whole_window_that_is_nearly_calm() {
        let calm = "g".repeat(60);
        // The fourth failure from the end leaves sixty rounds after it came.
        check(&format!("{calm}{}{calm}{calm}", "fg".repeat(30)), 240, 20, &[83, 173]);
        let stray = "g".repeat(29) + "f";
        check(&format!("{calm}{}{}", "fg".repeat(30), stray.repeat(10)), 420, 20, &[83, 175]);
        check(&format!("{calm}{}{}", "fg".repeat(30), "ggggggggggf".repeat(30)), 450, 20, &[83]);
    }

    #[test]
    fn stray_failures_after_the_end_are_no_part_of_it() {
        let check = |rounds: &str, expected: Option<u32>| {
            let mut lately = Lately::default();
            for letter in rounds.chars() {
                lately.push(letter == 'f');
            }
            assert_eq!(lately.n_after_last(20), expected, "{rounds}");
        };
        let good = |n: usize| "g".repeat(n);
        // The one before has just left.
        check(&format!("fgfgfgf{}", good(54)), Some(54));
        check(&format!("f{}", good(60)), None);
        check(&format!("f{}f{}", good(14), good(45)), Some(45));
        check(&format!("f{}f{}", good(15), good(44)), None);
        check(&format!("fgf{}f{}", good(30), good(27)), Some(58));
    }

    proptest! {
        #[test]
        fn numbers_fit_the_rounds(rounds in prop::collection::vec(any::<bool>(), 0..200)) {
            let mut lately = Lately::default();
            for (i, failed) in rounds.iter().enumerate() {
                let has_left = lately.push(*failed);
                prop_assert_eq!(has_left, i >= 60 && rounds[i - 60]);
                let window = &rounds[(i + 1).saturating_sub(60)..=i];
                prop_assert_eq!(lately.n_rounds() as usize, window.len());
                prop_assert_eq!(lately.n_failed() as usize, window.iter().filter(|failed| **failed).count());
                let first = window.iter().position(|failed| *failed);
                prop_assert_eq!(lately.n_since_first_failure() as usize, first.map_or(0, |at| window.len() - at));
                let (bits, n) = lately.parts();
                prop_assert_eq!(Lately::from_parts(bits, n), Some(lately));
            }
        }
    }
}
