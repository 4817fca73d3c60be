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
            let (start, len) = first_word(pattern.as_bytes());
            let next = pattern.as_bytes().get(len);
            // Anything may stand behind a name of one word.
            let nexts = next.map_or([0, 1, 2, 3], |next| [kind_of(Some(next)); 4]);
            for bit in nexts.map(|next| bit_of(start, len, next)) {
                if let Some(word) = bits.get_mut(bit / 64) {
                    *word |= 1 << (bit % 64);
                }
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
                let (word, len) = first_word(rest);
                let start = at;
                // A mark may be the first character of a name, too, though it is none of a word.
                at += len.max(1);
                let bit = bit_of(word, len, kind_of(rest.get(len)));
                let may_start = self.bits.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1);
                if may_start && text.is_char_boundary(start) {
                    return Some(start);
                }
            }
            None
        })
    }
}

/// The word at the start, by its first eight bytes and its length: ASCII letters and digits and all that is not ASCII; one sign
/// of a script without spaces.
fn first_word(text: &[u8]) -> (u64, usize) {
    if let [0xe0..=0xef, ..] = text {
        let sign = text.get(..3).and_then(|bytes| std::str::from_utf8(bytes).ok());
        if let Some(sign) = sign.and_then(|sign| sign.chars().next()).filter(|sign| is_without_spaces(*sign)) {
            return (u64::from(u32::from(sign)), 3);
        }
    }
    let (mut start, mut len) = (0, 0);
    for byte in text.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte >= 0x80) {
        if len < 8 {
            start |= u64::from(byte | 0x20) << (8 * len);
        }
        len += 1;
    }
    (start, len)
}

/// What stands behind a word: most words of captions have a space behind them, most initials of names a full stop.
fn kind_of(next: Option<&u8>) -> u64 {
    match next {
        Some(b' ') => 0,
        Some(b'.') => 1,
        Some(b',') => 2,
        _ => 3,
    }
}

/// The place of a word among the bits.
fn bit_of(start: u64, len: usize, next: u64) -> usize {
    let number = start ^ (len as u64) << 56 ^ next << 48;
    (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize & (BITS - 1)
}
