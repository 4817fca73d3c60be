use std::path::{Path, PathBuf};

use crate::Error;
use crate::signals::read_up_to;

/// What lies beside a picture under the same name: `a.txt` with its caption, as kohya's trainers have it, and `a.json`
/// with its source, as img2dataset writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sidecar {
    /// The caption.
    pub caption: Option<String>,
    /// Where the picture was fetched from.
    pub url: Option<String>,
}

/// Bytes of a sidecar that are read.
const SIDECAR_BYTES: u64 = 1 << 20;

/// The names of captions and sources beside a picture.
const EXTENSIONS: [&str; 3] = ["txt", "caption", "json"];

impl Sidecar {
    pub(super) fn of(picture: &Path) -> Result<Self, Error> {
        let mut sidecar = Self::default();
        for path in paths_beside(picture) {
            let bytes = read_up_to(&path, SIDECAR_BYTES)?;
            if path.extension().is_some_and(|extension| extension == "json") {
                let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
                let text = |key: &str| json.get(key).and_then(serde_json::Value::as_str).map(str::to_owned);
                sidecar.url = text("url").or(sidecar.url);
                sidecar.caption = text("caption").or(sidecar.caption);
            } else if sidecar.caption.is_none() {
                sidecar.caption = Some(String::from_utf8_lossy(&bytes).trim().to_owned());
            }
        }
        Ok(sidecar)
    }
}

/// The sidecars that a picture has.
pub(super) fn paths_beside(picture: &Path) -> Vec<PathBuf> {
    EXTENSIONS.iter().map(|extension| picture.with_extension(extension)).filter(|path| path.is_file()).collect()
}
