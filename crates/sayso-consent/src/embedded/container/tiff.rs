use super::{Collector, Kind, photoshop};
use crate::embedded::numbers::part;

/// A tag that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::embedded) enum Tag {
    Artist,
    Xmp,
    Copyright,
    Iim,
    Photoshop,
    C2pa,
}

/// TIFF 6.0; XMP part 3, on TIFF; C2PA 2.4, section A.3.6.
const TAGS: &[(usize, Tag)] = &[
    (315, Tag::Artist),
    (700, Tag::Xmp),
    (33432, Tag::Copyright),
    (33723, Tag::Iim),
    (34377, Tag::Photoshop),
    (52545, Tag::C2pa),
];

/// Directories of one file, and entries in all of them, that are looked at: their chain may be a circle.
const DIRECTORIES: usize = 1000;
const ENTRIES: usize = 1 << 17;

/// Reads a TIFF: of the first directory everything, of all of them the manifest store.
///
/// A manifest store stands in the last directory (C2PA 2.4, section A.3.6), where some writers had it in the first.
pub(super) fn read_tiff<'a>(bytes: &'a [u8], found: &mut Collector<'a>) {
    // Not through `push`: the structure points all over the file, and nothing of it is copied.
    found.packets.exif.push(super::Packet { bytes: bytes.into(), at: Some(0) });
    let Some(order) = Order::of(bytes) else { return found.miss() };
    let (mut start, mut entries) = (order.first(), 0);
    for number in 0.. {
        let Some(directory) = start.and_then(|start| order.directory(start)) else { return found.miss() };
        entries = directory.entries.saturating_add(entries);
        if !directory.whole || number == DIRECTORIES || entries > ENTRIES {
            found.miss();
        }
        for &(tag, value) in &directory.values {
            match tag {
                Tag::C2pa => found.push(Kind::C2pa, value),
                Tag::Xmp if number == 0 => found.push(Kind::Xmp, value),
                Tag::Iim if number == 0 => found.push(Kind::Iim, value),
                Tag::Photoshop if number == 0 => photoshop::read_resources(&[value], found),
                _ => {}
            }
        }
        if directory.next == Some(0) || number == DIRECTORIES || entries > ENTRIES {
            return;
        }
        start = directory.next;
    }
}

/// A directory of a TIFF structure.
struct Directory<'a> {
    /// The values of the tags that are read.
    values: Vec<(Tag, &'a [u8])>,
    /// Whether every one of them is there.
    whole: bool,
    entries: usize,
    /// Where the next one starts, 0 where there is none.
    next: Option<usize>,
}

/// The values in the first directory of a TIFF structure: that of a TIFF file, or of the EXIF in another.
pub(in crate::embedded) fn ifd0(bytes: &[u8]) -> Vec<(Tag, &[u8])> {
    let first = Order::of(bytes).and_then(|order| order.directory(order.first()?));
    first.map(|directory| directory.values).unwrap_or_default()
}

/// The order of a file's bytes, and the widths of its numbers: TIFF's, or those of BigTIFF.
struct Order<'a> {
    bytes: &'a [u8],
    little: bool,
    count_bytes: usize,
    offset_bytes: usize,
}

impl<'a> Order<'a> {
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let (little, is_big) = match bytes {
            [b'I', b'I', 42, 0, ..] => (true, false),
            [b'M', b'M', 0, 42, ..] => (false, false),
            [b'I', b'I', 43, 0, 8, 0, 0, 0, ..] => (true, true),
            [b'M', b'M', 0, 43, 0, 8, 0, 0, ..] => (false, true),
            _ => return None,
        };
        let (count_bytes, offset_bytes) = if is_big { (8, 8) } else { (2, 4) };
        Some(Self { bytes, little, count_bytes, offset_bytes })
    }

    /// Where the first directory starts.
    fn first(&self) -> Option<usize> {
        self.number(self.offset_bytes, self.offset_bytes)
    }

    fn directory(&self, start: usize) -> Option<Directory<'a>> {
        let entries = self.number(start, self.count_bytes)?;
        let entry_bytes = 4 + 2 * self.offset_bytes;
        let first = start.checked_add(self.count_bytes)?;
        let end = entries.checked_mul(entry_bytes).and_then(|len| first.checked_add(len));
        let next = end.and_then(|end| self.number(end, self.offset_bytes));
        let mut directory = Directory { values: Vec::new(), whole: next.is_some(), entries, next };
        for number in 0..entries {
            let at = first + entry_bytes * number;
            let head = (self.number(at, 2), self.number(at + 2, 2), self.number(at + 4, self.offset_bytes));
            let (Some(tag), Some(kind), Some(count)) = head else {
                directory.whole = false;
                break;
            };
            let Some(&(_, tag)) = TAGS.iter().find(|(known, _)| *known == tag) else { continue };
            match self.value(at + 4 + self.offset_bytes, kind, count) {
                Some(value) => directory.values.push((tag, value)),
                None => directory.whole = false,
            }
        }
        Some(directory)
    }

    fn number(&self, at: usize, len: usize) -> Option<usize> {
        let digits = part(self.bytes, at, len)?;
        let add = |number: usize, &digit: &u8| number << 8 | usize::from(digit);
        Some(if self.little { digits.iter().rev().fold(0, add) } else { digits.iter().fold(0, add) })
    }

    /// A value that is no longer than an offset stands in the entry itself.
    fn value(&self, at: usize, kind: usize, count: usize) -> Option<&'a [u8]> {
        let size = match kind {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 | 16..=18 => 8,
            _ => return None,
        };
        let len = count.checked_mul(size)?;
        part(self.bytes, if len <= self.offset_bytes { at } else { self.number(at, self.offset_bytes)? }, len)
    }
}
