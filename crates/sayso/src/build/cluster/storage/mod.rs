//! Where the machines of a cluster lay what the others read: a folder that all have at the same path, or an object store.

mod bucket;
mod shared;

use std::any::Any;
use std::fmt::Debug;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sayso_storage::is_address;
use tempfile::TempDir;

pub(super) use self::bucket::{Bucket, each_at_once};
pub(super) use self::shared::SharedFolder;
use crate::Error;

/// What can be read at any place.
pub(crate) trait ReadSeek: Read + Seek + Send {}

impl<T: Read + Seek + Send> ReadSeek for T {}

/// A folder that all machines reach. Names are paths below it.
pub(crate) trait Storage: Debug + Send + Sync {
    /// A small file, `None` where there is none.
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Error>;

    /// Whether there is such a file.
    fn has(&self, name: &str) -> Result<bool, Error>;

    /// The names of the files in a folder, in their order.
    fn list(&self, folder: &str) -> Result<Vec<String>, Error>;

    /// A path or an address by which every machine finds it.
    fn address(&self, name: &str) -> String;

    /// Opens a file.
    fn open(&self, name: &str) -> Result<Box<dyn ReadSeek>, Error>;

    /// A path at which this machine has the whole of a file, `None` where there is none. It is kept for later calls.
    fn local(&self, name: &str) -> Result<Option<PathBuf>, Error>;

    /// A folder of this machine to work in, which is removed with its guard.
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

    /// Removes a file, if it is there.
    fn remove(&self, name: &str) -> Result<(), Error>;

    /// Lays down the files of a table that is asked about once; they lie in a folder that [`Self::scratch`] gave.
    fn lay_table(&self, files: TempDir) -> Result<LaidTable, Error>;
}

/// A table that is there as long as somebody asks about it.
pub(crate) struct LaidTable {
    /// Where all machines find it.
    pub(super) address: String,
    #[expect(dead_code, reason = "it removes the table when it is dropped")]
    guard: Box<dyn Any + Send>,
}

/// What is reached by a path or an address.
pub(crate) fn storage_at(place: &str) -> Result<Arc<dyn Storage>, Error> {
    if is_address(place) {
        return Ok(Arc::new(Bucket::open(&place.parse()?)?));
    }
    Ok(Arc::new(SharedFolder::new(place)))
}
