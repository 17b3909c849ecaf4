#![no_main]
//! cargo-fuzz's program for `dualwatch_fuzz::routes`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| dualwatch_fuzz::routes::run(data));
