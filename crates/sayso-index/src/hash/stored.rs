use sayso_core::Pdq;

/// Keys of a hash, and tables of a part.
pub(super) const TABLES: usize = 16;
/// Bits of a key.
pub(super) const KEY_BITS: u32 = 16;
/// Bytes of a hash.
pub(super) const HASH_BYTES: usize = 32;

/// A hash in the order in which it is stored and cut into keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stored(pub(super) [u8; HASH_BYTES]);

impl Stored {
    pub(super) fn of(hash: &Pdq) -> Self {
        Self(*hash.as_bytes())
    }

    /// The first `bits` bits of the key of this table.
    pub(super) fn key(&self, table: usize, bits: u32) -> u32 {
        let pair = self.0.as_chunks::<2>().0.get(table).copied().unwrap_or_default();
        u32::from(u16::from_be_bytes(pair)) >> (KEY_BITS - bits.min(KEY_BITS))
    }
}
