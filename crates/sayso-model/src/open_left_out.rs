use std::path::Path;

use crate::{Choices, Embedder, ModelError};

/// The embedder that a checkpoint holds; a program that was built without nets has none.
///
/// # Errors
///
/// Always.
pub fn open(_: &Path, _: Choices) -> Result<Box<dyn Embedder>, ModelError> {
    Err(ModelError::LeftOut)
}
