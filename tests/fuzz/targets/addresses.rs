#![no_main]
//! cargo-fuzz's program for `dualwatch_fuzz::addresses`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| dualwatch_fuzz::addresses::run(data));
