#![no_main]
//! cargo-fuzz's program for `dualwatch_fuzz::texts`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| dualwatch_fuzz::texts::run(data));
