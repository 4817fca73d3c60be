use super::container::Packet;
use super::numbers::{be16, byte, offset_in, part, uint};
use super::reading::Found;
use super::text::lenient_text;

/// The by-lines and the copyright notice of IPTC-IIM 4.2, datasets 2:80 and 2:116.
pub(super) struct Iim {
    pub(super) by_line: Option<Found>,
    pub(super) copyright: Option<Found>,
}

/// Reads the datasets of IIM that say whose the picture is.
pub(super) fn read_iim(packets: &[Packet<'_>]) -> Iim {
    let (mut by_lines, mut notices) = (Vec::new(), Vec::new());
    for packet in packets {
        for (record, dataset, value) in datasets(&packet.bytes) {
            let list = match (record, dataset) {
                (2, 80) => &mut by_lines,
                (2, 116) => &mut notices,
                _ => continue,
            };
            let at = packet.at.zip(offset_in(&packet.bytes, value)).map(|(at, offset)| at + offset as u64);
            let text = lenient_text(value).trim().to_owned();
            if !text.is_empty() {
                list.push(Found { text, at: at.map(|at| (at, at + value.len() as u64)) });
            }
        }
    }
    Iim { by_line: Found::join(&by_lines), copyright: Found::join(&notices) }
}

/// The datasets of a packet: a marker, record, dataset, length, value. What does not fit ends them.
fn datasets(bytes: &[u8]) -> impl Iterator<Item = (usize, usize, &[u8])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        byte(bytes, at).filter(|&marker| marker == 0x1c)?;
        let (record, dataset, length) = (byte(bytes, at + 1)?, byte(bytes, at + 2)?, be16(bytes, at + 3)?);
        at += 5;
        // In an extended dataset the length is that of the length.
        let length = match length.checked_sub(0x8000) {
            None => length,
            Some(digits) => {
                let length = usize::try_from(uint(bytes, at, digits)?).ok()?;
                at += digits;
                length
            }
        };
        let value = part(bytes, at, length)?;
        at += length;
        Some((record, dataset, value))
    })
}
