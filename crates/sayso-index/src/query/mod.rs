//! The query language: reading it, and showing what of a hit it matched. `docs/reference/query.md` explains it to people.

mod error;
mod highlight;
mod parse;
mod pattern;
mod steps;
mod value;

use std::ops::Range;

use sayso_core::Stance;

use crate::facets::FacetField;

pub use error::QueryError;
pub(crate) use pattern::Pattern;

/// A question to a text index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    clauses: Vec<Clause>,
}

/// The fields of a sample that a query can speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// The caption.
    Caption,
    /// The creator.
    Creator,
    /// The host of the picture or of the page.
    Site,
    /// The licence.
    Licence,
    /// The verdict.
    Verdict,
    /// The caption's language.
    Language,
    /// The longer side of the picture in pixels.
    Side,
    /// CLIP's similarity.
    Similarity,
    /// How probable it is that it is not safe for work.
    Punsafe,
    /// How probable it is that it bears a watermark.
    Pwatermark,
    /// How beautiful it was predicted to be.
    Aesthetic,
    /// The year of the capture.
    Year,
}

impl Field {
    /// Every field.
    pub const ALL: &'static [Self] = &[
        Self::Caption,
        Self::Creator,
        Self::Site,
        Self::Licence,
        Self::Verdict,
        Self::Language,
        Self::Side,
        Self::Similarity,
        Self::Punsafe,
        Self::Pwatermark,
        Self::Aesthetic,
        Self::Year,
    ];

    /// The name of the field in a query, without its colon.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Caption => "caption",
            Self::Creator => "creator",
            Self::Site => "site",
            Self::Licence => "licence",
            Self::Verdict => "verdict",
            Self::Language => "language",
            Self::Side => "side",
            Self::Similarity => "similarity",
            Self::Punsafe => "punsafe",
            Self::Pwatermark => "pwatermark",
            Self::Aesthetic => "aesthetic",
            Self::Year => "year",
        }
    }
}

impl std::fmt::Display for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl Query {
    /// No query is longer than this.
    pub const MAX_BYTES: usize = 2_048;

    /// No query has more words, phrases and fields than this.
    pub const MAX_CLAUSES: usize = 64;

    /// Reads a query.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        parse::parse(text).map(|clauses| Self { clauses })
    }

    /// The parts of `text`, the content of one field of a hit, that the query matched: byte ranges in order, not
    /// touching each other, on character boundaries.
    ///
    /// A site's text may be a host or a URL. What a negated part of the query speaks of is never shown.
    #[must_use]
    pub fn matches(&self, field: Field, text: &str) -> Vec<Range<usize>> {
        highlight::matches(&self.clauses, field, text)
    }

    pub(crate) fn clauses(&self) -> &[Clause] {
        &self.clauses
    }
}

/// One condition; all of them hold for a hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clause {
    pub(crate) is_negated: bool,
    pub(crate) wish: Wish,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Words in the caption or in the creator.
    Anywhere(Pattern),
    Caption(Pattern),
    Creator(Pattern),
    /// A host, or a parent of it.
    Site(String),
    /// How a licence starts.
    Licence(String),
    NoLicence,
    Verdict(Stance),
    /// A term of language.
    Language(String),
    /// The steps of a number, the first and the last.
    Steps(FacetField, u32, u32),
}
