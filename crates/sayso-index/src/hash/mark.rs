use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::IndexError;
use crate::mark::{SnapshotId, read_mark, write_mark};

/// The newest version of the index that this program writes and reads.
const VERSION: u64 = 1;
const FORMAT: &str = "sayso-hash";

/// Files of an index at most: more were never written, and each costs memory.
const MOST_PARTS: usize = 100_000;

/// What a hash index says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    format: String,
    version: u64,
    pub(super) snapshot: SnapshotId,
    /// Hashes of all parts.
    pub(super) hashes: u64,
    /// Pictures that say too little to be found by their hash.
    pub(super) too_plain: u64,
    /// For each shard, how many numbers its rows take: row 0 of a shard comes behind the last of the one before.
    pub(super) shards: Vec<u32>,
    pub(super) parts: Vec<PartEntry>,
}

/// A part and how many hashes it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PartEntry {
    pub(super) file: String,
    pub(super) hashes: u64,
}

impl Mark {
    pub(super) fn new(snapshot: SnapshotId, too_plain: u64, shards: Vec<u32>, parts: Vec<PartEntry>) -> Self {
        let hashes = parts.iter().map(|part| part.hashes).sum();
        Self { format: FORMAT.to_owned(), version: VERSION, snapshot, hashes, too_plain, shards, parts }
    }

    pub(super) fn write(&self, dir: &Path) -> Result<(), IndexError> {
        write_mark(self, dir)
    }

    pub(super) fn read(dir: &Path) -> Result<Self, IndexError> {
        let mark: Self = read_mark(dir, FORMAT, VERSION)?;
        let damaged = |reason: &str| Err(IndexError::Damaged { dir: dir.to_owned(), reason: reason.to_owned() });
        if mark.shards.iter().try_fold(0_u32, |sum, rows| sum.checked_add(*rows)).is_none() {
            return damaged("its shards have more rows than can be numbered");
        }
        // The names go into paths, and a dataset may come from anywhere.
        if mark.parts.len() > MOST_PARTS || !mark.parts.iter().all(|part| is_part_name(&part.file)) {
            return damaged("it names a part that is none");
        }
        Ok(mark)
    }
}

/// What a part of this number is called.
pub(super) fn part_name(number: usize) -> String {
    format!("{number:05}.hashes")
}

/// The number of the part that is called so.
pub(super) fn number_of(name: &str) -> Option<usize> {
    name.strip_suffix(".hashes")?.parse().ok()
}

fn is_part_name(name: &str) -> bool {
    let number = name.strip_suffix(".hashes").unwrap_or_default();
    (5..=10).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
}
