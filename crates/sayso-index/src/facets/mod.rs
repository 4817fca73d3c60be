//! What the samples have in common: how many of a dataset, or of the hits of a query, have which domain, creator, licence,
//! language, verdict, score or size.
//!
//! One number for each sample and field says which value it has; counting the values of hits is reading these numbers at
//! the hits. The file is described in `docs/specs/facets.md`.

mod field;
mod index;
mod mark;
mod writer;

pub use field::{FacetField, FacetKind};
pub(crate) use field::{language_term, step_term};
pub use index::{FacetCount, FacetCounter, FacetIndex};
pub use writer::{FacetIndexWriter, FacetRow};
