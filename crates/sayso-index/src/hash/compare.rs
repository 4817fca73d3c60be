use super::stored::{HASH_BYTES, Stored};

/// A hash in four words, for comparing.
pub(super) type Words = [u64; 4];

pub(super) fn words(hash: &Stored) -> Words {
    words_of(&hash.0)
}

#[inline(always)]
pub(super) fn words_of(bytes: &[u8; HASH_BYTES]) -> Words {
    let mut words = [0; 4];
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks::<8>().0) {
        *word = u64::from_le_bytes(*bytes);
    }
    words
}

/// In how many bits two hashes differ.
#[inline(always)]
pub(super) fn distance(a: &Words, b: &Words) -> u32 {
    a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum()
}
