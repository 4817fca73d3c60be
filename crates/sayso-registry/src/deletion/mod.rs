//! Receipts of deletion: that what somebody had left with a studio is said to be gone, in a file that only they have.
//!
//! The log has a [`Deletion`](crate::entry::Deletion): a number of files, two times, and a commitment. A
//! [`DeletionReceipt`] opens the commitment, with the digests of what was brought and made, and holds the proof that the entry is
//! on the log once it is. [`verify_deletion`] checks one.

mod contents;
mod receipt;
mod verify;

pub use contents::{Content, ContentKind, Contents};
pub use receipt::{DELETION_FORMAT, DELETION_RECEIPT_VERSION, DeletionReceipt, MAX_DELETION_RECEIPT_BYTES};
pub use verify::{DeletionFault, VerifiedDeletion, verify_deletion};
