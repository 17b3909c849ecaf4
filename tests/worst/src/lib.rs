//! The worst that a target may send and a configuration may ask for, as a worker: `cargo xtask bench matching` runs it on
//! workerd, compiled as the worker is. Nothing that ships has it.

use wasm_bindgen::prelude::wasm_bindgen;

/// Does one work (`dualwatch_prober::bench::run`); returns how often the thread is given back, and what came of it.
#[wasm_bindgen]
pub fn run(kind: &str, bytes: &[u8]) -> String {
    match dualwatch_prober::bench::run(kind, bytes) {
        Ok((n_pauses, outcome)) => format!("{n_pauses} {outcome}"),
        Err(why) => format!("0 failed: {why}"),
    }
}
