use std::fmt;
use std::str::FromStr;

use sayso_core::stable_names;
use sayso_index::FacetField;

use super::Library;

/// What hits are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortBy {
    /// How well they match.
    Relevance,
    /// Where they stand in the dataset.
    Dataset,
    /// The registrable domain of the picture's address.
    Domain,
    /// When they were captured.
    CapturedAt,
    /// The longer side of the picture.
    Side,
    /// How near picture and caption are to CLIP.
    Similarity,
    /// How probable it is that the picture is not safe for work.
    Punsafe,
    /// How probable it is that the picture bears a watermark.
    Pwatermark,
    /// How beautiful a predictor took the picture to be.
    Aesthetic,
}

stable_names!(SortBy, "order", {
    Relevance => "relevance",
    Dataset => "dataset",
    Domain => "domain",
    CapturedAt => "captured_at",
    Side => "side",
    Similarity => "similarity",
    Punsafe => "punsafe",
    Pwatermark => "pwatermark",
    Aesthetic => "aesthetic",
});

/// An order of hits. What it goes by is not known of every sample: those come last, whichever way it goes, and samples of
/// one value stand in the order of their datasets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sort {
    /// What it goes by.
    pub by: SortBy,
    /// Whether the greatest comes first. Relevance has one way only: the best first.
    pub descending: bool,
}

/// The text names no order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no order\nhint: one of {known}; with `-` in front, but for relevance, the other way round")]
pub struct UnknownSort {
    /// The text as it was given.
    pub given: String,
    /// All orders, separated by commas.
    pub known: String,
}

impl Sort {
    /// The best first.
    pub const RELEVANCE: Self = Self { by: SortBy::Relevance, descending: false };

    /// Every order there is.
    pub fn all() -> impl Iterator<Item = Self> {
        let ways = |by: &SortBy| [false, true].map(|descending| Self { by: *by, descending });
        SortBy::ALL.iter().flat_map(ways).filter(|sort| sort.by != SortBy::Relevance || !sort.descending)
    }
}

impl SortBy {
    /// The field whose index has what it goes by.
    #[must_use]
    pub const fn field(self) -> Option<FacetField> {
        match self {
            Self::Relevance | Self::Dataset => None,
            Self::Domain => Some(FacetField::Domain),
            Self::CapturedAt => Some(FacetField::Year),
            Self::Side => Some(FacetField::Side),
            Self::Similarity => Some(FacetField::Similarity),
            Self::Punsafe => Some(FacetField::Punsafe),
            Self::Pwatermark => Some(FacetField::Pwatermark),
            Self::Aesthetic => Some(FacetField::Aesthetic),
        }
    }
}

impl Library {
    /// The orders for which any of the datasets knows what they go by.
    #[must_use]
    pub fn sorts(&self) -> Vec<Sort> {
        let is_known = |field| self.shelves.iter().any(|shelf| shelf.facets.sort_keys(field).is_some());
        Sort::all().filter(|sort| sort.by.field().is_none_or(is_known)).collect()
    }
}

impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.descending { "-" } else { "" }, self.by)
    }
}

impl FromStr for Sort {
    type Err = UnknownSort;

    fn from_str(given: &str) -> Result<Self, Self::Err> {
        Self::all().find(|sort| sort.to_string() == given).ok_or_else(|| UnknownSort {
            given: given.chars().take(60).collect(),
            known: SortBy::ALL.iter().map(|by| by.as_str()).collect::<Vec<_>>().join(", "),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Sort, SortBy};

    #[test]
    fn every_order_has_a_name() {
        for sort in Sort::all() {
            assert_eq!(sort.to_string().parse(), Ok(sort));
        }
        assert_eq!(Sort::all().count(), 2 * SortBy::ALL.len() - 1);
        for none in ["", "-", "-relevance", "size", "--side", "Side"] {
            assert!(none.parse::<Sort>().is_err(), "{none}");
        }
    }
}
