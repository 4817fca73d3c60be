//! Datasets on their way to and from object stores: each file checked by its digest, only what lacks is sent, and the
//! snapshot is there at the end or not at all.

mod digest;
mod pull;
mod push;
mod there;

#[cfg(feature = "cluster")]
pub(crate) use digest::digest_of;
pub use pull::pull;
pub use push::push;

use sayso_dataset::{FileEntry, Manifest};
use serde::Serialize;

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Transferred {
    /// The snapshot that is there now.
    pub snapshot: u64,
    /// Files of the dataset.
    pub files: u64,
    /// Files that were sent; the others were there.
    pub sent: u64,
    /// Bytes of those.
    pub bytes: u64,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransferProgress {
    /// Bytes that are there.
    pub done: u64,
    /// Bytes of the dataset.
    pub total: u64,
}

const CURRENT: &str = "CURRENT";
/// What a dataset may have beside what its manifest names.
const REPORT: &str = "report.json";
/// Bytes that a manifest or a report may have: each of a hundred thousand shards takes some two hundred.
const MOST_BYTES: u64 = 256 << 20;

/// All files that a manifest names.
fn files(manifest: &Manifest) -> impl Iterator<Item = &FileEntry> {
    manifest.samples.iter().chain(&manifest.exclusions).chain(&manifest.tombstones)
}
