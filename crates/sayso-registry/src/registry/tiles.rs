use std::io::Write;
use std::path::Path;

use super::Registry;
use super::append::Tiles;
use crate::RegistryError;
use crate::log::{LogFile, TILE_WIDTH, TileSource, bundle, entries_path, tile_path};

impl Registry {
    /// One file of the log; `None` where the log is not as long.
    pub fn log_file(&mut self, file: LogFile) -> Result<Option<Vec<u8>>, RegistryError> {
        self.reading(|read| {
            let size = read.size()?;
            let has = |count: u64, index: u64, width: u64| {
                index.checked_mul(TILE_WIDTH).and_then(|first| first.checked_add(width)).is_some_and(|end| end <= count)
            };
            match file {
                LogFile::Tile { level, index, width } => {
                    let count = size.checked_shr(u32::from(level) * 8).unwrap_or(0);
                    if !has(count, index, width) {
                        return Ok(None);
                    }
                    let hashes = Tiles(read).tile(level, index)?.ok_or(RegistryError::NoTile { level, index })?;
                    let bytes = usize::try_from(width).unwrap_or(usize::MAX).saturating_mul(32);
                    Ok(Some(hashes.get(..bytes).ok_or(RegistryError::NoTile { level, index })?.to_vec()))
                }
                LogFile::Entries { index, width } => {
                    if !has(size, index, width) {
                        return Ok(None);
                    }
                    let entries = read.entries(index * TILE_WIDTH, width)?;
                    bundle(entries.iter().map(Vec::as_slice)).map(Some)
                }
            }
        })
    }

    /// Writes the log into a folder as anybody can serve it: tiles, bundles of entries, and the checkpoint last, so that
    /// whoever reads it finds all that it speaks of. Whole tiles that are there already are left. Says how many files were
    /// written.
    pub fn write_tiles(&mut self, folder: &Path) -> Result<u64, RegistryError> {
        let (head, note) = self.signed_head()?;
        let written = self.reading(|read| {
            let mut written = 0;
            let (mut count, mut level) = (head.size, 0_u8);
            while count > 0 {
                for (index, width) in widths(count) {
                    let hashes = Tiles(read).tile(level, index)?.ok_or(RegistryError::NoTile { level, index })?;
                    let bytes = usize::try_from(width).unwrap_or(usize::MAX).saturating_mul(32);
                    let hashes = hashes.get(..bytes).ok_or(RegistryError::NoTile { level, index })?;
                    written += put(folder, &tile_path(level, index, width), hashes)?;
                }
                count /= TILE_WIDTH;
                level += 1;
            }
            for (index, width) in widths(head.size) {
                let path = entries_path(index, width);
                // A whole bundle never changes: it need not be read again.
                if width == TILE_WIDTH && folder.join(&path).exists() {
                    continue;
                }
                let entries = read.entries(index * TILE_WIDTH, width)?;
                written += put(folder, &path, &bundle(entries.iter().map(Vec::as_slice))?)?;
            }
            Ok(written)
        })?;
        replace(&folder.join("checkpoint"), note.to_string().as_bytes())?;
        Ok(written + 1)
    }
}

/// The tiles over so many hashes, with the width of each.
fn widths(count: u64) -> impl Iterator<Item = (u64, u64)> {
    (0..count.div_ceil(TILE_WIDTH)).map(move |index| (index, TILE_WIDTH.min(count - index * TILE_WIDTH)))
}

/// Writes a file that is not there; it never changes.
fn put(folder: &Path, path: &str, bytes: &[u8]) -> Result<u64, RegistryError> {
    let file = folder.join(path);
    if file.exists() {
        return Ok(0);
    }
    if let Some(parent) = file.parent() {
        fs_err::create_dir_all(parent).map_err(RegistryError::io(parent))?;
    }
    replace(&file, bytes)?;
    Ok(1)
}

/// Writes a file so that it is there whole or not at all.
fn replace(file: &Path, bytes: &[u8]) -> Result<(), RegistryError> {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".tmp");
    let temporary = file.with_file_name(name);
    let write = || {
        let mut out = fs_err::File::create(&temporary)?;
        out.write_all(bytes)?;
        out.sync_all()?;
        fs_err::rename(&temporary, file)
    };
    write().map_err(RegistryError::io(file))
}
