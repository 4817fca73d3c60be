use std::collections::HashMap;
use std::path::Path;

use sayso_core::RowMask;

use crate::retire::place_of;
use crate::tombstones::{read_places, read_tombstones};
use crate::{Dataset, DatasetError, FileEntry, Manifest, Tombstone};

/// The rows of a snapshot's shards that are no part of it any more. Tombstones of shards that were written anew since speak of
/// rows that are nowhere.
pub(crate) fn removed_rows(dir: &Path, manifest: &Manifest) -> Result<RowMask, DatasetError> {
    let mut mask = RowMask::default();
    let mut first = 0;
    let mut shards: HashMap<&str, (u64, u64)> = HashMap::new();
    for entry in &manifest.samples {
        shards.insert(&entry.file, (first, entry.rows));
        first += entry.rows;
    }
    for entry in &manifest.tombstones {
        let path = place_of(dir, &entry.file);
        let mut astray = false;
        read_places(&path, |file, row| {
            if let Some((first, rows)) = shards.get(file) {
                let row = u64::from(row);
                astray |= row >= *rows;
                mask.insert(first + row.min(rows.saturating_sub(1)));
            }
        })?;
        if astray {
            let message = "it speaks of rows that its shards do not have".to_owned();
            return Err(DatasetError::Damaged { file: path, message });
        }
    }
    Ok(mask)
}

impl Manifest {
    /// Calls `each` with every tombstone of this snapshot of the dataset in `dir`, in the order in which they were written.
    pub fn each_tombstone(&self, dir: &Path, mut each: impl FnMut(Tombstone)) -> Result<(), DatasetError> {
        self.tombstones.iter().try_for_each(|entry| read_tombstones(&place_of(dir, &entry.file), &mut each))
    }
}

impl Dataset {
    /// The rows that are no part of another snapshot with the same shards.
    pub fn removed_in(&self, manifest: &Manifest) -> Result<RowMask, DatasetError> {
        removed_rows(self.dir(), manifest)
    }

    /// Calls `each` with every tombstone of one file.
    pub fn each_tombstone_of(&self, entry: &FileEntry, each: impl FnMut(Tombstone)) -> Result<(), DatasetError> {
        read_tombstones(&place_of(self.dir(), &entry.file), each)
    }

    /// Calls `each` with every tombstone of the snapshot, in the order in which they were written.
    pub fn each_tombstone(&self, each: impl FnMut(Tombstone)) -> Result<(), DatasetError> {
        self.manifest().each_tombstone(self.dir(), each)
    }
}
