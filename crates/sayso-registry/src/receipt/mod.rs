//! Receipts of removal: "in snapshot 3, not in snapshot 4, because of entry 812", in one small file that needs nobody's word.
//!
//! [`UidTree`] is the tree over a snapshot's sorted uids, [`SnapshotStatement`] what its builder signs of it, [`Receipt`] both of
//! two snapshots with the log entry between them, and [`verify`] checks one. A dataset's folder is unknown here: uids come in
//! order, and notes are text.

mod base85;
mod compare;
mod document;
mod fault;
mod prove;
mod range;
mod statement;
mod tree;
mod verify;

pub use compare::{BuilderFork, compare};
pub use document::{Absence, MAX_RECEIPT_BYTES, MadeOf, Presence, RECEIPT_VERSION, Receipt, SMALL_RECEIPT_BYTES};
pub use fault::{ReceiptFault, Which};
pub use prove::Standing;
pub use range::{PathFault, range_root};
pub use statement::SnapshotStatement;
pub use tree::{UidTree, UidTreeError, uid_hash};
pub use verify::{Trusted, Verified, verify, verify_receipt};
