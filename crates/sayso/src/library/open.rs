use std::path::{Path, PathBuf};
use std::sync::Arc;

use sayso_core::{Sample, Uid};
use sayso_dataset::Dataset;
use sayso_index::vector::VectorIndex;
use sayso_index::{FacetIndex, FeatureIndex, HashIndex, SnapshotId, TextIndex, UidIndex};

use super::{DatasetSummary, dataset_names};
use crate::Error;

/// One or several datasets with their indexes, open for questions from any number of threads.
pub struct Library {
    pub(crate) shelves: Vec<Shelf>,
}

/// One dataset of a library.
pub(crate) struct Shelf {
    pub(crate) name: String,
    pub(crate) dataset: Dataset,
    pub(crate) text: TextIndex,
    pub(crate) hashes: Arc<HashIndex>,
    /// How many samples can be found by hash.
    hashed: u64,
    pub(crate) features: Arc<FeatureIndex>,
    pub(crate) facets: FacetIndex,
    pub(super) uids: Arc<UidIndex>,
    pub(super) vectors: Arc<[VectorIndex]>,
}

/// The folder of the text index inside a dataset.
pub(crate) fn text_index_dir(dir: &Path) -> PathBuf {
    dir.join("index").join("text")
}

/// The folder of the uid index inside a dataset.
pub(crate) fn uid_index_dir(dir: &Path) -> PathBuf {
    dir.join("index").join("uid")
}

/// The folder of the hash index inside a dataset.
pub(crate) fn hash_index_dir(dir: &Path) -> PathBuf {
    dir.join("index").join("hash")
}

/// The folder of the feature index inside a dataset.
pub(crate) fn feature_index_dir(dir: &Path) -> PathBuf {
    dir.join("index").join("features")
}

/// The folder of the facet index inside a dataset.
pub(crate) fn facet_index_dir(dir: &Path) -> PathBuf {
    dir.join("index").join("facets")
}

/// The identity of a snapshot, as its indexes know it: of one of which samples were but marked as removed, that of the snapshot
/// whose shards it has.
pub(crate) fn snapshot_id(manifest: &sayso_dataset::Manifest) -> sayso_index::SnapshotId {
    sayso_index::SnapshotId(manifest.indexed_as().into_owned())
}

impl Library {
    /// Opens the datasets in these folders. An index of another snapshot is an error: it would find what is gone.
    pub fn open(dirs: &[PathBuf]) -> Result<Self, Error> {
        Self::open_but(dirs, &[])
    }

    /// The same, as if it did not hold these samples.
    pub fn open_but(dirs: &[PathBuf], hidden: &[Uid]) -> Result<Self, Error> {
        let named = dirs.iter().zip(dataset_names(dirs));
        Ok(Self { shelves: named.map(|(dir, name)| Shelf::open(dir, name, hidden)).collect::<Result<_, _>>()? })
    }

    /// The same, as if none of its datasets held these samples. Nothing is opened anew.
    pub(super) fn but(&self, hidden: &[Uid]) -> Result<Self, Error> {
        Ok(Self { shelves: self.shelves.iter().map(|shelf| shelf.but(hidden)).collect::<Result<_, _>>()? })
    }

    /// The folders, in the order in which they were opened, with the names of the datasets in them.
    #[must_use]
    pub fn dirs(&self) -> Vec<(String, PathBuf)> {
        self.shelves.iter().map(|shelf| (shelf.name.clone(), shelf.dataset.dir().to_owned())).collect()
    }

    /// What the datasets are, in the order in which they were opened.
    #[must_use]
    pub fn summaries(&self) -> Vec<DatasetSummary> {
        self.shelves.iter().map(Shelf::summary).collect()
    }

    /// The sample of this identity, with the name of the dataset that holds it; of several, the first one's.
    pub fn sample(&self, uid: Uid) -> Result<Option<(String, Sample)>, Error> {
        for shelf in &self.shelves {
            if let Some(place) = shelf.uids.find(uid)? {
                if shelf.dataset.is_removed(place.0, place.1) {
                    continue;
                }
                // The place is that of another sample if the index is just being built anew.
                let sample = shelf.dataset.samples_at(&[place])?.pop().filter(|sample| sample.pair.uid == uid);
                if let Some(sample) = sample {
                    return Ok(Some((shelf.name.clone(), sample)));
                }
            }
        }
        Ok(None)
    }
}

