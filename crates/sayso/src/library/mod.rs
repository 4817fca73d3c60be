//! Answers from datasets: search, and the samples themselves.

mod answer;
mod change;
mod compare;
#[cfg(feature = "cluster")]
mod complete;
mod cursor;
mod facet_rows;
mod facets;
mod index;
mod index_texts;
mod json;
mod live;
mod names;
mod near;
mod near_names;
mod open;
mod order;
mod picture_indexes;
mod removals;
mod rows;
mod scan;
mod search;
#[cfg(feature = "cluster")]
mod shard_index;
mod sort;
mod value;

pub use answer::{DatasetSummary, Hit, Matched, SearchAnswer, Window};
pub use change::what_would_change;
pub use compare::{Comparison, OneSide};
#[cfg(feature = "cluster")]
pub(crate) use complete::complete_index;
pub use cursor::CursorError;
pub use facets::{Facet, FacetQuestion};
pub(crate) use index::{Indexer, rebuild_index, remove_index_leftovers};
pub use index::{index_anew, merge_index};
pub use json::{reason_json, sample_json, search_json};
pub use live::LiveLibrary;
pub(crate) use names::dataset_names;
pub use near::{NearHit, NearQuestion, VectorIndexSummary};
pub use open::Library;
pub(crate) use open::{Shelf, check_snapshot, hash_index_dir, snapshot_id, text_index_dir, uid_index_dir};
pub use removals::Removal;
pub use sayso_consent::changes::Change;
pub use sayso_consent::sentence;
pub use sayso_index::{ColumnName, FacetCount, FacetField, FacetKind, MergedParts};
#[cfg(feature = "cluster")]
pub(crate) use scan::each_sample_of;
pub use search::{SearchQuestion, Start};
#[cfg(feature = "cluster")]
pub(crate) use shard_index::{ShardIndex, ShardIndexer};
pub use sort::{Sort, SortBy, UnknownSort};
pub use value::{SiteStatement, ValueSummary};
