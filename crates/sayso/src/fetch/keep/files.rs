use std::path::{Path, PathBuf};

use super::member::Members;
use crate::Error;

/// The folder of a part.
#[derive(Debug)]
pub(super) struct FilesStore {
    folder: PathBuf,
}

impl FilesStore {
    pub(super) fn open(folder: &Path) -> Result<Self, Error> {
        fs_err::create_dir_all(folder).map_err(Error::file(folder))?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Writes the files of a sample. Whoever is killed here writes them again under the same names.
    pub(super) fn add(&self, members: &Members) -> Result<(), Error> {
        for (ending, content) in &members.files {
            let path = self.folder.join(format!("{}.{ending}", members.key));
            fs_err::write(&path, content).map_err(Error::file(&path))?;
        }
        Ok(())
    }
}
