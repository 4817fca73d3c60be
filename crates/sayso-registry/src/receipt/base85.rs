use sayso_core::Sha256;

/// The digits of git's binary patches and of Python's `b85encode` (RFC 1924): none of them means something to JSON. A hash
/// takes 40 of them, and 44 as base64.
const DIGITS: &[u8; 85] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

/// Digits of a hash.
const HASH_DIGITS: usize = 40;

/// Hashes, one behind the other.
pub(super) fn encode(hashes: &[Sha256]) -> String {
    let mut text = String::with_capacity(hashes.len() * HASH_DIGITS);
    for group in hashes.iter().flat_map(|hash| hash.0.as_chunks::<4>().0) {
        let mut rest = u32::from_be_bytes(*group);
        let mut digits = [0; 5];
        for digit in digits.iter_mut().rev() {
            *digit = DIGITS.get((rest % 85) as usize).copied().unwrap_or_default();
            rest /= 85;
        }
        text.extend(digits.map(char::from));
    }
    text
}

/// The hashes of a text; `None` where it is not made of whole ones. Each has one text only.
pub(super) fn decode(text: &str) -> Option<Vec<Sha256>> {
    let (hashes, []) = text.as_bytes().as_chunks::<HASH_DIGITS>() else { return None };
    let hash = |digits: &[u8; HASH_DIGITS]| {
        let mut hash = [0; 32];
        for (into, digits) in hash.as_chunks_mut::<4>().0.iter_mut().zip(digits.as_chunks::<5>().0) {
            let mut number = 0_u32;
            for digit in digits {
                let value = DIGITS.iter().position(|it| it == digit).and_then(|at| u32::try_from(at).ok())?;
                number = number.checked_mul(85)?.checked_add(value)?;
            }
            *into = number.to_be_bytes();
        }
        Some(Sha256(hash))
    };
    hashes.iter().map(hash).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use sayso_core::Sha256;

    use super::{decode, encode};

    #[test]
    fn hashes_are_read_as_they_are_written() {
        let mut counting = [0; 32];
        counting.iter_mut().zip(0..).for_each(|(byte, number)| *byte = number);
        let hashes = [Sha256([0xff; 32]), Sha256([0; 32]), Sha256(counting)];
        let text = encode(&hashes);
        // What Python's base64.b85encode says of the same bytes.
        assert_eq!(&text[..80], format!("{}{}", "|NsC0".repeat(8), "0".repeat(40)));
        assert_eq!(&text[80..], "009C61O)~M2nh-c3=Iws5D^j+6crX17#SKH9337X");
        assert_eq!(decode(&text).unwrap(), hashes);
        assert_eq!(decode("").unwrap(), []);
    }

    #[test]
    fn what_is_no_hash_is_refused() {
        let good = encode(&[Sha256([7; 32])]);
        for text in [&good[1..], &format!("{good}0"), &good.replacen(|_| true, "\"", 1), &"~".repeat(40), "é"] {
            assert!(decode(text).is_none(), "{text}");
        }
    }
}
