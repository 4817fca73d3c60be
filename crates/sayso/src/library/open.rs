use std::path::{Path, PathBuf};

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
    pub(super) text: TextIndex,
    pub(crate) hashes: HashIndex,
    pub(crate) features: FeatureIndex,
    pub(crate) facets: FacetIndex,
    pub(super) uids: UidIndex,
    pub(super) vectors: Vec<VectorIndex>,
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

/// The identity of a snapshot, as its indexes know it.
pub(crate) fn snapshot_id(manifest: &sayso_dataset::Manifest) -> sayso_index::SnapshotId {
    sayso_index::SnapshotId(format!("{}-{}", manifest.snapshot, manifest.root))
}

impl Library {
    /// Opens the datasets in these folders. An index of another snapshot is an error: it would find what is gone.
    pub fn open(dirs: &[PathBuf]) -> Result<Self, Error> {
        let named = dirs.iter().zip(dataset_names(dirs));
        Ok(Self { shelves: named.map(|(dir, name)| Shelf::open(dir, name)).collect::<Result<_, _>>()? })
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
    fn open(dir: &Path, name: String) -> Result<Self, Error> {
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
        Ok(Self { name, dataset, text, hashes, features, facets, uids, vectors })
    }

    fn summary(&self) -> DatasetSummary {
        let manifest = self.dataset.manifest();
        DatasetSummary {
            name: self.name.clone(),
            samples: manifest.sample_rows(),
            hashed: self.hashes.hashes(),
            exclusions: manifest.exclusion_rows(),
            snapshot: manifest.snapshot,
            policy: manifest.policy(),
        }
    }
}

/// That an index is of the dataset's own snapshot: one of another would find what is gone.
fn check_snapshot(dir: &Path, dataset: &Dataset, index: &str, snapshot: &SnapshotId) -> Result<(), Error> {
    if *snapshot == snapshot_id(dataset.manifest()) {
        return Ok(());
    }
    let message = format!("its {index} index belongs to another snapshot\nhint: run `sayso index` on it");
    Err(Error::Input { input: dir.display().to_string(), message })
}
