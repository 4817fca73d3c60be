use std::fmt;

use sayso_core::Sha256;
use serde::Serialize;

/// What vectors were made with: only vectors of one identity may stand in one index, or be compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// The net's kind and shape, such as `clip vit 768x12/32@224 text 512x8 quick-gelu`.
    pub architecture: String,
    /// Numbers in a vector.
    pub dimension: usize,
    /// The digest of the checkpoint, byte for byte.
    #[serde(serialize_with = "as_text")]
    pub weights: Sha256,
    /// How pictures and texts are prepared, with a version that changes when vectors would.
    pub preparation: String,
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}; weights {}", self.architecture, self.preparation, self.weights)
    }
}

fn as_text<S: serde::Serializer>(digest: &Sha256, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(digest)
}
