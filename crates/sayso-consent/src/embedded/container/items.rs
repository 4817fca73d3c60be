//! The items of a HEIF or AVIF file (ISO 23008-12, annex A; ISO 14496-12, section 8.11).

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::boxes::{Boxed, boxes};
use super::{Collector, Kind};
use crate::embedded::numbers::{be16, be32, byte, part, split_nul, uint};

/// Reads the items that are EXIF or XMP.
pub(super) fn read_items<'a>(file: &'a [u8], meta: &'a [u8], found: &mut Collector<'a>) {
    let mut children: Vec<Boxed<'a>> = Vec::new();
    for child in boxes(meta) {
        match child {
            Ok(child) => children.push(child),
            Err(_) => found.miss(),
        }
    }
    let child = |kind: &[u8]| children.iter().find(|child| child.0 == kind).map(|child| child.1);
    let (Some(information), Some(locations)) = (child(b"iinf"), child(b"iloc")) else { return };
    let wanted = wanted_items(information);
    let sources = Sources { file, data: child(b"idat").unwrap_or_default() };
    let mut located = 0;
    let read = read_locations(locations, |item, method, extents| {
        let Some(&kind) = wanted.get(&item) else { return };
        located += 1;
        // The same item may be located ten thousand times over.
        if located > found.limits.packets {
            return found.miss();
        }
        match sources.pieces(method, extents) {
            Some(pieces) => {
                let bytes = found.join(&pieces);
                push_item(kind, bytes, found);
            }
            None => found.miss(),
        }
    });
    if read.is_none() || located < wanted.len() {
        found.miss();
    }
}

fn push_item<'a>(kind: Kind, bytes: Cow<'a, [u8]>, found: &mut Collector<'a>) {
    if !matches!(kind, Kind::Exif) {
        return found.push(kind, bytes);
    }
    // An EXIF item starts with the number of bytes between it and the TIFF structure.
    let start = be32(&bytes, 0).and_then(|skip| skip.checked_add(4));
    let tiff = match (bytes, start) {
        (Cow::Borrowed(bytes), Some(start)) => bytes.get(start..).map(Cow::Borrowed),
        (Cow::Owned(bytes), Some(start)) => bytes.get(start..).map(|tiff| Cow::Owned(tiff.to_vec())),
        (_, None) => None,
    };
    match tiff {
        Some(tiff) => found.push(Kind::Exif, tiff),
        None => found.miss(),
    }
}

/// The numbers of the items that are metadata. What cannot be read is passed over: it is not known to be metadata.
fn wanted_items(information: &[u8]) -> BTreeMap<u64, Kind> {
    let count_bytes = if byte(information, 0) == Some(0) { 2 } else { 4 };
    let entries = information.get(4 + count_bytes..).unwrap_or_default();
    let entries = boxes(entries).flatten().filter(|(kind, _)| *kind == b"infe");
    entries.filter_map(|(_, entry)| wanted_item(entry)).collect()
}

fn wanted_item(entry: &[u8]) -> Option<(u64, Kind)> {
    let id_bytes = match byte(entry, 0)? {
        2 => 2,
        3 => 4,
        _ => return None,
    };
    let id = uint(entry, 4, id_bytes)?;
    match part(entry, 6 + id_bytes, 4)? {
        b"Exif" => Some((id, Kind::Exif)),
        b"mime" => {
            let (_name, rest) = split_nul(entry.get(10 + id_bytes..)?)?;
            let content_type = split_nul(rest).map_or(rest, |(content_type, _encoding)| content_type);
            content_type.eq_ignore_ascii_case(b"application/rdf+xml").then_some((id, Kind::Xmp))
        }
        _ => None,
    }
}

/// Where the bytes of an item may stand.
struct Sources<'a> {
    file: &'a [u8],
    data: &'a [u8],
}

impl<'a> Sources<'a> {
    /// Method 0 counts from the file's start, 1 from that of the `idat` box. An item made of other items is not read.
    fn pieces(&self, method: usize, extents: &[(u64, u64)]) -> Option<Vec<&'a [u8]>> {
        let source = match method {
            0 => self.file,
            1 => self.data,
            _ => return None,
        };
        let piece = |&(at, len): &(u64, u64)| {
            let at = usize::try_from(at).ok()?;
            // A length of 0 means all that follows.
            if len == 0 { source.get(at..) } else { part(source, at, usize::try_from(len).ok()?) }
        };
        extents.iter().map(piece).collect()
    }
}

/// Reads an `iloc` box, and gives each item's number, method and extents to `each`.
fn read_locations(bytes: &[u8], mut each: impl FnMut(u64, usize, &[(u64, u64)])) -> Option<()> {
    let version = byte(bytes, 0).filter(|version| *version <= 2)?;
    let (sizes, more) = (byte(bytes, 4)?, byte(bytes, 5)?);
    let (offset_bytes, length_bytes) = (sizes >> 4, sizes & 15);
    let (base_bytes, index_bytes) = (more >> 4, if version == 0 { 0 } else { more & 15 });
    let id_bytes = if version < 2 { 2 } else { 4 };
    let count = uint(bytes, 6, id_bytes)?;
    let mut at = 6 + id_bytes;
    for _ in 0..count {
        let item = uint(bytes, at, id_bytes)?;
        at += id_bytes;
        let method = if version == 0 { 0 } else { be16(bytes, at)? & 15 };
        at += if version == 0 { 2 } else { 4 };
        let base = uint(bytes, at, base_bytes)?;
        let extent_count = be16(bytes, at + base_bytes)?;
        at += base_bytes + 2;
        let mut extents = Vec::new();
        for _ in 0..extent_count {
            let offset = uint(bytes, at + index_bytes, offset_bytes)?;
            let length = uint(bytes, at + index_bytes + offset_bytes, length_bytes)?;
            at += index_bytes + offset_bytes + length_bytes;
            extents.push((base.checked_add(offset)?, length));
            // Without sizes an extent takes no bytes at all: one is as good as sixty thousand.
            if index_bytes + offset_bytes + length_bytes == 0 {
                break;
            }
        }
        each(item, method, &extents);
    }
    Some(())
}
