//! Resident memory of workerd and of the program while every hostile behaviour runs 1,000 times, and whether every probe
//! ends in time. The bounds are in `tests/src/hostile.rs`. `cargo xtask bench memory` runs it, for about two hours;
//! `DUALWATCH_RUNS` is another number of runs.

use dualwatch_tests::hostile;

const N_RUNS: usize = 1_000;
/// Targets of each behaviour: the shortest interval is five seconds. With more targets than about 300 workerd has no time
/// left, and then its timers are late.
const N_COPIES: [usize; 2] = [3, 1];

fn main() {
    let given = std::env::var("DUALWATCH_RUNS").ok().and_then(|n| n.parse().ok());
    let n_runs = given.unwrap_or(N_RUNS);
    for (behaviours, n_copies) in [hostile::words(), hostile::rows()].iter().zip(N_COPIES) {
        hostile::run(behaviours, n_runs, n_copies).check();
    }
}
