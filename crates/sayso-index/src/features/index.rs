use std::path::{Path, PathBuf};

use sayso_core::FeatureQuery;
use tantivy::directory::Directory as _;

use super::find::find_in;
use super::hit::FeatureAnswer;
use super::mark::{Mark, part_name};
use super::part::Part;
use crate::error::IndexError;
use crate::folder::Folder;
use crate::mark::SnapshotId;

/// The feature index of one snapshot, open for look-ups from any number of threads.
pub struct FeatureIndex {
    mark: Mark,
    parts: Vec<Part>,
}

impl FeatureIndex {
    /// Opens the index in `dir`: its files are mapped into memory, and no more of them is read than their first bytes.
    pub fn open(dir: &Path) -> Result<Self, IndexError> {
        let mark = Mark::read(dir)?;
        let parts = (0..mark.parts).map(|number| open_part(dir, &part_name(number))).collect::<Result<Vec<_>, _>>()?;
        let pictures: u64 = parts.iter().map(|part| part.pictures() as u64).sum();
        if pictures != mark.pictures {
            let reason = format!("its parts have {pictures} pictures and should have {}", mark.pictures);
            return Err(IndexError::Damaged { dir: PathBuf::from(dir), reason });
        }
        Ok(Self { mark, parts })
    }

    /// The snapshot that the index was built from.
    #[must_use]
    pub fn snapshot(&self) -> &SnapshotId {
        &self.mark.snapshot
    }

    /// How many pictures can be found.
    #[must_use]
    pub fn pictures(&self) -> u64 {
        self.mark.pictures
    }

    /// How many keypoints they have.
    #[must_use]
    pub fn keypoints(&self) -> u64 {
        self.mark.keypoints
    }

    /// Finds the pictures that agree with the query, or with its mirror image, at least with `score`, and returns the
    /// `limit` surest, the surest first. Rows of which `is_gone` says so, by their shard and row, are not returned.
    ///
    /// What score is sure enough: [`FeatureHit::SURE`](super::FeatureHit::SURE) and [`FeatureHit::LIKELY`](super::FeatureHit::LIKELY).
    #[must_use]
    pub fn find(
        &self,
        query: &FeatureQuery,
        score: f32,
        limit: usize,
        is_gone: &dyn Fn(u32, u32) -> bool,
    ) -> FeatureAnswer {
        let mirrored = query.mirrored();
        let none = vec![0; query.features().keypoints().len()];
        let mut common = [none.clone(), none];
        let mut hits = Vec::new();
        for part in &self.parts {
            let ways = [(query, false), (&mirrored, true)];
            for ((query, is_mirrored), common) in ways.into_iter().zip(&mut common) {
                let found = find_in(part, query, is_mirrored, common).into_iter();
                hits.extend(found.filter(|hit| hit.score >= score && !is_gone(hit.shard, hit.row)));
            }
        }
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then((a.shard, a.row).cmp(&(b.shard, b.row))));
        // A picture that is like its own mirror image is found both ways: the surer one stays.
        let mut seen = std::collections::HashSet::new();
        hits.retain(|hit| seen.insert((hit.shard, hit.row)));
        hits.truncate(limit);
        let [common, common_mirrored] = common;
        FeatureAnswer { hits, common, common_mirrored }
    }
}

fn open_part(dir: &Path, name: &str) -> Result<Part, IndexError> {
    let damaged = |reason: String| IndexError::Damaged { dir: dir.to_owned(), reason: format!("`{name}`: {reason}") };
    let folder = Folder::open(dir).map_err(|error| damaged(error.to_string()))?;
    let handle = folder.get_file_handle(Path::new(name)).map_err(|error| damaged(error.to_string()))?;
    let bytes = handle.read_bytes(0..handle.len())?;
    Part::new(Box::new(bytes)).map_err(|reason| damaged(reason.to_owned()))
}
