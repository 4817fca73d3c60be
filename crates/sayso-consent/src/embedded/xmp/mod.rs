//! XMP (ISO 16684-1): the few properties that speak of consent, out of RDF in XML.
//!
//! The XML is read once from front to back. No entity is expanded but the five of XML and characters by number, no
//! declaration of a document type is followed, and depth, namespaces and values are bounded.

mod compose;
mod properties;
mod rewrite;
mod scope;
mod walk;

use std::borrow::Cow;

pub(super) use compose::NEW_PACKET;
pub(super) use properties::{Field, Property};
pub(super) use rewrite::{Rewritten, rewrite};

use super::container::Packet;

/// A value of a property, or of one of its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) property: Property,
    pub(super) field: Option<Field>,
    /// Whether its language is `x-default`.
    pub(super) is_default: bool,
    pub(super) text: String,
    /// Where it stands in the packet.
    pub(super) at: Option<(usize, usize)>,
}

/// What was read of a packet.
#[derive(Debug, Default)]
pub(super) struct Xmp {
    pub(super) values: Vec<Value>,
    /// Whether it is not XML, or not to its end.
    pub(super) broken: bool,
    /// Whether something in it was left out.
    pub(super) incomplete: bool,
    /// Whether any RDF was found.
    pub(super) has_rdf: bool,
}

/// Reads a packet of XMP, or a document with RDF in it.
pub(super) fn read_xmp(packet: &Packet<'_>, depth: usize) -> Xmp {
    walk::walk(&without_broken_characters(packet.bytes.trim_ascii_end()), depth)
}

/// Cameras write broken characters into captions. They are replaced byte by byte, so that places stay what they are.
fn without_broken_characters(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut bytes = Cow::Borrowed(bytes);
    if let Err(error) = std::str::from_utf8(&bytes) {
        replace_broken(bytes.to_mut(), error.valid_up_to());
    }
    bytes
}

/// Replaces every byte from `start` on that is part of no character.
fn replace_broken(bytes: &mut [u8], start: usize) {
    let mut at = start;
    while let Some(rest) = bytes.get_mut(at..) {
        match std::str::from_utf8(rest) {
            Ok(_) => break,
            Err(error) => {
                let (start, len) = (error.valid_up_to(), error.error_len().unwrap_or(rest.len()));
                for byte in rest.iter_mut().skip(start).take(len) {
                    *byte = b'?';
                }
                at += start + len;
            }
        }
    }
}
