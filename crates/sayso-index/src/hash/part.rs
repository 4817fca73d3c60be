use std::path::Path;

use tantivy::directory::{Directory as _, OwnedBytes};

use super::compare::{Words, words_of};
use super::header::{HEADER_BYTES, Header, OFFSET_BYTES, ROW_BYTES};
use super::stored::{HASH_BYTES, KEY_BITS, Stored};
use crate::error::IndexError;
use crate::folder::Folder;

/// One file of the index, mapped into memory: sorted hashes, their rows, and tables that lead to them.
pub(super) struct Part {
    bytes: OwnedBytes,
    pub(super) header: Header,
    /// Keys that differ from zero in no, one and two bits: what is looked up around a key.
    pub(super) rings: [Vec<u32>; RINGS],
}

/// Bits, and one more, by which the keys that are looked up may differ from that of the question.
pub(super) const RINGS: usize = 3;

/// A number of a file that leads to where nothing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Astray;

impl Part {
    /// Maps a file of the folder and looks at its header, which reads no more than its first page.
    pub(super) fn open(dir: &Path, name: &str) -> Result<Self, IndexError> {
        let damaged =
            |reason: String| IndexError::Damaged { dir: dir.to_owned(), reason: format!("`{name}`: {reason}") };
        let folder = Folder::open(dir).map_err(|error| damaged(error.to_string()))?;
        let handle = folder.get_file_handle(Path::new(name)).map_err(|error| damaged(error.to_string()))?;
        let bytes = handle.read_bytes(0..handle.len())?;
        let header = Header::read(&bytes).map_err(|reason| damaged(reason.to_owned()))?;
        Ok(Self { bytes, header, rings: rings(header.key_bits) })
    }

    /// The hash at a position.
    #[inline(always)]
    pub(super) fn hash(&self, position: usize) -> Result<&[u8; HASH_BYTES], Astray> {
        if position >= self.header.hashes {
            return Err(Astray);
        }
        self.bytes.get(HEADER_BYTES + position * HASH_BYTES..).and_then(|bytes| bytes.first_chunk()).ok_or(Astray)
    }

    #[inline(always)]
    pub(super) fn words(&self, position: usize) -> Result<Words, Astray> {
        self.hash(position).map(words_of)
    }

    pub(super) fn stored(&self, position: usize) -> Result<Stored, Astray> {
        self.hash(position).copied().map(Stored)
    }

    /// All hashes, in order.
    pub(super) fn hashes(&self) -> &[[u8; HASH_BYTES]] {
        let bytes = self.bytes.get(HEADER_BYTES..self.header.rows_at()).unwrap_or_default();
        bytes.as_chunks().0
    }

    /// The number of the row whose picture has the hash at a position.
    pub(super) fn row(&self, position: usize) -> Result<u32, Astray> {
        if position >= self.header.hashes {
            return Err(Astray);
        }
        self.number(self.header.rows_at() + position * ROW_BYTES)
    }

    /// From where to where the postings of a key lie in its table.
    #[inline(always)]
    pub(super) fn bucket(&self, table: usize, key: u32) -> Result<std::ops::Range<usize>, Astray> {
        if key >> self.header.key_bits != 0 {
            return Err(Astray);
        }
        let at = self.header.directory_at(table) + key as usize * OFFSET_BYTES;
        let entries = self.bytes.get(at..).and_then(|bytes| bytes.first_chunk::<8>()).ok_or(Astray)?;
        let [start, end] = *entries.as_chunks::<OFFSET_BYTES>().0 else { return Err(Astray) };
        let range = u32::from_le_bytes(start) as usize..u32::from_le_bytes(end) as usize;
        if range.start > range.end || range.end > self.header.hashes { Err(Astray) } else { Ok(range) }
    }

    /// The position that a posting of a table leads to; in the first table that is the posting's own.
    #[inline(always)]
    pub(super) fn posting(&self, table: usize, number: usize) -> Result<usize, Astray> {
        if table == 0 {
            return Ok(number);
        }
        let bits = self.header.posting_bits();
        let at_bit = number * bits;
        let word = self.number(self.header.postings_at(table) + at_bit / 8)? >> (at_bit % 8);
        Ok((word & ((1 << bits) - 1)) as usize)
    }

    #[inline(always)]
    fn number(&self, at: usize) -> Result<u32, Astray> {
        let bytes = self.bytes.get(at..).and_then(|bytes| bytes.first_chunk()).ok_or(Astray)?;
        Ok(u32::from_le_bytes(*bytes))
    }
}

/// Keys by how many bits they have.
fn rings(bits: u32) -> [Vec<u32>; RINGS] {
    let bits = bits.min(KEY_BITS);
    let ones = (0..bits).map(|bit| 1 << bit);
    let twos = (0..bits).flat_map(|high| (0..high).map(move |low| 1 << high | 1 << low));
    [vec![0], ones.collect(), twos.collect()]
}
