use std::fmt;

use sayso_core::{Sha256, stable_names};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Digest;

/// What of an entry stays off the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrivateField {
    /// An address or account that a claim is about.
    Subject,
    /// Who makes it.
    Claimant,
    /// The terms.
    Terms,
    /// How it was verified.
    Proof,
    /// Why a step was taken.
    Reason,
    /// What was deleted: the digests of a session's files, which whoever brought them has.
    Contents,
}

stable_names!(PrivateField, "private field", {
    Subject => "subject",
    Claimant => "claimant",
    Terms => "terms",
    Proof => "proof",
    Reason => "reason",
    Contents => "contents",
});

/// Bytes of a salt: as many as the digest has, so that nobody guesses it.
pub const SALT_BYTES: usize = 32;

/// What stands on the log for something that does not: a digest of it with a salt.
///
/// Who has salt and value can show that it is what was meant. Once both are erased, nobody can find out what it was, however
/// few values it may have had, and the log holds as before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commitment(pub Sha256);

/// What opens a commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The salt.
    pub salt: [u8; SALT_BYTES],
    /// The value.
    pub value: String,
}

impl Opening {
    /// The commitment that it opens: SHA-256 over salt, the field's name, a zero byte and the value.
    ///
    /// SHA-256 and not BLAKE3, so that a page in a browser can check it. The salt comes first and has a length of its own,
    /// and no name of a field has a zero byte, so that no two openings are hashed alike.
    #[must_use]
    pub fn commitment(&self, field: PrivateField) -> Commitment {
        let mut hasher = sha2::Sha256::new();
        hasher.update(self.salt);
        hasher.update(field.as_str().as_bytes());
        hasher.update([0]);
        hasher.update(self.value.as_bytes());
        Commitment(Sha256(hasher.finalize().into()))
    }
}

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Commitment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Commitment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A digest and a perceptual hash have the same form.
        sayso_core::Pdq::deserialize(deserializer).map(|hash| Self(Sha256(*hash.as_bytes())))
    }
}
