use super::container::Packet;
use super::numbers::{be16, byte, offset_in, part, uint};
use super::reading::Found;
use super::text::lenient_text;

/// The by-lines, the copyright notice and the contact of IPTC-IIM 4.2, datasets 2:80, 2:116 and 2:118.
pub(super) struct Iim {
    pub(super) by_line: Option<Found>,
    pub(super) copyright: Option<Found>,
    pub(super) contact: Option<Found>,
}

/// Reads the datasets of IIM that say whose the picture is.
pub(super) fn read_iim(packets: &[Packet<'_>]) -> Iim {
    let (mut by_lines, mut notices, mut contacts) = (Vec::new(), Vec::new(), Vec::new());
    for packet in packets {
        for (record, dataset, value) in datasets(&packet.bytes) {
            let list = match (record, dataset) {
                (2, 80) => &mut by_lines,
                (2, 116) => &mut notices,
                (2, 118) => &mut contacts,
                _ => continue,
            };
            let at = packet.at.zip(offset_in(&packet.bytes, value)).map(|(at, offset)| at + offset as u64);
            let text = lenient_text(value).trim().to_owned();
            if !text.is_empty() {
                list.push(Found { text, at: at.map(|at| (at, at + value.len() as u64)) });
            }
        }
    }
    Iim { by_line: Found::join(&by_lines), copyright: Found::join(&notices), contact: Found::join(&contacts) }
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
