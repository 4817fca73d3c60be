#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| sayso_fuzz::run("receipt", input));
