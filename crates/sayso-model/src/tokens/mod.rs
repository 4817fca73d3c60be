//! From a text to the numbers of a net's vocabulary.

mod clean;
mod clip;
#[cfg(test)]
mod tests;
mod wordpiece;

pub use clip::ClipTokens;
pub(crate) use wordpiece::WordPieces;

/// A pattern that stands in the code.
fn pattern(pattern: &str) -> Result<regex::Regex, crate::ModelError> {
    regex::Regex::new(pattern).map_err(|error| crate::ModelError::Compute(error.to_string()))
}
