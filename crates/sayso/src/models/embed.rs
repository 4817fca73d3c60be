use std::path::PathBuf;

use sayso_model::{Embedder, Rgb};

use super::picture::read;
use crate::Error;

/// Pictures that are decoded before they go through a net together.
const PICTURES: usize = 16;

/// The vectors of some pictures.
#[derive(Debug, Clone, PartialEq)]
pub struct EmbeddedPictures {
    /// The pictures that could be read, in the order in which they were given, each with its vector.
    pub vectors: Vec<(PathBuf, Vec<f32>)>,
    /// Those that could not, and why.
    pub damaged: Vec<(PathBuf, String)>,
}

/// Makes vectors of picture files. What cannot be read is told, and the others are embedded.
///
/// # Errors
///
/// When the net takes no pictures, or cannot be computed.
pub fn embed_files(embedder: &dyn Embedder, paths: &[PathBuf]) -> Result<EmbeddedPictures, Error> {
    let mut embedded = EmbeddedPictures { vectors: Vec::new(), damaged: Vec::new() };
    for some in paths.chunks(PICTURES) {
        let mut decoded = Vec::new();
        for path in some {
            match read(path) {
                Ok(picture) => decoded.push((path, picture)),
                Err(reason) => embedded.damaged.push((path.clone(), reason)),
            }
        }
        let (mut readable, mut pictures) = (Vec::new(), Vec::new());
        for (path, picture) in &decoded {
            match Rgb::new(picture.width(), picture.height(), picture.pixels()) {
                Some(rgb) => {
                    readable.push(PathBuf::clone(path));
                    pictures.push(rgb);
                }
                None => embedded.damaged.push((PathBuf::clone(path), "it has no pixel".to_owned())),
            }
        }
        let vectors = embedder.embed_pictures(&pictures)?;
        embedded.vectors.extend(readable.into_iter().zip(vectors.rows().map(<[f32]>::to_vec)));
    }
    Ok(embedded)
}
