use super::stored::{HASH_BYTES, KEY_BITS, TABLES};

/// `SAYSOPDQ`, at the start of every part.
const MAGIC: [u8; 8] = *b"SAYSOPDQ";
/// The version of the parts that this program writes and reads.
const VERSION: u8 = 1;
/// Bytes before the hashes.
pub(super) const HEADER_BYTES: usize = 32;
/// Bytes of a row's number.
pub(super) const ROW_BYTES: usize = 4;
/// Bytes of an entry in a directory.
pub(super) const OFFSET_BYTES: usize = 4;
/// Zeros behind the postings of a table, so that each can be read as four bytes.
pub(super) const PADDING_BYTES: usize = 4;

/// Hashes of a part at most. It keeps a posting within 22 bits, and a hash with all that belongs to it within 80 bytes.
pub(super) const PART_HASHES: usize = 1 << 22;

/// Hashes from which on a part has tables. Fewer are compared faster than they are looked up.
const TABLES_FROM: usize = 1 << 14;

/// The fixed start of a part, from which follows where everything in it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// Hashes, equal ones each by itself.
    pub(super) hashes: usize,
    /// Hashes that differ from the one before them.
    pub(super) distinct: usize,
    /// Bits of a key that the directories tell apart; none where the part has no tables.
    pub(super) key_bits: u32,
}

impl Header {
    /// The header of a part with tables, if it is large enough to have them.
    pub(super) fn new(hashes: usize, distinct: usize) -> Self {
        // About 16 to 32 hashes share a key.
        let key_bits = if hashes < TABLES_FROM { 0 } else { hashes.ilog2().saturating_sub(4).min(KEY_BITS) };
        Self { hashes, distinct, key_bits }
    }

    /// The header of a part without tables, as long as it waits to be merged with others.
    pub(super) const fn flat(hashes: usize, distinct: usize) -> Self {
        Self { hashes, distinct, key_bits: 0 }
    }

    pub(super) fn to_bytes(self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        let numbers = [self.hashes as u64, self.distinct as u64];
        let fields = MAGIC.into_iter().chain([VERSION, u8::try_from(self.key_bits).unwrap_or(u8::MAX)]).chain([0; 6]);
        let fields = fields.chain(numbers.into_iter().flat_map(u64::to_le_bytes));
        bytes.iter_mut().zip(fields).for_each(|(byte, field)| *byte = field);
        bytes
    }

    /// Reads a header; what is wrong with it, where something is.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, &'static str> {
        let start: &[u8; HEADER_BYTES] = bytes.first_chunk().ok_or("a part has no header")?;
        let [magic, kind, hashes, distinct] = *start.as_chunks::<8>().0 else { return Err("a part has no header") };
        let [version, key_bits, zeros @ ..] = kind;
        if magic != MAGIC {
            return Err("a part is no part of a hash index");
        }
        if version != VERSION {
            return Err("a part has a version that this program does not read");
        }
        let number = |bytes| usize::try_from(u64::from_le_bytes(bytes)).ok().filter(|number| *number <= PART_HASHES);
        let (Some(hashes), Some(distinct)) = (number(hashes), number(distinct)) else {
            return Err("a part claims more hashes than any has");
        };
        let header = Self { hashes, distinct, key_bits: key_bits.into() };
        if distinct > hashes || header.key_bits > KEY_BITS || zeros != [0; 6] {
            return Err("a part's header cannot be right");
        }
        if bytes.len() != header.file_bytes() {
            return Err("a part is longer or shorter than its header says");
        }
        Ok(header)
    }

    // Nothing below can overflow: a part has no more than `PART_HASHES` hashes.

    /// Where the rows start.
    pub(super) const fn rows_at(self) -> usize {
        HEADER_BYTES + self.hashes * HASH_BYTES
    }

    /// Where the directory of a table starts.
    pub(super) const fn directory_at(self, table: usize) -> usize {
        let first = self.rows_at() + self.hashes * ROW_BYTES;
        // The first table has no postings: its buckets are runs of the sorted hashes themselves.
        let postings = table.saturating_sub(1) * self.postings_bytes();
        first + table * self.directory_bytes() + postings
    }

    /// Where the postings of a table start.
    pub(super) const fn postings_at(self, table: usize) -> usize {
        self.directory_at(table) + self.directory_bytes()
    }

    pub(super) const fn directory_bytes(self) -> usize {
        if self.key_bits == 0 { 0 } else { ((1 << self.key_bits) + 1) * OFFSET_BYTES }
    }

    pub(super) const fn postings_bytes(self) -> usize {
        if self.key_bits == 0 { 0 } else { (self.distinct * self.posting_bits()).div_ceil(8) + PADDING_BYTES }
    }

    /// Bits of a posting: enough for the position of every hash.
    pub(super) const fn posting_bits(self) -> usize {
        (usize::BITS - self.hashes.saturating_sub(1).leading_zeros()) as usize
    }

    pub(super) const fn file_bytes(self) -> usize {
        if self.key_bits == 0 {
            self.rows_at() + self.hashes * ROW_BYTES
        } else {
            self.postings_at(TABLES - 1) + self.postings_bytes()
        }
    }
}
