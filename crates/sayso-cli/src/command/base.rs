//! The model that somebody means with --base, and how it is opened.

use std::path::{Path, PathBuf};

use sayso_diffusion::{Hub, Loading, find_base};

use crate::arguments::ModelSource;

/// A model that was found.
pub(super) struct Base {
    /// A folder, or a file.
    pub(super) path: PathBuf,
    /// How it is opened.
    pub(super) loading: Loading,
}

/// What a model is called: by its repository, or by its folder or file.
pub(super) fn name_of(asked: &Path) -> String {
    // The name of a repository is a name as a whole; a path is one by its end, with all its dots.
    let Ok(whole) = fs_err::canonicalize(asked) else { return asked.to_string_lossy().into_owned() };
    whole.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A folder or file with a model: what is there by that name, what lies in Hugging Face's cache, or the toy.
pub(super) fn path_of(asked: &Path) -> anyhow::Result<PathBuf> {
    if let Some(toy) = super::toy::meant(asked)? {
        return Ok(toy);
    }
    let hub = Hub::of_environment(|name| std::env::var_os(name));
    Ok(find_base(asked, hub.as_ref())?)
}

/// The same, and how it is opened.
pub(super) fn base(asked: &ModelSource) -> anyhow::Result<Base> {
    let loading = Loading {
        pickle: asked.allow_pickle,
        tokenizer: asked.tokenizer.clone(),
        prediction: asked.prediction.clone(),
        processor: asked.device.parse()?,
    };
    Ok(Base { path: path_of(&asked.base)?, loading })
}
