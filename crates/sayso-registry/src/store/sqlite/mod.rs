//! The embedded store: one SQLite file with its write-ahead log.

mod failure;
mod open;
mod read;
mod rows;
mod schema;
mod write;

pub(crate) use failure::Failures;
pub use open::SqliteStore;
pub(crate) use rows::{signed, unsigned};
