//! What is too long for one segment of a JPEG, put together again.

use super::{Collector, Kind};
use crate::embedded::c2pa::is_manifest_store;
use crate::embedded::numbers::{be16, be32, part};

/// One segment of extended XMP (XMP part 3, section 1.1.3.1).
pub(super) struct ExtendedPiece<'a> {
    guid: &'a [u8],
    full_bytes: usize,
    at: usize,
    bytes: &'a [u8],
}

impl<'a> ExtendedPiece<'a> {
    pub(super) fn parse(segment: &'a [u8]) -> Option<Self> {
        let (guid, full_bytes, at) = (part(segment, 0, 32)?, be32(segment, 32)?, be32(segment, 36)?);
        Some(Self { guid, full_bytes, at, bytes: segment.get(40..)? })
    }
}

/// Pieces may come in any order; each says where it belongs.
pub(super) fn join_extended<'a>(mut pieces: Vec<ExtendedPiece<'a>>, found: &mut Collector<'a>) {
    pieces.sort_by(|a, b| (a.guid, a.at).cmp(&(b.guid, b.at)));
    for group in pieces.chunk_by(|a, b| a.guid == b.guid) {
        let mut end = 0;
        let fits = |piece: &&ExtendedPiece<'_>| {
            let fits = piece.at == end;
            end += piece.bytes.len();
            fits
        };
        let fitting: Vec<_> = group.iter().take_while(fits).map(|piece| piece.bytes).collect();
        let bytes = found.join(&fitting);
        let whole = fitting.len() == group.len() && group.iter().all(|piece| piece.full_bytes == bytes.len());
        let guid = group.first().map(|piece| String::from_utf8_lossy(piece.guid).into_owned()).unwrap_or_default();
        found.push_extended(guid, whole, bytes);
    }
}

/// One segment of a JUMBF box (ISO 19566-5, section D.2): the box instance, the sequence number, the box.
///
/// Every segment repeats the box's header, so that from the second on it is left out.
pub(super) struct JumbfPiece<'a> {
    instance: usize,
    sequence: usize,
    bytes: &'a [u8],
}

impl<'a> JumbfPiece<'a> {
    pub(super) fn parse(segment: &'a [u8]) -> Option<Self> {
        let (instance, sequence) = (be16(segment, 0)?, be32(segment, 2)?);
        Some(Self { instance, sequence, bytes: segment.get(6..)? })
    }

    fn without_header(&self) -> &'a [u8] {
        // A length of 1 says that the length stands in eight more bytes.
        let header = if be32(self.bytes, 0) == Some(1) { 16 } else { 8 };
        self.bytes.get(header..).unwrap_or_default()
    }
}

/// A gap in the sequence ends the box early, which whoever reads it will notice by the length in its header.
pub(super) fn join_jumbf<'a>(mut pieces: Vec<JumbfPiece<'a>>, found: &mut Collector<'a>) {
    pieces.sort_by_key(|piece| (piece.instance, piece.sequence));
    for group in pieces.chunk_by(|a, b| a.instance == b.instance) {
        let Some((first, rest)) = group.split_first() else { continue };
        if !is_manifest_store(first.bytes) {
            continue;
        }
        let follows = |(number, piece): &(usize, &JumbfPiece<'_>)| piece.sequence == first.sequence + 1 + number;
        let rest = rest.iter().enumerate().take_while(follows).map(|(_, piece)| piece.without_header());
        let all: Vec<_> = std::iter::once(first.bytes).chain(rest).collect();
        let bytes = found.join(&all);
        found.push(Kind::C2pa, bytes);
    }
}
