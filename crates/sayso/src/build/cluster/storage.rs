use std::io;
use std::path::{Path, PathBuf};

use sayso_dataset::sync_folder;
use tempfile::TempDir;

use crate::Error;

/// Where the machines of a cluster lay what the others read. Names are paths below it.
pub(super) trait Storage {
    /// A small file, `None` where there is none.
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Error>;

    /// Whether there is such a file.
    fn has(&self, name: &str) -> bool;

    /// The names of the files in a folder, in their order.
    fn list(&self, folder: &str) -> Result<Vec<String>, Error>;

    /// A path at which this machine can read a file, at any place of it.
    fn local(&self, name: &str) -> PathBuf;

    /// A folder to work in, which is removed with its guard.
    fn scratch(&self) -> Result<TempDir, Error>;

    /// Lays down a finished file, whole or not at all. One of the same name is replaced.
    fn put(&self, local: &Path, name: &str) -> Result<(), Error>;

    /// The same with a few bytes.
    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let scratch = self.scratch()?;
        let path = scratch.path().join("file");
        fs_err::write(&path, bytes).map_err(Error::file(&path))?;
        self.put(&path, name)
    }
}

/// A folder that all machines have at the same path.
#[derive(Debug, Clone)]
pub(super) struct SharedFolder {
    dir: PathBuf,
}

/// Where tasks work, inside the folder: a rename is atomic within one file system only.
const SCRATCH: &str = "scratch";

impl SharedFolder {
    pub(super) fn new(dir: impl Into<PathBuf>) -> Self {
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

    fn has(&self, name: &str) -> bool {
        self.dir.join(name).is_file()
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

    fn local(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    fn scratch(&self) -> Result<TempDir, Error> {
        let dir = self.dir.join(SCRATCH);
        fs_err::create_dir_all(&dir).map_err(Error::file(&dir))?;
        tempfile::tempdir_in(&dir).map_err(Error::file(dir))
    }

    fn put(&self, local: &Path, name: &str) -> Result<(), Error> {
        let path = self.dir.join(name);
        if let Some(folder) = path.parent() {
            fs_err::create_dir_all(folder).map_err(Error::file(folder))?;
        }
        let placed = || {
            fs_err::File::open(local)?.sync_all()?;
            fs_err::rename(local, &path)?;
            sync_folder(&path)
        };
        placed().map_err(Error::file(&path))
    }
}
