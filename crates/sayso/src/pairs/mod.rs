//! Pairs for engines that bring their own machines: read out of a crawl batch by batch, and judged batch by batch.
//!
//! A build reads, sorts, merges, judges and writes, on one machine or on a cluster of its own. Whoever has another cluster
//! takes the two steps that only Sayso knows out of it, and does the rest with what is there. Both go through the code
//! that a build goes through.

mod foreign;
mod input;
mod judge;
mod read;
mod shown;

pub use input::PairInput;
pub use judge::{JudgeCounts, JudgeOptions, PairJudge, judged_schema};
pub use read::{PairReader, ReadOptions, ReadReport};
pub use shown::pairs_schema;
