use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::claim::SubjectKind;

/// The start of a digest of a subject: with 128 bits, no two of them meet by chance or on purpose.
pub(super) type Key = u128;

/// Where the latest claim with a key stands.
pub(super) type Slots = HashMap<Key, u32, BuildHasherDefault<AsItIs>>;

/// The key of a subject in its text form.
pub(super) fn key(kind: SubjectKind, value: &str) -> Key {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&[kind as u8]);
    hasher.update(value.as_bytes());
    let [start @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = *hasher.finalize().as_bytes();
    u128::from_le_bytes(start)
}

/// A digest need not be hashed again.
#[derive(Default)]
pub(super) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        // Not how keys come, and no reason to stop.
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u128(&mut self, key: u128) {
        let [a, b, c, d, e, f, g, h, ..] = key.to_le_bytes();
        self.0 = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
    }
}
