//! Where the items of a file stand (ISO 14496-12, section 8.11.3).

use super::WriteError;
use super::bmff::BROKEN;
use crate::embedded::numbers::{be16, byte, uint};

/// Items and extents that are looked at.
const EXTENTS: usize = 1 << 16;

/// A piece of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Extent {
    index: u64,
    pub(super) at: usize,
    pub(super) len: usize,
}

/// An item: the method by which its places are meant (0 in the file, 1 in `idat`, 2 in another item), the file if it is
/// another one, its pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    id: u64,
    pub(super) method: u16,
    pub(super) reference: u16,
    pub(super) extents: Vec<Extent>,
}

/// All places, with their bases added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Locations {
    version: u8,
    flags: [u8; 3],
    index_bytes: usize,
    items: Vec<Item>,
}

impl Locations {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, WriteError> {
        Self::parse(bytes).ok_or(BROKEN)
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let &[version, a, b, c, ..] = bytes else { return None };
        let (sizes, more) = (byte(bytes, 4)?, byte(bytes, 5)?);
        let (offset_bytes, length_bytes) = (sizes >> 4, sizes & 15);
        let (base_bytes, index_bytes) = (more >> 4, if version == 0 { 0 } else { more & 15 });
        let id_bytes = if version < 2 { 2 } else { 4 };
        let mut reader = Reader { bytes, at: 6 };
        let mut read = Self { version, flags: [a, b, c], index_bytes, items: Vec::new() };
        (version <= 2).then_some(())?;
        let mut extents = 0;
        for _ in 0..reader.number(id_bytes)? {
            let id = reader.number(id_bytes)?;
            let method = if version == 0 { 0 } else { reader.two()? };
            let (reference, base) = (reader.two()?, reader.number(base_bytes)?);
            let mut item = Item { id, method, reference, extents: Vec::new() };
            for _ in 0..reader.number(2)? {
                let (index, offset) = (reader.number(index_bytes)?, reader.number(offset_bytes)?);
                let len = reader.number(length_bytes)?;
                let at = usize::try_from(base.checked_add(offset)?).ok()?;
                item.extents.push(Extent { index, at, len: usize::try_from(len).ok()? });
                extents += 1;
                (extents <= EXTENTS).then_some(())?;
            }
            read.items.push(item);
            (read.items.len() <= EXTENTS).then_some(())?;
        }
        Some(read)
    }

    pub(super) fn item(&self, id: u64) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    pub(super) fn highest(&self) -> u64 {
        self.items.iter().map(|item| item.id).max().unwrap_or_default()
    }

    pub(super) fn remove(&mut self, id: u64) {
        self.items.retain(|item| item.id != id);
    }

    /// Adds an item of one piece; where it is, [`place_last`](Self::place_last) says.
    pub(super) fn push(&mut self, id: u64) {
        let extents = vec![Extent { index: 0, at: 0, len: 0 }];
        self.items.push(Item { id, method: 0, reference: 0, extents });
    }

    pub(super) fn place_last(&mut self, at: usize, len: usize) {
        if let Some(item) = self.items.last_mut() {
            item.extents = vec![Extent { index: 0, at, len }];
        }
    }

    /// Asks `to` for the new place of everything in this file but the last item.
    pub(super) fn move_places(&mut self, to: impl Fn(usize, usize) -> Option<usize>) -> Result<(), WriteError> {
        let last = self.items.len().saturating_sub(1);
        for item in self.items.iter_mut().take(last).filter(|item| item.method & 15 == 0 && item.reference == 0) {
            for extent in &mut item.extents {
                if extent.len == 0 {
                    return Err(WriteError::Unsupported("an item goes to the end of the file"));
                }
                extent.at = to(extent.at, extent.len).ok_or(BROKEN)?;
            }
        }
        Ok(())
    }

    /// The box's body, with numbers of four or of eight bytes and no bases.
    pub(super) fn write(&self, wide: bool) -> Result<Vec<u8>, WriteError> {
        let width = if wide { 8 } else { 4 };
        let id_bytes = if self.version < 2 { 2 } else { 4 };
        let index_bits = u8::try_from(self.index_bytes).map_err(|_| BROKEN)?;
        let mut bytes = vec![self.version];
        bytes.extend(self.flags);
        bytes.extend([width << 4 | width, index_bits]);
        let put = |bytes: &mut Vec<u8>, number: u64, len: usize| {
            let digits = number.to_be_bytes();
            let (high, low) = digits.split_at_checked(8_usize.checked_sub(len)?)?;
            bytes.extend_from_slice(low);
            high.iter().all(|digit| *digit == 0).then_some(())
        };
        let mut write = || {
            put(&mut bytes, self.items.len() as u64, id_bytes)?;
            for Item { id, method, reference, extents } in &self.items {
                put(&mut bytes, *id, id_bytes)?;
                if self.version > 0 {
                    put(&mut bytes, u64::from(*method), 2)?;
                }
                put(&mut bytes, u64::from(*reference), 2)?;
                put(&mut bytes, extents.len() as u64, 2)?;
                for Extent { index, at, len } in extents {
                    put(&mut bytes, *index, self.index_bytes)?;
                    put(&mut bytes, *at as u64, usize::from(width))?;
                    put(&mut bytes, *len as u64, usize::from(width))?;
                }
            }
            Some(())
        };
        write().ok_or(BROKEN)?;
        Ok(bytes)
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn number(&mut self, len: usize) -> Option<u64> {
        let number = uint(self.bytes, self.at, len)?;
        self.at += len;
        Some(number)
    }

    fn two(&mut self) -> Option<u16> {
        let number = u16::try_from(be16(self.bytes, self.at)?).ok()?;
        self.at += 2;
        Some(number)
    }
}
