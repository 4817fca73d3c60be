use crate::Picture;

/// A picture that is learned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Who it is, in what is told of it; such as a path or a digest.
    pub id: String,
    /// The picture, upright.
    pub picture: Picture,
    /// What is to be seen.
    pub caption: String,
    /// Whether it is of the class and not of the subject: what the net knows already, and is not to forget.
    pub is_prior: bool,
}

/// What became of an example.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    /// Pixels from left to right, as it is seen.
    pub width: usize,
    /// Pixels from top to bottom, as it is seen.
    pub height: usize,
    /// How much of it was cut off at its edges, as a share.
    pub cropped: f64,
    /// Whether it had fewer pixels than are seen of it, and was made larger.
    pub enlarged: bool,
    /// Tokens of its caption that the net had no room for.
    pub cut: usize,
}
