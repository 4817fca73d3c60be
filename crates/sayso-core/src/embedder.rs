use serde::{Deserialize, Serialize};

use crate::stable_names;

/// What an embedding was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Modality {
    /// The picture.
    Image,
    /// The caption.
    Text,
}

stable_names!(Modality, "modality", { Image => "image", Text => "text" });

/// Which net made a vector. Vectors of two embedders have nothing to say to each other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct EmbedderId {
    name: String,
    dimension: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    weights_sha256: Option<String>,
}

/// Why there can be no such embedder.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmbedderIdError {
    /// The name is not one.
    #[error(
        "`{0}` is no name of an embedder\nhint: up to 64 letters, digits, dots, dashes and underscores, a letter or digit first"
    )]
    Name(String),
    /// No embedder here makes as many components, or none.
    #[error("an embedding of {0} components is not supported\nhint: from 1 to {most}", most = EmbedderId::MOST_COMPONENTS)]
    Dimension(u32),
    /// The digest is none.
    #[error("`{0}` is no SHA-256\nhint: 64 hexadecimal digits")]
    Digest(String),
}

impl EmbedderId {
    /// The most components that an embedding may have.
    pub const MOST_COMPONENTS: u32 = 4096;

    /// The embedder of this name, such as `ViT-B-32`, whose weights may be known by their SHA-256. The name goes into
    /// paths and addresses, and is nothing but a name.
    pub fn new(name: &str, dimension: u32, weights_sha256: Option<&str>) -> Result<Self, EmbedderIdError> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        let starts_well = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
        if !starts_well || name.len() > 64 || !name.bytes().all(is_plain) {
            return Err(EmbedderIdError::Name(name.chars().take(80).collect()));
        }
        if !(1..=Self::MOST_COMPONENTS).contains(&dimension) {
            return Err(EmbedderIdError::Dimension(dimension));
        }
        let is_digest = |text: &&str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let weights_sha256 = match weights_sha256 {
            Some(text) if !is_digest(&text) => return Err(EmbedderIdError::Digest(text.chars().take(80).collect())),
            digest => digest.map(str::to_ascii_lowercase),
        };
        Ok(Self { name: name.to_owned(), dimension, weights_sha256 })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many components its vectors have.
    #[must_use]
    pub fn dimension(&self) -> usize {
        self.dimension as usize
    }

    /// The SHA-256 of its weights, where that is known.
    #[must_use]
    pub fn weights_sha256(&self) -> Option<&str> {
        self.weights_sha256.as_deref()
    }

    /// Whether vectors of both can be compared, as far as is known: weights that are not known contradict nothing.
    #[must_use]
    pub fn agrees_with(&self, other: &Self) -> bool {
        let same_weights = match (&self.weights_sha256, &other.weights_sha256) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        };
        self.name == other.name && self.dimension == other.dimension && same_weights
    }
}

/// The stored form, before it is checked.
#[derive(Deserialize)]
struct Unchecked {
    name: String,
    dimension: u32,
    #[serde(default)]
    weights_sha256: Option<String>,
}

impl TryFrom<Unchecked> for EmbedderId {
    type Error = EmbedderIdError;

    fn try_from(unchecked: Unchecked) -> Result<Self, Self::Error> {
        Self::new(&unchecked.name, unchecked.dimension, unchecked.weights_sha256.as_deref())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::EmbedderId;

    #[test]
    fn a_name_leads_nowhere_else() {
        assert!(EmbedderId::new("ViT-B-32", 512, None).is_ok());
        for name in ["", ".", "..", "a/b", "../a", ".hidden", "a b", "ä", "a\0", &"a".repeat(65)] {
            assert!(EmbedderId::new(name, 512, None).is_err(), "{name}");
            let json = serde_json::json!({ "name": name, "dimension": 512 });
            assert!(serde_json::from_value::<EmbedderId>(json).is_err(), "{name}");
        }
        for dimension in [0, 4097, u32::MAX] {
            assert!(EmbedderId::new("a", dimension, None).is_err());
        }
        assert!(EmbedderId::new("a", 1, Some("12")).is_err());
    }

    #[test]
    fn weights_that_differ_disagree() {
        let known = |digit: &str| EmbedderId::new("a", 2, Some(&digit.repeat(64))).unwrap();
        let unknown = EmbedderId::new("a", 2, None).unwrap();
        assert!(known("a").agrees_with(&known("A")) && known("a").agrees_with(&unknown));
        assert!(!known("a").agrees_with(&known("b")));
        assert!(!unknown.agrees_with(&EmbedderId::new("a", 3, None).unwrap()));
        let json = serde_json::to_string(&known("a")).unwrap();
        assert_eq!(serde_json::from_str::<EmbedderId>(&json).unwrap(), known("a"));
    }
}
