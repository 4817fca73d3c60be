//! The elements of an RSL document, read one event at a time.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

use super::licence::Licence;
use super::scope::Scope;
use super::{Content, Rsl};
use crate::files::found::Found;

const NAMESPACE: &str = "https://rslstandard.org/rsl";

/// How deep elements may nest; RSL itself needs five levels, extensions some more.
const DEPTH: usize = 32;
/// How many attributes an element may have; they are compared with each other.
const ATTRIBUTES: usize = 32;
/// How many bytes an attribute that means something may have, and how many the text of an element.
const VALUE_BYTES: usize = 16 << 10;
/// How many contents a document may have, all of which are matched with every address, and how many licences.
const CONTENTS: usize = 4096;
const LICENCES: usize = 4096;

/// The document is none of RSL, breaks the rules of XML or a limit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unreadable;

impl From<quick_xml::Error> for Unreadable {
    fn from(_: quick_xml::Error) -> Self {
        Self
    }
}

/// What an open element is.
enum Open {
    Root,
    Content { start: usize, url: Option<String>, is_guarded: bool, licences: Vec<Licence> },
    License(Licence),
    Uses { permits: bool, kind: Option<String>, text: String },
    Payment { is_free: bool },
    Other,
}

/// A document while it is read. XML is read without recursion: what is open stands in a stack of bounded height.
pub(super) struct Reader<'a> {
    xml: NsReader<&'a [u8]>,
    document: &'a [u8],
    /// Where the text starts in the document.
    offset: usize,
    signal_bytes: u64,
    open: Vec<Open>,
    licences: usize,
    rsl: Rsl,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, document: &'a [u8], offset: usize, signal_bytes: u64) -> Self {
        let mut xml = NsReader::from_str(text);
        xml.config_mut().expand_empty_elements = true;
        let rsl = Rsl { patterns: Vec::new(), contents: Vec::new(), unreadable: None, is_mistyped: false };
        Self { xml, document, offset, signal_bytes, open: Vec::new(), licences: 0, rsl }
    }

    pub(super) fn read(mut self) -> Result<Rsl, Unreadable> {
        let mut had_root = false;
        loop {
            let start = self.position();
            let (namespace, event) = self.xml.read_resolved_event()?;
            let is_rsl = namespace == ResolveResult::Bound(Namespace(NAMESPACE));
            match event {
                Event::Start(element) => {
                    had_root = if self.open.is_empty() && had_root { return Err(Unreadable) } else { true };
                    let opened = self.opened(&element, is_rsl, start)?;
                    self.open.push(opened);
                }
                Event::End(_) => self.close()?,
                Event::Text(text) => self.add_text(&text.xml10_content())?,
                Event::CData(text) => self.add_text(&text.xml10_content())?,
                Event::GeneralRef(reference) => {
                    let known = match reference.resolve_char_ref()? {
                        Some(char) => char.to_string(),
                        None => quick_xml::escape::resolve_predefined_entity(&reference.xml10_content())
                            .ok_or(Unreadable)?
                            .to_owned(),
                    };
                    self.add_text(&known)?;
                }
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof if had_root && self.open.is_empty() => return Ok(self.rsl),
                // A document type could define entities.
                Event::DocType(_) | Event::Eof => return Err(Unreadable),
            }
        }
    }

    fn position(&self) -> usize {
        usize::try_from(self.xml.buffer_position()).unwrap_or(usize::MAX)
    }

    /// What an element is by its name and by where it stands. Names of other namespaces are extensions.
    fn opened(&mut self, element: &BytesStart<'_>, is_rsl: bool, start: usize) -> Result<Open, Unreadable> {
        if self.open.len() >= DEPTH {
            return Err(Unreadable);
        }
        let name = element.local_name();
        let name = if is_rsl { name.as_ref() } else { "" };
        let [kind, url, server, encrypted] = attributes(element, ["type", "url", "server", "encrypted"])?;
        Ok(match (self.open.last_mut(), name) {
            (None, "rsl") => Open::Root,
            (None, _) => return Err(Unreadable),
            (Some(Open::Root), "content") => {
                let is_encrypted = encrypted.is_some_and(|value| !value.trim_ascii().eq_ignore_ascii_case("false"));
                Open::Content { start, url, is_guarded: server.is_some() || is_encrypted, licences: Vec::new() }
            }
            (Some(Open::Content { .. }), "license") => Open::License(Licence::default()),
            (Some(Open::License(_)), "permits" | "prohibits") => {
                Open::Uses { permits: name == "permits", kind, text: String::new() }
            }
            (Some(Open::License(_)), "payment") => {
                Open::Payment { is_free: kind.is_some_and(|kind| kind.trim_ascii() == "free") }
            }
            (Some(Open::License(licence)), _) => {
                match name {
                    // To report is a condition (section 3.12); what a licence warrants or disclaims is none.
                    "reporting" => licence.is_conditional = true,
                    "legal" => {}
                    _ => licence.is_unclear = true,
                }
                Open::Other
            }
            // A price or terms of its own: free in name only.
            (Some(Open::Payment { is_free }), _) => {
                *is_free = false;
                Open::Other
            }
            // A list with something in it that is no word may say more than its words.
            (Some(Open::Uses { kind, .. }), _) => {
                *kind = None;
                Open::Other
            }
            (Some(_), _) => Open::Other,
        })
    }

    /// Ends the innermost element; that names match, the XML reader has seen to.
    fn close(&mut self) -> Result<(), Unreadable> {
        let closed = self.open.pop().ok_or(Unreadable)?;
        match (closed, self.open.last_mut()) {
            (Open::Uses { permits, kind, text }, Some(Open::License(licence))) => {
                licence.add_uses(permits, kind.as_deref().map(str::trim_ascii), &text);
            }
            (Open::Payment { is_free: false }, Some(Open::License(licence))) => licence.is_conditional = true,
            (Open::License(licence), Some(Open::Content { licences, .. })) => {
                self.licences += 1;
                licences.push(licence);
            }
            (Open::Content { start, url, is_guarded, licences }, _) => {
                let at = start + self.offset..self.position() + self.offset;
                let number = u32::try_from(self.rsl.contents.len() + 1).unwrap_or(u32::MAX);
                let found = Found::new(self.document, at, "content", number, self.signal_bytes);
                // An empty `url` is whatever the document was found for; without one the content may be about anything.
                let scope = url.map_or(Scope::Unclear, |url| Scope::new(&url, &mut self.rsl.patterns));
                self.rsl.contents.push(Content { scope, is_guarded, licences, found });
            }
            _ => {}
        }
        let is_too_long = self.rsl.contents.len() > CONTENTS || self.licences > LICENCES;
        if is_too_long { Err(Unreadable) } else { Ok(()) }
    }

    fn add_text(&mut self, added: &str) -> Result<(), Unreadable> {
        match self.open.last_mut() {
            Some(Open::Uses { text, .. }) if text.len() + added.len() > VALUE_BYTES => Err(Unreadable),
            Some(Open::Uses { text, .. }) => {
                text.push_str(added);
                Ok(())
            }
            Some(_) => Ok(()),
            None if added.trim_ascii().is_empty() => Ok(()),
            None => Err(Unreadable),
        }
    }
}

/// The values of some attributes of an element. All of them are read, since one that is broken breaks the document.
fn attributes<const N: usize>(element: &BytesStart<'_>, wanted: [&str; N]) -> Result<[Option<String>; N], Unreadable> {
    let mut found = [const { None }; N];
    for (number, attribute) in element.attributes().enumerate() {
        let attribute = attribute.map_err(|_| Unreadable)?;
        if number >= ATTRIBUTES {
            return Err(Unreadable);
        }
        let at = wanted.iter().position(|name| attribute.key.as_ref() == *name);
        if let Some(value) = at.and_then(|at| found.get_mut(at)) {
            if attribute.value.len() > VALUE_BYTES {
                return Err(Unreadable);
            }
            *value = Some(attribute.normalized_value(XmlVersion::Implicit1_0)?.into_owned());
        }
    }
    Ok(found)
}
