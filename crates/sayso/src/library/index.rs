use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use sayso_core::Uid;
use sayso_dataset::{Dataset, IndexedColumns};
use sayso_index::{
    ColumnName, FacetIndexWriter, MergedParts, TextIndexOptions, TextIndexWriter, merge_text_parts, write_uids,
};

use super::facet_rows::{FACET_COLUMNS, FacetColumns, add_facets, further_columns};
use super::index_texts::{add_uids, each_text, indexed_columns};
use super::open::{facet_index_dir, feature_index_dir, hash_index_dir, snapshot_id, text_index_dir, uid_index_dir};
use super::picture_indexes::{PICTURE_COLUMNS, PictureIndexes};
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
        .chain(["uid"])
        .chain(PICTURE_COLUMNS)
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

/// Builds the indexes of a dataset while its samples pass by.
pub(crate) struct Indexer {
    text: TextIndexWriter,
    pictures: PictureIndexes,
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
        let pictures = PictureIndexes::create(dir, memory_bytes)?;
        let (uid_dir, uids) = (uid_index_dir(dir), Vec::new());
        Ok(Self { text, pictures, facets: facet_writer(dir)?, further: None, uid_dir, uids, shard: 0 })
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
        self.pictures.add(shard, first, batch)?;
        if self.further.is_none() {
            self.count_columns(&further_columns(&batch.schema()))?;
        }
        let known = FacetColumns::of(batch, self.further.as_deref().unwrap_or_default())?;
        add_facets(&known, &columns, |row| self.facets.add(row))?;
        each_text(shard, first, &columns, &known, |sample| self.text.add(sample))
    }

    fn end_shard(&mut self) -> Result<(), Error> {
        write_uids(&self.uid_dir, self.shard, &mut self.uids)?;
        self.uids.clear();
        self.shard += 1;
        Ok(())
    }

    /// Completes the indexes of what became this snapshot.
    pub(crate) fn finish(mut self, snapshot: sayso_index::SnapshotId) -> Result<(), Error> {
        self.end_shard()?;
        self.pictures.finish(&snapshot)?;
        self.facets.finish(snapshot.clone())?;
        // Last: the uid index names no snapshot of its own and goes by this one's.
        Ok(self.text.finish(snapshot)?)
    }
}

/// Starts the index of what samples have in common.
pub(super) fn facet_writer(dir: &Path) -> Result<FacetIndexWriter, Error> {
    Ok(FacetIndexWriter::create(&facet_index_dir(dir))?.with_creators_by(sayso_caption::creator_key))
}
