#![no_main]
//! cargo-fuzz's program for `dualwatch_fuzz::http`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| dualwatch_fuzz::http::run(data));
