//! The text index of a dataset: from words, phrases, names, sites, licences and verdicts to rows.
//!
//! [`TextIndexWriter`] builds it from the samples of one snapshot, [`Query`] reads the query language, [`TextIndex`]
//! answers with the shard and row of each hit, and [`Query::matches`] shows what of a hit matched. The samples
//! themselves stay in the shards: an index can be thrown away and rebuilt at any time, and knows its snapshot.
//!
//! The search engine below is an implementation detail: none of its types leave this crate.

mod build;
mod compile;
mod error;
mod facets;
mod features;
mod folder;
mod hash;
mod licence;
mod map;
mod mark;
mod packed;
mod query;
mod sample;
mod schema;
mod search;
mod search_order;
mod site;
mod text;
mod uids;
pub mod vector;

pub use build::{TextIndexOptions, TextIndexWriter, remove_leftovers};
pub use error::IndexError;
pub use facets::{
    ColumnName, FacetAfter, FacetCount, FacetCounter, FacetField, FacetIndex, FacetIndexWriter, FacetKind,
    FacetPartWriter, FacetRow, FacetTotals, SortKeys,
};
pub use features::{
    FeatureAnswer, FeatureHit, FeatureIndex, FeatureIndexWriter, Frame, NearPicture, PartCheck, PartHit, Region,
    StoredPicture,
};
pub use hash::{HashAnswer, HashHit, HashIndex, HashIndexWriter, IndexedHash};
pub use mark::SnapshotId;
pub use packed::{MergedParts, TextPart, TextPartWriter, join_text_parts, merge_text_parts};
pub use query::{Field, Query, QueryError};
pub use sample::IndexedSample;
pub use search::{Found, RowHit, TextIndex};
pub use search_order::Behind;
pub use site::site_terms;
pub use uids::{SortedUids, UidIndex, write_uids};
