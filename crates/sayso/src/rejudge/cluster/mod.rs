//! Old lists judged anew on many machines.
//!
//! 1. **Extract**, the function of a build, reads the files of sites in newer crawls, one crawl file at a time.
//! 2. **Ask**: whoever drives asks the sites itself, so that none is asked by two machines.
//! 3. **Judge** (`shard.rs`): one shard is judged by what all of them say.
//! 4. **Commit**: whoever drives makes what changed a snapshot, and its indexes, as one machine does.

mod asked;
mod drive;
mod shard;

use sayso_cluster::Function;

pub use self::drive::rejudge_on;

/// The function that judges a shard.
pub(crate) fn function() -> Function {
    Function { name: JUDGE_SHARD, label: shard::label, call: shard::call }
}

const JUDGE_SHARD: &str = "sayso_judge_shard";
