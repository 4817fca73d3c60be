use std::path::{Path, PathBuf};

use sayso_core::Pdq;

use super::header::PART_HASHES;
use super::mark::{Mark, PartEntry, number_of, part_name};
use super::merge::{Entry, Merge, Source};
use super::part::{Astray, Part};
use super::part_writer::PartWriter;
use super::stored::Stored;
use crate::build::Partial;
use crate::error::IndexError;
use crate::mark::SnapshotId;

/// The hash of one sample's picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexedHash {
    /// Which shard holds the sample, counted as the snapshot lists its shards.
    pub shard: u32,
    /// Its row in that shard.
    pub row: u32,
    /// The hash of its picture.
    pub hash: Pdq,
    /// PDQ's quality of the hash, from 0 to 100.
    pub quality: u8,
}

/// Builds the hash index of a snapshot, in a folder beside its place, and moves it there when it is complete.
///
/// A writer that is dropped before [`HashIndexWriter::finish`] leaves nothing behind.
pub struct HashIndexWriter {
    dir: PathBuf,
    partial: Partial,
    /// Hashes that wait, and how many may.
    waiting: Vec<Entry>,
    most_waiting: usize,
    /// Files of hashes that waited before, sorted.
    runs: Vec<String>,
    /// Parts of the index that is added to.
    before: Vec<PartEntry>,
    too_plain: u64,
    shards: Vec<u32>,
    /// Shards before this one are those of the index that is added to.
    first_shard: usize,
    last: Option<(u32, u32)>,
    /// The number of row 0 of the shard that is added to.
    start: u32,
}

/// Hashes that wait at least and at most.
const LEAST_WAITING: usize = 1 << 10;

/// Parts from which on those that are not full are merged: each one costs every look-up.
const MOST_PARTS: usize = 8;

impl HashIndexWriter {
    /// The quality below which a hash is not indexed: such a picture is so plain that its hash is chance.
    pub const MIN_QUALITY: u8 = 50;

    /// Starts an index that [`HashIndexWriter::finish`] will put at `dir`, in place of the one that is there.
    /// `memory_bytes` is what hashes may take that wait to be sorted.
    pub fn create(dir: &Path, memory_bytes: usize) -> Result<Self, IndexError> {
        let most_waiting = (memory_bytes / size_of::<Entry>()).clamp(LEAST_WAITING, PART_HASHES);
        Ok(Self {
            dir: dir.to_owned(),
            partial: Partial::create(dir)?,
            waiting: Vec::new(),
            most_waiting,
            runs: Vec::new(),
            before: Vec::new(),
            too_plain: 0,
            shards: Vec::new(),
            first_shard: 0,
            last: None,
            start: 0,
        })
    }

    /// Starts an index that has all that the one at `dir` has, and what is added: samples of further shards.
    ///
    /// What is there is not written again unless there are too many parts.
    pub fn append(dir: &Path, memory_bytes: usize) -> Result<Self, IndexError> {
        let mark = Mark::read(dir)?;
        let mut writer = Self::create(dir, memory_bytes)?;
        for part in &mark.parts {
            link(&dir.join(&part.file), &writer.partial.dir.join(&part.file))?;
        }
        (writer.before, writer.too_plain) = (mark.parts, mark.too_plain);
        (writer.first_shard, writer.shards) = (mark.shards.len(), mark.shards);
        Ok(writer)
    }

    /// Adds the hash of one sample's picture. Samples come in the order of their shards and rows.
    pub fn add(&mut self, hash: &IndexedHash) -> Result<(), IndexError> {
        let IndexedHash { shard, row, hash, quality } = *hash;
        let numbered = self.number(shard, row).ok_or(IndexError::Order { shard, row })?;
        if quality < Self::MIN_QUALITY {
            self.too_plain += 1;
            return Ok(());
        }
        if self.waiting.len() >= self.most_waiting {
            self.spill()?;
        }
        self.waiting.push((Stored::of(&hash), numbered));
        Ok(())
    }

