use super::WriteError;
use super::packet::PacketWriter;
use crate::embedded::numbers::{byte, le32, part, uint};

const BROKEN: WriteError = WriteError::Broken("WebP");
/// Flags of `VP8X` (WebP container specification, section on the extended file format).
const HAS_XMP: u8 = 0x04;
const HAS_ALPHA: u8 = 0x10;

/// Writes into the `XMP ` chunk, in its place, or into a new one at the end. A file of the simple format becomes one of
/// the extended format, which alone may hold metadata.
pub(super) fn write_webp(bytes: &[u8], packets: &mut PacketWriter<'_>) -> Result<Vec<u8>, WriteError> {
    let declared = le32(bytes, 4).ok_or(BROKEN)?;
    let body = part(bytes, 8, declared).ok_or(BROKEN)?;
    let rest = bytes.get(8 + body.len()..).unwrap_or_default();
    let mut chunks: Vec<(&[u8], Vec<u8>)> = Vec::new();
    let mut at = 4;
    while at < body.len() {
        let (kind, length) = part(body, at, 4).zip(le32(body, at + 4)).ok_or(BROKEN)?;
        let data = part(body, at + 8, length).ok_or(BROKEN)?;
        let data = if kind == b"XMP " { packets.change(data)? } else { data.to_vec() };
        chunks.push((kind, data));
        at = at.saturating_add(8).saturating_add(length.next_multiple_of(2));
    }
    let picture = chunks.iter().find(|(kind, _)| matches!(*kind, b"VP8 " | b"VP8L" | b"ANMF")).ok_or(BROKEN)?;
    if chunks.first().is_none_or(|(kind, _)| *kind != b"VP8X") {
        let header = extended_header(picture.0, &picture.1).ok_or(BROKEN)?;
        chunks.insert(0, (b"VP8X", header));
    }
    if let Some(packet) = packets.new_packet()? {
        chunks.push((b"XMP ", packet));
    }
    if let Some(flags) = chunks.first_mut().and_then(|(_, header)| header.first_mut()) {
        *flags |= HAS_XMP;
    }
    let mut file = b"RIFF\0\0\0\0WEBP".to_vec();
    for (kind, data) in chunks {
        let length = u32::try_from(data.len()).map_err(|_| BROKEN)?;
        file.extend_from_slice(kind);
        file.extend(length.to_le_bytes());
        file.extend(&data);
        file.extend(std::iter::repeat_n(0, data.len() % 2));
    }
    let length = u32::try_from(file.len() - 8)
        .map_err(|_| WriteError::TooLong { bytes: file.len(), limit: u32::MAX as usize })?;
    if let Some(place) = file.get_mut(4..8) {
        place.copy_from_slice(&length.to_le_bytes());
    }
    file.extend_from_slice(rest);
    Ok(file)
}

/// The header of the extended format: flags, three bytes reserved, width and height less one.
fn extended_header(kind: &[u8], picture: &[u8]) -> Option<Vec<u8>> {
    let (width, height, flags) = match kind {
        // RFC 6386, section 9.1: behind the frame tag and the start code, 14 bits each and two of scale.
        b"VP8 " => {
            part(picture, 3, 3).filter(|start| *start == b"\x9d\x01\x2a")?;
            let two = |at| Some((byte(picture, at)? | byte(picture, at + 1)? << 8) & 0x3fff);
            (two(6)?.checked_sub(1)?, two(8)?.checked_sub(1)?, 0)
        }
        // WebP lossless bitstream, section 3: a signature, 14 bits each less one, a bit of alpha.
        b"VP8L" => {
            part(picture, 0, 1).filter(|signature| *signature == b"\x2f")?;
            let bits = uint(picture, 1, 4)?.swap_bytes() >> 32;
            let fourteen = |bits: u64| usize::try_from(bits & 0x3fff).ok();
            (fourteen(bits)?, fourteen(bits >> 14)?, if bits >> 28 & 1 == 1 { HAS_ALPHA } else { 0 })
        }
        _ => return None,
    };
    let three = |number: usize| number.to_le_bytes().into_iter().take(3);
    Some([flags, 0, 0, 0].into_iter().chain(three(width)).chain(three(height)).collect())
}
