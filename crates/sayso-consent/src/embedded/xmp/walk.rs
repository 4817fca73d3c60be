use std::borrow::Cow;
use std::collections::BTreeSet;

use quick_xml::Reader;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Prefix, QName};
use sayso_core::Signal;

use super::properties::{Field, Property, field_named, property_named};
use super::scope::{Namespace, Scope};
use super::{Value, Xmp};
use crate::embedded::numbers::offset_in;

/// Values of one property that are kept, and bytes of one value.
const VALUES: usize = 32;
const VALUE_BYTES: usize = 4096;

/// Reads a document from front to back.
pub(super) fn walk(bytes: &[u8], depth: usize) -> Xmp {
    let mut walk = Walk {
        bytes,
        depth,
        frames: Vec::new(),
        scope: Scope::default(),
        about: String::new(),
        abouts: BTreeSet::new(),
        granting: BTreeSet::new(),
        xmp: Xmp::default(),
    };
    let mut reader = Reader::from_reader(bytes);
    loop {
        let event = reader.read_event();
        if matches!(event, Ok(Event::Eof)) {
            walk.xmp.broken = !walk.frames.is_empty();
            return walk.done();
        }
        if event.ok().and_then(|event| walk.take(&event)).is_none() {
            walk.xmp.broken = true;
            return walk.done();
        }
    }
}

/// What an open element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Outside,
    /// `rdf:RDF`.
    Rdf,
    /// A node right inside it. Only these speak of the picture itself: deeper ones describe its ingredients.
    Node,
    /// A property that is read, or something inside it.
    Inside(Property, Option<Field>),
    Ignored,
}

struct Frame {
    place: Place,
    is_default: bool,
    /// Whether its value is given by an attribute or by the elements in it.
    has_value: bool,
    text: String,
    at: Option<(usize, usize)>,
}

struct Walk<'b> {
    bytes: &'b [u8],
    depth: usize,
    frames: Vec<Frame>,
    scope: Scope,
    /// What the node that is read is about.
    about: String,
    /// What all nodes are about.
    abouts: BTreeSet<String>,
    /// What those are about that may grant something.
    granting: BTreeSet<String>,
    xmp: Xmp,
}

