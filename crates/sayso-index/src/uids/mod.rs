mod sorted;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use sayso_core::Uid;

pub use self::sorted::SortedUids;
use crate::error::IndexError;

/// `SAYSOUID`, the version of the format, and a reserved word: 16 bytes before the entries.
const HEADER: [u8; 16] = *b"SAYSOUID\x01\0\0\0\0\0\0\0";
/// A uid and the row that has it, the row in little-endian order.
const ENTRY_BYTES: u64 = 20;

/// Writes which row of one shard has which uid, sorted by uid. `rows` come in the order of rows and are sorted here.
pub fn write_uids(dir: &Path, shard: u32, rows: &mut [(Uid, u32)]) -> Result<(), IndexError> {
    fs_err::create_dir_all(dir)?;
    rows.sort_unstable();
    let path = file_of(dir, shard);
    let temporary = path.with_extension("tmp");
    let mut file = BufWriter::new(fs_err::File::create(&temporary)?);
    file.write_all(&HEADER)?;
    for (uid, row) in rows.iter() {
        file.write_all(uid.as_bytes())?;
        file.write_all(&row.to_le_bytes())?;
    }
    file.into_inner().map_err(io::IntoInnerError::into_error)?;
    Ok(fs_err::rename(&temporary, &path)?)
}

fn file_of(dir: &Path, shard: u32) -> PathBuf {
    dir.join(format!("{shard:05}.uids"))
}

/// Leads from a uid to its row: one sorted file a shard, read in place.
pub struct UidIndex {
    shards: Vec<(File, u64)>,
}

impl UidIndex {
    /// Opens the files of the first `shards` shards in `dir`.
    pub fn open(dir: &Path, shards: u32) -> Result<Self, IndexError> {
        let damaged = |reason: &str| IndexError::Damaged { dir: dir.to_owned(), reason: reason.to_owned() };
        let open = |shard: u32| {
            let file = fs_err::File::open(file_of(dir, shard))?.into_parts().0;
            let mut header = [0; HEADER.len()];
            file.read_exact_at(&mut header, 0).map_err(|_| damaged("a file of uids has no header"))?;
            let bytes = file.metadata()?.len() - HEADER.len() as u64;
            if header != HEADER || !bytes.is_multiple_of(ENTRY_BYTES) {
                return Err(damaged("a file of uids is of another version or cut off"));
            }
            Ok((file, bytes / ENTRY_BYTES))
        };
        Ok(Self { shards: (0..shards).map(open).collect::<Result<_, IndexError>>()? })
    }

    /// The shard and row of `uid`.
    pub fn find(&self, uid: Uid) -> Result<Option<(u32, u32)>, IndexError> {
        for (number, (file, entries)) in (0..).zip(&self.shards) {
            if let Some(row) = find_in(file, *entries, uid)? {
                return Ok(Some((number, row)));
            }
        }
        Ok(None)
    }
}

fn find_in(file: &File, entries: u64, wanted: Uid) -> io::Result<Option<u32>> {
    let (mut low, mut high) = (0, entries);
    while low < high {
        let middle = low + (high - low) / 2;
        let mut uid = [0; 16];
        let mut row = [0; 4];
        let at = HEADER.len() as u64 + middle * ENTRY_BYTES;
        file.read_exact_at(&mut uid, at)?;
        match Uid::from_bytes(uid).cmp(&wanted) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => {
                file.read_exact_at(&mut row, at + 16)?;
                return Ok(Some(u32::from_le_bytes(row)));
            }
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use sayso_core::Uid;

    use super::{UidIndex, write_uids};

    #[test]
    fn every_uid_is_found_and_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let uid = |number: u32| Uid::of_pair("u", &number.to_string());
        for shard in 0..3_u32 {
            let mut rows: Vec<_> = (0..500).map(|row| (uid(shard * 1000 + row), row)).collect();
            write_uids(dir.path(), shard, &mut rows).unwrap();
        }
        let index = UidIndex::open(dir.path(), 3).unwrap();
        for shard in 0..3_u32 {
            for row in 0..500 {
                assert_eq!(index.find(uid(shard * 1000 + row)).unwrap(), Some((shard, row)));
            }
        }
        assert_eq!(index.find(uid(999_999)).unwrap(), None);
        let walk: Vec<_> = index.sorted().unwrap().collect::<Result<_, _>>().unwrap();
        assert_eq!(walk.len(), 1500);
        assert!(
            walk.is_sorted() && walk.iter().all(|(uid, shard, row)| index.find(*uid).unwrap() == Some((*shard, *row)))
        );
        assert!(UidIndex::open(dir.path(), 4).is_err());
    }
}
