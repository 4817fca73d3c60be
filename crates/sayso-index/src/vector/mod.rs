//! The index of vectors: from a picture's or a caption's embedding to the samples nearest to it in meaning.
//!
//! Vectors are grouped into cells around centroids. Inside a cell each has a code of one bit a dimension, from which the
//! similarity to a query follows within a known error (RaBitQ: Gao and Long, "RaBitQ: Quantizing High-Dimensional
//! Vectors with a Theoretical Error Bound for Approximate Nearest Neighbor Search", 2024), and itself in 16 bits a
//! component, by which those that the codes leave in doubt are compared. The file is mapped and read with checked
//! lengths throughout: one that somebody mangled gives wrong answers or an error, never more than that. The format is
//! written down in `docs/specs/vectors.md`.

mod build;
mod cells;
mod code;
mod error;
mod format;
mod index;
mod kernels;
mod nearest;
mod normalize;
mod rotation;
mod scan;
mod train;

pub use build::{VectorIndexOptions, VectorSource, write_vector_index};
pub use error::VectorError;
pub use index::VectorIndex;
pub use nearest::{Nearby, VectorHit};
