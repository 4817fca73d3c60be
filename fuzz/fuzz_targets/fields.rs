//! A structured field written and read again is the same, and the lines of a field are what they are when joined.
#![no_main]

#[path = "../../crates/sayso-consent/tests/equalities/mod.rs"]
mod equalities;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    equalities::structured_field_there_and_back(input);
    if let Ok(text) = std::str::from_utf8(input) {
        equalities::content_usage_lines_as_one(&text.split('\n').collect::<Vec<_>>());
    }
});
