use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use tantivy::Index;
use tantivy::directory::Directory as _;
use tantivy::index::{IndexMeta, IndexSettings};
use tantivy::store::Compressor;

use super::batch::Batch;
use super::part::FinishedPart;
use super::partial::Partial;
use super::thread::{Order, Thread};
use crate::error::IndexError;
use crate::folder::Folder;
use crate::mark::{Mark, SnapshotId};
use crate::sample::IndexedSample;
use crate::schema::schema;

/// How an index is built.
#[derive(Debug, Clone, Copy)]
pub struct TextIndexOptions {
    /// How much memory all threads together may take, roughly. It decides how many samples go into one part of the
    /// index; parts are never merged, and every search visits all of them, so be generous for large datasets.
    pub memory_bytes: usize,
    /// How many threads index, beside the one that adds samples.
    pub threads: NonZeroUsize,
}

/// Builds the text index of a snapshot, in a folder beside its place, and moves it there when it is complete.
///
/// A writer that is dropped before [`TextIndexWriter::finish`] leaves nothing behind. What a killed program left is
/// removed by the next writer for the same place; two writers for one place at a time are a mistake of the caller.
#[derive(Debug)]
pub struct TextIndexWriter {
    dir: PathBuf,
    index: Index,
    // Before the folder they write into, so that they are dropped before it.
    threads: Vec<Thread>,
    partial: Partial,
    part_bytes: usize,
    part_number: u32,
    part_used_bytes: usize,
    batch: Batch,
    last_key: Option<u64>,
    documents: u64,
}

/// Text that goes to a thread at once: large enough that handing over costs nothing, small enough for its cache.
const BATCH_BYTES: usize = 1 << 18;

/// How much memory a byte of a sample's text can take in a part: scripts without spaces have two tokens for three
/// bytes, and a token takes 20 bytes until it is written. Most captions need a third of that.
const MEMORY_PER_TEXT_BYTE: usize = 16;

/// The least memory a thread is given; below it the parts of an index become too many.
const LEAST_THREAD_BYTES: usize = 16 << 20;

/// The most a thread is given: counts within a part have 32 bits.
const MOST_THREAD_BYTES: usize = 16 << 30;

impl TextIndexWriter {
    /// Starts an index that [`TextIndexWriter::finish`] will put at `dir`, in place of the one that is there.
    pub fn create(dir: &Path, options: TextIndexOptions) -> Result<Self, IndexError> {
        let partial = Partial::create(dir)?;
        let failed = |error: tantivy::TantivyError| engine(dir, &error);
        let folder = Folder::open(&partial.dir).map_err(|error| failed(error.into()))?;
        let settings = IndexSettings {
            // Nothing is stored, and a thread to compress it would only cost.
            docstore_compression: Compressor::None,
            docstore_compress_dedicated_thread: false,
            ..IndexSettings::default()
        };
        let index = Index::create(folder, schema(), settings).map_err(failed)?;
        let memory_bytes = (options.memory_bytes / options.threads).clamp(LEAST_THREAD_BYTES, MOST_THREAD_BYTES);
        let part_bytes = memory_bytes / MEMORY_PER_TEXT_BYTE;
        let threads = (0..options.threads.get())
            .map(|number| Thread::start(number, index.clone(), part_bytes.div_ceil(BATCH_BYTES)))
            .collect::<std::io::Result<_>>()?;
        Ok(Self {
            dir: dir.to_owned(),
            partial,
            index,
            threads,
            part_bytes,
            part_number: 0,
            part_used_bytes: 0,
            batch: Batch::with_capacity(BATCH_BYTES),
            last_key: None,
            documents: 0,
        })
    }

    /// Adds one sample. Samples come in the order of their shards and rows: hits of one score are listed in it.
    pub fn add(&mut self, sample: &IndexedSample<'_>) -> Result<(), IndexError> {
        let key = sample.key();
        if self.last_key.is_some_and(|last| last >= key) {
            return Err(IndexError::Order { shard: sample.shard, row: sample.row });
        }
        self.last_key = Some(key);
        self.documents += 1;
        self.batch.push(sample);
        if self.batch.bytes() >= BATCH_BYTES {
            self.hand_over()?;
        }
        Ok(())
    }

    /// Completes the index and moves it into place. The snapshot gets its name only when all its samples are written.
    pub fn finish(mut self, snapshot: SnapshotId) -> Result<(), IndexError> {
        if self.batch.len() > 0 {
            self.hand_over()?;
        }
        if self.threads.is_empty() {
            return Err(self.stopped());
        }
        let mut parts = join(&self.dir, std::mem::take(&mut self.threads))?;
        parts.sort_unstable_by_key(|part| part.number);
        let meta = IndexMeta {
            index_settings: self.index.settings().clone(),
            persisted_custom_extensions: Vec::new(),
            segments: parts.into_iter().map(|part| part.meta).collect(),
            schema: self.index.schema(),
            opstamp: 0,
            payload: None,
        };
        let json = serde_json::to_vec_pretty(&meta).map_err(std::io::Error::from)?;
        self.index.directory().atomic_write(Path::new("meta.json"), &json)?;
        Mark::new(snapshot, self.documents).write(&self.partial.dir)?;
        Ok(self.partial.move_to(&self.dir)?)
    }

    /// Gives the batch to the thread whose turn this part is, and ends the part when it is full.
    fn hand_over(&mut self) -> Result<(), IndexError> {
        let batch = std::mem::replace(&mut self.batch, Batch::with_capacity(BATCH_BYTES));
        self.part_used_bytes += batch.bytes();
        let is_full = self.part_used_bytes >= self.part_bytes;
        let Some(thread) = self.threads.get(self.part_number as usize % self.threads.len().max(1)) else {
            return Err(self.stopped());
        };
        let mut is_taken = thread.order(Order::Add(self.part_number, batch));
        if is_full {
            is_taken &= thread.order(Order::Close);
            self.part_number += 1;
            self.part_used_bytes = 0;
        }
        if is_taken {
            return Ok(());
        }
        // A thread stops early on an error only, and joining it tells which. Without threads the writer is done for.
        let threads = std::mem::take(&mut self.threads);
        join(&self.dir, threads).and_then(|_| Err(self.stopped()))
    }

    fn stopped(&self) -> IndexError {
        let reason = "an indexing thread stopped".to_owned();
        IndexError::Engine { doing: "write", dir: self.dir.clone(), reason }
    }
}

/// Waits for all threads; their parts, or the first error.
fn join(dir: &Path, threads: Vec<Thread>) -> Result<Vec<FinishedPart>, IndexError> {
    let finished: Vec<_> = threads.into_iter().map(Thread::finish).collect();
    let parts = finished.into_iter().collect::<tantivy::Result<Vec<_>>>().map_err(|error| engine(dir, &error))?;
    Ok(parts.into_iter().flatten().collect())
}

fn engine(dir: &Path, error: &tantivy::TantivyError) -> IndexError {
    IndexError::Engine { doing: "write", dir: dir.to_owned(), reason: error.to_string() }
}
