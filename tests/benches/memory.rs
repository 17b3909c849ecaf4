//! Resident memory of workerd and of the program while every hostile behaviour runs 1,000 times, and whether every probe
//! ends in time. The bounds are in `tests/src/hostile.rs`. `cargo xtask bench memory` runs it, for about half an hour.

use dualwatch_tests::hostile;

const N_RUNS: usize = 1_000;
/// Targets of each behaviour: the shortest interval is five seconds. With more of them workerd has no time left, and then
/// its timers are late.
const N_COPIES: usize = 3;

fn main() {
    hostile::run(N_RUNS, N_COPIES).check();
}
