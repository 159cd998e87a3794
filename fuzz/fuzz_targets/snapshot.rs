#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| texpop_fuzz::snapshot(input).unwrap());
