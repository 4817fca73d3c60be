use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::UInt8Type;
use sayso_core::{Features, FeaturesError, Uid};
use sayso_dataset::{Dataset, DatasetError, FEATURES, IndexedColumns};
use sayso_index::{
    ColumnName, FacetIndexWriter, FeatureIndexWriter, HashIndexWriter, IndexedHash, MergedParts, TextIndexOptions,
    TextIndexWriter, merge_text_parts, write_uids,
};
#[cfg(feature = "cluster")]
use sayso_index::{TextPart, join_text_parts};

use super::facet_rows::{FACET_COLUMNS, FacetColumns, add_facets, further_columns};
use super::index_texts::{add_uids, each_text, indexed_columns};
use super::open::{facet_index_dir, feature_index_dir, hash_index_dir, snapshot_id, text_index_dir, uid_index_dir};
use crate::Error;
use crate::build::Workshop;

/// Builds a dataset's indexes anew, from its samples, with nobody else at work there: whoever purges would have the words of
/// what is gone put back by whoever read it before.
pub fn index_anew(dir: &Path, memory_bytes: usize, threads: NonZeroUsize) -> Result<(), Error> {
    // No workshop in a folder that is no dataset.
    drop(Dataset::open(dir)?);
    let workshop = Workshop::open(dir)?;
    let indexed = rebuild_index(dir, memory_bytes, threads);
    workshop.clear()?;
    indexed
}

/// Builds a dataset's indexes anew from its samples, in place of those that are there.
pub(crate) fn rebuild_index(dir: &Path, memory_bytes: usize, threads: NonZeroUsize) -> Result<(), Error> {
    let dataset = Dataset::open(dir)?;
    let indexer = Indexer::create(dir, memory_bytes, threads)?;
    index_all(&dataset, indexer, memory_bytes, threads)
}

/// Builds what a dataset's indexes lack whose texts and uids were indexed shard by shard, where the shards were written.
#[cfg(feature = "cluster")]
pub(crate) fn complete_index(
    dir: &Path,
    parts: Vec<TextPart>,
    memory_bytes: usize,
    threads: NonZeroUsize,
) -> Result<(), Error> {
    let dataset = Dataset::open(dir)?;
    index_all(&dataset, Indexer::beside(dir, memory_bytes, None)?, memory_bytes, threads)?;
    Ok(join_text_parts(&text_index_dir(dir), parts, snapshot_id(dataset.manifest()))?)
}

/// Merges the parts of a dataset's text index until there are at most so many.
pub fn merge_index(dir: &Path, most_parts: usize) -> Result<MergedParts, Error> {
    drop(Dataset::open(dir)?);
    let workshop = Workshop::open(dir)?;
    let merged = merge_text_parts(&text_index_dir(dir), most_parts);
    workshop.clear()?;
    Ok(merged?)
}

fn index_all(dataset: &Dataset, mut indexer: Indexer, memory_bytes: usize, threads: NonZeroUsize) -> Result<(), Error> {
    let further = further_columns(&dataset.schema());
    indexer.count_columns(&further)?;
    let mut failed = None;
    let columns: Vec<&str> = IndexedColumns::NAMES
        .iter()
        .copied()
        .chain(["uid", "pdq", "pdq_quality", FEATURES])
        .chain(FACET_COLUMNS)
        .chain(further.iter().map(|name| name.column()))
        .collect();
    // With what was removed since: rows are counted as the shards have them, until it is purged.
    dataset.scan_all(&columns, |shard, batch| {
        if let Err(error) = indexer.add(shard, batch) {
            failed.get_or_insert(error);
        }
        Ok(())
    })?;
    if let Some(error) = failed {
        return Err(error);
    }
    // The text index is completed last: whoever finds it there finds all.
    crate::vectors::rebuild(dataset, memory_bytes, threads)?;
    indexer.finish(snapshot_id(dataset.manifest()))
}

/// Removes what was left beside a dataset's indexes by whoever was killed while making them: it holds words of samples that may be
/// gone by now.
pub(crate) fn remove_index_leftovers(dir: &Path) -> Result<(), Error> {
    for place in [text_index_dir(dir), hash_index_dir(dir), feature_index_dir(dir), facet_index_dir(dir)] {
        sayso_index::remove_leftovers(&place).map_err(Error::file(&place))?;
    }
    crate::vectors::remove_leftovers(dir)
}

/// Of the memory for indexing, the part that hashes may take: they wait in it to be sorted.
const HASH_SHARE: usize = 8;

/// Builds the indexes of a dataset while its samples pass by.
pub(crate) struct Indexer {
    /// `None` where the text index is in parts that others made, and the uids as well.
    text: Option<TextIndexWriter>,
    hashes: HashIndexWriter,
    features: FeatureIndexWriter,
    facets: FacetIndexWriter,
    /// The columns of an imported table that are counted; not known before the first batch comes.
    further: Option<Vec<ColumnName>>,
    uid_dir: PathBuf,
    uids: Vec<(Uid, u32)>,
    shard: u32,
}

