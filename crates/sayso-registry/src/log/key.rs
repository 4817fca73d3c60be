use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer, VerifyingKey};
use sha2::Digest;

use crate::RegistryError;

/// What a key signs, by the number that stands before it (signed-note, section "Signature types").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// The text of notes.
    Ed25519,
    /// Checkpoints that it saw, with the time (tlog-cosignature, version 1).
    Cosignature,
}

impl KeyKind {
    const fn number(self) -> u8 {
        match self {
            Self::Ed25519 => 1,
            Self::Cosignature => 4,
        }
    }

    const fn of(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Ed25519),
            4 => Some(Self::Cosignature),
            _ => None,
        }
    }
}

/// A key by which notes are verified, with the name that it signs under. Its text form is known as *vkey*.
#[derive(Clone, PartialEq, Eq)]
pub struct NoteKey {
    name: String,
    kind: KeyKind,
    key: VerifyingKey,
}

/// A key that signs notes. What it is made of is shown nowhere but in its text form.
#[derive(Clone)]
pub struct SigningKey {
    name: String,
    kind: KeyKind,
    key: ed25519_dalek::SigningKey,
}

/// Bytes of a key's name.
const NAME_BYTES: usize = 200;

/// Whether a name can stand in a note: not empty, no white space, no plus.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= NAME_BYTES
        && !name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+')
}

impl NoteKey {
    /// The name under which it signs.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it signs.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The four bytes by which its signatures are known: the start of a digest of name, kind and key.
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        let mut hasher = sha2::Sha256::new();
        hasher.update(self.name.as_bytes());
        hasher.update([b'\n', self.kind.number()]);
        hasher.update(self.key.as_bytes());
        let [a, b, c, d, ..] = <[u8; 32]>::from(hasher.finalize());
        [a, b, c, d]
    }

    /// Whether `signature` is this key's on `message`.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.key.verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature)).is_ok()
    }
}

impl fmt::Display for NoteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![self.kind.number()];
        bytes.extend_from_slice(self.key.as_bytes());
        let [a, b, c, d] = self.id();
        write!(f, "{}+{a:02x}{b:02x}{c:02x}{d:02x}+{}", self.name, STANDARD.encode(bytes))
    }
}

impl fmt::Debug for NoteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoteKey({self})")
    }
}

impl FromStr for NoteKey {
    type Err = RegistryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let no = |why| RegistryError::Key { why };
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(no("it is not a name, a key id and a key with `+` between them"));
        };
        let (kind, bytes) = decoded(key).ok_or(no("its key is not one of Ed25519 in base64"))?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| no("its key is no point of Ed25519"))?;
        let found = Self { name: name.to_owned(), kind, key };
        let [a, b, c, d] = found.id();
        if !is_name(name) || id != format!("{a:02x}{b:02x}{c:02x}{d:02x}") {
            return Err(no("its key id is not that of name and key"));
        }
        Ok(found)
    }
}

impl SigningKey {
    /// The key with this seed, which must be random and secret.
    pub fn new(name: &str, kind: KeyKind, seed: &[u8; 32]) -> Result<Self, RegistryError> {
        if !is_name(name) {
            return Err(RegistryError::Key { why: "its name is empty, too long, or has white space or `+` in it" });
        }
        Ok(Self { name: name.to_owned(), kind, key: ed25519_dalek::SigningKey::from_bytes(seed) })
    }

    /// The key by which others verify.
    #[must_use]
    pub fn public(&self) -> NoteKey {
        NoteKey { name: self.name.clone(), kind: self.kind, key: self.key.verifying_key() }
    }

    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }

    /// Its text form, which is secret: `PRIVATE+KEY+`, then as a verifying key.
    #[must_use]
    pub fn secret_text(&self) -> String {
        let mut bytes = vec![self.kind.number()];
        bytes.extend_from_slice(self.key.as_bytes());
        let [a, b, c, d] = self.public().id();
        format!("PRIVATE+KEY+{}+{a:02x}{b:02x}{c:02x}{d:02x}+{}", self.name, STANDARD.encode(bytes))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public())
    }
}

impl FromStr for SigningKey {
    type Err = RegistryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let no = |why| RegistryError::Key { why };
        let rest = text.trim().strip_prefix("PRIVATE+KEY+").ok_or(no("it does not begin with `PRIVATE+KEY+`"))?;
        let mut parts = rest.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(no("it is not a name, a key id and a key with `+` between them"));
        };
        let (kind, seed) = decoded(key).ok_or(no("its key is not one of Ed25519 in base64"))?;
        let found = Self::new(name, kind, &seed)?;
        let [a, b, c, d] = found.public().id();
        if id != format!("{a:02x}{b:02x}{c:02x}{d:02x}") {
            return Err(no("its key id is not that of name and key"));
        }
        Ok(found)
    }
}

/// The kind and the 32 bytes of a key in base64.
fn decoded(text: &str) -> Option<(KeyKind, [u8; 32])> {
    let bytes: [u8; 33] = STANDARD.decode(text).ok()?.try_into().ok()?;
    let (number, key) = bytes.split_first_chunk::<1>()?;
    Some((KeyKind::of(number[0])?, key.try_into().ok()?))
}
