use std::path::PathBuf;

use serde::Serialize;

/// What a purge removed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PurgeReport {
    /// The dataset's folder.
    pub dir: PathBuf,
    /// The snapshot that was there.
    pub from_snapshot: u64,
    /// The only one that is there now.
    pub snapshot: u64,
    /// Samples that it holds.
    pub samples: u64,
    /// Removed rows that shards still held.
    pub rows: u64,
    /// Shards that were written anew because of them.
    pub shards: u64,
    /// Vectors of samples that are there no more.
    pub vectors: u64,
    /// Kept pictures of samples that are there no more.
    pub pictures: u64,
    /// Older snapshots.
    pub snapshots: u64,
    /// Files that only those listed, and others that quoted samples.
    pub files: u64,
}
