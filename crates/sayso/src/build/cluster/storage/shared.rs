use std::io;
use std::path::{Path, PathBuf};

use sayso_dataset::remove_if_there;
use tempfile::TempDir;

use super::{LaidTable, ReadSeek, Storage};
use crate::Error;
use crate::place::place;

/// A folder that all machines have at the same path.
#[derive(Debug, Clone)]
pub(in crate::build::cluster) struct SharedFolder {
    dir: PathBuf,
}

/// Where tasks work, inside the folder: a rename is atomic within one file system only.
const SCRATCH: &str = "scratch";

impl SharedFolder {
    pub(in crate::build::cluster) fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }
}

impl Storage for SharedFolder {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let path = self.dir.join(name);
        match fs_err::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::file(path)(error)),
        }
    }

    fn has(&self, name: &str) -> Result<bool, Error> {
        Ok(self.dir.join(name).is_file())
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, Error> {
        let path = self.dir.join(folder);
        let entries = match fs_err::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Error::file(path)(error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            names.push(entry.map_err(Error::file(&path))?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }

    fn address(&self, name: &str) -> String {
        self.dir.join(name).to_string_lossy().into_owned()
    }

    fn open(&self, name: &str) -> Result<Box<dyn ReadSeek>, Error> {
        let path = self.dir.join(name);
        Ok(Box::new(std::fs::File::open(&path).map_err(Error::file(path))?))
    }

    fn local(&self, name: &str) -> Result<Option<PathBuf>, Error> {
        Ok(Some(self.dir.join(name)).filter(|path| path.is_file()))
    }

    fn scratch(&self) -> Result<TempDir, Error> {
        let dir = self.dir.join(SCRATCH);
        fs_err::create_dir_all(&dir).map_err(Error::file(&dir))?;
        tempfile::tempdir_in(&dir).map_err(Error::file(dir))
    }

    fn put(&self, local: &Path, name: &str) -> Result<(), Error> {
        place(local, &self.dir.join(name))
    }

    fn remove(&self, name: &str) -> Result<(), Error> {
        Ok(remove_if_there(&self.dir.join(name))?)
    }

    fn lay_table(&self, files: TempDir) -> Result<LaidTable, Error> {
        let address = files.path().to_string_lossy().into_owned();
        Ok(LaidTable { address, guard: Box::new(files) })
    }
}
