use std::ops::Range;
use std::path::Path;

use sayso_core::{EmbedderId, Modality};
use serde::{Deserialize, Serialize};

use super::code::{stored_bytes, words_of};
use super::error::VectorError;
use super::kernels::FACTORS;
use crate::mark::SnapshotId;

pub(super) const MAGIC: [u8; 8] = *b"SAYSOVEC";
/// The newest version of the format that this program writes and reads.
pub(super) const VERSION: u32 = 1;
/// The magic bytes, the version, the length of the head, and the checksum.
pub(super) const PREFIX: usize = 8 + 4 + 4 + 32;
const MOST_HEAD_BYTES: usize = 64 << 10;
/// The most vectors of one index: their numbers have 32 bits, and one is none.
pub(super) const MOST_VECTORS: u64 = u32::MAX as u64 - 1;
/// Sections begin at multiples of this, so that a code lies in one line of the cache.
const ALIGNMENT: u64 = 64;

/// What an index says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) embedder: EmbedderId,
    pub(super) modality: Modality,
    pub(super) snapshot: SnapshotId,
    pub(super) vectors: u64,
    pub(super) cells: u32,
    pub(super) groups: u32,
}

/// Where everything lies. It follows from the head alone, so that nothing in a file can say otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) head_end: usize,
    pub(super) group_starts: Range<usize>,
    pub(super) group_centroids: Range<usize>,
    pub(super) cell_starts: Range<usize>,
    pub(super) centroids: Range<usize>,
    pub(super) codes: Range<usize>,
    pub(super) factors: Range<usize>,
    pub(super) places: Range<usize>,
    pub(super) by_place: Range<usize>,
    pub(super) stored: Range<usize>,
    pub(super) total: usize,
}

impl Layout {
    /// The layout behind a head of `head_bytes`; `None` where the numbers fit no file.
    pub(super) fn new(head: &Head, head_bytes: usize) -> Option<Self> {
        let dimension = head.embedder.dimension() as u64;
        let (vectors, cells, groups) = (head.vectors, u64::from(head.cells), u64::from(head.groups));
        let is_sound =
            vectors <= MOST_VECTORS && (1..=vectors.max(1)).contains(&cells) && (1..=cells).contains(&groups);
        if !is_sound {
            return None;
        }
        let mut at = PREFIX as u64 + head_bytes as u64;
        let mut section = |entries: u64, bytes: u64| {
            let start = at.checked_next_multiple_of(ALIGNMENT)?;
            at = start.checked_add(entries.checked_mul(bytes)?)?;
            Some(usize::try_from(start).ok()?..usize::try_from(at).ok()?)
        };
        let layout = Self {
            head_end: PREFIX.checked_add(head_bytes)?,
            group_starts: section(groups + 1, 4)?,
            group_centroids: section(groups, dimension * 4)?,
            cell_starts: section(cells + 1, 8)?,
            centroids: section(cells, dimension * 4)?,
            codes: section(vectors, words_of(head.embedder.dimension()) as u64 * 8)?,
            factors: section(vectors, FACTORS as u64)?,
            places: section(vectors, 8)?,
            by_place: section(vectors, 4)?,
            stored: section(vectors, stored_bytes(head.embedder.dimension()) as u64)?,
            total: 0,
        };
        Some(Self { total: layout.stored.end, ..layout })
    }
}

/// The first bytes of a file: what is told of it, and the checksum over that and `tables`, which are the sections up to
/// the centroids as they lie behind it.
pub(super) fn write_head(head: &Head, tables: &dyn Fn(&Layout) -> Vec<u8>) -> Result<(Vec<u8>, Layout), VectorError> {
    let json = serde_json::to_vec(head).map_err(std::io::Error::from)?;
    let too_many = || VectorError::TooMany { most: MOST_VECTORS, components: head.embedder.dimension() };
    let layout = Layout::new(head, json.len()).ok_or_else(too_many)?;
    let mut bytes = Vec::with_capacity(layout.centroids.end);
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&u32::try_from(json.len()).map_err(|_| too_many())?.to_le_bytes());
    bytes.extend_from_slice(&[0; 32]);
    bytes.extend_from_slice(&json);
    bytes.extend_from_slice(&tables(&layout));
    let checksum = blake3::hash(bytes.get(PREFIX..).unwrap_or_default());
    if let Some(slot) = bytes.get_mut(16..PREFIX) {
        slot.copy_from_slice(checksum.as_bytes());
    }
    Ok((bytes, layout))
}

/// Reads the head of a file that is mapped, and finds out where everything lies in it.
pub(super) fn read_head(bytes: &[u8], file: &Path) -> Result<(Head, Layout), VectorError> {
    let damaged = |reason: &str| VectorError::Damaged { file: file.to_owned(), reason: reason.to_owned() };
    let cut = || damaged("it is cut off");
    let number = |at: usize| {
        let four = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>());
        four.map(|four| u32::from_le_bytes(*four)).ok_or_else(cut)
    };
    if bytes.get(..8) != Some(&MAGIC) {
        return Err(damaged("it is no vector index"));
    }
    match number(8)? {
        VERSION => {}
        0 => return Err(damaged("it has version 0, which never was")),
        version => return Err(VectorError::Future { file: file.to_owned(), version, supported: VERSION }),
    }
    let head_bytes = number(12)? as usize;
    if head_bytes > MOST_HEAD_BYTES {
        return Err(damaged("its head is too long"));
    }
    let json = bytes.get(PREFIX..PREFIX + head_bytes).ok_or_else(cut)?;
    let head: Head = serde_json::from_slice(json).map_err(|error| damaged(&format!("its head: {error}")))?;
    let layout = Layout::new(&head, head_bytes).ok_or_else(|| damaged("its numbers fit no file"))?;
    if layout.total != bytes.len() {
        return Err(damaged(&format!("it has {} bytes and should have {}", bytes.len(), layout.total)));
    }
    let summed = bytes.get(PREFIX..layout.centroids.end).ok_or_else(cut)?;
    if bytes.get(16..PREFIX) != Some(blake3::hash(summed).as_bytes().as_slice()) {
        return Err(damaged("its head or its centroids are not what was written"));
    }
    Ok((head, layout))
}
