use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use sayso_storage::{Address, Folder, StorageError};
use tempfile::TempDir;

use super::{LaidTable, ReadSeek, Storage};
use crate::Error;

/// A folder of an object store.
#[derive(Debug)]
pub(in crate::build::cluster) struct Bucket {
    folder: Folder,
    /// What was copied to this machine, for as long as this is open.
    copied: Mutex<Option<Copied>>,
}

#[derive(Debug)]
struct Copied {
    dir: TempDir,
    paths: HashMap<String, PathBuf>,
}

/// Files that are on their way at once.
const AT_ONCE: usize = 16;

/// Where tables lie that are asked about once.
const TABLES: &str = "tables";

impl Bucket {
    pub(in crate::build::cluster) fn open(address: &Address) -> Result<Self, Error> {
        Ok(Self { folder: Folder::open(address)?, copied: Mutex::new(None) })
    }
}

impl Storage for Bucket {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.folder.read(name)?)
    }

    fn has(&self, name: &str) -> Result<bool, Error> {
        Ok(self.folder.size(name)?.is_some())
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, Error> {
        Ok(self.folder.list(folder)?.into_iter().map(|listed| listed.name).collect())
    }

    fn address(&self, name: &str) -> String {
        self.folder.address().join(name).to_string()
    }

    fn open(&self, name: &str) -> Result<Box<dyn ReadSeek>, Error> {
        Ok(Box::new(self.folder.reader(name)?))
    }

    fn local(&self, name: &str) -> Result<Option<PathBuf>, Error> {
        // Held meanwhile: whoever wants the same file waits for it, and does not fetch it once more.
        let mut copied = self.copied.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(path) = copied.as_ref().and_then(|copied| copied.paths.get(name)) {
            return Ok(Some(path.clone()));
        }
        let Copied { dir, paths } = match &mut *copied {
            Some(copied) => copied,
            none => none.insert(Copied { dir: self.scratch()?, paths: HashMap::new() }),
        };
        let path = dir.path().join(paths.len().to_string());
        match self.folder.fetch(name, &path) {
            Err(StorageError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
            Ok(_) => {
                paths.insert(name.to_owned(), path.clone());
                Ok(Some(path))
            }
        }
    }

    fn scratch(&self) -> Result<TempDir, Error> {
        let folder = sayso_cluster::working_folder();
        tempfile::Builder::new().prefix("sayso-task-").tempdir_in(&folder).map_err(Error::file(folder))
    }

    fn put(&self, local: &Path, name: &str) -> Result<(), Error> {
        self.folder.put(local, name)?;
        Ok(())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        Ok(self.folder.write(name, bytes.to_vec())?)
    }

    fn remove(&self, name: &str) -> Result<(), Error> {
        Ok(self.folder.remove(name)?)
    }

    fn lay_table(&self, files: TempDir) -> Result<LaidTable, Error> {
        let unique = files.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
        let folder = format!("{TABLES}/{unique}");
        let mut names = Vec::new();
        for entry in fs_err::read_dir(files.path()).map_err(Error::file(files.path()))? {
            let name = entry.map_err(Error::file(files.path()))?.file_name();
            names.push(name.to_string_lossy().into_owned());
        }
        let laid =
            Laid { folder: self.folder.clone(), names: names.iter().map(|name| format!("{folder}/{name}")).collect() };
        each_at_once(&names, |name| self.put(&files.path().join(name), &format!("{folder}/{name}")))?;
        Ok(LaidTable { address: self.address(&folder), guard: Box::new(laid) })
    }
}

/// The files of a table, which go when nobody asks about it any more.
struct Laid {
    folder: Folder,
    names: Vec<String>,
}

impl Drop for Laid {
    fn drop(&mut self) {
        // What stays goes with the job's folder.
        let _ = each_at_once(&self.names, |name| Ok(self.folder.remove(name)?));
    }
}

/// Does something with each of these, some at once.
pub(in crate::build::cluster) fn each_at_once(
    names: &[String],
    each: impl Fn(&str) -> Result<(), Error> + Sync,
) -> Result<(), Error> {
    let next = AtomicUsize::new(0);
    let work = || -> Result<(), Error> {
        while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
            // Whoever fails lets the others come to an end.
            each(name).inspect_err(|_| next.store(names.len(), Ordering::Relaxed))?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let working: Vec<_> = (0..AT_ONCE.min(names.len())).map(|_| scope.spawn(work)).collect();
        working.into_iter().try_for_each(|done| done.join().unwrap_or(Err(Error::Stopped("upload of a table"))))
    })
}
