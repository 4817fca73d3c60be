use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::IndexError;
use crate::mark::{SnapshotId, read_mark, write_mark};

/// The newest version of the index that this program writes and reads.
const VERSION: u64 = 1;
const FORMAT: &str = "sayso-features";

/// Files of an index at most: more were never written, and each costs memory.
const MOST_PARTS: u32 = 100_000;

/// What a feature index says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    format: String,
    version: u64,
    pub(super) snapshot: SnapshotId,
    pub(super) pictures: u64,
    pub(super) keypoints: u64,
    /// How many files there are.
    pub(super) parts: u32,
}

impl Mark {
    pub(super) fn new(snapshot: SnapshotId, pictures: u64, keypoints: u64, parts: u32) -> Self {
        Self { format: FORMAT.to_owned(), version: VERSION, snapshot, pictures, keypoints, parts }
    }

    pub(super) fn write(&self, dir: &Path) -> Result<(), IndexError> {
        write_mark(self, dir)
    }

    pub(super) fn read(dir: &Path) -> Result<Self, IndexError> {
        let mark: Self = read_mark(dir, FORMAT, VERSION)?;
        if mark.parts > MOST_PARTS {
            let reason = format!("it says that it has {} parts", mark.parts);
            return Err(IndexError::Damaged { dir: dir.to_owned(), reason });
        }
        Ok(mark)
    }
}

/// What a part of this number is called.
pub(super) fn part_name(number: u32) -> String {
    format!("{number:05}.features")
}
