//! What the samples have in common: how many of a dataset, or of the hits of a query, have which domain, creator, licence,
//! language, verdict, score or size.
//!
//! One number for each sample and field says which value it has; counting the values of hits is reading these numbers at
//! the hits, and sorting hits is comparing such numbers. The files are described in `docs/specs/facets.md`.

mod column;
mod field;
mod index;
mod mark;
mod merge;
mod numbers;
mod order;
mod order_writer;
mod part;
mod tally;
mod totals;
mod values;
mod writer;

pub use column::ColumnName;
pub use field::{FacetField, FacetKind};
pub(crate) use field::{language_term, step_term};
pub use index::{FacetCount, FacetCounter, FacetIndex};
pub use merge::{FacetAfter, FacetTotals};
pub use order::SortKeys;
pub use part::FacetPartWriter;
pub use writer::{FacetIndexWriter, FacetRow};
