//! The hash index: from a picture's perceptual hash to the rows whose pictures look like it.
//!
//! Multi-index hashing: a hash of 256 bits is cut into [`TABLES`](stored::TABLES) keys of 16 bits. Of two hashes that are
//! no more than 31 bits apart at least one key differs in no more than one bit, so whoever looks up every key with each of its
//! neighbours sees all of them, and compares a few thousand hashes instead of all. How many bits each table is searched
//! around is chosen for every question by what its buckets hold ([`plan`]); if that is too much, all hashes are compared.
//! The answer is exact in every case. The format is written down in `docs/specs/hashes.md`.

mod answer;
mod compare;
mod header;
mod index;
mod join;
mod lookup;
mod mark;
mod merge;
mod part;
mod part_writer;
mod plan;
mod stored;
mod writer;

pub use answer::{HashAnswer, HashHit};
pub use index::HashIndex;
pub use writer::{HashIndexWriter, IndexedHash};
