use std::fmt;
use std::str::FromStr;

use sayso_core::UnknownName;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::column::ColumnName;

/// Something that samples have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FacetField {
    /// The registrable domain of the picture's address.
    Domain,
    /// Who made the picture.
    Creator,
    /// The licence.
    Licence,
    /// The caption's language.
    Language,
    /// The verdict.
    Verdict,
    /// The code of the reason that decided.
    Reason,
    /// The longer side of the picture in pixels.
    Side,
    /// How near picture and caption are to CLIP.
    Similarity,
    /// How probable it is that the picture is not safe for work.
    Punsafe,
    /// How probable it is that the picture bears a watermark.
    Pwatermark,
    /// How beautiful a predictor took the picture to be.
    Aesthetic,
    /// The year of the capture.
    Year,
    /// A column of an imported table, as it was.
    Column(ColumnName),
}

impl FacetField {
    /// The fields that any dataset may have, in the order in which they are shown. Columns come behind them.
    pub const ALL: &'static [Self] = &[
        Self::Domain,
        Self::Creator,
        Self::Licence,
        Self::Language,
        Self::Verdict,
        Self::Reason,
        Self::Side,
        Self::Similarity,
        Self::Punsafe,
        Self::Pwatermark,
        Self::Aesthetic,
        Self::Year,
    ];

    /// The stable name, as it is stored and shown: `domain`; of a column `column:` and its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Domain => "domain",
            Self::Creator => "creator",
            Self::Licence => "licence",
            Self::Language => "language",
            Self::Verdict => "verdict",
            Self::Reason => "reason",
            Self::Side => "side",
            Self::Similarity => "similarity",
            Self::Punsafe => "punsafe",
            Self::Pwatermark => "pwatermark",
            Self::Aesthetic => "aesthetic",
            Self::Year => "year",
            Self::Column(name) => name.as_str(),
        }
    }
}

impl fmt::Display for FacetField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for FacetField {
    type Err = UnknownName;

    /// Of columns those are known that an index which was opened has.
    fn from_str(given: &str) -> Result<Self, UnknownName> {
        let fixed = Self::ALL.iter().copied().find(|field| field.as_str() == given);
        fixed.or_else(|| ColumnName::known(given).map(Self::Column)).ok_or_else(|| UnknownName {
            what: "facet",
            given: given.to_owned(),
            known: Self::ALL.iter().map(|field| field.as_str()).collect::<Vec<_>>().join(", "),
        })
    }
}

impl Serialize for FacetField {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for FacetField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let column = || name.strip_prefix(ColumnName::PREFIX).and_then(ColumnName::new).map(Self::Column);
        name.parse().or_else(|error| column().ok_or(error)).map_err(serde::de::Error::custom)
    }
}

/// What the values of a field are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FacetKind {
    /// Names, of which there may be any number.
    Names,
    /// Numbers, counted in steps between these edges: the first step is what lies below the first edge, and each edge
    /// belongs to the step above it.
    Steps(&'static [f64]),
}

/// Pixels: the sizes that models are trained at, and what lies between.
const SIDES: [f64; 13] =
    [32.0, 64.0, 128.0, 256.0, 384.0, 512.0, 768.0, 1024.0, 1536.0, 2048.0, 3072.0, 4096.0, 8192.0];

const YEARS: [f64; 31] = {
    let mut years = [0.0; 31];
    let mut at = 0;
    while at < years.len() {
        years[at] = 2005.0 + at as f64;
        at += 1;
    }
    years
};

/// From 0.02 to 0.98.
const FIFTIETHS: [f64; 49] = {
    let mut edges = [0.0; 49];
    let mut at = 0;
    while at < edges.len() {
        edges[at] = (at + 1) as f64 / 50.0;
        at += 1;
    }
    edges
};

/// From 0.25 to 9.75.
const QUARTERS: [f64; 39] = {
    let mut edges = [0.0; 39];
    let mut at = 0;
    while at < edges.len() {
        edges[at] = (at + 1) as f64 / 4.0;
        at += 1;
    }
    edges
};

impl FacetField {
    /// What its values are.
    #[must_use]
    pub const fn kind(self) -> FacetKind {
        match self {
            Self::Domain
            | Self::Creator
            | Self::Licence
            | Self::Language
            | Self::Verdict
            | Self::Reason
            | Self::Column(_) => FacetKind::Names,
            Self::Side => FacetKind::Steps(&SIDES),
            Self::Similarity | Self::Punsafe | Self::Pwatermark => FacetKind::Steps(&FIFTIETHS),
            Self::Aesthetic => FacetKind::Steps(&QUARTERS),
            Self::Year => FacetKind::Steps(&YEARS),
        }
    }
}

impl FacetField {
    /// The step that a number of this field lies in, from 0; `None` of names, and of what is no number.
    #[must_use]
    pub fn step(self, number: f64) -> Option<u32> {
        match self.kind() {
            FacetKind::Steps(edges) if number.is_finite() => Some(step_of(edges, number)),
            _ => None,
        }
    }
}

/// The term under which samples are found that have this step.
pub(crate) fn step_term(field: FacetField, step: u32) -> String {
    format!("{field}:{step:03}")
}

/// The term under which samples are found whose caption is in this language.
pub(crate) fn language_term(language: &str) -> String {
    format!("{}:{}", FacetField::Language, language.trim().to_ascii_lowercase())
}

/// The step that a number lies in.
pub(super) fn step_of(edges: &[f64], number: f64) -> u32 {
    u32::try_from(edges.partition_point(|edge| *edge <= number)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{FIFTIETHS, SIDES, step_of};

    #[test]
    fn numbers_lie_in_steps() {
        assert_eq!(step_of(&SIDES, 0.0), 0);
        assert_eq!(step_of(&SIDES, 31.0), 0);
        assert_eq!(step_of(&SIDES, 32.0), 1);
        assert_eq!(step_of(&SIDES, 1e9), 13);
        assert_eq!(step_of(&FIFTIETHS, 0.5), 25);
        assert_eq!(step_of(&FIFTIETHS, -1.0), 0);
        assert!(SIDES.is_sorted() && FIFTIETHS.is_sorted());
    }
}
