use std::fmt;
use std::str::FromStr;

use sayso_core::Sha256;
use sha2::Digest;

use crate::{Randomness, RegistryError};

/// What lets somebody in: 128 random bits, shown once. A hash of it is kept.
///
/// It is random, so a plain digest does: there is nothing to guess, and nobody can go back from it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 16]);

/// The error of a text that is no such secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no token\nhint: a token is 32 hexadecimal digits")]
pub struct SecretError;

impl Secret {
    /// A new one.
    pub fn new(randomness: &mut dyn Randomness) -> Result<Self, RegistryError> {
        let mut bytes = [0; 16];
        randomness.fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self) -> Sha256 {
        self.derived("")
    }

    /// Another secret that only who knows this one can make, for a purpose: what a form carries of a session.
    #[must_use]
    pub fn derived(&self, purpose: &str) -> Sha256 {
        let mut hasher = sha2::Sha256::new();
        hasher.update(self.0);
        hasher.update(purpose.as_bytes());
        Sha256(hasher.finalize().into())
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl FromStr for Secret {
    type Err = SecretError;

    fn from_str(text: &str) -> Result<Self, SecretError> {
        let text = text.trim().as_bytes();
        if text.len() != 32 || !text.iter().all(u8::is_ascii_hexdigit) {
            return Err(SecretError);
        }
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| SecretError)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| SecretError)?;
        }
        Ok(Self(bytes))
    }
}
