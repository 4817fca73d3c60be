//! What must hold whatever the input is, as functions of bytes.
//!
//! Each of the [`TARGETS`] asserts an equality on its input and panics where it does not hold. Two run them: libFuzzer, for
//! as long as it is let (`scripts/fuzz.sh`, which needs a nightly compiler), and `tests/seeds.rs`, in every test run and on
//! a stable compiler, over the [`seeds`] that lie in `seeds/` and mutations ([`mutate`]) of them.
//!
//! A new target is a file in `src/targets`, its line in [`TARGETS`], at least one file in `seeds/NAME`, and the three
//! lines of `fuzz/fuzz_targets/NAME.rs` with their entry in `fuzz/Cargo.toml`; a test says so if one is missing.

mod mutate;
mod seeds;
mod targets;

pub use mutate::mutate;
pub use seeds::{Seed, seeds};
pub use targets::{TARGETS, Target, run};
