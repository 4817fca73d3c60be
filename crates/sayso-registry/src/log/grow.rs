use sayso_core::Sha256;

use super::tile::TILE_WIDTH;
use super::tree::{HASH_BYTES, TileSource, fold};
use crate::RegistryError;

/// A tree that grows: the open tile of each level, and those that changed since it was loaded.
#[derive(Debug)]
pub struct Growth {
    size: u64,
    /// The hashes of the tile at the right edge of each level.
    open: Vec<Vec<u8>>,
    changed: Vec<(u8, u64, Vec<u8>)>,
}

impl Growth {
    /// Takes up a tree where it ends.
    pub fn load(tiles: &mut dyn TileSource, size: u64) -> Result<Self, RegistryError> {
        let mut open = Vec::new();
        let (mut count, mut level) = (size, 0_u8);
        while count > 0 {
            let width = usize::try_from(count % TILE_WIDTH).unwrap_or(0) * HASH_BYTES;
            let mut tile = Vec::new();
            if width > 0 {
                let index = count / TILE_WIDTH;
                tile = tiles.tile(level, index)?.unwrap_or_default();
                if tile.len() < width {
                    return Err(RegistryError::NoTile { level, index });
                }
                tile.truncate(width);
            }
            open.push(tile);
            count /= TILE_WIDTH;
            level += 1;
        }
        Ok(Self { size, open, changed: Vec::new() })
    }

    /// Adds a leaf.
    pub fn push(&mut self, leaf: Sha256) {
        self.size += 1;
        let (mut hash, mut level, mut count) = (leaf, 0_usize, self.size);
        loop {
            if self.open.len() <= level {
                self.open.push(Vec::new());
            }
            let Some(tile) = self.open.get_mut(level) else { return };
            tile.extend_from_slice(&hash.0);
            if !count.is_multiple_of(TILE_WIDTH) {
                return;
            }
            let whole = std::mem::take(tile);
            count /= TILE_WIDTH;
            let Some(above) = fold(&whole) else { return };
            self.changed.push((u8::try_from(level).unwrap_or(u8::MAX), count - 1, whole));
            (hash, level) = (above, level + 1);
        }
    }

    /// Entries in the tree.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The tiles that are to be stored: level, number, hashes. A later one of the same place supersedes an earlier one.
    #[must_use]
    pub fn into_changed(self) -> Vec<(u8, u64, Vec<u8>)> {
        let Self { size, open, mut changed } = self;
        let mut count = size;
        for (level, tile) in open.into_iter().enumerate() {
            if !tile.is_empty() {
                changed.push((u8::try_from(level).unwrap_or(u8::MAX), count / TILE_WIDTH, tile));
            }
            count /= TILE_WIDTH;
        }
        changed
    }
}
