//! Memory and time stay bounded whatever targets do: the short form of `cargo xtask bench memory`.

use dualwatch_tests::{hostile, program};

/// Promise (Bounds): A hostile target costs no more memory and no more time than any other.
#[test]
fn hostile_targets_cost_no_more_than_they_may() {
    // Before the clock of anything runs.
    program::program();
    hostile::run(3, 1).check();
}
