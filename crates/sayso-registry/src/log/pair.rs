use ed25519_dalek::Signer;

/// A pair of Ed25519 keys that signs what is no note: a certificate of one's own.
pub struct Ed25519Pair(ed25519_dalek::SigningKey);

impl Ed25519Pair {
    /// The pair that grows from a seed.
    #[must_use]
    pub fn of(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// The verifying key.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    /// The signature of these bytes.
    #[must_use]
    pub fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.0.sign(bytes).to_bytes()
    }
}

impl std::fmt::Debug for Ed25519Pair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ed25519Pair").finish_non_exhaustive()
    }
}
