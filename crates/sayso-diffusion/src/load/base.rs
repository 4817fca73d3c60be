use std::path::{Path, PathBuf};

use sayso_model::hub::Hub;

use crate::DiffusionError;

/// The model that a person means: a path, or else the name of a repository (`owner/name`) that Hugging Face's programs have
/// fetched. Nothing is ever fetched here.
///
/// # Errors
///
/// When it is neither.
pub fn find_base(base: &Path, hub: Option<&Hub>) -> Result<PathBuf, DiffusionError> {
    let repository = base.to_str().filter(|name| is_repository(name));
    let (false, Some(repository)) = (base.exists(), repository) else {
        return Ok(base.to_owned());
    };
    let found = hub.and_then(|hub| hub.find(repository, "model_index.json"));
    let folder = found.as_ref().and_then(|file| file.path.parent());
    folder.map(Path::to_owned).ok_or_else(|| DiffusionError::Absent {
        path: base.to_owned(),
        hint: "it is neither a path nor a model in Hugging Face's cache (HF_HOME, or ~/.cache/huggingface); fetch it with `hf download` first: here nothing is fetched",
    })
}

/// Whether a name is an owner's and a model's, and nothing that leads elsewhere.
fn is_repository(name: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part.len() <= 100
            && part.starts_with(|c: char| c.is_ascii_alphanumeric())
            && !part.contains("..")
            && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    name.split_once('/').is_some_and(|(owner, model)| part(owner) && part(model))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::path::Path;

    use sayso_model::hub::Hub;

    use super::find_base;

    #[test]
    fn a_repository_is_found_in_the_cache_and_nothing_else_is() {
        let cache = tempfile::tempdir().unwrap();
        let commit = "a".repeat(40);
        let folder = cache.path().join("models--somebody--a-model.v1");
        let snapshot = folder.join("snapshots").join(&commit);
        fs_err::create_dir_all(&snapshot).unwrap();
        fs_err::write(snapshot.join("model_index.json"), "{}").unwrap();
        fs_err::create_dir_all(folder.join("refs")).unwrap();
        fs_err::write(folder.join("refs").join("main"), &commit).unwrap();
        let hub = Hub::new(cache.path().to_owned());
        assert_eq!(find_base(Path::new("somebody/a-model.v1"), Some(&hub)).unwrap(), snapshot);
        let error = find_base(Path::new("somebody/another"), Some(&hub)).unwrap_err().to_string();
        assert!(error.contains("`somebody/another` is not there") && error.contains("nothing is fetched"), "{error}");
        assert!(find_base(Path::new("somebody/a-model.v1"), None).is_err());
        // A path stays one, and what leads out of the cache is looked for nowhere.
        assert_eq!(find_base(cache.path(), Some(&hub)).unwrap(), cache.path());
        for name in ["../somebody", "somebody/..", "a/b/c", "/etc/passwd", "somebody/a..b", "./a"] {
            assert_eq!(find_base(Path::new(name), Some(&hub)).unwrap(), Path::new(name));
        }
    }
}
