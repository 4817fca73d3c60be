//! Which prefix stands for which namespace, at one place in a document.

use quick_xml::events::BytesStart;
use quick_xml::events::attributes::Attribute;

/// A namespace that is read. Its prefix is the writer's choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Namespace {
    Rdf,
    Plus,
    XmpRights,
    Dc,
    Cc,
    XmpNote,
    IptcCore,
    IptcExt,
    Regions,
    Other,
}

const NAMESPACES: &[(&str, Namespace)] = &[
    ("http://www.w3.org/1999/02/22-rdf-syntax-ns#", Namespace::Rdf),
    ("http://ns.useplus.org/ldf/xmp/1.0/", Namespace::Plus),
    ("http://ns.adobe.com/xap/1.0/rights/", Namespace::XmpRights),
    ("http://purl.org/dc/elements/1.1/", Namespace::Dc),
    ("http://creativecommons.org/ns#", Namespace::Cc),
    ("http://web.resource.org/cc/", Namespace::Cc),
    ("http://ns.adobe.com/xmp/note/", Namespace::XmpNote),
    ("http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/", Namespace::IptcCore),
    ("http://iptc.org/std/Iptc4xmpExt/2008-02-29/", Namespace::IptcExt),
    ("http://www.metadataworkinggroup.com/schemas/regions/", Namespace::Regions),
];

/// Declarations in force at one place. Real packets have forty; every name that is looked up is compared with all.
const DECLARATIONS: usize = 256;

/// Attributes of one element.
const ATTRIBUTES: usize = 1024;

/// The declarations in force.
#[derive(Debug, Default)]
pub(super) struct Scope {
    declared: Vec<(String, Namespace)>,
    /// How many were in force where each open element started.
    starts: Vec<usize>,
}

impl Scope {
    /// An element starts.
    pub(super) fn open(&mut self) {
        self.starts.push(self.declared.len());
    }

    /// An element starts: its attributes, without those that declare a prefix, which are in force from here. `None` where
    /// they cannot be read, or are too many.
    pub(super) fn open_with<'e>(&mut self, element: &'e BytesStart<'_>) -> Option<Vec<Attribute<'e>>> {
        self.open();
        let mut attributes = Vec::new();
        for attribute in element.attributes().with_checks(false) {
            let attribute = attribute.ok().filter(|_| attributes.len() < ATTRIBUTES)?;
            if !self.declare(attribute.key.0, &attribute.value)? {
                attributes.push(attribute);
            }
        }
        Some(attributes)
    }

    /// It ends.
    pub(super) fn close(&mut self) {
        self.declared.truncate(self.starts.pop().unwrap_or_default());
    }

    /// Takes an attribute that declares a prefix. Says whether it was one, `None` where there are too many.
    pub(super) fn declare(&mut self, key: &str, value: &str) -> Option<bool> {
        let prefix = match key.strip_prefix("xmlns") {
            Some("") => "",
            Some(rest) => match rest.strip_prefix(':') {
                Some(prefix) => prefix,
                None => return Some(false),
            },
            None => return Some(false),
        };
        if self.declared.len() >= DECLARATIONS {
            return None;
        }
        let known = NAMESPACES.iter().find(|(uri, _)| *uri == value);
        self.declared.push((prefix.to_owned(), known.map_or(Namespace::Other, |&(_, namespace)| namespace)));
        Some(true)
    }

    /// Whether a prefix, or none, stands for this namespace.
    pub(super) fn is(&self, prefix: Option<&str>, namespace: Namespace) -> bool {
        let prefix = prefix.unwrap_or_default();
        let declared = self.declared.iter().rev().find(|(known, _)| known == prefix);
        declared.is_some_and(|&(_, known)| known == namespace)
    }
}
