//! Receipts of removal: trees against the log's, proofs for random sets, each way in which one does not hold, frozen vectors.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod cases;
mod frozen;
mod properties;
mod scene;
mod size;
#[path = "../support/mod.rs"]
mod support;
