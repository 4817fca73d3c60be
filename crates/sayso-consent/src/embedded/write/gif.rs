use super::WriteError;
use super::packet::PacketWriter;
use crate::embedded::numbers::{byte, part};

/// XMP's application identifier and authentication code behind the head of the extension (XMP part 3, section 1.1.2).
const XMP: &[u8] = b"\x21\xff\x0bXMP DataXMP";
const TRAILER_BYTES: usize = 258;
const BROKEN: WriteError = WriteError::Broken("GIF");

/// Writes into the application extension of XMP, in its place, or into a new one behind those that come first: some
/// players look for the number of loops there and nowhere else.
pub(super) fn write_gif(bytes: &[u8], packets: &mut PacketWriter<'_>) -> Result<Vec<u8>, WriteError> {
    let mut at = byte(bytes, 10).map(|packed| 13 + color_table_bytes(packed)).ok_or(BROKEN)?;
    let mut blocks = vec![part(bytes, 0, at).ok_or(BROKEN)?.to_vec()];
    let (mut head, mut is_head, mut has_picture) = (1, true, false);
    loop {
        let (end, is_application) = match bytes.get(at) {
            Some(0x21) => (sub_blocks_end(bytes, at + 2)?, bytes.get(at + 1) == Some(&0xff)),
            Some(0x2c) => {
                has_picture = true;
                let table = byte(bytes, at + 9).map(color_table_bytes).ok_or(BROKEN)?;
                (sub_blocks_end(bytes, at + 11 + table)?, false)
            }
            Some(0x3b) if has_picture => break,
            _ => return Err(BROKEN),
        };
        let block = bytes.get(at..end).ok_or(BROKEN)?;
        at = end;
        blocks.push(match block.strip_prefix(XMP) {
            Some(data) => {
                let old = packet_of(data);
                let new = packets.change(&old)?;
                if new == old { block.to_vec() } else { extension_of(&new)? }
            }
            None => block.to_vec(),
        });
        is_head &= is_application;
        if is_head {
            head = blocks.len();
        }
    }
    if let Some(packet) = packets.new_packet()? {
        blocks.insert(head, extension_of(&packet)?);
    }
    let mut file = blocks.concat();
    // The first version of the format has no extensions.
    if let Some(version) = file.get_mut(3..6) {
        version.copy_from_slice(b"89a");
    }
    file.extend_from_slice(bytes.get(at..).unwrap_or_default());
    Ok(file)
}

fn color_table_bytes(packed: usize) -> usize {
    if packed & 0x80 == 0 { 0 } else { 3 << ((packed & 7) + 1) }
}

/// Where the sub-blocks that start at `at` end, behind the one of length 0.
fn sub_blocks_end(bytes: &[u8], mut at: usize) -> Result<usize, WriteError> {
    loop {
        let length = byte(bytes, at).ok_or(BROKEN)?;
        at += 1 + length;
        if length == 0 {
            return Ok(at);
        }
    }
}

/// The packet in what stands behind the identifier: as it is before 258 bytes that count down, or in sub-blocks.
fn packet_of(data: &[u8]) -> Vec<u8> {
    let (packet, trailer) = data.split_at(data.len().saturating_sub(TRAILER_BYTES));
    if trailer.starts_with(&[1, 0xff, 0xfe]) {
        return packet.to_vec();
    }
    let (mut packet, mut at) = (Vec::new(), 0);
    while let Some(block) = byte(data, at).and_then(|length| part(data, at + 1, length)) {
        packet.extend_from_slice(block);
        at += 1 + block.len();
        if block.is_empty() {
            break;
        }
    }
    packet
}

fn extension_of(packet: &[u8]) -> Result<Vec<u8>, WriteError> {
    // A zero byte would end the extension for whoever takes the packet for sub-blocks.
    if packet.contains(&0) {
        return Err(WriteError::BrokenXmp);
    }
    let mut extension = [XMP, packet, &[1]].concat();
    extension.extend((0..=255).rev());
    extension.push(0);
    Ok(extension)
}
