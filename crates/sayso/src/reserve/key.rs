use c2pa::crypto::raw_signature::SigningAlg;
use memchr::memmem::find;

/// The object identifiers by which a private key says what it is (RFC 5958; RFC 5480; RFC 8410), in DER.
///
/// C2PA takes these algorithms (C2PA 2.4, section 13.2). With an RSA key it wants PSS.
const ALGORITHMS: &[(&[u8], SigningAlg)] = &[
    (b"\x06\x03\x2b\x65\x70", SigningAlg::Ed25519),
    (b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", SigningAlg::Es256),
    (b"\x06\x05\x2b\x81\x04\x00\x22", SigningAlg::Es384),
    (b"\x06\x05\x2b\x81\x04\x00\x23", SigningAlg::Es512),
    (b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", SigningAlg::Ps256),
];

/// Bytes at a key's start in which its algorithm stands.
const HEAD_BYTES: usize = 40;

/// The algorithm for a private key in PEM.
pub(super) fn algorithm_of(pem: &[u8]) -> Option<SigningAlg> {
    let text = std::str::from_utf8(pem).ok()?;
    let (_, body) = text.split_once("-----BEGIN PRIVATE KEY-----")?;
    let (body, _) = body.split_once("-----END")?;
    let head = decode(body.bytes().filter(|byte| !byte.is_ascii_whitespace()))?;
    ALGORITHMS.iter().find(|(identifier, _)| find(&head, identifier).is_some()).map(|&(_, algorithm)| algorithm)
}

/// The first bytes of a text in base64.
fn decode(digits: impl Iterator<Item = u8>) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for digit in digits.take_while(|digit| *digit != b'=') {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0x3fff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
        if bytes.len() == HEAD_BYTES {
            break;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use c2pa::crypto::raw_signature::SigningAlg;

    use super::algorithm_of;

    #[test]
    fn a_key_says_what_it_is() {
        let key = |base64: &str| format!("-----BEGIN PRIVATE KEY-----\n{base64}\n-----END PRIVATE KEY-----\n");
        for (base64, algorithm) in [
            ("MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAAAA", SigningAlg::Es256),
            ("MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDAAAAAA", SigningAlg::Es384),
            ("MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIAAAAA", SigningAlg::Es512),
            ("MC4CAQAwBQYDK2VwBCIEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", SigningAlg::Ed25519),
            ("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQAA", SigningAlg::Ps256),
        ] {
            assert_eq!(algorithm_of(key(base64).as_bytes()), Some(algorithm), "{base64}");
        }
        for other in ["", "AAAA", "not base64!", "MC4CAQAwBQYDK2VuBCIEIAAAAAAA"] {
            assert_eq!(algorithm_of(key(other).as_bytes()), None, "{other}");
        }
        assert_eq!(algorithm_of(b"-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIA==\n-----END EC PRIVATE KEY-----"), None);
        assert_eq!(algorithm_of(b"\xff"), None);
    }
}
