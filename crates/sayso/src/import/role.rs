use std::collections::BTreeMap;
use std::str::FromStr;

use sayso_core::{UnknownName, stable_names};

/// What a column of a table means to Sayso. Every other column is kept as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The picture's address.
    Url,
    /// The text that goes with it.
    Caption,
    /// The address of the page on which they stand.
    PageUrl,
    /// Who made the picture.
    Creator,
    /// The licence: a name or an address.
    Licence,
    /// The picture's width in pixels.
    Width,
    /// The picture's height in pixels.
    Height,
    /// SHA-256 of the picture's file in hexadecimal.
    Sha256,
    /// The picture's PDQ: 32 bytes, or 64 hexadecimal digits.
    Pdq,
    /// The language of the caption.
    Language,
    /// How near picture and caption are to CLIP.
    Similarity,
    /// How probable it is that the picture is not safe for work, as somebody's classifier saw it.
    Punsafe,
    /// How probable it is that the picture bears a watermark.
    Pwatermark,
    /// How beautiful somebody's predictor took the picture to be.
    Aesthetic,
}

stable_names!(Role, "role of a column", {
    Url => "url",
    Caption => "caption",
    PageUrl => "page_url",
    Creator => "creator",
    Licence => "licence",
    Width => "width",
    Height => "height",
    Sha256 => "sha256",
    Pdq => "pdq",
    Language => "language",
    Similarity => "similarity",
    Punsafe => "punsafe",
    Pwatermark => "pwatermark",
    Aesthetic => "aesthetic",
});

impl Role {
    /// Whether the column is kept as it is, under the role's name.
    pub(super) const fn is_kept_as_it_was(self) -> bool {
        matches!(self, Self::Language | Self::Similarity | Self::Punsafe | Self::Pwatermark | Self::Aesthetic)
    }
}

/// Which column is to be taken for what, where somebody says so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnMap(pub BTreeMap<Role, String>);

impl FromStr for ColumnMap {
    type Err = UnknownName;

    /// Reads `url=IMAGE_LINK,caption=ALT`.
    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let mut map = BTreeMap::new();
        for one in text.split(',').filter(|one| !one.trim().is_empty()) {
            let (role, column) = one.split_once('=').ok_or_else(|| UnknownName {
                what: "mapping",
                given: one.to_owned(),
                known: "ROLE=COLUMN, such as url=IMAGE_LINK".to_owned(),
            })?;
            map.insert(role.trim().parse()?, column.trim().to_owned());
        }
        Ok(Self(map))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{ColumnMap, Role};

    #[test]
    fn maps_are_read() {
        let map: ColumnMap = "url=IMAGE LINK, caption=ALT".parse().unwrap();
        assert_eq!(map.0.get(&Role::Url).map(String::as_str), Some("IMAGE LINK"));
        assert_eq!(map.0.get(&Role::Caption).map(String::as_str), Some("ALT"));
        assert!("url".parse::<ColumnMap>().unwrap_err().to_string().contains("ROLE=COLUMN"));
        assert!("link=a".parse::<ColumnMap>().unwrap_err().to_string().contains("page_url"));
    }
}
