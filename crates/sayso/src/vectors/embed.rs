use sayso_core::EmbedderId;

/// Makes vectors of what somebody looks for. Whoever serves a dataset hands one in for each embedder whose indexes are
/// to be asked in words or by picture.
pub trait EmbedQuery: Send + Sync {
    /// Which embedder it is: only indexes of vectors that it made are asked.
    fn embedder(&self) -> &EmbedderId;

    /// The vector of a text, by the text tower.
    fn embed_text(&self, text: &str) -> Result<Vec<f32>, EmbedError>;

    /// The vector of a picture's file, by the image tower. The bytes are foreign: decoding them has limits.
    fn embed_picture(&self, file: &[u8]) -> Result<Vec<f32>, EmbedError>;
}

/// Why there is no vector of what somebody looks for.
#[derive(Debug, thiserror::Error)]
pub enum EmbedError {
    /// The embedder has no such tower.
    #[error("`{embedder}` makes no vectors of a {what}\nhint: ask in another way")]
    NoTower {
        /// The embedder.
        embedder: String,
        /// `text` or `picture`.
        what: &'static str,
    },
    /// The picture or the text cannot be read.
    #[error("the {what} cannot be read: {message}\nhint: try another one")]
    Unreadable {
        /// `text` or `picture`.
        what: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// The net failed.
    #[error("the net stopped: {0}\nhint: this is a defect; please report it")]
    Net(String),
}
