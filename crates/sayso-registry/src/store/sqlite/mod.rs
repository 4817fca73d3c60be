//! The embedded store: one SQLite file with its write-ahead log.

mod failure;
mod open;
mod read;
mod rows;
mod schema;
mod write;

pub use open::SqliteStore;
