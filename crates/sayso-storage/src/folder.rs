use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions, UpdateVersion};

use crate::reader::Reader;
use crate::store::store_of;
use crate::upload::upload;
use crate::wait::begin;
use crate::{Address, StorageError};

/// A folder in an object store. Names are paths below it.
#[derive(Debug, Clone)]
pub struct Folder {
    store: Arc<dyn ObjectStore>,
    address: Address,
}

/// A file of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its path below the folder.
    pub name: String,
    /// Its bytes.
    pub bytes: u64,
}

/// Which of all that was ever behind an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    e_tag: Option<String>,
    version: Option<String>,
}

impl Folder {
    /// The folder at an address. Whether there is anything in it is not asked.
    pub fn open(address: &Address) -> Result<Self, StorageError> {
        Ok(Self { store: store_of(&address.bucket)?, address: address.clone() })
    }

    /// Where it is.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// A small file, `None` where there is none.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.read_version(name)?.map(|(bytes, _)| bytes))
    }

    /// The same, and which version of it was read.
    pub fn read_version(&self, name: &str) -> Result<Option<(Vec<u8>, Version)>, StorageError> {
        let (path, store) = (self.path(name)?, Arc::clone(&self.store));
        let got = async move {
            let got = store.get(&path).await?;
            let version = Version { e_tag: got.meta.e_tag.clone(), version: got.meta.version.clone() };
            Ok((got.bytes().await?, version))
        };
        match self.wait(name, got) {
            Ok((bytes, version)) => Ok(Some((Vec::from(bytes), version))),
            Err(StorageError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The bytes of a file, `None` where there is none.
    pub fn size(&self, name: &str) -> Result<Option<u64>, StorageError> {
        let (path, store) = (self.path(name)?, Arc::clone(&self.store));
        match self.wait(name, async move { store.head(&path).await }) {
            Ok(meta) => Ok(Some(meta.size)),
            Err(StorageError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The files that lie in a folder below, and in no folder of it, in the order of their names.
    pub fn list(&self, folder: &str) -> Result<Vec<Listed>, StorageError> {
        let (path, store) = (self.path(folder)?, Arc::clone(&self.store));
        let listed = self.wait(folder, async move { store.list_with_delimiter(Some(&path)).await })?;
        Ok(self.named(listed.objects, folder))
    }

    /// All files below, those of folders included, in the order of their names.
    pub fn list_all(&self, folder: &str) -> Result<Vec<Listed>, StorageError> {
        let (path, store) = (self.path(folder)?, Arc::clone(&self.store));
        let listed = self.wait(folder, async move { store.list(Some(&path)).try_collect::<Vec<_>>().await })?;
        Ok(self.named(listed, folder))
    }

    fn named(&self, listed: Vec<object_store::ObjectMeta>, folder: &str) -> Vec<Listed> {
        let start = self.address.join(folder).path;
        let name = |path: &str| path.strip_prefix(start.as_str()).map(|rest| rest.trim_start_matches('/').to_owned());
        let mut named: Vec<Listed> = listed
            .into_iter()
            .filter_map(|meta| Some(Listed { name: name(meta.location.as_ref())?, bytes: meta.size }))
            // Some programs lay down an empty file in place of a folder.
            .filter(|listed| !listed.name.is_empty())
            .collect();
        named.sort_by(|a, b| a.name.cmp(&b.name));
        named
    }

    /// Opens a file, to be read at any place of it.
    pub fn reader(&self, name: &str) -> Result<Reader, StorageError> {
        let bytes = self.size(name)?.ok_or_else(|| self.missing(name))?;
        self.reader_of(name, bytes)
    }

    /// The same with a file whose bytes are known.
    pub fn reader_of(&self, name: &str, bytes: u64) -> Result<Reader, StorageError> {
        Ok(Reader::new(Arc::clone(&self.store), self.path(name)?, self.address.join(name), bytes))
    }

    /// Copies a file to this machine.
    pub fn fetch(&self, name: &str, to: &Path) -> Result<u64, StorageError> {
        let mut from = self.reader(name)?;
        let mut file = fs_err::File::create(to).map_err(StorageError::file(to))?;
        let copied = std::io::copy(&mut from, &mut file);
        copied.map_err(|source| match from.failed.take() {
            Some(error) => error,
            None => StorageError::File { file: to.to_owned(), source },
        })
    }

    /// Lays down a few bytes. What was there is replaced.
    pub fn write(&self, name: &str, bytes: Vec<u8>) -> Result<(), StorageError> {
        self.put_bytes(name, bytes, PutMode::Overwrite).map(drop)
    }

    /// Lays down a few bytes where nothing is. [`StorageError::Raced`] where something is.
    pub fn create(&self, name: &str, bytes: Vec<u8>) -> Result<Version, StorageError> {
        self.put_bytes(name, bytes, PutMode::Create)
    }

    /// Replaces this version. [`StorageError::Raced`] where there is another one by now.
    pub fn replace(&self, name: &str, bytes: Vec<u8>, version: &Version) -> Result<Version, StorageError> {
        let Version { e_tag, version } = version.clone();
        self.put_bytes(name, bytes, PutMode::Update(UpdateVersion { e_tag, version }))
    }

    fn put_bytes(&self, name: &str, bytes: Vec<u8>, mode: PutMode) -> Result<Version, StorageError> {
        let (path, store) = (self.path(name)?, Arc::clone(&self.store));
        let options = PutOptions { mode, ..PutOptions::default() };
        let put = async move { store.put_opts(&path, Bytes::from(bytes).into(), options).await };
        let put = self.wait(name, put)?;
        Ok(Version { e_tag: put.e_tag, version: put.version })
    }

    /// Lays down a file of this machine, whole or not at all. What was there is replaced.
    pub fn put(&self, from: &Path, name: &str) -> Result<u64, StorageError> {
        let (path, store, from) = (self.path(name)?, Arc::clone(&self.store), from.to_owned());
        let address = self.address.join(name);
        let uploaded = begin(async move { upload(store.as_ref(), &path, &address, &from).await });
        uploaded.wait().unwrap_or_else(|| Err(self.stopped(name)))
    }

    /// Removes a file, if it is there.
    pub fn remove(&self, name: &str) -> Result<(), StorageError> {
        let (path, store) = (self.path(name)?, Arc::clone(&self.store));
        match self.wait(name, async move { store.delete(&path).await }) {
            Err(StorageError::NotFound { .. }) => Ok(()),
            removed => removed,
        }
    }

    fn path(&self, name: &str) -> Result<object_store::path::Path, StorageError> {
        let address = self.address.join(name);
        object_store::path::Path::parse(&address.path).map_err(|_| StorageError::Address { given: address.to_string() })
    }

    fn wait<T: Send + 'static>(
        &self,
        name: &str,
        asked: impl Future<Output = object_store::Result<T>> + Send + 'static,
    ) -> Result<T, StorageError> {
        let answer = begin(asked).wait().ok_or_else(|| self.stopped(name))?;
        answer.map_err(|error| StorageError::of(&self.address.join(name), &error))
    }

    fn missing(&self, name: &str) -> StorageError {
        StorageError::NotFound { address: self.address.join(name).to_string() }
    }

    fn stopped(&self, name: &str) -> StorageError {
        let address = self.address.join(name).to_string();
        StorageError::Store { address, message: "whoever asks it stopped".to_owned() }
    }
}
