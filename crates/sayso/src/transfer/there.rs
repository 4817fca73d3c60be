use sayso_dataset::{DatasetError, Manifest, write_atomically};
use sayso_storage::{Folder, StorageError, Version};

use super::{CURRENT, MOST_BYTES, files};
use crate::Error;

/// The snapshot that an address holds.
pub(super) struct There {
    pub(super) manifest: Manifest,
    /// The name of its manifest.
    pub(super) name: String,
    /// The manifest as it lies there.
    pub(super) bytes: Vec<u8>,
    /// What `CURRENT` says, and which version of it.
    pub(super) current: (Vec<u8>, Version),
}

impl There {
    /// Looks what is there; `None` where no dataset is.
    pub(super) fn look(folder: &Folder) -> Result<Option<Self>, Error> {
        if small(folder, CURRENT)?.is_none() {
            return Ok(None);
        }
        let Some(current) = folder.read_version(CURRENT)? else { return Ok(None) };
        let name = String::from_utf8_lossy(&current.0).trim().to_owned();
        // The name goes into a path: nothing but a manifest's name may stand there.
        let number = name.strip_prefix("manifest-").and_then(|rest| rest.strip_suffix(".json"));
        if !number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())) {
            let file = folder.address().join(CURRENT).to_string().into();
            return Err(DatasetError::Damaged { file, message: "it names no manifest".to_owned() }.into());
        }
        let missing = || StorageError::NotFound { address: folder.address().join(&name).to_string() };
        let bytes = small(folder, &name)?.ok_or_else(missing)?;
        // Read as a file: it is believed only if it is whole, of a known version, and names nothing outside.
        let dir = tempfile::tempdir().map_err(Error::file(std::env::temp_dir()))?;
        let path = dir.path().join(&name);
        write_atomically(&path, &bytes)?;
        Ok(Some(Self { manifest: Manifest::read(&path)?, name, bytes, current }))
    }
}

/// A file that is read as a whole, `None` where there is none.
pub(super) fn small(folder: &Folder, name: &str) -> Result<Option<Vec<u8>>, Error> {
    match folder.size(name)? {
        Some(bytes) if bytes > MOST_BYTES => {
            let file = folder.address().join(name).to_string().into();
            let message = format!("it has {bytes} bytes, and {MOST_BYTES} are the limit");
            Err(DatasetError::Damaged { file, message }.into())
        }
        Some(_) => Ok(folder.read(name)?),
        None => Ok(None),
    }
}

/// Why a snapshot must not take the place of the one that is there, if there is a reason: a dataset of something else is not
/// mixed with it, and an older one does not follow it.
pub(super) fn refusal(there: &Manifest, comes: &Manifest) -> Option<&'static str> {
    let shares_files = || files(there).any(|one| files(comes).any(|other| one == other));
    if there.snapshot > comes.snapshot {
        Some("it holds a newer snapshot\nhint: bring that one here first, or choose another place")
    } else if there.root != comes.root && !shares_files() {
        Some("it holds another dataset\nhint: choose a place with nothing in it")
    } else {
        None
    }
}
