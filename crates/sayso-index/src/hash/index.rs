use std::collections::BinaryHeap;
use std::path::{Path, PathBuf};

use sayso_core::Pdq;

use super::answer::{HashAnswer, HashHit};
use super::lookup::look_up;
use super::mark::Mark;
use super::part::{Astray, Part};
use super::stored::Stored;
use crate::error::IndexError;
use crate::mark::SnapshotId;

/// The hash index of one snapshot, open for look-ups from any number of threads.
pub struct HashIndex {
    dir: PathBuf,
    mark: Mark,
    parts: Vec<Part>,
    /// The number of each shard's first row.
    starts: Vec<u32>,
}

impl HashIndex {
    /// Opens the index in `dir`: its files are mapped into memory, and no more of them is read than their first bytes.
    pub fn open(dir: &Path) -> Result<Self, IndexError> {
        let mark = Mark::read(dir)?;
        let parts = mark.parts.iter().map(|part| Part::open(dir, &part.file)).collect::<Result<Vec<_>, _>>()?;
        let says = |(part, entry): (&Part, &super::mark::PartEntry)| part.header.hashes as u64 == entry.hashes;
        let sum = mark.parts.iter().try_fold(0_u64, |sum, part| sum.checked_add(part.hashes));
        if !parts.iter().zip(&mark.parts).all(says) || sum != Some(mark.hashes) {
            let reason = "its parts do not hold as many hashes as they should".to_owned();
            return Err(IndexError::Damaged { dir: dir.to_owned(), reason });
        }
        let starts = mark.shards.iter().scan(0_u32, |next, rows| {
            let start = *next;
            *next = next.saturating_add(*rows);
            Some(start)
        });
        Ok(Self { dir: dir.to_owned(), starts: starts.collect(), mark, parts })
    }

    /// The snapshot that the index was built from.
    #[must_use]
    pub fn snapshot(&self) -> &SnapshotId {
        &self.mark.snapshot
    }

    /// How many hashes can be found.
    #[must_use]
    pub fn hashes(&self) -> u64 {
        self.mark.hashes
    }

    /// How many pictures were left out because they say too little to be told from others by their hash.
    #[must_use]
    pub fn too_plain(&self) -> u64 {
        self.mark.too_plain
    }

    /// Finds every row whose hash differs from `hash` in no more than `distance` bits, and returns the `limit` nearest.
    ///
    /// Rows of which `is_gone` says so, by their shard and row, are neither returned nor counted.
    pub fn find(
        &self,
        hash: &Pdq,
        distance: u32,
        limit: usize,
        is_gone: &dyn Fn(u32, u32) -> bool,
    ) -> Result<HashAnswer, IndexError> {
        let stored = Stored::of(hash);
        let mut nearest = Nearest { limit, total: 0, hits: BinaryHeap::new() };
        for (part, entry) in self.parts.iter().zip(&self.mark.parts) {
            let found = &mut |position, distance| {
                let (shard, row) = self.place(part.row(position)?)?;
                if !is_gone(shard, row) {
                    nearest.add(HashHit { distance, shard, row });
                }
                Ok(())
            };
            look_up(part, &stored, distance, found).map_err(|Astray| self.astray(&entry.file))?;
        }
        Ok(HashAnswer { total: nearest.total, hits: nearest.hits.into_sorted_vec() })
    }

    /// How many hashes can be found but for the rows of which `is_gone` says so.
    pub fn count(&self, is_gone: &dyn Fn(u32, u32) -> bool) -> Result<u64, IndexError> {
        let mut count = 0;
        self.each(&mut |_, shard, row| count += u64::from(!is_gone(shard, row)))?;
        Ok(count)
    }

    /// Hands out every hash with its shard and row, in the order of hashes in each of the index's parts.
    pub fn each(&self, take: &mut dyn FnMut(&Pdq, u32, u32)) -> Result<(), IndexError> {
        for (part, entry) in self.parts.iter().zip(&self.mark.parts) {
            let mut hand_out = || -> Result<(), Astray> {
                for (position, hash) in part.hashes().iter().enumerate() {
                    let (shard, row) = self.place(part.row(position)?)?;
                    take(&Pdq::from_bytes(*hash), shard, row);
                }
                Ok(())
            };
            hand_out().map_err(|Astray| self.astray(&entry.file))?;
        }
        Ok(())
    }

    /// Its parts, each with the name of its file.
    pub(super) fn parts_with_files(&self) -> impl Iterator<Item = (&Part, &str)> {
        self.parts.iter().zip(self.mark.parts.iter().map(|entry| entry.file.as_str()))
    }

    pub(super) fn astray(&self, file: &str) -> IndexError {
        IndexError::Damaged { dir: self.dir.clone(), reason: format!("`{file}` leads to where nothing is") }
    }

    /// The shard and row of a row's number.
    pub(super) fn place(&self, number: u32) -> Result<(u32, u32), Astray> {
        let shard = self.starts.partition_point(|start| *start <= number).checked_sub(1).ok_or(Astray)?;
        let (start, rows) = self.starts.get(shard).zip(self.mark.shards.get(shard)).ok_or(Astray)?;
        let row = number - start;
        if row < *rows { Ok((u32::try_from(shard).map_err(|_| Astray)?, row)) } else { Err(Astray) }
    }
}

/// Keeps the nearest of all hits that go by, and counts them.
struct Nearest {
    limit: usize,
    total: u64,
    hits: BinaryHeap<HashHit>,
}

impl Nearest {
    fn add(&mut self, hit: HashHit) {
        self.total += 1;
        if self.hits.len() < self.limit {
            self.hits.push(hit);
        } else if let Some(mut farthest) = self.hits.peek_mut()
            && hit < *farthest
        {
            *farthest = hit;
        }
    }
}