impl Indexer {
    pub(crate) fn create(dir: &Path, memory_bytes: usize, threads: NonZeroUsize) -> Result<Self, Error> {
        let text = TextIndexWriter::create(&text_index_dir(dir), TextIndexOptions { memory_bytes, threads })?;
        Self::beside(dir, memory_bytes, Some(text))
    }

    fn beside(dir: &Path, memory_bytes: usize, text: Option<TextIndexWriter>) -> Result<Self, Error> {
        let hashes = HashIndexWriter::create(&hash_index_dir(dir), memory_bytes / HASH_SHARE)?;
        let features = FeatureIndexWriter::create(&feature_index_dir(dir))?;
        let facets = FacetIndexWriter::create(&facet_index_dir(dir))?.with_creators_by(sayso_caption::creator_key);
        let (uid_dir, uids) = (uid_index_dir(dir), Vec::new());
        Ok(Self { text, hashes, features, facets, further: None, uid_dir, uids, shard: 0 })
    }

    /// Says which columns of an imported table are counted, where shards differ in theirs.
    fn count_columns(&mut self, names: &[ColumnName]) -> Result<(), Error> {
        self.facets.with_columns(names, sayso_caption::mask)?;
        self.further = Some(names.to_vec());
        Ok(())
    }

    /// Adds a batch of samples of `shard`. Batches come in the order of shards and rows.
    pub(crate) fn add(&mut self, shard: u32, batch: &RecordBatch) -> Result<(), Error> {
        while self.shard < shard {
            self.end_shard()?;
        }
        let columns = indexed_columns(batch)?;
        let first = add_uids(&mut self.uids, batch)?;
        add_hashes(&mut self.hashes, shard, first, batch)?;
        add_features(&mut self.features, shard, first, batch)?;
        if self.further.is_none() {
            self.count_columns(&further_columns(&batch.schema()))?;
        }
        let known = FacetColumns::of(batch, self.further.as_deref().unwrap_or_default())?;
        add_facets(&mut self.facets, &known, &columns)?;
        match &mut self.text {
            Some(text) => each_text(shard, first, &columns, &known, |sample| text.add(sample)),
            None => Ok(()),
        }
    }

    fn end_shard(&mut self) -> Result<(), Error> {
        if self.text.is_some() {
            write_uids(&self.uid_dir, self.shard, &mut self.uids)?;
        }
        self.uids.clear();
        self.shard += 1;
        Ok(())
    }

    /// Completes the indexes of what became this snapshot.
    pub(crate) fn finish(mut self, snapshot: sayso_index::SnapshotId) -> Result<(), Error> {
        self.end_shard()?;
        self.hashes.finish(snapshot.clone())?;
        self.features.finish(snapshot.clone())?;
        self.facets.finish(snapshot.clone())?;
        // Last: the uid index names no snapshot of its own and goes by this one's.
        match self.text {
            Some(text) => Ok(text.finish(snapshot)?),
            None => Ok(()),
        }
    }
}

/// Adds the hashes of a batch whose first row is row `first` of shard `shard`.
fn add_hashes(writer: &mut HashIndexWriter, shard: u32, first: u32, batch: &RecordBatch) -> Result<(), Error> {
    let damaged = |message: &str| DatasetError::Damaged { file: "samples".into(), message: message.to_owned() };
    let hashes = batch.column_by_name("pdq").and_then(|column| column.as_string_opt::<i32>());
    let qualities = batch.column_by_name("pdq_quality").and_then(|column| column.as_primitive_opt::<UInt8Type>());
    let columns = hashes.zip(qualities).ok_or_else(|| damaged("a batch of samples has no perceptual hashes"))?;
    for (row, (hash, quality)) in (first..).zip(columns.0.iter().zip(columns.1)) {
        if let Some((hash, quality)) = hash.zip(quality) {
            let hash = hash.parse().map_err(|_| damaged("a sample has a perceptual hash that is none"))?;
            writer.add(&IndexedHash { shard, row, hash, quality })?;
        }
    }
    Ok(())
}

/// Adds the features of a batch whose first row is row `first` of shard `shard`; datasets from elsewhere may have none.
fn add_features(writer: &mut FeatureIndexWriter, shard: u32, first: u32, batch: &RecordBatch) -> Result<(), Error> {
    let Some(column) = batch.column_by_name(FEATURES).and_then(|column| column.as_binary_opt::<i32>()) else {
        return Ok(());
    };
    for (row, bytes) in (first..).zip(column) {
        if let Some(bytes) = bytes {
            match Features::from_bytes(bytes) {
                Ok(features) => writer.add(shard, row, &features)?,
                // Of another program's version: there is nothing to compare them with.
                Err(FeaturesError::Version { .. }) => {}
                Err(error) => {
                    let message = format!("row {row} of shard {shard}: {error}");
                    return Err(DatasetError::Damaged { file: "samples".into(), message }.into());
                }
            }
        }
    }
    Ok(())
}