    /// Gives the next row its number; none if it is not one that may come next.
    fn number(&mut self, shard: u32, row: u32) -> Option<u32> {
        let place = shard as usize;
        if place < self.first_shard || self.last.is_some_and(|last| last >= (shard, row)) {
            return None;
        }
        if self.last.is_none_or(|(last, _)| last != shard) {
            self.shards.resize(self.shards.len().max(place.checked_add(1)?), 0);
            self.start = self.shards.iter().take(place).try_fold(0_u32, |sum, rows| sum.checked_add(*rows))?;
        }
        self.last = Some((shard, row));
        let number = self.start.checked_add(row)?;
        *self.shards.get_mut(place)? = row.checked_add(1)?;
        number.checked_add(1).map(|_| number)
    }

    /// Writes what waits into a file of its own.
    fn spill(&mut self) -> Result<(), IndexError> {
        let name = format!("{}.run", self.runs.len());
        self.waiting.sort_unstable();
        let mut run = PartWriter::create(&self.partial.dir, &name)?;
        self.waiting.drain(..).try_for_each(|entry| run.add(entry))?;
        run.finish_flat()?;
        self.runs.push(name);
        Ok(())
    }

    /// Completes the index and moves it into place. Equal hashes give equal files, however much memory there was.
    pub fn finish(mut self, snapshot: SnapshotId) -> Result<(), IndexError> {
        let number = self.before.iter().filter_map(|part| number_of(&part.file)).max();
        let mut next = number.map_or(0, |number| number + 1);
        let is_many = self.before.len() + usize::from(!self.runs.is_empty() || !self.waiting.is_empty()) > MOST_PARTS;
        let full = PART_HASHES as u64;
        let (kept, merged): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.before).into_iter().partition(|part| !is_many || part.hashes >= full);
        self.waiting.sort_unstable();
        let dir = &self.partial.dir;
        let files = merged.iter().map(|part| &part.file).chain(&self.runs);
        let sources: Vec<Part> = files.clone().map(|file| Part::open(dir, file)).collect::<Result<_, _>>()?;
        let parts = merge_into(dir, &sources, &self.waiting, &mut next)?;
        drop(sources);
        files.into_iter().try_for_each(|file| fs_err::remove_file(dir.join(file)))?;
        let parts = kept.into_iter().chain(parts).collect();
        Mark::new(snapshot, self.too_plain, self.shards, parts).write(dir)?;
        Ok(self.partial.move_to(&self.dir)?)
    }
}

/// Writes all that `sources` and `waiting` have into new parts.
fn merge_into(dir: &Path, sources: &[Part], waiting: &[Entry], next: &mut usize) -> Result<Vec<PartEntry>, IndexError> {
    let damaged = |Astray| IndexError::Damaged { dir: dir.to_owned(), reason: "a part was changed".to_owned() };
    let all = sources.iter().map(|part| Source::Part(part, 0)).chain([Source::Memory(waiting.iter())]);
    let mut merge = Merge::of(all.collect()).map_err(damaged)?;
    let mut parts = Vec::new();
    let mut entry = merge.next().map_err(damaged)?;
    while entry.is_some() {
        let file = part_name(*next);
        *next += 1;
        let mut part = PartWriter::create(dir, &file)?;
        while part.hashes() < PART_HASHES
            && let Some(one) = entry
        {
            part.add(one)?;
            entry = merge.next().map_err(damaged)?;
        }
        parts.push(PartEntry { file: file.clone(), hashes: part.hashes() as u64 });
        part.finish(dir, &file)?;
    }
    Ok(parts)
}

/// Gives a file that never changes another name, or a copy where the file system has no such names.
fn link(from: &Path, to: &Path) -> Result<(), IndexError> {
    if fs_err::hard_link(from, to).is_err() {
        fs_err::copy(from, to)?;
    }
    Ok(())
}
