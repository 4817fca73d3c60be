use super::{Collector, Kind};
use crate::embedded::numbers::{be16, be32, byte, part, part_up_to};

/// The image resource that holds IPTC-IIM records (Adobe Photoshop File Formats Specification, image resource ids).
const IPTC_NAA: usize = 0x0404;

/// Reads Photoshop's image resources: signature, id, name of even length, size, data of even length.
///
/// They may be cut between two segments anywhere.
pub(super) fn read_resources<'a>(segments: &[&'a [u8]], found: &mut Collector<'a>) {
    if segments.is_empty() {
        return;
    }
    match found.join(segments) {
        std::borrow::Cow::Borrowed(bytes) => walk(bytes, found, |found, data| found.push(Kind::Iim, data)),
        std::borrow::Cow::Owned(bytes) => walk(&bytes, found, |found, data| found.push(Kind::Iim, data.to_vec())),
    }
}

fn walk<'b, 'a>(bytes: &'b [u8], found: &mut Collector<'a>, push: impl Fn(&mut Collector<'a>, &'b [u8])) {
    let mut at = 0;
    // Resources other than Photoshop's own (`MeSa`, `AgHg`) have the same form.
    while part(bytes, at, 4).is_some_and(|signature| signature.iter().all(u8::is_ascii_alphanumeric)) {
        let (Some(id), Some(name)) = (be16(bytes, at + 4), byte(bytes, at + 6)) else { return found.miss() };
        at += 6 + (1 + name).next_multiple_of(2);
        let Some(size) = be32(bytes, at) else { return found.miss() };
        let (data, whole) = part_up_to(bytes, at + 4, size);
        if id == IPTC_NAA {
            push(found, data);
        }
        if !whole {
            return found.miss();
        }
        at += 4 + size.next_multiple_of(2);
    }
}
