use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A picture's perceptual hash: the 256 bits of PDQ, in the order in which its hexadecimal form writes them.
///
/// Pictures that look alike have hashes that differ in few bits. How a hash is made of pixels stands in Meta's paper
/// "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm" (2019).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pdq([u8; 32]);

impl Pdq {
    /// Hashes no further apart than this are taken for hashes of the same picture, as the paper recommends.
    pub const NEAR: u32 = 31;

    /// The hash with these bytes, the first two hexadecimal digits first.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The hash's bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// In how many of the 256 bits two hashes differ.
    #[must_use]
    pub fn distance(&self, other: &Self) -> u32 {
        self.0.iter().zip(other.0).map(|(a, b)| (a ^ b).count_ones()).sum()
    }
}

impl fmt::Display for Pdq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Pdq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pdq({self})")
    }
}

/// The error of a text that is no PDQ hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a PDQ hash\nhint: a PDQ hash is 64 hexadecimal digits")]
pub struct PdqError(String);

impl FromStr for Pdq {
    type Err = PdqError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || PdqError(text.chars().take(80).collect());
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(error());
        }
        let mut bytes = [0; 32];
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| error())?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| error())?;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for Pdq {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Pdq {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn its_hexadecimal_form_is_read_as_it_is_written() {
        let text = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";
        let hash: Pdq = text.to_uppercase().parse().unwrap();
        assert_eq!(hash.to_string(), text);
    }

    #[test]
    fn what_is_no_hash_is_named() {
        for text in ["", "f8", &"g".repeat(64), &"é".repeat(32)] {
            assert!(text.parse::<Pdq>().unwrap_err().to_string().contains("64 hexadecimal digits"), "{text}");
        }
    }

    #[test]
    fn the_distance_counts_bits() {
        let zero = Pdq::from_bytes([0; 32]);
        assert_eq!(zero.distance(&Pdq::from_bytes([0xff; 32])), 256);
        assert_eq!(zero.distance(&Pdq::from_bytes([1; 32])), 32);
        assert_eq!(zero.distance(&zero), 0);
    }
}
