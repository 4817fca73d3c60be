use std::fmt;

use sayso_core::Timestamp;

use crate::RegistryError;
use crate::entry::{Opening, SALT_BYTES};
use crate::log::SigningKey;

/// Where salts and tokens come from. Only tests bring one of their own.
pub trait Randomness {
    /// Fills `bytes` with what nobody can guess.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RegistryError>;
}

/// The system's randomness.
#[derive(Debug, Clone, Copy)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RegistryError> {
        getrandom::fill(bytes).map_err(|error| RegistryError::Randomness(error.to_string()))
    }
}

/// Who writes on the log: with which key, when, and by which randomness.
pub struct Clerk<'a> {
    /// The log's key.
    pub key: &'a SigningKey,
    /// The time.
    pub now: Timestamp,
    /// The randomness.
    pub randomness: &'a mut dyn Randomness,
}

impl fmt::Debug for Clerk<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clerk").field("key", self.key).field("now", &self.now).finish_non_exhaustive()
    }
}

impl Clerk<'_> {
    /// A value with a salt of its own.
    pub(super) fn salted(&mut self, value: &str) -> Result<Opening, RegistryError> {
        let mut salt = [0; SALT_BYTES];
        self.randomness.fill(&mut salt)?;
        Ok(Opening { salt, value: value.to_owned() })
    }
}
