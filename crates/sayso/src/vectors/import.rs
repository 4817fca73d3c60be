use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use sayso_core::{EmbedderId, Modality, Uid};
use sayso_dataset::{Dataset, ForeignTable};
use serde::Serialize;

use super::index::rebuild;
use super::layout::{Part, parts};
use super::match_rows::{COLUMNS, MatchedBy, Samples};
use super::npy::{Npy, numbers};
use super::store::{StoredVectors, VectorsWriter};
use crate::Error;
use crate::build::Workshop;

/// What is imported, and into what.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// The dataset.
    pub dir: PathBuf,
    /// The folder as clip-retrieval writes it: `img_emb`, `text_emb`, `metadata`.
    pub folder: PathBuf,
    /// What the embedder is called; its dimension is that of the files.
    pub name: String,
    /// The SHA-256 of its weights, where that is known.
    pub weights_sha256: Option<String>,
    /// Memory for building the indexes.
    pub memory_bytes: usize,
    /// Threads that build them.
    pub threads: NonZeroUsize,
}

/// What came of the rows of one modality.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportCounts {
    /// Of pictures or of captions.
    pub modality: Modality,
    /// Rows of files that could be read.
    pub rows: u64,
    /// Rows whose uid is that of a sample.
    pub by_uid: u64,
    /// Rows whose url and caption are those of a sample.
    pub by_url_and_caption: u64,
    /// Rows whose url alone is that of one sample or several.
    pub by_url: u64,
    /// Rows of which no sample is in the dataset.
    pub without_sample: u64,
    /// Rows whose vector is zero or not finite.
    pub without_direction: u64,
    /// Vectors that were added: of a picture one for each sample that shows it.
    pub added: u64,
    /// Vectors that were not, because their samples had one.
    pub known: u64,
    /// Samples of the dataset that have none.
    pub samples_without: u64,
}

/// What an import came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// The embedder, if a file said how many components its vectors have.
    pub embedder: Option<EmbedderId>,
    /// What came of the rows: first of pictures, then of captions, where there were files of them.
    pub counts: Vec<ImportCounts>,
    /// Files that could not be used, and why.
    pub unusable: Vec<(PathBuf, String)>,
}

impl ImportReport {
    /// Vectors that were added.
    #[must_use]
    pub fn added(&self) -> u64 {
        self.counts.iter().map(|counts| counts.added).sum()
    }

    /// Whether something was wrong with what was read.
    #[must_use]
    pub fn has_damage(&self) -> bool {
        !self.unusable.is_empty() || self.counts.iter().any(|counts| counts.without_direction > 0)
    }
}

/// Imports embeddings that clip-retrieval made into a dataset, and builds their indexes.
pub fn import(options: &ImportOptions) -> Result<ImportReport, Error> {
    let dataset = Dataset::open(&options.dir)?;
    // Nobody else may add vectors, or make another snapshot, at the same time.
    let workshop = Workshop::open(&options.dir)?;
    let mut report = ImportReport { embedder: None, counts: Vec::new(), unusable: Vec::new() };
    let all: Vec<(Modality, Vec<Part>)> = Modality::ALL
        .iter()
        .map(|modality| Ok((*modality, parts(&options.folder, *modality)?)))
        .collect::<Result<_, Error>>()?;
    if all.iter().all(|(_, parts)| parts.is_empty()) {
        let message = "no vectors are in it\nhint: clip-retrieval writes img_emb/img_emb_0.npy or \
                       text_emb/text_emb_0.npy, and metadata/metadata_0.parquet";
        return Err(Error::Input { input: options.folder.display().to_string(), message: message.to_owned() });
    }
    let samples = Samples::read(&dataset)?;
    for (modality, parts) in all.iter().filter(|(_, parts)| !parts.is_empty()) {
        let counts = import_modality(options, &dataset, &samples, *modality, parts, &mut report)?;
        report.counts.push(counts);
    }
    if report.added() > 0 {
        rebuild(&dataset, options.memory_bytes, options.threads)?;
    }
    workshop.clear()?;
    Ok(report)
}

