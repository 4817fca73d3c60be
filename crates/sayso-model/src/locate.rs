use std::path::{Path, PathBuf};

use crate::ModelError;
use crate::hub::Hub;
use crate::known::{self, Known, KnownFile};

/// A file with weights, found by a model's name or named by its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The file.
    pub path: PathBuf,
    /// The model that it was found as; a file that was named may be any.
    pub known: Option<(&'static Known, &'static KnownFile)>,
    /// The SHA-256, in hexadecimal, that it has to have: as recorded here, or as the cache names it.
    pub expected: Option<String>,
}

impl Located {
    /// A known model in the cache.
    #[must_use]
    pub fn in_hub(model: &'static Known, hub: &Hub) -> Option<Self> {
        let repository = model.repository?;
        model.files.iter().find_map(|file| {
            let found = hub.find(repository, file.name)?;
            let expected = file.sha256.map(str::to_owned).or(found.sha256);
            Some(Self { path: found.path, known: Some((model, file)), expected })
        })
    }
}

/// The weights that a person means: a known model's name, looked up in the cache, or else a path.
///
/// # Errors
///
/// When it is the name of a model that the cache lacks, or no file is there.
pub fn locate(name: &str, hub: Option<&Hub>) -> Result<Located, ModelError> {
    let path = Path::new(name);
    if path.is_file() {
        return Ok(Located { path: path.to_owned(), known: None, expected: None });
    }
    match known::by_name(name) {
        Some(model) => hub.and_then(|hub| Located::in_hub(model, hub)).ok_or_else(|| ModelError::Absent {
            name: model.name,
            address: model.files.first().map_or("", |file| file.address),
        }),
        None => Err(ModelError::Unknown { name: name.chars().take(200).collect() }),
    }
}
