//! Entries: what stands on the log, to the byte.

mod commitment;
mod deletion;
mod event;
mod logged;

pub use commitment::{Commitment, Opening, PrivateField, SALT_BYTES};
pub use deletion::{Deletion, DeletionCause};
pub use event::{ENTRY_VERSION, Entry, Event};
pub use logged::LoggedSubject;
