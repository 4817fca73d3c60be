//! Where a registry is kept: the one contract, and its stores.

mod rows;
pub mod sqlite;

pub use rows::{Challenge, Identity, RegistryRead, RegistryStore, RegistryWrite};
