use std::path::Path;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::UInt8Type;
use sayso_core::{Features, FeaturesError};
use sayso_dataset::{DatasetError, FEATURES};
use sayso_index::{FeatureIndexWriter, HashIndexWriter, IndexedHash, SnapshotId};

use super::open::{feature_index_dir, hash_index_dir};
use crate::Error;

/// What is indexed of the pictures themselves: their perceptual hashes, and their features.
pub(super) struct PictureIndexes {
    hashes: HashIndexWriter,
    features: FeatureIndexWriter,
}

/// The columns that they are made of.
pub(super) const PICTURE_COLUMNS: [&str; 3] = ["pdq", "pdq_quality", FEATURES];

/// Of the memory for indexing, the part that hashes may take: they wait in it to be sorted.
const HASH_SHARE: usize = 8;

impl PictureIndexes {
    pub(super) fn create(dir: &Path, memory_bytes: usize) -> Result<Self, Error> {
        Ok(Self {
            hashes: HashIndexWriter::create(&hash_index_dir(dir), memory_bytes / HASH_SHARE)?,
            features: FeatureIndexWriter::create(&feature_index_dir(dir))?,
        })
    }

    /// Adds a batch whose first row is row `first` of shard `shard`. Batches come in the order of shards and rows.
    pub(super) fn add(&mut self, shard: u32, first: u32, batch: &RecordBatch) -> Result<(), Error> {
        add_hashes(&mut self.hashes, shard, first, batch)?;
        add_features(&mut self.features, shard, first, batch)
    }

    /// Completes the indexes of what became this snapshot.
    pub(super) fn finish(self, snapshot: &SnapshotId) -> Result<(), Error> {
        self.hashes.finish(snapshot.clone())?;
        Ok(self.features.finish(snapshot.clone())?)
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
