use wide::u8x16;

/// The end of the JSON object or array that starts at `bytes[start]`, the closing bracket included.
///
/// Works on 64 bytes at a time: which bytes stand inside strings is a prefix XOR over the quotes that are not escaped
/// (Langdale and Lemire, "Parsing gigabytes of JSON per second", 2019), and brackets outside strings are counted.
/// Objects and arrays are counted together: in valid JSON they nest, and in anything else the end does not matter.
#[must_use]
pub(super) fn end_of_container(bytes: &[u8], start: usize) -> Option<usize> {
    let bytes = bytes.get(start..)?;
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt") {
        #[expect(unsafe_code, reason = "the function is safe but for the processor's features, which were just found")]
        let end = unsafe { avx2::end_of(bytes) };
        return end.map(|end| start + end);
    }
    end_of(bytes, Bits::of).map(|end| start + end)
}

/// The end of the container at the start of `bytes`, with the bits of a block made by `bits_of`.
#[inline(always)]
fn end_of(bytes: &[u8], bits_of: impl Fn(&[u8; 64]) -> Bits) -> Option<usize> {
    let mut scan = Scan::default();
    let (blocks, tail) = bytes.as_chunks::<64>();
    for (number, block) in blocks.iter().enumerate() {
        if let Some(end) = scan.block(&bits_of(block)) {
            return Some(number * 64 + end);
        }
    }
    let mut last = [b' '; 64];
    last.get_mut(..tail.len())?.copy_from_slice(tail);
    scan.block(&bits_of(&last)).map(|end| blocks.len() * 64 + end)
}

/// The same with wider registers and an instruction that counts bits, both of which a program for every x86-64
/// processor must do without.
#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::{
        __m256i, _mm256_cmpeq_epi8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8, _mm256_setr_epi64x,
    };

    use super::Bits;

    #[target_feature(enable = "avx2,popcnt")]
    pub(super) fn end_of(bytes: &[u8]) -> Option<usize> {
        super::end_of(bytes, |block| bits_of(block))
    }

    #[inline]
    #[target_feature(enable = "avx2,popcnt")]
    pub(super) fn bits_of(block: &[u8; 64]) -> Bits {
        let mut bits = Bits::default();
        let (lanes, _) = block.as_chunks::<32>();
        for (number, lane) in lanes.iter().enumerate() {
            let (words, _) = lane.as_chunks::<8>();
            let word = |place: usize| i64::from_le_bytes(words[place]);
            let bytes = _mm256_setr_epi64x(word(0), word(1), word(2), word(3));
            let brackets = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
            let mask = |bytes: __m256i, byte: u8| {
                let equal = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte.cast_signed()));
                u64::from(_mm256_movemask_epi8(equal).cast_unsigned()) << (number * 32)
            };
            bits.quotes |= mask(bytes, b'"');
            bits.backslashes |= mask(bytes, b'\\');
            bits.opens |= mask(brackets, b'{');
            bits.closes |= mask(brackets, b'}');
        }
        bits
    }
}

/// What one block tells the next.
#[derive(Default)]
struct Scan {
    depth: u32,
    /// All ones while inside a string.
    in_string: u64,
    /// One when the first byte of the next block is escaped.
    escaped: u64,
}

impl Scan {
    /// Reads one block: where in it the container ends, if it does.
    #[inline(always)]
    fn block(&mut self, bits: &Bits) -> Option<usize> {
        let plain = !self.escaped_bytes(bits.backslashes);
        let quotes = bits.quotes & plain;
        let string = prefix_xor(quotes) ^ self.in_string;
        self.in_string = if string >> 63 == 1 { u64::MAX } else { 0 };
        let opens = bits.opens & plain & !string;
        let closes = bits.closes & plain & !string;
        let (opened, closed) = (opens.count_ones(), closes.count_ones());
        // Cannot end here unless there are at least as many closing brackets as are open.
        if closed < self.depth || closed == 0 {
            self.depth = self.depth + opened - closed;
            return None;
        }
        let mut rest = closes;
        let mut seen = 0;
        while rest != 0 {
            let at = rest.trailing_zeros();
            seen += 1;
            if self.depth + (opens & ((1 << at) - 1)).count_ones() <= seen {
                return Some(at as usize + 1);
            }
            rest &= rest - 1;
        }
        self.depth = self.depth + opened - closed;
        None
    }

