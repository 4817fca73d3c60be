/// No word that a table holds is longer, in bytes.
const LONGEST: usize = 16;

/// Words with what is known of them, one bit for each class of words.
///
/// A look-up costs a few nanoseconds and no allocation: it is asked for every word of every caption. Words are kept by
/// half of their hash, so that the whole table stays near the processor; that two of some thousand words share one does not
/// happen (a test looks), and that a foreign word has one of theirs does once in a million words.
#[derive(Debug)]
pub(crate) struct WordTable {
    /// A power of two of them, half of them empty at least: half a hash and the classes; no classes mark an empty slot.
    slots: Vec<(u32, u32)>,
}

impl WordTable {
    /// Reads a table: classes in brackets, whose place in `classes` is their bit, and the words behind them.
    pub(crate) fn read(text: &str, classes: &[&str]) -> Self {
        let mut class = 0;
        let mut words: Vec<(u64, u32)> = Vec::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                class = classes.iter().position(|known| *known == name).map_or(0, |bit| 1 << bit);
            } else if class != 0 {
                words.extend(line.split_ascii_whitespace().filter_map(|word| Some((hash(word)?, class))));
            }
        }
        let mut table = Self { slots: vec![(0, 0); (words.len() * 2).next_power_of_two().max(2)] };
        for (hash, class) in words {
            let at = table.place(hash);
            if let Some(slot) = table.slots.get_mut(at) {
                *slot = (hash as u32, slot.1 | class);
            }
        }
        table
    }

    /// The classes of a word, in whatever case it is written.
    pub(crate) fn classes(&self, word: &str) -> u32 {
        hash(word).map_or(0, |hash| self.classes_of(hash))
    }

    /// The classes of the word of ASCII that lies in `bytes`.
    pub(crate) fn classes_at(&self, bytes: &[u8], start: usize, len: usize) -> u32 {
        Key::of_ascii(bytes, start, len).map_or(0, |key| self.classes_of(key.hash()))
    }

    fn classes_of(&self, hash: u64) -> u32 {
        self.slots.get(self.place(hash)).map_or(0, |(_, classes)| *classes)
    }

    /// The slot of a word, or the empty one where it would be.
    fn place(&self, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = (hash >> 40) as usize & mask;
        while self.slots.get(at).is_some_and(|(held, classes)| *classes != 0 && *held != hash as u32) {
            at = (at + 1) & mask;
        }
        at
    }
}

/// The hash of the word in lower case; `None` where it is longer than any that is known.
fn hash(word: &str) -> Option<u64> {
    if word.is_ascii() {
        return Key::of_ascii(word.as_bytes(), 0, word.len()).map(Key::hash);
    }
    let (mut bytes, mut len) = ([0; LONGEST], 0);
    for c in word.chars().flat_map(char::to_lowercase) {
        c.encode_utf8(bytes.get_mut(len..len + c.len_utf8())?);
        len += c.len_utf8();
    }
    bytes.iter_mut().skip(len).for_each(|byte| *byte = 0x20);
    Some(Key::new(u128::from_le_bytes(bytes)).hash())
}

/// A word of up to sixteen bytes, spaces behind it.
#[derive(Debug, Clone, Copy)]
struct Key {
    low: u64,
    high: u64,
}

/// What stands behind the end of a word in its key; over letters of ASCII it makes them small, and leaves digits and the marks
/// inside words as they are.
const SPACES: u128 = 0x2020_2020_2020_2020_2020_2020_2020_2020;

impl Key {
    /// The word of ASCII that lies at `start`, in lower case. What lies behind it is read along where it can be, which is
    /// quicker than to copy as many bytes as the word has.
    fn of_ascii(bytes: &[u8], start: usize, len: usize) -> Option<Self> {
        if len == 0 || len > LONGEST {
            return None;
        }
        let wide = match bytes.get(start..).and_then(<[u8]>::first_chunk) {
            Some(wide) => u128::from_le_bytes(*wide),
            None => Self::copied(bytes.get(start..start + len)?),
        };
        let behind = 8 * (LONGEST - len) as u32;
        Some(Self::new((wide << behind >> behind) | SPACES))
    }

    fn copied(word: &[u8]) -> u128 {
        let mut bytes = [0; LONGEST];
        bytes.iter_mut().zip(word).for_each(|(to, from)| *to = *from);
        u128::from_le_bytes(bytes)
    }

    fn new(word: u128) -> Self {
        Self { low: word as u64, high: (word >> 64) as u64 }
    }

    fn hash(self) -> u64 {
        let product = u128::from(self.low ^ 0x9e37_79b9_7f4a_7c15)
            * u128::from(self.high.rotate_left(32) ^ 0xd6e8_feb8_6659_fd93);
        ((product as u64) ^ ((product >> 64) as u64)).wrapping_mul(0x9fb2_1c65_1e98_df25)
    }
}

/// Where `part`, which is a slice of `whole`, starts in it.
pub(crate) fn offset_of(whole: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize).min(whole.len())
}

/// The start of the text, up to so many bytes.
pub(crate) fn upto(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    end.and_then(|end| text.get(..end)).unwrap_or_default()
}

/// No longer word is looked for backwards: it is asked of many places, and a word may be as long as a caption.
const LONGEST_BEFORE: usize = 64;

/// The word that ends at `end`, spaces before it passed over; words end at white space.
pub(crate) fn word_before(text: &str, end: usize) -> &str {
    let before = text.get(..end).unwrap_or_default().trim_end();
    let far = upto(before, before.len().saturating_sub(LONGEST_BEFORE));
    let near = before.get(far.len()..).unwrap_or_default();
    near.rfind(char::is_whitespace).and_then(|at| near.get(at..)).unwrap_or(near).trim_start()
}

/// The word without the marks around it.
pub(crate) fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::{WordTable, bare, offset_of, word_before};

    #[test]
    fn words_are_found_in_any_case_with_all_their_classes() {
        let table =
            WordTable::read("# words\n[art]\nphoto crédit\n[label]\nphoto foto\n\n[none]\nnothing", &["art", "label"]);
        for (word, classes) in
            [("Photo", 3), ("PHOTO", 3), ("CRÉDIT", 1), ("foto", 2), ("nothing", 0), ("", 0), ("phot", 0)]
        {
            assert_eq!(table.classes(word), classes, "{word}");
        }
        assert_eq!(table.classes(&"a".repeat(17)), 0);
        assert_eq!(table.classes("\u{0}"), 0);
        assert_eq!(WordTable::read("", &[]).classes("photo"), 0);
    }

    #[test]
    fn words_are_found_backwards() {
        let text = "Sea, photo  by";
        assert_eq!(word_before(text, 12), "photo");
        assert_eq!(word_before(text, 0), "");
        assert_eq!(bare("(Photo:"), "Photo");
        assert_eq!(offset_of(text, &text[5..]), 5);
    }
}
