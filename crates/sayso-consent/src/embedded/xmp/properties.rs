//! The properties and fields that are read.

use super::scope::Namespace;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::embedded) enum Property {
    DataMining,
    OtherConstraints,
    Licensor,
    WebStatement,
    UsageTerms,
    Creator,
    Rights,
    /// `cc:license`, by which SVGs name a licence.
    Licence,
    /// The name of the packet in which a JPEG's XMP goes on.
    HasExtendedXmp,
}

/// A field of a structure that is read by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::embedded) enum Field {
    LicensorName,
    LicensorUrl,
}

const PROPERTIES: &[(&str, Namespace, Property)] = &[
    ("DataMining", Namespace::Plus, Property::DataMining),
    ("OtherConstraints", Namespace::Plus, Property::OtherConstraints),
    ("Licensor", Namespace::Plus, Property::Licensor),
    ("WebStatement", Namespace::XmpRights, Property::WebStatement),
    ("UsageTerms", Namespace::XmpRights, Property::UsageTerms),
    ("creator", Namespace::Dc, Property::Creator),
    ("rights", Namespace::Dc, Property::Rights),
    ("license", Namespace::Cc, Property::Licence),
    ("HasExtendedXMP", Namespace::XmpNote, Property::HasExtendedXmp),
];

/// The properties of this local name, each with the namespace that it must be in.
pub(super) fn property_named(local: &str) -> impl Iterator<Item = (Namespace, Property)> {
    PROPERTIES.iter().filter(move |(known, ..)| *known == local).map(|&(_, namespace, property)| (namespace, property))
}

/// The field of this local name. Its namespace is that of the property around it, and not looked at again.
pub(super) fn field_named(local: &str) -> Option<Field> {
    match local {
        "LicensorName" => Some(Field::LicensorName),
        "LicensorURL" => Some(Field::LicensorUrl),
        _ => None,
    }
}
