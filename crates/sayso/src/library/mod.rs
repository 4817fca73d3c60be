//! Answers from datasets: search, and the samples themselves.

mod answer;
mod change;
mod compare;
mod cursor;
mod facet_rows;
mod facets;
mod index;
mod names;
mod near;
mod near_names;
mod open;
mod order;
mod rows;
mod search;
mod sort;
mod value;

pub use answer::{DatasetSummary, Hit, Matched, SearchAnswer, Window};
pub use change::what_would_change;
pub use compare::{Comparison, OneSide};
pub use cursor::CursorError;
pub use facets::{Facet, FacetQuestion};
pub(crate) use index::Indexer;
pub use index::rebuild_index;
pub(crate) use names::dataset_names;
pub use near::{NearHit, NearQuestion, VectorIndexSummary};
pub use open::Library;
pub(crate) use open::{Shelf, hash_index_dir, snapshot_id};
pub use sayso_consent::changes::Change;
pub use sayso_consent::sentence;
pub use sayso_index::{ColumnName, FacetCount, FacetField, FacetKind};
pub use search::{SearchQuestion, Start};
pub use sort::{Sort, SortBy, UnknownSort};
pub use value::{SiteStatement, ValueSummary};
