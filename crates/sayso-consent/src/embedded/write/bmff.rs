//! XMP as an item of a HEIF or AVIF file (ISO 23008-12, section A.3): the `meta` box grows, what lies behind it moves,
//! and every place in `iloc` follows.

use super::WriteError;
use super::iloc::{Item, Locations};
use super::meta::{Meta, full_box, plain_box};
use super::packet::PacketWriter;
use crate::embedded::numbers::{be32, part, uint};

pub(super) const BROKEN: WriteError = WriteError::Broken("AVIF or HEIF file");
/// Boxes of the file that are looked at.
const BOXES: usize = 1 << 12;
/// XMP in a box of its own, as films have it (XMP part 3, on MPEG-4).
const XMP_UUID: &[u8] =
    &[0xbe, 0x7a, 0xcf, 0xcb, 0x97, 0xa9, 0x42, 0xe8, 0x9c, 0x71, 0x99, 0x94, 0x91, 0xe3, 0xaf, 0xac];

/// A box and where it stands in what was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct BoxAt<'a> {
    pub(super) kind: &'a [u8],
    pub(super) start: usize,
    pub(super) whole: &'a [u8],
    pub(super) body: &'a [u8],
}

/// Writes into the item of XMP, or into a new one. The packet goes to the end of the file, where it moves nothing.
pub(super) fn write_bmff(bytes: &[u8], packets: &mut PacketWriter<'_>) -> Result<Vec<u8>, WriteError> {
    let boxes = boxes_at(bytes)?;
    if boxes.iter().any(|it| matches!(it.kind, b"moov" | b"moof")) {
        return Err(WriteError::Unsupported("it is a film or a sequence of pictures"));
    }
    if boxes.iter().any(|it| it.kind == b"uuid" && it.body.starts_with(XMP_UUID)) {
        return Err(WriteError::Unsupported("its XMP stands outside its items"));
    }
    let mut metas = boxes.iter().filter(|it| it.kind == b"meta");
    let (Some(meta_box), None) = (metas.next(), metas.next()) else { return Err(BROKEN) };
    let mut meta = Meta::read(meta_box.body)?;
    let mut locations = Locations::read(meta.locations)?;
    let packet = match meta.xmp_item()? {
        Some(item) => {
            let old = packet_of(bytes, &meta, &locations, item)?;
            let new = packets.change(&old)?;
            if new == old {
                return Ok(bytes.to_vec());
            }
            locations.remove(item);
            locations.push(item);
            new
        }
        None => {
            let item = meta.add_xmp_item(locations.highest())?;
            locations.push(item);
            packets.new_packet()?.ok_or(BROKEN)?
        }
    };
    let wide = bytes.len().saturating_add(packet.len()).saturating_add(1 << 20) > u32::MAX as usize;
    // How long the box is does not depend on the places in it, so it is measured with the old ones.
    let grown = meta.write(&locations.write(wide)?).len();
    let moved = |start: usize| if start > meta_box.start { start + grown - meta_box.whole.len() } else { start };
    locations.move_places(|at, len| {
        let home = boxes.iter().find(|it| it.start <= at && at < it.start + it.whole.len())?;
        let is_inside = at.checked_add(len)? <= home.start + home.whole.len() && home.kind != b"meta";
        is_inside.then(|| at - home.start + moved(home.start))
    })?;
    let end = moved(bytes.len());
    locations.place_last(end + 8, packet.len());
    let meta = meta.write(&locations.write(wide)?);
    let mut file = Vec::with_capacity(end + 8 + packet.len());
    for it in &boxes {
        file.extend_from_slice(if it.kind == b"meta" { &meta } else { it.whole });
        // A box of length 0 goes to the end of the file, which is not where it ends any more.
        if be32(it.whole, 0) == Some(0) && it.kind != b"meta" {
            let length =
                u32::try_from(it.whole.len()).map_err(|_| WriteError::Unsupported("it is longer than 4 GiB"))?;
            let place = file.len() - it.whole.len();
            file.get_mut(place..place + 4).ok_or(BROKEN)?.copy_from_slice(&length.to_be_bytes());
        }
    }
    file.extend(plain_box(b"mdat", &packet));
    Ok(file)
}

/// The boxes that follow each other, all of which have to fit.
pub(super) fn boxes_at(bytes: &[u8]) -> Result<Vec<BoxAt<'_>>, WriteError> {
    let (mut boxes, mut start) = (Vec::new(), 0);
    while start < bytes.len() {
        let (length, header) = match be32(bytes, start).ok_or(BROKEN)? {
            0 => (bytes.len() - start, 8),
            1 => (uint(bytes, start + 8, 8).and_then(|length| usize::try_from(length).ok()).ok_or(BROKEN)?, 16),
            length => (length, 8),
        };
        let whole = part(bytes, start, length).ok_or(BROKEN)?;
        let (kind, body) = part(whole, 4, 4).zip(whole.get(header..)).ok_or(BROKEN)?;
        boxes.push(BoxAt { kind, start, whole, body });
        start += length;
        if boxes.len() > BOXES {
            return Err(WriteError::TooMany("boxes"));
        }
    }
    Ok(boxes)
}

fn packet_of(bytes: &[u8], meta: &Meta<'_>, locations: &Locations, id: u64) -> Result<Vec<u8>, WriteError> {
    let Item { method, extents, reference, .. } = locations.item(id).ok_or(BROKEN)?;
    let source = match method {
        0 if *reference == 0 => bytes,
        1 => meta.data,
        _ => return Err(WriteError::Unsupported("its XMP is made of other items")),
    };
    let mut packet = Vec::new();
    for extent in extents {
        packet.extend_from_slice(part(source, extent.at, extent.len).ok_or(BROKEN)?);
        if packet.len() > bytes.len() {
            return Err(BROKEN);
        }
    }
    Ok(packet)
}

/// `cdsc`: what the item describes.
pub(super) fn describes(from: u16, to: u16) -> Vec<u8> {
    plain_box(b"cdsc", &[from.to_be_bytes(), 1u16.to_be_bytes(), to.to_be_bytes()].concat())
}

/// An entry of `iinf` for an item of XMP (ISO 14496-12, section 8.11.6).
pub(super) fn entry_of(id: u16) -> Vec<u8> {
    let body = [&id.to_be_bytes()[..], &[0, 0], b"mime", b"\0", b"application/rdf+xml\0"].concat();
    full_box(b"infe", 2, &body)
}
