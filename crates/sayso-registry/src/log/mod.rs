//! The transparency log: a Merkle tree over entries, checkpoints that its key signs, and proofs that need nobody's word.
//!
//! The tree is that of RFC 6962, its files those of C2SP's tlog-tiles, its checkpoints those of tlog-checkpoint in the form
//! of signed-note, and what witnesses add is tlog-cosignature. Nothing here knows what an entry says.

mod agreement;
mod bundle;
mod checkpoint;
mod cosignature;
mod grow;
mod hash;
mod key;
mod note;
mod pair;
mod proof;
mod tile;
mod tree;
mod verify;

pub use agreement::{Fork, agree};
pub use bundle::{MAX_ENTRY_BYTES, bundle, unbundle};
pub use checkpoint::{Checkpoint, Tree};
pub use cosignature::{cosign, cosigned_at};
pub use grow::Growth;
pub use hash::{empty_root, leaf_hash, node_hash};
pub use key::{KeyKind, NoteKey, SigningKey};
pub use note::{NoteSignature, SignedNote};
pub use pair::Ed25519Pair;
pub use proof::{ConsistencyProof, InclusionProof};
pub use tile::{LogFile, TILE_WIDTH, entries_path, tile_path};
pub use tree::{TileSource, consistency, inclusion, root};
pub use verify::{verify_consistency, verify_inclusion};
