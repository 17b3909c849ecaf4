#![no_main]
//! cargo-fuzz's program for `dualwatch_fuzz::inner`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| dualwatch_fuzz::inner::run(data));
