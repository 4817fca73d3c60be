use crate::{Identity, ModelError, Rgb, Vectors};

/// What an embedder can be given. One that takes both puts them into the same space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Pictures only.
    Pictures,
    /// Texts only.
    Texts,
    /// Pictures and texts, so that one is found by the other.
    Both,
}

impl Takes {
    /// Whether pictures can be embedded.
    #[must_use]
    pub const fn pictures(self) -> bool {
        matches!(self, Self::Pictures | Self::Both)
    }

    /// Whether texts can be embedded.
    #[must_use]
    pub const fn texts(self) -> bool {
        matches!(self, Self::Texts | Self::Both)
    }
}

/// A net that makes vectors of pictures, of texts, or of both.
///
/// Every vector has length one, so that the inner product of two is the cosine of the angle between them. The vector of an
/// input does not depend on what else is in the batch, beyond the last bits of a float.
pub trait Embedder: Send + Sync {
    /// With which weights, net and preparation the vectors are made. Vectors of different identities are not comparable.
    fn identity(&self) -> &Identity;

    /// What it can be given.
    fn takes(&self) -> Takes;

    /// The vectors of `pictures`, in their order.
    ///
    /// # Errors
    ///
    /// [`ModelError::Takes`] if the net takes texts only, and when the net gives something that is no number.
    fn embed_pictures(&self, pictures: &[Rgb<'_>]) -> Result<Vectors, ModelError>;

    /// The vectors of `texts`, in their order. What a net has no room for at a text's end is left out, as the programs do
    /// that these nets come from.
    ///
    /// # Errors
    ///
    /// [`ModelError::Takes`] if the net takes pictures only, and when the net gives something that is no number.
    fn embed_texts(&self, texts: &[&str]) -> Result<Vectors, ModelError>;
}
