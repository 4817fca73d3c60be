use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::DiffusionError;
use crate::config::Config;
use crate::net::Source;

/// How diffusers and transformers name weights in safetensors, and in pickles.
pub(crate) const DIFFUSERS: [&str; 2] = ["diffusion_pytorch_model", "diffusion_pytorch_model"];
pub(crate) const TRANSFORMERS: [&str; 2] = ["model", "pytorch_model"];

/// Pieces of one net; the largest known has below twenty.
const PIECES: usize = 1000;

/// The weights in a folder: those of 32 bits if there are several, safetensors before pickles, in one file or in pieces.
pub(crate) fn weights(folder: &Path, [safe, pickled]: [&str; 2], pickle: bool) -> Result<Source, DiffusionError> {
    for variant in ["", ".fp16", ".bf16"] {
        let file = folder.join(format!("{safe}{variant}.safetensors"));
        if file.is_file() {
            return Source::open(&file, pickle);
        }
        let list = folder.join(format!("{safe}.safetensors.index{variant}.json"));
        if list.is_file() {
            return Source::of(&list, &pieces(folder, &list)?, pickle);
        }
    }
    for variant in ["", ".fp16", ".bf16"] {
        let file = folder.join(format!("{pickled}{variant}.bin"));
        if file.is_file() {
            return Source::open(&file, pickle);
        }
        let list = folder.join(format!("{pickled}.bin.index{variant}.json"));
        if list.is_file() {
            return Source::of(&list, &pieces(folder, &list)?, pickle);
        }
    }
    Err(DiffusionError::Absent {
        path: folder.join(format!("{safe}.safetensors")),
        hint: "the weights of each part lie in its folder, in one safetensors file, in pieces with their list, or (with --allow-pickle) in a .bin; fetch the model again, whole",
    })
}

/// The pieces that a list names.
fn pieces(folder: &Path, list: &Path) -> Result<Vec<PathBuf>, DiffusionError> {
    let config = Config::read(list.to_owned())?;
    let wrong = |reason: String| DiffusionError::Config {
        path: list.to_owned(),
        reason,
        hint: "fetch it again; it says in which file each tensor is",
    };
    let Some(names) = config.get("weight_map").and_then(Value::as_object) else {
        return Err(wrong("it has no `weight_map`".to_owned()));
    };
    let mut files = BTreeSet::new();
    for file in names.values() {
        let file = file.as_str().unwrap_or_default();
        // In the same folder, and nowhere else.
        if file.is_empty() || file.starts_with('.') || file.contains(['/', '\\', '\0']) {
            let file: String = file.chars().take(80).collect();
            return Err(wrong(format!("it names the file `{file}`, which is none beside it")));
        }
        files.insert(file);
    }
    if files.is_empty() || files.len() > PIECES {
        return Err(wrong(format!("it names {} files", files.len())));
    }
    let pieces: Vec<PathBuf> = files.into_iter().map(|file| folder.join(file)).collect();
    match pieces.iter().find(|piece| !piece.is_file()) {
        Some(path) => Err(DiffusionError::Absent {
            path: path.clone(),
            hint: "it is a piece of the weights that their list names; fetch it from where the others are from",
        }),
        None => Ok(pieces),
    }
}
