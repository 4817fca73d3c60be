use super::is_without_spaces;

/// How many bits there are, a power of two: few enough to stay near the processor, many enough to be mostly empty.
const BITS: usize = 1 << 17;

/// The first words of all patterns, as a set that may hold a few others too.
///
/// Nearly no word of a caption begins a name, and looking here is much cheaper than starting the automaton.
pub(super) struct Starts {
    bits: Box<[u64]>,
}

impl std::fmt::Debug for Starts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Starts").finish_non_exhaustive()
    }
}

impl Starts {
    pub(super) fn of<'p>(patterns: impl Iterator<Item = &'p str>) -> Self {
        let mut bits = vec![0_u64; BITS / 64].into_boxed_slice();
        for pattern in patterns {
            let bit = bit_of(first_word(pattern.as_bytes()));
            if let Some(word) = bits.get_mut(bit / 64) {
                *word |= 1 << (bit % 64);
            }
        }
        Self { bits }
    }

    /// Where in the folded text words start that may be the first of a pattern.
    pub(super) fn places(&self, text: &str) -> impl Iterator<Item = usize> {
        let bytes = text.as_bytes();
        let mut at = 0;
        std::iter::from_fn(move || {
            while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
                let word = first_word(rest);
                let start = at;
                // A mark may be the first character of a name, too, though it is none of a word.
                at += word.len().max(1);
                let bit = bit_of(word);
                if self.bits.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1)
                    && text.is_char_boundary(start)
                {
                    return Some(start);
                }
            }
            None
        })
    }
}

/// The word at the start: ASCII letters and digits and all that is not ASCII; one sign of a script without spaces.
fn first_word(text: &[u8]) -> &[u8] {
    if matches!(text, [0xe0..=0xef, ..]) {
        let sign = text.get(..3).and_then(|bytes| std::str::from_utf8(bytes).ok());
        if sign.is_some_and(|sign| sign.chars().all(is_without_spaces)) {
            return text.get(..3).unwrap_or(text);
        }
    }
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte >= 0x80;
    let len = text.iter().position(|byte| !is_part(byte)).unwrap_or(text.len());
    text.get(..len).unwrap_or(text)
}

/// The place of a word among the bits, by up to eight of its bytes and its length.
fn bit_of(word: &[u8]) -> usize {
    let mut start = [0; 8];
    let len = word.len().min(8);
    if let (Some(to), Some(from)) = (start.get_mut(..len), word.get(..len)) {
        to.copy_from_slice(from);
    }
    let number = (u64::from_le_bytes(start) | 0x2020_2020_2020_2020) ^ (word.len() as u64) << 56;
    (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize & (BITS - 1)
}
