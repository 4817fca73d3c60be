//! What can be done with a registry, one operation a file.

mod append;
mod assert;
mod audit;
mod challenge;
mod clerk;
mod delete;
mod erase;
mod head;
mod list;
mod proof;
mod read;
mod step;
mod tiles;
mod witness;

pub use assert::Made;
pub use audit::{Audit, AuditFault};
pub use challenge::{Token, TokenError, find_tokens, signature_text};
pub use clerk::{Clerk, Randomness, SystemRandomness};
pub use delete::Deletions;
pub use erase::Erased;
pub use list::{ListHead, Listed, ListedMethod, Listing};
pub use proof::Proof;
pub use read::{Changes, History};

use std::fmt;

use crate::RegistryError;
use crate::store::{Identity, RegistryRead, RegistryStore, RegistryWrite};

/// A registry, open.
pub struct Registry {
    store: Box<dyn RegistryStore>,
    identity: Identity,
    /// Changes by this handle, which the store does not tell its own reader of.
    own_changes: u64,
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").field("identity", &self.identity).finish_non_exhaustive()
    }
}

impl Registry {
    /// Opens what is in a store, and checks that its head is signed and is that of its entries.
    pub fn open(mut store: Box<dyn RegistryStore>) -> Result<Self, RegistryError> {
        let mut identity = None;
        store.read(&mut |read| {
            identity = Some(read.identity()?);
            Ok(())
        })?;
        let identity = identity.ok_or_else(|| RegistryError::damaged("the store", "it did not say whose it is"))?;
        let mut registry = Self { store, identity, own_changes: 0 };
        registry.head()?;
        Ok(registry)
    }

    /// As [`Self::open`], and signs the head of a log without entries if nobody did.
    pub fn create(mut store: Box<dyn RegistryStore>, clerk: &mut Clerk<'_>) -> Result<Self, RegistryError> {
        store.write(&mut |write| append::sign_empty(write, clerk))?;
        Self::open(store)
    }

    /// What it was made with.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Reads as of one instant.
    fn reading<T>(
        &mut self,
        read: impl FnOnce(&mut dyn RegistryRead) -> Result<T, RegistryError>,
    ) -> Result<T, RegistryError> {
        let (mut read, mut found) = (Some(read), None);
        self.store.read(&mut |rows| {
            if let Some(read) = read.take() {
                found = Some(read(rows)?);
            }
            Ok(())
        })?;
        found.ok_or_else(|| RegistryError::damaged("the store", "it read nothing"))
    }

    /// Makes one change.
    fn changing<T>(
        &mut self,
        change: impl FnOnce(&mut dyn RegistryWrite) -> Result<T, RegistryError>,
    ) -> Result<T, RegistryError> {
        let (mut change, mut made) = (Some(change), None);
        self.store.write(&mut |rows| {
            if let Some(change) = change.take() {
                made = Some(change(rows)?);
            }
            Ok(())
        })?;
        self.own_changes += 1;
        made.ok_or_else(|| RegistryError::damaged("the store", "it changed nothing"))
    }
}
