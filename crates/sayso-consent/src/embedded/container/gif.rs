use super::{Collector, Kind};
use crate::embedded::numbers::{byte, part};

/// XMP's application identifier and authentication code (XMP part 3, section 1.1.2).
const XMP: &[u8] = b"XMP DataXMP";
/// C2PA's application identifier (C2PA 2.4, section A.3.8). Its authentication code, a version, is let pass.
const C2PA: &[u8] = b"C2PA_GIF";
/// XMP stands in a GIF as it is, not in sub-blocks. 258 bytes count down behind it, so that whoever takes its bytes for
/// the lengths of sub-blocks lands at the end all the same.
const XMP_TRAILER_BYTES: usize = 258;

/// Reads a GIF's application extensions.
pub(super) fn read_gif<'a>(bytes: &'a [u8], found: &mut Collector<'a>) {
    let Some(mut at) = byte(bytes, 10).map(|packed| 13 + color_table_bytes(packed)) else { return found.miss() };
    loop {
        match bytes.get(at) {
            Some(0x21) => {
                let is_application = bytes.get(at + 1) == Some(&0xff);
                let Some(blocks) = SubBlocks::read(bytes, at + 2, is_application) else { return found.miss() };
                if is_application {
                    read_application(bytes, &blocks, found);
                }
                if !blocks.whole {
                    return found.miss();
                }
                at = blocks.end;
            }
            Some(0x2c) => {
                let Some(table) = byte(bytes, at + 9).map(color_table_bytes) else { return found.miss() };
                match SubBlocks::read(bytes, at + 11 + table, false) {
                    Some(blocks) if blocks.whole => at = blocks.end,
                    _ => return found.miss(),
                }
            }
            Some(0x3b) => return,
            _ => return found.miss(),
        }
    }
}

fn color_table_bytes(packed: usize) -> usize {
    if packed & 0x80 == 0 { 0 } else { 3 << ((packed & 7) + 1) }
}

/// Blocks of up to 255 bytes, each behind its length, up to one of length 0.
struct SubBlocks<'a> {
    blocks: Vec<&'a [u8]>,
    end: usize,
    whole: bool,
}

impl<'a> SubBlocks<'a> {
    fn read(bytes: &'a [u8], mut at: usize, keep: bool) -> Option<Self> {
        let mut blocks = Vec::new();
        bytes.get(at)?;
        loop {
            let Some(length) = byte(bytes, at) else { return Some(Self { blocks, end: at, whole: false }) };
            at += 1;
            if length == 0 {
                return Some(Self { blocks, end: at, whole: true });
            }
            let Some(block) = part(bytes, at, length) else { return Some(Self { blocks, end: at, whole: false }) };
            if keep {
                blocks.push(block);
            }
            at += length;
        }
    }
}

fn read_application<'a>(bytes: &'a [u8], blocks: &SubBlocks<'a>, found: &mut Collector<'a>) {
    let Some((&identifier, data)) = blocks.blocks.split_first() else { return };
    if identifier.starts_with(C2PA) {
        let store = found.join(data);
        found.push(Kind::C2pa, store);
    } else if identifier == XMP {
        let start = crate::embedded::numbers::offset_in(bytes, identifier).map(|at| at + identifier.len());
        let raw = start.and_then(|start| bytes.get(start..blocks.end)).unwrap_or_default();
        let (xmp, trailer) = raw.split_at(raw.len().saturating_sub(XMP_TRAILER_BYTES));
        if trailer.starts_with(&[1, 0xff, 0xfe]) {
            found.push(Kind::Xmp, xmp);
        } else {
            // Not as the specification has it: in sub-blocks after all.
            let joined = found.join(data);
            found.push(Kind::Xmp, joined);
        }
    }
}
