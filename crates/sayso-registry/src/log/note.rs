use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::key::{KeyKind, NoteKey, SigningKey};
use crate::RegistryError;

/// A text with signatures under it (signed-note).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNote {
    /// The text that is signed, with the line break at its end.
    pub text: String,
    /// The signatures, in their order.
    pub signatures: Vec<NoteSignature>,
}

/// One line of signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// The name of the key.
    pub name: String,
    /// The key's id.
    pub key_id: [u8; 4],
    /// The signature, as its kind has it.
    pub bytes: Vec<u8>,
}

/// Bytes of a note that are read.
const NOTE_BYTES: usize = 1 << 20;

/// Signatures of a note that are read.
const SIGNATURES: usize = 100;

impl SignedNote {
    /// Signs a text, which ends with a line break.
    pub fn sign(text: String, key: &SigningKey) -> Result<Self, RegistryError> {
        if !is_text(&text) {
            return Err(RegistryError::Note {
                why: "its text has control characters or does not end with a line break",
            });
        }
        let public = key.public();
        if public.kind() != KeyKind::Ed25519 {
            return Err(RegistryError::Key { why: "it is a witness's, and signs no notes of its own" });
        }
        let bytes = key.sign(text.as_bytes()).to_vec();
        let signature = NoteSignature { name: public.name().to_owned(), key_id: public.id(), bytes };
        Ok(Self { text, signatures: vec![signature] })
    }

    /// Checks that `key` signed the text. Signatures of others are nobody's business.
    pub fn verify(&self, key: &NoteKey) -> Result<(), RegistryError> {
        let signature = self.of_key(key).ok_or(RegistryError::Note { why: "it has no signature of that key" })?;
        let bytes = <&[u8; 64]>::try_from(signature.bytes.as_slice()).ok();
        let is_right = key.kind() == KeyKind::Ed25519 && bytes.is_some_and(|it| key.verifies(self.text.as_bytes(), it));
        if is_right { Ok(()) } else { Err(RegistryError::Note { why: "its signature is not that key's" }) }
    }

    /// The signature that says it is of `key`.
    pub(super) fn of_key(&self, key: &NoteKey) -> Option<&NoteSignature> {
        self.signatures.iter().find(|signature| signature.name == key.name() && signature.key_id == key.id())
    }
}

impl NoteSignature {
    /// The name and id of the key that it says it is of.
    #[must_use]
    pub fn signer(&self) -> String {
        let [a, b, c, d] = self.key_id;
        format!("{}+{a:02x}{b:02x}{c:02x}{d:02x}", self.name)
    }
}

/// Whether a note may have this text.
fn is_text(text: &str) -> bool {
    text.len() <= NOTE_BYTES && text.ends_with('\n') && !text.chars().any(|c| c.is_control() && c != '\n')
}

impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.key_id.to_vec();
        bytes.extend_from_slice(&self.bytes);
        write!(f, "\u{2014} {} {}", self.name, STANDARD.encode(bytes))
    }
}

impl FromStr for SignedNote {
    type Err = RegistryError;

    fn from_str(note: &str) -> Result<Self, Self::Err> {
        let no = |why| RegistryError::Note { why };
        if !is_text(note) {
            return Err(no("it is too long, has control characters, or does not end with a line break"));
        }
        // The last empty line is the one before the signatures: texts may have empty lines.
        let at = note.rfind("\n\n").ok_or(no("it has no empty line before its signatures"))?;
        let (text, signatures) = note.split_at(at + 1);
        let lines: Vec<&str> = signatures.lines().skip(1).collect();
        if lines.is_empty() || lines.len() > SIGNATURES {
            return Err(no("it has no signature, or too many"));
        }
        let signatures = lines.into_iter().map(str::parse).collect::<Result<_, _>>()?;
        Ok(Self { text: text.to_owned(), signatures })
    }
}

impl FromStr for NoteSignature {
    type Err = RegistryError;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        let no = RegistryError::Note { why: "a line of signature is not a dash, a name and base64" };
        let (name, bytes) = line.strip_prefix("\u{2014} ").and_then(|rest| rest.split_once(' ')).ok_or(no)?;
        let no = || RegistryError::Note { why: "a line of signature is not a dash, a name and base64" };
        let bytes = STANDARD.decode(bytes).map_err(|_| no())?;
        let (key_id, bytes) = bytes.split_first_chunk::<4>().ok_or_else(no)?;
        if name.is_empty() || name.contains('+') || bytes.is_empty() {
            return Err(no());
        }
        Ok(Self { name: name.to_owned(), key_id: *key_id, bytes: bytes.to_vec() })
    }
}
