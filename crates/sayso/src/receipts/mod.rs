//! Receipts of removal for datasets: the builder's key, what it signs of a snapshot, receipts for what was removed, and reading
//! files of them.
//!
//! What a receipt is and how it is verified stands in [`sayso_registry::receipt`], which knows no folders.

mod identity;
mod key;
mod lines;
mod make;
mod seen;
mod statement;
mod trusted;

pub use identity::{dataset_name, known_name};
pub use key::BuilderKey;
pub use lines::ReceiptLines;
pub use make::{Removal, Sides, write_receipts};
pub use seen::{Conflict, Seen};
pub use statement::{Stated, keep_statement, open_uids, statement_of, statement_path, uids_without};
pub use trusted::keys_of;
