use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sayso_core::{ReasonCode, Uid};
use sayso_dataset::{Dataset, FileEntry, Tombstone, url_uid, write_tombstones};
use sha2::{Digest, Sha256};

use crate::Error;

/// What was taken out of datasets, so that it does not come back with the next crawl or the next copy of a table.
///
/// A sample is kept out by its identity and by that of its picture's address, so that another caption brings it back as little. It
/// is not kept out by what it looks like: the same picture at somebody else's address has a say of its own.
#[derive(Debug, Clone, Default)]
pub struct KeptOut {
    /// By the sample's identity; the last tombstone of each.
    stones: BTreeMap<Uid, Tombstone>,
    by_url: BTreeMap<Uid, Uid>,
}

impl KeptOut {
    /// Reads the tombstones of these datasets.
    pub fn read(dirs: &[PathBuf]) -> Result<Self, Error> {
        let mut kept_out = Self::default();
        for dir in dirs {
            Dataset::open(dir)?.each_tombstone(|stone| {
                kept_out.by_url.insert(stone.url_uid, stone.uid);
                // Where it stood says nothing about another dataset.
                kept_out.stones.insert(stone.uid, Tombstone { file: String::new(), row: 0, ..stone });
            })?;
        }
        Ok(kept_out)
    }

    /// How many samples it speaks of.
    #[must_use]
    pub fn len(&self) -> usize {
        self.stones.len()
    }

    /// Whether nothing was taken out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stones.is_empty()
    }

    /// The code of what was said of a pair when it was taken out; none of one that was not.
    #[must_use]
    pub fn code(&self, uid: Uid, url: &str) -> Option<&ReasonCode> {
        if self.is_empty() {
            return None;
        }
        let known = || self.by_url.get(&url_uid(url)).and_then(|uid| self.stones.get(uid));
        self.stones.get(&uid).or_else(known).map(|stone| &stone.reason)
    }

    /// Hands them on to a dataset that is made.
    pub(crate) fn write(&self, dir: &Path) -> Result<Vec<FileEntry>, Error> {
        if self.is_empty() {
            return Ok(Vec::new());
        }
        let stones: Vec<Tombstone> = self.stones.values().cloned().collect();
        Ok(vec![write_tombstones(dir, "tombstones/00000.parquet", &stones)?])
    }

    /// What decides which pairs are kept out, for the plan of a build.
    pub(crate) fn digest(&self) -> Option<String> {
        if self.is_empty() {
            return None;
        }
        let mut hasher = Sha256::new();
        for (uid, stone) in &self.stones {
            hasher.update(uid.as_bytes());
            hasher.update(stone.url_uid.as_bytes());
        }
        Some(sayso_core::Sha256(hasher.finalize().into()).to_string())
    }
}
