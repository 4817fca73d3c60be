use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use arrow_array::cast::AsArray;
use sayso_core::{EmbedderId, Modality, Uid};
use sayso_dataset::{Dataset, remove_if_there};
use sayso_index::vector::{VectorIndex, VectorIndexOptions, VectorSource, write_vector_index};

use super::npy::Npy;
use super::store::{StoredVectors, names_in, stored_vectors};
use crate::Error;
use crate::library::snapshot_id;

/// The folder of the vector indexes inside a dataset.
pub(crate) fn index_folder(dir: &Path) -> PathBuf {
    dir.join("index").join("vector")
}

fn index_file(dir: &Path, name: &str, modality: Modality) -> PathBuf {
    index_folder(dir).join(name).join(format!("{modality}.vec"))
}

/// Opens the indexes of a dataset, by the embedder's name.
pub(crate) fn open_indexes(dir: &Path) -> Result<Vec<VectorIndex>, Error> {
    let mut indexes = Vec::new();
    for name in names_in(&index_folder(dir))? {
        for modality in Modality::ALL {
            let file = index_file(dir, &name, *modality);
            if !file.exists() {
                continue;
            }
            let index = VectorIndex::open(&file)?;
            if index.embedder().name() != name || index.modality() != *modality {
                let reason = "it is the index of other vectors than its name says".to_owned();
                return Err(sayso_index::vector::VectorError::Damaged { file, reason }.into());
            }
            indexes.push(index);
        }
    }
    Ok(indexes)
}

/// Whether the index of these vectors is there, of this snapshot, and has as many as it should.
pub(super) fn is_indexed(dataset: &Dataset, stored: &StoredVectors, vectors: u64) -> bool {
    let file = index_file(dataset.dir(), stored.embedder().name(), stored.modality());
    // What cannot be opened is built again.
    VectorIndex::open(&file).is_ok_and(|index| {
        *index.snapshot() == snapshot_id(dataset.manifest())
            && index.embedder() == stored.embedder()
            && index.vectors() == vectors
    })
}

/// Removes indexes that were begun by whoever was killed before they were complete.
pub(crate) fn remove_leftovers(dir: &Path) -> Result<(), Error> {
    for name in names_in(&index_folder(dir))? {
        for modality in Modality::ALL {
            remove_if_there(&index_file(dir, &name, *modality).with_extension("tmp"))?;
        }
    }
    Ok(())
}

/// Builds the vector indexes of a dataset anew, in place of those that are there.
pub(crate) fn rebuild(dataset: &Dataset, memory_bytes: usize, threads: NonZeroUsize) -> Result<(), Error> {
    let stored = stored_vectors(dataset.dir())?;
    for name in names_in(&index_folder(dataset.dir()))? {
        for modality in Modality::ALL {
            // Of vectors that are gone, or of which no sample is left.
            remove_if_there(&index_file(dataset.dir(), &name, *modality))?;
        }
    }
    for stored in &stored {
        let source = Source::read(dataset, stored)?;
        if source.rows.is_empty() {
            continue;
        }
        let options = VectorIndexOptions {
            embedder: EmbedderId::clone(stored.embedder()),
            modality: stored.modality(),
            snapshot: snapshot_id(dataset.manifest()),
            memory_bytes,
            threads,
        };
        let file = index_file(dataset.dir(), stored.embedder().name(), stored.modality());
        write_vector_index(&file, &options, &source)?;
    }
    Ok(())
}

/// The stored vectors whose samples are in the snapshot, in the order of the samples.
struct Source {
    files: Vec<Npy>,
    /// Where each file begins, counted in vectors.
    starts: Vec<u64>,
    /// The number of each vector among all that are stored, with its sample's shard and row.
    rows: Vec<(u64, u32, u32)>,
}

impl Source {
    fn read(dataset: &Dataset, stored: &StoredVectors) -> Result<Self, Error> {
        let files = stored.files()?;
        let starts = files.iter().scan(0, |next, file| Some(std::mem::replace(next, *next + file.rows()))).collect();
        let numbers: HashMap<Uid, u64> = stored.uids()?.into_iter().zip(0..).collect();
        let mut rows = Vec::with_capacity(numbers.len());
        let (mut shard, mut next) = (0, 0);
        dataset.scan_all(&["uid"], |batch_shard, batch| {
            if batch_shard != shard {
                (shard, next) = (batch_shard, 0);
            }
            let uids = batch.column_by_name("uid").and_then(|column| column.as_string_opt::<i32>());
            for uid in uids.into_iter().flatten() {
                let number = uid.and_then(|uid| uid.parse().ok()).and_then(|uid: Uid| numbers.get(&uid));
                rows.extend(number.filter(|_| !dataset.is_removed(shard, next)).map(|number| (*number, shard, next)));
                next += 1;
            }
            Ok(())
        })?;
        Ok(Self { files, starts, rows })
    }
}

impl VectorSource for Source {
    fn vectors(&self) -> usize {
        self.rows.len()
    }

    fn read(&self, number: usize, vector: &mut [f32]) -> std::io::Result<()> {
        let gone = || std::io::Error::other("a vector that was counted is gone");
        let (stored, _, _) = self.rows.get(number).ok_or_else(gone)?;
        let file = self.starts.partition_point(|start| start <= stored).saturating_sub(1);
        let (start, file) = self.starts.get(file).zip(self.files.get(file)).ok_or_else(gone)?;
        file.read(stored - start, vector)
    }

    fn place(&self, number: usize) -> (u32, u32) {
        self.rows.get(number).map_or((0, 0), |(_, shard, row)| (*shard, *row))
    }
}
