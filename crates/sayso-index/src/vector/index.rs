use std::path::{Path, PathBuf};

use sayso_core::{EmbedderId, Modality};

use super::cells::Cells;
use super::error::VectorError;
use super::format::{Head, Layout, read_head};
use super::rotation::Rotation;
use crate::map::Map;
use crate::mark::SnapshotId;

/// The index of vectors of one embedder, open for searching from any number of threads.
pub struct VectorIndex {
    pub(super) file: PathBuf,
    pub(super) head: Head,
    pub(super) layout: Layout,
    pub(super) map: Map,
    pub(super) cells: Cells,
    /// Where each cell begins, and the number of vectors at the end.
    pub(super) starts: Vec<usize>,
    pub(super) rotation: Rotation,
}

impl VectorIndex {
    /// Opens the index in `file`: its head and its centroids are read and checked, the rest is mapped.
    pub fn open(file: &Path) -> Result<Self, VectorError> {
        let map = Map::open_scattered(file)?;
        let (head, layout) = read_head(map.bytes(), file)?;
        let section = |range: &std::ops::Range<usize>| map.bytes().get(range.clone()).unwrap_or_default();
        let fours = |range| section(range).as_chunks::<4>().0.iter();
        let floats = |range| fours(range).map(|four| f32::from_le_bytes(*four)).collect::<Vec<f32>>();
        let group_starts = fours(&layout.group_starts).map(|four| u32::from_le_bytes(*four)).collect();
        let starts = section(&layout.cell_starts).as_chunks::<8>().0.iter().map(|eight| u64::from_le_bytes(*eight));
        let starts: Vec<usize> = starts.map(|start| usize::try_from(start).unwrap_or(usize::MAX)).collect();
        let damaged = || VectorError::Damaged { file: file.to_owned(), reason: "its cells do not fit together".into() };
        let is_whole = starts.is_sorted()
            && starts.first() == Some(&0)
            && starts.last().is_some_and(|last| *last as u64 == head.vectors);
        let (group_centroids, centroids) = (floats(&layout.group_centroids), floats(&layout.centroids));
        let cells = Cells::new(head.embedder.dimension(), group_starts, group_centroids, centroids);
        let cells = cells.filter(|_| is_whole).ok_or_else(damaged)?;
        let rotation = Rotation::new(head.embedder.dimension());
        Ok(Self { file: file.to_owned(), head, layout, map, cells, starts, rotation })
    }

    /// What made the vectors.
    #[must_use]
    pub fn embedder(&self) -> &EmbedderId {
        &self.head.embedder
    }

    /// What they were made of.
    #[must_use]
    pub fn modality(&self) -> Modality {
        self.head.modality
    }

    /// The snapshot that the index was built from.
    #[must_use]
    pub fn snapshot(&self) -> &SnapshotId {
        &self.head.snapshot
    }

    /// How many vectors it holds.
    #[must_use]
    pub fn vectors(&self) -> u64 {
        self.head.vectors
    }

    /// Entries `numbers` of a section whose entries have so many bytes; empty where there are none.
    pub(super) fn entries(
        &self,
        section: &std::ops::Range<usize>,
        bytes: usize,
        numbers: std::ops::Range<usize>,
    ) -> &[u8] {
        let section = self.map.bytes().get(section.clone()).unwrap_or_default();
        section.get(numbers.start.saturating_mul(bytes)..numbers.end.saturating_mul(bytes)).unwrap_or_default()
    }
}

impl std::fmt::Debug for VectorIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VectorIndex").field("file", &self.file).field("head", &self.head).finish_non_exhaustive()
    }
}
