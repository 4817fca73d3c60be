use memchr::memmem;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::{Collector, Kind};
use crate::structured_field::{Bare, parse_single};

/// How far into a file its root element is looked for.
const HEAD_BYTES: usize = 4096;

/// Whether a file is an SVG: XML, whose first bytes hold the root element.
pub(in crate::embedded) fn is_svg(bytes: &[u8]) -> bool {
    let head = bytes.get(..HEAD_BYTES.min(bytes.len())).unwrap_or_default();
    let start = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    start.starts_with(b"<") && memmem::find(start, b"<svg").is_some()
}

/// Reads an SVG: RDF, in a packet of XMP or by itself, and a manifest store in base64 (C2PA 2.4, section A.3.3).
///
/// Most have neither, which a search tells faster than a parser.
pub(super) fn read_svg<'a>(bytes: &'a [u8], found: &mut Collector<'a>) {
    if memmem::find(bytes, b"RDF").is_some() {
        found.push(Kind::Xmp, bytes);
    }
    if memmem::find(bytes, b":manifest").is_some() {
        read_manifest(bytes, found);
    }
}

/// The element is known by the prefix that the specification gives it: its own example declares no namespace.
fn read_manifest<'a>(bytes: &'a [u8], found: &mut Collector<'a>) {
    let mut reader = Reader::from_reader(bytes);
    let mut encoded: Option<Vec<u8>> = None;
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) if element.name().0 == "c2pa:manifest" => encoded = Some(Vec::new()),
            Ok(Event::Text(text)) => {
                if let Some(encoded) = &mut encoded {
                    encoded.extend(text.bytes().filter(|byte| !byte.is_ascii_whitespace()));
                }
            }
            Ok(Event::End(element)) if element.name().0 == "c2pa:manifest" => {
                // A store that is no base64 is a store all the same, and cannot be read.
                let store = encoded.take().and_then(|encoded| decode(&encoded)).unwrap_or_default();
                found.push(Kind::C2pa, store);
            }
            Ok(Event::Eof) => break,
            Err(_) => break found.miss(),
            Ok(_) => {}
        }
    }
    if encoded.is_some() {
        found.push(Kind::C2pa, Vec::new());
    }
}

/// Base64 between colons is a byte sequence of RFC 9651.
fn decode(encoded: &[u8]) -> Option<Vec<u8>> {
    match parse_single(&[b":", encoded, b":"].concat()).ok()?.value {
        Bare::ByteSequence(bytes) => Some(bytes),
        _ => None,
    }
}
