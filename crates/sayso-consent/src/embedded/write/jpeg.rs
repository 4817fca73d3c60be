use super::WriteError;
use super::mpf::move_pictures;
use super::packet::{PacketWriter, without_padding};
use crate::embedded::numbers::{be16, part};

const EXIF: &[u8] = b"Exif\0\0";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const MPF: &[u8] = b"MPF\0";
/// Bytes of XMP that fit in a segment: 65,535 without the length and the identifier (XMP part 3, section 1.1.3).
const XMP_BYTES: usize = 65_502;
/// Segments before the scan that are looked at.
const SEGMENTS: usize = 1 << 14;
const BROKEN: WriteError = WriteError::Broken("JPEG");

/// Writes into the first APP1 segment of XMP, or into a new one behind JFIF and EXIF. Extended XMP stays: the packet
/// keeps the name by which it asks for it.
pub(super) fn write_jpeg(bytes: &[u8], packets: &mut PacketWriter<'_>) -> Result<Vec<u8>, WriteError> {
    let segments = segments(bytes)?;
    let is_xmp = |segment: &Segment<'_>| segment.marker == 0xe1 && segment.body.starts_with(XMP);
    let is_head = |segment: &Segment<'_>| segment.marker == 0xe0 || segment.is(0xe1, EXIF);
    let mut pieces = Vec::new();
    let mut changed = Vec::new();
    for segment in &segments {
        let new = match segment.body.strip_prefix(XMP).filter(|_| segment.marker == 0xe1) {
            Some(old) => Some(packets.change(old)?).filter(|new| new != old),
            None => None,
        };
        changed.push(new);
    }
    let behind_head = segments.iter().position(|segment| !is_head(segment)).unwrap_or(segments.len());
    let fresh = packets.new_packet()?;
    let mut end = 2;
    pieces.push(Piece { at: 0, bytes: bytes.get(..2).unwrap_or_default().to_vec(), mpf: None });
    for (number, (segment, new)) in segments.iter().zip(changed).enumerate() {
        if number == behind_head
            && let Some(fresh) = &fresh
        {
            pieces.push(Piece { at: end, bytes: segment_of(fresh)?, mpf: None });
        }
        let old = bytes.get(end..segment.end).unwrap_or_default();
        let mpf = segment.is(0xe2, MPF).then(|| segment.end - end - (segment.body.len() - MPF.len()));
        let bytes = match new {
            Some(new) if is_xmp(segment) => segment_of(&new)?,
            _ => old.to_vec(),
        };
        pieces.push(Piece { at: end, bytes, mpf });
        end = segment.end;
    }
    if behind_head == segments.len()
        && let Some(fresh) = &fresh
    {
        pieces.push(Piece { at: end, bytes: segment_of(fresh)?, mpf: None });
    }
    let rest = bytes.get(end..).unwrap_or_default();
    let before: usize = pieces.iter().map(|piece| piece.bytes.len()).sum();
    let mut file = Vec::with_capacity(before + rest.len());
    for mut piece in pieces {
        if let Some(header) = piece.mpf {
            let (old, new) = (piece.at + header, file.len() + header);
            let tail = piece.bytes.get_mut(header..).unwrap_or_default();
            // Pictures lie behind the first one's scan, which moves from `end` to `before`.
            move_pictures(tail, new.wrapping_sub(old), before.wrapping_sub(end)).ok_or(BROKEN)?;
        }
        file.append(&mut piece.bytes);
    }
    file.extend_from_slice(rest);
    Ok(file)
}

/// A piece of the new file, where it stood in the old one, and where in it the header of a multi-picture index starts.
struct Piece {
    at: usize,
    bytes: Vec<u8>,
    mpf: Option<usize>,
}

fn segment_of(packet: &[u8]) -> Result<Vec<u8>, WriteError> {
    let tight = if packet.len() > XMP_BYTES { without_padding(packet) } else { packet.to_vec() };
    let length = u16::try_from(tight.len() + XMP.len() + 2).ok().filter(|_| tight.len() <= XMP_BYTES);
    let length = length.ok_or(WriteError::TooLong { bytes: tight.len(), limit: XMP_BYTES })?;
    Ok([&[0xff, 0xe1][..], &length.to_be_bytes(), XMP, &tight].concat())
}

struct Segment<'a> {
    marker: u8,
    body: &'a [u8],
    /// Where it ends. It starts where the one before ends, with whatever decoders skip in between.
    end: usize,
}

impl Segment<'_> {
    fn is(&self, marker: u8, identifier: &[u8]) -> bool {
        self.marker == marker && self.body.starts_with(identifier)
    }
}

/// The segments before the first scan header, which has to be there.
fn segments(bytes: &[u8]) -> Result<Vec<Segment<'_>>, WriteError> {
    let mut segments = Vec::new();
    let mut at = 2;
    loop {
        at += memchr::memchr(0xff, bytes.get(at..).unwrap_or_default()).ok_or(BROKEN)? + 1;
        let marker = match bytes.get(at) {
            Some(0xff) => continue,
            Some(&marker) => marker,
            None => return Err(BROKEN),
        };
        at += 1;
        match marker {
            0xda => break,
            0xd9 => return Err(BROKEN),
            0x00 | 0x01 | 0xd0..=0xd8 => continue,
            _ => {}
        }
        let length = be16(bytes, at).filter(|&length| length >= 2).ok_or(BROKEN)?;
        let body = part(bytes, at + 2, length - 2).ok_or(BROKEN)?;
        at += length;
        segments.push(Segment { marker, body, end: at });
        if segments.len() > SEGMENTS {
            return Err(WriteError::TooMany("segments"));
        }
    }
    // The scan's own header has to be there as well, and something of the scan.
    let length = be16(bytes, at).filter(|&length| length >= 2).ok_or(BROKEN)?;
    if at + length >= bytes.len() {
        return Err(BROKEN);
    }
    Ok(segments)
}
