#![no_main]
//! cargo-fuzz's program for `dualwatch_fuzz::certificates`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| dualwatch_fuzz::certificates::run(data));
