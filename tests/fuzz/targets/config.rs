#![no_main]
//! cargo-fuzz's program for `dualwatch_fuzz::config`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| dualwatch_fuzz::config::run(data));
