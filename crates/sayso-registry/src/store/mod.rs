//! Where a registry is kept: the one contract, and its stores.

#[cfg(feature = "postgres")]
pub mod postgres;
mod rows;
pub mod sqlite;

pub use rows::{Challenge, Identity, RegistryRead, RegistryStore, RegistryWrite};
