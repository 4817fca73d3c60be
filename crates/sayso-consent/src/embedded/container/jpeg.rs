use super::jpeg_pieces::{ExtendedPiece, JumbfPiece, join_extended, join_jumbf};
use super::{Collector, Kind, photoshop};
use crate::embedded::numbers::{be16, part_up_to};

const EXIF: &[u8] = b"Exif\0\0";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const EXTENDED_XMP: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";
const PHOTOSHOP: &[u8] = b"Photoshop 3.0\0";
const JUMBF: &[u8] = b"JP";

/// Reads the marker segments before the scan: EXIF and XMP in APP1 (Exif 2.32, section 4.7.2; XMP part 3, section
/// 1.1.3), JUMBF in APP11 (ISO 19566-5, annex D), Photoshop's resources in APP13.
///
/// Nothing is looked for behind the first scan header: no standard puts metadata there, and marker bytes in a thumbnail
/// or in the second picture of a file would be taken for it.
pub(super) fn read_jpeg<'a>(bytes: &'a [u8], found: &mut Collector<'a>) {
    let mut pieces = Pieces::default();
    let mut at = 2;
    loop {
        match bytes.get(at) {
            Some(0xff) => at += 1,
            // Decoders skip what stands between two segments. It ought not to be there, so something may be missing.
            Some(_) => {
                found.miss();
                at += memchr::memchr(0xff, bytes.get(at..).unwrap_or_default()).unwrap_or(bytes.len());
                continue;
            }
            None => break found.miss(),
        }
        let marker = match bytes.get(at) {
            Some(0xff) => continue,
            Some(&marker) => marker,
            None => break found.miss(),
        };
        at += 1;
        match marker {
            0xd9 | 0xda => break,
            0x00 | 0x01 | 0xd0..=0xd8 => continue,
            _ => {}
        }
        let Some(length) = be16(bytes, at).filter(|&length| length >= 2) else { break found.miss() };
        let (body, whole) = part_up_to(bytes, at + 2, length - 2);
        pieces.take(marker, body, found);
        if !whole {
            break found.miss();
        }
        at += length;
    }
    pieces.finish(found);
}

#[derive(Default)]
struct Pieces<'a> {
    extended: Vec<ExtendedPiece<'a>>,
    jumbf: Vec<JumbfPiece<'a>>,
    photoshop: Vec<&'a [u8]>,
}

impl<'a> Pieces<'a> {
    fn take(&mut self, marker: u8, body: &'a [u8], found: &mut Collector<'a>) {
        match marker {
            0xe1 => {
                if let Some(exif) = body.strip_prefix(EXIF) {
                    found.push(Kind::Exif, exif);
                } else if let Some(xmp) = body.strip_prefix(XMP) {
                    found.push(Kind::Xmp, xmp);
                } else if let Some(piece) = body.strip_prefix(EXTENDED_XMP) {
                    match ExtendedPiece::parse(piece) {
                        Some(piece) => self.extended.push(piece),
                        None => found.miss(),
                    }
                }
            }
            0xeb => {
                if let Some(piece) = body.strip_prefix(JUMBF) {
                    match JumbfPiece::parse(piece) {
                        Some(piece) => self.jumbf.push(piece),
                        None => found.miss(),
                    }
                }
            }
            0xed => self.photoshop.extend(body.strip_prefix(PHOTOSHOP)),
            _ => {}
        }
    }

    fn finish(self, found: &mut Collector<'a>) {
        join_extended(self.extended, found);
        join_jumbf(self.jumbf, found);
        photoshop::read_resources(&self.photoshop, found);
    }
}
