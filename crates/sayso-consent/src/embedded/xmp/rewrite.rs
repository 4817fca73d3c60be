//! Sets properties in a packet that is there, by cutting out what stood for them and putting one node in.
//!
//! The document is read as [`walk`](super::walk) reads it, and only places are noted: what is not cut stays byte for
//! byte, with its blanks, its prefixes and the broken characters of its writers.

use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Prefix, QName};

use super::compose::{description, properties_of};
use super::scope::{Namespace, Scope};
use super::without_broken_characters;
use crate::embedded::numbers::offset_in;
use crate::embedded::write::{Inscription, WriteError};

/// What became of a packet.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::embedded) enum Rewritten {
    Changed(Vec<u8>),
    /// There is no `rdf:RDF` in which anything could stand.
    NoRdf,
}

/// The packet without what it said in the properties of `inscription`, and with all of it where `put` says so.
pub(in crate::embedded) fn rewrite(
    packet: &[u8],
    inscription: &Inscription,
    put: bool,
    depth: usize,
) -> Result<Rewritten, WriteError> {
    let bytes = without_broken_characters(packet.trim_ascii_end());
    let mut walk = Walk {
        bytes: &bytes,
        depth,
        properties: properties_of(inscription),
        frames: Vec::new(),
        scope: Scope::default(),
        node: None,
        about: None,
        cuts: Vec::new(),
        put: None,
    };
    let mut reader = Reader::from_reader(&bytes[..]);
    loop {
        let start = position(&reader);
        let event = reader.read_event().map_err(|_| WriteError::BrokenXmp)?;
        let span = start..position(&reader);
        match &event {
            Event::Eof => break,
            Event::Start(element) => walk.open(element, span).ok_or(WriteError::BrokenXmp)?,
            Event::Empty(element) => {
                walk.open(element, span.clone()).ok_or(WriteError::BrokenXmp)?;
                walk.close(span, true);
            }
            Event::End(_) => walk.close(span, false),
            Event::Text(text) => walk.content(text.trim().is_empty()),
            Event::CData(_) | Event::GeneralRef(_) | Event::Comment(_) | Event::PI(_) => walk.content(false),
            Event::Decl(_) | Event::DocType(_) => {}
        }
    }
    if !walk.frames.is_empty() {
        return Err(WriteError::BrokenXmp);
    }
    let Some((at, is_empty)) = walk.put else { return Ok(Rewritten::NoRdf) };
    let mut cuts: Vec<(Range<usize>, Vec<u8>)> = walk.cuts.into_iter().map(|cut| (cut, Vec::new())).collect();
    if put {
        let node = description(inscription, &walk.about.unwrap_or_default());
        cuts.push(opened(packet, at, is_empty, &node));
    }
    Ok(Rewritten::Changed(replaced(packet, cuts)))
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

/// Where `node` goes: before the end tag at `at`, or into the empty element whose tag ends there.
fn opened(packet: &[u8], at: usize, is_empty: bool, node: &str) -> (Range<usize>, Vec<u8>) {
    if !is_empty {
        return (at..at, format!("{node}\n").into_bytes());
    }
    // `<r:RDF xmlns:r="…"/>`: the slash goes, and the element gets an end tag of the same name.
    let tag = packet.get(..at).unwrap_or_default();
    let start = memchr::memrchr(b'<', tag).map_or(0, |start| start + 1);
    let name = tag.get(start..).unwrap_or_default();
    let len = name.iter().position(|byte| byte.is_ascii_whitespace() || *byte == b'/').unwrap_or(name.len());
    let name = name.get(..len).unwrap_or_default();
    (at.saturating_sub(2)..at, [b">\n", node.as_bytes(), b"\n</", name, b">"].concat())
}

fn replaced(packet: &[u8], mut cuts: Vec<(Range<usize>, Vec<u8>)>) -> Vec<u8> {
    cuts.sort_by_key(|(cut, _)| (cut.start, cut.end));
    let (mut bytes, mut at) = (Vec::with_capacity(packet.len()), 0);
    for (cut, new) in cuts {
        bytes.extend_from_slice(packet.get(at..cut.start).unwrap_or_default());
        bytes.extend(new);
        at = at.max(cut.end);
    }
    bytes.extend_from_slice(packet.get(at..).unwrap_or_default());
    bytes
}

/// What an open element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Outside,
    Rdf,
    Node,
    /// A property that is set anew, where it starts.
    Cut(usize),
    Kept,
}

