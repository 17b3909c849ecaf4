#![no_main]
//! cargo-fuzz's program for `dualwatch_fuzz::dns`.

libfuzzer_sys::fuzz_target!(|data: &[u8]| dualwatch_fuzz::dns::run(data));