    /// Which bytes follow an odd run of backslashes.
    #[inline(always)]
    fn escaped_bytes(&mut self, backslashes: u64) -> u64 {
        if backslashes == 0 {
            return std::mem::take(&mut self.escaped);
        }
        // Rare enough in WAT files that going from one backslash to the next is the fastest.
        let mut escaped = self.escaped;
        let mut rest = backslashes & !escaped;
        self.escaped = 0;
        while rest != 0 {
            let at = rest.trailing_zeros();
            if at == 63 {
                self.escaped = 1;
                break;
            }
            escaped |= 1 << (at + 1);
            rest &= !(3 << at);
        }
        escaped
    }
}

/// For each bit: the parity of the bits up to and including it.
#[inline(always)]
fn prefix_xor(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

/// One bit for each byte of a block.
#[derive(Debug, Default, PartialEq, Eq)]
struct Bits {
    quotes: u64,
    backslashes: u64,
    opens: u64,
    closes: u64,
}

impl Bits {
    #[inline]
    fn of(block: &[u8; 64]) -> Self {
        let mut bits = Self::default();
        let (lanes, _) = block.as_chunks::<16>();
        for (number, lane) in lanes.iter().enumerate() {
            let bytes = u8x16::from(*lane);
            // `[` and `{`, `]` and `}` differ in bit 5 alone.
            let brackets = bytes | u8x16::splat(0x20);
            let mask = |equal: u8x16| u64::from(equal.to_bitmask()) << (number * 16);
            bits.quotes |= mask(bytes.simd_eq(u8x16::splat(b'"')));
            bits.backslashes |= mask(bytes.simd_eq(u8x16::splat(b'\\')));
            bits.opens |= mask(brackets.simd_eq(u8x16::splat(b'{')));
            bits.closes |= mask(brackets.simd_eq(u8x16::splat(b'}')));
        }
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::{Bits, end_of, end_of_container};

    /// The same, byte by byte.
    fn reference(bytes: &[u8], start: usize) -> Option<usize> {
        let (mut depth, mut in_string, mut escaped) = (0_u32, false, false);
        for (at, byte) in bytes.iter().enumerate().skip(start) {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = !in_string,
                b'[' | b'{' if !in_string => depth += 1,
                b']' | b'}' if !in_string => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Some(at + 1);
                    }
                }
                _ => {}
            }
        }
        None
    }

    #[test]
    fn the_end_is_found_wherever_blocks_fall() {
        let inner = r#"{"a":"]}\\\"[{","b":[1,{"c":"\\"}],"d":"\\\\","e":"é[","f":"\""}"#;
        for padding in 0..140 {
            let text = format!("{}[{}{inner},{inner}] , [tail]", "x".repeat(padding), " ".repeat(padding / 2));
            let found = end_of_container(text.as_bytes(), padding);
            assert_eq!(found, reference(text.as_bytes(), padding), "{padding}");
            assert!(found.is_some_and(|end| text[..end].ends_with("\"}]")), "{padding}");
        }
    }

    #[test]
    fn random_bytes_give_what_the_plain_loop_gives() {
        // A xorshift is enough to mix brackets, quotes and backslashes in every order.
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        for _ in 0..20_000 {
            let mut text = vec![b'['];
            for _ in 0..200 {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                text.push(b"[]{}\"\"\\\\ab,:"[(state % 12) as usize]);
            }
            let found = end_of_container(&text, 0);
            assert_eq!(found, reference(&text, 0), "{}", String::from_utf8_lossy(&text));
            assert_eq!(found, end_of(&text, Bits::of), "{}", String::from_utf8_lossy(&text));
        }
    }

    #[test]
    fn what_does_not_end_has_no_end() {
        assert_eq!(end_of_container(b"[[]", 0), None);
        assert_eq!(end_of_container(b"[\"]", 0), None);
        assert_eq!(end_of_container(b"", 0), None);
        assert_eq!(end_of_container(b"[]", 9), None);
    }
}
