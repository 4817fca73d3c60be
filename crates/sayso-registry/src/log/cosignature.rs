use super::key::{KeyKind, NoteKey, SigningKey};
use super::note::{NoteSignature, SignedNote};
use crate::RegistryError;

/// What a witness signs: that it saw this checkpoint at this time, and no other of its size (tlog-cosignature).
fn message(text: &str, seconds: u64) -> String {
    format!("cosignature/v1\ntime {seconds}\n{text}")
}

/// Signs a checkpoint as a witness, at a time in seconds since 1970.
pub fn cosign(note: &SignedNote, key: &SigningKey, seconds: u64) -> Result<NoteSignature, RegistryError> {
    let public = key.public();
    if public.kind() != KeyKind::Cosignature {
        return Err(RegistryError::Key { why: "it is no witness's" });
    }
    let mut bytes = seconds.to_be_bytes().to_vec();
    bytes.extend_from_slice(&key.sign(message(&note.text, seconds).as_bytes()));
    Ok(NoteSignature { name: public.name().to_owned(), key_id: public.id(), bytes })
}

/// Checks that the witness with `key` saw this checkpoint, and says when: seconds since 1970.
pub fn cosigned_at(note: &SignedNote, key: &NoteKey) -> Result<u64, RegistryError> {
    let no = |why| RegistryError::Note { why };
    let signature = note.of_key(key).ok_or(no("it has no cosignature of that witness"))?;
    let bytes = <&[u8; 72]>::try_from(signature.bytes.as_slice()).map_err(|_| no("a cosignature has 72 bytes"))?;
    let (time, signature) = bytes.split_first_chunk::<8>().ok_or(no("a cosignature has 72 bytes"))?;
    let signature = <&[u8; 64]>::try_from(signature).map_err(|_| no("a cosignature has 72 bytes"))?;
    let seconds = u64::from_be_bytes(*time);
    let is_right = key.kind() == KeyKind::Cosignature
        && seconds != 0
        && key.verifies(message(&note.text, seconds).as_bytes(), signature);
    if is_right { Ok(seconds) } else { Err(no("its cosignature is not that witness's")) }
}
