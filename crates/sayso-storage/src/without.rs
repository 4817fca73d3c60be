use std::convert::Infallible;
use std::io::{self, Read};

use crate::{Address, StorageError};

/// A folder in an object store, which this program knows nothing of.
#[derive(Debug, Clone)]
pub struct Folder(Infallible);

/// A file of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its path below the folder.
    pub name: String,
    /// Its bytes.
    pub bytes: u64,
}

/// A file behind an address, which cannot be had.
#[derive(Debug)]
pub struct Reader(Infallible);

impl Folder {
    /// Always [`StorageError::LeftOut`].
    pub fn open(_: &Address) -> Result<Self, StorageError> {
        Err(StorageError::LeftOut)
    }

    /// Cannot be called.
    pub fn size(&self, _: &str) -> Result<Option<u64>, StorageError> {
        match self.0 {}
    }

    /// Cannot be called.
    pub fn list_all(&self, _: &str) -> Result<Vec<Listed>, StorageError> {
        match self.0 {}
    }

    /// Cannot be called.
    pub fn reader(&self, _: &str) -> Result<Reader, StorageError> {
        match self.0 {}
    }

    /// Cannot be called.
    pub fn reader_of(&self, _: &str, _: u64) -> Result<Reader, StorageError> {
        match self.0 {}
    }
}

impl Read for Reader {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        match self.0 {}
    }
}

impl io::Seek for Reader {
    fn seek(&mut self, _: io::SeekFrom) -> io::Result<u64> {
        match self.0 {}
    }
}
