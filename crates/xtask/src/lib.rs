//! Everything a newcomer runs: build, serve, test, bench, fuzz, sizes.
//!
//! In scope: getting the tools that are missing, building worker and page, starting them, testing all of it.
//! Out of scope: product logic, and workerd's own configuration and process (`dualwatch-edgehost`).
//!
//! | command | what it does |
//! |---|---|
//! | `cargo xtask build` | builds worker and page into `<target>/dualwatch` |
//! | `cargo xtask serve` | builds, then runs them on this machine |
//! | `cargo xtask test` | checks, builds and tests everything, real browsers included |
//! | `cargo xtask bench [NAME...]` | measures how much Dualwatch takes: `prober`, `memory` |
//! | `cargo xtask fuzz [TARGET...]` | runs the laws with new cases, and the fuzz targets of `tests/fuzz`, ten minutes each |
//! | `cargo xtask clients [OPTION...]` | measures again what real clients do (`tests/clients`): root, 7 GB, the better part of an hour |
//! | `cargo xtask audit` | runs cargo-deny, which it installs into the target folder: minutes the first time |
//! | `cargo xtask dist` | packs program, worker, page and runtime with their bill of materials |
//! | `cargo xtask state [DIR]` | writes `crates/config/STATE.md`: what public configurations of Upptime ask for, in numbers |
//! | `cargo xtask sizes` | builds, then compares the sizes with their budget |

pub mod audit;
pub mod bench;
pub mod build;
pub mod children;
pub mod clients;
pub mod dependencies;
pub mod dist;
pub mod fuzz;
pub mod serve;
pub mod setup;
pub mod sizes;
pub mod state;
pub mod test;
pub mod workspace;

/// Tells the person at the terminal what is going on; standard output is for results.
pub fn say(message: impl std::fmt::Display) {
    eprintln!("xtask: {message}");
}
