//! The model that somebody means with --base.

use std::path::{Path, PathBuf};

use sayso_diffusion::{Hub, find_base};

/// What a model is called: by its repository, or by its folder or file.
pub(super) fn name_of(asked: &Path) -> String {
    // The name of a repository is a name as a whole; a path is one by its end, with all its dots.
    let Ok(whole) = fs_err::canonicalize(asked) else { return asked.to_string_lossy().into_owned() };
    whole.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A folder or file with a model: what is there by that name, or what lies in Hugging Face's cache.
pub(super) fn base(asked: &Path) -> anyhow::Result<PathBuf> {
    if let Some(toy) = super::toy::meant(asked)? {
        return Ok(toy);
    }
    let hub = Hub::of_environment(|name| std::env::var_os(name));
    Ok(find_base(asked, hub.as_ref())?)
}
