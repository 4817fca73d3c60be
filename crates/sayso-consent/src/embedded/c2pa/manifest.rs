//! From a manifest store to the assertions on training and data mining in its active manifest.
//!
//! The way down has four levels, whatever the boxes hold besides: store, manifest, assertion store, assertion. What is
//! nested deeper is never looked into.

use crate::embedded::container::boxes;
use crate::embedded::numbers::{be32, part, split_nul};

/// The labels of the assertion: that of CAWG 1.1, and that of C2PA 1.x before it.
const LABELS: &[&str] = &["cawg.training-mining", "c2pa.training-mining"];
/// What the UUIDs of C2PA's boxes end with (C2PA 2.4, section 11.1).
const UUID_TAIL: &[u8] = &[0x00, 0x11, 0x00, 0x10, 0x80, 0x00, 0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71];
const STORE: &[u8] = b"c2pa";
const UPDATE_MANIFEST: &[u8] = b"c2um";
const COMPRESSED_MANIFEST: &[u8] = b"c2cm";
/// An assertion on training takes a few hundred bytes; one that is longer is none.
const ASSERTION_BYTES: usize = 64 << 10;

/// The store is broken, or packed in a way that is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::embedded) struct Unreadable;

/// An assertion on training and data mining.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::embedded) struct Assertion<'a> {
    pub(in crate::embedded) label: &'a str,
    /// Its content, `None` where there is none that could be read.
    pub(in crate::embedded) content: Option<Content<'a>>,
}

/// What an assertion holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::embedded) enum Content<'a> {
    Cbor(&'a [u8]),
    Json(&'a [u8]),
}

impl<'a> Content<'a> {
    pub(in crate::embedded) fn bytes(self) -> &'a [u8] {
        let (Self::Cbor(bytes) | Self::Json(bytes)) = self;
        bytes
    }
}

/// Whether these bytes start with a superbox that says of itself that it is a manifest store.
pub(in crate::embedded) fn is_manifest_store(bytes: &[u8]) -> bool {
    let header = if be32(bytes, 0) == Some(1) { 16 } else { 8 };
    part(bytes, 4, 4) == Some(b"jumb")
        && part(bytes, header + 4, 4) == Some(b"jumd")
        && part(bytes, header + 8, 4) == Some(STORE)
        && part(bytes, header + 12, 12) == Some(UUID_TAIL)
}

/// The assertions on training and data mining in the active manifest, which is the last one of the store.
///
/// An update manifest changes nothing in the picture, so what the manifest before it asserted still holds. Manifests of
/// ingredients speak of other pictures and are not read.
pub(in crate::embedded) fn assertions(store: &[u8]) -> Result<Vec<Assertion<'_>>, Unreadable> {
    let Some(Ok((b"jumb", store))) = boxes(store).next() else { return Err(Unreadable) };
    let store = Superbox::parse(store).filter(|store| store.kind == STORE).ok_or(Unreadable)?;
    let manifests = store.superboxes()?;
    if manifests.is_empty() {
        return Err(Unreadable);
    }
    let mut found = Vec::new();
    for manifest in manifests.iter().rev() {
        if manifest.kind == COMPRESSED_MANIFEST {
            return Err(Unreadable);
        }
        for assertions in manifest.superboxes()?.iter().filter(|child| child.label == b"c2pa.assertions") {
            found.extend(assertions.superboxes()?.iter().filter_map(Superbox::assertion));
        }
        if manifest.kind != UPDATE_MANIFEST {
            break;
        }
    }
    Ok(found)
}

/// A JUMBF superbox: boxes behind a description (ISO 19566-5, section A.2).
struct Superbox<'a> {
    /// The first four bytes of its UUID, which are letters in all boxes of C2PA.
    kind: &'a [u8],
    label: &'a [u8],
    children: &'a [u8],
}

impl<'a> Superbox<'a> {
    fn parse(payload: &'a [u8]) -> Option<Self> {
        let Some(Ok((b"jumd", description))) = boxes(payload).next() else { return None };
        let kind = part(description, 0, 4)?;
        let has_label = description.get(16)? & 2 != 0;
        let label = if has_label { split_nul(description.get(17..)?)?.0 } else { &[] };
        let children = payload.get(description.len() + 8..)?;
        Some(Self { kind, label, children })
    }

    /// The superboxes in it. One that cannot be read leaves all of them in doubt: it may be the one that counts.
    fn superboxes(&self) -> Result<Vec<Self>, Unreadable> {
        let mut found = Vec::new();
        for child in boxes(self.children) {
            match child {
                Ok((b"jumb", payload)) => found.push(Superbox::parse(payload).ok_or(Unreadable)?),
                Ok(_) => {}
                Err(_) => return Err(Unreadable),
            }
        }
        Ok(found)
    }

    fn assertion(&self) -> Option<Assertion<'a>> {
        let label = std::str::from_utf8(self.label).ok()?;
        // Several of one label are told apart by `__1`, versions by `.v2` (C2PA 2.4, sections 6.3 and 6.4).
        let suffix = LABELS.iter().find_map(|known| label.strip_prefix(known))?;
        if !(suffix.is_empty() || suffix.starts_with("__") || suffix.starts_with(".v")) {
            return None;
        }
        let content = match boxes(self.children).next() {
            Some(Ok((_, content))) if content.len() > ASSERTION_BYTES => None,
            Some(Ok((b"cbor", content))) => Some(Content::Cbor(content)),
            Some(Ok((b"json", content))) => Some(Content::Json(content)),
            _ => None,
        };
        Some(Assertion { label, content })
    }
}
