use super::boxes::{Broken, boxes};
use super::items::read_items;
use super::{Collector, Kind};
use crate::embedded::c2pa::is_manifest_store;
use crate::embedded::numbers::split_nul;

/// C2PA 2.4, section A.5.1.1.
const C2PA: &[u8] = &[0xd8, 0xfe, 0xc3, 0xd6, 0x1b, 0x0e, 0x48, 0x3c, 0x92, 0x97, 0x58, 0x28, 0x87, 0x7e, 0xc4, 0x81];
/// XMP part 3, on MPEG-4.
const XMP: &[u8] = &[0xbe, 0x7a, 0xcf, 0xcb, 0x97, 0xa9, 0x42, 0xe8, 0x9c, 0x71, 0x99, 0x94, 0x91, 0xe3, 0xaf, 0xac];

/// Reads an AVIF or HEIF file: `uuid` boxes with a C2PA manifest store or XMP, and the items of its `meta` box.
pub(super) fn read_bmff<'a>(bytes: &'a [u8], found: &mut Collector<'a>) {
    for next in boxes(bytes) {
        let (kind, payload) = next.unwrap_or_else(|Broken { kind, payload }| {
            found.miss();
            (kind, payload)
        });
        match kind {
            b"uuid" => {
                if let Some(xmp) = payload.strip_prefix(XMP) {
                    found.push(Kind::Xmp, xmp);
                } else if let Some(rest) = payload.strip_prefix(C2PA) {
                    read_provenance(rest, found);
                }
            }
            // The four bytes of version and flags that a full box has.
            b"meta" => read_items(bytes, payload.get(4..).unwrap_or_default(), found),
            _ => {}
        }
    }
}

/// Version and flags, the purpose of the box, the place of the first Merkle box, the store.
///
/// Whether that place is given depends on the purpose and on the version of the specification, so the store is known
/// by itself. A box of Merkle trees holds none.
fn read_provenance<'a>(rest: &'a [u8], found: &mut Collector<'a>) {
    let Some((purpose, data)) = rest.get(4..).and_then(split_nul) else { return found.miss() };
    if purpose == b"merkle" {
        return;
    }
    let store = if is_manifest_store(data) { data } else { data.get(8..).unwrap_or_default() };
    found.push(Kind::C2pa, store);
}
