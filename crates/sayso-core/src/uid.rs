use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A pair's identity: 128 bits that depend on its URL and its caption alone.
///
/// It is the first half of a BLAKE3 hash, so nobody can craft a pair that takes another's place when
/// duplicates are dropped; with MD5, which earlier tools use for the same purpose, anybody can.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid([u8; 16]);

impl Uid {
    /// The identity of the pair (`url`, `caption`).
    ///
    /// The URL's length goes in first, so that moving bytes between the two never gives the same identity.
    #[must_use]
    pub fn of_pair(url: &str, caption: &str) -> Self {
        // In one piece: most pairs are far shorter than a chunk, and a hasher that can go on costs more to set up.
        let mut short = [0_u8; 512];
        let length = 8 + url.len() + caption.len();
        let hash = if length <= short.len() {
            short[..8].copy_from_slice(&(url.len() as u64).to_le_bytes());
            short[8..8 + url.len()].copy_from_slice(url.as_bytes());
            short[8 + url.len()..length].copy_from_slice(caption.as_bytes());
            blake3::hash(&short[..length])
        } else {
            let mut hasher = blake3::Hasher::new();
            hasher.update(&(url.len() as u64).to_le_bytes());
            hasher.update(url.as_bytes());
            hasher.update(caption.as_bytes());
            hasher.finalize()
        };
        let mut uid = [0; 16];
        uid.copy_from_slice(&hash.as_bytes()[..16]);
        Self(uid)
    }

    /// The identity with these bytes, as read from storage.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The identity's bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Writes the 32 lower-case hexadecimal digits into `out`, without allocating.
    pub fn write_hex(self, out: &mut [u8; 32]) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        for (pair, byte) in out.chunks_exact_mut(2).zip(self.0) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut hex = [0; 32];
        self.write_hex(&mut hex);
        f.pad(std::str::from_utf8(&hex).unwrap_or_default())
    }
}

impl fmt::Debug for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Uid({self})")
    }
}

/// The error of a text that is no uid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a uid\nhint: a uid is 32 hexadecimal digits")]
pub struct UidError(String);

impl FromStr for Uid {
    type Err = UidError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || UidError(text.chars().take(80).collect());
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(error());
        }
        u128::from_str_radix(text, 16).map(|number| Self(number.to_be_bytes())).map_err(|_| error())
    }
}

impl Serialize for Uid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Uid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Uid;

    #[test]
    fn the_identity_is_frozen() {
        // Stored in every dataset: a change here is a new version of the format.
        let uid = Uid::of_pair("https://example.org/a.jpg", "a cat");
        assert_eq!(uid.to_string(), "c1b27ac56fedf2e9a83edd8e86cd242b");
        assert_eq!(uid.to_string().parse(), Ok(uid));
    }

    #[test]
    fn url_and_caption_do_not_run_together() {
        assert_ne!(Uid::of_pair("ab", "c"), Uid::of_pair("a", "bc"));
    }

    #[test]
    fn long_pairs_hash_like_short_ones() {
        // The buffer's edge: 8 bytes of length and 504 of text fit, one more does not.
        for length in [503, 504, 505, 5_000] {
            let caption = "x".repeat(length - 1);
            let mut whole = 1_u64.to_le_bytes().to_vec();
            whole.extend_from_slice(b"u");
            whole.extend_from_slice(caption.as_bytes());
            let expected = blake3::hash(&whole);
            assert_eq!(Uid::of_pair("u", &caption).as_bytes()[..], expected.as_bytes()[..16]);
        }
    }

    #[test]
    fn what_is_no_uid_is_refused() {
        for text in ["", "+0000000000000000000000000000001", "zz", "é".repeat(16).as_str()] {
            assert!(text.parse::<Uid>().is_err(), "{text}");
        }
    }
}
