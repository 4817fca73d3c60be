use std::borrow::Cow;
use std::io::Read as _;

use super::{Collector, Kind};
use crate::embedded::numbers::{be32, part, part_up_to, split_nul};

/// The keyword under which XMP stands (XMP part 3, section 1.1.5).
const XMP: &[u8] = b"XML:com.adobe.xmp";

/// Reads a PNG's chunks: `eXIf`, `iTXt` with XMP, and `caBX` with a C2PA manifest store (C2PA 2.4, section A.3.2).
pub(super) fn read_png<'a>(bytes: &'a [u8], found: &mut Collector<'a>) {
    let mut at = 8;
    loop {
        let (Some(length), Some(kind)) = (be32(bytes, at), part(bytes, at + 4, 4)) else { return found.miss() };
        let (data, whole) = part_up_to(bytes, at + 8, length);
        match kind {
            b"eXIf" => found.push(Kind::Exif, data),
            b"caBX" => found.push(Kind::C2pa, data),
            b"iTXt" => read_text(data, found),
            b"IEND" => return,
            _ => {}
        }
        if !whole {
            return found.miss();
        }
        at = at.saturating_add(length).saturating_add(12);
    }
}

fn read_text<'a>(data: &'a [u8], found: &mut Collector<'a>) {
    let Some((XMP, [compressed, _method, rest @ ..])) = split_nul(data) else { return };
    let text = split_nul(rest).and_then(|(_language, rest)| split_nul(rest)).map(|(_keyword, text)| text);
    match text {
        Some(text) if *compressed == 0 => found.push(Kind::Xmp, text),
        Some(text) => {
            let inflated = inflate(text, found);
            found.push(Kind::Xmp, inflated);
        }
        None => found.miss(),
    }
}

/// Inflates up to the limit and no further: a thousandfold is easily packed.
fn inflate<'a>(packed: &[u8], found: &mut Collector<'a>) -> Cow<'a, [u8]> {
    let mut inflated = Vec::new();
    let limit = (found.limits.packet_bytes as u64).saturating_add(1);
    // What was inflated before the stream broke is kept: it may hold a reservation.
    if flate2::read::ZlibDecoder::new(packed).take(limit).read_to_end(&mut inflated).is_err() {
        found.miss();
    }
    Cow::Owned(inflated)
}
