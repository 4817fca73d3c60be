//! Samples counted on many machines: one shard by a task, and added up by whoever asks. Nothing is written to a dataset but what
//! lies there meanwhile.

mod drive;
mod shard;

use sayso_cluster::Function;

pub use self::drive::measure_on;

/// The function that counts the samples of a shard.
pub(crate) fn function() -> Function {
    Function { name: COUNT_SHARD, label: shard::label, call: shard::call }
}

const COUNT_SHARD: &str = "sayso_count_shard";