/// The node that is open right inside `rdf:RDF`.
struct Node {
    start: usize,
    cuts: usize,
    /// Whether anything is left in it when the cuts are made.
    keeps: bool,
}

struct Walk<'b> {
    bytes: &'b [u8],
    depth: usize,
    properties: Vec<(Namespace, &'static str)>,
    frames: Vec<Place>,
    scope: Scope,
    node: Option<Node>,
    /// The `rdf:about` of the first node: all nodes of a packet speak of one thing.
    about: Option<String>,
    cuts: Vec<Range<usize>>,
    /// Where a node can be put, and whether that is an empty element.
    put: Option<(usize, bool)>,
}

impl Walk<'_> {
    fn open(&mut self, element: &BytesStart<'_>, span: Range<usize>) -> Option<()> {
        if self.frames.len() >= self.depth {
            return None;
        }
        let attributes = self.scope.open_with(element)?;
        let (local, prefix) = split(element.name());
        let place = match self.frames.last().copied().unwrap_or(Place::Outside) {
            Place::Outside if local == "RDF" && self.scope.is(prefix, Namespace::Rdf) => Place::Rdf,
            Place::Outside => Place::Outside,
            Place::Rdf => Place::Node,
            Place::Node if self.is_set(local, prefix) => Place::Cut(span.start),
            Place::Node | Place::Cut(_) | Place::Kept => Place::Kept,
        };
        if place == Place::Kept && self.frames.last() == Some(&Place::Node) {
            self.content(false);
        }
        if place == Place::Node {
            let is_description = local == "Description" && self.scope.is(prefix, Namespace::Rdf);
            let mut node = Node { start: span.start, cuts: self.cuts.len(), keeps: !is_description };
            for attribute in &attributes {
                let (local, Some(prefix)) = split(attribute.key) else { continue };
                if self.is_set(local, Some(prefix)) {
                    self.cuts.push(self.range_of(attribute.key.0, &attribute.value)?);
                } else if local == "about" && self.scope.is(Some(prefix), Namespace::Rdf) {
                    self.about.get_or_insert_with(|| attribute.value.replace('"', "&quot;"));
                } else {
                    node.keeps = true;
                }
            }
            self.node = Some(node);
        }
        self.frames.push(place);
        Some(())
    }

    fn close(&mut self, span: Range<usize>, is_empty: bool) {
        self.scope.close();
        match self.frames.pop() {
            Some(Place::Rdf) if self.put.is_none() => {
                self.put = Some(if is_empty { (span.end, true) } else { (span.start, false) });
            }
            Some(Place::Cut(start)) => self.cuts.push(start..span.end),
            Some(Place::Node) => {
                if let Some(node) = self.node.take().filter(|node| !node.keeps && self.cuts.len() > node.cuts) {
                    self.cuts.truncate(node.cuts);
                    self.cuts.push(node.start..self.behind_line(span.end));
                }
            }
            _ => {}
        }
    }

    /// Something stands right inside an element.
    fn content(&mut self, is_blank: bool) {
        if let (Some(Place::Node), Some(node)) = (self.frames.last(), &mut self.node) {
            node.keeps |= !is_blank;
        }
    }

    fn is_set(&self, local: &str, prefix: Option<&str>) -> bool {
        let is = |(namespace, known): &(Namespace, &str)| *known == local && self.scope.is(prefix, *namespace);
        self.properties.iter().any(is)
    }

    /// An attribute with the blanks before it and its quotes.
    fn range_of(&self, key: &str, value: &str) -> Option<Range<usize>> {
        let start = offset_in(self.bytes, key.as_bytes())?;
        let end = offset_in(self.bytes, value.as_bytes())? + value.len() + 1;
        let before = self.bytes.get(..start)?;
        Some(before.trim_ascii_end().len()..end)
    }

    /// A node that is put in stands on a line of its own, and takes the line's end with it when it goes.
    fn behind_line(&self, end: usize) -> usize {
        end + usize::from(self.bytes.get(end) == Some(&b'\n'))
    }
}

fn split(name: QName<'_>) -> (&str, Option<&str>) {
    let (local, prefix) = name.decompose();
    (local.into_inner(), prefix.map(Prefix::into_inner))
}
