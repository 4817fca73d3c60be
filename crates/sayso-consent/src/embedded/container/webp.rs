use super::{Collector, Kind};
use crate::embedded::numbers::{le32, part, part_up_to};

/// Reads a WebP's chunks: `EXIF`, `XMP ` (WebP container specification) and `C2PA` (C2PA 2.4, section A.3.7).
pub(super) fn read_webp<'a>(bytes: &'a [u8], found: &mut Collector<'a>) {
    let declared = le32(bytes, 4).unwrap_or_default();
    let (body, whole) = part_up_to(bytes, 8, declared);
    if !whole {
        found.miss();
    }
    let mut at = 4;
    while at < body.len() {
        let (Some(kind), Some(length)) = (part(body, at, 4), le32(body, at + 4)) else { return found.miss() };
        let (data, whole) = part_up_to(body, at + 8, length);
        match kind {
            // Some writers leave the marker of a JPEG segment in front.
            b"EXIF" => found.push(Kind::Exif, data.strip_prefix(b"Exif\0\0").unwrap_or(data)),
            b"XMP " => found.push(Kind::Xmp, data),
            b"C2PA" => found.push(Kind::C2pa, data),
            _ => {}
        }
        if !whole {
            return found.miss();
        }
        at = at.saturating_add(8).saturating_add(length.next_multiple_of(2));
    }
}
