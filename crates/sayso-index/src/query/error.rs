use std::ops::Range;

use super::{Field, Query};

/// What is wrong with a query, and where: positions are bytes of the query's text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// There is nothing in it to search for.
    #[error("the query holds nothing to search for\nhint: try a word, \"a phrase\", site:example.org or creator:name")]
    Empty,
    /// It is too long.
    #[error("the query has {bytes} bytes and may have {}\nhint: leave out words", Query::MAX_BYTES)]
    TooLong {
        /// How long it is.
        bytes: usize,
    },
    /// It has too many parts.
    #[error("the query has more than {} words and phrases, from byte {} on\nhint: leave out words", Query::MAX_CLAUSES, at.start)]
    TooManyClauses {
        /// The first that is too many.
        at: Range<usize>,
    },
    /// A quotation mark opens a phrase that does not end.
    #[error("the phrase that starts at byte {} does not end\nhint: close it with \"", at.start)]
    OpenPhrase {
        /// From the quotation mark to the end.
        at: Range<usize>,
    },
    /// A field is named and nothing is asked of it.
    #[error("`{field}:` at byte {} has no value\nhint: {}", at.start, example(*field))]
    NoValue {
        /// The field's name and colon.
        at: Range<usize>,
        /// The field.
        field: Field,
    },
    /// A name before a colon is nearly that of a field.
    #[error("there is no field `{given}:`, at byte {}\nhint: did you mean `{meant}:`? put the text into quotation marks to search for it as it is", at.start)]
    UnknownField {
        /// The name and colon.
        at: Range<usize>,
        /// The name as given.
        given: String,
        /// The field it resembles.
        meant: Field,
    },
    /// What follows `verdict:` is no verdict.
    #[error("`{given}` at byte {} is no verdict\nhint: one of verdict:allowed, verdict:unknown, verdict:disallowed", at.start)]
    BadVerdict {
        /// The value.
        at: Range<usize>,
        /// The value as given.
        given: String,
    },
    /// What follows a field of numbers is none.
    #[error("`{given}` at byte {} is no number for {field}:\nhint: {}", at.start, example(*field))]
    BadNumbers {
        /// The value.
        at: Range<usize>,
        /// The value as given.
        given: String,
        /// The field.
        field: Field,
    },
    /// A bound lies between two that can be asked for.
    #[error("`{given}` at byte {} lies inside a step\nhint: numbers are counted in steps; ask for {below} or {above}", at.start)]
    InsideStep {
        /// The value.
        at: Range<usize>,
        /// The value as given.
        given: String,
        /// The edge below it.
        below: String,
        /// The edge above it.
        above: String,
    },
    /// What follows `site:` is no host.
    #[error("`{given}` at byte {} is no site\nhint: a site is a host without a path, such as site:example.org", at.start)]
    BadSite {
        /// The value.
        at: Range<usize>,
        /// The value as given.
        given: String,
    },
}

impl QueryError {
    /// The bytes of the query that are at fault; `None` where it is the whole.
    #[must_use]
    pub fn at(&self) -> Option<Range<usize>> {
        match self {
            Self::Empty | Self::TooLong { .. } => None,
            Self::TooManyClauses { at }
            | Self::OpenPhrase { at }
            | Self::NoValue { at, .. }
            | Self::UnknownField { at, .. }
            | Self::BadVerdict { at, .. }
            | Self::BadNumbers { at, .. }
            | Self::InsideStep { at, .. }
            | Self::BadSite { at, .. } => Some(at.clone()),
        }
    }
}

fn example(field: Field) -> &'static str {
    match field {
        Field::Caption => "write it without a space, such as caption:cat or caption:\"black cat\"",
        Field::Creator => "write it without a space, such as creator:name or creator:\"first last\"",
        Field::Site => "write it without a space, such as site:example.org",
        Field::Licence => "write it without a space, such as licence:cc-by, or licence:none",
        Field::Verdict => "write it without a space, such as verdict:unknown",
        Field::Language => "write its code without a space, such as language:en",
        Field::Side => "write it without a space, such as side:>=512, side:<256 or side:256..1024",
        Field::Similarity => "write it without a space, such as similarity:>=0.3",
        Field::Punsafe => "write it without a space, such as punsafe:<0.5",
        Field::Pwatermark => "write it without a space, such as pwatermark:<0.8",
        Field::Aesthetic => "write it without a space, such as aesthetic:>=6",
        Field::Year => "write it without a space, such as year:2019 or year:2015..2020",
    }
}
