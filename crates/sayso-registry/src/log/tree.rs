use sayso_core::Sha256;

use super::hash::{empty_root, node_hash};
use super::proof::{ConsistencyProof, InclusionProof};
use super::tile::TILE_WIDTH;
use crate::RegistryError;

/// Where tiles come from: a store, or a folder of files.
pub trait TileSource {
    /// The hashes of a tile, one behind the other: all of them, or the leading ones where it is not whole yet.
    fn tile(&mut self, level: u8, index: u64) -> Result<Option<Vec<u8>>, RegistryError>;
}

/// Bytes of a hash.
pub(super) const HASH_BYTES: usize = 32;

/// The root of the tree over the first `size` entries.
pub fn root(tiles: &mut dyn TileSource, size: u64) -> Result<Sha256, RegistryError> {
    if size == 0 { Ok(empty_root()) } else { range(tiles, 0, size) }
}

/// The proof that entry `number` is among the first `size` (RFC 6962, section 2.1.1).
pub fn inclusion(tiles: &mut dyn TileSource, number: u64, size: u64) -> Result<InclusionProof, RegistryError> {
    if number >= size {
        return Err(RegistryError::NoSuchEntry { number, size });
    }
    let (mut low, mut high, mut path) = (0, size, Vec::new());
    while high - low > 1 {
        let middle = low + split(high - low);
        if number < middle {
            path.push(range(tiles, middle, high)?);
            high = middle;
        } else {
            path.push(range(tiles, low, middle)?);
            low = middle;
        }
    }
    path.reverse();
    Ok(InclusionProof { number, size, path })
}

/// The proof that the tree of `size` entries goes on from that of the first `old_size` (RFC 6962, section 2.1.2).
pub fn consistency(tiles: &mut dyn TileSource, old_size: u64, size: u64) -> Result<ConsistencyProof, RegistryError> {
    if old_size > size {
        return Err(RegistryError::NoSuchSize { old_size, size });
    }
    let mut path = Vec::new();
    if old_size > 0 && old_size < size {
        let (mut low, mut high, mut is_whole) = (0, size, true);
        while high != old_size {
            let middle = low + split(high - low);
            if old_size <= middle {
                path.push(range(tiles, middle, high)?);
                high = middle;
            } else {
                path.push(range(tiles, low, middle)?);
                (low, is_whole) = (middle, false);
            }
        }
        if !is_whole {
            path.push(range(tiles, low, high)?);
        }
        path.reverse();
    }
    Ok(ConsistencyProof { old_size, size, path })
}

/// The largest power of two below `count`, which is more than one.
fn split(count: u64) -> u64 {
    1 << (u64::BITS - 1 - (count - 1).leading_zeros())
}

/// The root over the entries `low..high`, which are a subtree of some tree.
fn range(tiles: &mut dyn TileSource, low: u64, high: u64) -> Result<Sha256, RegistryError> {
    let count = high - low;
    if count.is_power_of_two() {
        return subtree(tiles, count.trailing_zeros(), low >> count.trailing_zeros());
    }
    let middle = low + split(count);
    let (left, right) = (range(tiles, low, middle)?, range(tiles, middle, high)?);
    Ok(node_hash(&left, &right))
}

/// The root of a whole subtree of this height, out of one tile.
fn subtree(tiles: &mut dyn TileSource, height: u32, index: u64) -> Result<Sha256, RegistryError> {
    let (level, inner) = (height / 8, height % 8);
    let first = index << inner;
    let (tile, at) = (first / TILE_WIDTH, first % TILE_WIDTH);
    let level = u8::try_from(level).unwrap_or(u8::MAX);
    let bytes = tiles.tile(level, tile)?.ok_or(RegistryError::NoTile { level, index: tile })?;
    let at = usize::try_from(at).unwrap_or(usize::MAX).saturating_mul(HASH_BYTES);
    let hashes = bytes.get(at..).and_then(|rest| rest.get(..HASH_BYTES << inner));
    fold(hashes.ok_or(RegistryError::NoTile { level, index: tile })?)
        .ok_or(RegistryError::NoTile { level, index: tile })
}

/// The root over hashes that stand one behind the other, as many as a power of two.
pub(super) fn fold(hashes: &[u8]) -> Option<Sha256> {
    let mut row: Vec<Sha256> = hashes.as_chunks::<HASH_BYTES>().0.iter().map(|hash| Sha256(*hash)).collect();
    while row.len() > 1 {
        row = row.as_chunks::<2>().0.iter().map(|[left, right]| node_hash(left, right)).collect();
    }
    row.pop()
}