impl Walk<'_> {
    /// What a node says grants nothing where it is about something else than the others are: the picture of which this one was made
    /// may be free, and this one is not therefore.
    fn done(mut self) -> Xmp {
        let is_of_another = self.abouts.len() > 1 && self.granting.iter().any(|about| !about.is_empty());
        self.xmp.incomplete |= is_of_another;
        self.xmp
    }

    /// Notes what the node is about that opens here.
    fn open_node(&mut self, element: &BytesStart<'_>, attributes: &[Attribute<'_>]) {
        let about = attributes.iter().find(|attribute| {
            let (local, prefix) = split(attribute.key);
            // Without a prefix it is what RDF had in its first years.
            local == "about" && prefix.is_none_or(|prefix| self.scope.is(Some(prefix), Namespace::Rdf))
        });
        self.about = about.map(|about| about.value.trim().to_owned()).unwrap_or_default();
        // Drawings describe the licence itself in a node of its own.
        let (local, prefix) = split(element.name());
        if !(local == "License" && self.scope.is(prefix, Namespace::Cc)) {
            self.abouts.insert(self.about.clone());
        }
    }

    /// Takes the next event, `None` where the document breaks a rule or a limit.
    fn take(&mut self, event: &Event<'_>) -> Option<()> {
        match event {
            Event::Start(element) => self.open(element)?,
            Event::Empty(element) => {
                self.open(element)?;
                self.close()?;
            }
            Event::End(_) => self.close()?,
            Event::Text(text) => self.text(text, text),
            Event::CData(text) => self.text(text, text),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().ok()? {
                Some(char) => self.text(char.encode_utf8(&mut [0; 4]), reference),
                // What any other than XML's own five stands for would be in a declaration that is not read.
                None => self.text(quick_xml::escape::resolve_xml_entity(reference).unwrap_or("\u{fffd}"), reference),
            },
            Event::DocType(declaration) => self.xmp.incomplete |= declaration.contains('['),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::Eof => {}
        }
        Some(())
    }

    fn open(&mut self, element: &BytesStart<'_>) -> Option<()> {
        if self.frames.len() >= self.depth {
            return None;
        }
        let attributes = self.scope.open_with(element)?;
        let place = self.place_in_parent(element.name());
        self.xmp.has_rdf |= place == Place::Rdf;
        if place == Place::Node {
            self.open_node(element, &attributes);
        }
        let mut frame = Frame { place, is_default: false, has_value: false, text: String::new(), at: None };
        if let (Place::Inside(..), Some(parent)) = (place, self.frames.last_mut()) {
            parent.has_value = true;
        }
        for attribute in &attributes {
            self.read_attribute(attribute, &mut frame);
        }
        self.frames.push(frame);
        Some(())
    }

    fn place_in_parent(&self, name: QName<'_>) -> Place {
        let (local, prefix) = split(name);
        match self.frames.last().map_or(Place::Outside, |frame| frame.place) {
            Place::Outside if local == "RDF" && self.scope.is(prefix, Namespace::Rdf) => Place::Rdf,
            Place::Outside => Place::Outside,
            Place::Rdf => Place::Node,
            Place::Node => {
                self.property(local, prefix).map_or(Place::Ignored, |property| Place::Inside(property, None))
            }
            Place::Inside(property, field) => Place::Inside(property, field_named(property, local).or(field)),
            Place::Ignored => Place::Ignored,
        }
    }

    fn property(&self, local: &str, prefix: Option<&str>) -> Option<Property> {
        property_named(local).find(|(namespace, _)| self.scope.is(prefix, *namespace)).map(|(_, property)| property)
    }

    fn read_attribute(&mut self, attribute: &Attribute<'_>, frame: &mut Frame) {
        if attribute.key.0 == "xml:lang" {
            frame.is_default = attribute.value.eq_ignore_ascii_case("x-default");
            return;
        }
        // An attribute without a prefix is in no namespace.
        let (local, Some(prefix)) = split(attribute.key) else { return };
        let meant = match frame.place {
            Place::Node => self.property(local, Some(prefix)).map(|property| (property, None)),
            Place::Inside(property, field) if matches!(local, "resource" | "value") => {
                self.scope.is(Some(prefix), Namespace::Rdf).then_some((property, field))
            }
            Place::Inside(property, _) => field_named(property, local).map(|field| (property, Some(field))),
            Place::Outside | Place::Rdf | Place::Ignored => None,
        };
        let Some((property, field)) = meant else { return };
        frame.has_value = true;
        // With an entity that is not known the value is left as it stands, which no vocabulary has.
        let text = quick_xml::escape::unescape(&attribute.value).unwrap_or(Cow::Borrowed(&attribute.value));
        let (mut text, at) = (text.trim().to_owned(), self.place_of(&attribute.value));
        if text.len() > VALUE_BYTES {
            text = Signal::raw_of(text.as_bytes(), VALUE_BYTES as u64);
            self.xmp.incomplete |= !property.is_beside_consent();
        }
        self.push(Value { property, field, is_default: false, text, at });
    }

    fn close(&mut self) -> Option<()> {
        let frame = self.frames.pop()?;
        self.scope.close();
        let Place::Inside(property, field) = frame.place else { return Some(()) };
        let text = frame.text.trim();
        // `<plus:DataMining/>` is a value that nobody knows; an empty element inside a property is none.
        let is_property = !matches!(self.frames.last(), Some(Frame { place: Place::Inside(..), .. }));
        if !text.is_empty() || (is_property && !frame.has_value) {
            let (is_default, text) = (frame.is_default, text.to_owned());
            self.push(Value { property, field, is_default, text, at: frame.at });
        }
        Some(())
    }

    /// Adds `text`, which stands in the packet as `raw`, to the open element.
    fn text(&mut self, text: &str, raw: &str) {
        let at = self.place_of(raw);
        let Some(frame) = self.frames.last_mut() else { return };
        let is_blank = text.trim().is_empty();
        if !matches!(frame.place, Place::Inside(..)) || (frame.text.is_empty() && is_blank) {
            return;
        }
        if frame.text.len() + text.len() > VALUE_BYTES {
            // Half a value is not to be taken for the whole.
            self.xmp.incomplete |= !matches!(frame.place, Place::Inside(property, _) if property.is_beside_consent());
            if !frame.text.ends_with(Signal::CUT_MARK) {
                frame.text.push(Signal::CUT_MARK);
            }
            return;
        }
        frame.text.push_str(text);
        if !is_blank {
            let start = frame.at.map_or(at.map(|at| at.0), |known| Some(known.0));
            frame.at = start.zip(at).map(|(start, (_, end))| (start, end));
        }
    }

    fn push(&mut self, value: Value) {
        let is_beside = value.property.is_beside_consent();
        if is_beside && (value.field == Some(Field::Left) || value.text.is_empty()) {
            return;
        }
        if value.property.may_grant() {
            self.granting.insert(self.about.clone());
        }
        let known = self.xmp.values.iter().filter(|known| known.property == value.property).count();
        if known < VALUES {
            self.xmp.values.push(value);
        } else {
            self.xmp.incomplete |= !is_beside;
        }
    }

    /// The place of a text in the packet, without the blanks around it.
    fn place_of(&self, text: &str) -> Option<(usize, usize)> {
        let trimmed = text.trim();
        let start = offset_in(self.bytes, trimmed.as_bytes())?;
        Some((start, start + trimmed.len()))
    }
}

fn split(name: QName<'_>) -> (&str, Option<&str>) {
    let (local, prefix) = name.decompose();
    (local.into_inner(), prefix.map(Prefix::into_inner))
}
