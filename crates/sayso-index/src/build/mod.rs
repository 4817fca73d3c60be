//! Writing an index: samples are batched, indexed by threads in parts of consecutive rows, and moved into place.

mod batch;
mod part;
mod partial;
mod postings;
mod terms;
mod thread;
mod writer;

pub(crate) use partial::Partial;
pub use partial::remove_leftovers;
pub use writer::{TextIndexOptions, TextIndexWriter};
