#![no_main]
//! cargo-fuzz's program for `dualwatch_fuzz::shared`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| dualwatch_fuzz::shared::run(data));
