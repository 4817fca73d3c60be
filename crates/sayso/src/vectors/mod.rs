//! Embeddings of a dataset's pictures and captions: kept beside its samples, imported, and indexed.
//!
//! A vector cannot be computed again from a dataset, so vectors lie in `vectors/` and indexes of them, which can be
//! built again at any time, in `index/vector`. Both are described in `docs/specs/vectors.md`.

mod embed;
mod import;
mod index;
mod layout;
mod make;
mod match_rows;
mod mix;
mod npy;
mod npy_header;
mod purge;
mod store;

pub use embed::{EmbedError, EmbedQuery};
pub use import::{ImportCounts, ImportOptions, ImportReport, import};
pub(crate) use index::{open_indexes, rebuild, remove_leftovers};
pub use make::{MakeOptions, MakeProgress, MakeReport, make};
pub use mix::mix;
pub use npy::{Npy, NpyError};
pub(crate) use purge::{complete_swaps, keep_present};
pub use sayso_index::vector::VectorError;
pub use store::{StoredVectors, stored_vectors};
