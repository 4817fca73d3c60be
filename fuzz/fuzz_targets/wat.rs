//! A WAT record searched for its pictures gives what walking its whole tree gives.
#![no_main]

#[path = "../../crates/sayso-crawl/tests/equalities/mod.rs"]
mod equalities;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|json: &str| equalities::wat_searched_as_walked(json));
