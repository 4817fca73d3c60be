//! A crawl file gives the same however it is cut into pieces and blocks, and chunks can be undone.
#![no_main]

#[path = "../../crates/sayso-crawl/tests/equalities/mod.rs"]
mod equalities;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u16, &[u8])| {
    let (size, bytes) = input;
    let size = usize::from(size).max(1);
    equalities::records_in_pieces(bytes, size);
    equalities::blocks_of_any_size(bytes, size);
    equalities::chunks_there_and_back(bytes, &[size]);
});
