use sayso_core::{Sha256, Stance, Timestamp};
use serde::{Deserialize, Serialize};

use super::kind::FetchKind;

/// What came of one sample: what the new snapshot holds of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Outcome {
    pub(super) kind: FetchKind,
    /// Why there is nothing, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) message: String,
    pub(super) at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) facts: Option<Facts>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last_modified: Option<String>,
    /// The verdict with what was learned; absent where it stands as it stood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ruling: Option<NewRuling>,
    /// The code of the reason for which the pair is refused now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) refused: Option<String>,
}

/// A verdict as shards store it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct NewRuling {
    pub(super) verdict: Stance,
    pub(super) reason: String,
    pub(super) reasons: String,
}

/// What is known of a picture's file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Facts {
    pub(super) sha256: String,
    pub(super) bytes: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) size: Option<(u32, u32)>,
    /// The perceptual hash in hexadecimal, and its quality.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pdq: Option<(String, u8)>,
    /// The stored form of its features, in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) features: Option<String>,
}

impl Facts {
    /// The facts of bytes of which nothing else is known.
    pub(super) fn of_bytes(bytes: &[u8]) -> Self {
        let digest = <sha2::Sha256 as sha2::Digest>::digest(bytes);
        let sha256 = Sha256(digest.into()).to_string();
        Self { sha256, bytes: bytes.len() as u64, size: None, pdq: None, features: None }
    }
}
