use super::container::{Packet, Tag, ifd0};
use super::numbers::offset_in;
use super::reading::Found;
use super::text::lenient_text;

/// The artist and the copyright notice in the first directory of an EXIF (Exif 2.32, section 4.6.4).
pub(super) struct Exif {
    pub(super) artist: Option<Found>,
    pub(super) copyright: Option<Found>,
}

/// Reads the two texts of EXIF that say whose the picture is.
pub(super) fn read_exif(packets: &[Packet<'_>]) -> Exif {
    let mut exif = Exif { artist: None, copyright: None };
    for packet in packets {
        for (tag, value) in ifd0(&packet.bytes) {
            let slot = match tag {
                Tag::Artist => &mut exif.artist,
                Tag::Copyright => &mut exif.copyright,
                _ => continue,
            };
            let len = value.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
            let value = value.get(..len).unwrap_or_default();
            let at = packet.at.zip(offset_in(&packet.bytes, value)).map(|(at, offset)| at + offset as u64);
            let at = at.map(|at| (at, at + value.len() as u64));
            *slot = slot.take().or_else(|| non_empty(value).map(|text| Found { text, at }));
        }
    }
    exif
}

/// A copyright notice is the photographer's and, behind a NUL, the editor's; either may be blank.
fn non_empty(value: &[u8]) -> Option<String> {
    let parts = value.split(|&byte| byte == 0).map(|part| lenient_text(part.trim_ascii()));
    let parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}
