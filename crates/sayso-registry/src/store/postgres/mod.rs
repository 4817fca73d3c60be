//! A store for registries that many write in: PostgreSQL, with the same tables as the embedded one.

mod failure;
mod open;
mod read;
mod rows;
mod schema;
mod write;

pub use open::PostgresStore;
