/// Decodes base64 (RFC 4648, section 4).
///
/// Missing padding and bits left over at the end are let pass: RFC 9651, section 4.2.7 says that parsers should not
/// fail for either.
pub(super) fn decode_base64(encoded: &[u8]) -> Option<Vec<u8>> {
    let unpadded = match encoded {
        [head @ .., b'=', b'='] | [head @ .., b'='] => head,
        _ => encoded,
    };
    let padding = encoded.len() - unpadded.len();
    if unpadded.len() % 4 == 1 || (padding > 0 && !encoded.len().is_multiple_of(4)) {
        return None;
    }
    let mut bytes = Vec::with_capacity(unpadded.len() / 4 * 3 + 2);
    for quad in unpadded.chunks(4) {
        let bits = quad.iter().try_fold(0_u32, |bits, &digit| Some(bits << 6 | u32::from(sextet(digit)?)))?;
        let bits = bits << (6 * (4 - quad.len()));
        bytes.extend_from_slice(&bits.to_be_bytes()[1..quad.len()]);
    }
    Some(bytes)
}

fn sextet(digit: u8) -> Option<u8> {
    match digit {
        b'A'..=b'Z' => Some(digit - b'A'),
        b'a'..=b'z' => Some(digit - b'a' + 26),
        b'0'..=b'9' => Some(digit - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::decode_base64;

    #[test]
    fn padding_is_optional_but_never_wrong() {
        assert_eq!(decode_base64(b"aGk="), Some(b"hi".to_vec()));
        assert_eq!(decode_base64(b"aGk"), Some(b"hi".to_vec()));
        assert_eq!(decode_base64(b"aGVsbG8="), Some(b"hello".to_vec()));
        assert_eq!(decode_base64(b""), Some(Vec::new()));
        for wrong in [&b"a"[..], b"aGk==", b"=", b"a=Gk", b"aG k"] {
            assert_eq!(decode_base64(wrong), None, "{wrong:?}");
        }
    }
}
