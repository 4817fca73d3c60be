use std::io::Read as _;

use super::WriteError;
use super::packet::PacketWriter;
use crate::embedded::numbers::{be32, part, split_nul};

/// The keyword under which XMP stands (XMP part 3, section 1.1.5).
const XMP: &[u8] = b"XML:com.adobe.xmp\0";
const BROKEN: WriteError = WriteError::Broken("PNG");

/// Writes into the `iTXt` chunk of XMP, in its place, or into a new one behind the header.
pub(super) fn write_png(bytes: &[u8], packets: &mut PacketWriter<'_>) -> Result<Vec<u8>, WriteError> {
    let mut chunks = Vec::new();
    let (mut at, mut has_picture) = (8, false);
    loop {
        let (length, kind) = be32(bytes, at).zip(part(bytes, at + 4, 4)).ok_or(BROKEN)?;
        let whole = length.checked_add(12).and_then(|len| part(bytes, at, len)).ok_or(BROKEN)?;
        let data = part(bytes, at + 8, length).ok_or(BROKEN)?;
        if chunks.is_empty() && kind != b"IHDR" {
            return Err(BROKEN);
        }
        at += whole.len();
        has_picture |= kind == b"IDAT";
        let xmp = data.strip_prefix(XMP).filter(|_| kind == b"iTXt");
        let chunk = match xmp.map(|xmp| changed(xmp, packets)).transpose()?.flatten() {
            Some(packet) => chunk_of(&packet)?,
            None => whole.to_vec(),
        };
        chunks.push(chunk);
        if kind == b"IEND" {
            break;
        }
    }
    if !has_picture {
        return Err(BROKEN);
    }
    if let Some(packet) = packets.new_packet()? {
        chunks.insert(1, chunk_of(&packet)?);
    }
    let mut file = bytes.get(..8).unwrap_or_default().to_vec();
    file.extend(chunks.concat());
    file.extend_from_slice(bytes.get(at..).unwrap_or_default());
    Ok(file)
}

/// The new packet for a chunk of which the keyword is cut off, `None` where it is the old one.
fn changed(text: &[u8], packets: &mut PacketWriter<'_>) -> Result<Option<Vec<u8>>, WriteError> {
    let [compressed, _method, rest @ ..] = text else { return Err(BROKEN) };
    let (_language, rest) = split_nul(rest).ok_or(BROKEN)?;
    let (_keyword, text) = split_nul(rest).ok_or(BROKEN)?;
    if *compressed == 0 {
        let new = packets.change(text)?;
        return Ok((new != text).then_some(new));
    }
    let mut packet = Vec::new();
    let limit = (packets.limits.packet_bytes as u64).saturating_add(1);
    flate2::read::ZlibDecoder::new(text).take(limit).read_to_end(&mut packet).map_err(|_| BROKEN)?;
    let new = packets.change(&packet)?;
    Ok((new != packet).then_some(new))
}

fn chunk_of(packet: &[u8]) -> Result<Vec<u8>, WriteError> {
    let data = [b"iTXt", XMP, &[0, 0, 0, 0], packet].concat();
    let limit = i32::MAX as usize;
    let length = i32::try_from(data.len() - 4).map_err(|_| WriteError::TooLong { bytes: packet.len(), limit })?;
    let mut crc = flate2::Crc::new();
    crc.update(&data);
    Ok([&length.to_be_bytes(), &data[..], &crc.sum().to_be_bytes()].concat())
}