fn import_modality(
    options: &ImportOptions,
    dataset: &Dataset,
    samples: &Samples,
    modality: Modality,
    parts: &[Part],
    report: &mut ImportReport,
) -> Result<ImportCounts, Error> {
    let mut counts = ImportCounts {
        modality,
        rows: 0,
        by_uid: 0,
        by_url_and_caption: 0,
        by_url: 0,
        without_sample: 0,
        without_direction: 0,
        added: 0,
        known: 0,
        samples_without: 0,
    };
    let mut known: Option<HashSet<Uid>> = None;
    for part in parts {
        let opened = open_part(part).and_then(|(npy, table)| Ok((embedder_of(options, &npy, report)?, npy, table)));
        let (embedder, npy, table) = match opened {
            Ok(opened) => opened,
            Err(message) => {
                report.unusable.push((part.vectors.clone(), message));
                continue;
            }
        };
        report.embedder = Some(embedder.clone());
        let mut stored = StoredVectors::of(&options.dir, &embedder, modality)?;
        let known = match &mut known {
            Some(known) => known,
            none => none.insert(stored.uids()?.into_iter().collect()),
        };
        let writer = stored.add_file(npy.number)?;
        let mut rows = PartRows { npy: &npy, samples, known, counts: &mut counts, writer };
        // What was read before the damage is kept: each row says itself what it belongs to.
        if let Err(message) = rows.import(table, modality)? {
            report.unusable.push((part.vectors.clone(), message));
        }
        let written = rows.writer.finish()?;
        if written > 0 {
            stored.list_file(written)?;
        }
    }
    let with = known.map_or(0, |known| known.len() as u64);
    counts.samples_without = dataset.samples().saturating_sub(with);
    Ok(counts)
}

/// The vectors and the table of a part, if they go together.
fn open_part(part: &Part) -> Result<(Npy, ForeignTable), String> {
    let npy = Npy::open(&part.vectors).map_err(|error| error.to_string())?;
    let metadata = part.metadata.as_deref().ok_or("no metadata of the same number is there")?;
    let table = ForeignTable::open(metadata).map_err(|error| first_line(&error))?;
    if table.rows() != npy.rows() {
        return Err(format!("it has {} vectors and its metadata has {} rows", npy.rows(), table.rows()));
    }
    if !table.columns().any(|(name, is_text)| is_text && matches!(name, "url" | "uid")) {
        return Err("its metadata has neither a column `url` nor a column `uid`".to_owned());
    }
    Ok((npy, table))
}

/// The embedder of a file; all files of an import have the same.
fn embedder_of(options: &ImportOptions, npy: &Npy, report: &ImportReport) -> Result<EmbedderId, String> {
    let dimension = u32::try_from(npy.dimension()).unwrap_or(u32::MAX);
    let embedder = EmbedderId::new(&options.name, dimension, options.weights_sha256.as_deref());
    let embedder = embedder.map_err(|error| first_line(&error))?;
    match &report.embedder {
        Some(first) if first.dimension() != embedder.dimension() => Err(format!(
            "its vectors have {} components and those before had {}",
            embedder.dimension(),
            first.dimension()
        )),
        _ => Ok(embedder),
    }
}

fn first_line(error: &dyn std::fmt::Display) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

/// The rows of one part on their way into the dataset.
struct PartRows<'a> {
    npy: &'a Npy,
    samples: &'a Samples,
    known: &'a mut HashSet<Uid>,
    counts: &'a mut ImportCounts,
    writer: VectorsWriter,
}

impl PartRows<'_> {
    /// Imports all rows; the inner error is damage of what was read, the outer one is ours.
    fn import(&mut self, table: ForeignTable, modality: Modality) -> Result<Result<(), String>, Error> {
        let mut rows = match table.read(&COLUMNS) {
            Ok(rows) => rows,
            Err(error) => return Ok(Err(first_line(&error))),
        };
        let mut bytes = vec![0; self.npy.dimension() * self.npy.number.bytes()];
        let mut vector = vec![0.0; self.npy.dimension()];
        let mut at = 0;
        while let Some(batch) = rows.next_batch(&COLUMNS) {
            let batch = match batch {
                Ok(batch) => batch,
                Err(error) => return Ok(Err(first_line(&error))),
            };
            for row in &batch {
                if let Err(error) = self.npy.read_bytes(at, &mut bytes) {
                    return Ok(Err(error.to_string()));
                }
                at += 1;
                self.counts.rows += 1;
                numbers(self.npy.number, &bytes, &mut vector);
                let squares: f32 = vector.iter().map(|component| component * component).sum();
                if !squares.is_finite() || squares <= f32::MIN_POSITIVE {
                    self.counts.without_direction += 1;
                    continue;
                }
                let Some((by, uids)) = self.samples.of_row(row, modality) else {
                    self.counts.without_sample += 1;
                    continue;
                };
                match by {
                    MatchedBy::Uid => self.counts.by_uid += 1,
                    MatchedBy::UrlAndCaption => self.counts.by_url_and_caption += 1,
                    MatchedBy::Url => self.counts.by_url += 1,
                }
                for uid in uids {
                    if self.known.insert(uid) {
                        self.writer.push(uid, &bytes)?;
                        self.counts.added += 1;
                    } else {
                        self.counts.known += 1;
                    }
                }
            }
        }
        Ok(Ok(()))
    }
}
