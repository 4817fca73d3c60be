use sayso_core::{EmbedderId, EmbedderIdError};
use sayso_model::hub::Hub;
use sayso_model::{Choices, Embedder, ModelError, Rgb, Vectors, known, locate, open};

use super::picture::of_bytes;
use crate::Error;
use crate::vectors::{EmbedError, EmbedQuery};

/// Bytes of a text that is asked for. Nets have room for some hundred words, and whoever asks may be a stranger.
const TEXT_BYTES: usize = 32 << 10;

/// An opened net under the name by which datasets know its vectors.
pub struct NamedEmbedder {
    id: EmbedderId,
    embedder: Box<dyn Embedder>,
}

impl NamedEmbedder {
    /// Opens `[NAME=]FILE|MODEL`: weights in a file, or a known model's in the cache.
    ///
    /// Without a name it is the known model's, or made of the file's. What was decided beyond the weights is part of such a
    /// name, so that vectors of one net that was used in two ways do not meet. With a name, whoever gave it says that its
    /// vectors are of this net: so vectors are asked that were imported under a name of their own.
    ///
    /// # Errors
    ///
    /// When the weights are not there or cannot be opened, or the name is none.
    pub fn open(named: &str, hub: Option<&Hub>, choices: Choices) -> Result<Self, Error> {
        let (name, weights) = match named.split_once('=') {
            // A file's name may have the sign, too, and a file that is there is meant.
            Some((name, weights)) if !std::path::Path::new(named).is_file() => (Some(name), weights),
            _ => (None, named),
        };
        let wrong = |error: EmbedderIdError| Error::Input { input: named.to_owned(), message: error.to_string() };
        if let Some(name) = name {
            // Before gigabytes are read.
            EmbedderId::new(name, 1, None).map_err(wrong)?;
        }
        let located = locate(weights, hub)?;
        let embedder = open(&located.path, choices)?;
        let identity = embedder.identity();
        let known = located.known.map(|(model, _)| model).or_else(|| known::by_digest(identity.weights));
        let suffix = choices.suffix(embedder.takes());
        let name = match (name, known) {
            (Some(name), _) => name.to_owned(),
            (None, Some(model)) => format!("{}{suffix}", model.name),
            (None, None) => format!("{}{suffix}", name_of_file(&located.path)),
        };
        let dimension = u32::try_from(identity.dimension).unwrap_or(u32::MAX);
        let id = EmbedderId::new(&name, dimension, Some(&identity.weights.to_string())).map_err(wrong)?;
        Ok(Self { id, embedder })
    }

    /// The net.
    #[must_use]
    pub fn net(&self) -> &dyn Embedder {
        self.embedder.as_ref()
    }

    fn no_tower(&self, what: &'static str) -> EmbedError {
        EmbedError::NoTower { embedder: self.id.name().to_owned(), what }
    }
}

impl EmbedQuery for NamedEmbedder {
    fn embedder(&self) -> &EmbedderId {
        &self.id
    }

    fn embed_text(&self, text: &str) -> Result<Vec<f32>, EmbedError> {
        if !self.embedder.takes().texts() {
            return Err(self.no_tower("text"));
        }
        if text.len() > TEXT_BYTES {
            let message = format!("it has more than {TEXT_BYTES} bytes");
            return Err(EmbedError::Unreadable { what: "text", message });
        }
        only(self.embedder.embed_texts(&[text]))
    }

    fn embed_picture(&self, file: &[u8]) -> Result<Vec<f32>, EmbedError> {
        if !self.embedder.takes().pictures() {
            return Err(self.no_tower("picture"));
        }
        let unreadable = |message: String| EmbedError::Unreadable { what: "picture", message };
        let picture = of_bytes(file).map_err(unreadable)?;
        let rgb = Rgb::new(picture.width(), picture.height(), picture.pixels());
        let rgb = rgb.ok_or_else(|| unreadable("it has no pixel".to_owned()))?;
        only(self.embedder.embed_pictures(&[rgb]))
    }
}

/// The vector of one input.
fn only(vectors: Result<Vectors, ModelError>) -> Result<Vec<f32>, EmbedError> {
    let net = |error: ModelError| EmbedError::Net(error.to_string());
    let vectors = vectors.map_err(net)?;
    let vector = vectors.rows().next().map(<[f32]>::to_vec);
    vector.ok_or_else(|| EmbedError::Net("it gave no vector".to_owned()))
}

/// The name of a file, as far as an embedder's name can be one. Many models are in files of the same name, each in a
/// folder of its own.
fn name_of_file(path: &std::path::Path) -> String {
    let part =
        |part: Option<&std::ffi::OsStr>| part.map(|part| part.to_string_lossy().into_owned()).unwrap_or_default();
    let mut name = part(path.file_stem());
    if matches!(name.as_str(), "model" | "pytorch_model" | "open_clip_model" | "open_clip_pytorch_model") {
        let full = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let folder = part(full.parent().and_then(std::path::Path::file_name));
        if !folder.is_empty() {
            name = folder;
        }
    }
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
    // Room is left for what was decided.
    let name: String = name.chars().map(plain).take(48).collect();
    name.trim_start_matches(['.', '_', '-']).to_owned()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use sayso_core::EmbedderId;

    use super::name_of_file;

    #[test]
    fn files_give_names_that_folders_can_have() {
        for (path, name) in [
            ("/nets/ViT-B-32.pt", "ViT-B-32"),
            ("/nets/all-MiniLM-L6-v2/model.safetensors", "all-MiniLM-L6-v2"),
            ("/nets/../a b/mein Netz ü.pt", "mein-Netz--"),
            ("/nets/..secret.pt", "secret"),
        ] {
            assert_eq!(name_of_file(Path::new(path)), name);
            assert!(EmbedderId::new(name, 1, None).is_ok(), "{name}");
        }
    }
}
