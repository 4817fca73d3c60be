use sha1::{Digest, Sha1};

/// Whether `stated`, the value of a `WARC-Block-Digest`, is the SHA-1 of `block`, in base 32 or hexadecimal.
///
/// Nearly every writer states it so (ISO 28500:2017, section 5.8); any other digest proves nothing here.
pub(super) fn is_digest_of(stated: &str, block: &[u8]) -> bool {
    let Some((_, stated)) = stated.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("sha1")) else {
        return false;
    };
    let digest: [u8; 20] = Sha1::digest(block).into();
    match stated.len() {
        32 => base32(&digest).eq_ignore_ascii_case(stated),
        40 => digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>().eq_ignore_ascii_case(stated),
        _ => false,
    }
}

/// Base 32 (RFC 4648, section 6) of bytes that need no padding.
fn base32(bytes: &[u8; 20]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (groups, _) = bytes.as_chunks::<5>();
    let letters = groups.iter().flat_map(|group| {
        let bits = group.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        (0..8).rev().filter_map(move |place| ALPHABET.get((bits >> (5 * place)) as usize & 31))
    });
    letters.map(|letter| char::from(*letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::is_digest_of;

    #[test]
    fn both_spellings_are_known() {
        assert!(is_digest_of("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", b""));
        assert!(is_digest_of("SHA1:da39a3ee5e6b4b0d3255bfef95601890afd80709", b""));
        assert!(!is_digest_of("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", b"x"));
        assert!(!is_digest_of("md5:d41d8cd98f00b204e9800998ecf8427e", b""));
        assert!(!is_digest_of("", b""));
    }
}
