use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use sayso_core::Sha256;
use sha2::Digest;

use super::Loading;
use crate::DiffusionError;

/// The files by which a folder's nets are built, its schedule, and how its texts become tokens: all that is read beside weights.
const OF_FOLDER: [&str; 6] = [
    "model_index.json",
    "scheduler/scheduler_config.json",
    "text_encoder/config.json",
    "text_encoder_2/config.json",
    "unet/config.json",
    "vae/config.json",
];
const TOKENIZERS: [&str; 2] = ["tokenizer", "tokenizer_2"];
const OF_TOKENIZER: [&str; 5] =
    ["merges.txt", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json", "vocab.json"];

/// The digests of all files that are read of a model beside its weights, by their names within it. A single file has none but
/// those of the tokenizer that is named with it.
///
/// # Errors
///
/// When one of them cannot be read.
pub fn configuration_digests(base: &Path, loading: &Loading) -> Result<BTreeMap<String, Sha256>, DiffusionError> {
    let mut files: Vec<(String, PathBuf)> = Vec::new();
    if base.is_file() {
        let tokenizer = loading.tokenizer.iter();
        files.extend(
            tokenizer.flat_map(|folder| OF_TOKENIZER.map(|name| (format!("tokenizer/{name}"), folder.join(name)))),
        );
    } else {
        files.extend(OF_FOLDER.map(|name| (name.to_owned(), base.join(name))));
        for part in TOKENIZERS {
            files.extend(OF_TOKENIZER.map(|name| (format!("{part}/{name}"), base.join(part).join(name))));
        }
    }
    let there = files.into_iter().filter(|(_, path)| path.is_file());
    there.map(|(name, path)| Ok((name, digest(&path)?))).collect()
}

fn digest(path: &Path) -> Result<Sha256, DiffusionError> {
    let failed = |source| DiffusionError::File { path: path.to_owned(), source };
    let mut file = fs_err::File::open(path).map_err(failed)?;
    let mut hasher = sha2::Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer).map_err(failed)? {
            0 => break,
            read => hasher.update(buffer.get(..read).unwrap_or_default()),
        }
    }
    Ok(Sha256(hasher.finalize().into()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{Loading, configuration_digests};
    use crate::fixture::{copied, path};

    #[test]
    fn every_file_that_is_read_beside_weights_has_a_digest() {
        let folder = tempfile::tempdir().unwrap();
        copied(&path("model"), folder.path());
        let digests = || configuration_digests(folder.path(), &Loading::default()).unwrap();
        let before = digests();
        let names: Vec<&str> = before.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "model_index.json",
                "scheduler/scheduler_config.json",
                "text_encoder/config.json",
                "tokenizer/merges.txt",
                "tokenizer/tokenizer_config.json",
                "tokenizer/vocab.json",
                "unet/config.json",
                "vae/config.json",
            ]
        );
        for name in names {
            let file = folder.path().join(name);
            let text = fs_err::read(&file).unwrap();
            fs_err::write(&file, [&text[..], b"\n"].concat()).unwrap();
            let after = digests();
            let changed: Vec<&String> = before.keys().filter(|key| before.get(*key) != after.get(*key)).collect();
            assert_eq!(changed, [name]);
            fs_err::write(&file, text).unwrap();
        }
        // Of a single file, the tokenizer that is named.
        let file = folder.path().join("unet").join("diffusion_pytorch_model.safetensors");
        assert!(configuration_digests(&file, &Loading::default()).unwrap().is_empty());
        let named = Loading { tokenizer: Some(folder.path().join("tokenizer")), ..Loading::default() };
        assert_eq!(configuration_digests(&file, &named).unwrap().len(), 3);
    }
}
