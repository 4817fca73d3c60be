use std::collections::{BTreeMap, HashSet};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use half::f16;
use sayso_core::{EmbedderId, Modality, Uid};
use sayso_dataset::{Dataset, DatasetError};
use serde::Serialize;

use super::EmbedQuery;
use super::index::{is_indexed, rebuild};
use super::npy::Number;
use super::store::{StoredVectors, VectorsWriter};
use crate::Error;
use crate::build::Workshop;
use crate::models::NamedEmbedder;

/// Samples that are read together. Captions that several of them have go through the net once.
const READ_ROWS: usize = 8192;
/// Captions that go through the net together; between them the person at the keyboard is heard.
const CAPTIONS: usize = 512;
/// Vectors of a file: what is lost at most if the power goes.
const FILE_ROWS: u64 = 65_536;

/// Of which dataset vectors are made, and with what.
#[derive(Debug, Clone)]
pub struct MakeOptions {
    /// The dataset.
    pub dir: PathBuf,
    /// Memory for building the indexes.
    pub memory_bytes: usize,
    /// Threads that build them.
    pub threads: NonZeroUsize,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MakeProgress {
    /// Samples that have their vector, or had it.
    pub done: u64,
    /// Samples of the dataset.
    pub samples: u64,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MakeReport {
    /// The embedder.
    pub embedder: EmbedderId,
    /// What the vectors were made of.
    pub modality: Modality,
    /// Samples of the dataset.
    pub samples: u64,
    /// Vectors that were added.
    pub added: u64,
    /// Samples that had one.
    pub known: u64,
    /// Captions that went through the net: fewer than vectors, where neighbours have the same one.
    pub embedded: u64,
}

/// Makes vectors of a dataset's captions, keeps them in it and builds their index. Samples that have one keep it, so what
/// was interrupted goes on where it was.
///
/// # Errors
///
/// [`Error::Interrupted`] when `interrupt` was set, with all kept that was made until then; when the net takes no texts
/// or fails; when vectors of other weights are there under its name; when the dataset cannot be read or written.
pub fn make(
    options: &MakeOptions,
    embedder: &NamedEmbedder,
    interrupt: &AtomicBool,
    progress: &dyn Fn(MakeProgress),
) -> Result<MakeReport, Error> {
    let dataset = Dataset::open(&options.dir)?;
    // Nobody else may add vectors, or make another snapshot, at the same time.
    let workshop = Workshop::open(&options.dir)?;
    let stored = StoredVectors::of(&options.dir, embedder.embedder(), Modality::Text)?;
    let samples = dataset.samples();
    let report = MakeReport {
        embedder: stored.embedder().clone(),
        modality: Modality::Text,
        samples,
        added: 0,
        known: 0,
        embedded: 0,
    };
    let mut captions = Captions {
        known: stored.uids()?.into_iter().collect(),
        embedder,
        interrupt,
        progress,
        stored,
        writer: None,
        report,
    };
    let made = captions.of_dataset(&dataset);
    // What was made is kept, whatever came after it.
    captions.end_file()?;
    let Captions { stored, report, .. } = captions;
    let indexed = match made {
        Ok(()) if !is_indexed(&dataset, &stored, report.added + report.known) => {
            rebuild(&dataset, options.memory_bytes, options.threads)
        }
        made => made,
    };
    workshop.clear()?;
    indexed.map(|()| report)
}

/// Captions on their way through the net into the dataset.
struct Captions<'a> {
    embedder: &'a NamedEmbedder,
    interrupt: &'a AtomicBool,
    progress: &'a dyn Fn(MakeProgress),
    stored: StoredVectors,
    known: HashSet<Uid>,
    writer: Option<VectorsWriter>,
    report: MakeReport,
}

impl Captions<'_> {
    fn of_dataset(&mut self, dataset: &Dataset) -> Result<(), Error> {
        for (shard, entry) in dataset.manifest().samples.iter().enumerate() {
            for first in (0..usize::try_from(entry.rows).unwrap_or(usize::MAX)).step_by(READ_ROWS) {
                let batch = dataset.range(shard, first, READ_ROWS, &["uid", "caption"])?;
                self.of_batch(shard, &batch)?;
            }
        }
        Ok(())
    }

    fn of_batch(&mut self, shard: usize, batch: &RecordBatch) -> Result<(), Error> {
        let damaged = || DatasetError::Damaged {
            file: format!("samples of shard {shard}").into(),
            message: "a uid or a caption is missing".to_owned(),
        };
        let column = |name| batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
        let (uids, captions) = (column("uid").ok_or_else(damaged)?, column("caption").ok_or_else(damaged)?);
        debug_assert_eq!(uids.len(), captions.len());
        let mut wanted: BTreeMap<&str, Vec<Uid>> = BTreeMap::new();
        for (uid, caption) in uids.iter().zip(captions) {
            let uid: Uid = uid.and_then(|uid| uid.parse().ok()).ok_or_else(damaged)?;
            if self.known.insert(uid) {
                wanted.entry(caption.ok_or_else(damaged)?).or_default().push(uid);
            } else {
                self.report.known += 1;
            }
        }
        let wanted: Vec<(&str, Vec<Uid>)> = wanted.into_iter().collect();
        for some in wanted.chunks(CAPTIONS) {
            if self.interrupt.load(Ordering::Relaxed) {
                return Err(Error::Interrupted);
            }
            self.embed(some)?;
            (self.progress)(MakeProgress { done: self.report.known + self.report.added, samples: self.report.samples });
        }
        Ok(())
    }

    /// Makes the vectors of some captions, and writes each for every sample that has it.
    fn embed(&mut self, captions: &[(&str, Vec<Uid>)]) -> Result<(), Error> {
        let texts: Vec<&str> = captions.iter().map(|(caption, _)| *caption).collect();
        let vectors = self.embedder.net().embed_texts(&texts)?;
        self.report.embedded += texts.len() as u64;
        for ((_, uids), vector) in captions.iter().zip(vectors.rows()) {
            // Half of the room, and no more is lost than in the index, whose components have 16 bits, too.
            let bytes: Vec<u8> = vector.iter().flat_map(|component| f16::from_f32(*component).to_le_bytes()).collect();
            for uid in uids {
                let writer = match &mut self.writer {
                    Some(writer) => writer,
                    none => none.insert(self.stored.add_file(Number::Half)?),
                };
                writer.push(*uid, &bytes)?;
                self.report.added += 1;
                if writer.rows >= FILE_ROWS {
                    self.end_file()?;
                }
            }
        }
        Ok(())
    }

    /// Completes the file that is being written, so that it counts.
    fn end_file(&mut self) -> Result<(), Error> {
        let Some(writer) = self.writer.take() else { return Ok(()) };
        match writer.finish()? {
            0 => Ok(()),
            rows => self.stored.list_file(rows),
        }
    }
}
