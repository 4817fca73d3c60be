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
    /// `Iptc4xmpCore:CreatorContactInfo`.
    CreatorContact,
    /// `Iptc4xmpExt:PersonInImage`, and the same with details.
    PersonShown,
    /// `mwg-rs:Regions`: parts of the picture, some of which show a face.
    Regions,
}

impl Property {
    /// Whether it says nothing of consent, but whom a picture is of or how somebody is reached: what of it is left out takes no
    /// grant away.
    pub(super) const fn is_beside_consent(self) -> bool {
        matches!(self, Self::CreatorContact | Self::PersonShown | Self::Regions)
    }

    /// Whether it may say that a use is allowed.
    pub(super) const fn may_grant(self) -> bool {
        matches!(
            self,
            Self::DataMining | Self::Licence | Self::WebStatement | Self::UsageTerms | Self::OtherConstraints
        )
    }
}

/// A field of a structure that is read by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::embedded) enum Field {
    LicensorName,
    LicensorUrl,
    LicensorEmail,
    /// `CiEmailWork`.
    ContactEmail,
    /// `CiUrlWork`.
    ContactUrl,
    /// The name of a person or region.
    Name,
    /// What kind of region it is.
    Type,
    /// Anything else of a region or contact: its place, an address. It is not kept.
    Left,
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
    ("CreatorContactInfo", Namespace::IptcCore, Property::CreatorContact),
    ("PersonInImage", Namespace::IptcExt, Property::PersonShown),
    ("PersonInImageWDetails", Namespace::IptcExt, Property::PersonShown),
    ("Regions", Namespace::Regions, Property::Regions),
];

/// The properties of this local name, each with the namespace that it must be in.
pub(super) fn property_named(local: &str) -> impl Iterator<Item = (Namespace, Property)> {
    PROPERTIES.iter().filter(move |(known, ..)| *known == local).map(|&(_, namespace, property)| (namespace, property))
}

/// The field of a property with this local name. Its namespace is that of the property around it, and not looked at again.
pub(super) fn field_named(property: Property, local: &str) -> Option<Field> {
    match (property, local) {
        (Property::Licensor, "LicensorName") => Some(Field::LicensorName),
        (Property::Licensor, "LicensorURL") => Some(Field::LicensorUrl),
        (Property::Licensor, "LicensorEmail") => Some(Field::LicensorEmail),
        (Property::CreatorContact, "CiEmailWork") => Some(Field::ContactEmail),
        (Property::CreatorContact, "CiUrlWork") => Some(Field::ContactUrl),
        (Property::CreatorContact, local) if local.starts_with("Ci") => Some(Field::Left),
        (Property::PersonShown, "PersonName") | (Property::Regions, "Name") => Some(Field::Name),
        (Property::Regions, "Type") => Some(Field::Type),
        (Property::PersonShown, "PersonId" | "PersonCharacteristic" | "PersonDescription")
        | (
            Property::Regions,
            "Area" | "AppliedToDimensions" | "Extensions" | "Description" | "FocusUsage" | "BarCodeValue",
        ) => Some(Field::Left),
        _ => None,
    }
}