impl Shelf {
    fn open(dir: &Path, name: String, hidden: &[Uid]) -> Result<Self, Error> {
        let dataset = Dataset::open(dir)?;
        let text = TextIndex::open(&text_index_dir(dir))?;
        let hashes = HashIndex::open(&hash_index_dir(dir))?;
        check_snapshot(dir, &dataset, "text", text.snapshot())?;
        check_snapshot(dir, &dataset, "hash", hashes.snapshot())?;
        let features = FeatureIndex::open(&feature_index_dir(dir))?;
        check_snapshot(dir, &dataset, "feature", features.snapshot())?;
        let facets = FacetIndex::open(&facet_index_dir(dir))?;
        check_snapshot(dir, &dataset, "facet", facets.snapshot())?;
        let shards = u32::try_from(dataset.manifest().samples.len()).unwrap_or(u32::MAX);
        let uids = UidIndex::open(&uid_index_dir(dir), shards)?;
        let vectors = crate::vectors::open_indexes(dir)?;
        if vectors.iter().any(|index| *index.snapshot() != snapshot_id(dataset.manifest())) {
            let message =
                "one of its vector indexes belongs to another snapshot\nhint: run `sayso index` on it".to_owned();
            return Err(Error::Input { input: dir.display().to_string(), message });
        }
        let (hashes, features, uids) = (Arc::new(hashes), Arc::new(features), Arc::new(uids));
        let hashed = hashes.hashes();
        Self { name, dataset, text, hashes, hashed, features, facets, uids, vectors: vectors.into() }.but(hidden)
    }

    /// The same, as if the dataset did not hold these samples.
    ///
    /// Indexes are of shards: what was removed from a snapshot is passed over, however old they are.
    fn but(&self, hidden: &[Uid]) -> Result<Self, Error> {
        let mut dataset = self.dataset.clone();
        for uid in hidden {
            let place = self.uids.find(*uid)?.map(|(shard, row)| dataset.place(shard, row));
            dataset.hide(place);
        }
        let removed = dataset.removed();
        let (text, facets) = (self.text.clone(), self.facets.clone());
        let (text, facets) = (text.without(Arc::clone(removed)), facets.without(Arc::clone(removed)));
        let hashed = if removed.is_empty() {
            self.hashes.hashes()
        } else {
            self.hashes.count(&|shard, row| dataset.is_removed(shard, row))?
        };
        let (hashes, features) = (Arc::clone(&self.hashes), Arc::clone(&self.features));
        let (uids, vectors) = (Arc::clone(&self.uids), Arc::clone(&self.vectors));
        Ok(Self { name: self.name.clone(), dataset, text, hashes, hashed, features, facets, uids, vectors })
    }

    /// Whether a row is no part of the snapshot any more.
    pub(crate) fn is_gone(&self) -> impl Fn(u32, u32) -> bool + '_ {
        |shard, row| self.dataset.is_removed(shard, row)
    }

    fn summary(&self) -> DatasetSummary {
        let manifest = self.dataset.manifest();
        DatasetSummary {
            name: self.name.clone(),
            samples: self.dataset.samples(),
            hashed: self.hashed,
            exclusions: manifest.exclusion_rows(),
            snapshot: manifest.snapshot,
            policy: manifest.policy(),
        }
    }
}

/// That an index is of the dataset's own snapshot: one of another would find what is gone.
pub(crate) fn check_snapshot(dir: &Path, dataset: &Dataset, index: &str, snapshot: &SnapshotId) -> Result<(), Error> {
    if *snapshot == snapshot_id(dataset.manifest()) {
        return Ok(());
    }
    let message = format!("its {index} index belongs to another snapshot\nhint: run `sayso index` on it");
    Err(Error::Input { input: dir.display().to_string(), message })
}
