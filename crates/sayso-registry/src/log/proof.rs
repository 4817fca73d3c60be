use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sayso_core::Sha256;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// That an entry is in a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InclusionProof {
    /// The entry's number, from 0.
    pub number: u64,
    /// Entries in the log that it is in.
    pub size: u64,
    /// The hashes beside the way from the leaf to the root.
    #[serde(with = "hashes")]
    pub path: Vec<Sha256>,
}

/// That a log goes on from an earlier state of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsistencyProof {
    /// Entries of the earlier state.
    pub old_size: u64,
    /// Entries of the later one.
    pub size: u64,
    /// The hashes that lead to both roots.
    #[serde(with = "hashes")]
    pub path: Vec<Sha256>,
}

/// Hashes as base64, as checkpoints write them.
mod hashes {
    use super::{Deserialize, Deserializer, Engine, STANDARD, Serialize, Serializer, Sha256};

    /// A tree of more levels than a number of entries has bits.
    const MAX_PATH: usize = 130;

    pub(super) fn serialize<S: Serializer>(hashes: &[Sha256], serializer: S) -> Result<S::Ok, S::Error> {
        let texts: Vec<String> = hashes.iter().map(|hash| STANDARD.encode(hash.0)).collect();
        texts.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Sha256>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        if texts.len() > MAX_PATH {
            return Err(serde::de::Error::custom("a path longer than any tree is high"));
        }
        let hash = |text: &String| STANDARD.decode(text).ok()?.try_into().ok().map(Sha256);
        let hashes = texts.iter().map(hash).collect::<Option<Vec<_>>>();
        hashes.ok_or_else(|| serde::de::Error::custom("a hash that is not 32 bytes in base64"))
    }
}
