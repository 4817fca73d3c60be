/// Bytes that mean something in most formats.
const MARKS: &[u8] = b"\0\n\r \"'<>=&:;,/*$%#{}[]\\09\x7f\xff";

/// A mutation of an input: the same one for the same number, on every machine.
///
/// What fuzzers do without being led by coverage: bytes changed, taken out, doubled, put in from `other` and out of
/// `words`, a few at once. Nothing grows beyond `limit_bytes`.
#[must_use]
pub fn mutate(seed: &[u8], other: &[u8], words: &[&str], number: u64, limit_bytes: usize) -> Vec<u8> {
    let mut dice = Dice(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut bytes = seed.to_vec();
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len() + 1);
        let end = at + dice.below((bytes.len() - at).min(64) + 1);
        match dice.below(6) {
            0 => change(&mut bytes, at, |byte| byte ^ (1 << dice.below(8))),
            1 => change(&mut bytes, at, |_| MARKS[dice.below(MARKS.len())]),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            4 => {
                let from = dice.below(other.len() + 1);
                let to = from + dice.below((other.len() - from).min(64) + 1);
                bytes.splice(at..end, other[from..to].iter().copied());
            }
            _ => {
                if let Some(word) = words.get(dice.below(words.len())) {
                    bytes.splice(at..at, word.bytes());
                }
            }
        }
    }
    bytes.truncate(limit_bytes);
    bytes
}

fn change(bytes: &mut [u8], at: usize, to: impl FnOnce(u8) -> u8) {
    if let Some(byte) = bytes.get_mut(at) {
        *byte = to(*byte);
    }
}

/// `SplitMix64`, by Sebastiano Vigna: enough to choose by, and three lines instead of a dependency.
struct Dice(u64);

impl Dice {
    /// A number below `limit`; 0 where there is none.
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 1).unwrap_or_default() % limit.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::mutate;

    #[test]
    fn the_same_number_gives_the_same_mutation_and_others_give_others() {
        let of = |number| mutate(b"a seed of some bytes", b"another", &["word"], number, 4096);
        assert!((0..100).all(|number| of(number) == of(number)));
        let mut all: Vec<_> = (0..100).map(of).collect();
        all.sort();
        all.dedup();
        assert!(all.len() > 80, "{} of 100 differ", all.len());
    }

    #[test]
    fn nothing_is_too_short_or_too_long() {
        for number in 0..1000 {
            let _ = mutate(b"", b"", &[], number, 4096);
            assert!(mutate(&[b'a'; 100], b"b", &["word"], number, 100).len() <= 100);
        }
    }
}
