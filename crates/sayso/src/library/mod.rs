//! Answers from datasets: search, and the samples themselves.

mod answer;
mod change;
mod compare;
mod facet_rows;
mod facets;
mod index;
mod near;
mod open;
mod rows;
mod search;

pub use answer::{DatasetSummary, Hit, Matched, SearchAnswer, Window};
pub use change::what_would_change;
pub use compare::{Comparison, OneSide};
pub use facets::Facet;
pub(crate) use index::Indexer;
pub use index::rebuild_index;
pub use near::{NearHit, NearQuestion, VectorIndexSummary};
pub use open::Library;
pub(crate) use open::{Shelf, hash_index_dir, snapshot_id};
pub use sayso_consent::changes::Change;
pub use sayso_consent::sentence;
pub use sayso_index::{FacetCount, FacetField, FacetKind};
